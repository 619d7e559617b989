"""Grouping: classes are cliques of clone pairs, and do not depend on the order in which pairs come."""

from __future__ import annotations

import random

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


def test_a_new_copy_leaves_other_classes_alone() -> None:
    before = group_pairs({(0, 1): 0.9, (5, 6): 0.8}, no_other_pair)
    after = group_pairs({(0, 1): 0.9, (5, 6): 0.8, (5, 7): 0.8, (6, 7): 0.8}, no_other_pair)
    assert before[0] == after[0]
    assert after[1] == (5, 6, 7)


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
