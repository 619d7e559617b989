"""Subjects on demand: the trees of the fragments that take part in a candidate pair.

In: fragment records. Out: `Subject`s, parsed again from source when first asked for and kept while they are used.
Most fragments have no close neighbour, so keeping every tree of a repository from the first pass would cost memory
for nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path

from codesim.parse import parse_function
from codesim.source import Fragment, FunctionSyntax, Skipped, parse_fragment, read_source
from codesim.store import FragmentRecord
from codesim.verify import Enclosing, Subject, prepare

_MOST_SUBJECTS = 16384
_MOST_FILES = 1024  # their lines: 20 MB for files like those of Django


class Subjects:
    """Prepares fragments for comparison and remembers the latest of them.

    Args:
        places: where each shown path is on disk.
    """

    def __init__(self, places: dict[str, Path]) -> None:
        self._places = places
        self._subjects: OrderedDict[Fragment, Subject] = OrderedDict()
        self._files: OrderedDict[str, list[str]] = OrderedDict()

    def get(self, fragment: Fragment) -> Subject | None:
        """The subject of a fragment; None if its file has changed since it was analysed."""
        subject = self._subjects.get(fragment)
        if subject is None:
            found = self.syntax(fragment)
            if found is None:
                return None
            node, lines = found
            subject = self._subjects[fragment] = prepare(fragment, parse_function(node), lines)
            if len(self._subjects) > _MOST_SUBJECTS:
                self._subjects.popitem(last=False)
        self._subjects.move_to_end(fragment)
        return subject

    def syntax(self, fragment: Fragment) -> tuple[FunctionSyntax, tuple[str, ...]] | None:
        """A fragment's syntax and its source lines; None if its file has changed since it was analysed."""
        lines = self._lines(fragment.path)
        node = parse_fragment(fragment, lines)
        return None if node is None else (node, tuple(lines[fragment.span.start_line - 1 : fragment.span.end_line]))

    def enclosing(self, record: FragmentRecord) -> Enclosing | None:
        """A function around blocks; None if its file has changed since it was analysed."""
        found = self.syntax(record.fragment)
        if found is None:
            return None
        node, lines = found
        return Enclosing(record.fragment, record.parent, parse_function(node), lines)

    def prefetch(self, fragments: Iterable[Fragment]) -> None:
        """Prepare fragments file by file: asked for pair by pair, each file would be read again and again."""
        for fragment in sorted(set(fragments))[:_MOST_SUBJECTS]:
            self.get(fragment)

    def prepared(self) -> list[Subject]:
        """The subjects at hand, in order of place."""
        return [self._subjects[fragment] for fragment in sorted(self._subjects)]

    def _lines(self, path: str) -> list[str]:
        lines = self._files.get(path)
        if lines is None:
            source = read_source(self._places[path], path)
            lines = self._files[path] = [] if isinstance(source, Skipped) else source.text.split("\n")
            if len(self._files) > _MOST_FILES:
                self._files.popitem(last=False)
        self._files.move_to_end(path)
        return lines
