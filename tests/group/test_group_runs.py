"""Classes of runs: every copy is verified against the template, and nothing is told twice."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from codesim.group import Order, components, group_runs
from codesim.index import Run, RunPair

NOTHING: frozenset[int] = frozenset()


def pair(left: tuple[int, int, int], right: tuple[int, int, int], height: int = 1) -> RunPair:
    """A pair of runs of equal length, in steps of so many lines."""
    count = (left[2] - left[1] + 1) // height
    steps = tuple(
        (left[1] + k * height, left[1] + (k + 1) * height - 1, right[1] + k * height, right[1] + (k + 1) * height - 1)
        for k in range(count)
    )
    return RunPair(Run(*left), Run(*right), steps, 30)


def test_one_template_and_all_its_copies() -> None:
    pairs = [pair((0, 1, 8), (1, 11, 18)), pair((0, 1, 8), (2, 21, 28))]
    assert group_runs(pairs, lambda *_: 1.0, lambda *_: None, 5) == [(Run(0, 1, 8), Run(1, 11, 18), Run(2, 21, 28))]


def test_a_longer_pair_also_serves_a_shorter_class() -> None:
    pairs = [pair((0, 1, 10), (1, 1, 10)), pair((0, 1, 6), (2, 1, 6)), pair((0, 1, 6), (3, 1, 6))]
    (first, *_) = group_runs(pairs, lambda *_: 1.0, lambda *_: None, 5)
    assert first == (Run(0, 1, 6), Run(1, 1, 6), Run(2, 1, 6), Run(3, 1, 6))


def test_the_part_that_two_pairs_share_is_a_template() -> None:
    pairs = [pair((0, 1, 10), (1, 1, 10)), pair((0, 4, 16), (2, 4, 16)), pair((0, 4, 16), (3, 4, 16))]
    classes = group_runs(pairs, lambda *_: 1.0, lambda members, _: None if len(members) == 4 else (NOTHING, NOTHING), 5)
    assert classes == [(Run(0, 4, 10), Run(1, 4, 10), Run(2, 4, 10), Run(3, 4, 10))]


def test_copies_that_fail_are_left_out() -> None:
    pairs = [pair((0, 1, 8), (k, 1, 8)) for k in (1, 2, 3)]
    classes = group_runs(pairs, lambda *runs: None if 3 in {run.function for run in runs} else 0.9, lambda *_: None, 5)
    assert classes == [(Run(0, 1, 8), Run(1, 1, 8), Run(2, 1, 8))]


def test_copies_far_below_the_best_are_left_out() -> None:
    pairs = [pair((0, 1, 8), (1, 1, 8)), pair((0, 1, 8), (2, 1, 8))]
    scores = {(0, 1): 0.95, (1, 0): 0.95, (0, 2): 0.7, (1, 2): 0.7}
    classes = group_runs(pairs, lambda one, two: scores.get((one.function, two.function)), lambda *_: None, 5)
    assert classes == [(Run(0, 1, 8), Run(1, 1, 8))]


def test_members_that_do_not_fit_are_left_out() -> None:
    pairs = [pair((0, 1, 8), (k, 1, 8)) for k in (1, 2, 3)]

    def accept(members: tuple[Run, ...], _: object) -> tuple[frozenset[int], frozenset[int]] | None:
        odd = frozenset(k for k, member in enumerate(members) if member.function == 2)
        return (NOTHING, odd) if odd else None

    assert group_runs(pairs, lambda *_: 1.0, accept, 5)[0] == (Run(0, 1, 8), Run(1, 1, 8), Run(3, 1, 8))


def test_lines_that_do_not_fit_leave_the_rest() -> None:
    pairs = [pair((0, 1, 12), (1, 1, 12), 2)]

    def accept(members: tuple[Run, ...], _: object) -> tuple[frozenset[int], frozenset[int]] | None:
        template = members[0]
        return (frozenset({4}), NOTHING) if template.first_line <= 4 <= template.last_line else None

    assert group_runs(pairs, lambda *_: 1.0, accept, 5) == [(Run(0, 5, 12), Run(1, 5, 12))]


def test_a_line_that_does_not_fit_and_is_nowhere_ends_the_search() -> None:
    pairs = [pair((0, 1, 12), (1, 1, 12))]
    assert group_runs(pairs, lambda *_: 1.0, lambda *_: (frozenset({99}), NOTHING), 5) == []


def test_places_of_one_class_count_once_in_another() -> None:
    pairs = [pair((0, 1, 10), (1, 1, 10)), pair((0, 1, 6), (1, 1, 6)), pair((0, 2, 8), (1, 2, 8))]
    assert len(group_runs(pairs, lambda *_: 1.0, lambda *_: None, 5)) == 1


def test_members_never_overlap() -> None:
    pairs = [pair((0, 1, 8), (1, 1, 8)), pair((0, 1, 8), (1, 5, 12))]
    (only,) = group_runs(pairs, lambda *_: 1.0, lambda *_: None, 5)
    assert len(only) == 2


def test_the_order_of_pairs_does_not_matter() -> None:
    pairs = [pair((0, 1, 8), (k, 1, 8)) for k in (1, 2, 3)] + [pair((1, 20, 29), (2, 30, 39))]
    found = group_runs(pairs, lambda *_: 1.0, lambda *_: None, 5)
    assert group_runs(pairs[::-1], lambda *_: 1.0, lambda *_: None, 5) == found
    assert len(found) == 2


def test_a_wrong_line_between_two_that_correspond_parts_them() -> None:
    steps = ((1, 1, 1, 1), (2, 2, 2, 2), *[(line, line, line, line) for line in range(5, 12)])
    pairs = [RunPair(Run(0, 1, 11), Run(1, 1, 11), steps, 30)]

    def accept(members: tuple[Run, ...], _: object) -> tuple[frozenset[int], frozenset[int]] | None:
        return (frozenset({3}), NOTHING) if members[0].first_line < 3 else None

    assert group_runs(pairs, lambda *_: 1.0, accept, 5) == [(Run(0, 5, 11), Run(1, 5, 11))]


def test_what_is_passed_by_is_told() -> None:
    told: set[tuple[int, int, str]] = set()

    def passed(template: Run, copy: Run, why: str) -> None:
        told.add((template.function, copy.function, why))

    scores = {(0, 1): 0.95, (1, 0): 0.95, (0, 2): 0.7, (2, 0): 0.7}
    pairs = [pair((0, 1, 8), (1, 1, 8)), pair((0, 1, 8), (2, 1, 8)), pair((3, 1, 5), (4, 1, 5))]
    group_runs(pairs, lambda one, two: scores.get((one.function, two.function)), lambda *_: None, 5, passed)
    assert told == {(0, 2, "other-class"), (3, 4, "no-gain"), (4, 3, "no-gain")}


PLACES = st.tuples(st.integers(0, 9), st.integers(1, 6), st.integers(8, 20))


def ends(one: RunPair) -> tuple[int, int]:
    return one.left.function, one.right.function


@given(st.lists(st.tuples(PLACES, st.integers(0, 9), st.integers(0, 4)), max_size=12))
def test_part_by_part_gives_what_all_at_once_gives_in_the_same_order(
    drawn: list[tuple[tuple[int, int, int], int, int]],
) -> None:
    """Also where classes are turned away for lines or members that do not fit."""
    pairs = [
        pair(*sorted([(f, a, b), (g, a + shift, b + shift)]))
        for (f, a, b), g, shift in drawn
        if f != g and f // 3 == g // 3
    ]

    def searched(some: list[RunPair]) -> list[tuple[Order, tuple[Run, ...]]]:
        seen: list[tuple[Order, tuple[Run, ...]]] = []

        def accept(members: tuple[Run, ...], order: Order) -> tuple[frozenset[int], frozenset[int]] | None:
            seen.append((order, members))
            first, last = members[0][1:]
            if first % 3 == 0 and last - first > 6:
                return frozenset({first + 2}), NOTHING
            return (NOTHING, frozenset({1})) if last % 4 == 0 else None

        group_runs(some, lambda one, two: None if (one[1] + two[2]) % 5 == 0 else 0.9, accept, 5)
        return seen

    parts = [found for part in components(pairs, ends) for found in searched(part)]
    assert [members for _, members in sorted(parts, key=lambda found: found[0])] == [
        members for _, members in searched(pairs)
    ]
