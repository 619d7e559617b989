"""Findings, what they have in common, and how a ranking scores against what people judged."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from typing import Any

import pytest
from cases import FIXTURES
from click.testing import CliRunner, Result

from codesim.cli import main
from codesim.errors import SourceError
from codesim.evaluate import (
    Finding,
    Judged,
    Label,
    Place,
    agreement,
    covers,
    findings_of_report,
    fragments_id,
    known_merges,
    make_findings,
    match,
    read_findings,
    read_judged,
    repeats,
    same_fragments,
    score_findings,
    standings,
)


def at(path: str, start: int, end: int) -> Place:
    return Place(path, start, end)


A, B, C = at("a.py", 1, 10), at("b.py", 1, 10), at("c.py", 1, 10)


def judgement(*places: Place, label: Label = Label.ACT, identity: str = "", reason: str = "") -> Judged:
    return Judged("p", "1.0", identity or fragments_id(places), places, label, reason, {})


def finding(*places: Place, rank: int = 1, identity: str = "") -> Finding:
    return Finding("codesim", "p", rank, places, identity or fragments_id(places))


def test_lines_in_common() -> None:
    assert at("a.py", 1, 10).common_lines(at("a.py", 10, 12)) == 1
    assert at("a.py", 1, 10).common_lines(at("a.py", 11, 12)) == 0
    assert at("a.py", 1, 10).common_lines(at("b.py", 1, 10)) == 0


def test_covered_is_half_of_two_fragments() -> None:
    assert covers([at("a.py", 6, 90), at("b.py", 1, 5)], [A, B])
    assert not covers([at("a.py", 7, 90), B], [A, B])
    assert covers([A, B], [A, B, C])


def test_one_fragment_does_not_cover_two() -> None:
    halves = [at("a.py", 1, 10), at("a.py", 11, 20)]
    assert not covers([at("a.py", 1, 20)], halves)


def test_agreement_needs_half_of_both_sides() -> None:
    assert agreement([A, B], [A, B]) == 1.0
    assert agreement([A, B], [at("a.py", 1, 21), at("b.py", 1, 21)]) == 0.0  # a block is not its long function
    assert agreement([A, B], [A, C]) == 0.0
    assert agreement([A, B], [A, B, C]) == pytest.approx(2 / 3)


def test_the_same_but_for_a_line() -> None:
    assert same_fragments([A, B], [at("b.py", 1, 10), at("a.py", 2, 10)])
    assert not same_fragments([A, B], [A, at("b.py", 4, 10)])
    assert not same_fragments([A, B], [A, B, C])


def test_a_finding_repeats_when_an_earlier_one_has_all_its_fragments() -> None:
    assert repeats([A, B], [[C, A], [A, B, C]])
    assert not repeats([A, B, C], [[A, B]])
    assert not repeats([B, C], [[A, B], [A, C]])


def test_an_id_depends_on_the_fragments_and_not_on_their_order() -> None:
    assert fragments_id([A, B]) == fragments_id([B, A, A])
    assert fragments_id([A, B]) != fragments_id([A, C])


def test_a_match_by_id_wins_over_one_by_lines() -> None:
    moved = judgement(at("z.py", 1, 9), at("y.py", 1, 9), identity="class", label=Label.REJECT)
    here = judgement(A, B)
    assert match(finding(A, B, identity="class"), [here, moved]) is moved
    assert match(finding(A, B, identity="other"), [moved, here]) is here
    assert match(finding(A, C), [moved, here]) is None
    assert match(finding(A, C), []) is None


def test_the_closest_match_gives_the_label() -> None:
    near, exact = judgement(at("a.py", 1, 15), at("b.py", 1, 15)), judgement(A, B, label=Label.MAYBE)
    assert match(finding(A, B, identity="other"), [near, exact]) is exact


def test_scores_of_one_list() -> None:
    judged = [
        judgement(A, B),
        judgement(A, C, label=Label.MAYBE),
        judgement(B, C, label=Label.REJECT, reason="tiny: two lines"),
    ]
    new = finding(at("n.py", 1, 9), at("m.py", 1, 9), rank=5)
    ranked = [finding(A, B), finding(B, C, rank=2), finding(A, C, rank=3), finding(B, A, rank=4), new]
    scored = score_findings(ranked, judged)
    assert [one.counted for one in scored] == ["ACT", "REJECT", "MAYBE", "REJECT", "unjudged"]
    one, total = standings({"p": scored}, {"p": judged}, "codesim")
    assert one.precision[10] == pytest.approx(1 / 5)
    assert one.with_maybe[20] == pytest.approx(2 / 5)
    assert one.counts == {"ACT": 1, "MAYBE": 1, "REJECT": 2, "unjudged": 1}
    assert one.reasons == {"overlap_duplicate": 1, "tiny": 1}
    assert (one.recall, total.package) == (1.0, "all")
    assert total.precision == one.precision


def test_precision_is_of_the_first_findings_and_recall_at_depth_too() -> None:
    places = [(at("a.py", k, k + 5), at("b.py", k, k + 5)) for k in range(0, 300, 10)]
    judged = [judgement(*pair, label=Label.ACT if k >= 10 else Label.REJECT) for k, pair in enumerate(places)]
    scored = score_findings(make_findings("t", "p", places), judged)
    one = standings({"p": scored}, {"p": judged}, "t")[0]
    assert (one.precision[10], one.precision[20]) == (0.0, 0.5)
    assert (one.recall, one.full_recall) == (0.5, 1.0)


def test_nothing_reported_is_no_precision() -> None:
    one = standings({"p": []}, {"p": [judgement(A, B)]}, "t")[0]
    assert math.isnan(one.precision[10])
    assert one.recall == 0.0


def test_a_part_of_a_known_merge_counts_once() -> None:
    whole = judgement(at("a.py", 1, 12), at("b.py", 1, 12), C)
    assert known_merges([judgement(A, B), whole, judgement(A, C, label=Label.MAYBE)]) == [whole]


def test_judged_findings_are_read_as_written() -> None:
    one = judgement(A, B, reason="one helper")
    assert read_judged([one.as_line(), "", judgement(A, C).as_line()], "x")[0] == one


@pytest.mark.parametrize(
    "changes",
    [
        {"label": "PERHAPS"},
        {"fragments": [{"path": "a.py"}]},
        {"fragments": [{"path": 1, "start_line": 1, "end_line": 2}]},
    ],
)
def test_a_line_that_is_no_judged_finding_is_named(changes: dict[str, Any]) -> None:
    line = json.dumps({**json.loads(judgement(A, B).as_line()), **changes})
    with pytest.raises(SourceError, match="x:2: not a judged finding"):
        read_judged([judgement(A, C).as_line(), line], "x")


def test_an_id_that_comes_twice_is_refused() -> None:
    with pytest.raises(SourceError, match="comes twice"):
        read_judged([judgement(A, B).as_line()] * 2, "x")


def test_findings_of_other_forms_are_refused() -> None:
    with pytest.raises(SourceError, match="x:1: not a finding"):
        read_findings(["[]"], "x")
    with pytest.raises(SourceError, match="not a report of codesim"):
        findings_of_report({"candidates": [{"id": "1"}]}, "p", "x")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["evaluate", "judged", *map(str, arguments)], catch_exceptions=False)


@pytest.fixture
def small_set(tmp_path: Path) -> Path:
    """A judged set of one package, which lies beside it: the copies of one fixture."""
    package = tmp_path / "packages" / "small"
    shutil.copytree(sorted((FIXTURES / "clones/type1").iterdir())[0], package)
    folder = tmp_path / "judged"
    (folder / "rivals").mkdir(parents=True)
    whole = (at("a.py", 1, 400), at("b.py", 1, 400))
    rival = make_findings("jscpd", "small", [whole, [A, B]])
    (folder / "small.jsonl").write_text(
        judgement(*whole, label=Label.REJECT, reason="tiny").as_line(), encoding="utf-8"
    )
    (folder / "rivals" / "small.jsonl").write_text("".join(f"{one.as_line()}\n" for one in rival), encoding="utf-8")
    return folder


def test_scanning_the_packages(small_set: Path, tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    done = run("--set", small_set, "--packages", tmp_path / "packages", "--json", out)
    assert done.exit_code == 0, done.output
    assert "unjudged: small #1" in done.output
    figures = json.loads(out.read_text(encoding="utf-8"))
    by_tool = {(one["tool"], one["package"]): one for one in figures["standings"]}
    assert by_tool["codesim", "small"]["counts"] == {"ACT": 0, "MAYBE": 0, "REJECT": 0, "unjudged": 1}
    assert by_tool["jscpd", "all"]["counts"] == {"ACT": 0, "MAYBE": 0, "REJECT": 1, "unjudged": 1}
    assert figures["unjudged"]["codesim small"][0]["fragments"][0]["path"] == "a.py"


def test_scoring_a_report(small_set: Path, tmp_path: Path) -> None:
    report = tmp_path / "small.json"
    fragments = [{"path": place.path, "start_line": 1, "end_line": 399} for place in (A, B)]
    report.write_text(
        json.dumps({"candidates": [{"id": "c", "rank": 1, "fragments": fragments, "gain": "clear"}]}), encoding="utf-8"
    )
    done = run("--set", small_set, "--no-rivals", report)
    assert done.exit_code == 0, done.output
    assert "codesim small" in done.output
    assert "jscpd" not in done.output
    assert "unjudged:" not in done.output


def test_nothing_to_score_and_unknown_packages_are_mistakes(small_set: Path, tmp_path: Path) -> None:
    assert run("--set", small_set, "--no-rivals").exit_code == 2
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "holds no judged findings" in run("--set", empty).output
    report = tmp_path / "unknown.json"
    fragments = [{"path": "a.py", "start_line": 1, "end_line": 9}] * 2
    report.write_text(
        json.dumps({"candidates": [{"id": "c", "rank": 1, "fragments": fragments, "gain": "clear"}]}), encoding="utf-8"
    )
    assert "no judged findings of unknown" in run("--set", small_set, report).output


def test_the_set_in_the_repository_is_readable() -> None:
    for file in sorted((FIXTURES / "judged/rivals").glob("*.jsonl")):
        found = read_findings(file.read_text(encoding="utf-8").splitlines(), file.name)
        assert {one.package for one in found} == {file.stem}
        assert len({one.tool for one in found}) == 4
    for file in sorted((FIXTURES / "judged").glob("*.jsonl")):
        for one in read_judged(file.read_text(encoding="utf-8").splitlines(), file.name):
            assert one.package == file.stem
            assert one.reason, one.id
