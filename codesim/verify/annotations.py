"""Type annotations of two aligned fragments: a difference of representation, absorbed and listed.

In: two subjects and their paired units. Out: a `Difference` for each parameter, return value or assignment whose
annotations differ. The trees know no annotations, because nothing of them runs; here they are read from the source
text, which is parsed, never run. Source: our own.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Sequence

from codesim.source import Span
from codesim.verify.differences import Axis, Difference, DifferenceKind, Place
from codesim.verify.subject import Subject

_RETURN = "return"


def annotation_differences(left: Subject, right: Subject, pairs: Sequence[tuple[int, int]]) -> list[Difference]:
    """List the annotations that differ or that one side lacks, in order of the left side.

    Args:
        left: one fragment.
        right: the other.
        pairs: (left unit, right unit) that correspond.

    Returns:
        Differences of kind ANNOTATION on the axis REPRESENTATION; none where a text does not parse.

    Source: our own.
    """
    one, two = dict(_annotations(left)), dict(_annotations(right))
    if not one and not two:
        return []
    counterparts = {left.units[i].node.span[:2]: right.units[j].node.span[:2] for i, j in pairs}
    out: list[Difference] = []
    for key, place in one.items():
        other = key if isinstance(key, str) else counterparts.get(key)
        there = two.pop(other, None) if other is not None else None
        if there is None and not isinstance(key, str):
            continue  # a statement without a counterpart is listed as such
        if there is None or there.text != place.text:
            out.append(_difference(place, there or _nothing(right)))
    out += [_difference(_nothing(left), place) for key, place in two.items() if isinstance(key, str)]
    return out


def _difference(left: Place, right: Place) -> Difference:
    return Difference(DifferenceKind.ANNOTATION, Axis.REPRESENTATION, left, right, 1)


def _nothing(subject: Subject) -> Place:
    start = subject.fragment.span
    return Place(Span(*start[:2], *start[:2]), "")


def _annotations(subject: Subject) -> Iterator[tuple[str | tuple[int, int], Place]]:
    """Annotations by what they belong to: a parameter's position, the return value, or where an assignment begins."""
    if not any(":" in line or "->" in line for line in subject.lines):
        return
    node = _function(subject)
    if node is None:
        return
    offset = subject.fragment.span.start_line - 2  # a line stands before the text
    parameters = [*node.args.posonlyargs, *node.args.args, node.args.vararg, *node.args.kwonlyargs, node.args.kwarg]
    for position, parameter in enumerate(parameters):
        if parameter is not None and parameter.annotation is not None:
            yield f"parameter {position}", _place(subject, parameter.annotation, offset)
    if node.returns is not None:
        yield _RETURN, _place(subject, node.returns, offset)
    for inner in ast.walk(node):
        if isinstance(inner, ast.AnnAssign):
            yield (inner.lineno + offset, inner.col_offset), _place(subject, inner.annotation, offset)


def _function(subject: Subject) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    text = "\n".join(["if 1:" if subject.lines[0][:1].isspace() else "", *subject.lines, ""])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what the scanned code does wrong is not our business
            body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    first = body[0] if body else None
    inner = first.body[0] if isinstance(first, ast.If) else first
    return inner if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef) else None


def _place(subject: Subject, node: ast.expr, offset: int) -> Place:
    lines = node.lineno + offset, (node.end_lineno or node.lineno) + offset
    span = Span(lines[0], node.col_offset, lines[1], node.end_col_offset or node.col_offset)
    return Place(span, subject.text(span))
