from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesim.report.visible import visible, visible_brief, visible_code


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain [red]text[/]", "plain [red]text[/]"),
        ("größe 漢字 🙂", "größe 漢字 🙂"),
        ("\x1b[31m\x07", "\\x1b[31m\\x07"),
        ("\x9b2J\x7f", "\\x9b2J\\x7f"),
        ("a\nb\tc", "a\\nb\\tc"),
        ("\u202eabc\u2066", "\\u202eabc\\u2066"),
        ("a\u200bb\u00a0c\ufeff", "a\\u200bb\\xa0c\\ufeff"),
        ("bad\udc80name", "bad\\udc80name"),
    ],
)
def test_unprintable_characters_are_spelled_out(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_characters_that_the_encoding_lacks_are_spelled_out() -> None:
    assert visible("größe →", "ascii") == "gr\\xf6\\xdfe \\u2192"
    assert visible("größe →", "latin-1") == "größe \\u2192"


@given(st.text(alphabet=st.characters()), st.sampled_from(["utf-8", "ascii", "cp1252"]))
def test_whatever_comes_in_what_goes_out_is_printable_and_encodable(text: str, encoding: str) -> None:
    shown = visible(text, encoding)
    assert shown.isprintable()
    assert shown.encode(encoding).decode(encoding) == shown
    assert visible_code(text, encoding).isprintable()
    assert visible_brief(text, encoding).isprintable()


def test_code_keeps_its_indentation_and_loses_trailing_blanks() -> None:
    assert visible_code("\tif x:  \r\n") == "    if x:"


def test_a_brief_text_is_one_line_and_says_that_it_was_cut() -> None:
    assert visible_brief("foo(\n    1,\n    2)") == "foo( 1, 2)"
    assert visible_brief("x" * 20, longest=10) == "x" * 7 + "..."
    assert visible_brief("x" * 10, longest=10) == "x" * 10
