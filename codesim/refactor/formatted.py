"""Put a parameter into formatted strings, those of several parts included.

In: an f-string, or literals that stand side by side with one among them, as libcst has them. Out: the same with a
parameter for one stretch of its text, or the call that formats a template; None where the stretch is not to be found.
Source: our own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import libcst as cst

from codesim.refactor.plan import Edit

Formatted = cst.FormattedString | cst.ConcatenatedString
_Leaf = cst.SimpleString | cst.FormattedString
_NO_FIELD = str.maketrans({"{": "{{", "}": "}}"})


class _Text(NamedTuple):
    """Text between two fields: in which literal, as which of its parts, and as a template has it."""

    leaf: _Leaf
    part: int
    text: str


def with_piece(node: Formatted, edit: Edit, parameter: str) -> Formatted | None:
    """The string with the parameter in the place of one stretch of its text.

    Args:
        node: the string.
        edit: of form PIECE.
        parameter: its name.
    """
    before, middle, behind = edit.detail[1:]
    texts = _stretch(node, int(edit.detail[0]))
    if texts is None or "".join(text.text for text in texts) != before + middle + behind:
        return None  # escapes
    start, end = len(before), len(before) + len(middle)
    field: list[cst.BaseFormattedStringContent] = [cst.FormattedStringExpression(cst.Name(parameter))]
    changed: dict[_Leaf, _Leaf] = {}
    offset = 0
    for i, (leaf, part, text) in enumerate(texts):
        last = i == len(texts) - 1
        here = field if start < offset + len(text) or last else []
        head, tail = text[: max(0, start - offset)], text[max(0, end - offset) :]
        if here or head + tail != text:
            new = [*_text(head), *here, *_text(tail)]
            changed[leaf] = _with_parts(leaf, part, new)  # between two fields, a literal has one text
        field = [] if here else field
        offset += len(text)
    return _rebuilt(node, changed)


def as_template(node: Formatted, parameter: str) -> cst.Call:
    """`parameter.format(...)` with the fields of the string."""
    parts = [part for leaf in _leaves(node) if isinstance(leaf, cst.FormattedString) for part in leaf.parts]
    fields = [part for part in parts if isinstance(part, cst.FormattedStringExpression)]
    method = cst.Attribute(cst.Name(parameter), cst.Name("format"))
    return cst.Call(method, [cst.Arg(field.expression) for field in fields])


def _leaves(node: cst.BaseExpression) -> Iterator[_Leaf]:
    if isinstance(node, cst.ConcatenatedString):
        yield from _leaves(node.left)
        yield from _leaves(node.right)
    elif isinstance(node, _Leaf):
        yield node


def _stretch(node: Formatted, fields: int) -> list[_Text] | None:
    """The texts behind so many fields, up to the next one; an empty one where there is none."""
    out: list[_Text] = []
    passed = 0
    for leaf in _leaves(node):
        if isinstance(leaf, cst.SimpleString):
            if passed == fields:
                out.append(_Text(leaf, 0, leaf.raw_value.translate(_NO_FIELD)))
            continue
        for i, part in enumerate(leaf.parts):
            if isinstance(part, cst.FormattedStringText) and passed == fields:
                out.append(_Text(leaf, i, part.value))
            elif isinstance(part, cst.FormattedStringExpression):
                if passed == fields and not out:
                    out.append(_Text(leaf, i, ""))
                passed += 1
        if passed == fields and not out:
            out.append(_Text(leaf, len(leaf.parts), ""))
    return out or None


def _text(value: str) -> list[cst.BaseFormattedStringContent]:
    return [cst.FormattedStringText(value)] if value else []


def _with_parts(leaf: _Leaf, part: int, new: list[cst.BaseFormattedStringContent]) -> _Leaf:
    """A literal with other parts in the place of one text; a plain one becomes an f-string."""
    if isinstance(leaf, cst.SimpleString):
        prefix = leaf.prefix.replace("u", "").replace("U", "")
        return cst.FormattedString(new, start=f"f{prefix}{leaf.quote}", end=leaf.quote, lpar=leaf.lpar, rpar=leaf.rpar)
    replaced = part < len(leaf.parts) and isinstance(leaf.parts[part], cst.FormattedStringText)
    return leaf.with_changes(parts=[*leaf.parts[:part], *new, *leaf.parts[part + replaced :]])


def _rebuilt(node: Formatted, changed: Mapping[_Leaf, _Leaf]) -> Formatted:
    def new(inner: cst.BaseExpression) -> cst.BaseExpression:
        if isinstance(inner, cst.ConcatenatedString):
            return inner.with_changes(left=new(inner.left), right=new(inner.right))
        return changed.get(inner, inner) if isinstance(inner, _Leaf) else inner

    out = new(node)
    return out if isinstance(out, Formatted) else node
