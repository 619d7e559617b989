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
from codesim.pipeline.analysis import fragment_lines
from codesim.source import CutFragment, Fragment, Skipped, cut_fragments, parse_module, read_source
from codesim.verify import Subject, prepare

_MOST_SUBJECTS = 16384
_MOST_FILES = 128


class Subjects:
    """Prepares fragments for comparison and remembers the latest of them.

    Args:
        places: where each shown path is on disk.
    """

    def __init__(self, places: dict[str, Path]) -> None:
        self._places = places
        self._subjects: OrderedDict[Fragment, Subject] = OrderedDict()
        self._files: OrderedDict[str, dict[Fragment, tuple[CutFragment, tuple[str, ...]]]] = OrderedDict()

    def get(self, fragment: Fragment) -> Subject | None:
        """The subject of a fragment; None if its file has changed since it was analysed."""
        subject = self._subjects.get(fragment)
        if subject is None:
            found = self._cuts(fragment.path).get(fragment)
            if found is None:
                return None
            cut, lines = found
            subject = self._subjects[fragment] = prepare(fragment, parse_function(cut.node), lines)
            if len(self._subjects) > _MOST_SUBJECTS:
                self._subjects.popitem(last=False)
        self._subjects.move_to_end(fragment)
        return subject

    def prefetch(self, fragments: Iterable[Fragment]) -> None:
        """Prepare fragments file by file: asked for pair by pair, each file would be parsed again and again."""
        for fragment in sorted(set(fragments))[:_MOST_SUBJECTS]:
            self.get(fragment)

    def prepared(self) -> list[Subject]:
        """The subjects at hand, in order of place."""
        return [self._subjects[fragment] for fragment in sorted(self._subjects)]

    def _cuts(self, path: str) -> dict[Fragment, tuple[CutFragment, tuple[str, ...]]]:
        cuts = self._files.get(path)
        if cuts is None:
            cuts = self._files[path] = _read_cuts(self._places[path], path)
            if len(self._files) > _MOST_FILES:
                self._files.popitem(last=False)
        self._files.move_to_end(path)
        return cuts


def _read_cuts(place: Path, path: str) -> dict[Fragment, tuple[CutFragment, tuple[str, ...]]]:
    source = read_source(place, path)
    if isinstance(source, Skipped):
        return {}
    module = parse_module(source)
    if isinstance(module, Skipped):
        return {}
    lines = source.text.split("\n")
    return {cut.fragment: (cut, fragment_lines(cut, lines)) for cut in cut_fragments(path, module)}
