"""Lines of code, and what merging saves."""

from __future__ import annotations

from refactor.classes import candidate_of

from codesim.refactor.saving import code_lines, docstring_lines, lines_saved

TEXT = [
    "    @cached",
    "    def f(a, b):  # why",
    '        """One.',
    "",
    "        Two.",
    '        """',
    "",
    "        # note",
    '        x = """a',
    "",
    '        b"""',
    "        return x  # done",
    "",
][:-1]


def test_blank_lines_comments_and_docstrings_are_no_code() -> None:
    assert sorted(code_lines(TEXT)) == [0, 1, 8, 10, 11]
    assert sorted(docstring_lines(TEXT)) == [2, 3, 4, 5]


def test_lines_that_do_not_parse_count_unless_blank_or_comment() -> None:
    assert sorted(code_lines(["def f(:", "", "  # x", "  y"])) == [0, 3]
    assert docstring_lines(["def f(:"]) == frozenset()


def test_identical_copies_leave_one_line_each() -> None:
    members = [["def f(a):", "    b = a", "    c = b", "    return c"]] * 3
    assert lines_saved(members, "", identical=True, parametrized=False) == 3 + 3


def test_other_copies_pay_for_the_helper_and_two_lines_each() -> None:
    body = ["def f(a):", *[f"    a.put({i})" for i in range(9)]]
    helper = "\n".join(body)
    assert lines_saved([body] * 3, helper, identical=False, parametrized=False) == 30 - 10 - 6
    assert lines_saved([body] * 3, "", identical=False, parametrized=False) == 30 - 10 - 6
    assert lines_saved([body] * 3, helper, identical=False, parametrized=True) == 20


def test_never_less_than_nothing() -> None:
    assert lines_saved([["def f(a):", "    return a"]] * 2, "", identical=False, parametrized=False) == 0


def test_a_class_that_cannot_be_merged_still_says_what_merging_would_save() -> None:
    text = "def f(a, b):\n    x = a.load(1)\n    b.put(x)\n    b.put(a)\n    b.close()\n    return x {0} a\n"
    candidate = candidate_of(text.format("+"), text.format("-"), text.format("+"))
    assert not candidate.verdict.extractable
    assert candidate.lines_saved == 18 - 6 - 6
