"""The calibration curve as a picture: what share of the pairs of a score is alike.

In: bins of a `Calibration`. Out: the text of an SVG; circles grow with the number of pairs, and the diagonal is where a
calibrated score lies. Source: reliability diagrams, DeGroot and Fienberg, 1983.
"""

from __future__ import annotations

from collections.abc import Sequence

from codesim.evaluate.calibration import Bin

_SIZE, _MARGIN, _TICKS = 360, 48, (0.0, 0.25, 0.5, 0.75, 1.0)
_LEAST, _MOST = 2.0, 14.0


def draw_curve(bins: Sequence[Bin], title: str) -> str:
    """Draw bins as an SVG.

    Args:
        bins: of one calibration, any number.
        title: plain words, without characters that XML reserves.

    Returns:
        SVG text with a line end; equal input gives equal text.
    """
    side = _SIZE + 2 * _MARGIN
    most = max([part.count for part in bins], default=1)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" font-family="sans-serif" font-size="12">',
        f'<rect width="{side}" height="{side}" fill="white"/>',
        f'<text x="{side / 2:.0f}" y="24" text-anchor="middle" font-size="14">{title}</text>',
        _line((0.0, 0.0), (1.0, 1.0), "#bbb", "4 4"),
        _line((0.0, 0.0), (1.0, 0.0), "#333"),
        _line((0.0, 0.0), (0.0, 1.0), "#333"),
    ]
    for tick in _TICKS:
        parts.append(_text(_x(tick), _y(0.0) + 18, f"{tick:g}"))
        parts.append(_text(_x(0.0) - 20, _y(tick) + 4, f"{tick:g}"))
    parts.append(_text(_x(0.5), _y(0.0) + 38, "mean score of the pairs in a bin"))
    parts.append(f'<g transform="translate(14 {_y(0.5):.0f}) rotate(-90)">{_text(0, 0, "share that is alike")}</g>')
    points = " ".join(f"{_x(part.score):.1f},{_y(part.alike):.1f}" for part in bins)
    parts.append(f'<polyline points="{points}" fill="none" stroke="#1f6feb" stroke-width="1.5"/>')
    for part in bins:
        radius = _LEAST + (_MOST - _LEAST) * (part.count / most) ** 0.5
        parts.append(
            f'<circle cx="{_x(part.score):.1f}" cy="{_y(part.alike):.1f}" r="{radius:.1f}" fill="#1f6feb"'
            f' fill-opacity="0.6"><title>{part.count} pairs</title></circle>'
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


def _x(value: float) -> float:
    return _MARGIN + value * _SIZE


def _y(value: float) -> float:
    return _MARGIN + (1.0 - value) * _SIZE


def _line(start: tuple[float, float], end: tuple[float, float], colour: str, dashes: str = "none") -> str:
    (x1, y1), (x2, y2) = start, end
    ends = f'x1="{_x(x1):.0f}" y1="{_y(y1):.0f}" x2="{_x(x2):.0f}" y2="{_y(y2):.0f}"'
    return f'<line {ends} stroke="{colour}" stroke-dasharray="{dashes}"/>'


def _text(x: float, y: float, text: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="middle">{text}</text>'
