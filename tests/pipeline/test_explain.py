"""Why a candidate is what it is: found by its id, with parts that add up to its figures."""

from __future__ import annotations

import inspect
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from cases import FIXTURES
from explained import BUY, LEND, SELL, explanation_of

from codesim.config import Settings
from codesim.errors import CandidateError, ConfigError
from codesim.pipeline import explain, explain_candidate, scan
from codesim.report import ScanReport, render_json

PLAIN = replace(Settings(), cache=False, jobs=1)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a candidate for each of three cases."""
    root = tmp_path_factory.mktemp("explained")
    for name in ("type1/sliding_batches", "type3/linear_fit_validation", "type3/wav_reader_gap"):
        shutil.copytree(FIXTURES / "clones" / name, root / name)
    return root


@pytest.fixture(scope="module")
def report(project: Path) -> ScanReport:
    return scan([project], PLAIN, project).report


def test_every_candidate_of_a_scan_is_explained_as_it_was_decided(project: Path, report: ScanReport) -> None:
    assert len(report.candidates) == 3
    for rank, candidate in enumerate(report.candidates, 1):
        explained = explain([project], PLAIN, project, candidate.id)
        explanation = explained.explanation
        assert explanation.candidate == candidate == explained.report.candidates[0]
        assert (explanation.rank, explanation.ranked) == (rank, 3)
        assert explanation.deciding.score == candidate.score
        assert explanation.typing.clone_type == candidate.clone_type
        assert explanation.pairs[0].correspondence == candidate.correspondence
        assert explained.report.summary == report.summary


def test_the_beginning_of_an_id_is_enough_in_either_case(project: Path, report: ScanReport) -> None:
    identity = report.candidates[1].id
    shortest = next(
        identity[:n] for n in range(1, 17) if sum(c.id.startswith(identity[:n]) for c in report.candidates) == 1
    )
    assert explain([project], PLAIN, project, shortest.upper()).explanation.candidate.id == identity


def test_an_unknown_id_is_an_error_that_names_the_nearest(project: Path, report: ScanReport) -> None:
    wanted = report.candidates[2].id
    mistyped = wanted[:6] + ("0" if wanted[6] != "0" else "1") + wanted[7:]
    with pytest.raises(CandidateError) as caught:
        explain([project], PLAIN, project, mistyped)
    assert caught.value.others[0].startswith(wanted)
    first = report.candidates[2].members[0]
    assert caught.value.others[0].endswith(f"{first.path}:{first.start_line}  {first.qualname}")
    assert len(str(caught.value).splitlines()) == 4


def test_an_ambiguous_beginning_lists_what_it_could_mean(monkeypatch: pytest.MonkeyPatch, report: ScanReport) -> None:
    twins = tuple(replace(c, id=f"abc{n}{c.id[4:]}") for n, c in enumerate(report.candidates))
    monkeypatch.setattr(
        "codesim.pipeline.reasons.scan",
        lambda *_, **__: type("Result", (), {"report": replace(report, candidates=twins)}),
    )
    with pytest.raises(CandidateError, match="3 candidates have an id") as caught:
        explain([], PLAIN, Path(), "abc")
    assert [other.split()[0] for other in caught.value.others] == [twin.id for twin in twins]


def test_no_digits_at_all_mean_no_candidate(project: Path) -> None:
    with pytest.raises(CandidateError, match="at least the first digit"):
        explain([project], PLAIN, project, "")


def test_where_nothing_is_reported_there_is_nothing_to_explain(tmp_path: Path) -> None:
    with pytest.raises(CandidateError, match="no Python file"):
        explain([tmp_path], PLAIN, tmp_path, "ab")
    (tmp_path / "a.py").write_text("x = 1\n")
    with pytest.raises(CandidateError, match="reports no candidate"):
        explain([tmp_path], PLAIN, tmp_path, "ab")


def test_one_member_may_be_chosen_and_must_exist() -> None:
    every = explanation_of(BUY, SELL, LEND)
    assert [pair.number for pair in every.pairs] == [2, 3]
    third = explanation_of(BUY, SELL, LEND, only=3)
    assert third.pairs == every.pairs[1:]
    assert third.deciding == every.deciding
    for number in (-1, 0, 1, 4):
        with pytest.raises(ConfigError, match="2 to 3"):
            explanation_of(BUY, SELL, LEND, only=number)


def test_a_candidate_without_its_basis_cannot_be_explained() -> None:
    with pytest.raises(ValueError, match="basis"):
        explain_candidate(replace(explanation_of(BUY, LEND).candidate, basis=None))


def test_differences_come_in_the_order_of_the_rows() -> None:
    pair = explanation_of(BUY, SELL).pairs[0]
    order = {line: number for number, (_, line) in enumerate(pair.correspondence)}
    places = [order[difference.right.line] for difference in pair.differences if not difference.left.text]
    assert [d.kind.value for d in pair.differences if not d.left.text] == ["guard"]
    before = [d for d in pair.differences if d.left.text and d.left.line <= 10]
    assert pair.differences[: len(before)] == tuple(before)
    assert places == sorted(places)


def test_the_parts_of_the_rank_multiply_to_its_value() -> None:
    explained = explanation_of(BUY, LEND)
    product = 1.0
    for part in explained.rank_parts:
        product *= part.value
        assert part.note
    assert product == pytest.approx(explained.value, abs=1e-3)
    assert explained.value > 0


def test_nothing_in_an_explanation_recurses_into_the_tree() -> None:
    deep = " + ".join(["x"] * 300)
    body = f"    for y in x:\n        print(y, {{}})\n    if x:\n        x = y\n    return {deep}\n"
    candidate = explanation_of(*[f"def f(x):\n{body.format(last)}" for last in (1, 2)]).candidate
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 100)
    try:
        explanation = explain_candidate(candidate)
    finally:
        sys.setrecursionlimit(before)
    assert [d.left.text for d in explanation.pairs[0].differences] == ["1"]


def test_windows_line_ends_and_tabs_explain_alike(tmp_path: Path) -> None:
    texts = {}
    for end in ("\n", "\r\n", "\r"):
        root = tmp_path / str(len(end.encode()) + ord(end[0]))
        root.mkdir()
        for side in ("a.py", "b.py"):
            text = (FIXTURES / "clones/type3/wav_reader_gap" / side).read_text(encoding="utf-8")
            (root / side).write_bytes(text.replace("    ", "\t").replace("\n", end).encode())
        candidate = scan([root], PLAIN, root).report.candidates[0]
        explained = explain([root], PLAIN, root, candidate.id)
        texts[end] = render_json(explained.report, explained.explanation).replace(root.as_posix(), "ROOT")
    assert len(set(texts.values())) == 1
    assert "\\r" not in texts["\r\n"]
