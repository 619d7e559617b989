"""What the teacher is told of a function, and that it knows which texts mean the same."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch (extra `train`)")

from codesim.train.teacher import PACKAGE, TEXT_DIM, Teacher, describe_function, installed_teacher  # noqa: E402


@pytest.mark.parametrize(
    ("name", "docstring", "expected"),
    [
        (
            "parse_duration",
            "Parse a duration, such as 1h30m. Returns seconds.",
            "parse duration. Parse a duration, such as 1h30m.",
        ),
        ("readHTTPHeader", "", "read http header"),
        ("run", "", ""),
        ("run", "Start all workers", "run. Start all workers"),
        ("__init__", "", ""),
        ("__len__", "How many rows there are.", "How many rows there are."),
        ("_", "", ""),
    ],
)
def test_description(name: str, docstring: str, expected: str) -> None:
    assert describe_function(name, docstring) == expected


@pytest.mark.skipif(find_spec(PACKAGE) is None, reason=f"{PACKAGE} is not installed (a download of 80 MB)")
def test_like_texts_are_near() -> None:
    texts = ["parse duration", "read a span of time such as 2h", "draw the border of a table"]
    rows = Teacher(installed_teacher()).embed(texts).astype(np.float32)
    assert rows.shape == (3, TEXT_DIM)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1.0, abs=1e-2)
    alike = rows @ rows.T
    assert alike[0, 1] > 0.4 > alike[0, 2]
