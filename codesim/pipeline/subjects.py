"""Subjects on demand: the trees of the fragments that take part in a candidate pair.

In: fragment records and the texts of their files. Out: `Subject`s, unpacked when first asked for and kept while they
are used. Most fragments have no close neighbour, so keeping every tree of a repository from the first pass would cost
memory for nothing; and fewer still are a clone of anything, so only these are parsed again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from codesim.errors import StoreError
from codesim.parse import Node, lower, parse_function, unpack_tree
from codesim.pipeline.texts import Texts
from codesim.source import Fragment, parse_fragment
from codesim.store import FragmentRecord
from codesim.verify import Enclosing, Subject, prepare_lowered

_MOST_SUBJECTS = 16384
_MOST_FILES = 1024  # their lines: 20 MB for files like those of Django


class Subjects:
    """Prepares fragments for comparison and remembers the latest of them.

    Args:
        texts: of the files that were analysed, by shown path.
    """

    def __init__(self, texts: Texts | Mapping[str, str]) -> None:
        self._texts = texts
        self._subjects: OrderedDict[Fragment, Subject] = OrderedDict()
        self._lines: OrderedDict[str, list[str]] = OrderedDict()

    def get(self, record: FragmentRecord) -> Subject:
        """The subject of a fragment."""
        fragment = record.fragment
        subject = self._subjects.get(fragment)
        if subject is None:
            parse = partial(_faithful, fragment, self._file_lines(fragment.path))
            try:
                tree = unpack_tree(record.tree)
            except ValueError:  # a forged cache entry; one that is only damaged was noticed when it was read
                tree = lower(parse())
            subject = self._subjects[fragment] = prepare_lowered(
                fragment, tree, self._own_lines(fragment), parse, record.surroundings
            )
            if len(self._subjects) > _MOST_SUBJECTS:
                self._subjects.popitem(last=False)
        self._subjects.move_to_end(fragment)
        return subject

    def enclosing(self, record: FragmentRecord) -> Enclosing:
        """A function around blocks."""
        fragment = record.fragment
        subject = self._subjects.get(fragment)
        lines = self._file_lines(fragment.path)
        faithful = _faithful(fragment, lines) if subject is None else subject.faithful
        return Enclosing(fragment, record.surroundings, faithful, self._own_lines(fragment))

    def prefetch(self, records: Iterable[FragmentRecord]) -> None:
        """Prepare fragments file by file: asked for pair by pair, each file would be split again and again."""
        for record in sorted(records, key=lambda record: record.fragment)[:_MOST_SUBJECTS]:
            self.get(record)

    def _own_lines(self, fragment: Fragment) -> tuple[str, ...]:
        return tuple(self._file_lines(fragment.path)[fragment.span.start_line - 1 : fragment.span.end_line])

    def _file_lines(self, path: str) -> list[str]:
        lines = self._lines.get(path)
        if lines is None:
            lines = self._lines[path] = self._texts[path].split("\n")
            if len(self._lines) > _MOST_FILES:
                self._lines.popitem(last=False)
        self._lines.move_to_end(path)
        return lines


def _faithful(fragment: Fragment, lines: Sequence[str]) -> Node:
    """The faithful tree of a fragment, from the lines of its file."""
    node = parse_fragment(fragment, lines)
    if node is None:
        raise StoreError(fragment.path, f"its cache entry tells of {fragment.qualname}, which is not there")
    return parse_function(node)
