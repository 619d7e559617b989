"""Which lines of a text are not those of an earlier one.

In: two texts, as bytes. Out: runs of changed lines of the later one. git could tell for what is committed, but not for
the working tree: to compare that it would run the repository's filters. Source: the standard library's difflib
(Ratcliff and Metzener, 1988).
"""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher

from codesim.source.focus import LineRange

_MOST_MATCHES = 2_000_000  # pairs of equal lines; more are a table or an attack, and difflib would not come to an end


def changed_lines(before: bytes, after: bytes) -> list[LineRange]:
    r"""Find the lines of `after` that `before` does not have at that place.

    Ends of lines do not count: `\r\n` is `\n`.

    Args:
        before: the earlier text.
        after: the later text.

    Returns:
        Runs of lines of `after`, in order; an empty one between two lines where lines were only removed.

    Source: our own use of difflib.
    """
    old, new = _lines(before), _lines(after)
    start, end = _same_ends(old, new)
    old, new = old[start : len(old) - end], new[start : len(new) - end]
    if not old and not new:
        return []
    if _matches(old, new) > _MOST_MATCHES:
        return [LineRange(start + 1, start + len(new))]
    steps = SequenceMatcher(None, old, new).get_opcodes()
    return [LineRange(start + first + 1, start + last) for kind, _, _, first, last in steps if kind != "equal"]


def likeness(before: bytes, after: bytes) -> float:
    """Tell how many of the lines of two texts are the same, wherever they stand.

    Args:
        before: a text.
        after: another one.

    Returns:
        The share of the longer one, in [0, 1].
    """
    old, new = Counter(_lines(before)), Counter(_lines(after))
    return (old & new).total() / max(old.total(), new.total(), 1)


def _lines(text: bytes) -> list[bytes]:
    lines = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    return lines if lines[-1] else lines[:-1]


def _same_ends(old: list[bytes], new: list[bytes]) -> tuple[int, int]:
    """How many lines are the same at the start and at the end."""
    shortest = min(len(old), len(new))
    start = next((k for k in range(shortest) if old[k] != new[k]), shortest)
    rest = shortest - start
    return start, next((k for k in range(rest) if old[-1 - k] != new[-1 - k]), rest)


def _matches(old: list[bytes], new: list[bytes]) -> int:
    counts = Counter(new)
    return sum(number * counts[line] for line, number in Counter(old).items())
