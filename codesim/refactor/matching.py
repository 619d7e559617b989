"""What corresponds inside two aligned members: spans of expressions, and the names of variables.

In: the representative, another member and their alignment. Out: a `Match`. The walk goes where the verifier's
comparison went, so that a place which the member shares with the representative is found in the member as well.
Source: our own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from codesim.parse import Kind, Node
from codesim.source import Span
from codesim.verify import Alignment, Subject, best_renaming

_NAMED = frozenset({Kind.NAME, Kind.STORE, Kind.PARAMETER, Kind.VARARGS, Kind.KWARGS})


@dataclass(frozen=True, slots=True)
class Match:
    """How a member corresponds to the representative.

    spans: the member's span for a span of the representative. renaming: the representative's variable for one of the
    member's.
    forward: the member's unit for a unit of the representative.
    """

    spans: dict[Span, Span]
    renaming: dict[str, str]
    forward: dict[int, int]


def match_members(left: Subject, right: Subject, alignment: Alignment) -> Match:
    """Walk through the aligned statements of two members.

    Args:
        left: the representative.
        right: the other member.
        alignment: theirs, left first.

    Returns:
        Match: where one span of the representative meets several, the first one.

    Source: our own.
    """
    spans: dict[Span, Span] = {}
    tally: Counter[tuple[str, str]] = Counter()
    stack: list[tuple[Node, Node]] = []
    for i, j in reversed(alignment.pairs):
        one, two = left.units[i], right.units[j]
        stack.extend(reversed(list(zip(one.expressions, two.expressions, strict=False))))
    stack.extend(zip(left.tree.children[0].children, right.tree.children[0].children, strict=False))
    while stack:
        a, b = stack.pop()
        spans.setdefault(a.span, b.span)
        if a.kind is not b.kind:
            continue
        if a.kind in _NAMED and a.label in left.locals and b.label in right.locals:
            tally[a.label, b.label] += 1
        stack.extend(reversed(list(_children(a, b))))
    for i, j in alignment.pairs:
        spans.setdefault(left.units[i].node.span, right.units[j].node.span)
    return Match(spans, {other: name for name, other in best_renaming(tally).items()}, dict(alignment.pairs))


def _children(a: Node, b: Node) -> Iterable[tuple[Node, Node]]:
    """Children in corresponding places: keyword arguments by name, the others by position."""
    if a.kind is not Kind.CALL:
        yield from zip(a.children, b.children, strict=False)
        return
    plain = [[child for child in node.children if child.kind is not Kind.KEYWORD] for node in (a, b)]
    yield from zip(*plain, strict=False)
    named = {child.label: child for child in b.children if child.kind is Kind.KEYWORD}
    for child in a.children:
        if child.kind is Kind.KEYWORD and child.label in named:
            yield child.children[0], named[child.label].children[0]
