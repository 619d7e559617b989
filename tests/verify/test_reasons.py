"""The reasons behind a verdict: what adds up to the score, and why a pair has its type."""

from __future__ import annotations

import math

import pytest
from cases import READER, case_subjects, load_cases, subject_of

from codesim.verify import explain_type, score_pair, score_parts

CASES = [case for case in load_cases() if case.folder.parent.parent.name == "clones"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_parts_add_up_to_the_score(case: object) -> None:
    left, right = case_subjects(case)  # type: ignore[arg-type]
    verdict = score_pair(left, right, 0.9)
    parts = score_parts(verdict.features)
    assert all(part.contribution == part.value * part.weight for part in parts)
    assert 1 / (1 + math.exp(-sum(part.contribution for part in parts))) == pytest.approx(verdict.score, abs=6e-5)
    assert len({part.name for part in parts}) == len(parts) > 3


@pytest.mark.parametrize(
    ("changes", "type_", "reason"),
    [
        ({}, 1, "equal but for layout"),
        ({"rows": "lines", "limit=10": "limit=12"}, 2, "only names and literals differ"),
        ({"len(cells) < limit": "len(cells) <= limit"}, 3, "more than names and literals differs: operator"),
        ({"            cells =": "            log.debug(line)\n            cells ="}, 3, "statements were added"),
    ],
)
def test_a_type_has_its_reason(changes: dict[str, str], type_: int, reason: str) -> None:
    text = READER
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    left, right = subject_of(READER), subject_of(text, path="b.py")
    verdict = score_pair(left, right, 1.0)
    found = explain_type(left, right, verdict.alignment)
    assert found[0] == verdict.clone_type == type_
    assert reason in found[1]


def test_another_spelling_is_told_with_its_figure() -> None:
    left = subject_of("def f(xs):\n    out = []\n    for x in xs:\n        out.append(x + 1)\n    return out\n")
    right = subject_of("def g(ys):\n    return [y + 1 for y in ys]\n", path="b.py")
    type_, reason = explain_type(left, right, score_pair(left, right, 1.0).alignment)
    assert type_ == 4
    assert "the spelling is another" in reason
    assert "% of the syntax is alike" in reason
