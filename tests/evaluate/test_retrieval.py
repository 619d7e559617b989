"""Retrieval metrics against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from codesim.evaluate import ALL, ORIGINAL, Row, measure_retrieval, retrieval_task


def rows(*pairs: tuple[str, str]) -> list[Row]:
    return [Row(str(number), group, "", kind) for number, (group, kind) in enumerate(pairs)]


def on_circle(*degrees: float) -> np.ndarray:
    angle = np.radians(degrees)
    return np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)


def test_twin_first_and_twin_second() -> None:
    task = retrieval_task(rows(("a", ORIGINAL), ("b", ORIGINAL), ("a", "renamed"), ("b", "edited")))
    found = measure_retrieval(on_circle(0, 90, 10, 20), task)
    assert found["renamed"].recall_at_1 == 1
    assert found["edited"].recall_at_1 == 0
    assert found["edited"].recall_at_10 == 1
    assert found[ALL].queries == 2
    assert found[ALL].recall_at_1 == found[ALL].map_at_r == 0.5


def test_transformed_rows_are_not_searched() -> None:
    task = retrieval_task(rows(("a", ORIGINAL), ("a", "x"), ("b", "x"), ("b", ORIGINAL)))
    assert task.corpus.tolist() == [0, 3]
    assert task.queries.tolist() == [1, 2]
    # row 1 stands exactly where row 2 asks, and must not get in its way
    assert measure_retrieval(on_circle(0, 80, 80, 85), task)["x"].recall_at_1 == 0.5


def test_ties_share_the_chance() -> None:
    others = [("z", ORIGINAL)] * 3
    task = retrieval_task(rows(("a", ORIGINAL), *others, ("a", "x")))
    found = measure_retrieval(on_circle(0, 0, 0, 0, 0), task)
    assert found["x"].recall_at_1 == pytest.approx(0.25)
    assert found["x"].recall_at_10 == 1


def test_eleven_tied_rows_at_ten() -> None:
    task = retrieval_task(rows(("a", ORIGINAL), *[("z", ORIGINAL)] * 10, ("a", "x")))
    assert measure_retrieval(on_circle(*[0.0] * 12), task)["x"].recall_at_10 == pytest.approx(10 / 11)


def test_without_originals_everyone_searches_everyone() -> None:
    task = retrieval_task(rows(("a", "f"), ("a", "f"), ("a", "f"), ("b", "f")))
    assert task.queries.tolist() == [0, 1, 2]
    found = measure_retrieval(on_circle(0, 30, 10, 25), task)[ALL]
    # from 0: a at 10, b at 25 -> hits 1 of R=2. from 30: b at 25, a at 10. from 10: a at 0, b at 25 -> hit first
    assert found.recall_at_1 == pytest.approx(2 / 3)
    assert found.map_at_r == pytest.approx((0.5 + 0.25 + 0.5) / 3)


def test_no_rows_no_figures() -> None:
    assert measure_retrieval(np.zeros((0, 2), dtype=np.float32), retrieval_task([])) == {}
