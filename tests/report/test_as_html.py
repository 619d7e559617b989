from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

from codesim.report import ScanReport, render_html

VOID = {"meta", "br", "col"}
TAGS = {
    *("html", "head", "meta", "title", "style", "body", "header", "main", "section", "footer", "h1", "h2", "h3", "p"),
    *("ul", "ol", "li", "table", "colgroup", "col", "thead", "tbody", "tr", "th", "td", "div", "pre", "br"),
    *("a", "b", "span", "code", "em", "mark", "details", "summary"),
}


class Page(HTMLParser):
    """Collects what a browser would see; fails on tags that do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.style = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "style":
            self.style += data
        else:
            self.text += data

    def attributes(self, name: str) -> list[str]:
        return [value or "" for _, attributes in self.tags for key, value in attributes.items() if key == name]


def test_nothing_from_the_scanned_code_becomes_markup(hostile_report: ScanReport) -> None:
    page = Page(render_html(hostile_report))
    assert {tag for tag, _ in page.tags} <= TAGS
    names = {name for _, attributes in page.tags for name in attributes}
    assert not {name for name in names if name.startswith("on")}
    assert not names & {"src", "style", "srcset", "action", "background"}
    for literal in (
        '"</script><script>alert(1)</script>" # [bold red]not markup[/]',
        'a/<b onload="x">\\x1b[2J.py:1',
        "<img src=x onerror=alert(2)>",
        "'''</pre><script>alert(3)</script>'''",
        "<script>alert(4)</script> [/link]",
        "<style>*{display:none}</style>",
        "&amp; &lt;",
        "</details>",
    ):
        assert literal in page.text


def test_nothing_unprintable_is_in_the_page(hostile_report: ScanReport) -> None:
    text = render_html(hostile_report)
    assert all(character.isprintable() for character in text.replace("\n", ""))
    text.encode("utf-8")


def test_the_page_asks_for_nothing(report: ScanReport, hostile_report: ScanReport) -> None:
    for each in (report, hostile_report):
        page = Page(render_html(each))
        assert not {"script", "link", "img", "iframe", "object", "form", "base"} & {tag for tag, _ in page.tags}
        assert all(re.fullmatch(r"#[a-z]+(-\d+)?", target) for target in page.attributes("href"))
        assert "url(" not in page.style
        assert "@import" not in page.style


def test_the_policy_admits_exactly_our_style_sheet(report: ScanReport) -> None:
    page = Page(render_html(report))
    policy = next(
        a["content"] for t, a in page.tags if t == "meta" and a.get("http-equiv") == "Content-Security-Policy"
    )
    digest = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_every_link_and_label_finds_its_target(report: ScanReport) -> None:
    page = Page(render_html(report))
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    assert {target.removeprefix("#") for target in page.attributes("href")} <= set(ids)
    assert set(page.attributes("aria-labelledby")) <= set(ids)
    assert [target for target in page.attributes("href") if "candidate-" in target] == [
        "#candidate-1",
        "#candidate-2",
        "#candidate-3",
    ]


def test_it_shows_all_that_a_maintainer_needs(report: ScanReport) -> None:
    text = Page(render_html(report)).text
    for said in (
        "3 candidates, 25 lines to save; 880 files, 158,012 lines, 7,310 fragments; 2 files skipped",
        "near-miss copy (type 3)",
        "saves 24 lines",
        "shop/stock/items.py:112",
        "shop/users.py:44, shop/orders.py:11, shop/stock/items.py:115",
        "Extract read_records(path, log, encoding, kind) and call it from the 3 copies.",
        "def read_records(path, log, encoding, kind):",
        "the copies raise different errors on an empty list",
        "6 equal lines",
        "old/py2.py: line 3: invalid syntax",
    ):
        assert said in text


def test_changed_rows_and_parts_are_marked(report: ScanReport) -> None:
    text = render_html(report)
    assert re.search(r'<tr class="differs"><td class="n left">44</td>.*<mark>utf-8</mark>', text)
    assert re.search(r'<tr class="respelled"><td class="n left">43</td>.*<mark>users</mark> = \[\]', text)
    assert re.search(r'<tr class="same"><td class="n left">45</td>.*<td class="n right">12</td>', text)
    assert 'only on the right differs</span></td><td class="n right">21</td>' in text


def test_the_third_copy_is_listed_with_its_code_folded(report: ScanReport) -> None:
    text = render_html(report)
    folded = text[text.index("<details><summary><code>shop/stock/items.py:112") :]
    assert "def read_items(path, log):" in folded[: folded.index("</details>")]


def test_a_scan_without_candidates_says_so(empty_report: ScanReport) -> None:
    page = Page(render_html(empty_report))
    assert "No refactoring candidates" in page.text
    assert "section" not in {tag for tag, _ in page.tags}


def test_equal_reports_give_equal_bytes(hostile_report: ScanReport) -> None:
    assert render_html(hostile_report) == render_html(replace(hostile_report))
