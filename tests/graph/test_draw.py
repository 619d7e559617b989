"""The picture of a graph: what it shows, that nothing in it runs, and that its size is bounded."""

from __future__ import annotations

import ast
import re
import textwrap
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from behaviour import faithful

from codesim.graph import Edge, EdgeKind, NodeKind, Pdg, build_pdg, to_svg
from codesim.parse import lower, parse_function
from codesim.source import Span

DOCS = Path(__file__).parents[2] / "docs"
SVG = "{http://www.w3.org/2000/svg}"
TEXT = '"; evil </title><script>x()</script>]]>&amp;\\\n\r\x00\x1b[31m\x85\u2028\u202e\ud800\ufffe\uffff\u4e2d'
LOOP = """
    def total(orders, limit):
        result = 0
        for order in orders:
            if order.price > limit:
                result = result + order.price
        return result
"""


def picture(source: str) -> ET.Element:
    return read(to_svg(build_pdg(faithful(source), "total")))


def read(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314  # our own output


def texts(root: ET.Element) -> list[str]:
    return ["".join(element.itertext()) for element in root.iter(f"{SVG}text")]


def tips(root: ET.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}title")]


def statements(source: str) -> list[str]:
    """The text of each card below the entry's."""
    return _cards(picture(source))[1:]


def _cards(root: ET.Element) -> list[str]:
    found = []
    for group in root.iter(f"{SVG}g"):
        if group.get("class") is None:
            found += ["".join(text.itertext()) for text in group.iter(f"{SVG}text") if text.get("class") is None]
    return found


def test_each_statement_is_a_row_with_its_line() -> None:
    root = picture(LOOP)
    assert _cards(root) == [
        "def total(orders, limit)",
        "result = 0",
        "for order in orders",
        "if order.price > limit",
        "result = result + order.price",
        "return result",
    ]
    assert [text for text in texts(root) if text.isdigit()] == ["2", "3", "4", "5", "6", "7"]


def test_rows_are_indented_by_control() -> None:
    cards = [float(rect.get("x", "")) for rect in picture(LOOP).iter(f"{SVG}rect") if rect.get("class") == "card"]
    step = cards[1] - cards[0]
    assert step > 0
    assert [round((x - cards[0]) / step) for x in cards] == [0, 1, 1, 2, 3, 1]


def test_arcs_go_from_a_definition_to_all_its_uses() -> None:
    told = set(tips(picture(LOOP)))
    assert {
        "data orders: line 2 to 4",
        "data limit: line 2 to 5",
        "data order: line 4 to 5, 6",
        "data result: line 3 to 6, 7",
        "data result: line 6 to 7",
        "data result: line 6 to 6, of an earlier round",
    } <= told


def test_loop_carried_and_may_edges_are_marked() -> None:
    kinds = (NodeKind.ENTRY, NodeKind.PASS, NodeKind.PASS)
    spans = tuple(Span(line, 0, line, 4) for line in (1, 2, 3))
    edges = (
        Edge(1, 2, EdgeKind.DATA, "x", False, False),
        Edge(1, 2, EdgeKind.ORDER, "", False, False),
        Edge(2, 1, EdgeKind.DATA, "x", True, False),
        Edge(2, 1, EdgeKind.DATA, "y", False, True),
    )
    root = read(to_svg(Pdg("f", kinds, ("", "", ""), spans, edges)))
    arcs = [group.find(f"{SVG}path") for group in root.iter(f"{SVG}g") if group.get("class") == "arc"]
    classes = {arc.get("class") for arc in arcs if arc is not None}
    assert classes == {"line data", "line order", "line data loop", "line data may"}
    legend = " ".join(texts(root))
    assert all(word in legend for word in ("control:", "data:", "order:", "dashed:", "dotted:"))


def test_arcs_that_meet_have_lanes_of_their_own() -> None:
    source = "def f(a, b, c):\n" + "".join(f"    x{n} = a\n" for n in range(9)) + "    return x0, x4, x8, b, c\n"
    verticals = []
    for group in picture(source).iter(f"{SVG}g"):
        path = group.find(f"{SVG}path")
        if group.get("class") == "arc" and path is not None:
            way = path.get("d", "")
            lane = re.search(r"Q(\d+) ", way)
            heights = [int(y) for y in re.findall(r"Q\d+ (\d+)", way)]
            assert lane is not None
            verticals.append((int(lane[1]), min(heights), max(heights)))
    assert len(verticals) == 6
    for lane, first, last in verticals:
        others = [(start, end) for other, start, end in verticals if other == lane and (start, end) != (first, last)]
        assert all(end < first or start > last for start, end in others)


SPELLED = [
    "x = (a + b) * -c ** 2",
    "x, *y = z = f(a, *b, k=1, **c)",
    "x.y[0] += 1",
    "a if not (b or c and d) else e",
    "x = a < b <= c in d",
    "del x, y[1:2], z[::3]",
    "assert a, 'b'",
    "raise A(b) from c",
    "import os.path as p, sys",
    "from ..a import b as c, d",
    "return [x for x, y in a if x if y], {k: v for k in a}, (1,), {**a, 'b': 2}, {1, 2}",
    'x = f"{a!r} of {b:>3} {{}}"',
    "x = lambda a, *b: await c",
    "yield from (y := a, 2)",
    "@g(1) def",
    "pass",
]


@pytest.mark.parametrize("line", SPELLED)
def test_statements_read_as_the_source_does(line: str) -> None:
    if line == "@g(1) def":
        source, line = "async def f(a):\n    @g(1)\n    def h(b, c=2, **d): pass\n", "def h(b, c=2, **d) @g(1)"
    else:
        source = f"async def f(a):\n    {line}\n"
    assert statements(source)[0] == line


def test_blocks_read_as_the_source_does() -> None:
    source = """
        async def f(a):
            async with a as b, c, d as e:
                async for x, y in a: break
            while a: continue
            try: pass
            except (A, B) as error: pass
            match a:
                case {"k": 1, **rest} if b: pass
                case Point(1, y=z) | [1, *_] as p: pass
                case _: pass
            class C(B, metaclass=M): pass
            def g(): nonlocal a
    """
    assert statements(source) == [
        "async with a as b, c, d as e",
        "async for x, y in a",
        "break",
        "while a",
        "continue",
        "try",
        "pass",
        "except (A, B) as error",
        "pass",
        "match a",
        "case {'k': 1, **rest} if b",
        "pass",
        "case Point(1, y=z) | [1, *_] as p",
        "pass",
        "case _",
        "pass",
        "class C(B, metaclass=M)",
        "pass",
        "def g()",
        "global/nonlocal a",
    ]


def test_hostile_text_stays_text() -> None:
    count = len(NodeKind)
    edges = tuple(Edge(n, (7 * n + 1) % count, kind, TEXT, False, False) for n in range(count) for kind in EdgeKind)
    svg = to_svg(Pdg(TEXT, tuple(NodeKind), (TEXT,) * count, (Span(1, 0, 1, 9),) * count, edges))
    root = read(svg)
    assert svg.isascii()
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        "svg", "title", "style", "rect", "g", "text", "tspan", "path",
    }  # fmt: skip
    names = {name for element in root.iter() for name in element.attrib}
    assert names <= {"width", "height", "viewBox", "role", "aria-label", "class", "x", "y", "rx", "d"}
    for element in root.iter():
        assert all(ord(char) > 31 for value in element.attrib.values() for char in value)
        if element.tag != f"{SVG}style":
            assert all((text or "").strip("\n").isprintable() for text in (element.text, element.tail))
    assert "<script>" in " ".join(tips(root))


def test_the_picture_stands_for_itself() -> None:
    svg = to_svg(build_pdg(faithful(LOOP), "total"))
    root = read(svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") == tips(root)[0] == "Program dependence graph of total"
    assert "prefers-color-scheme: dark" in svg
    style = root.findtext(f"{SVG}style") or ""
    assert not re.search(r"url\(|@import|http", style + "".join(svg.split('"http://www.w3.org/2000/svg"')))


@pytest.mark.parametrize("body", ["    x{i} = x{j} + a\n", "    x = g(x, {i})\n"])
def test_a_picture_of_very_many_statements_stays_bounded(body: str) -> None:
    source = "def f(a, x):\n" + "".join(body.format(i=i, j=i // 2) for i in range(3000))
    pdg = build_pdg(parse_function(ast.parse(source).body[0]), "f")  # type: ignore[arg-type]
    start = time.process_time()
    svg = to_svg(pdg)
    assert time.process_time() - start < 10
    assert len(svg) < 1500 * 3000
    assert len(_cards(read(svg))) == 3001


def test_what_finds_no_lane_is_counted() -> None:
    names = [f"x{n}" for n in range(130)]
    source = "def f(a):\n" + "".join(f"    {name} = a\n" for name in names) + f"    return [{', '.join(names)}]\n"
    root = picture(source)
    arcs = [group for group in root.iter(f"{SVG}g") if group.get("class") == "arc"]
    lanes = {re.findall(r"Q(\d+)", arc[1].get("d", ""))[0] for arc in arcs}
    assert len(lanes) == 60
    assert "Left out of the picture: dependences" in texts(root)[-1]


def test_the_picture_in_the_docs_is_what_is_drawn_today() -> None:
    blocks = re.findall(r"```python\n(.*?)```", (DOCS / "pdg.md").read_text(encoding="utf-8"), re.DOTALL)
    source = next(block for block in blocks if block.startswith("def total("))
    drawn = to_svg(build_pdg(lower(faithful(textwrap.dedent(source))), "total"))
    assert (DOCS / "pdg-example.svg").read_text(encoding="utf-8") == drawn
