"""How much of what jscpd reports inside Python function bodies is in codesim's report, and why the rest is not.

    python benchmarks/jscpd_coverage.py FOLDER [--without tests] [--rivals DIR] [-o MISSING.jsonl]

Both tools run at their defaults on a copy of FOLDER without the folders named by --without. A clone of jscpd is cut to
the functions it runs through; a cut counts if it has at least five lines of code on both sides (docstrings, comments
and blank lines are no code). It is covered if two fragments of one candidate hold at least half of the lines of its
sides. The rest is listed, one line each, with what codesim says of the two functions.
"""

from __future__ import annotations

import argparse
import ast
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from function_bodies import Body, function_bodies
from rivals import find

from codesim.config import Settings
from codesim.errors import CodesimError
from codesim.evaluate import CODESIM, Finding, Place, covers
from codesim.graph import build_pdg
from codesim.parse import lower, parse_function
from codesim.pipeline import compare
from codesim.pipeline.analysis import line_count
from codesim.pipeline.pair import CutSource
from codesim.pipeline.rank import MIN_SUBSTANCE
from codesim.source import CutFragment, cut_fragments, read_suppressions
from codesim.verify import LEAST_CLOSENESS, substance

LEAST_LINES = 5
_MOST_OF_IT = 0.5  # of a function's code: what holds less is a block in a longer function


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


def _sides(place: Place, sources: Sources) -> Iterator[Side]:
    for body in sources.bodies(place.path):
        lines = body.within(place.start_line, place.end_line)
        if len(lines) >= LEAST_LINES:
            yield Side(Place(place.path, lines[0], lines[-1]), body.innermost(lines[0], lines[-1]))


def reason(cut: Cut, sources: Sources, settings: Settings, candidates: Sequence[Finding]) -> str:
    """Why codesim does not report a cut, as far as its rules for whole functions say; before the colon the kind."""
    sources_of = [_cut_source(side, sources) for side in cut]
    for side, (fragment, _) in zip(cut, sources_of, strict=True):
        said = _not_compared(fragment, settings)
        if said:
            return f"{said} ({side.body.qualname})"
    if cut[0].body == cut[1].body:
        return _block(cut, "twice in one function")
    try:
        candidate = compare(*sources_of).report.candidates[0]
    except CodesimError as error:
        return f"not comparable: {error}"
    if candidate.closeness < LEAST_CLOSENESS or candidate.score < settings.min_score:
        low = f"functions are {candidate.closeness:.2f} close, score {candidate.score:.2f}"
        if min(side.share for side in cut) < _MOST_OF_IT:
            return _block(cut, low)
        kinds = Counter(difference.kind.value for difference in candidate.differences)
        return f"no clone: {low}; {', '.join(f'{count} {kind}' for kind, count in sorted(kinds.items()))}"
    said = f"scores {candidate.score:.2f}, saves {candidate.lines_saved}, extractable {candidate.verdict.extractable}"
    ranks = [sorted(one.rank for one in candidates if _holds(one, side.place)) for side in cut]
    if any(ranks):
        return f"in other candidates: #{ranks[0]} and #{ranks[1]}; {said}"
    return f"dropped: {said}, {candidate.kind.value}"


def _holds(finding: Finding, place: Place) -> bool:
    return any(2 * place.common_lines(fragment) >= place.lines for fragment in finding.fragments)


def _cut_source(side: Side, sources: Sources) -> CutSource:
    cut = sources.cut(side.place.path, side.body)
    span = cut.fragment.span
    return cut, tuple(sources.text(side.place.path).split("\n")[span.start_line - 1 : span.end_line])


def _not_compared(cut: CutFragment, settings: Settings) -> str:
    if cut.suppressed:
        return "suppressed"
    if line_count(cut) < settings.min_lines:
        return f"too small: {line_count(cut)} lines"
    tree = lower(parse_function(cut.node))
    nodes = len(build_pdg(tree, cut.fragment.qualname).kinds)
    if nodes < settings.min_nodes:
        return f"too small: {nodes} nodes"
    work = substance(tree)
    return f"boilerplate: {work} statements of real work" if work < MIN_SUBSTANCE else ""


def _block(cut: Cut, said: str) -> str:
    counts = [side.body.statements(side.place.start_line, side.place.end_line) for side in cut]
    shares = " and ".join(f"{100 * side.share:.0f} %" for side in cut)
    return f"block: {min(counts)} whole statements, {shares} of the functions; {said}"


def measure(folder: Path, rivals: Path | None) -> tuple[list[Cut], list[tuple[Cut, str]]]:
    """Run both tools on a folder: all cuts, and those that are not covered, with the reason."""
    sources, settings = Sources(folder), Settings()
    cuts = cut_clones(find("jscpd", folder, folder.name, rivals), sources)
    candidates = find(CODESIM, folder, folder.name)
    missing = [cut for cut in cuts if not is_covered(cut, candidates)]
    return cuts, [(cut, reason(cut, sources, settings, candidates)) for cut in missing]


def is_covered(cut: Cut, candidates: Sequence[Finding]) -> bool:
    """Whether two fragments of one candidate hold at least half of the lines of both sides."""
    places = [side.place for side in cut]
    return any(covers(candidate.fragments, places) for candidate in candidates)


def main() -> None:
    """Parse the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--without", action="append", default=[], metavar="NAME", help="folders to leave out")
    parser.add_argument("--rivals", type=Path)
    parser.add_argument("-o", "--out", type=Path, help="write what is not covered here")
    options = parser.parse_args()
    rivals = options.rivals.resolve() if options.rivals else None
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / options.folder.resolve().name
        shutil.copytree(options.folder, copy, ignore=shutil.ignore_patterns(*options.without))
        cuts, missing = measure(copy, rivals)
    for (left, right), why in missing:
        print(f"{left.place}  {right.place}\n    {left.body.qualname}, {right.body.qualname}: {why}")
    kinds = Counter(why.partition(":")[0].partition(" (")[0] for _, why in missing)
    print("\nnot covered: " + ", ".join(f"{count} {kind}" for kind, count in kinds.most_common()))
    covered = len(cuts) - len(missing)
    print(f"{options.folder.name}: {covered} of {len(cuts)} covered ({100 * covered / max(len(cuts), 1):.1f} %)")
    if options.out:
        lines = (
            json.dumps({"fragments": [asdict(side.place) for side in cut], "reason": why}) + "\n"
            for cut, why in missing
        )
        options.out.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
