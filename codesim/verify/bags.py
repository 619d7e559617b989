"""Bags of features: how alike two statements, or two functions, are before anything is aligned.

In: features, any hashable tuples, each by its number. Out: a `Bag`, and the Dice coefficient of two. Source: our own
form of a multiset; the coefficient is Dice, Measures of the Amount of Ecologic Association Between Species, 1945.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

Feature = tuple[object, ...]
Bag = frozenset[int]
"""A multiset of features as a set: the second of two equal features has a number of its own. What two bags share is
then one operation of Python's own, on integers, which are hashed and compared faster than any tuple."""

_AGAIN = 2**32  # beyond every feature's number


class _Numbers(dict[Feature, int]):
    """The number of each feature that was asked for, in this process; some ten thousand in all of Django."""

    def __missing__(self, feature: Feature) -> int:
        number = self[feature] = len(_features)
        _features.append(feature)
        return number


class _Hashes(dict[int, int]):
    """The hash of each feature, by its number."""

    def __missing__(self, number: int) -> int:
        again, first = divmod(number, _AGAIN)
        text = repr((again, _features[first]))
        found = self[number] = int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")
        return found


_features: list[Feature] = []
numbers = _Numbers()
"""`numbers[feature]`: the number of a feature, the same as long as this process runs."""
_hash_of = _Hashes().__getitem__


def make_bag(features: Sequence[int]) -> Bag:
    """The multiset of these features; see `Bag`.

    Args:
        features: their numbers.
    """
    bag = set(features)
    if len(bag) < len(features):
        counts: dict[int, int] = {}
        for feature in features:
            before = counts.get(feature, 0)
            counts[feature] = before + 1
            if before:
                bag.add(before * _AGAIN + feature)
    return frozenset(bag)


def bag_similarity(a: Bag, b: Bag) -> float:
    """Dice coefficient of two bags of features, in [0, 1]."""
    total = len(a) + len(b)
    return 2 * len(a & b) / total if total else 0.0


def bag_hash(bag: Bag) -> int:
    """A hash of a bag that is the same in every process: below 2**64, the sum of its features' hashes."""
    return sum(map(_hash_of, bag)) & 0xFFFF_FFFF_FFFF_FFFF
