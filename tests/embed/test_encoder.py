"""The encoder: unit rows, in the order given, whatever the company."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
from embed.random_graphs import random_graphs
from embed.sketched import npy, sketched_record, some_table, write_sketched

from codesim.embed import Encoder, GraphArrays
from codesim.embed.encoder import pack
from codesim.embed.sketch import Sketch
from codesim.embed.weights import Weights, load_weights
from codesim.errors import WeightsError


@pytest.fixture(scope="module")
def sketched(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    return load_sketched(tmp_path_factory.mktemp("sketched"))


@pytest.fixture(scope="module", params=["shipped", "sketched"])
def encoder(request: pytest.FixtureRequest, sketched: Encoder) -> Encoder:
    return Encoder.load() if request.param == "shipped" else sketched


def load_sketched(folder: Path, share: float = 0.5, seed: int = 0) -> Encoder:
    data = npy(some_table(seed=seed))
    return Encoder.load(write_sketched(folder, data, sketched_record(data, share=share)))


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
    assert float((encoder.embed_learned([graph]) @ encoder.embed_learned([other]).T)[0, 0]) < 0.999


def test_pack_takes_each_graph_once_within_the_budget() -> None:
    sizes = [5, 900, 30, 30, 1, 200, 5]
    parts = list(pack(sizes, 100))
    assert sorted(place for part in parts for place in part) == list(range(len(sizes)))
    assert all(sum(sizes[place] for place in part) <= 100 for part in parts if len(part) > 1)


def test_a_cosine_is_the_weighted_mean_of_its_parts(tmp_path: Path) -> None:
    graphs = random_graphs(30)[1:]
    encoder = load_sketched(tmp_path, share=0.25)
    assert encoder.dim == encoder.learned_dim + 64
    learned, sketch = encoder.embed_learned(graphs), Sketch(some_table(), 64).rows(graphs)
    vectors = encoder.embed(graphs)
    expected = 0.75 * learned @ learned.T + 0.25 * sketch @ sketch.T
    np.testing.assert_allclose(vectors @ vectors.T, expected, atol=1e-5)


def test_the_learned_part_counts_in_full_without_words(sketched: Encoder) -> None:
    graph = random_graphs(3)[2]
    silent = replace(graph, tokens=np.zeros_like(graph.tokens))
    vectors = sketched.embed([silent, graph])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    np.testing.assert_allclose(vectors[0, : sketched.learned_dim], sketched.embed_learned([silent])[0], atol=1e-6)
    assert not vectors[0, sketched.learned_dim :].any()
    assert float(np.linalg.norm(vectors[1, sketched.learned_dim :])) == pytest.approx(0.5**0.5, abs=1e-5)


def test_the_own_name_reaches_the_sketch_only(sketched: Encoder) -> None:
    graph = random_graphs(3)[2]
    named = replace(graph, name=np.array([17, 0, 0, 0]))
    np.testing.assert_array_equal(sketched.embed_learned([named]), sketched.embed_learned([graph]))
    assert float((sketched.embed([named]) @ sketched.embed([graph]).T)[0, 0]) < 0.9999


def test_without_a_sketch_all_is_learned() -> None:
    shipped = load_weights()
    plain = replace(shipped.record, dim=shipped.record.learned_dim, sketch=None)
    encoder = Encoder(Weights(shipped.model, plain))
    graphs = random_graphs(9)
    assert encoder.dim == encoder.learned_dim
    np.testing.assert_array_equal(encoder.embed(graphs), encoder.embed_learned(graphs))


def test_name_carries_the_hash(encoder: Encoder) -> None:
    name, _, digest = encoder.name.partition(":")
    assert name == "pdg-gnn-3"
    assert len(digest) == 8
    assert Encoder.load().name == load_weights().record.version


def test_name_changes_with_table_and_share(tmp_path: Path) -> None:
    plain = replace(load_weights().record, sketch=None)
    assert plain.version == f"{plain.name}:{plain.sha256[:8]}"
    names = {load_sketched(tmp_path, share, seed).name for share in (0.25, 0.5) for seed in (0, 1)}
    assert len(names | {plain.version}) == 5


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
