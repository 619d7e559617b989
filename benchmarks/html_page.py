"""What the HTML report looks like, and how fast it is: screenshots of a scan, and times with thousands of candidates.

Usage: `PYTHONPATH=. python benchmarks/html_page.py PATH FOLDER [--candidates 5000]`

In: something to scan. Out: in FOLDER, the page, its pictures in light and dark, and on stdout a table of times in
headless Chromium with the candidates of the scan repeated under other names until there are enough.
Source: our own.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter

from chromium import Chromium, find_chromium

from codesim.config import Settings
from codesim.pipeline import scan
from codesim.refactor import RefactoringCandidate
from codesim.report import ScanReport, render_html

_ROUNDS = 5
_SIZE = 1180, 780  # of the pictures: small enough for a README
_DRAWN = "new Promise(done => requestAnimationFrame(() => setTimeout(done)))"
_TYPED = """(async text => {
  const field = document.getElementById('text');
  const begin = performance.now();
  field.value = text;
  field.dispatchEvent(new Event('input', {bubbles: true}));
  await %s;
  return performance.now() - begin;
})(%s)"""
_OPENED = """(async id => {
  const begin = performance.now();
  location.hash = id;
  await new Promise(done => addEventListener('hashchange', done, {once: true}));
  await %s;
  return performance.now() - begin;
})(%s)"""
_PAINTED = """new Promise(done => new PerformanceObserver(seen => {
  const paint = seen.getEntriesByName('first-contentful-paint')[0];
  if (paint) done(paint.startTime);
}).observe({type: 'paint', buffered: true}))"""


def enlarged(report: ScanReport, number: int) -> ScanReport:
    """Repeat a report's candidates under other ids and in other files until there are `number` of them."""
    return replace(report, candidates=tuple(_repeated(report.candidates, number)))


def _repeated(candidates: tuple[RefactoringCandidate, ...], number: int) -> Iterator[RefactoringCandidate]:
    for place in range(number):
        one, round_ = candidates[place % len(candidates)], place // len(candidates)
        members = tuple(replace(member, path=f"copy{round_}/{member.path}") for member in one.members)
        yield one if not round_ else replace(one, id=f"{int(one.id, 16) ^ round_ << 40:016x}", members=members)


def measure(browser: Chromium, page: Path, report: ScanReport) -> dict[str, float]:
    """Time a page: milliseconds, medians of five rounds."""
    word = report.candidates[-1].members[0].qualname.rpartition(".")[2][:6]
    times: dict[str, list[float]] = {}
    for round_ in range(_ROUNDS):
        loaded = browser.open(page)
        browser.settle()
        one = report.candidates[-1 - round_]
        for name, milliseconds in (
            ("load", 1000 * loaded),
            ("first paint", browser.evaluate(_PAINTED)),
            ("filter", browser.evaluate(_TYPED % (_DRAWN, json.dumps(word)))),
            ("filter cleared", browser.evaluate(_TYPED % (_DRAWN, '""'))),
            ("first candidate opened", browser.evaluate(_OPENED % (_DRAWN, json.dumps(one.id)))),
            ("next candidate opened", browser.evaluate(_OPENED % (_DRAWN, json.dumps(report.candidates[0].id)))),
        ):
            times.setdefault(name, []).append(milliseconds)
    return {name: median(each) for name, each in times.items()}


def picture(browser: Chromium, page: Path, folder: Path, report: ScanReport) -> None:
    """Take pictures of the overview and of a candidate with its graph, light, dark and narrow."""
    opened = report.candidates[0].id
    for scheme in ("light", "dark"):
        browser.prefer(scheme)
        browser.open(page)
        browser.settle()
        browser.screenshot(folder / f"overview-{scheme}.png")
        browser.open(page, opened)
        browser.settle()
        browser.screenshot(folder / f"candidate-{scheme}.png")
        if browser.evaluate("document.querySelector('.copies button:last-child') !== null"):
            browser.click(".copies button:last-child")
            browser.screenshot(folder / f"graph-{scheme}.png")
    browser.prefer("light")
    browser.resize(420, 900)
    browser.open(page)
    browser.screenshot(folder / "narrow.png")
    browser.resize(*_SIZE)


def main() -> None:
    """Scan, picture, measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path, help="what to scan")
    parser.add_argument("folder", type=Path, help="where pages and pictures go")
    parser.add_argument("--candidates", type=int, default=5000)
    given = parser.parse_args()
    binary = find_chromium()
    if binary is None:
        raise SystemExit("no Chromium is installed")
    given.folder.mkdir(parents=True, exist_ok=True)
    report = scan([given.path], Settings(format="html", cache=False), given.path).report
    if not report.candidates:
        raise SystemExit(f"no candidates in {given.path}")
    with Chromium(binary) as browser:
        browser.resize(*_SIZE)
        for each, name in ((report, "page"), (enlarged(report, given.candidates), "large")):
            begin = perf_counter()
            text = render_html(each)
            print(f"{name}: {len(each.candidates):,} candidates, {len(text.encode()):,} bytes", end=", ")
            print(f"rendered in {perf_counter() - begin:.2f} s")
            page = given.folder / f"{name}.html"
            page.write_text(text, encoding="utf-8")
            for what, milliseconds in measure(browser, page, each).items():
                print(f"  {what:<24}{milliseconds:8.1f} ms")
        picture(browser, given.folder / "page.html", given.folder, report)


if __name__ == "__main__":
    main()
