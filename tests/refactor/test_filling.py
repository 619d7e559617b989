"""Where the values of each parameter stand in the copies."""

from __future__ import annotations

from refactor.classes import candidate_of

from codesim.refactor import FilledHole, RefactoringCandidate

COPY = """
def {name}(rows, log):
    kept = []
    for row in rows:
        if len(row) > {limit}:
            kept.append(row.strip({strip}))
    {extra}
    return kept, log.name + {suffix}
"""


def copy(name: str, limit: str = "3", strip: str = "' '", extra: str = "log.info(rows)", suffix: str = "'x'") -> str:
    return COPY.format(name=name, limit=limit, strip=strip, extra=extra, suffix=suffix)


def holes(candidate: RefactoringCandidate) -> dict[str, FilledHole]:
    assert candidate.basis is not None
    return {hole.parameter: hole for hole in candidate.basis.holes}


def sites(hole: FilledHole) -> list[tuple[str, int, str]]:
    return [(site.path, site.line, site.text) for site in hole.where]


def test_each_member_has_its_value_on_its_line() -> None:
    moved = "\n\n\n" + copy("third", limit="9")
    found = holes(candidate_of(copy("first"), copy("second", limit="5", suffix="'y'"), moved))
    by_values = {tuple(site.text for site in hole.where): hole for hole in found.values()}
    assert sites(by_values["3", "5", "9"]) == [("a.py", 5, "3"), ("b.py", 5, "5"), ("c.py", 8, "9")]
    assert sites(by_values["'x'", "'y'", "'x'"]) == [("a.py", 8, "'x'"), ("b.py", 8, "'y'"), ("c.py", 11, "'x'")]
    assert {hole.role.value for hole in found.values()} == {"value"}


def test_a_step_that_one_copy_lacks_is_a_flag() -> None:
    found = holes(candidate_of(copy("first"), copy("second", extra="")))
    (flag,) = found.values()
    assert flag.role.value == "flag"
    assert [site.text for site in flag.where] == ["True", "False"]
    assert flag.where[0].line == 7


def test_identical_copies_have_no_holes() -> None:
    assert holes(candidate_of(copy("same"), copy("same"))) == {}
