"""The result of one scan, as every reporter receives it."""

from __future__ import annotations

from dataclasses import dataclass

from codesim.refactor import Member, RefactoringCandidate
from codesim.source import Skipped


@dataclass(frozen=True, slots=True)
class Summary:
    """What a scan saw: files and lines read, fragments compared, and every file left out with its reason."""

    files: int
    lines: int
    fragments: int
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True, slots=True)
class Unused:
    """A suppression that leaves out nothing, or no longer holds: where it stands, and why, in words."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds per stage, summed over the worker processes; `total` is wall time."""

    source: float
    graph: float
    embed: float
    index: float
    verify: float
    group: float
    total: float


MAP_SIDE = 1000
"""Width and height of a `CodeMap`, in its own units."""


@dataclass(frozen=True, slots=True)
class MapPoint:
    """A fragment on the map: x and y in [0, MAP_SIDE]; what is near to another is written alike."""

    qualname: str
    start_line: int
    end_line: int
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class MappedFile:
    """A file that was read: how many lines it has, and its fragments in the order of their places."""

    path: str
    lines: int
    points: tuple[MapPoint, ...]


@dataclass(frozen=True, slots=True)
class CodeMap:
    """All files in the order of their paths, with as many fragments as a map can show; `left_out` counts the rest."""

    files: tuple[MappedFile, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Rejected:
    """What was found similar and is left out on purpose.

    members: where it stands, at least two places; without source lines where these were never cut out. rule: which rule
    keeps it out, a short stable word of docs/ranking.md. reason: in words.
    """

    members: tuple[Member, ...]
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class ScanReport:
    """Everything a reporter shows; candidates are in rank order (the first has rank 1).

    weights: name of the encoder's weights, with the start of their hash. timings: None unless asked for (`--stats`),
    because they would break byte-identical output. rejected: None unless asked for (`--rejected`). code_map: None
    unless a page is asked for, which alone shows it. known: candidates left out because the baseline knows them, None
    without a baseline. ignored: those left out by their id. unused: suppressions that are of no use.
    """

    version: str
    weights: str
    summary: Summary
    candidates: tuple[RefactoringCandidate, ...]
    timings: Timings | None = None
    rejected: tuple[Rejected, ...] | None = None
    code_map: CodeMap | None = None
    known: int | None = None
    ignored: int = 0
    unused: tuple[Unused, ...] = ()
