"""The sentence that a check says of each copy: it alone must lead to the original."""

from __future__ import annotations

from dataclasses import replace

import pytest

from codesim.refactor import CandidateKind, Helper, Member, RefactoringCandidate, Verdict
from codesim.report.copies import copy_notes, original
from codesim.source import Age


def copy(path: str, name: str, age: Age | None, in_focus: bool = False) -> Member:
    return Member(path, name, 10, 20, (), in_focus, age)


def candidate(*members: Member, new: tuple[str, ...] = ()) -> RefactoringCandidate:
    return RefactoringCandidate(
        id="3f9ac41e0b7d2a66", kind=CandidateKind.FUNCTION, clone_type=1, score=0.9, similarity=0.9, lines_saved=9,
        verdict=Verdict(True, ("the copies are identical",)), helper=Helper("f", ("x", *new), new, ""), members=members,
        differences=(), correspondence=(), advice="Keep `f`.",
    )  # fmt: skip


OLD = copy("old.py", "f", Age.OLD)
NEW = copy("new.py", "g", Age.NEW, in_focus=True)


def said(found: RefactoringCandidate) -> list[tuple[str, str]]:
    return [(note.member.path, note.text) for note in copy_notes(found)]


def test_nothing_without_a_focus() -> None:
    assert said(candidate(copy("a.py", "f", None), copy("b.py", "f", None))) == []


@pytest.mark.parametrize("members", [(OLD, NEW), (NEW, OLD)])
def test_the_original_is_the_one_that_stood_there(members: tuple[Member, ...]) -> None:
    assert original(candidate(*members)) is OLD
    assert said(candidate(*members)) == [("new.py", "new copy of old.py:10 f: import it")]


def test_production_code_is_the_original_before_tests() -> None:
    assert original(candidate(copy("tests/test_a.py", "f", Age.OLD), OLD, NEW)) is OLD


def test_other_places_are_counted() -> None:
    found = candidate(OLD, copy("b.py", "f", Age.OLD), NEW)
    assert said(found) == [("new.py", "new copy of old.py:10 f (and 1 more place): import it")]


def test_two_new_copies_have_a_line_each_and_of_new_ones_the_first_counts() -> None:
    other = copy("other.py", "h", Age.NEW, in_focus=True)
    assert [path for path, _ in said(candidate(OLD, NEW, other))] == ["new.py", "other.py"]
    assert said(candidate(NEW, other)) == [("other.py", "new copy of new.py:10 g: import it")]


def test_how_to_reuse_it() -> None:
    assert "call it" in said(candidate(copy("new.py", "f", Age.OLD), NEW))[0][1]
    assert "reuse it" in said(candidate(copy("old.py", "C.f", Age.OLD), NEW))[0][1]
    assert said(candidate(OLD, NEW, new=("a",)))[0][1].endswith("extend it by `a` and import it")
    assert said(candidate(OLD, NEW, new=("a", "b", "c")))[0][1].endswith("extend it by `a`, `b` and `c` and import it")
    block = replace(candidate(OLD, NEW), kind=CandidateKind.BLOCK)
    assert said(block) == [("new.py", "new copy of old.py:10 f, lines 10-20: move both into one helper")]
    tests = replace(candidate(OLD, NEW), kind=CandidateKind.TESTS, advice="Parametrize these 2 tests.")
    assert said(tests)[0][1].endswith(": parametrize these 2 tests")
    apart = replace(candidate(OLD, NEW), verdict=Verdict(False, ("one of them yields",)))
    assert said(apart)[0][1].endswith(": cannot be merged as it stands, one of them yields")


def test_one_of_two_copies_that_was_changed_alone() -> None:
    changed = copy("new.py", "g", Age.CHANGED, in_focus=True)
    relation = "changed, but not its copy old.py:10 f: change both, or import it"
    assert said(candidate(OLD, changed)) == [("new.py", relation)]
    both = copy("old.py", "f", Age.CHANGED, in_focus=True)
    assert said(candidate(both, changed)) == [("new.py", "changed, as is its copy old.py:10 f: import it")]


def test_an_original_in_focus_alone_is_told_of_its_copy() -> None:
    first = copy("a.py", "f", None, in_focus=True)
    assert said(candidate(first, copy("b.py", "g", None))) == [("a.py", "copy of b.py:10 g: import it")]
