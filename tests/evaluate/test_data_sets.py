"""Data sets are read strictly; the encoder tells apart what the bag of kinds cannot."""

from __future__ import annotations

import json

import numpy as np
import pytest

from codesim.embed import Encoder, joined_arrays
from codesim.errors import SourceError
from codesim.evaluate import ORIGINAL, Row, read_graph, read_rows
from codesim.evaluate.kinds import bag_of_kinds
from codesim.graph import join_graphs

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
    with pytest.raises(SourceError):
        read_graph(source)


def test_bag_of_kinds_is_blind_to_data_flow() -> None:
    graphs = [read_graph(function("f", body)) for body in ORIGINALS.values()]
    bags = bag_of_kinds(graphs)
    np.testing.assert_allclose(np.linalg.norm(bags, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(bags[0], bags[1], atol=1e-6)


def test_encoder_tells_apart_what_the_bag_cannot() -> None:
    texts = [function("f", body) for body in ORIGINALS.values()]
    texts += [text.replace("items", "rows").replace("total", "n") for text in texts]
    vectors = Encoder.load().embed(joined_arrays(join_graphs([read_graph(text) for text in texts]), mask_names=True))
    similarity = vectors[3:] @ vectors[:3].T
    assert similarity.argmax(axis=1).tolist() == [0, 1, 2]
    assert similarity[0, 0] > similarity[0, 1] + 0.001, "two functions of the same node kinds"
