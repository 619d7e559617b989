"""The HTML report in a real browser: it does what a reader asks, complains of nothing, and stays inert.

Skipped where no Chromium is installed; `.ci/run` installs it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from time import perf_counter

import pytest
from chromium import Chromium, find_chromium
from html_page import enlarged

from codesim.config import Settings
from codesim.pipeline import scan
from codesim.refactor import CandidateKind, Gain, RankPart
from codesim.report import ScanReport, render_html

BINARY = find_chromium()
pytestmark = pytest.mark.skipif(BINARY is None, reason="no Chromium is installed")

CLONES = Path(__file__).parents[2] / "fixtures" / "clones"
HOSTILE_NAME = "<img src=x onerror=alert(1)>.py"
HOSTILE_LINE = '    text = "</script><script>alert(2)</script><svg onload=alert(3)>" + "<!--" + "${alert(4)}"\n'
SHOWN = "[...document.querySelectorAll('[role=option]')].map(row => row.querySelector('.name').textContent)"
COUNT = "document.getElementById('count').textContent"
TITLE = "document.getElementById('candidate-title')?.textContent"
ACTIVE = "document.querySelector('[aria-selected=true]')?.querySelector('.rank').textContent"
BACKGROUND = "getComputedStyle(document.body).backgroundColor"
CARDS = "document.querySelectorAll('.graph .card').length"
LINES = "[...document.querySelectorAll('.graph g > text.end:first-child')].map(each => each.textContent)"
WELL_FORMED = "[...document.querySelectorAll('.graph path')].every(p => !/NaN|undef|null/.test(p.getAttribute('d')))"
BOXES = (
    "[...document.querySelectorAll('.treemap rect')].map(r => [r.x, r.y, r.width, r.height].map(n => n.baseVal.value))"
)
DOTS = "[...document.querySelectorAll('.map > svg > .dots')].map(path => path.getAttribute('d')).join('')"
LIGHT, DARK = "rgb(255, 255, 255)", "rgb(20, 23, 27)"

Show = Callable[..., Chromium]


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with Chromium(BINARY or "") as one:
        one.resize(1440, 900)
        yield one


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> ScanReport:
    """A report as a user gets it: clones of three types, and one in a file and with texts that attack the page."""
    root = tmp_path_factory.mktemp("scanned")
    for clone_type in ("type1", "type2", "type3"):
        shutil.copytree(CLONES / clone_type, root / clone_type)
    case = min((CLONES / "type1").iterdir())
    for name in ("a.py", "b.py"):
        text = (case / name).read_text(encoding="utf-8")
        heading = next(line for line in text.splitlines(keepends=True) if line.rstrip().endswith(":"))
        path = root / "hostile" / (HOSTILE_NAME if name == "a.py" else name)
        path.parent.mkdir(exist_ok=True)
        path.write_text(text.replace(heading, heading + HOSTILE_LINE, 1), encoding="utf-8")
    report = scan([root], replace(Settings(), cache=False, jobs=1, format="html", min_value=0.0), root).report
    assert {candidate.kind for candidate in report.candidates} >= {CandidateKind.FUNCTION, CandidateKind.BLOCK}
    return report


@pytest.fixture
def show(browser: Chromium, tmp_path: Path) -> Iterator[Show]:
    """Shows a report, and expects at the end that the page has complained of nothing and asked for nothing."""
    page = tmp_path / "report.html"

    def shown(report: ScanReport, fragment: str = "") -> Chromium:
        page.write_text(render_html(report), encoding="utf-8")
        browser.prefer("light")
        browser.open(page, fragment)
        browser.evaluate("localStorage.clear()")
        browser.settle()
        return browser

    yield shown
    browser.settle()
    assert browser.complaints == []
    assert [request.partition("#")[0] for request in browser.requests] == [page.as_uri()]


def test_the_overview_has_figures_a_map_and_a_treemap(show: Show, scanned: ScanReport) -> None:
    page = show(scanned)
    assert page.evaluate("document.querySelector('.figures b').textContent") == str(len(scanned.candidates))
    assert page.evaluate(DOTS).count("M") == scanned.summary.fragments
    boxes = page.evaluate(BOXES)
    assert len(boxes) > 3
    for (x, y, width, height), (x2, y2, width2, height2) in combinations(boxes, 2):
        across = min(x + width, x2 + width2) - max(x, x2)
        down = min(y + height, y2 + height2) - max(y, y2)
        assert min(across, down) < 0.1  # else they overlap


def test_a_point_of_the_map_tells_its_name_and_opens_its_candidate(show: Show, scanned: ScanReport) -> None:
    page = show(scanned)
    x, y = page.evaluate(
        "(() => { const [_, x, y] = document.querySelector('.map > svg > .dots:not(.other)').getAttribute('d')"
        ".match(/M(\\d+) (\\d+)/); return [x / 1000, y / 1000]; })()"
    )
    page.hover(".map svg", x, y)
    assert "candidate" in page.evaluate("document.querySelector('.map .tip').textContent")
    assert page.evaluate("document.querySelector('.map .marked .dots').getAttribute('d').length") > 0
    page.click(".map svg", x, y)
    assert page.evaluate("location.hash.slice(1)") in {candidate.id for candidate in scanned.candidates}
    assert page.evaluate(TITLE)


def test_a_tile_of_the_treemap_filters_by_its_file(show: Show, scanned: ScanReport) -> None:
    page = show(scanned)
    page.click(".treemap .tile")
    chosen = page.evaluate("document.getElementById('folder').value")
    of_file = [c for c in scanned.candidates if chosen in {member.path for member in c.members}]
    assert page.evaluate(COUNT).startswith(f"{len(of_file)} of {len(scanned.candidates)} candidates")
    page.click("#clear")
    assert page.evaluate(COUNT).startswith(f"{len(scanned.candidates)} candidates")


def choose(page: Chromium, control: str, value: str) -> None:
    page.evaluate(
        f"(e => {{ e.value = '{value}'; e.dispatchEvent(new Event('input')); }})(document.getElementById('{control}'))"
    )
    page.settle()


@pytest.mark.parametrize(
    ("control", "value", "kept"),
    [
        ("text", "READ_ORDERS users", [0]),
        ("text", "7e57", [1]),
        ("kind", "tests", [1]),
        ("type", "4", [2]),
        ("gain", "small", [2]),
        ("gain", "clear", [0, 1]),
        ("merge", "hand", [2]),
        ("folder", "shop", [0]),
        ("folder", "shop/stock/", [0]),
        ("folder", "sho", []),
    ],
)
def test_filters(show: Show, report: ScanReport, control: str, value: str, kept: list[int]) -> None:
    candidates = (*report.candidates[:2], replace(report.candidates[2], rank_parts=(RankPart("gain", 1.0, ""),)))
    page = show(replace(report, candidates=candidates))
    choose(page, control, value)
    assert page.evaluate(SHOWN) == [candidates[k].members[0].qualname for k in kept]
    page.press("Escape")
    page.click("#clear")
    assert len(page.evaluate(SHOWN)) == 3


@pytest.mark.parametrize(
    ("order", "places"),
    [("rank", [0, 1, 2]), ("saved", [0, 1, 2]), ("copies", [0, 1, 2]), ("score", [0, 2, 1]), ("place", [0, 2, 1])],
)
def test_orders(show: Show, report: ScanReport, order: str, places: list[int]) -> None:
    page = show(report)
    choose(page, "sort", order)
    assert page.evaluate(SHOWN) == [report.candidates[k].members[0].qualname for k in places]


def test_small_gains_stand_last_in_every_order(show: Show, report: ScanReport) -> None:
    first = replace(report.candidates[0], rank_parts=(RankPart("gain", 1.0, ""),))
    assert first.gain is Gain.SMALL
    page = show(replace(report, candidates=(*report.candidates[1:], first)))
    for order in ("rank", "saved", "copies", "score", "place"):
        choose(page, "sort", order)
        assert page.evaluate(SHOWN)[-1] == first.members[0].qualname
    assert "small gain" in page.evaluate("[...document.querySelectorAll('[role=option]')].at(-1).textContent")


def test_a_click_opens_a_candidate_and_the_way_back_closes_it(show: Show, report: ScanReport) -> None:
    page = show(report)
    page.click("[role=option]:nth-child(2)")
    assert page.evaluate("location.hash") == f"#{report.candidates[1].id}"
    assert "test_größe_in_zoll" in page.evaluate(TITLE)
    assert page.evaluate("document.querySelectorAll('.diff tr.differs').length") == 2
    before = page.evaluate("document.querySelectorAll('.diff tr.same').length")
    page.click(".fold button")
    assert page.evaluate("document.querySelectorAll('.diff tr.same').length") == before + 6
    page.evaluate(
        "new Promise(done => { addEventListener('hashchange', () => done(), {once: true}); history.back(); })"
    )
    assert page.evaluate(TITLE) is None
    assert page.evaluate("document.querySelector('.figures') !== null")


def test_next_and_previous_keep_the_focus(show: Show, report: ScanReport) -> None:
    page = show(report, report.candidates[0].id)
    page.click("#next")
    page.press("Enter")
    assert page.evaluate("location.hash") == f"#{report.candidates[2].id}"
    page.click("#previous")
    assert page.evaluate("[location.hash, document.activeElement.id]") == [f"#{report.candidates[1].id}", "previous"]


def test_any_copy_can_be_compared_with_the_first(show: Show, scanned: ScanReport) -> None:
    large = next(c for c in scanned.candidates if len(c.members) > 2)
    page = show(scanned, large.id)
    for member, place in zip(large.members[1:], range(2, len(large.members) + 1), strict=True):
        page.click(f".copies li:nth-child({place}) button")
        heading = page.evaluate("document.querySelector('.diff thead th:last-child').textContent")
        assert heading == f"{member.path}:{member.start_line}"
        assert page.evaluate("document.querySelectorAll('.copies [aria-pressed=true]').length") == 1


def test_a_deep_link_opens_its_candidate(show: Show, report: ScanReport) -> None:
    page = show(report, report.candidates[2].id)
    assert "mean" in page.evaluate(TITLE)
    assert page.evaluate(ACTIVE) == "3"


def test_a_link_to_what_is_not_there_shows_the_overview(show: Show, report: ScanReport) -> None:
    assert show(report, "0000").evaluate("document.querySelector('.figures') !== null")


def test_keys(show: Show, report: ScanReport) -> None:
    page = show(report)
    page.press("j", "j", "k")
    assert page.evaluate(ACTIVE) == "2"
    assert page.evaluate("document.activeElement.id") == "list"
    active = page.evaluate("document.getElementById('list').getAttribute('aria-activedescendant')")
    assert page.evaluate(f"document.getElementById('{active}').getAttribute('aria-selected')") == "true"
    page.press("Enter")
    assert "test_größe" in page.evaluate(TITLE)
    assert page.evaluate("document.activeElement.id") == "candidate-title"
    page.press("j")
    assert page.evaluate("location.hash") == f"#{report.candidates[2].id}"
    page.press("Escape")
    assert page.evaluate("location.hash") == ""
    page.press("ArrowUp", "Home")
    assert page.evaluate(ACTIVE) == "1"
    page.press("End")
    assert page.evaluate(ACTIVE) == "3"
    page.press("/")
    assert page.evaluate("document.activeElement.id") == "text"
    page.press("j")  # a letter now, not a key
    assert page.evaluate("document.getElementById('text').value") == "j"
    page.press("Escape")
    assert page.evaluate("document.getElementById('text').value") == ""
    page.press("ArrowDown")
    assert page.evaluate("document.activeElement.id") == "list"


def test_what_has_the_focus_can_be_seen(show: Show, report: ScanReport) -> None:
    page = show(report)
    for _ in range(6):
        page.press("Tab")
        width = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert page.evaluate("document.activeElement !== document.body")
        assert width != "0px"


def test_light_and_dark(show: Show, report: ScanReport) -> None:
    page = show(report)
    assert page.evaluate(BACKGROUND) == LIGHT
    page.prefer("dark")
    page.settle()
    assert page.evaluate(BACKGROUND) == DARK
    page.click("#theme")
    assert (page.evaluate("document.getElementById('theme').textContent"), page.evaluate(BACKGROUND)) == (
        "Theme: light",
        LIGHT,
    )
    page.click("#theme")
    page.prefer("light")
    page.settle()
    assert page.evaluate(BACKGROUND) == DARK
    page.reload()
    assert page.evaluate("document.getElementById('theme').textContent") == "Theme: dark"


def test_every_candidate_of_a_scan_is_drawn_with_its_graphs(show: Show, scanned: ScanReport) -> None:
    page = show(scanned)
    for candidate in scanned.candidates:
        page.evaluate(f"location.hash = '{candidate.id}'")
        page.settle()
        assert candidate.members[0].qualname in page.evaluate(TITLE)
        assert page.evaluate("document.querySelectorAll('.diff tbody tr').length") > 2
        page.click(".copies li:first-child button:last-child")
        assert page.evaluate(CARDS) > 2
        assert page.evaluate(WELL_FORMED)
        lines = [int(text) for text in page.evaluate(LINES) if text]
        member = candidate.members[0]
        within = f"{member.qualname}, lines {member.start_line}-{member.end_line}"
        is_said = within in page.evaluate("document.querySelector('.copies').textContent")
        assert is_said == (candidate.kind is CandidateKind.BLOCK)
        assert lines[-1] > lines[0]
        assert set(lines) <= set(range(member.start_line, member.end_line + 1))
        page.click(".copies li:first-child button:last-child")
        assert page.evaluate(CARDS) == 0
        headings = page.evaluate("[...document.querySelectorAll('article summary')].map(each => each.textContent)")
        assert headings == ["Rank", "Score"]


def test_hostile_names_and_texts_stay_inert(show: Show, scanned: ScanReport, hostile_report: ScanReport) -> None:
    page = show(hostile_report)
    ids = [candidate.id for candidate in hostile_report.candidates]
    for each in ids:
        page.evaluate(f"location.hash = '{each}'")
        page.settle()
        assert page.evaluate("document.images.length + document.scripts.length") == 3
        assert page.evaluate("document.querySelectorAll('b[onload], article script, article style').length") == 0
    page = show(scanned)
    hostile = next(c for c in scanned.candidates if any(HOSTILE_NAME in member.path for member in c.members))
    page.evaluate(f"location.hash = '{hostile.id}'")
    page.settle()
    shown = page.evaluate("document.querySelector('article').textContent")
    assert HOSTILE_NAME in shown
    assert HOSTILE_LINE.strip() in shown
    assert page.evaluate("document.images.length") == 0
    page.evaluate("location.hash = ''")
    page.settle()
    page.hover(".treemap .tile")


def test_an_empty_report(show: Show, empty_report: ScanReport) -> None:
    page = show(empty_report)
    assert "No refactoring candidates" in page.evaluate("document.querySelector('main').textContent")
    page.press("j", "Enter", "/", "Escape", "Escape")


def test_five_thousand_candidates(show: Show, report: ScanReport) -> None:
    large = enlarged(report, 5000)
    page = show(large)
    assert page.evaluate(COUNT).startswith("5,000 candidates")
    assert page.evaluate("document.querySelectorAll('[role=option]').length") < 60  # only what can be seen
    begin = perf_counter()
    choose(page, "text", "copy1600")
    assert page.evaluate(SHOWN) == [c.members[0].qualname for c in large.candidates[4800:4803]]
    assert perf_counter() - begin < 2  # 0.05 s on a free machine
    choose(page, "text", "")
    page.press("/", "ArrowDown", "End")
    assert page.evaluate(ACTIVE) == "5000"
    begin = perf_counter()
    page.press("Enter")
    assert page.evaluate("location.hash.slice(1)") == large.candidates[-1].id
    assert perf_counter() - begin < 2
    page.evaluate("document.getElementById('list').scrollTop = 60 * 2500")
    page.settle()
    assert "2501" in page.evaluate("[...document.querySelectorAll('.rank')].map(each => each.textContent)")


def test_a_narrow_window_has_no_scroll_bar_across(show: Show, scanned: ScanReport) -> None:
    page = show(scanned, scanned.candidates[0].id)
    try:
        page.resize(380, 800)
        assert page.evaluate("document.querySelector('.panes').scrollWidth <= 380")
        assert page.evaluate("getComputedStyle(document.querySelector('.browse')).display") == "none"
        page.click(".ways a")
        assert page.evaluate("document.querySelector('.panes').scrollWidth <= 380")
        assert page.evaluate("getComputedStyle(document.querySelector('.browse')).display") != "none"
    finally:
        page.resize(1440, 900)
