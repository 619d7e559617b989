"""Connected components of pairs."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from codesim.group import components

Pair = tuple[int, int]


def both(pair: Pair) -> Pair:
    return pair


def test_parts_come_in_the_order_of_their_first_pairs() -> None:
    pairs = [(5, 6), (1, 2), (6, 7), (3, 3), (2, 4)]
    assert components(pairs, both) == [[(5, 6), (6, 7)], [(1, 2), (2, 4)], [(3, 3)]]


def test_a_late_pair_joins_two_parts() -> None:
    assert [sorted(part) for part in components([(1, 2), (3, 4), (4, 5), (2, 3)], both)] == [
        [(1, 2), (2, 3), (3, 4), (4, 5)]
    ]


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=30), st.randoms(use_true_random=False))
def test_parts_hold_every_pair_once_and_share_no_number(pairs: list[Pair], chance: random.Random) -> None:
    parts = components(pairs, both)
    assert sorted(pair for part in parts for pair in part) == sorted(pairs)
    numbers = [{number for pair in part for number in pair} for part in parts]
    assert sum(map(len, numbers)) == len(set().union(*numbers))
    for part in parts:  # from any number of a part all others are reached
        reached = set(part[0])
        for _ in part:
            reached |= {number for pair in part if reached & set(pair) for number in pair}
        assert reached == {number for pair in part for number in pair}
    chance.shuffle(pairs)
    assert sorted(map(sorted, components(pairs, both))) == sorted(map(sorted, parts))
