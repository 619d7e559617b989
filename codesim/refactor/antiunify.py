"""Anti-unify a class: bring the differences of all members with the representative to the places of the representative.

In: the members and the alignment of each with the representative. Out: a `Spot` for each place, with the text that
every member has there. First-order anti-unification keeps what all copies share and leaves a hole where they differ;
here the shared part is the representative's source.
Source: Plotkin, A Note on Inductive Generalization, 1970; the extension to statements that only some copies have is
our own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codesim.refactor.candidate import ClassDifference, Site
from codesim.refactor.matching import Match
from codesim.source import Span
from codesim.verify import Alignment, Axis, Difference, DifferenceKind, Subject


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of the representative where members differ; one entry per member, the representative's first.

    spans: where the place is in each member's file; None where a member has nothing. texts: what stands there; a
    member that agrees with the representative has the representative's text. agrees: whether it does.
    """

    kind: DifferenceKind
    axis: Axis
    spans: tuple[Span | None, ...]
    texts: tuple[str, ...]
    agrees: tuple[bool, ...]
    line: int

    @property
    def order(self) -> tuple[int, Span, DifferenceKind]:
        """Where the spot comes in a list of spots."""
        return self.line, self.spans[0] or Span(self.line, -1, self.line, -1), self.kind


def find_spots(
    members: Sequence[Subject], alignments: Sequence[Alignment], matches: Sequence[Match], absorbed: bool = False
) -> tuple[Spot, ...]:
    """Combine the differences of each member with the representative.

    Args:
        members: the representative first.
        alignments: of `members[0]` and `members[k + 1]`, in order.
        matches: of the same pairs.
        absorbed: find the differences of representation, which a merge need not look at, instead of the others.

    Returns:
        Spots in the order of the representative's source; several kinds of hole at one place are one spot of kind
        EXPRESSION.

    Source: Plotkin, 1970; details are our own.
    """
    gathered: dict[tuple[object, ...], dict[int, Difference]] = {}
    for k, alignment in enumerate(alignments, 1):
        for difference in alignment.differences:
            if (difference.axis is Axis.REPRESENTATION) is not absorbed:
                continue
            gathered.setdefault(_key(difference, members, k, alignment), {}).setdefault(k, difference)
    spots = _without_parts([_spot(key, found, members, matches) for key, found in gathered.items()])
    return tuple(sorted(spots, key=lambda spot: (spot.order, spot.texts)))


def class_differences(
    members: Sequence[Subject], spots: Sequence[Spot], matches: Sequence[Match]
) -> tuple[ClassDifference, ...]:
    """The spots as the user sees them.

    Args:
        members: the representative first.
        spots: as `find_spots` gives them.
        matches: of the representative with every other member.

    Returns:
        One difference per spot, with a site for every member; where a member has nothing, the line is the one where
        it would stand.
    """
    return tuple(
        ClassDifference(
            spot.kind,
            tuple(
                Site(member.fragment.path, _line(spot, k, member, matches), text)
                for k, (member, text) in enumerate(zip(members, spot.texts, strict=True))
            ),
        )
        for spot in spots
    )


def is_right_only(difference: Difference) -> bool:
    """Whether the representative has nothing at the place (the verifier then gives it an empty span)."""
    return difference.left.span[:2] == difference.left.span[2:]


def is_left_only(difference: Difference) -> bool:
    """Whether the other member has nothing at the place."""
    return difference.right.span[:2] == difference.right.span[2:] and not is_right_only(difference)


def _key(difference: Difference, members: Sequence[Subject], k: int, alignment: Alignment) -> tuple[object, ...]:
    if is_right_only(difference):
        line = _line_before_which(members[0], members[k], alignment, difference.right.span)
        return "insert", difference.kind, line, difference.right.text
    if difference.axis is Axis.HOLE:
        return "hole", difference.left.span
    return "place", difference.kind, difference.left.span


def _line_before_which(left: Subject, right: Subject, alignment: Alignment, place: Span) -> int:
    """The representative's line on which a part of a statement would stand, or before which a whole statement would."""
    following: list[tuple[Span, int]] = []
    for i, j in alignment.pairs:
        unit, line = right.units[j], left.units[i].node.span.start_line
        if any(part.span[:2] <= place[:2] and place[2:] <= part.span[2:] for part in unit.expressions):
            return line
        if unit.node.span[:2] >= place[:2]:
            following.append((unit.node.span, line))
    return min(following)[1] if following else left.fragment.span.end_line


def _spot(
    key: tuple[object, ...], found: dict[int, Difference], members: Sequence[Subject], matches: Sequence[Match]
) -> Spot:
    first = next(iter(found.values()))
    inserted = key[0] == "insert"
    kinds = {difference.kind for difference in found.values()}
    spans: list[Span | None] = [None if inserted else first.left.span]
    texts = [first.left.text]
    agrees = [True]
    for k in range(1, len(members)):
        difference = found.get(k)
        if difference is not None:
            spans.append(None if is_left_only(difference) else difference.right.span)
            texts.append(difference.right.text)
        else:
            spans.append(None if inserted else matches[k - 1].spans.get(first.left.span))
            texts.append(texts[0])
        agrees.append(difference is None)
    return Spot(
        kind=first.kind if len(kinds) == 1 else DifferenceKind.EXPRESSION,
        axis=first.axis,
        spans=tuple(spans),
        texts=tuple(texts),
        agrees=tuple(agrees),
        line=int(str(key[2])) if inserted else first.left.span.start_line,
    )


def _without_parts(spots: list[Spot]) -> list[Spot]:
    """Without the loops that stand for a comprehension inside a statement which is listed itself."""
    alone = [(k, span) for spot in spots if spot.kind is DifferenceKind.STATEMENT for k, span in _sides(spot)]
    return [
        spot
        for spot in spots
        if spot.kind not in (DifferenceKind.STATEMENT, DifferenceKind.GUARD)
        or not any(
            k == other_k and span != other and _within(span, other)
            for k, span in _sides(spot)
            for other_k, other in alone
        )
    ]


def _sides(spot: Spot) -> list[tuple[int, Span]]:
    """The members that have something at a one-sided spot."""
    if all(spot.texts):
        return []
    return [
        (k, span)
        for k, (span, text) in enumerate(zip(spot.spans, spot.texts, strict=True))
        if span is not None and text
    ]


def _within(inner: Span, outer: Span) -> bool:
    return outer[:2] <= inner[:2] and inner[2:] <= outer[2:]


def _line(spot: Spot, k: int, member: Subject, matches: Sequence[Match]) -> int:
    """The line of a member's site."""
    span = spot.spans[k]
    if span is not None:
        return span.start_line
    if k == 0:
        return spot.line
    start, end = member.fragment.span.start_line, member.fragment.span.end_line
    before = [there.start_line for here, there in matches[k - 1].spans.items() if here.start_line <= spot.line]
    return min(max([start, *before]), end)
