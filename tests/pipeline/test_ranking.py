"""What a candidate is worth, and what is folded or left out before the list is shown."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from pathlib import Path

import pytest
from cases import READER, subject_of

from codesim.pipeline.copied_files import find_copied_files
from codesim.pipeline.rank import Prospect, Rule, rank_candidates, rank_parts, value_rule
from codesim.pipeline.selection import select_candidates
from codesim.pipeline.shared import Commonness, Shared, shared_content, statement_hashes
from codesim.pipeline.variants import variant, words_of_name
from codesim.refactor import CandidateKind, ClassDifference, Gain, Helper, Member, RefactoringCandidate, Site, Verdict
from codesim.source import Fragment, Span, Surroundings
from codesim.store import FragmentRecord
from codesim.verify import DifferenceKind, Subject, align

LEAST = 1.5
MUCH = Shared(work=9, weight=9.0, checks=1, share=1.0, runs=())


def candidate(
    name: str = "0" * 16,
    *,
    places: tuple[tuple[str, str], ...] = (("a.py", "first_row"), ("a.py", "next_row")),
    saved: int = 10,
    extractable: bool = True,
    lines: tuple[str, ...] = ("def f():",),
    parameters: tuple[str, ...] = (),
    indirect: tuple[str, ...] = (),
    kind: CandidateKind = CandidateKind.FUNCTION,
) -> RefactoringCandidate:
    members = tuple(Member(path, qualname, 10 * k + 1, 10 * k + 9, lines) for k, (path, qualname) in enumerate(places))
    return RefactoringCandidate(
        id=name,
        kind=kind,
        clone_type=3,
        score=1.0,
        similarity=1.0,
        lines_saved=saved,
        verdict=Verdict(extractable, ("reason",)),
        helper=Helper("f", (), parameters, "", indirect) if extractable else None,
        members=members,
        differences=(),
        correspondence=(),
        advice="Do it.",
    )


def value(found: RefactoringCandidate, shared: Shared = MUCH, changes: tuple[int, int] = (0, 0)) -> float:
    return prod(part.value for part in rank_parts(Prospect(found, shared), changes))


def test_the_plain_value_is_the_lines_saved() -> None:
    assert value(candidate()) == 10.0


def test_the_value_is_the_product_of_its_parts_each_with_a_reason() -> None:
    found = candidate(parameters=("a", "b", "c"), indirect=("c",), places=(("a.py", "f"), ("b.py", "g")))
    ranked = rank_candidates([Prospect(found, MUCH)], [(2, 1)], LEAST).candidates[0]
    assert ranked.value == pytest.approx(10 * 0.8 * 0.75 * 0.95 * 1.25, abs=1e-3)
    names = [part.name for part in ranked.rank_parts]
    assert names == ["gain", "closeness", "equality", "parameters", "distance", "history"]
    assert all(part.note for part in ranked.rank_parts)


def test_less_shared_work_more_parameters_and_distance_lower_the_value() -> None:
    assert value(candidate(), replace(MUCH, weight=2.5)) == 5.0
    assert value(candidate(parameters=("a", "b"))) == 10.0
    assert value(candidate(parameters=("a", "b", "c"))) == 8.0
    far = (("a/x.py", "f"), ("b/y.py", "g"))
    near = (("a/x.py", "f"), ("a/y.py", "g"))
    assert value(candidate(places=far)) < value(candidate(places=near)) < value(candidate())


def test_what_changed_together_or_apart_is_worth_more() -> None:
    assert value(candidate()) < value(candidate(), changes=(0, 2)) < value(candidate(), changes=(2, 0))
    assert value(candidate(), changes=(50, 50)) == value(candidate(), changes=(5, 5))


def test_what_cannot_be_merged_is_worth_the_runs_that_can_be_lifted() -> None:
    blocked = candidate(extractable=False, saved=30)
    assert value(blocked, replace(MUCH, share=0.2, runs=(12, 6))) == 0.75 * ((12 - 4) + (6 - 4))
    assert value(blocked, replace(MUCH, share=0.1)) < LEAST
    assert value(blocked, replace(MUCH, share=0.9)) > LEAST


def test_a_twin_in_async_form_comes_after_all_other_production_code() -> None:
    twin = candidate("1" * 16, places=(("a.py", "load_rows"), ("a.py", "aload_rows")), saved=99)
    twin = replace(twin, members=(twin.members[0], replace(twin.members[1], lines=("async def aload_rows():",))))
    test = candidate("2" * 16, places=(("a.py", "f"), ("a.py", "g")), kind=CandidateKind.TESTS, saved=500)
    prospects = [Prospect(found, MUCH) for found in (twin, candidate(), test)]
    ranked = rank_candidates(prospects, [(0, 0)] * 3, LEAST).candidates
    assert [found.id[0] for found in ranked] == ["0", "1", "2"]
    assert "async" in next(part.note for part in ranked[1].rank_parts if part.name == "variant")


def rules(*prospects: Prospect, least: float = LEAST) -> tuple[list[str], list[tuple[str, str]]]:
    ranking = rank_candidates(prospects, [(0, 0)] * len(prospects), least)
    return [one.id[0] for one in ranking.candidates], [(one.id[0], rule.name) for one, rule in ranking.left_out]


def test_what_is_worth_too_little_is_left_out_with_the_rule_and_its_parts() -> None:
    cheap = candidate("1" * 16, saved=1, places=(("a.py", "f"), ("b.py", "f")))
    assert rules(Prospect(candidate(), MUCH), Prospect(cheap, MUCH)) == (["0"], [("1", "value")])
    ((_, rule),) = rank_candidates([Prospect(cheap, MUCH)], [(0, 0)], LEAST).left_out
    assert rule.reason.startswith("value 0.95, below 1.5: merging saves 1 lines, times ")
    assert "times 0.95 for distance" in rule.reason
    blocked = replace(cheap, verdict=Verdict(False, ("two results escape", "more")))
    assert value_rule(replace(blocked, rank_parts=rank_parts(Prospect(blocked, MUCH))), 1.5).reason.endswith(  # type: ignore[union-attr]
        "; two results escape"
    )


def test_a_variant_that_would_else_be_reported_is_left_out_as_such() -> None:
    twin = candidate("1" * 16, places=(("a.py", "load_rows"), ("a.py", "aload_rows")), saved=5)
    twin = replace(twin, members=(twin.members[0], replace(twin.members[1], lines=("async def aload_rows():",))))
    kept = candidate("2" * 16, places=(("a.py", "walk"), ("a.py", "walk_recursive")), saved=2)
    poor = replace(twin, id="3" * 16, lines_saved=1)
    found = rules(*[Prospect(one, MUCH) for one in (twin, kept, poor)])
    assert found == ([], [("2", "variant"), ("1", "twin"), ("3", "value")])


def test_functions_nested_in_copies_are_left_out() -> None:
    outer = candidate()
    inner = replace(outer, id="1" * 16, members=tuple(replace(m, start_line=m.start_line + 1) for m in outer.members))
    assert rules(Prospect(inner, MUCH), Prospect(outer, MUCH)) == (["0"], [("1", "nested")])


def test_with_no_least_value_all_is_kept_and_what_a_rule_speaks_against_comes_last() -> None:
    ruled = Prospect(candidate("1" * 16, saved=99), MUCH, Rule("boilerplate:stub", "boilerplate: stub"))
    cheap = Prospect(candidate("2" * 16, saved=0), MUCH)
    noise = Prospect(candidate("3" * 16, kind=CandidateKind.TESTS, extractable=False), MUCH)
    twin = candidate("4" * 16, places=(("a.py", "load_rows"), ("a.py", "aload_rows")), saved=99)
    twin = replace(twin, members=(twin.members[0], replace(twin.members[1], lines=("async def aload_rows():",))))
    prospects = (ruled, noise, Prospect(twin, MUCH), cheap, Prospect(candidate(), MUCH))
    assert rules(*prospects, least=0.0) == (["0", "4", "2", "1", "3"], [])
    assert rules(*prospects)[0] == ["0", "4"]


@pytest.mark.parametrize(
    ("one", "other", "mirrored"),
    [
        ("read_header", "write_header", True),
        ("C.encode", "C.decode", True),
        ("C.__and__", "C.__or__", True),
        ("read_header", "read_footer", False),
        ("read_header", "write_footer", False),
        ("min_row", "max_row", False),
    ],
)
def test_short_mirrors_lose_half_of_their_value(one: str, other: str, mirrored: bool) -> None:
    found = candidate(places=(("a.py", one), ("a.py", other)), parameters=("a",))
    assert (variant(found) is not None) is mirrored
    assert variant(replace(found, lines_saved=40)) is None


def test_an_implementation_kept_beside_another_loses_half_of_its_value() -> None:
    assert value(candidate(places=(("a.py", "walk_tree"), ("a.py", "walk_tree_recursive")))) == 5.0
    assert value(candidate(places=(("a.py", "walk_tree_recursive"), ("a.py", "walk_list_recursive")))) == 10.0


def test_words_of_a_name() -> None:
    assert words_of_name("A.B.loadHTMLFile_v2#3") == ["load", "html", "file", "v", "2"]


def test_tests_count_where_they_share_what_they_check() -> None:
    places = (("test_a.py", "test_one"), ("test_a.py", "test_two"))
    tests = candidate(places=places, kind=CandidateKind.TESTS)
    assert rank_candidates([Prospect(tests, MUCH)], [(0, 0)], LEAST).candidates
    assert not rank_candidates([Prospect(tests, replace(MUCH, checks=0))], [(0, 0)], LEAST).candidates
    blocked = candidate(places=places, kind=CandidateKind.TESTS, extractable=False)
    assert not rank_candidates([Prospect(blocked, replace(MUCH, runs=(30,)))], [(0, 0)], LEAST).candidates
    arranging = candidate(places=(("test_a.py", "make_rows"), ("test_b.py", "make_rows")), kind=CandidateKind.TESTS)
    assert rank_candidates([Prospect(arranging, replace(MUCH, checks=0))], [(0, 0)], LEAST).candidates


def test_groups_of_tests_in_one_place_are_one_family(tmp_path: Path) -> None:
    def family(place: str, number: int) -> Prospect:
        names = tuple((place, f"TestRow.test_{number}_{k}") for k in range(2))
        return Prospect(candidate(f"{number}" * 16, places=names, kind=CandidateKind.TESTS, saved=10 + number), MUCH)

    prospects = [family("test_a.py", 1), family("test_a.py", 2), family("test_b.py", 3)]
    on_disk = {name: tmp_path / name for name in ("test_a.py", "test_b.py")}
    found = select_candidates(prospects, [], on_disk, tmp_path, LEAST).candidates
    assert [(one.id[0], one.lines_saved) for one in found] == [("2", 23), ("3", 13)]
    assert "1 more group of tests" in found[0].verdict.reasons[-1]


def record(path: str, name: str, graph: str) -> FragmentRecord:
    return FragmentRecord(Fragment(path, name, Span(1, 0, 9, 0)), Surroundings(), False, graph, 40, 5, None, None, b"")  # type: ignore[arg-type]


def test_files_and_folders_that_were_copied_are_found() -> None:
    records = [
        record(f"{folder}/{name}.py", f"f{k}", f"{name}{k}")
        for folder in ("one", "two/copy")
        for name in ("codec", "table")
        for k in range(5)
    ]
    records[0] = record("one/codec.py", "f0", "edited")
    found = find_copied_files(records)
    assert len(found) == 1
    assert found[0].folders == ("one", "two/copy")
    assert (len(found[0].files), found[0].shared) == (2, 9)
    alone = find_copied_files([one for one in records if "codec" in one.fragment.path])
    assert [(copies.files, copies.folders) for copies in alone] == [((("one/codec.py", "two/copy/codec.py"),), None)]


def test_files_that_share_some_functions_are_no_copies() -> None:
    records = [record(path, f"f{k}", f"{k}" if k < 5 else f"{path}{k}") for path in ("a.py", "b.py") for k in range(9)]
    assert find_copied_files(records) == []


def shared(*texts: str, others: tuple[str, ...] = ()) -> Shared:
    members = [subject_of(text, None, f"{k}.py") for k, text in enumerate(texts)]
    around: list[Subject] = [subject_of(text, None, f"other{k}.py") for k, text in enumerate(others)]
    commonness = Commonness(map(statement_hashes, [*members, *around]))
    return shared_content(members, [align(members[0], member) for member in members[1:]], commonness)


def test_what_identical_copies_share_is_all_of_their_work() -> None:
    found = shared(READER, READER)
    assert found.share == 1.0
    assert found.work == found.weight == subject_of(READER).substance


def test_a_statement_that_stands_everywhere_weighs_less() -> None:
    idiom = "def other(path):\n    with open(path) as stream:\n        check(stream)\n    log.info('read %s', path)\n"
    common = shared(READER, READER, others=(idiom, idiom, idiom))
    assert common.work == shared(READER, READER).work
    assert common.weight < shared(READER, READER).weight


def test_runs_are_whole_statements_without_an_early_exit() -> None:
    changed = READER.replace('log.info("read %s", path)', "log.info(path)\n    rows = sorted(rows, key=limit)")
    assert shared(READER, changed).runs == (6,)  # from `rows = []` to the end of `with`
    leaving = READER.replace("rows.append(cells)", "return cells")
    assert shared(leaving, leaving.replace("log.info", "log.debug")).runs == ()


def test_lifted_runs_pay_for_their_calls() -> None:
    assert replace(MUCH, runs=(10,)).lifted(2) == 10 - 4
    assert replace(MUCH, runs=(10,)).lifted(3) == 20 - 6
    assert replace(MUCH, runs=(3,)).lifted(2) == 0


def test_assertions_are_counted_as_checks() -> None:
    test = "def test_x(self):\n    rows = load(1)\n    self.assertEqual(rows, [])\n    assert rows\n    put(rows)\n"
    assert shared(test, test).checks == 2


def test_differences_weigh_against_the_shared_work_but_for_copies_in_another_spelling() -> None:
    plain = candidate(saved=20)
    one = ClassDifference(DifferenceKind.LITERAL, (Site("a.py", 2, "1"), Site("b.py", 2, "2")))
    few, many = (replace(plain, differences=(one,) * count) for count in (1, 10))
    assert value(plain, MUCH) > value(few, MUCH) > value(many, MUCH) > 0
    assert value(replace(many, clone_type=4), MUCH) == value(replace(plain, clone_type=4), MUCH)


def test_a_small_gain_comes_after_every_clear_one() -> None:
    small = candidate("1" * 16, saved=2)
    test = candidate("2" * 16, places=(("a.py", "f"), ("a.py", "g")), kind=CandidateKind.TESTS, saved=50)
    ranked = rank_candidates([Prospect(one, MUCH) for one in (small, test)], [(0, 0)] * 2, LEAST).candidates
    assert [(found.id[0], found.gain) for found in ranked] == [("2", Gain.CLEAR), ("1", Gain.SMALL)]
