"""The score is fitted on labelled pairs, and its figures say what they should."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import fields, replace

import numpy as np
import pytest
from cases import READER

from codesim.embed import Encoder
from codesim.errors import SourceError
from codesim.evaluate import (
    EvidenceTable,
    Pair,
    cross_validated,
    draw_curve,
    fit_model,
    measure_scores,
    read_evidence,
    scores_of,
)
from codesim.verify import SPEAKS_FOR, Evidence
from codesim.verify.score import UNCORRECTED

NAMES = [item.name for item in fields(Evidence)]


def table_of(size: int, seed: int, truth: dict[str, float], bias: float) -> EvidenceTable:
    """Pairs drawn from a known model: every difference is there in a quarter of them."""
    rng = np.random.default_rng(seed)
    features = (rng.random((size, len(NAMES))) < 0.25).astype(np.float64)
    features[:, NAMES.index("similarity")] = rng.random(size)
    logits = features @ np.array([truth.get(name, 0.0) for name in NAMES]) + bias
    labels = rng.random(size) < 1 / (1 + np.exp(-logits))
    packages = tuple(f"p{number % 4}" for number in range(size))
    return EvidenceTable(features, labels, ("any",) * size, packages, 0)


TRUTH = {"operator": -3.0, "callee": -2.0, "similarity": 4.0}


def test_a_known_model_is_found_again() -> None:
    table = table_of(20_000, 1, TRUTH, -1.0)
    model = fit_model(table)
    for name in ("operator", "callee", "similarity"):
        assert getattr(model.weights, name) == pytest.approx(TRUTH[name], abs=0.25)
    assert model.bias == pytest.approx(-1.0, abs=0.25)
    assert model.correction == pytest.approx((1.0, 1.0, 0.0), abs=0.25)
    fresh = table_of(20_000, 2, TRUTH, -1.0)
    figures = measure_scores(scores_of(model, fresh), fresh)
    assert figures.error_width < 0.02
    assert figures.error_mass < 0.02
    assert figures.roc_auc > 0.75


def test_a_plain_model_that_is_too_sure_of_middling_pairs_is_corrected() -> None:
    table = table_of(20_000, 8, TRUTH, -1.0)
    chance = scores_of(fit_model(table), table)
    rng = np.random.default_rng(9)
    steeper = EvidenceTable(table.features, rng.random(20_000) < chance**3, table.kinds, table.packages, 0)
    model = fit_model(steeper)
    figures = measure_scores(scores_of(model, steeper), steeper)
    plain = measure_scores(scores_of(replace(model, correction=UNCORRECTED), steeper), steeper)
    assert figures.error_width < plain.error_width
    assert figures.roc_auc == pytest.approx(plain.roc_auc)


def test_one_package_is_fitted_without_a_correction() -> None:
    table = table_of(500, 10, TRUTH, -1.0)
    one = EvidenceTable(table.features, table.labels, table.kinds, ("p",) * 500, 0)
    assert fit_model(one).correction == UNCORRECTED


def test_a_difference_never_raises_the_fitted_score() -> None:
    table = table_of(5000, 3, TRUTH | {"guard": 2.0}, -1.0)
    weights = fit_model(table).weights
    assert weights.guard == 0.0
    assert all(getattr(weights, name) <= 0.0 for name in NAMES if name not in SPEAKS_FOR)


def test_equal_tables_give_equal_models() -> None:
    assert fit_model(table_of(500, 4, TRUTH, 0.0)).as_json() == fit_model(table_of(500, 4, TRUTH, 0.0)).as_json()


def test_pairs_of_one_label_cannot_be_fitted() -> None:
    table = table_of(50, 5, {}, 60.0)
    with pytest.raises(SourceError, match="both labels"):
        fit_model(table)


def test_calibration_error_of_known_scores() -> None:
    labels = np.array([True, False, True, True])
    table = EvidenceTable(np.zeros((4, len(NAMES))), labels, ("x", "x", "y", "y"), ("p",) * 4, 0)
    figures = measure_scores(np.array([0.5, 0.5, 0.9, 0.9]), table)
    assert figures.error_width == pytest.approx(0.5 * 0.0 + 0.5 * 0.1)
    assert [(part.count, part.alike) for part in figures.bins] == [(2, 0.5), (2, 1.0)]
    assert {kind.kind: (kind.count, kind.alike) for kind in figures.kinds if kind.alike} == {
        "x": (1, True),
        "y": (2, True),
    }


def test_a_package_is_scored_by_a_model_without_it() -> None:
    table = table_of(2000, 6, TRUTH, -1.0)
    own = np.array([package == "p0" for package in table.packages])
    expected = scores_of(fit_model(table.rows(~own)), table.rows(own))
    assert np.array_equal(cross_validated(table, 5)[own], expected)
    with pytest.raises(SourceError, match="two packages"):
        cross_validated(table.rows(own), 5)


def test_evidence_of_pairs_and_of_what_cannot_be_read() -> None:
    pairs = [
        Pair(READER, READER.replace("rows", "records"), True, "renamed", "one/a"),
        Pair(READER, READER.replace("<", "<="), False, "operator", "two/b"),
        Pair(READER, "def broken(:", False, "operator", "two/c"),
    ]
    table = read_evidence(pairs, Encoder.load())
    assert (table.unread, table.packages, table.labels.tolist()) == (1, ("one", "two"), [True, False])
    operator = table.features[:, NAMES.index("operator")]
    assert operator.tolist() == [0.0, 1.0]
    assert table.features[0, NAMES.index("gap")] == 0.0


def test_the_curve_is_one_picture_with_a_circle_for_each_bin() -> None:
    table = table_of(300, 7, TRUTH, -1.0)
    bins = measure_scores(scores_of(fit_model(table), table), table).bins
    root = ET.fromstring(draw_curve(bins, "300 pairs"))  # noqa: S314  # our own text
    assert len(root.findall(".//{http://www.w3.org/2000/svg}circle")) == len(bins)
