"""The encoder: unit rows, in the order given, whatever the company."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from embed.random_graphs import random_graphs

from codesim.embed import Encoder, GraphArrays
from codesim.embed.encoder import pack
from codesim.embed.weights import Weights, load_weights
from codesim.errors import WeightsError


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder.load()


def test_rows_are_unit_float32(encoder: Encoder) -> None:
    graphs = random_graphs(40)
    vectors = encoder.embed(graphs)
    assert vectors.shape == (40, encoder.dim)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)


def test_no_graphs_give_no_rows(encoder: Encoder) -> None:
    assert encoder.embed([]).shape == (0, encoder.dim)


def test_row_does_not_depend_on_order(encoder: Encoder) -> None:
    graphs = random_graphs(60)
    order = list(range(60))
    Random(0).shuffle(order)  # noqa: S311
    shuffled = encoder.embed([graphs[place] for place in order])
    np.testing.assert_allclose(shuffled, encoder.embed(graphs)[order], atol=1e-6)


@pytest.mark.parametrize("node_budget", [1, 50, 100_000])
def test_row_does_not_depend_on_companions(encoder: Encoder, node_budget: int) -> None:
    graphs = random_graphs(30)
    np.testing.assert_allclose(encoder.embed(graphs, node_budget), encoder.embed(graphs), atol=1e-6)


def test_row_does_not_depend_on_node_numbers(encoder: Encoder) -> None:
    graph = random_graphs(3, seed=5)[2]
    new = np.random.default_rng(0).permutation(len(graph.kind))
    old = np.argsort(new)
    moved = GraphArrays(graph.kind[old], graph.tokens[old], new[graph.edge_index], graph.edge_kind)
    np.testing.assert_allclose(encoder.embed([moved]), encoder.embed([graph]), atol=1e-5)


def test_relation_of_an_edge_counts(encoder: Encoder) -> None:
    graph = random_graphs(3, seed=5)[2]
    other = replace(graph, edge_kind=(graph.edge_kind + 1) % 20)
    assert float((encoder.embed([graph]) @ encoder.embed([other]).T)[0, 0]) < 0.999


def test_pack_takes_each_graph_once_within_the_budget() -> None:
    sizes = [5, 900, 30, 30, 1, 200, 5]
    parts = list(pack(sizes, 100))
    assert sorted(place for part in parts for place in part) == list(range(len(sizes)))
    assert all(sum(sizes[place] for place in part) <= 100 for part in parts if len(part) > 1)


def test_name_carries_the_hash(encoder: Encoder) -> None:
    name, _, digest = encoder.name.partition(":")
    assert name == "pdg-gnn-2"
    assert load_weights().record.sha256.startswith(digest)
    assert len(digest) == 8


def test_model_that_is_no_model_is_refused() -> None:
    model = b"not a model"
    record = replace(load_weights().record, sha256=hashlib.sha256(model).hexdigest())
    with pytest.raises(WeightsError, match="cannot load the model"):
        Encoder(Weights(model, record))


def test_import_leaves_the_runtime_alone_and_a_run_prints_nothing() -> None:
    code = (
        "import sys, codesim.embed as embed\n"
        "assert 'onnxruntime' not in sys.modules\n"
        "embed.Encoder.load()\n"
        "assert 'torch' not in sys.modules and 'dgl' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
