"""Figures of pairs against values worked out by hand, and intervals that widen with dependence."""

from __future__ import annotations

import math

import numpy as np
import pytest

from codesim.evaluate.bootstrap import drawn_means, group_draws, group_numbers, interval
from codesim.evaluate.discrimination import pairs_of_kind, rank_pairs


def figures(scores: list[float], labels: list[int], weights: list[float] | None = None) -> list[float]:
    ranking = rank_pairs(np.array(scores, dtype=np.float32), np.array(labels, dtype=bool))
    return ranking.figures(None if weights is None else np.array(weights)).tolist()


def test_figures_by_hand() -> None:
    # in order: + + - + -; of six comparisons five are won; precision at the hits 1, 1, 3/4
    assert figures([0.9, 0.8, 0.7, 0.6, 0.5], [1, 1, 0, 1, 0]) == pytest.approx([5 / 6, 2.75 / 3, 2 / 3])


def test_ties_count_half_and_come_together() -> None:
    assert figures([0.5] * 4, [1, 0, 1, 0]) == pytest.approx([0.5, 0.5, 0])
    assert figures([0.5] * 4, [0, 0, 1, 1]) == pytest.approx([0.5, 0.5, 0])


def test_recall_at_95_precision_looks_beyond_an_early_mistake() -> None:
    scores = [1.0, *[0.9] * 39, 0.1]
    assert figures(scores, [0, *[1] * 39, 1])[2] == 1
    assert figures([1.0, 0.9, 0.8], [0, 1, 1])[2] == 0


def test_a_weight_is_a_repetition() -> None:
    repeated = figures([0.9, 0.9, 0.5, 0.4, 0.4, 0.4], [1, 1, 0, 1, 1, 1])
    assert figures([0.9, 0.5, 0.4, 0.3], [1, 0, 1, 0], [2, 1, 3, 0]) == pytest.approx(repeated)


def test_one_label_has_no_figures() -> None:
    assert all(math.isnan(value) for value in figures([0.5, 0.4], [1, 1]))


def test_a_kind_of_one_label_is_measured_against_the_other_label() -> None:
    kinds = ["same/renamed", "same/loop", "operator", "callee", "mixed", "mixed"]
    labels = np.array([1, 1, 0, 0, 1, 0], dtype=bool)
    assert pairs_of_kind("operator", kinds, labels).tolist() == [True, True, True, False, True, False]
    assert pairs_of_kind("same", kinds, labels).tolist() == [True, True, True, True, False, True]
    assert pairs_of_kind("mixed", kinds, labels).tolist() == [False, False, False, False, True, True]


def test_draws_are_of_whole_groups() -> None:
    groups = group_numbers(["b", "a", "a", "c"])
    assert groups.tolist() == [1, 0, 0, 2]
    draws = group_draws(3)
    assert (draws.sum(axis=1) == 3).all()
    means = drawn_means(np.array([[1.0], [0.0], [1.0], [0.0]]), groups, np.array([[1.0, 1, 1], [2, 0, 1], [0, 3, 0]]))
    np.testing.assert_allclose(means[:, 0], [2 / 4, 2 / 5, 1])


def test_dependent_queries_make_wider_intervals() -> None:
    rng = np.random.default_rng(0)
    values = np.repeat(rng.random(20), 10)[:, None]
    together = interval(drawn_means(values, np.repeat(np.arange(20), 10), group_draws(20))[:, 0])
    alone = interval(drawn_means(values, np.arange(200), group_draws(200))[:, 0])
    assert together[0] < values.mean() < together[1]
    assert together[1] - together[0] > 2 * (alone[1] - alone[0])


def test_draws_without_a_value_do_not_count() -> None:
    assert interval(np.array([np.nan, 1.0, 1.0])) == (1, 1)
    assert all(math.isnan(end) for end in interval(np.array([np.nan])))
