"""Comments and docstrings in a helper: what is said of one copy only does not stand in it."""

from __future__ import annotations

import ast

import pytest
from blocks import block_of
from refactor.classes import candidate_of

from codesim.refactor import RefactoringCandidate, build_block_candidate, code_lines
from codesim.verify import verify_blocks

TEXT = """
def f(rows, log):
    {doc}
    kept = []
    # {above}
    # {second}

    for row in rows:
        log(row)  # {behind}
        kept.append(
            # {inside}
            row,
        )

    # {last}

    return kept
"""
SAME = {"doc": '"""Keep."""', "above": "one", "second": "two", "behind": "three", "inside": "four", "last": "five"}


def helper_of(*changes: dict[str, str]) -> str:
    candidate = candidate_of(*[TEXT.format(**{**SAME, **change}) for change in changes])
    assert candidate.helper is not None
    return candidate.helper.text


def test_what_all_copies_say_stays() -> None:
    assert helper_of({}, {}) == TEXT.format(**SAME).strip()


@pytest.mark.parametrize("place", [place for place in SAME if place not in ("doc", "second")])
def test_a_comment_of_one_copy_goes(place: str) -> None:
    text = helper_of({}, {place: "something else"})
    assert f"# {SAME[place]}" not in text
    assert "something else" not in text
    assert ast.dump(ast.parse(text)) == ast.dump(ast.parse(TEXT.format(**SAME)))
    assert "\n\n\n" not in text


def test_a_comment_over_lines_goes_as_a_whole_or_stays_though_wrapped_elsewhere() -> None:
    gone = helper_of({}, {"second": "something else"})
    assert "# one" not in gone
    assert "# two" not in gone
    assert "# one\n    # two" in helper_of({}, {"above": "one two", "second": ""})


def test_what_most_copies_say_stays() -> None:
    assert "# five" in helper_of({}, {}, {"last": "something else"})
    assert "# five" not in helper_of({}, {"last": "something"}, {"last": "something else"})


@pytest.mark.parametrize("other", ['"""Drop."""', ""])
def test_a_docstring_that_not_all_copies_have_goes(other: str) -> None:
    assert helper_of({}, {}, {"doc": other}).startswith("def f(rows, log):\n    kept = []")


def test_a_docstring_may_be_indented_otherwise() -> None:
    one = 'class C:\n    def f(self, a):\n        """Keep.\n\n        All.\n        """\n        return a + a * 2\n'
    two = 'def f(self, a):\n    """Keep.\n\n    All.\n    """\n    return a + a * 2\n'
    candidate = candidate_of(one, two, qualnames=("C.f", "f"))
    assert candidate.helper is not None
    assert '"""Keep.\n\n    All.\n    """' in candidate.helper.text


@pytest.mark.parametrize("remark", ["noqa: E501", "type: ignore[arg-type]", "pragma: no cover"])
def test_what_is_written_for_tools_stays(remark: str) -> None:
    assert f"log(row)  # {remark}" in helper_of({"behind": remark}, {"behind": "something else"})


def test_a_hash_in_a_string_is_no_comment() -> None:
    texts = ('"""# Keep."""', '"""# Keep."""')
    assert '"""# Keep."""' in helper_of(*[{"doc": text} for text in texts])


def test_a_definition_keeps_a_docstring_that_is_all_it_has() -> None:
    text = (
        "def f(rows):\n"
        "    class Empty(Exception):\n"
        '        """{0}"""\n'
        "    if not rows:\n"
        "        raise Empty\n"
        "    return sorted(rows)\n"
    )
    candidate = candidate_of(text.format("No rows."), text.format("Nothing."))
    assert candidate.helper is not None
    assert "class Empty(Exception):\n" in candidate.helper.text
    ast.parse(candidate.helper.text)


def test_the_comment_of_a_step_stays_with_its_flag() -> None:
    text = "def f(rows, log):\n    kept = [row for row in rows if row]\n{0}    kept.sort()\n    log(kept)\n"
    candidate = candidate_of(text.format("    # for the user\n    log('sorting')\n"), text.format("    # other\n"))
    assert candidate.helper is not None
    assert "    # for the user\n    if " in candidate.helper.text


def test_lines_saved_count_no_remarks() -> None:
    with_all = candidate_of(TEXT.format(**SAME), TEXT.format(**{**SAME, "behind": "three"}).replace("f(", "g(", 1))
    without = candidate_of(
        TEXT.format(**SAME),
        TEXT.format(doc="'''Drop.'''", above=1, second=2, behind=3, inside=4, last=5).replace("f(", "g(", 1),
    )
    assert with_all.lines_saved == without.lines_saved
    assert without.helper is not None
    lines = without.helper.text.split("\n")
    assert len(code_lines(lines)) == len([line for line in lines if line])


def test_blocks_have_no_remarks_of_one_copy_either() -> None:
    text = (
        "def {0}(rows, log):\n    # <\n    kept = []\n    for row in rows:\n        # {1}\n        log(row)\n"
        "        log(row + 1)\n        log(row + 2)\n        log(row + 3)  # always\n        kept.append(row)\n"
        "    # >\n    return kept\n"
    )
    blocks = [block_of(text.format("f", "MySQL does not")), block_of(text.format("g", "SQLite does not"), path="b.py")]
    verdict = verify_blocks(*blocks, 0.0)
    assert verdict is not None
    candidate = build_block_candidate(blocks, [verdict], lambda: "0" * 16)
    assert isinstance(candidate, RefactoringCandidate), candidate
    assert candidate.helper is not None
    assert "does not" not in candidate.helper.text
    assert "# always" in candidate.helper.text
