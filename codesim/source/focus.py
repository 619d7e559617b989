"""The focus of a check: which files, and which of their lines, it is about.

In: changed lines by file. Out: whether a piece of code is in focus, and its age: whether it was just written, was
changed, or stood there before. Source: our own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

_NEW_SHARE = 0.5  # of its lines; what was just written may share blank lines and brackets with what was there


class LineRange(NamedTuple):
    """Changed lines, 1-based and inclusive; where lines were only removed, `last` is `first` - 1."""

    first: int
    last: int


EVERY_LINE = (LineRange(1, 2**31),)
"""The changed lines of a file that was added."""


class Age(StrEnum):
    """Since when a piece of code has stood there, seen from the changes that are checked."""

    NEW = "new"
    CHANGED = "changed"
    OLD = "old"


@dataclass(frozen=True, slots=True)
class Focus:
    """What a check is about.

    changed: the changed lines of each file in focus, by its path as shown. whole_files: True if all of these files
    is in focus, whatever changed. dated: False where no one knows what changed.
    """

    changed: Mapping[str, Sequence[LineRange]]
    whole_files: bool = True
    dated: bool = True

    def holds(self, path: str, first: int, last: int) -> bool:
        """Tell whether a piece of code is in focus.

        Args:
            path: as shown.
            first: its first line, 1-based.
            last: its last line, inclusive.
        """
        return path in self.changed and (self.whole_files or self._touched(path, first, last))

    def age(self, path: str, first: int, last: int) -> Age | None:
        """Tell the age of a piece of code; None where no one knows.

        Args:
            path: as shown.
            first: its first line, 1-based.
            last: its last line, inclusive.
        """
        if not self.dated:
            return None
        if not self._touched(path, first, last):
            return Age.OLD
        written = sum(max(0, min(last, run.last) - max(first, run.first) + 1) for run in self.changed[path])
        return Age.NEW if written >= _NEW_SHARE * (last - first + 1) else Age.CHANGED

    def _touched(self, path: str, first: int, last: int) -> bool:
        """Whether a changed line is in it; of removed lines, whether it holds both neighbours."""
        return any(run.first <= last and first <= run.last for run in self.changed.get(path, ()))
