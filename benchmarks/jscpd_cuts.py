"""Cut jscpd's clones to the bodies of the functions that they run through.

In: findings of jscpd and the files. Out: pairs of `Side`s, the parts of function bodies that two places of a clone
share. Docstrings, comments and blank lines are no code. Source: our own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from function_bodies import Body, function_bodies

from codesim.evaluate import Finding, Place, covers
from codesim.source import CutFragment, cut_fragments, read_suppressions

LEAST_LINES = 5


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a cut clone: the innermost function and the part of its body that the clone has."""

    place: Place
    body: Body

    @property
    def share(self) -> float:
        """How much of the function's code the clone has."""
        return len(self.body.within(self.place.start_line, self.place.end_line)) / len(self.body.lines)


Cut = tuple[Side, Side]


class Sources:
    """The files of a folder, read once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._texts: dict[str, str] = {}
        self._bodies: dict[str, list[Body]] = {}
        self._cuts: dict[str, dict[int, CutFragment]] = {}

    def text(self, path: str) -> str:
        """A file's text."""
        if path not in self._texts:
            self._texts[path] = (self.folder / path).read_text(encoding="utf-8", errors="replace")
        return self._texts[path]

    def bodies(self, path: str) -> list[Body]:
        """A file's outermost functions."""
        if path not in self._bodies:
            self._bodies[path] = function_bodies(self.text(path))
        return self._bodies[path]

    def cut(self, path: str, body: Body) -> CutFragment:
        """What codesim compares of a function."""
        if path not in self._cuts:
            text = self.text(path)
            marks = read_suppressions(text)
            cuts = cut_fragments(path, ast.parse(text), marks)
            self._cuts[path] = {cut.node.lineno: cut for cut in cuts}
        return self._cuts[path][body.line]


def cut_clones(clones: Sequence[Finding], sources: Sources) -> list[Cut]:
    """Cut jscpd's pairs to function bodies; each pair of places counts once.

    Args:
        clones: findings of two fragments each.
        sources: the folder.

    Returns:
        The cuts of at least `LEAST_LINES` lines of code on both sides, in order of places.
    """
    found: dict[tuple[Place, Place], Cut] = {}
    for clone in clones:
        one, two = (list(_sides(place, sources)) for place in clone.fragments)
        if len(one) != len(two):  # a line more on one side: take what there is most of
            one, two = (sorted(sides, key=lambda side: -side.place.lines)[:1] for sides in (one, two))
        for left, right in zip(one, two, strict=False):
            found[left.place, right.place] = left, right
    return [found[key] for key in sorted(found)]


def is_covered(cut: Cut, candidates: Sequence[Finding]) -> bool:
    """Whether two fragments of one candidate hold at least half of the lines of both sides."""
    places = [side.place for side in cut]
    return any(covers(candidate.fragments, places) for candidate in candidates)


def _sides(place: Place, sources: Sources) -> Iterator[Side]:
    for body in sources.bodies(place.path):
        lines = body.within(place.start_line, place.end_line)
        if len(lines) >= LEAST_LINES:
            yield Side(Place(place.path, lines[0], lines[-1]), body.innermost(lines[0], lines[-1]))
