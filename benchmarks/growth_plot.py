"""The plot of graph_growth.py: two log-log panels as one SVG, readable on a light and on a dark page.

In: measured points and exponents by kind. Out: the text of an SVG. Lines parallel to the dashed guides grow in
proportion to size. The kinds are listed from the slowest to the fastest at their largest size. Source: our own.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any, NamedTuple

Point = dict[str, Any]

WIDTH, HEIGHT = 980, 470
STYLE = """
text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; fill: #1b1f24; }
.title { font-size: 15px; font-weight: 600; }
.quiet { fill: #59626e; }
.end { text-anchor: end; } .middle { text-anchor: middle; }
.paper { fill: #ffffff; }
.frame { fill: none; stroke: #d9dde3; }
.grid { stroke: #eceef1; }
.guide { stroke: #9aa3ae; stroke-dasharray: 3 4; }
.line { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
.second { stroke-dasharray: 7 3; }
.dot { stroke: none; }
.c0 { --c: #1d4ed8; } .c1 { --c: #c2410c; } .c2 { --c: #047857; } .c3 { --c: #a21caf; }
.c4 { --c: #8a6a00; } .c5 { --c: #0e7490; } .c6 { --c: #4b5563; }
.line { stroke: var(--c); } .dot { fill: var(--c); }
@media (prefers-color-scheme: dark) {
  text { fill: #e4e8ee; }
  .quiet { fill: #a0a9b6; }
  .paper { fill: #14171b; }
  .frame { stroke: #343b45; }
  .grid { stroke: #22272e; }
  .guide { stroke: #6b7480; }
  .c0 { --c: #85b9ff; } .c1 { --c: #ff9d6c; } .c2 { --c: #6ed6a4; } .c3 { --c: #ec9df5; }
  .c4 { --c: #e5c14b; } .c5 { --c: #67d5ea; } .c6 { --c: #b6bfca; }
}
"""
COLOURS = 7


class Panel(NamedTuple):
    """Where a panel stands, in pixels, and the decades that it shows: whole powers of ten."""

    left: float
    top: float
    width: float
    height: float
    x: tuple[int, int]
    y: tuple[int, int]

    def at(self, size: float, seconds: float) -> tuple[float, float]:
        """The place of a point."""
        (x0, x1), (y0, y1) = self.x, self.y
        return (
            self.left + self.width * (math.log10(size) - x0) / (x1 - x0),
            self.top + self.height * (y1 - math.log10(seconds)) / (y1 - y0),
        )


def growth_svg(results: dict[str, list[Point]], exponents: dict[str, dict[str, Any]]) -> str:
    """Draw corpus growth on the left, growth with length on the right.

    Args:
        results: points by kind, each with `size`, `seconds` and `stages`, or `failed`; "corpus" is the left panel.
        exponents: by kind, with `exponent`, and `stages` with one for each stage.

    Returns:
        str: an SVG of 980 by 470 pixels.

    Source: our own.
    """
    corpus = [point for point in results.get("corpus", []) if "failed" not in point]
    left = {"all stages": [(point["size"], point["seconds"]) for point in corpus]}
    for stage in corpus[-1]["stages"] if corpus else ():
        left[stage] = [(point["size"], max(point["stages"][stage], 1e-3)) for point in corpus]
    right = {
        kind: [(point["size"], point["seconds"]) for point in points if "failed" not in point]
        for kind, points in results.items()
        if kind != "corpus"
    }
    notes = {kind: f"{one['exponent']:.2f}" for kind, one in exponents.items()}
    notes["all stages"] = notes.get("corpus", "")
    notes |= {stage: f"{value:.2f}" for stage, value in exponents.get("corpus", {}).get("stages", {}).items()}
    title = "Time from source text to arrays"
    size = f'width="{WIDTH}" height="{HEIGHT}"'
    view = f'viewBox="0 0 {WIDTH} {HEIGHT}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {view} role="img" aria-label="{title}">',
        f"<title>{title}</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="paper" {size} rx="8"/>',
        *_panel(56, "Corpus of real functions", "functions", left, notes),
        *_panel(496, "One function", "statements", right, notes),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _panel(
    left: float, title: str, unit: str, series: dict[str, list[tuple[float, float]]], notes: dict[str, str]
) -> Iterator[str]:
    lines = {name: points for name, points in series.items() if points}
    if not lines:
        return
    sizes = [size for points in lines.values() for size, _ in points]
    seconds = [value for points in lines.values() for _, value in points]
    panel = Panel(left, 56, 240, 344, _decades(sizes), _decades(seconds))
    yield f'<text class="title" x="{left}" y="32">{title}</text>'
    yield from _grid(panel, unit)
    ranked = sorted(lines, key=lambda name: -lines[name][-1][1])
    yield f'<text class="quiet" x="{left + 252}" y="49">slowest first, exponent</text>'
    for number, name in enumerate(lines):
        look = f"c{number % COLOURS}" + (" second" if number >= COLOURS else "")
        places = [panel.at(*point) for point in lines[name]]
        yield f'<polyline class="line {look}" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in places)}"/>'
        yield from (f'<circle class="dot {look}" cx="{x:.1f}" cy="{y:.1f}" r="2.4"/>' for x, y in places)
        row = 74 + 21 * ranked.index(name)
        yield f'<path class="line {look}" d="M{left + 252} {row - 4}h26"/>'
        yield f'<text class="quiet" x="{left + 284}" y="{row}">{notes.get(name, "")}</text>'
        yield f'<text x="{left + 314}" y="{row}">{escape(name)}</text>'


def _decades(values: Sequence[float]) -> tuple[int, int]:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def _grid(panel: Panel, unit: str) -> Iterator[str]:
    bottom, right = panel.top + panel.height, panel.left + panel.width
    for power in range(panel.x[0], panel.x[1] + 1):
        x, _ = panel.at(10**power, 1)
        yield f'<path class="grid" d="M{x:.1f} {panel.top}V{bottom}"/>'
        yield f'<text class="quiet middle" x="{x:.1f}" y="{bottom + 18}">{_number(power)}</text>'
    for power in range(panel.y[0], panel.y[1] + 1):
        _, y = panel.at(1, 10**power)
        yield f'<path class="grid" d="M{panel.left} {y:.1f}H{right}"/>'
        yield f'<text class="quiet end" x="{panel.left - 6}" y="{y + 4:.1f}">{_number(power)}</text>'
    for offset in range(panel.y[0] - panel.x[1] + 1, panel.y[1] - panel.x[0]):
        low, high = max(panel.x[0], panel.y[0] - offset), min(panel.x[1], panel.y[1] - offset)
        (x0, y0), (x1, y1) = (panel.at(10**power, 10 ** (power + offset)) for power in (low, high))
        yield f'<path class="guide" d="M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}"/>'
    yield f'<rect class="frame" x="{panel.left}" y="{panel.top}" width="{panel.width}" height="{panel.height}"/>'
    middle = panel.left + panel.width / 2
    yield f'<text class="middle" x="{middle}" y="{bottom + 42}">{unit}; dashed: in proportion</text>'
    yield f'<text class="quiet" x="{panel.left}" y="{panel.top - 7}">CPU seconds</text>'


def _number(power: int) -> str:
    return f"{10**power:,}" if power >= 0 else f"{10.0**power:.{-power}f}"
