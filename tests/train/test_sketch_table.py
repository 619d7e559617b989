"""The table of the sketch: how many functions hold a feature of each bucket."""

from __future__ import annotations

import io
from math import log

import numpy as np
import pytest
from graph.random_pdgs import random_pdgs

from codesim.embed.sketch import present_features
from codesim.graph import join_graphs
from codesim.train import sketch_table as module
from codesim.train.examples import Example, ExampleStore, build_store, build_views
from codesim.train.graph_store import GraphStore
from codesim.train.sketch_table import countable_views, sketch_record, sketch_table, table_bytes

BUCKETS = 64
FUNCTIONS = ("def f(a):\n    return sum(a)\n", "def g(b):\n    return len(b) + 1\n", "def h(c):\n    print(c)\n")


def slow_table(store: GraphStore, graphs: list[int]) -> list[float]:
    holders = [0] * BUCKETS
    for graph in graphs:
        tokens = store.graph(graph).tokens
        _, features = present_features(tokens, np.zeros(len(tokens), np.int64), len(tokens))
        for bucket in {(feature >> 22) % BUCKETS for feature in features.tolist()}:
            holders[bucket] += 1
    return [log((1 + len(graphs)) / (1 + held)) + 1 for held in holders]


@pytest.mark.parametrize("at_once", [1, 7, 4096])
def test_table_counts_functions(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr(module, "GRAPHS_AT_ONCE", at_once)
    store = GraphStore.from_joined(join_graphs(random_pdgs(40)))
    chosen = list(range(3, 33))
    table = sketch_table(store, chosen, BUCKETS)
    assert table.dtype == np.float16
    np.testing.assert_array_equal(table, np.array(slow_table(store, chosen)).astype(np.float16))
    assert table.min() < 1.5 < table.max()


def test_no_functions_give_the_same_weight_to_all() -> None:
    assert sketch_table(GraphStore.empty(), [], BUCKETS).tolist() == [1.0] * BUCKETS


def test_held_out_functions_and_rewritten_views_do_not_count() -> None:
    examples = [
        Example("p", name, source, held_out=name == "g", rewritten=2)
        for name, source in zip("fgh", FUNCTIONS, strict=True)
    ]
    store: ExampleStore = build_store(examples, [(0, build_views(examples, 0))], {})
    assert len(store.role) > 3
    views = countable_views(store)
    assert (store.role[views] == 0).all()
    assert views.tolist() == [store.views_of(0)[0], store.views_of(2)[0]]


def test_file_and_record_of_a_table() -> None:
    table = sketch_table(GraphStore.from_joined(join_graphs(random_pdgs(9))), range(9), BUCKETS)
    data = table_bytes(table)
    assert data == table_bytes(table)
    np.testing.assert_array_equal(np.load(io.BytesIO(data), allow_pickle=False), table)
    record = sketch_record(data, width=64, share=0.25, buckets=BUCKETS)
    assert (record.width, record.share, record.buckets) == (64, 0.25, BUCKETS)
    assert record.sha256 != sketch_record(data + b"0").sha256
