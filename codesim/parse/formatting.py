"""Formatting: `%` and `.format` as the one FORMAT node that an f-string has.

In: an operation or a call on a literal string. Out: the FORMAT node with the same template and arguments, or the node
as it was, where a field is not one of the plain ones. Source: our own; the templates are those of `string.Formatter`
and of printf-style formatting in the Python library reference.
"""

from __future__ import annotations

import ast
import re
import string

from codesim.parse.tree import Kind, Node

_CONVERSIONS = {"s": "{}", "r": "{!r}", "d": "{:d}", "i": "{:d}", "%": "%"}
_PERCENT = re.compile(r"%(?P<spec>(?:\.\d+)?)(?P<code>[srdif%])")


def method_as_format(node: Node) -> Node:
    """`"{}-{x}".format(a, x=b)` as one FORMAT, when every field is used once and in order."""
    text = _text(node.children[0].children[0])
    arguments = node.children[1:]
    if text is None or any(child.kind is Kind.STARRED for child in arguments):
        return node
    try:
        fields = list(string.Formatter().parse(text))
    except ValueError:
        return node
    template: list[str] = []
    order: list[str] = []
    for literal, name, spec, conversion in fields:
        template.append(literal.replace("{", "{{").replace("}", "}}"))
        if name is None:
            continue
        if "{" in (spec or ""):
            return node
        order.append(name or str(len(order)))
        template.append("{" + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "") + "}")
    names = [child.label if child.kind is Kind.KEYWORD else str(i) for i, child in enumerate(arguments)]
    if order != names:
        return node
    values = [child.children[0] if child.kind is Kind.KEYWORD else child for child in arguments]
    return Node(Kind.FORMAT, "".join(template), tuple(values), node.span)


def percent_as_format(node: Node) -> Node:
    """`"%s and %d" % (a, b)` as one FORMAT, for the plain conversions only."""
    text = _text(node.children[0])
    right = node.children[1]
    if text is None or (right.kind is Kind.COLLECTION and right.label == "dict"):
        return node
    arguments = right.children if right.kind is Kind.COLLECTION and right.label == "tuple" else (right,)
    template: list[str] = []
    position = count = 0
    for found in _PERCENT.finditer(text):
        literal = text[position : found.start()]
        position = found.end()
        spec, code = found["spec"], found["code"]
        if "%" in literal or (spec and code != "f"):
            return node
        template.append(literal.replace("{", "{{").replace("}", "}}"))
        count += code != "%"
        template.append(_CONVERSIONS.get(code) or "{:" + spec + "f}")
    rest = text[position:]
    if "%" in rest or count != len(arguments):
        return node
    if any(child.kind is Kind.STARRED for child in arguments):
        return node
    template.append(rest.replace("{", "{{").replace("}", "}}"))
    return Node(Kind.FORMAT, "".join(template), arguments, node.span)


def _text(constant: Node) -> str | None:
    """The string that a CONSTANT's label stands for, or None if it is no string."""
    if constant.kind is not Kind.CONSTANT or constant.label[0] not in "'\"":
        return None
    value = ast.literal_eval(constant.label)
    return value if isinstance(value, str) else None
