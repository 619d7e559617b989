"""The torch encoder: both forms of message passing agree, and the exported file agrees with both."""

from __future__ import annotations

import ast
import sysconfig
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch (extra `train`)")
pytest.importorskip("onnx", reason="the export needs onnx (extra `train`)")

from embed.random_graphs import random_graphs  # noqa: E402
from graph.random_pdgs import random_pdgs  # noqa: E402

from codesim.embed import Encoder as ScanEncoder  # noqa: E402
from codesim.embed import GraphArrays, batch_graphs, graph_arrays  # noqa: E402
from codesim.embed.encoder import pack  # noqa: E402
from codesim.embed.weights import Weights, load_weights  # noqa: E402
from codesim.evaluate import function_graph  # noqa: E402
from codesim.graph import join_graphs  # noqa: E402
from codesim.train.export import encoder_onnx, weights_record  # noqa: E402
from codesim.train.graph_store import GraphStore  # noqa: E402
from codesim.train.model import DIM, HIDDEN, TOKEN_WIDTH, Encoder, batch_tensors  # noqa: E402
from codesim.train.passing import MessageForm, available_form, dgl_form, plain_form  # noqa: E402
from codesim.train.sketch_table import WIDTH, sketch_record, sketch_table, table_bytes  # noqa: E402


@pytest.fixture
def dgl() -> MessageForm:
    pytest.importorskip("dgl", reason="DGL has no wheel for this Python (3.12 and later)")
    return dgl_form


def fresh_model(form: MessageForm, seed: int = 0) -> Encoder:
    torch.manual_seed(seed)
    return Encoder(form)


def embed(model: Encoder, graphs: list[GraphArrays]) -> np.ndarray:
    rows = np.zeros((len(graphs), DIM), dtype=np.float32)
    with torch.no_grad():
        for part in pack([len(graph.kind) for graph in graphs], 2048):
            rows[part] = model(*batch_tensors(batch_graphs([graphs[place] for place in part]))).numpy()
    return rows


def exported(model: Encoder) -> ScanEncoder:
    data = encoder_onnx({name: value.numpy() for name, value in model.state_dict().items()})
    return ScanEncoder(Weights(data, weights_record(data, {})))


def real_graphs(count: int) -> list[GraphArrays]:
    folder = Path(sysconfig.get_path("stdlib"))
    found: list[GraphArrays] = []
    for path in sorted(folder.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.FunctionDef):
                found.append(graph_arrays(function_graph(node)))
                if len(found) == count:
                    return found
    raise AssertionError("the standard library has fewer functions than asked for")


def test_forms_agree(dgl: MessageForm) -> None:
    graphs = random_graphs(40)
    np.testing.assert_allclose(embed(fresh_model(dgl), graphs), embed(fresh_model(plain_form), graphs), atol=1e-5)


def test_gradients_of_both_forms_agree(dgl: MessageForm) -> None:
    batch = batch_tensors(batch_graphs(random_graphs(10)))
    gradients = []
    for form in (dgl, plain_form):
        model = fresh_model(form)
        vectors = model(*batch)
        (vectors @ vectors.T).square().sum().backward()
        gradients.append({name: value.grad for name, value in model.named_parameters()})
    for name, gradient in gradients[0].items():
        torch.testing.assert_close(gradient, gradients[1][name], atol=1e-4, rtol=1e-4)


def test_form_names() -> None:
    assert available_form("plain") is plain_form
    assert available_form("dgl") is dgl_form
    assert available_form("auto") in {plain_form, dgl_form}


def test_rows_are_unit_and_large_scores_are_safe() -> None:
    model = fresh_model(plain_form)
    with torch.no_grad():
        model.gate.weight.mul_(1e4)  # softmax without a shift would overflow
    vectors = embed(model, random_graphs(20))
    assert np.isfinite(vectors).all()
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)


def test_padding_is_no_token() -> None:
    graph = random_graphs(3)[2]
    model = fresh_model(plain_form)
    with torch.no_grad():
        before = embed(model, [graph])
        model.tokens.weight[0] += 1.0  # the row that padding points to
        moved = embed(model, [replace(graph, tokens=np.zeros_like(graph.tokens))])
        model.tokens.weight[0] -= 1.0
    assert not np.allclose(before, moved)
    present = fresh_model(plain_form).tokens.weight[0]
    assert torch.equal(present, torch.zeros_like(present))


def test_model_stays_small() -> None:
    assert sum(value.numel() for value in fresh_model(plain_form).parameters()) * 4 <= 5_000_000


@pytest.mark.parametrize(("layers", "carried"), [(1, 0), (2, 0), (6, 0), (3, 1)])
def test_other_depths_embed_too(layers: int, carried: int) -> None:
    torch.manual_seed(0)
    model = Encoder(plain_form, layers, carried)
    graphs = random_graphs(6)
    assert len(model.rounds) == layers
    assert model.project.in_features == 2 * HIDDEN * (carried or layers + 1) + TOKEN_WIDTH
    np.testing.assert_allclose(np.linalg.norm(embed(model, graphs), axis=1), 1, atol=1e-4)
    states = model.node_states(*batch_tensors(batch_graphs(graphs))[:4], batch_tensors(batch_graphs(graphs))[5])
    assert len(states) == layers + 1


@pytest.mark.parametrize(("layers", "carried"), [(0, 0), (2, 4), (2, -1)])
def test_impossible_depths_are_refused(layers: int, carried: int) -> None:
    with pytest.raises(ValueError, match="at least one round"):
        Encoder(plain_form, layers, carried)


def test_export_agrees_on_random_graphs() -> None:
    model = fresh_model(plain_form, seed=3)
    graphs = random_graphs(50, seed=2)
    np.testing.assert_allclose(exported(model).embed(graphs), embed(model, graphs), atol=1e-4)


def test_record_of_an_export_names_its_model() -> None:
    encoder = exported(fresh_model(plain_form))
    assert encoder.dim == encoder.learned_dim == DIM
    assert encoder.name.startswith("pdg-gnn-3:")


def test_export_with_a_sketch_beside_the_model() -> None:
    model, graphs = fresh_model(plain_form), random_graphs(9)
    data = encoder_onnx({name: value.numpy() for name, value in model.state_dict().items()})
    store = GraphStore.from_joined(join_graphs(random_pdgs(20)))
    table = table_bytes(sketch_table(store, range(20)))
    record = weights_record(data, {"steps": 1}, sketch_record(table))
    encoder = ScanEncoder(Weights(data, record, np.load(BytesIO(table), allow_pickle=False)))
    assert (encoder.dim, encoder.learned_dim) == (DIM + WIDTH, DIM)
    assert encoder.name != exported(model).name
    np.testing.assert_allclose(encoder.embed_learned(graphs), embed(model, graphs), atol=1e-4)
    np.testing.assert_allclose(np.linalg.norm(encoder.embed(graphs), axis=1), 1, atol=1e-4)


def shipped_model(form: MessageForm) -> Encoder:
    """Rebuild the torch model from the shipped ONNX file, so that both are the same weights."""
    from codesim.train.export import exported_state

    model = Encoder(form)
    state = exported_state(load_weights().model)
    model.load_state_dict({name: torch.from_numpy(value) for name, value in state.items()})
    return model


def test_exported_weights_can_be_read_back() -> None:
    pytest.importorskip("onnx", reason="export needs the extra `train`")
    from codesim.train.export import encoder_onnx, exported_state

    state = {name: value.numpy() for name, value in fresh_model(plain_form).state_dict().items()}
    again = exported_state(encoder_onnx(state))
    assert again.keys() == state.keys()
    assert all(np.array_equal(again[name], value) for name, value in state.items())


@pytest.mark.parametrize("count", [200, pytest.param(1000, marks=pytest.mark.slow)])
def test_shipped_weights_agree_with_dgl_on_real_functions(dgl: MessageForm, count: int) -> None:
    graphs = real_graphs(count)
    np.testing.assert_allclose(ScanEncoder.load().embed_learned(graphs), embed(shipped_model(dgl), graphs), atol=1e-4)
