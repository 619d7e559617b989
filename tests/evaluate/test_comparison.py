"""Data sets are read strictly; the encoder beats the bag of kinds where structure decides."""

from __future__ import annotations

import json

import numpy as np
import pytest

from codesim.embed import Encoder
from codesim.errors import SourceError
from codesim.evaluate import ALL, KEPT, KINDS, MASKED, ORIGINAL, Row, build_case, compare_retrieval, read_rows
from codesim.evaluate.baselines import bag_of_kinds

LINE = {"id": "1", "group": "g", "source": "def f(): pass", "kind": ORIGINAL}


def function(name: str, body: str) -> str:
    return f"def {name}(items, limit):\n    {body}\n"


ORIGINALS = {
    "sum": "total = 0\n    for x in items:\n        if x < limit:\n            total = total + x\n    return total",
    "last": "last = 0\n    for x in items:\n        if x < limit:\n            last = limit + x\n    return last",
    "count": "total = 0\n    for x in items:\n        if total < x:\n            limit = total + x\n    return limit",
}


def test_reading() -> None:
    row = read_rows([json.dumps(LINE), "", "\n"], "x.jsonl")[0]
    assert row == Row("1", "g", "def f(): pass", ORIGINAL)
    assert json.loads(row.as_line()) == LINE


@pytest.mark.parametrize("bad", ["{", "[]", '"x"', json.dumps({"id": "1"}), json.dumps(LINE | {"group": 3})])
def test_bad_line_is_named(bad: str) -> None:
    with pytest.raises(SourceError, match=r"x\.jsonl:2"):
        read_rows([json.dumps(LINE), bad], "x.jsonl")


def test_same_id_twice_is_refused() -> None:
    with pytest.raises(SourceError, match="comes twice"):
        read_rows([json.dumps(LINE)] * 2, "x.jsonl")


@pytest.mark.parametrize("source", ["def f(:", "x = 1", "def f(): pass\ndef g(): pass", "\0"])
def test_source_must_be_one_function(source: str) -> None:
    with pytest.raises(SourceError, match="row '1'"):
        build_case(Row("1", "g", source, ORIGINAL), "x.jsonl")


def test_bag_of_kinds_is_blind_to_data_flow() -> None:
    graphs = [build_case(Row(name, name, function("f", body), ORIGINAL), "").graph for name, body in ORIGINALS.items()]
    bags = bag_of_kinds(graphs)
    np.testing.assert_allclose(np.linalg.norm(bags, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(bags[0], bags[1], atol=1e-6)


def test_encoder_tells_apart_what_the_bag_cannot() -> None:
    rows = [Row(name, name, function("f", body), ORIGINAL) for name, body in ORIGINALS.items()]
    renamed = [(row, row.source.replace("items", "rows").replace("total", "n")) for row in rows]
    rows += [Row(f"{row.id}'", row.group, source, "renamed") for row, source in renamed]
    comparison = compare_retrieval([build_case(row, "") for row in rows], Encoder.load())
    assert comparison.corpus == 3
    assert comparison.systems[MASKED][ALL].recall_at_1 == 1
    assert comparison.systems[KINDS][ALL].recall_at_1 < 1
    record = comparison.as_record()
    assert set(record["systems"]) == {KEPT, MASKED, KINDS}  # type: ignore[call-overload]
    assert json.loads(json.dumps(record)) == record
