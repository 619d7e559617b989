"""What goes on inside the shipped encoder: do its node states grow alike, and what does its vector depend on?

    python benchmarks/encoder_anatomy.py FOLDER [--functions 500] [-o OUT.json]

FOLDER is any Python code, such as an unpacked networkx. Over-smoothing: the mean cosine between the states of two nodes
of one graph, before and after each round, beside that between nodes of different graphs. Sensitivity: how far the
vector of a function moves (1 - cosine) when a part of its graph is left out, when the names of its locals are masked,
when nothing is lowered, and when its source is spelled in another way, with lowering and without. Two different
functions are the yardstick. The torch model is rebuilt from the shipped ONNX file.

Source: over-smoothing after Chen et al., Measuring and Relieving the Over-smoothing Problem, 2020.
"""

from __future__ import annotations

import argparse
import ast
import json
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from codesim.embed import GraphArrays, batch_graphs, graph_arrays
from codesim.embed.encoder import pack
from codesim.embed.features import RELATION_OF
from codesim.embed.weights import load_weights
from codesim.errors import GraphError
from codesim.evaluate import function_graph
from codesim.graph import EdgeKind, Pdg, build_pdg
from codesim.parse import parse_function
from codesim.train.augment import rewrite
from codesim.train.export import exported_state
from codesim.train.graph_store import REVERSE
from codesim.train.model import DIM, Encoder, batch_tensors, segment_sum
from codesim.train.transforms import Function

if TYPE_CHECKING:
    from numpy.typing import NDArray

Distances = dict[str, float]
SMALLEST, LARGEST = 15, 500
"""Nodes of a function that takes part."""


def relations(kind: EdgeKind) -> list[int]:
    """The forward relations of a kind of edge."""
    return [number for (own, _), number in RELATION_OF.items() if own is kind]


PARTS: dict[str, Callable[[NDArray[np.int64]], NDArray[np.bool_]]] = {
    "data edges": lambda kind: np.isin(kind % REVERSE, relations(EdgeKind.DATA)),
    "data edges that only may hold": lambda kind: kind % REVERSE == RELATION_OF[EdgeKind.DATA, "may"],
    "control edges": lambda kind: np.isin(kind % REVERSE, relations(EdgeKind.CONTROL)),
    "order edges": lambda kind: np.isin(kind % REVERSE, relations(EdgeKind.ORDER)),
    "operand edges": lambda kind: np.isin(kind % REVERSE, relations(EdgeKind.OPERAND)),
    "reverse edges": lambda kind: kind >= REVERSE,
    "all edges": lambda kind: kind >= 0,
}
SPELLINGS = (
    "rename-locals", "augmented-to-plain", "guard-to-nested", "swap-branches", "extract-temporary",
    "comprehension-to-loop", "mirror-comparison", "return-to-result", "for-to-iterator", "fstring-to-format",
)  # fmt: skip


def shipped_model() -> Encoder:
    """The torch model with the shipped weights."""
    model = Encoder()
    state = exported_state(load_weights().model)
    model.load_state_dict({name: torch.from_numpy(value) for name, value in state.items()})
    return model.eval()


def real_functions(folder: Path, count: int) -> list[Function]:
    """Draw functions of a folder whose graphs are of usual size, the same ones each time."""
    warnings.simplefilter("ignore")  # what scanned code warns of when it is parsed
    found: list[Function] = []
    for path in sorted(folder.rglob("*.py")):
        try:
            module = ast.parse(path.read_bytes())
        except (SyntaxError, ValueError):
            continue
        found += [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    Random(0).shuffle(found)  # noqa: S311
    fitting = (node for node in found if SMALLEST <= len(lowered(node).kinds) <= LARGEST)
    return [node for node, _ in zip(fitting, range(count), strict=False)]


def lowered(node: Function) -> Pdg:
    """The graph as a scan has it."""
    return function_graph(node)


def faithful(node: Function) -> Pdg:
    """The graph of the source as it stands, with no rule of lowering applied."""
    return build_pdg(parse_function(node), node.name)


def batches(graphs: Sequence[GraphArrays]) -> Iterator[tuple[list[int], tuple[Tensor, ...]]]:
    """Graphs as tensors, with their places."""
    for members in pack([len(graph.kind) for graph in graphs], 4096):
        yield members, batch_tensors(batch_graphs([graphs[member] for member in members]))


def embed(model: Encoder, graphs: Sequence[GraphArrays]) -> NDArray[np.float32]:
    """The vectors of graphs, (len(graphs), DIM) float32."""
    rows = np.zeros((len(graphs), DIM), dtype=np.float32)
    with torch.no_grad():
        for members, tensors in batches(graphs):
            rows[members] = model(*tensors).numpy()
    return rows


def smoothing(model: Encoder, graphs: Sequence[GraphArrays]) -> list[dict[str, float]]:
    """For each layer the mean cosine between two nodes of one graph (a mean over graphs) and of two graphs."""
    within: list[Tensor] = []
    totals: list[Tensor] = []
    counts: list[Tensor] = []
    with torch.no_grad():
        for _, (kind, tokens, edge_index, edge_kind, batch, sizes) in batches(graphs):
            states = model.node_states(kind, tokens, edge_index, edge_kind, sizes)
            sums = torch.stack(
                [segment_sum(functional.normalize(state, dim=1), batch, sizes) for state in states], dim=1
            )
            pairs = (sizes * (sizes - 1)).unsqueeze(1)  # (g, 1)
            within.append((sums.square().sum(dim=2) - sizes.unsqueeze(1)) / pairs)
            totals.append(sums.to(torch.float64))
            counts.append(sizes)
    sums, sizes = torch.cat(totals), torch.cat(counts)
    everything = sizes.sum().square() - sizes.square().sum()
    between = (sums.sum(dim=0).square().sum(dim=1) - sums.square().sum(dim=2).sum(dim=0)) / everything
    own = torch.cat(within).mean(dim=0)
    return [
        {"layer": layer, "within": round(float(own[layer]), 4), "between": round(float(between[layer]), 4)}
        for layer in range(len(own))
    ]


def distances(first: NDArray[np.float32], second: NDArray[np.float32]) -> Distances:
    """How far apart rows of the same place are, 1 - cosine: mean, median and 95th percentile."""
    apart = 1.0 - (first * second).sum(axis=1, dtype=np.float64)
    names = {"mean": apart.mean(), "median": np.median(apart), "p95": np.percentile(apart, 95)}
    return {"functions": len(apart)} | {name: round(float(value), 4) for name, value in names.items()}


def sensitivity(
    model: Encoder, nodes: Sequence[Function], graphs: Sequence[GraphArrays]
) -> dict[str, dict[str, float]]:
    """How far vectors move, by what is changed; over the functions that have what is left out."""
    own = embed(model, graphs)
    order = np.random.default_rng(0).permutation(len(own))
    found = {"another function": distances(own[order], own[np.roll(order, 1)])}
    for part, is_of in PARTS.items():
        lost = [is_of(graph.edge_kind) for graph in graphs]
        having = [place for place, edges in enumerate(lost) if edges.any()]
        cut = [without(graphs[place], lost[place]) for place in having]
        if having:
            found[f"without {part}"] = distances(own[having], embed(model, cut))
    found["names of locals masked"] = distances(own, embed(model, [graph_arrays(lowered(n), True) for n in nodes]))
    found["nothing lowered"] = distances(own, embed(model, [graph_arrays(faithful(node)) for node in nodes]))
    return found


def without(graph: GraphArrays, edges: NDArray[np.bool_]) -> GraphArrays:
    """A graph that has lost some edges."""
    return replace(graph, edge_index=graph.edge_index[:, ~edges], edge_kind=graph.edge_kind[~edges])


def spellings(model: Encoder, nodes: Sequence[Function]) -> dict[str, dict[str, Distances]]:
    """How far the vector of a function is from that of another spelling of it, with lowering and without."""
    found: dict[str, dict[str, Distances]] = {}
    for name in SPELLINGS:
        pairs = [(node, other) for node in nodes if (other := rewrite(node, name, Random(0))) is not None]  # noqa: S311
        rows: dict[str, list[list[GraphArrays]]] = {"lowered": [], "as written": []}
        for pair in pairs:
            try:
                made = {"lowered": [lowered(one) for one in pair], "as written": [faithful(one) for one in pair]}
            except (GraphError, RecursionError):
                continue
            for form, graphs in made.items():
                rows[form].append([graph_arrays(graph) for graph in graphs])
        for form, several in rows.items():
            if several:
                both = embed(model, [graph for pair in several for graph in pair])
                found.setdefault(name, {})[form] = distances(both[::2], both[1::2])
    return found


def print_tables(result: dict[str, Any]) -> None:
    """Print what was found."""
    print(f"{result['functions']} functions, weights {result['weights']}")
    print(f"\n{'cosine of node states':<46}{'one graph':>10}{'two graphs':>12}")
    for row in result["smoothing"]:
        print(f"{'rounds: ' + str(row['layer']):<46}{row['within']:>10.3f}{row['between']:>12.3f}")
    print(f"\n{'1 - cosine of vectors':<46}{'functions':>10}{'mean':>8}{'median':>8}{'p95':>8}")
    for name, one in result["sensitivity"].items():
        print(f"{name:<46}{one['functions']:>10}{one['mean']:>8.3f}{one['median']:>8.3f}{one['p95']:>8.3f}")
    print(f"\n{'mean 1 - cosine to another spelling':<46}{'functions':>10}{'lowered':>10}{'as written':>12}")
    for name, forms in result["spellings"].items():
        means = [forms[form]["mean"] for form in ("lowered", "as written")]
        print(f"{name:<46}{forms['lowered']['functions']:>10}{means[0]:>10.4f}{means[1]:>12.4f}")


def main() -> None:
    """Parse the arguments, measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--functions", type=int, default=500)
    parser.add_argument("-o", "--out", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    model = shipped_model()
    nodes = real_functions(options.folder, options.functions)
    if len(nodes) < 2:
        parser.error(f"{options.folder} holds fewer than two functions of {SMALLEST} to {LARGEST} nodes")
    graphs = [graph_arrays(lowered(node)) for node in nodes]
    result = {
        "functions": len(nodes),
        "weights": load_weights().record.version,
        "smoothing": smoothing(model, graphs),
        "sensitivity": sensitivity(model, nodes, graphs),
        "spellings": spellings(model, nodes),
    }
    print_tables(result)
    if options.out is not None:
        options.out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
