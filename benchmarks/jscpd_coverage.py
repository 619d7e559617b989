"""How much of what jscpd reports inside Python function bodies codesim reports too, and by which rule the rest is not.

    python benchmarks/jscpd_coverage.py FOLDER [--without tests] [--rivals DIR] [--read LABELS.jsonl] [--page PAGE.md]
        [-o MISSING.jsonl]

Both tools run at their defaults on a copy of FOLDER without the folders named by --without. A clone of jscpd is cut to
the functions it runs through; a cut counts if it has at least five lines of code on both sides (docstrings, comments
and blank lines are no code). It is covered if two fragments of one candidate hold at least half of the lines of its
sides. The rest is listed, one line each, with the rule and the reason. --read names labels of a reader, one JSON object
a line with `fragments`, `label` and `note`: what is labelled ACT is a miss, whatever the rule. --page rewrites what
stands between the package's two marks on a page.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from jscpd_cuts import Cut, Sources, cut_clones, is_covered
from jscpd_reasons import Scanned, Why, left_out, why
from rivals import Programs, find

from codesim.evaluate import CODESIM, CODESIM_WHOLE, Place, findings_of_report

MISS = "ACT"
_UNREAD = ("", "not read")
Reading = tuple[str, str]
"""A label and a note."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A cut that is not covered, why, and how a reader labelled it."""

    cut: Cut
    why: Why
    label: str
    note: str

    @property
    def places(self) -> tuple[Place, Place]:
        """Where its sides are."""
        return self.cut[0].place, self.cut[1].place


def measure(
    folder: Path, rivals: Path | None, read: Mapping[tuple[Place, ...], Reading]
) -> tuple[list[Cut], list[Missing]]:
    """Run both tools on a folder: all cuts, and those that are not covered, misses first."""
    sources = Sources(folder)
    cuts = cut_clones(find("jscpd", folder, folder.name, rivals), sources)
    report = Programs(folder, rivals).codesim("--rejected")
    candidates = [one for one in findings_of_report(report, folder.name, CODESIM) if one.tool == CODESIM_WHOLE]
    entries = left_out(report)
    missing = []
    for cut in cuts:
        if not is_covered(cut, candidates):
            label, note = read.get((cut[0].place, cut[1].place), _UNREAD)
            missing.append(Missing(cut, why(cut, sources, Scanned(candidates, entries)), label, note))
    return cuts, sorted(missing, key=lambda one: one.label != MISS)


def read_labels(path: Path) -> dict[tuple[Place, ...], Reading]:
    """The labels of a reader, by places."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    return {tuple(Place(**place) for place in row["fragments"]): (row["label"], row["note"]) for row in rows}


def totals(cuts: Sequence[Cut], missing: Sequence[Missing]) -> Iterator[str]:
    """The figures in words."""
    missed = [one for one in missing if one.label == MISS]
    purpose = [one for one in missing if one.label not in (MISS, "")]
    unread = len(missing) - len(missed) - len(purpose)
    labels = Counter(one.label for one in purpose)
    rules = Counter(one.why.rule.partition(":")[0] for one in purpose)
    known = len(cuts) - len(missed) - unread
    yield f"{len(cuts)} places: {_share(len(cuts) - len(missing), cuts)} covered, " + (
        f"{_share(len(purpose), cuts)} rejected on purpose ({_counts(labels)}), {_share(len(missed), cuts)} missed"
        + (f", {unread} not read" if unread else "")
        + f"; covered or rejected on purpose: {_share(known, cuts)}."
    )
    yield f"Rejected on purpose, by rule: {_counts(rules)}."
    if missed:
        yield f"Missed, by rule: {_counts(Counter(one.why.rule.partition(':')[0] for one in missed))}."


def table(missing: Sequence[Missing]) -> Iterator[str]:
    """A Markdown table, one line a place."""
    yield "| places | rule | reason | read as |"
    yield "|---|---|---|---|"
    for one in missing:
        left, right = one.places
        cells = (f"{left}, {right}", one.why.rule, one.why.reason, f"{one.label or 'unread'}: {one.note}")
        yield f"| {' | '.join(_cell(text) for text in cells)} |"


def with_section(page: str, name: str, lines: Sequence[str]) -> str:
    """A page with what stands between the two marks of a package replaced.

    Raises:
        ValueError: the page has no such marks.
    """
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    before, found, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"the page has no {begin} ... {end}")
    return "\n".join([before + begin, *lines, end + after])


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _share(count: int, cuts: Sequence[Cut]) -> str:
    return f"{count} ({100 * count / max(len(cuts), 1):.0f} %)"


def main() -> None:
    """Parse the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--without", action="append", default=[], metavar="NAME", help="folders to leave out")
    parser.add_argument("--rivals", type=Path)
    parser.add_argument("--read", type=Path, help="labels of a reader")
    parser.add_argument("--page", type=Path, help="rewrite the package's section of this page")
    parser.add_argument("-o", "--out", type=Path, help="write what is not covered here")
    options = parser.parse_args()
    rivals = options.rivals.resolve() if options.rivals else None
    labels = read_labels(options.read) if options.read else {}
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / options.folder.resolve().name
        shutil.copytree(options.folder, copy, ignore=shutil.ignore_patterns(*options.without))
        cuts, missing = measure(copy, rivals, labels)
    for one in missing:
        print(f"{one.places[0]}  {one.places[1]}\n    {one.why.rule}: {one.why.reason}\n    {one.label} {one.note}")
    figures = list(totals(cuts, missing))
    print("\n" + "\n".join(figures))
    if options.page:
        text = options.page.read_text(encoding="utf-8")
        section = ["", *figures, "", *table(missing), ""]
        options.page.write_text(with_section(text, options.folder.resolve().name, section), encoding="utf-8")
    if options.out:
        rows = (
            {"fragments": [asdict(place) for place in one.places], "label": one.label, "note": one.note}
            | {"rule": one.why.rule, "reason": one.why.reason}
            for one in missing
        )
        options.out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


if __name__ == "__main__":
    main()
