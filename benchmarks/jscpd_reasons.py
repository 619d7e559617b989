"""Why codesim does not report what jscpd does: the rule and the reason for one place.

In: two sides of a cut clone, and what a scan with `--rejected` left out. Out: a `Why`. First comes what the scan itself
says of these lines; then what `codesim compare` says of the two functions, if they are most of it; then what can be
seen from the syntax: a place that runs over the ends of nested functions, or holds no whole statements. Source: ours.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from function_bodies import nested_functions
from jscpd_cuts import LEAST_LINES, Cut, Side, Sources, is_covered

from codesim.config import Settings
from codesim.errors import CodesimError
from codesim.evaluate import Finding, Place, covers
from codesim.pipeline import compare
from codesim.pipeline.pair import CutSource

_MOST_OF_IT = 0.5  # of a function's code: what holds less is a block in a longer function
_FITS = 0.5  # shares of lines in common, of both sides together: below, an entry speaks of much else
_UNCOMPARED = ("small", "suppressed")


@dataclass(frozen=True, slots=True)
class Why:
    """A rule, a short word as in codesim's list of what it left out, and the reason in words."""

    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a scan left out: the places, and why."""

    places: tuple[Place, ...]
    why: Why


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scan reports, what it left out, and its settings."""

    candidates: Sequence[Finding]
    rejected: Sequence[LeftOut]
    settings: Settings = Settings()  # noqa: RUF009  # frozen


def left_out(report: Any) -> list[LeftOut]:
    """The entries of a report's `rejected`."""
    return [
        LeftOut(
            tuple(Place(side["path"], side["start_line"], side["end_line"]) for side in entry["fragments"]),
            Why(entry["rule"], entry["reason"]),
        )
        for entry in report["rejected"]
    ]


def standing(cut: Cut, sources: Sources, settings: Settings) -> Why | None:
    """What codesim says of the two functions; the rule is "" where it would report them; None for one function."""
    if cut[0].body == cut[1].body:
        return None
    try:
        found = compare(*(_cut_source(side, sources) for side in cut), settings).explanation.standing
    except CodesimError as error:
        return Why("nested", str(error))
    return None if found is None else Why(found.rule, found.reason)


def why(cut: Cut, sources: Sources, scanned: Scanned) -> Why:
    """Why codesim does not report a cut.

    Args:
        cut: both sides.
        sources: the files.
        scanned: the scan.
    """
    if is_covered(cut, scanned.candidates):
        return Why("reported", "in the report")
    if pieces := _pieces(cut):
        said = [(pair[0].body.qualname, why(pair, sources, scanned)) for pair in _long(pieces)]
        rest = [f"its part in `{name}`: {each.rule}, {each.reason}" for name, each in said]
        told = "; ".join(rest) or "none has five lines of it"
        return Why("across-functions", f"runs over the ends of {len(pieces)} nested functions; {told}")
    places = [side.place for side in cut]
    hits = [entry for entry in scanned.rejected if covers(entry.places, places)]
    best = max(hits, key=lambda entry: _fit(entry.places, places), default=None)
    if best is not None and _fit(best.places, places) >= _FITS:
        return best.why
    found = standing(cut, sources, scanned.settings)
    if found is not None and found.rule:
        wholes = min(side.share for side in cut) >= _MOST_OF_IT
        if wholes or found.rule in _UNCOMPARED:
            return found
    return _by_syntax(cut) if best is None else best.why


def _by_syntax(cut: Cut) -> Why:
    whole = min(side.body.statements(side.place.start_line, side.place.end_line) for side in cut)
    if not whole:
        return Why("no-whole-statements", "parts of statements, such as the arguments of a call")
    if any(_definitions(side) for side in cut):
        return Why("nested-function", "a run of statements ends at a nested function or class")
    return Why("too-short", f"{whole} whole statements, no two in a row equal but for names and literals")


def _pieces(cut: Cut) -> list[tuple[Side, Side]]:
    """The nested functions that a cut runs through, in order, where it begins or ends inside one on both sides."""
    one, two = ([*_nested(side)] for side in cut)
    return list(zip(one, two, strict=False)) if min(len(one), len(two)) > 1 else []


def _nested(side: Side) -> list[Side]:
    place = side.place
    bodies = nested_functions(side.body)
    if not any(line in body.lines for body in bodies for line in (place.start_line, place.end_line)):
        return []
    found = [(body, body.within(place.start_line, place.end_line)) for body in bodies]
    return [Side(Place(place.path, lines[0], lines[-1]), body) for body, lines in found if lines]


def _code(side: Side) -> list[int]:
    return side.body.within(side.place.start_line, side.place.end_line)


def _long(pieces: Sequence[tuple[Side, Side]]) -> list[tuple[Side, Side]]:
    return [pair for pair in pieces if min(len(_code(side)) for side in pair) >= LEAST_LINES]


def _definitions(side: Side) -> bool:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    place = side.place
    return any(
        isinstance(node, kinds) and place.start_line <= node.lineno <= place.end_line
        for node in ast.walk(side.body.node)
        if node is not side.body.node
    )


def _fit(found: Sequence[Place], places: Sequence[Place]) -> float:
    """How well two of the places of an entry agree with those of a cut."""
    return sum(max(_jaccard(each, place) for each in found) for place in places)


def _jaccard(one: Place, other: Place) -> float:
    common = one.common_lines(other)
    return common / (one.lines + other.lines - common)


def _cut_source(side: Side, sources: Sources) -> CutSource:
    cut = sources.cut(side.place.path, side.body)
    span = cut.fragment.span
    return cut, tuple(sources.text(side.place.path).split("\n")[span.start_line - 1 : span.end_line])
