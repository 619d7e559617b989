"""Candidates of blocks: the helper's text does what the run did, and what cannot be extracted says why."""

from __future__ import annotations

from typing import Any

import pytest
from blocks import block_of

from codesim.refactor import CandidateKind, Misfit, RefactoringCandidate, build_block_candidate, odd_members
from codesim.verify import Block, verify_blocks

WORK = """
def {name}({parameters}):
    {before}
    # <
    kept = []
    for {row} in {rows}:
        if {row} % 2 == {odd}:
            kept.append({row} * {factor})
            log.append({row})
        elif {row} > {limit}:
            break
    {extra}
    kept.sort()
    # >
    return {result}
"""
PLAIN = {
    "name": "f", "parameters": "rows, log", "before": "log.append(0)", "row": "row", "rows": "rows", "odd": "1",
    "factor": "3", "limit": "50", "extra": "log.append(9)", "result": "kept",
}  # fmt: skip


def candidate_of(*blocks: Block) -> RefactoringCandidate | Misfit:
    verdicts = [verify_blocks(blocks[0], block, 0.0) for block in blocks[1:]]
    return build_block_candidate(blocks, [verdict for verdict in verdicts if verdict is not None], lambda: "0" * 16)


def works(*changes: dict[str, str]) -> RefactoringCandidate | Misfit:
    return candidate_of(
        *[block_of(WORK.format(**{**PLAIN, **change}), path=f"{'ab'[k > 0]}{k}.py") for k, change in enumerate(changes)]
    )


def found(*changes: dict[str, str]) -> RefactoringCandidate:
    candidate = works(*changes)
    assert isinstance(candidate, RefactoringCandidate), candidate
    return candidate


def run(text: str, name: str) -> Any:
    """Define a function from our own text."""
    space: dict[str, Any] = {}
    exec(compile(text, "helper", "exec"), space)  # noqa: S102 (the text is this file's)
    return space[name]


def test_the_helper_does_what_the_block_did() -> None:
    candidate = found({}, {"name": "g", "row": "one", "before": "log.append(1)", "result": "[kept, log]"})
    assert candidate.kind is CandidateKind.BLOCK
    assert candidate.verdict.extractable
    assert candidate.clone_type == 2
    assert candidate.helper is not None
    assert candidate.helper.signature == "_make_kept(rows, log)"
    helper = run(candidate.helper.text, "_make_kept")
    log: list[int] = []
    assert helper([5, 1, 2, 60, 7], log) == [3, 15]
    assert log == [5, 1, 9]
    # 2 x 9 lines, less a `def`, 9 lines and a `return`, less two calls
    assert candidate.lines_saved == 18 - 11 - 2


def test_values_that_differ_become_parameters() -> None:
    candidate = found({}, {"factor": "5", "limit": "CAP"})
    assert candidate.helper is not None
    assert candidate.helper.new_parameters == ("rows", "log", "factor", "limit") or candidate.parameters == 4
    text = candidate.helper.text
    assert "3" not in text
    assert "50" not in text


def test_members_show_the_lines_of_the_block_only() -> None:
    candidate = found({}, {"name": "g"})
    for member in candidate.members:
        assert member.lines[0].strip() == "kept = []"
        assert member.lines[-1].strip() == "kept.sort()"
        assert member.end_line - member.start_line + 1 == len(member.lines)
    rows = [row for row in candidate.correspondence if row[0] is not None]
    assert rows[0][0] == candidate.members[0].start_line
    assert rows[-1][0] == candidate.members[0].end_line


def test_what_any_copy_needs_is_returned() -> None:
    size = {"extra": "size = len(rows)"}
    candidate = found(size, {**size, "name": "g", "row": "one", "result": "kept, size"})
    assert candidate.helper is not None
    assert candidate.helper.text.endswith("return kept, size")
    assert any("returns 2 values" in reason for reason in candidate.verdict.reasons)


@pytest.mark.parametrize(
    ("change", "line"),
    [({"odd": "len(log)"}, 7), ({"extra": "log.append(len(rows))\n    log.sort()\n    log.pop()"}, 13)],
)
def test_copies_that_do_something_else_are_no_finding(change: dict[str, str], line: int) -> None:
    misfit = works({}, change)
    assert isinstance(misfit, Misfit)
    assert line in misfit.lines


def test_another_operator_is_no_finding() -> None:
    one, two = WORK.format(**PLAIN), WORK.format(**PLAIN).replace("kept.append(row *", "kept.append(row +")
    misfit = candidate_of(block_of(one), block_of(two, path="b.py"))
    assert isinstance(misfit, Misfit)
    number = next(n for n, text in enumerate(one.split("\n"), 1) if "kept.append" in text)
    assert misfit.lines == {number}


def test_the_odd_member_is_named() -> None:
    assert odd_members([[True, False, True], [True, False, False]]) == {1}
    assert odd_members([[True, False, False]]) == frozenset()
    assert odd_members([]) == frozenset()


def test_too_little_to_gain() -> None:
    text = "def f(a, b):\n    # <\n    x = a.get(b)\n    x.put(b)\n    x.end(a)\n    # >\n    return x\n"
    assert candidate_of(block_of(text), block_of(text, path="b.py")) == Misfit(
        frozenset(), frozenset(), "no-gain", "saves 0 lines of code at most"
    )


def test_what_cannot_be_extracted_says_why() -> None:
    body = "".join(f"    if a.has({n}):\n        b.put({n})\n        return {n}\n" for n in range(1, 5))
    text = f"def f(a, b):\n    # <\n{body}    # >\n    return b.end()\n"
    candidate = candidate_of(block_of(text), block_of(text, path="b.py"))
    assert isinstance(candidate, RefactoringCandidate)
    assert not candidate.verdict.extractable
    assert candidate.verdict.reasons[0] == "a return inside, with statements after it"
    assert candidate.advice == "Not mergeable as it stands: a return inside, with statements after it."
    assert candidate.helper is None


METHOD = """
class {0}:
    def f(self, path, log):
        log.append(path)
        # <
        rows = self.load(path)
        for row in rows:
            if row.{1}:
                row.save(self.{2})
                log.append(row)
        self.seen += len(rows)
        # >
        return log
"""


def inside(name: str, changes: dict[str, str]) -> str:
    """Two functions with the same work inside one, which binds the limit and the log."""
    plain = {**PLAIN, "limit": "LIMIT", "parameters": "rows"}
    works = [WORK.format(**{**plain, "name": inner, **change}) for inner, change in (("f", {}), ("g", changes))]
    return f"def {name}(log, LIMIT):" + "".join(works).replace("\n", "\n    ")


def test_what_copies_take_from_the_function_around_both_says_where_the_helper_stands() -> None:
    text = inside("outer", {"row": "one"})
    candidate = candidate_of(block_of(text, "outer.f"), block_of(text, "outer.g"))
    assert isinstance(candidate, RefactoringCandidate)
    assert candidate.advice == (
        "Extract these lines into a function inside `outer`, `_make_kept(rows)`, "
        "and call it from 2 places in 2 functions."
    )


def test_what_copies_take_from_other_functions_ties_them() -> None:
    text = inside("first", {}), inside("second", {})
    copies = [block_of(one, f"{name}.f", f"{name}.py") for one, name in zip(text, ("first", "second"), strict=True)]
    for one in copies:
        assert {name for name, _ in one.subject.surroundings.captured} == {"log", "LIMIT"}
    misfit = candidate_of(*copies)
    assert isinstance(misfit, Misfit)
    assert misfit.reason == "names of the functions around them are captured: `LIMIT`, `log`"


def test_methods_of_one_class_get_a_method() -> None:
    text = METHOD.format("C", "old", "place")
    both = text + text.partition("\n    ")[2].replace("def f", "    def g").join(["    ", ""])[4:]
    candidate = candidate_of(block_of(both, "C.f"), block_of(both, "C.g"))
    assert isinstance(candidate, RefactoringCandidate)
    assert candidate.helper is not None
    assert candidate.helper.parameters == ("self", "path", "log")
    assert candidate.parameters == 2
    assert "a method of `C`" in candidate.advice


@pytest.mark.parametrize(
    ("classes", "place"),
    [
        (("C(Base)", "D(Base)"), "a method of a common base class, "),
        (("C", "D(C)"), "a method of `C`, "),
        (("C(D)", "D"), "a method of `D`, "),
        (("C", "D"), "a function that takes the object, "),
    ],
)
def test_methods_of_two_classes_need_a_common_base(classes: tuple[str, str], place: str) -> None:
    one, two = (METHOD.format(name, "old", "place") for name in classes)
    candidate = candidate_of(block_of(one, "C.f"), block_of(two, "D.f", "b.py"))
    assert isinstance(candidate, RefactoringCandidate)
    assert f"into {place}" in candidate.advice


ATTRIBUTE = """
class {0}:
    def f(self, rows, state):
        # <
        kept = []
        for row in rows:
            if row % 2 == 1:
                kept.append(row * 3)
                {1}(row)
            elif row > 50:
                {1}(row + 1)
                break
        kept.sort()
        # >
        return kept, self, state
"""


@pytest.mark.parametrize(("one", "two"), [("self.put", "self.drop"), ("state.put", "state.drop")])
def test_an_input_that_is_read_only_where_something_else_is_passed_does_not_count(one: str, two: str) -> None:
    texts = ATTRIBUTE.format("C", one), ATTRIBUTE.format("D", two)
    candidate = candidate_of(block_of(texts[0], "C.f"), block_of(texts[1], "D.f", "b.py"))
    assert isinstance(candidate, RefactoringCandidate), candidate
    assert candidate.helper is not None
    assert candidate.helper.parameters == ("rows", "put")
    assert candidate.verdict.reasons[0].startswith("takes 2 parameters")
    assert "into a function," in candidate.advice
    assert not any("different classes" in reason for reason in candidate.verdict.reasons)


def test_five_values_are_not_too_many_however_many_inputs_they_take_the_place_of() -> None:
    texts = [
        "def f(rows, a, b, log, limit):\n"
        "    # <\n"
        "    kept = []\n"
        "    for row in rows:\n"
        "        if row % 2 == limit:\n"
        f"            kept.append(row * a.{one})\n"
        f"            kept.append(row - b.{two})\n"
        f"            log.{put}(row, 1)\n"
        "        elif row > limit:\n"
        f"            log.{put}(row, 2)\n"
        "            break\n"
        "    kept.sort()\n"
        "    # >\n"
        "    return kept\n"
        for one, two, put in (("left", "top", "put"), ("right", "bottom", "drop"))
    ]
    candidate = candidate_of(block_of(texts[0]), block_of(texts[1], path="b.py"))
    assert isinstance(candidate, RefactoringCandidate), candidate
    assert candidate.helper is not None
    assert len(candidate.helper.parameters) == 5
    assert not {"a", "b", "log"} & {*candidate.helper.parameters}
    assert candidate.verdict.reasons[0].startswith("takes 5 parameters")


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ("super().load", "super() or __class__ means another class"),
        ("self.__load", "private names mean something else"),
    ],
)
def test_what_is_bound_to_its_class_stays_there(call: str, reason: str) -> None:
    calls = ("row.check(path)", "row.turn(log)", "path.note(row)", "log.append(path)")
    longer = "".join(f"            {call}\n" for call in calls)
    one, two = (METHOD.format(name, "old", "place").replace("self.load", call) for name in "CD")
    one, two = (text.replace("            if row", longer + "            if row") for text in (one, two))
    candidate = candidate_of(block_of(one, "C.f"), block_of(two, "D.f", "b.py"))
    if isinstance(candidate, RefactoringCandidate):
        assert not candidate.verdict.extractable
        assert candidate.verdict.reasons[0].startswith(reason)
    else:
        assert candidate.lines == frozenset()


def test_fewer_than_two_blocks_are_no_class() -> None:
    with pytest.raises(ValueError, match="at least two"):
        build_block_candidate([block_of(WORK.format(**PLAIN))], [], lambda: "")
