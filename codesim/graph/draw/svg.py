"""SVG: the layout of a graph in pixels and elements.

In: a `Pdg`. Out: one self-contained SVG document in ASCII: no script, no reference, no foreign element. On the left
line numbers and the control tree, in the middle one card for each statement, at its right edge a port for each
variable that it reads (an arrow arrives) or writes (an arc starts), on the right the arcs in their lanes. All text,
which comes from untrusted source, goes through one function that spells out what does not print and escapes the rest.
Source: our own.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterator

from codesim.graph.draw.layout import NO_PARENT, Arc, Layout, Row, lay_out
from codesim.graph.draw.spelling import CUT
from codesim.graph.draw.style import STYLE
from codesim.graph.dump import one_line
from codesim.graph.schema import EdgeKind, Pdg

_LETTER = 7.83  # width of a letter, in pixels, at 13 pixels; most fixed-width fonts: 0.60 em
_SMALL_LETTER = 6.63  # the same at 11 pixels
_MARGIN, _INDENT, _LANE, _PORT, _TWIN, _GAP, _BEND = 16, 22, 12, 15, 10, 5, 5
_PAD = 9  # between a card's edge and its text
_MIDDLE = 13  # from a card's top to the middle of its first line
_MAX_DEPTH, _MAX_TEXT, _MAX_NAME, _MAX_LISTED = 14, 88, 22, 12
_REPEATS = "↻"
_NOTES = {
    EdgeKind.CONTROL: "control: decides whether it runs",
    EdgeKind.DATA: "data: a definition and its uses",
    EdgeKind.ORDER: "order: effects that may not swap",
}
_CARRIED, _MAY, _NEXT = "dashed: by a round before", "dotted: only perhaps", "decides about its next round"
_IN_ORDER = (EdgeKind.DATA, EdgeKind.CONTROL, EdgeKind.ORDER)  # from the top; of arcs that start, from the bottom
Key = tuple[EdgeKind, str]


def to_svg(pdg: Pdg) -> str:
    """Draw the graph: statements as rows, control as a tree on the left, data and order as arcs on the right.

    Operations are drawn as the text of their statement, not one by one; dependences inside one statement and the
    control edges of parameters are not drawn, nor that what stands in a `try`, `with` or class always runs besides.
    Beyond 25,000 statements, 30,000 arrows or 60 lanes the rest is left out, which the last line tells.

    Args:
        pdg: any graph.

    Returns:
        str: an SVG document, ASCII, light or dark as the reader prefers.
    """
    title = one_line(pdg.qualname.rpartition("::")[2].rpartition(".")[2]) or "function"
    return _Picture(pdg, lay_out(pdg, title)).document()


class _Picture:
    """The pixels of one layout."""

    def __init__(self, pdg: Pdg, layout: Layout) -> None:
        self.pdg, self.layout = pdg, layout
        self.ports_in: list[dict[Key, int]] = [{} for _ in layout.rows]
        self.ports_out: list[dict[Key, int]] = [{} for _ in layout.rows]
        for arc in layout.arcs:
            key = (arc.style.kind, arc.style.name)
            self.ports_out[arc.source].setdefault(key, 0)
            for target in arc.targets:
                self.ports_in[target].setdefault(key, 0)
        numbers = _SMALL_LETTER * max((len(str(row.line)) for row in layout.rows), default=1)
        self.left = _MARGIN + numbers + 10  # of the entry's card
        self.texts = [_fitted(f"{row.keyword} {row.text}".strip(), _MAX_TEXT) for row in layout.rows]
        self.pills = [_pill(row) for row in layout.rows]
        keys = {key for ports in (*self.ports_in, *self.ports_out) for key in ports}
        names = max((_columns(_name(key)) for key in keys), default=0) * _SMALL_LETTER
        texts = max(self.text_x(row) + _columns(text) * _LETTER for row, text in enumerate(self.texts))
        self.right = texts + (names + 24 if names else 0) + _PAD  # of all cards
        lanes = 1 + max((arc.lane for arc in layout.arcs), default=-1)
        self.width = max(self.right + (14 + _LANE * lanes if lanes else 0) + _MARGIN, 560.0)
        self.head = list(self.header())
        self.tops: list[float] = []
        self.bottom = self.place_rows()

    def place_rows(self) -> float:
        """Give each row its top and each port its height; returns where the last row ends."""
        top = self.body_top
        for ports_in, ports_out in zip(self.ports_in, self.ports_out, strict=True):
            self.tops.append(top)
            arrive = sorted(ports_in, key=lambda key: _IN_ORDER.index(key[0]))
            start = sorted(ports_out, key=lambda key: -_IN_ORDER.index(key[0]))
            y = top + _MIDDLE
            for number, key in enumerate(arrive + start):
                is_twin = number == len(arrive) > 0 and key == arrive[-1] and key[0] is EdgeKind.ORDER
                y += 0 if number == 0 else _TWIN if is_twin else _PORT
                (ports_in if number < len(arrive) else ports_out)[key] = round(y)
            top = y + _MIDDLE + _GAP
        return top

    def card_x(self, row: int) -> float:
        return self.left + _INDENT * min(self.layout.rows[row].depth, _MAX_DEPTH)

    def text_x(self, row: int) -> float:
        pill = self.pills[row]
        return self.card_x(row) + _PAD + (len(pill) * _SMALL_LETTER + 18 if pill else 0)

    # -- parts of the document --------------------------------------------------------------------------------------

    def document(self) -> str:
        name = _escaped(f"Program dependence graph of {self.pdg.qualname}")
        left_out = [("statements", self.layout.rows_left_out), ("dependences", self.layout.arrows_left_out)]
        note = ", ".join(f"{what} {count:,}" for what, count in left_out if count)
        height = self.bottom + 18 * bool(note) + _MARGIN - _GAP
        size = f'width="{self.width:.0f}" height="{height:.0f}"'
        box = f'viewBox="0 0 {self.width:.0f} {height:.0f}"'
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box} role="img" aria-label="{name}">',
            f"<title>{name}</title>",
            f"<style>{STYLE}</style>",
            f'<rect class="paper" {size} rx="8"/>',
            *self.head,
            *self.tree(),
            *(element for arc in self.layout.arcs for element in self.arc(arc)),
            *(element for row in range(len(self.layout.rows)) for element in self.row(row)),
            _text(_MARGIN, self.bottom + 14, f"Left out of the picture: {note}", "small quiet") if note else "",
            "</svg>",
        ]
        return "\n".join(part for part in parts if part) + "\n"

    def header(self) -> Iterator[str]:
        """The title line and the legend of what occurs; leaves `body_top` below them."""
        kinds, spans = self.layout.rows, self.pdg.spans
        last = max((span.end_line for span in spans), default=0)
        counts = f"{len(self.pdg.kinds):,} nodes, {len(self.pdg.edges):,} edges"
        yield _text(_MARGIN, 30, _fitted(self.pdg.qualname, 46), "title")
        yield _text(_MARGIN, 48, f"{counts}, lines {kinds[0].line if kinds else 0} to {last}", "small quiet")
        x, y = float(_MARGIN), 70.0
        for style, note in self.legend():
            width = 34 + len(note) * _SMALL_LETTER + 20
            if x > _MARGIN and x + width - 20 > self.width - _MARGIN:
                x, y = float(_MARGIN), y + 18
            if style:
                yield f'<path class="line {style}" d="M{x:.0f} {y - 4:.0f}h26"/>'
            else:
                yield f'<rect class="pill" x="{x:.0f}" y="{y - 12:.0f}" width="26" height="16" rx="3"/>'
                yield _text(x + 10, y, _REPEATS, "small control")
            yield _text(x + 34, y, note, "small quiet")
            x += width
        self.body_top = y + 16

    def legend(self) -> Iterator[tuple[str, str]]:
        styles = [arc.style for arc in self.layout.arcs]
        kinds = {style.kind for style in styles} | {EdgeKind.CONTROL}
        yield from ((kind.name.lower(), note) for kind, note in _NOTES.items() if kind in kinds)
        for class_name, note in (("loop", _CARRIED), ("may", _MAY)):
            marked = [s for s in styles if (s.loop_carried if class_name == "loop" else s.may)]
            if marked:
                yield f"{min(marked).kind.name.lower()} {class_name}", note
        if any(row.repeats for row in self.layout.rows):
            yield "", _NEXT

    def tree(self) -> Iterator[str]:
        """The control edges of the tree: down from a row, and a bend to each row below it."""
        reached: dict[int, float] = {}
        for number, row in enumerate(self.layout.rows):
            if row.parent == NO_PARENT or row.depth > _MAX_DEPTH:
                continue
            x, y = self.card_x(row.parent) + 10, self.tops[number] + _MIDDLE
            start = reached.get(row.parent) or self.card_bottom(row.parent)
            reached[row.parent] = y - _BEND
            bend = f"V{y - _BEND:.0f}Q{x:.0f} {y:.0f} {x + _BEND:.0f} {y:.0f}H{self.card_x(number):.0f}"
            yield f'<path class="line control" d="M{x:.0f} {start:.0f}{bend}"/>'

    def card_bottom(self, row: int) -> float:
        return (self.tops[row + 1] if row + 1 < len(self.tops) else self.bottom) - _GAP

    def row(self, number: int) -> Iterator[str]:
        """A row's line number, card, branch, text and ports."""
        row, top, x = self.layout.rows[number], self.tops[number], self.card_x(number)
        base = top + _MIDDLE + 4
        yield _text(self.left - 10, base, str(row.line), "small quiet end")
        yield f"<g><title>{_escaped(self.row_tip(row))}</title>"
        size = f'width="{self.right - x:.0f}" height="{self.card_bottom(number) - top:.0f}"'
        yield f'<rect class="card" x="{x:.0f}" y="{top:.0f}" {size} rx="4"/>'
        pill = self.pills[number]
        if pill:
            width = len(pill) * _SMALL_LETTER + 10
            yield f'<rect class="pill" x="{x + 5:.0f}" y="{top + 5:.0f}" width="{width:.0f}" height="16" rx="3"/>'
            yield _text(x + 10, base, pill, "small control")
        text = self.texts[number]
        word, rest = (row.keyword, text[len(row.keyword) :]) if text.startswith(row.keyword) else ("", text)
        bold = f'<tspan class="word">{_escaped(word)}</tspan>' if word else ""
        yield f'<text x="{self.text_x(number):.0f}" y="{base:.0f}">{bold}{_escaped(rest)}</text>'
        for ports, arrives in ((self.ports_in[number], True), (self.ports_out[number], False)):
            for key, y in ports.items():
                kind = key[0].name.lower()
                tip = f"M{self.right + 1:.0f} {y}l7 -4v8z" if arrives else f"M{self.right - 3:.0f} {y - 3}h6v6h-6z"
                yield f'<path class="tip {kind}" d="{tip}"/>'
                twin = self.ports_out[number].get(key, 0) - y if arrives and kind == "order" else 0
                if twin or arrives or kind != "order" or key not in self.ports_in[number]:  # a pair has one label
                    yield _text(self.right - 8, y + 4 + max(twin, 0) / 2, _name(key), f"small end {kind}")
        yield "</g>"

    def row_tip(self, row: Row) -> str:
        kind, span = self.pdg.kinds[row.node].name.lower(), self.pdg.spans[row.node]
        place = f"{span.start_line}:{span.start_column} to {span.end_line}:{span.end_column}"
        return f"{kind}, {place}" + f", along {row.branch}" * bool(row.branch)

    def arc(self, arc: Arc) -> Iterator[str]:
        """One arc: from its source along its lane to the farthest targets, and a branch to each one on the way."""
        key = (arc.style.kind, arc.style.name)
        x, start = self.right + 14 + _LANE * arc.lane, self.ports_out[arc.source][key]
        ends = sorted(self.ports_in[target][key] for target in arc.targets)
        way = []
        for y in ends:
            up = _BEND if y < start else -_BEND  # from the lane's side of the bend
            if y in (ends[0], ends[-1]) and (y == ends[0] < start or y == ends[-1] > start):
                way.append(
                    f"M{self.right + 3:.0f} {start}H{x - _BEND:.0f}Q{x:.0f} {start} {x:.0f} {start - up}V{y + up}"
                )
            else:
                way.append(f"M{x:.0f} {y + up}")
            way.append(f"Q{x:.0f} {y} {x - _BEND:.0f} {y}H{self.right + 7:.0f}")
        marks = " loop" * arc.style.loop_carried + " may" * arc.style.may
        yield f'<g class="arc"><title>{_escaped(self.arc_tip(arc))}</title>'
        yield f'<path class="line {arc.style.kind.name.lower()}{marks}" d="{"".join(way)}"/></g>'

    def arc_tip(self, arc: Arc) -> str:
        rows, style = self.layout.rows, arc.style
        lines = [str(rows[target].line) for target in arc.targets]
        more = f" and {len(lines) - _MAX_LISTED} more" if len(lines) > _MAX_LISTED else ""
        what = f"{style.kind.name.lower()} {one_line(style.name)}".strip()
        marks = ", of an earlier round" * style.loop_carried + ", may" * style.may
        return f"{what}: line {rows[arc.source].line} to {', '.join(lines[:_MAX_LISTED])}{more}{marks}"


def _pill(row: Row) -> str:
    deep = f"level {row.depth}" if row.depth > _MAX_DEPTH else ""
    return " ".join(part for part in (row.branch, deep, _REPEATS * row.repeats) if part)


def _name(key: Key) -> str:
    kind, name = key
    return _fitted(name, _MAX_NAME) or kind.name.lower()


def _columns(text: str) -> int:
    """How many letters wide a text is in a fixed-width font."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _fitted(text: str, longest: int) -> str:
    """A text that prints, cut to a number of columns."""
    shown = one_line(text[: longest + 1])
    if _columns(shown) <= longest:
        return shown
    while _columns(shown) >= longest:
        shown = shown[:-1]
    return shown + CUT


def _escaped(text: str) -> str:
    """The one way for text into the document."""
    return html.escape(one_line(text)).encode("ascii", "xmlcharrefreplace").decode("ascii")


def _text(x: float, y: float, text: str, classes: str) -> str:
    return f'<text class="{classes}" x="{x:.0f}" y="{y:.0f}">{_escaped(text)}</text>'
