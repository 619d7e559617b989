from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from codesim.refactor import Gain, RankPart, RefactoringCandidate
from codesim.report import CodeMap, MappedFile, MapPoint, ScanReport, render_html
from codesim.report.page_overview import removable_lines
from codesim.report.wording import lines_to_save

VOID = {"meta", "input"}


class Page(HTMLParser):
    """Collects what a browser would see; fails on tags that do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.raw: dict[str, list[str]] = {"style": [], "script": []}
        self.title = ""
        self.feed(text)
        self.close()
        assert [tag for tag in self.open if tag not in {"label", "p"}] == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in self.raw:
            self.raw[tag].append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in self.raw:
            self.raw[self.open[-1]][-1] += data
        elif self.open and self.open[-1] == "title":
            self.title += data

    @property
    def policy(self) -> str:
        return next(a["content"] or "" for t, a in self.tags if a.get("http-equiv") == "Content-Security-Policy")

    @property
    def overview(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self.raw["script"][0])
        return data

    @property
    def details(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.raw["script"][1].splitlines()]

    def attributes(self, name: str) -> list[str]:
        return [value or "" for _, attributes in self.tags for key, value in attributes.items() if key == name]


def strings(value: object) -> list[str]:
    """All texts in a value."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for each in value.values() for text in strings(each)]
    return [text for each in value for text in strings(each)] if isinstance(value, list) else []


def small(candidate: RefactoringCandidate) -> RefactoringCandidate:
    return replace(candidate, rank_parts=(RankPart("gain", 1.0, "merging saves 1 line"),))


def test_nothing_from_the_scanned_code_becomes_markup(report: ScanReport, hostile_report: ScanReport) -> None:
    hostile, ordinary = Page(render_html(hostile_report)), Page(render_html(report))
    assert [tag for tag, _ in hostile.tags] == [tag for tag, _ in ordinary.tags]
    assert hostile.attributes("class") == ordinary.attributes("class")
    for island in hostile.raw["script"][:2]:
        assert not set(island) & set("<>&")
    texts = "\n".join(strings(hostile.overview) + strings(hostile.details))
    for literal in (
        '"</script><script>alert(1)</script>" # [bold red]not markup[/]',
        'a/<b onload="x">\\x1b[2J.py:8',
        "<img src=x onerror=alert(2)>",
        "'''</pre><script>alert(3)</script>'''",
        "<script>alert(4)</script> [/link]",
        "<style>*{display:none}</style>",
        "&amp; &lt;",
        "</details>",
    ):
        assert literal in texts


def test_nothing_unprintable_is_in_the_page(hostile_report: ScanReport) -> None:
    page = Page(render_html(hostile_report))
    for text in [page.title, *strings(page.overview), *strings(page.details)]:
        assert text.isprintable() or not text
    render_html(hostile_report).encode("utf-8")


def test_the_page_asks_for_nothing(report: ScanReport, hostile_report: ScanReport) -> None:
    for each in (report, hostile_report):
        page = Page(render_html(each))
        names = {name for _, attributes in page.tags for name in attributes}
        assert not {name for name in names if name.startswith("on")}
        assert not names & {"src", "style", "srcset", "action", "background"}
        assert not {"link", "img", "iframe", "object", "form", "base"} & {tag for tag, _ in page.tags}
        assert set(page.attributes("href")) == {"#", "#list"}
        for part in (*page.raw["style"], page.raw["script"][2]):
            assert not re.search(r"url\(|@import|fetch\(|XMLHttp|innerHTML|eval\(|insertAdjacent|\.write\(", part)


def test_the_policy_admits_exactly_our_script_and_style_sheet(report: ScanReport) -> None:
    page = Page(render_html(report))

    def digest(text: str) -> str:
        return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"

    style, script = digest(page.raw["style"][0]), digest(page.raw["script"][2])
    admitted = f"default-src 'none'; script-src {script}; style-src {style}; base-uri 'none'; form-action 'none'"
    assert page.policy == admitted
    assert page.attributes("type")[-2:] == ["application/json", "application/jsonl"]  # data, which no browser runs


def test_ids_are_unique_and_used_ids_exist(report: ScanReport) -> None:
    page = Page(render_html(report))
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    script = page.raw["script"][2]
    drawn = {"candidate-title", "next", "previous"}  # made by the script itself
    assert set(re.findall(r'byId\("([\w-]+)"\)', script)) <= set(ids) | drawn
    assert set(page.attributes("list")) <= set(ids)


def test_it_holds_all_that_a_maintainer_needs(report: ScanReport) -> None:
    page = Page(render_html(report))
    assert page.title == "codesim: 3 candidates, 25 lines to save"
    assert page.overview["sentence"].endswith("880 files, 158,012 lines, 7,310 fragments; 2 files skipped")
    assert page.overview["skipped"][0] == ["old/py2.py", "line 3: invalid syntax"]
    first = page.details[0]
    assert first["type"] == "near-miss copy (type 3)"
    assert first["advice"] == "Extract read_records(path, log, encoding, kind) and call it from the 3 copies."
    assert first["helper"]["lines"][0] == "def read_records(path, log, encoding, kind):"
    assert first["differences"][0] == [
        "literal",
        ['"utf-8"', '"latin-1"', '"ascii"'],
        ["shop/users.py:44", "shop/orders.py:11", "shop/stock/items.py:115"],
    ]
    assert page.details[2]["reasons"] == ["the copies raise different errors on an empty list"]


def test_files_stand_in_the_page_once_and_copies_name_them(report: ScanReport) -> None:
    overview = Page(render_html(report)).overview
    assert len(overview["files"]) == len(set(overview["files"]))
    copies = overview["candidates"][0]["copies"]
    assert [(overview["files"][file], name, first) for file, name, first, _ in copies] == [
        ("shop/users.py", "Importer.read_users", 41),
        ("shop/orders.py", "read_orders", 8),
        ("shop/stock/items.py", "read_items", 112),
    ]


def test_rows_are_marked_and_lines_stand_there_once(report: ScanReport) -> None:
    detail = Page(render_html(report)).details[0]
    rows = {tuple(cell and cell[0] for cell in row[1:]): row for row in detail["pairs"][0]["rows"]}
    text = detail["sources"][0][44 - 41]
    mark, (line, (start, end)), _ = rows[44, 11]
    assert (mark, line, text[start:end]) == (2, 44, "utf-8")
    assert rows[43, 10][0] == 1
    assert rows[45, 12] == [0, [45], [12]]
    assert rows[None, 21][:2] == [2, None]


def test_long_equal_stretches_are_folded(report: ScanReport) -> None:
    (pair,) = Page(render_html(report)).details[1]["pairs"]
    folded = [pair["rows"][a:b] for a, b in pair["folds"]]
    assert [(len(rows), {row[0] for row in rows}) for rows in folded] == [(6, {0})]


def test_overlong_lines_are_cut_where_they_differ(hostile_report: ScanReport) -> None:
    detail = Page(render_html(hostile_report)).details[0]
    row = next(row for row in detail["pairs"][0]["rows"] if row[1] and row[1][0] == 6)
    _, (start, end), text = row[2]
    assert len(text) <= 1000
    assert text[start:end] == "b"
    assert all(len(line) <= 1000 for source in detail["sources"] for line in source)


def test_a_large_class_keeps_its_copies_but_not_all_their_code(hostile_report: ScanReport) -> None:
    page = Page(render_html(hostile_report))
    assert len(page.overview["candidates"][0]["copies"]) == 16
    assert len(page.details[0]["sources"]) == 9


def test_small_gains_are_marked_and_counted(report: ScanReport) -> None:
    candidates = (*report.candidates[:2], small(report.candidates[2]))
    assert candidates[2].gain is Gain.SMALL
    overview = Page(render_html(replace(report, candidates=candidates))).overview
    assert [each["small"] for each in overview["candidates"]] == [False, False, True]
    assert [1, "small gains"] in overview["figures"]


def test_removable_lines_are_shared_out_by_length(report: ScanReport) -> None:
    shares = removable_lines(report.candidates)
    assert sum(shares.values()) == pytest.approx(lines_to_save(report))
    assert "stats/basic.py" not in shares  # merging it saves nothing
    assert shares["shop/orders.py"] > shares["shop/users.py"]  # its copy is the longer one


def test_the_map_joins_the_points_that_hold_the_copies(report: ScanReport) -> None:
    users = MappedFile(
        "shop/users.py", 90, (MapPoint("Importer", 1, 80, 7, 8), MapPoint("Importer.read_users", 41, 54, 10, 20))
    )
    orders = MappedFile("shop/orders.py", 30, (MapPoint("read_orders", 8, 22, 30, 40),))
    overview = Page(render_html(replace(report, code_map=CodeMap((orders, users), left_out=5)))).overview
    names = [point[1] for point in overview["map"]["points"]]
    assert names == ["read_orders", "Importer", "Importer.read_users"]
    assert overview["map"]["classes"] == [[2, 0], [], []]  # the innermost; a copy that is not on the map is left out
    assert overview["map"]["leftOut"] == 5
    lines = {overview["files"][file]: lines for file, _, lines in overview["treemap"]}
    assert (lines["shop/orders.py"], lines["shop/stock/items.py"]) == (30, 0)


def test_a_report_without_a_map_says_so_in_its_data(report: ScanReport) -> None:
    assert Page(render_html(report)).overview["map"] is None


def test_a_scan_without_candidates_says_so(empty_report: ScanReport) -> None:
    page = Page(render_html(empty_report))
    assert page.overview["nothing"].startswith("No refactoring candidates")
    assert page.details == []


def test_equal_reports_give_equal_bytes(hostile_report: ScanReport) -> None:
    assert render_html(hostile_report) == render_html(replace(hostile_report))
