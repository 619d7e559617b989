"""The score: what lowers it and what does not, and a model that can be read."""

from __future__ import annotations

import json
import math
from dataclasses import fields

import pytest
from cases import READER as BASE
from cases import subject_of

from codesim.verify import (
    SPEAKS_FOR,
    Correction,
    Evidence,
    PairVerdict,
    ScoreModel,
    score,
    score_pair,
    score_parts,
    shipped_model,
)


def compared(before: str, after: str) -> PairVerdict:
    assert before in BASE
    return score_pair(subject_of(BASE), subject_of(BASE.replace(before, after), path="b.py"), 0.9)


EQUAL = score_pair(subject_of(BASE), subject_of(BASE, path="b.py"), 0.9).score


@pytest.mark.parametrize(
    ("before", "after", "feature"),
    [
        ("len(cells) < limit", "len(cells) <= limit", "operator"),
        ("len(cells) < limit", "len(cells) < limit + 1", "applied"),
        ("log.info", "log.debug", "callee"),
        ("            if len(cells) < limit:\n                rows", "            rows", "guard"),
        ("if len(cells) < limit", "if cells and len(cells) < limit", "condition"),
        ("len(cells) < limit", "len(rows) < limit", "variable"),
        ("open(path)", 'open(path, "rb")', "part"),
    ],
)
def test_a_change_of_behaviour_is_closer_than_equal(before: str, after: str, feature: str) -> None:
    verdict = compared(before, after)
    assert getattr(verdict.features, feature) == 1.0
    assert verdict.score < 0.5
    assert EQUAL > 0.9
    assert verdict.closeness > verdict.score


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('split(",")', 'split(";")'),
        ("open(path)", "open(LOG_FILE)"),
        ("rows", "records"),
        ('"read %s"', '"loaded %s"'),
    ],
)
def test_names_and_values_leave_it_high(before: str, after: str) -> None:
    assert compared(before, after).score > 0.85


def test_two_values_that_change_places_are_no_mere_holes() -> None:
    left = subject_of("def f(a):\n    x = a.low + 1\n    return g(x, LEFT, a.high, RIGHT, x)\n")
    right = subject_of("def f(a):\n    x = a.low + 1\n    return g(x, RIGHT, a.high, LEFT, x)\n", path="b.py")
    verdict = score_pair(left, right, 0.9)
    assert verdict.features.mirrored == 1.0
    assert verdict.score < 0.5


def test_an_index_weighs_more_than_a_value() -> None:
    left = subject_of("def f(a):\n    x = a.parts[1]\n    return g(x, 10, a.high)\n")
    value = subject_of("def f(a):\n    x = a.parts[1]\n    return g(x, 20, a.high)\n", path="b.py")
    index = subject_of("def f(a):\n    x = a.parts[2]\n    return g(x, 10, a.high)\n", path="b.py")
    assert score_pair(left, index, 0.9).score < 0.5 < score_pair(left, value, 0.9).score


def test_the_parts_add_up_to_the_score() -> None:
    verdict = compared("log.info", "log.debug")
    total = sum(part.contribution for part in score_parts(verdict.features))
    assert verdict.score == pytest.approx(score(verdict.features), abs=1e-4)
    assert shipped_model().score(verdict.features) == pytest.approx(1 / (1 + 2.718281828459045**-total))


def test_a_correction_keeps_the_order_and_may_leave_a_score_as_it_is() -> None:
    logits = [-40.0, -3.0, -0.5, 0.0, 0.5, 3.0, 40.0]
    assert [Correction().logit(logit) for logit in logits] == pytest.approx(logits)
    corrected = [Correction(0.05, 2.5, -2.8).logit(logit) for logit in logits]
    assert corrected == sorted(corrected)
    p = 1 / (1 + math.exp(-0.5))
    assert corrected[4] == pytest.approx(-2.8 + 0.05 * math.log(p) - 2.5 * math.log(1 - p))


def test_no_difference_raises_the_shipped_score() -> None:
    weights = shipped_model().weights
    for item in fields(Evidence):
        weight = getattr(weights, item.name)
        assert weight >= 0.0 if item.name in SPEAKS_FOR else weight <= 0.0


def test_a_model_is_read_as_it_was_written() -> None:
    model = shipped_model()
    assert ScoreModel.from_json(model.as_json()) == model
    assert model.fitted["measured_on"]["roc_auc"] >= 0.95


@pytest.mark.parametrize("change", [{"weights": {"gap": 1.0}}, {"bias": None}, {"weights": None}])
def test_a_model_of_other_features_is_refused(change: dict[str, object]) -> None:
    record = json.loads(shipped_model().as_json()) | change
    with pytest.raises(ValueError, match=r"\w"):
        ScoreModel.from_json(json.dumps(record))
