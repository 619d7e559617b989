"""What the page knows from the start: figures, the list, the map and the treemap, as values for its script.

In: a `ScanReport`. Out: plain values that JSON can hold, short ones, because the page must be usable at thousands of
candidates; what one candidate alone needs is in `page_details`. Every text of the scanned code has passed `visible`.
Source: our own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from codesim.refactor import Gain, RefactoringCandidate
from codesim.report import wording
from codesim.report.scan_report import MAP_SIDE, CodeMap, ScanReport
from codesim.report.visible import visible

MOST_TILES = 300  # of the treemap; smaller ones could not be seen
Json = dict[str, Any]


def overview(report: ScanReport) -> Json:
    """Give what the page shows before a candidate is opened.

    Args:
        report: the scan's result.

    Returns:
        Plain values: `files` holds each path once, and everything else names a file by its number there.
    """
    files = _numbered_files(report)
    return {
        "figures": _figures(report),
        "sentence": wording.summary_sentence(report),
        "nothing": "" if report.candidates else wording.nothing_found(report),
        "files": [visible(path) for path in files],
        "candidates": [_row(candidate, files) for candidate in report.candidates],
        "treemap": _treemap(report, files),
        "map": None if report.code_map is None else _map(report.code_map, report.candidates, files),
        "skipped": [[visible(each.path), visible(each.reason)] for each in report.summary.skipped],
        "timings": "" if report.timings is None else wording.stages(report.timings),
        "tool": visible(f"codesim {report.version}, weights {report.weights}"),
    }


def removable_lines(candidates: Sequence[RefactoringCandidate]) -> dict[str, float]:
    """Share out the lines that merging saves among the files: to each copy in proportion to its length.

    Args:
        candidates: of one scan; those that save nothing are passed over.

    Returns:
        Lines by path, for files with any.

    Source: our own.
    """
    removable: dict[str, float] = defaultdict(float)
    for candidate in candidates:
        if candidate.lines_saved > 0:
            lengths = [member.end_line - member.start_line + 1 for member in candidate.members]
            for member, length in zip(candidate.members, lengths, strict=True):
                removable[member.path] += candidate.lines_saved * length / sum(lengths)
    return dict(removable)


def _numbered_files(report: ScanReport) -> dict[str, int]:
    paths = {member.path for candidate in report.candidates for member in candidate.members}
    if report.code_map is not None:
        paths |= {file.path for file in report.code_map.files}
    return {path: number for number, path in enumerate(sorted(paths))}


def _figures(report: ScanReport) -> list[list[Any]]:
    summary = report.summary
    small = sum(candidate.gain is Gain.SMALL for candidate in report.candidates)
    figures: list[list[Any]] = [
        [len(report.candidates), "candidates"],
        [wording.lines_to_save(report), "lines to save"],
        [summary.files, "files"],
        [summary.lines, "lines"],
        [summary.fragments, "fragments"],
    ]
    if small:
        figures.insert(1, [small, "small gains"])
    return [*figures, [len(summary.skipped), "files skipped"]] if summary.skipped else figures


def _row(candidate: RefactoringCandidate, files: Mapping[str, int]) -> Json:
    return {
        "id": visible(candidate.id),
        "kind": candidate.kind.value,
        "type": candidate.clone_type,
        "small": candidate.gain is Gain.SMALL,
        "extractable": candidate.verdict.extractable,
        "saved": candidate.lines_saved,
        "value": candidate.value,
        "score": round(candidate.score, 4),
        "closeness": round(candidate.closeness, 4),
        "similarity": round(candidate.similarity, 4) + 0.0,
        "copies": [[files[m.path], visible(m.qualname), m.start_line, m.end_line] for m in candidate.members],
    }


def _treemap(report: ScanReport, files: Mapping[str, int]) -> list[list[Any]]:
    """The files with most to remove: number, removable lines, and lines (0 where they are not known)."""
    lines = {file.path: file.lines for file in report.code_map.files} if report.code_map else {}
    removable = sorted(removable_lines(report.candidates).items(), key=lambda item: (-item[1], item[0]))
    return [[files[path], round(saved, 1), lines.get(path, 0)] for path, saved in removable[:MOST_TILES]]


def _map(code_map: CodeMap, candidates: Sequence[RefactoringCandidate], files: Mapping[str, int]) -> Json:
    """All points in order, and for each candidate the numbers of the points that hold its copies."""
    points: list[list[Any]] = []
    by_path: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for file in code_map.files:
        for point in file.points:
            by_path[file.path].append((point.start_line, point.end_line, len(points)))
            points.append([files[file.path], visible(point.qualname), point.start_line, point.x, point.y])
    classes = [
        [
            number
            for member in candidate.members
            if (number := _around(by_path[member.path], member.start_line, member.end_line)) is not None
        ]
        for candidate in candidates
    ]
    return {"side": MAP_SIDE, "points": points, "classes": classes, "leftOut": code_map.left_out}


def _around(spans: Sequence[tuple[int, int, int]], start: int, end: int) -> int | None:
    """The number of the smallest fragment around some lines."""
    around = [(last - first, number) for first, last, number in spans if first <= start and end <= last]
    return min(around)[1] if around else None
