"""The signals without labels: each can be learned, none sees what it has to guess, and walks are counted right."""

from __future__ import annotations

import ast
import sysconfig
from collections import Counter
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch (extra `train`)")

from embed.random_graphs import random_graphs  # noqa: E402

from codesim.embed import GraphArrays, batch_graphs, graph_arrays  # noqa: E402
from codesim.evaluate import function_graph  # noqa: E402
from codesim.graph import NodeKind, Pdg  # noqa: E402
from codesim.train.batches import GraphTensors  # noqa: E402
from codesim.train.model import HIDDEN, Encoder, batch_tensors  # noqa: E402
from codesim.train.signals import SIGNALS, Signals  # noqa: E402
from codesim.train.signals.infomax import GARBLED_SHARE, garbled_tokens, means_of_others, part_of  # noqa: E402
from codesim.train.signals.masked import HIDDEN_SHARE, SPARE_KIND, one_token  # noqa: E402
from codesim.train.signals.metapath import NEGATIVES, WALKS, draw_negatives, random_walks  # noqa: E402
from codesim.train.signals.motif import MOTIFS, motif_counts  # noqa: E402
from codesim.train.signals.steps import PATTERNS, STEP_OF_RELATION, STEPS, sorted_steps  # noqa: E402
from codesim.train.signals.tying import Tying, entity_names, tied_pairs  # noqa: E402
from codesim.train.signals.view import View, sample  # noqa: E402

ALL = dict.fromkeys(SIGNALS, 1.0)
SMALL = """
def f(a, b):
    c = a + len(b)
    return len(a) + c * c
"""
LEFT_AFTER_30_STEPS = {"masked": 0.5, "metapath": 0.65, "infomax": 0.9, "motif": 0.2, "tying": 0.6}
"""Share of the loss that may be left."""


def parsed(source: str) -> Pdg:
    node = ast.parse(source).body[0]
    assert isinstance(node, ast.FunctionDef)
    return function_graph(node)


def real_functions(count: int, largest: int = 60) -> list[Pdg]:
    nodes = (
        node
        for path in sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.FunctionDef)
    )
    graphs = (function_graph(node) for node in nodes)
    return list(islice((graph for graph in graphs if 8 <= len(graph.kinds) <= largest), count))


def batch(graphs: list[GraphArrays]) -> GraphTensors:
    return batch_tensors(batch_graphs(graphs))


@pytest.fixture(scope="module")
def pdgs() -> list[Pdg]:
    return real_functions(64)


@pytest.fixture(scope="module")
def real(pdgs: list[Pdg]) -> GraphTensors:
    return batch([graph_arrays(pdg) for pdg in pdgs])


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)


class Watched(Encoder):
    """An encoder that keeps what it was given to read."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[tuple[torch.Tensor, torch.Tensor]] = []

    def node_states(
        self,
        kind: torch.Tensor,
        tokens: torch.Tensor,
        edge_index: torch.Tensor,
        edge_kind: torch.Tensor,
        sizes: torch.Tensor,
    ) -> list[torch.Tensor]:
        self.read.append((kind, tokens))
        return super().node_states(kind, tokens, edge_index, edge_kind, sizes)


def measured(signals: Signals, encoder: Encoder, graphs: GraphTensors, seed: int = 0) -> dict[str, float]:
    with torch.no_grad():
        losses = signals.losses(encoder, graphs, np.random.default_rng(seed))
    return {name: float(loss) for name, loss in losses.items()}


@pytest.mark.parametrize("name", SIGNALS)
def test_each_signal_can_be_learned(name: str, real: GraphTensors) -> None:
    encoder, signals = Encoder(), Signals({name: 1.0})

    def loss() -> float:  # other nodes are hidden, other walks gone, other words swapped than in training
        return float(np.mean([measured(signals, encoder, real, seed)[name] for seed in range(100, 104)]))

    before = loss()
    optimizer = torch.optim.AdamW([*encoder.parameters(), *signals.parameters()], lr=2e-3)
    for step in range(30):
        optimizer.zero_grad()
        signals(encoder, real, np.random.default_rng(step)).backward()
        optimizer.step()
    assert loss() < LEFT_AFTER_30_STEPS[name] * before


def test_hidden_nodes_show_nothing(real: GraphTensors) -> None:
    kept = [part.clone() for part in real]
    signals = Signals({"masked": 1.0})
    shown = signals.hide(real, np.random.default_rng(0))
    hidden = torch.zeros(len(real[0]), dtype=torch.bool).index_fill(0, signals.hidden, True)
    assert int(hidden.sum()) == round(HIDDEN_SHARE * len(real[0]))
    assert not shown[1][hidden].any()
    assert (shown[0][hidden] == SPARE_KIND).all()
    assert SPARE_KIND not in set(NodeKind)
    assert torch.equal(shown[0][~hidden], real[0][~hidden])
    assert torch.equal(shown[1][~hidden], real[1][~hidden])
    assert all(torch.equal(one, other) for one, other in zip(shown[2:], real[2:], strict=True))
    assert all(torch.equal(one, other) for one, other in zip(kept, real, strict=True))  # not changed in place


def test_nothing_is_hidden_without_masked(real: GraphTensors) -> None:
    signals = Signals({"metapath": 1.0})
    assert signals.hide(real, np.random.default_rng(0)) is real
    assert not len(signals.hidden)


def test_the_encoder_never_reads_what_is_hidden(real: GraphTensors) -> None:
    encoder, signals = Watched(), Signals(ALL)
    measured(signals, encoder, real)
    whole, garbled = encoder.read  # the graphs once, and some of them once more for infomax
    assert not whole[1][signals.hidden].any()
    assert (whole[0][signals.hidden] == SPARE_KIND).all()
    assert (garbled[0] == SPARE_KIND).any()
    assert not garbled[1][garbled[0] == SPARE_KIND].any()
    assert len(garbled[0]) < 2 * GARBLED_SHARE * len(whole[0])


def test_infomax_alone_needs_the_second_reading(real: GraphTensors) -> None:
    encoder = Watched()
    measured(Signals(dict.fromkeys(("masked", "metapath", "motif", "tying"), 1.0)), encoder, real)
    assert len(encoder.read) == 1


def one_node() -> list[GraphArrays]:
    return random_graphs(1)


def no_edges() -> list[GraphArrays]:
    none = np.empty((2, 0), dtype=np.int64), np.empty(0, dtype=np.int64)
    one = GraphArrays(np.array([0, 23, 33]), np.array([[0] * 4, [5, 0, 0, 0], [7, 8, 0, 0]]), *none)
    return [one, one]


@pytest.mark.parametrize(
    ("graphs", "silent"),
    [(one_node(), {"metapath", "infomax", "motif", "tying"}), (no_edges(), {"metapath", "infomax", "motif", "tying"})],
    ids=["one node", "no edges"],
)
def test_graphs_without_structure_cost_nothing(graphs: list[GraphArrays], silent: set[str]) -> None:
    encoder, signals = Encoder(), Signals(ALL)
    losses = signals.losses(encoder, batch(graphs), np.random.default_rng(0))
    assert {name for name, loss in losses.items() if float(loss.detach()) == 0.0} == silent
    assert all(torch.isfinite(loss) for loss in losses.values())
    signals.weigh(losses).backward()
    # processes that average their gradients must have the same ones, whatever their graphs hold
    assert all(weight.grad is not None and weight.grad.isfinite().all() for weight in signals.parameters())


@pytest.mark.parametrize("seed", range(5))
def test_losses_of_random_graphs_are_finite(seed: int) -> None:
    losses = measured(Signals(ALL), Encoder(), batch(random_graphs(12, seed=seed, largest=20)), seed)
    assert np.isfinite(list(losses.values())).all()


def test_a_seed_decides_everything(real: GraphTensors) -> None:
    encoder, signals = Encoder(), Signals(ALL)
    first = measured(signals, encoder, real, seed=1)
    assert measured(signals, encoder, real, seed=1) == first
    second = measured(signals, encoder, real, seed=2)
    assert all(second[name] != first[name] for name in SIGNALS if name != "motif")  # that one counts all nodes


def test_weights_weigh(real: GraphTensors) -> None:
    weights = {"motif": 0.5, "metapath": 2.0, "tying": 0.0}
    encoder, signals = Encoder(), Signals(weights)
    losses = signals.losses(encoder, real, np.random.default_rng(3))
    assert list(losses) == ["metapath", "motif"]
    total = signals(encoder, real, np.random.default_rng(3))
    assert float(total.detach()) == pytest.approx(sum(weights[name] * float(losses[name].detach()) for name in losses))


def test_no_weights_no_loss(real: GraphTensors) -> None:
    signals = Signals({"masked": 0.0})
    assert not list(signals.parameters())
    assert float(signals(Encoder(), real, np.random.default_rng(0))) == 0.0


@pytest.mark.parametrize(
    ("weights", "said"),
    [({"maskd": 1.0}, "no such signal: maskd"), ({"motif": -1.0}, "motif"), ({"tying": float("nan")}, "tying")],
)
def test_wrong_weights_are_refused(weights: dict[str, float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Signals(weights)


def test_steps_are_the_edge_kinds_of_the_graph(pdgs: list[Pdg]) -> None:
    for pdg in pdgs:
        arrays = graph_arrays(pdg)
        found = Counter(
            (int(source), int(target), STEPS[STEP_OF_RELATION[relation]])
            for source, target, relation in zip(*arrays.edge_index, arrays.edge_kind, strict=True)
        )
        expected = Counter((edge.source, edge.target, edge.kind.name.lower()) for edge in pdg.edges)
        expected += Counter((edge.target, edge.source, f"{edge.kind.name.lower()} back") for edge in pdg.edges)
        assert found == expected


def walked(graphs: GraphTensors, node: int, pattern: tuple[str, ...]) -> list[int]:
    """Every walk's end, the slow way."""
    edges = list(zip(*graphs[2].tolist(), graphs[3].tolist(), strict=True))
    ends = [node]
    for step in pattern:
        ends = [
            target
            for end in ends
            for source, target, relation in edges
            if source == end and STEPS[STEP_OF_RELATION[relation]] == step
        ]
    return ends


@pytest.mark.parametrize("seed", range(3))
def test_walks_are_those_of_a_slow_search(seed: int) -> None:
    graphs = batch(random_graphs(5, seed=seed, largest=12))
    steps = sorted_steps(graphs[2], graphs[3], len(graphs[0]))
    counts = motif_counts(steps)
    assert counts.shape == (len(graphs[0]), len(STEPS) + len(PATTERNS))
    for place, motif in enumerate(MOTIFS):
        assert counts[:, place].tolist() == [len(walked(graphs, node, motif)) for node in range(len(graphs[0]))]
    for pattern in PATTERNS:
        start, end = random_walks(steps, pattern, np.random.default_rng(seed))
        assert 0 < len(start) <= WALKS
        gone = set(zip(start.tolist(), end.tolist(), strict=True))
        nodes = range(len(graphs[0]))
        possible = {(node, end) for node in nodes for end in walked(graphs, node, pattern) if node != end}
        assert gone <= possible
        assert len(gone) > len(possible) / 2


def test_negatives_come_from_the_own_graph_and_from_all() -> None:
    graphs = batch(random_graphs(20, seed=4, largest=30))
    start = torch.arange(len(graphs[0]))
    owner = graphs[4][draw_negatives(graphs, start, np.random.default_rng(0))]
    own = owner == graphs[4].unsqueeze(1)
    assert own[:, : NEGATIVES // 2].all()
    assert own[:, NEGATIVES // 2 :].to(torch.float32).mean() < 0.3


def test_a_part_of_a_batch_is_read_as_in_the_batch() -> None:
    encoder, graphs = Encoder(), batch(random_graphs(9, seed=1))
    part, nodes = part_of(graphs, torch.tensor([7, 2, 3]))
    assert part[5].tolist() == graphs[5][[2, 3, 7]].tolist()
    assert part[4].tolist() == [place for place, size in enumerate(part[5].tolist()) for _ in range(size)]
    with torch.no_grad():
        whole = encoder.node_states(*graphs[:4], graphs[5])[-1]
        alone = encoder.node_states(*part[:4], part[5])[-1]
    torch.testing.assert_close(alone, whole[nodes], atol=1e-5, rtol=1e-5)


def test_means_leave_the_node_itself_out() -> None:
    states = torch.tensor([[1.0], [3.0], [5.0], [10.0], [7.0]])
    kind, owner = torch.tensor([2, 2, 2, 4, 2]), torch.tensor([0, 0, 0, 0, 1])
    mean, company = means_of_others(states, kind, owner, graphs=2)
    assert mean.squeeze(1).tolist() == [4.0, 3.0, 2.0, 0.0, 0.0]
    assert company.tolist() == [True, True, True, False, False]


def test_words_are_swapped_within_a_kind(real: GraphTensors) -> None:
    kind, tokens = real[:2]
    garbled = garbled_tokens(real, np.random.default_rng(0))
    assert (garbled != tokens).any(dim=1).to(torch.float32).mean() > 0.3
    for one in kind.unique():
        rows = (sorted(words[kind == one].tolist()) for words in (tokens, garbled))
        assert next(rows) == next(rows)


def test_one_token_is_any_that_is_there() -> None:
    tokens = torch.tensor([[5, 0, 0, 0], [6, 7, 8, 0]]).repeat(100, 1)
    chosen = one_token(tokens, np.random.default_rng(0))
    assert set(chosen[::2].tolist()) == {5}
    assert set(chosen[1::2].tolist()) == {6, 7, 8}


def test_tied_nodes_are_places_of_one_name() -> None:
    pdg = parsed(SMALL)
    graphs = batch([graph_arrays(pdg)] * 3)
    pairs = tied_pairs(graphs, np.random.default_rng(0)).tolist()
    size = len(pdg.labels)
    found = Counter((pdg.labels[first % size], pdg.labels[second % size]) for first, second in pairs)
    # a and c are written once and used twice; b and len have two places each
    assert found == {("a", "a"): 6, ("b", "b"): 3, ("c", "c"): 6, ("len", "len"): 3}
    assert all(first // size == second // size and first != second for first, second in pairs)


def test_masked_locals_are_not_tied() -> None:
    pdg = parsed(SMALL)
    pairs = tied_pairs(batch([graph_arrays(pdg, mask_names=True)]), np.random.default_rng(0)).tolist()
    assert [{pdg.labels[node] for node in pair} for pair in pairs] == [{"len"}]


def test_one_name_in_two_graphs_is_not_pushed_apart() -> None:
    graphs = batch([graph_arrays(parsed(SMALL))] * 2)
    names = entity_names(graphs)
    place = torch.unique(names, return_inverse=True)[1]
    states = torch.nn.functional.one_hot(place, HIDDEN).to(torch.float32)  # one name, one state, in both graphs
    head = Tying()
    with torch.no_grad():
        head.project.weight.copy_(torch.eye(HIDDEN)[: head.project.out_features])
        head.project.bias.zero_()
    loss = head(Encoder(), View(graphs, graphs, torch.empty(0, dtype=torch.int64), states), np.random.default_rng(0))
    # every pair is at similarity 1, all its negatives at 0: were one of them at 1, the loss would be log(2) for it
    assert float(loss.detach()) < 0.01


def test_with_hidden_nodes_only_their_names_are_tied() -> None:
    pdg = parsed(SMALL)
    graphs = batch([graph_arrays(pdg)])
    states = torch.randn(len(pdg.labels), HIDDEN, requires_grad=True)
    uses = [place for place, label in enumerate(pdg.labels) if label in {"b", "len"}]
    hidden = torch.tensor([uses[0], uses[1]])  # a parameter b, and one of b or len
    loss = Tying()(Encoder(), View(graphs, graphs, hidden, states), np.random.default_rng(0))
    loss.backward()
    moved = {pdg.labels[node] for node in states.grad.abs().sum(dim=1).nonzero().squeeze(1).tolist()}
    assert moved == {"b", "len"}


def test_sample_takes_each_row_once() -> None:
    rows = torch.arange(100)
    taken = sample(np.random.default_rng(0), rows, 30)
    assert len(set(taken.tolist())) == 30
    assert sample(np.random.default_rng(0), rows, 100) is rows
