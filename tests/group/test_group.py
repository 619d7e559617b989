"""Grouping: classes are cliques of clone pairs, and do not depend on the order in which pairs come."""

from __future__ import annotations

import random
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from codesim.group import group_pairs, representative

Pair = tuple[int, int]


def no_other_pair(*_: int) -> None:
    return None


PAIRS = st.dictionaries(
    st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] < pair[1]),
    st.sampled_from([0.5, 0.6, 0.7, 0.8, 0.9, 1.0]),
    max_size=25,
)


def test_a_chain_is_cut_at_its_weak_link() -> None:
    assert group_pairs({(0, 1): 0.9, (1, 2): 0.6, (2, 3): 0.8}, no_other_pair) == [(0, 1), (2, 3)]


def test_pairs_that_retrieval_missed_are_asked_for() -> None:
    asked: list[Pair] = []

    def verify(i: int, j: int) -> float | None:
        asked.append((i, j))
        return 0.85

    assert group_pairs({(0, 1): 0.9, (1, 2): 0.85}, verify) == [(0, 1, 2)]
    assert asked == [(0, 2)]


@given(PAIRS, st.randoms())
def test_classes_are_cliques_and_independent_of_order(scores: dict[Pair, float], rng: random.Random) -> None:
    classes = group_pairs(scores, no_other_pair)
    members = [member for group in classes for member in group]
    assert len(members) == len(set(members))
    for group in classes:
        assert all((a, b) in scores for a in group for b in group if a < b)
    shuffled = list(scores.items())
    rng.shuffle(shuffled)
    assert group_pairs(dict(shuffled), no_other_pair) == classes


@given(PAIRS)
def test_every_best_pair_is_in_a_class(scores: dict[Pair, float]) -> None:
    classes = group_pairs(scores, no_other_pair)
    if scores:
        best = min(scores, key=lambda pair: (-scores[pair], pair))
        assert any(set(best) <= set(group) for group in classes)


@st.composite
def scored(draw: st.DrawFn) -> tuple[dict[Pair, float], list[Pair]]:
    """Members 0 to 8: the score of each clone pair, all different, and the pairs that retrieval proposes."""
    pairs = draw(st.lists(st.sampled_from(list(combinations(range(9), 2))), unique=True))
    values = draw(st.lists(st.integers(600, 999), min_size=len(pairs), max_size=len(pairs), unique=True))
    scores = {pair: value / 1000 for pair, value in zip(pairs, values, strict=True)}
    return scores, [pair for pair in scores if draw(st.integers(0, 3))]


def grouped(scores: dict[Pair, float], retrieved: list[Pair], identical: frozenset[int]) -> list[tuple[int, ...]]:
    return group_pairs({pair: scores[pair] for pair in retrieved}, lambda i, j: scores.get((i, j)), identical)


@given(scored(), st.integers(0, 8), st.frozensets(st.integers(0, 8)))
def test_an_exact_or_renamed_copy_changes_no_other_class(
    drawn: tuple[dict[Pair, float], list[Pair]], copied: int, identical: frozenset[int]
) -> None:
    scores, retrieved = drawn
    before = grouped(scores, retrieved, identical)
    after = grouped(scores, retrieved, identical | {copied})  # equal graphs are one member
    assert [c for c in before if copied not in c] == [c for c in after if not mixes(c, before, copied)]
    if copied in identical:  # the third to the tenth copy
        assert after == before


def test_a_first_exact_copy_sets_no_member_free_for_another_class() -> None:
    scores = {(0, 1): 0.85, (1, 2): 0.8, (2, 3): 0.75}
    assert group_pairs(scores, no_other_pair) == [(0, 1), (2, 3)]
    assert group_pairs(scores, no_other_pair, frozenset({0})) == [(2, 3)]  # the copies of 0 are a class without 1


@given(scored(), st.integers(0, 8))
def test_one_more_copy_with_other_literals_changes_no_other_class(
    drawn: tuple[dict[Pair, float], list[Pair]], copied: int
) -> None:
    scores, retrieved = drawn
    before = grouped(*with_twin(scores, retrieved, copied, 9), frozenset())
    after = grouped(*with_twin(*with_twin(scores, retrieved, copied, 9), copied, 10), frozenset())
    assert [c for c in after if copied not in c] == [c for c in before if copied not in c]
    assert [c for c in after if copied in c] == [(*c, 10) for c in before if copied in c]


def with_twin(
    scores: dict[Pair, float], retrieved: list[Pair], copied: int, twin: int
) -> tuple[dict[Pair, float], list[Pair]]:
    """The same with another member, which scores as the copied one does, and 0.9995 with it."""
    like = {other_than(pair, copied): pair for pair in scores if copied in pair}
    more = {(other, twin): scores[pair] for other, pair in like.items()}
    found = [(other, twin) for other, pair in like.items() if pair in retrieved]
    return scores | more | {(copied, twin): 0.9995}, [*retrieved, *found, (copied, twin)]


def other_than(pair: Pair, member: int) -> int:
    return pair[0] if pair[1] == member else pair[1]


def mixes(group: tuple[int, ...], before: list[tuple[int, ...]], copied: int) -> bool:
    """Whether a class is what became of the class of the copied member: no others than its members."""
    own = next((set(c) for c in before if copied in c), {copied})
    return set(group) <= own


def test_a_chain_of_any_length_is_cut_everywhere() -> None:
    scores = {(k, k + 1): 0.9 for k in range(100)}
    assert {len(group) for group in group_pairs(scores, no_other_pair)} == {2}


def test_five_hundred_copies_cost_no_more_than_their_retrieval() -> None:
    asked: list[Pair] = []

    def verify(i: int, j: int) -> float:
        asked.append((i, j))
        return 0.95

    ring = {(min(k, m), max(k, m)): 0.95 for k in range(500) for m in [(k + step) % 500 for step in range(1, 7)]}
    assert group_pairs(ring, verify) == [tuple(range(500))]
    assert len(asked) < 2 * 12 * 500  # joined once among all, once inside the class; there are 124,750 pairs


def test_a_weak_member_does_not_join_a_tight_class() -> None:
    scores = {(0, 1): 0.99, (0, 2): 0.7, (1, 2): 0.7}
    assert group_pairs(scores, no_other_pair) == [(0, 1)]
    assert group_pairs({(0, 1): 0.75, (0, 2): 0.7, (1, 2): 0.7}, no_other_pair) == [(0, 1, 2)]


def test_identical_copies_are_a_tight_class_by_themselves() -> None:
    assert group_pairs({(0, 1): 0.7}, no_other_pair, frozenset({0})) == []
    assert group_pairs({(0, 1): 0.95}, no_other_pair, frozenset({0})) == [(0, 1)]


def test_the_representative_is_the_closest_to_all() -> None:
    scores = {(0, 1): 0.9, (0, 2): 0.6, (1, 2): 0.9}
    assert representative((0, 1, 2), lambda i, j: scores[i, j]) == 1
    assert representative((4, 7), lambda *_: 0.5) == 4
