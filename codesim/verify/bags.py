"""Bags of features: how alike two statements, or two functions, are before anything is aligned.

In: features, any hashable tuples. Out: a `Bag`, and the Dice coefficient of two. Source: our own form of a multiset;
the coefficient is Dice, Measures of the Amount of Ecologic Association Between Species, 1945.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

Feature = tuple[object, ...]
Bag = frozenset[Feature]
"""A multiset of features as a set: the second of two equal features is `(2, feature)`. What two bags share is then one
operation of Python's own, four to ten times faster than the least counts of two `Counter`s."""


def make_bag(features: Sequence[Feature]) -> Bag:
    """The multiset of these features; see `Bag`."""
    bag = set(features)
    if len(bag) < len(features):
        counts: dict[Feature, int] = {}
        for feature in features:
            number = counts[feature] = counts.get(feature, 0) + 1
            if number > 1:
                bag.add((number, feature))
    return frozenset(bag)


def bag_similarity(a: Bag, b: Bag) -> float:
    """Dice coefficient of two bags of features, in [0, 1]."""
    total = len(a) + len(b)
    return 2 * len(a & b) / total if total else 0.0


class _FeatureHashes(dict[Feature, int]):
    """The hash of each feature that was asked for: some ten thousand in all of Django."""

    def __missing__(self, feature: Feature) -> int:
        found = self[feature] = int.from_bytes(blake2b(repr(feature).encode(), digest_size=8).digest(), "big")
        return found


_hash_of = _FeatureHashes().__getitem__


def bag_hash(bag: Bag) -> int:
    """A hash of a bag that is the same in every process: below 2**64, the sum of its features' hashes."""
    return sum(map(_hash_of, bag)) & 0xFFFF_FFFF_FFFF_FFFF
