from __future__ import annotations

import io
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from codesim.refactor import CandidateKind
from codesim.report import ScanReport, render_text

GOLDEN = Path(__file__).parents[1] / "golden" / "report.txt"
ANSI_STYLE = re.compile(r"\x1b\[[0-9;]*m")


def rendered(report: ScanReport, width: int = 120, limit: int | None = None, verbose: bool = False) -> str:
    """The report as it is written to a file."""
    stream = io.StringIO()
    render_text(report, Console(file=stream, width=width), limit=limit, verbose=verbose)
    return stream.getvalue()


def test_the_golden_report(report: ScanReport) -> None:
    """Run with UPDATE_GOLDEN=1 to rewrite the file, then read its difference."""
    parts = [f"{f' {width} columns ':=^{width}}\n{rendered(report, width)}" for width in (120, 80)]
    text = "\n".join(parts)
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")


def test_no_line_is_padded_and_no_code_is_wider_than_the_console(report: ScanReport) -> None:
    for width in (100, 120, 80):
        for line in rendered(report, width).splitlines():
            assert line == line.rstrip()
            if re.match(r" {4}[ ~≠<>] +\d+ ", line):
                assert cell_len(line) <= width


def test_off_a_terminal_nothing_but_printable_lines(hostile_report: ScanReport) -> None:
    for width in (120, 60):
        for verbose in (False, True):
            text = rendered(hostile_report, width, verbose=verbose)
            assert all(character.isprintable() for character in text.replace("\n", ""))


def test_on_a_terminal_only_our_own_styles(hostile_report: ScanReport) -> None:
    stream = io.StringIO()
    console = Console(file=stream, width=120, force_terminal=True, color_system="truecolor", legacy_windows=False)
    render_text(hostile_report, console, verbose=True)
    text = stream.getvalue()
    assert ANSI_STYLE.search(text)
    plain = ANSI_STYLE.sub("", text)
    assert all(character.isprintable() for character in plain.replace("\n", ""))
    assert "\x1b[5m" not in text  # the blink that a verdict's reason tried to switch on


def test_markup_in_code_paths_and_reasons_shows_literally(hostile_report: ScanReport) -> None:
    text = rendered(hostile_report, width=200)
    for literal in (
        "# [bold red]not markup[/] [/nope]",
        "return [link=x]y[/link]",
        "a/[bold]b[/bold]\\u202e.py:1",
        "<lambda>.[i]f[/i]",
        "- [red]reason[/red] <b>bold</b> \\x1b[5m",
        "# :smile: &amp; &lt;",
        "skipped bad\\x1b[0m<i>.py: [red]\\x07</ul>\\u2028",
    ):
        assert literal in text


def test_differing_parts_are_styled_on_a_terminal(report: ScanReport) -> None:
    stream = io.StringIO()
    render_text(report, Console(file=stream, width=120, force_terminal=True, color_system="standard"))
    assert '="\x1b[1;4;33mlatin-1\x1b[0m")' in stream.getvalue()


def test_places_stay_whole_on_a_narrow_console(report: ScanReport) -> None:
    long = "a/" * 100 + "deep.py"
    member = replace(report.candidates[2].members[0], path=long)
    moved = replace(report.candidates[2], members=(member, report.candidates[2].members[1]))
    for width in (40, 120):
        assert f"    {long}:1  mean\n" in rendered(replace(report, candidates=(moved,)), width)


def test_limit_hides_candidates_but_counts_them(report: ScanReport) -> None:
    text = rendered(report, limit=1)
    assert "#1" in text
    assert "#2" not in text
    assert "2 more candidates not shown (--limit 0 shows all)" in text
    assert "3 candidates, 25 lines to save; 880 files, 158,012 lines, 7,310 fragments; 2 files skipped" in text
    assert "not shown" not in rendered(report, limit=3)


def test_long_lists_are_capped_unless_verbose(hostile_report: ScanReport) -> None:
    text, full = rendered(hostile_report), rendered(hostile_report, verbose=True)
    for line in ("and 6 more copies", "and 8 more differences", "and 3 more: see --format json"):
        assert line in text
        assert line not in full
    assert "copy_13.py:1" not in text
    assert "copy_13.py:1" in full


def test_equal_runs_are_folded_unless_verbose(report: ScanReport) -> None:
    assert "… 6 equal lines …" in rendered(report)
    full = rendered(report, verbose=True)
    assert "equal lines" not in full
    assert full.count('order = shop.order("große Schachtel")') == 2
    assert "      def read_records(path, log, encoding, kind):\n" in full


def test_a_very_long_candidate_is_capped(report: ScanReport) -> None:
    lines = tuple(f"line_{i}" for i in range(200))
    members = tuple(replace(m, start_line=1, end_line=200, lines=lines) for m in report.candidates[2].members)
    pairs = tuple((i, None) for i in range(1, 201))
    long = replace(report.candidates[2], members=members, correspondence=pairs)
    text = rendered(replace(report, candidates=(long,)))
    assert "line_59" in text
    assert "line_60" not in text
    assert "and 140 more rows: see --format html" in text


def test_an_encoding_without_our_signs_gets_ascii(report: ScanReport) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    render_text(report, Console(file=stream, width=120))
    stream.flush()
    text = raw.getvalue().decode("ascii")
    assert 'literal     "Zoll" -> "cm"' in text
    assert "... 6 equal lines ..." in text
    assert "test_gr\\xf6\\xdfe_in_zoll" in text


def test_a_scan_without_candidates_says_so(empty_report: ScanReport) -> None:
    assert rendered(empty_report) == (
        "No refactoring candidates: nothing here is written twice that would be better written once.\n"
        "no candidates; 3 files, 90 lines, 12 fragments\n"
    )


@pytest.mark.parametrize(
    ("files", "fragments", "said"), [(0, 0, "No Python file could be analysed"), (1, 1, "Fewer than two")]
)
def test_a_scan_that_could_compare_nothing_does_not_claim_that_all_is_well(
    empty_report: ScanReport, files: int, fragments: int, said: str
) -> None:
    summary = replace(empty_report.summary, files=files, fragments=fragments)
    assert rendered(replace(empty_report, summary=summary)).startswith(said)


def test_timings_if_asked_for(report: ScanReport, hostile_report: ScanReport) -> None:
    assert "time: total 3.00 s (source 1.00, graph 2.25, embed 0.50" in rendered(hostile_report)
    assert "time:" not in rendered(report)


def test_a_block_says_which_lines_of_its_function_it_is(report: ScanReport) -> None:
    first = report.candidates[0].members[0]
    shown = f"{first.qualname}, lines {first.start_line}-{first.end_line}"
    assert shown not in rendered(report)
    blocks = replace(report, candidates=(replace(report.candidates[0], kind=CandidateKind.BLOCK),))
    assert shown in rendered(blocks)


def test_what_was_left_out_has_a_line_each_up_to_the_limit(rejected_report: ScanReport) -> None:
    lines = rendered(rejected_report).splitlines()
    first = lines.index("Left out on purpose  value 2, boilerplate 1")
    assert lines[first + 1].startswith("    value  shop/users.py:")
    assert lines[first + 1].endswith("  value 1.2, below 1.5")
    assert " and 5 more  value 0.3" in lines[first + 3]
    assert all(line.isprintable() for line in lines)
    assert "<b>table</b> [bold]of cases" in lines[first + 2]
    cut = rendered(rejected_report, limit=2)
    assert "and 1 more: see --limit 0 or --format json" in cut
    assert "value 0.3" not in cut
