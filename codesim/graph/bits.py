"""Sets of small numbers as bits: one integer where they are few, pages of bits where they are many.

What a point of a long function knows of its writes is sparse: of 20,000 writes a few are alive, and one integer of
20,000 bits for each point would be 50 MB. `Pages` holds only what is not empty, and knows the operators of an integer:
&, | and ^; what is in `a` and not in `b` is `a ^ (a & b)`.
Source: our own; the sparse bit vectors of GCC and LLVM are lists of such pages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

_PAGE = 4096
_FEW = 500  # up to here one integer is faster


class Pages(dict[int, int]):
    """A set of numbers that is not empty: under number // _PAGE the bits of that page; as a value it never changes."""

    __slots__ = ()

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __and__(self, other: Bits) -> Bits:
        if isinstance(other, int):
            return 0
        few, many = (self, other) if len(self) < len(other) else (other, self)
        out = Pages()
        for page, bits in few.items():
            both = bits & many.get(page, 0)
            if both:
                out[page] = both
        return out or 0

    def __or__(self, other: Bits) -> Bits:  # type: ignore[override]
        if isinstance(other, int):
            return self
        few, many = (self, other) if len(self) < len(other) else (other, self)
        out = Pages(many)
        for page, bits in few.items():
            out[page] = bits | out.get(page, 0)
        return out

    def __xor__(self, other: Bits) -> Bits:
        if isinstance(other, int):
            return self
        out = Pages(self)
        for page, bits in other.items():
            rest = bits ^ out.pop(page, 0)
            if rest:
                out[page] = rest
        return out or 0

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__  # type: ignore[assignment]
    __ior__ = __or__  # type: ignore[assignment]  # a dict's own would change a set that others hold


Bits: TypeAlias = int | Pages
"""A set of numbers; the empty one is 0, and a `Pages` meets no other integer."""


def singles(count: int) -> Callable[[int], Bits]:
    """What makes the set of one number, for sets of numbers below about `count` that are to meet."""
    return _page if count > _FEW else (1).__lshift__


def _page(number: int) -> Bits:
    return Pages({number // _PAGE: 1 << number % _PAGE})


def members(bits: Bits) -> list[int]:
    """The numbers in a set."""
    out = []
    if isinstance(bits, Pages):
        for page, inside in bits.items():
            base = page * _PAGE
            out += [base + number for number in members(inside)]
        return out
    while bits:
        rest = bits & (bits - 1)
        out.append((bits ^ rest).bit_length() - 1)
        bits = rest
    return out


def below(bits: Bits, end: int) -> Bits:
    """The numbers of a set that are less than `end`."""
    if isinstance(bits, int):
        return bits & ((1 << end) - 1)
    last, rest = divmod(end, _PAGE)
    out = Pages({page: inside for page, inside in bits.items() if page < last})
    inside = bits.get(last, 0) & ((1 << rest) - 1)
    if inside:
        out[last] = inside
    return out or 0
