"""Findings of any tool in one form: fragments by path and lines, in the tool's order.

In: JSON lines `{"tool", "package", "rank", "fragments"}`, or codesim's JSON report. Out: `Finding`s, and whether two of
them speak of the same code. Paths are relative to the scanned folder, lines are 1-based and inclusive.

Source: our own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from codesim.errors import SourceError
from codesim.refactor import Gain

CODESIM = "codesim"
CODESIM_WHOLE = "codesim with small gains"
"""The whole report; `CODESIM` is what it says gains clearly."""
_HALF = 0.5
_NEAR = 0.8  # of the lines of both together: fragments that differ by a decorator or a last line are one


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a fragment stands: a path and its lines, 1-based, both inclusive."""

    path: str
    start_line: int
    end_line: int

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return self.end_line - self.start_line + 1

    def common_lines(self, other: Place) -> int:
        """How many lines it shares with another place."""
        if self.path != other.path:
            return 0
        return max(0, min(self.end_line, other.end_line) - max(self.start_line, other.start_line) + 1)

    def __str__(self) -> str:
        return f"{self.path}:{self.start_line}-{self.end_line}"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a tool reports at one rank. id: the class id of codesim, or the hash of the fragments."""

    tool: str
    package: str
    rank: int
    fragments: tuple[Place, ...]
    id: str

    def as_line(self) -> str:
        """Render the finding as one JSON line, without the line end."""
        return json.dumps(asdict(self), ensure_ascii=False)


def fragments_id(fragments: Iterable[Place]) -> str:
    """Name a set of fragments: a hash of their paths and lines, whatever their order."""
    text = "\n".join(map(str, sorted(set(fragments))))
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def make_findings(tool: str, package: str, classes: Iterable[Iterable[Place]], top: int | None = None) -> list[Finding]:
    """Number the classes of a tool in its order.

    Args:
        tool: its name.
        package: what it looked at.
        classes: the fragments of each finding, best first; those of fewer than two distinct fragments are dropped.
        top: how many to keep; None keeps all.

    Returns:
        The findings, ranks from 1.
    """
    kept = [tuple(sorted(set(places))) for places in classes]
    kept = [places for places in kept if len(places) > 1][:top]
    return [Finding(tool, package, rank, places, fragments_id(places)) for rank, places in enumerate(kept, start=1)]


def findings_of_report(report: object, package: str, origin: str) -> list[Finding]:
    """Take the candidates of a report that `codesim scan --format json` wrote.

    Args:
        report: the parsed JSON.
        package: what was scanned.
        origin: the file, for messages.

    Returns:
        The findings in rank order, those of clear gain under `CODESIM`, and then all of them under `CODESIM_WHOLE`; the
        id is that of the class.

    Raises:
        SourceError: this is no such report.
    """
    try:
        candidates: Sequence[Any] = report["candidates"]  # type: ignore[index]
        whole = [
            Finding(CODESIM_WHOLE, package, each["rank"], read_places(each["fragments"]), each["id"])
            for each in candidates
        ]
        clear = [one for one, each in zip(whole, candidates, strict=True) if each["gain"] == Gain.CLEAR]
        return [*(replace(one, tool=CODESIM) for one in clear), *whole]
    except (KeyError, TypeError) as error:
        raise SourceError(origin, None, f"not a report of codesim: {error!r}") from error


def read_findings(lines: Iterable[str], origin: str) -> list[Finding]:
    """Parse findings.

    Args:
        lines: the lines of the file; blank ones are passed over.
        origin: the file, for messages.

    Returns:
        The findings in order.

    Raises:
        SourceError: a line is no JSON object with the fields of a finding.
    """
    found: list[Finding] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            places = read_places(record["fragments"])
            identity = record.get("id") or fragments_id(places)
            found.append(Finding(record["tool"], record["package"], record["rank"], places, identity))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise SourceError(origin, number, f"not a finding: {error!r}") from error
    return found


def read_places(records: Iterable[Any]) -> tuple[Place, ...]:
    """Take `path`, `start_line` and `end_line` of each record.

    Raises:
        KeyError: a field is missing.
        TypeError: a record or a field is of another type.
    """
    places = tuple(Place(each["path"], each["start_line"], each["end_line"]) for each in records)
    for place in places:
        if not (isinstance(place.path, str) and type(place.start_line) is int and type(place.end_line) is int):
            raise TypeError(f"not a place: {place!r}")
    return places


def covers(report: Iterable[Place], asked: Sequence[Place]) -> bool:
    """Whether at least half of the lines of two of the asked fragments lie in two fragments of a report."""
    return _paired(asked, tuple(report), lambda one, other: one.common_lines(other) >= _HALF * one.lines) >= 2


def agreement(one: Sequence[Place], other: Sequence[Place]) -> float:
    """How far two findings speak of the same code.

    Args:
        one: fragments of a finding.
        other: fragments of another.

    Returns:
        0.0 unless two fragments of each share at least half of the lines of both sides; else the mean, over the
        larger number of fragments, of the share of common lines.
    """

    def same(left: Place, right: Place) -> bool:
        return left.common_lines(right) >= _HALF * max(left.lines, right.lines)

    pairs = _pairing(one, other, same)
    if len(pairs) < 2:
        return 0.0
    return sum(_share(left, right) for left, right in pairs) / max(len(one), len(other))


def same_fragments(one: Sequence[Place], other: Sequence[Place]) -> bool:
    """Whether each fragment of either stands, but for a line or so, in the other."""
    if len(one) != len(other):
        return False
    return _paired(one, other, lambda left, right: _share(left, right) >= _NEAR) == len(one)


def repeats(finding: Sequence[Place], earlier: Iterable[Sequence[Place]]) -> bool:
    """Whether some earlier finding has all fragments of this one: at least half of the lines of each side."""

    def same(left: Place, right: Place) -> bool:
        return left.common_lines(right) >= _HALF * max(left.lines, right.lines)

    return any(_paired(finding, other, same) == len(finding) for other in earlier)


def _share(left: Place, right: Place) -> float:
    common = left.common_lines(right)
    return common / (left.lines + right.lines - common)


def _paired(one: Sequence[Place], other: Sequence[Place], fits: Callable[[Place, Place], bool]) -> int:
    return len(_pairing(one, other, fits))


def _pairing(
    one: Sequence[Place], other: Sequence[Place], fits: Callable[[Place, Place], bool]
) -> list[tuple[Place, Place]]:
    """Pair fragments one to one, those with the most common lines first."""
    ways = sorted(
        ((left.common_lines(right), left, right) for left in one for right in other if fits(left, right)),
        key=lambda way: (-way[0], way[1], way[2]),
    )
    left_over, right_over = set(one), set(other)
    pairs: list[tuple[Place, Place]] = []
    for _, left, right in ways:
        if left in left_over and right in right_over:
            left_over.remove(left)
            right_over.remove(right)
            pairs.append((left, right))
    return pairs
