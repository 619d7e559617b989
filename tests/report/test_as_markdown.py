from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from goldens import assert_golden
from hostile_reports import CHECKOUT, reports, texts
from hypothesis import given, settings
from markdown_it import MarkdownIt
from markdown_it.token import Token

from codesim.report import Checkout, ScanReport, render_markdown
from codesim.report.as_markdown import LONGEST, MARKER
from codesim.report.markdown_text import code, code_block, prose
from codesim.report.visible import visible

OURS = {"details", "summary", "b", "code"}
BLOCKS = {
    *("heading", "paragraph", "bullet_list", "list_item", "link", "inline", "text", "softbreak"),
    *("code_inline", "fence", "html_block"),
}
LIVE = re.compile(r"[@<>`]|://|www\.|evil|#\d|script")


class Tags(HTMLParser):
    """Collects the tags of a page and the text outside `<code>`."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.outside: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in OURS
        assert not attrs
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "code" not in self.open:
            self.outside.append(data)


def tokens(text: str) -> list[Token]:
    """All tokens, as a parser of CommonMark with GitHub's tables and strikethrough sees them."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    found = parser.parse(text)
    return found + [child for token in found for child in token.children or []]


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def test_the_golden_comment(graded_report: ScanReport) -> None:
    assert_golden("report.md", render_markdown(graded_report, CHECKOUT))


def test_a_comment_begins_with_a_marker_and_the_figures(report: ScanReport) -> None:
    lines = render_markdown(report, CHECKOUT).splitlines()
    assert lines[:2] == [MARKER, "## codesim: 3 candidates, 25 lines to save"]


def test_links_lead_to_the_lines(report: ScanReport) -> None:
    web = "https://example.org/o/r/blob/0a1b/"
    links = [token.attrs["href"] for token in tokens(render_markdown(report, CHECKOUT)) if token.type == "link_open"]
    assert links[:2] == ["shop/users.py#L41-L54", "shop/orders.py#L8-L22"]
    on_the_web = render_markdown(report, Checkout("/work/shop", "/work/shop", web))
    assert all(str(token.attrs["href"]).startswith(web) for token in tokens(on_the_web) if token.type == "link_open")


def test_a_report_without_candidates_says_so(empty_report: ScanReport) -> None:
    text = render_markdown(empty_report, CHECKOUT)
    assert "No refactoring candidates" in text
    assert "<details>" not in text


def test_small_gains_stand_last_in_a_line_each(graded_report: ScanReport) -> None:
    text = render_markdown(graded_report, CHECKOUT)
    assert text.index("1 candidate with a small gain") > text.index("<b>3.</b>")
    assert "- 4: Renamed copy (type 2) of [`stats/basic.py:1 mean`]" in text


@pytest.mark.parametrize("longest", [3_000, 20_000, LONGEST])
def test_the_length_is_bounded_and_what_does_not_fit_is_folded_and_counted(
    graded_report: ScanReport, longest: int
) -> None:
    clear, small = graded_report.candidates[0], graded_report.candidates[-1]
    many = replace(graded_report, candidates=(*[clear] * 400, *[small] * 400))
    text = render_markdown(many, CHECKOUT, longest)
    assert longest * 0.5 < units(text) <= longest
    folded = text.count("<b>")
    listed, unlisted = text.count("\n- "), [int(n) for n in re.findall(r"\n- (\d+) not listed here", text)]
    assert folded + sum(unlisted) > 0
    assert re.search(rf"{400 - folded} candidates more", text)
    assert "400 candidates with a small gain" in text
    assert listed > len(unlisted)
    assert text.count("<details>") == text.count("</details>")
    assert len(text.encode()) < 2**20  # of a job summary


def test_a_candidate_too_long_for_a_comment_is_listed(report: ScanReport) -> None:
    lines = tuple(f"x{number} = '{'é' * 150}'" for number in range(3000))
    left, right = (replace(copy, start_line=1, end_line=3000, lines=lines) for copy in report.candidates[0].members[:2])
    long = replace(
        report.candidates[0],
        members=(left, right),
        differences=(),
        correspondence=tuple((number, number) for number in range(1, 3001)),
    )
    text = render_markdown(replace(report, candidates=(long,)), CHECKOUT)
    assert "… 2,900 more lines" in text
    assert units(text) <= LONGEST
    assert "1 candidate more" in render_markdown(replace(report, candidates=(long,)), CHECKOUT, 5_000)


@settings(max_examples=40, deadline=None)  # a report takes a while to draw
@given(reports())
def test_whatever_the_texts_hold_only_our_own_markup_takes_effect(report: ScanReport) -> None:
    text = render_markdown(report, CHECKOUT)
    assert all(character.isprintable() or character == "\n" for character in text)
    found = tokens(text)
    assert {token.type.removesuffix("_open").removesuffix("_close") for token in found} <= BLOCKS
    html = "".join(token.content for token in found if token.type == "html_block")
    assert html.startswith(MARKER)
    page = Tags(html.removeprefix(MARKER))
    assert page.open == []
    outside = [*page.outside, *(token.content for token in found if token.type == "text")]
    assert not any(LIVE.search(each) for each in outside)
    for token in found:
        if token.type == "link_open":
            assert re.fullmatch(r"[\w./~%-]+#L\d+-L\d+", str(token.attrs["href"]), re.ASCII)


@given(texts)
def test_a_code_span_holds_its_text_and_nothing_else_follows(text: str) -> None:
    inline = [token for token in tokens(f"a {code(text)} b") if token.type in {"code_inline", "text"}]
    assert [token.type for token in inline] == ["text", "code_inline", "text"]
    assert inline[1].content == (visible(text) or " ")


@given(texts)
def test_a_block_holds_its_lines(text: str) -> None:
    lines = visible(text).split("\\n")
    (fence,) = tokens(code_block(lines, "diff"))
    assert (fence.type, fence.content) == ("fence", "\n".join(lines) + "\n")


def test_a_sentence_of_ours_keeps_its_quotations_as_code() -> None:
    assert prose("Extract `f(*, a)` and use __class__.") == "Extract `f(*, a)` and use \\_\\_class\\_\\_."
    assert prose("`x < y` beside `y`") == "`x < y` beside `y`"


@pytest.mark.parametrize(
    "live", ["thanks @admin for `x`", "see #1", "a `b", "http://x", "WWW.x", "a & b", "a <b> c", "c\\d", "%1"]
)
def test_a_sentence_that_could_do_anything_stands_in_code_as_a_whole(live: str) -> None:
    assert prose(live) == code(live)
    assert code("`x` is") == "`` `x` is ``"
