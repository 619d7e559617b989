from __future__ import annotations

import io
import os
import re
from pathlib import Path

import pytest
from explained import BUY, HOSTILE_LEFT, HOSTILE_RIGHT, LEND, SELL, explanation_of, with_fixed_figures
from rich.cells import cell_len
from rich.console import Console

from codesim.report import Explanation, render_explanation

GOLDEN = Path(__file__).parents[1] / "golden" / "explanation.txt"
ANSI_STYLE = re.compile(r"\x1b\[[0-9;]*m")
CODE_ROW = re.compile(r" {4}[ ~≠○↕<>\d→]")


def rendered(explanation: Explanation, width: int = 120, verbose: bool = False, encoding: str = "utf-8") -> str:
    """The explanation as it is written to a file."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    render_explanation(explanation, Console(file=stream, width=width), verbose)
    stream.flush()
    return raw.getvalue().decode(encoding)


def rows_of(text: str, title: str = "1 and 2, side by side") -> list[str]:
    """The lines of one section."""
    section = text.partition(f"  {title}\n")[2]
    return [line[4:] for line in section.split("\n\n")[0].split("\n")]


def test_the_golden_explanation() -> None:
    """Run with UPDATE_GOLDEN=1 to rewrite the file, then read its difference."""
    explained = with_fixed_figures(explanation_of(BUY, SELL, LEND))
    parts = [f"{f' {width} columns ':=^{width}}\n{rendered(explained, width)}" for width in (120, 80)]
    text = "\n".join(parts)
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [80, 99, 100, 120, 200])
def test_no_row_is_wider_than_the_console_and_no_line_is_padded(width: int) -> None:
    for texts in ((BUY, SELL, LEND), (HOSTILE_LEFT, HOSTILE_RIGHT)):
        text = rendered(explanation_of(*texts), width)
        assert all(line == line.rstrip() for line in text.splitlines())
        for row in rows_of(text)[2:]:
            assert cell_len(row) <= width - 4, row


def test_signs_say_what_colour_says() -> None:
    rows = rows_of(rendered(explanation_of(BUY, SELL)))
    signs = {line.split(" ≠ ")[0].strip(): "≠" for line in rows if " ≠ " in line}
    assert any("line.amount > limit" in left for left in signs)  # another operator: behaviour
    assert any(" ○ " in row and "too many to buy" in row for row in rows)  # another literal: a hole
    assert any(" ~ " in row and "return total, started" in row for row in rows)  # only renamed
    assert any(re.search(r" > \d+     if self.loud:", row) for row in rows)  # a guard that only the right has


def test_a_statement_that_moved_points_to_its_other_place() -> None:
    moves, stays = "    x = a + 1\n", "    y = b * 2 + a\n    z = a - b\n    w = z * 3\n"
    left, right = (
        f"def f(a, b):\n{body}    return x + x, y + y, z, w + w\n" for body in (moves + stays, stays + moves)
    )
    text = rendered(explanation_of(left, right))
    assert "↕ moved: line 2 → 5" in text
    rows = rows_of(text)
    assert any(re.fullmatch(r"2     x = a \+ 1 +↕ +→ line 5", row) for row in rows)
    assert any(re.fullmatch(r"  → line 2 +↕ 5     x = a \+ 1", row) for row in rows)
    stacked = rows_of(rendered(explanation_of(left, right), width=80))
    assert stacked.count("↕ 2 5     x = a + 1") == 2


def test_off_a_terminal_nothing_but_printable_lines() -> None:
    for width in (120, 80):
        for verbose in (False, True):
            text = rendered(explanation_of(HOSTILE_LEFT, HOSTILE_RIGHT), width, verbose)
            assert all(character.isprintable() for character in text.replace("\n", ""))
            for literal in ("[bold red]markup[/] [/nope]", "\\x1b[31mred", "\\u202edesrever"):
                assert literal in text.replace("\n", "") or width == 80


def test_on_a_terminal_only_our_own_styles_and_each_axis_has_its_colour() -> None:
    stream = io.StringIO()
    console = Console(file=stream, width=120, force_terminal=True, color_system="standard", legacy_windows=False)
    render_explanation(explanation_of(BUY, SELL), console)
    render_explanation(explanation_of(HOSTILE_LEFT, HOSTILE_RIGHT), console, verbose=True)
    text = stream.getvalue()
    assert '\x1b[1;4;33m"too many to buy"' in text  # a hole: yellow
    assert "\x1b[1;4;31mline.amount > limit" in text  # behaviour: red
    assert "\x1b[36mtotal" in text  # representation: cyan
    assert all(character.isprintable() for character in ANSI_STYLE.sub("", text).replace("\n", ""))


def test_an_encoding_without_our_signs_gets_ascii() -> None:
    text = rendered(explanation_of(BUY, SELL), encoding="ascii")
    assert "o  hole: can become a parameter" in text
    assert "! behaviour      operator   line.amount > limit -> row.amount >= limit" in text


def test_every_pair_is_shown_or_the_one_asked_for() -> None:
    every = rendered(explanation_of(BUY, SELL, LEND))
    assert "1 and 2, side by side" in every
    assert "1 and 3, side by side" in every
    third = rendered(explanation_of(BUY, SELL, LEND, only=3))
    assert "1 and 2" not in third
    assert "1 and 3, side by side" in third
    assert "2 has the lowest score" in third


def test_a_long_function_is_shown_whole_but_for_equal_stretches() -> None:
    body = "".join(f"    step_{i}(x, {i})\n" for i in range(300))
    left = f"def f(x):\n{body}    return x\n"
    right = left.replace("step_150(x, 150)", "step_150(x, 'no')").replace("def f", "def g")
    text = rendered(explanation_of(left, right))
    assert text.count("equal lines …") == 2
    assert "step_299(x, 299)" in text
    assert "more rows" not in text
    verbose = rendered(explanation_of(left, right), verbose=True)
    assert all(f"step_{i}(x, {i})" in verbose for i in range(300))


def test_what_changes_everywhere_is_never_capped() -> None:
    left = "def f(x):\n" + "".join(f"    step(x, {i})\n" for i in range(300))
    right = "def g(x):\n" + "".join(f"    step(x, {i + 1000})\n" for i in range(300))
    rows = rows_of(rendered(explanation_of(left, right)))
    assert sum(" ○ " in row for row in rows) == 300


def test_equal_explanations_give_equal_text() -> None:
    assert rendered(explanation_of(BUY, SELL, LEND)) == rendered(explanation_of(BUY, SELL, LEND))
