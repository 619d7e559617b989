"""How many functions a second the encoder embeds, one thread: ONNX Runtime against torch, plain and DGL, in one run.

    python benchmarks/encoder_speed.py [--graphs 2000] [--nodes 50] [--repeats 5]

Graphs are those of real functions of the standard library with about so many nodes. Each repeat measures the runtimes
in turn; the fastest and the median of each are printed, in wall seconds of one process. torch and DGL need the extra
`train`.
"""

from __future__ import annotations

import argparse
import ast
import statistics
import sysconfig
import time
import warnings
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

from codesim.embed import Encoder, GraphArrays, batch_graphs, graph_arrays
from codesim.embed.encoder import NODE_BUDGET, pack
from codesim.embed.weights import load_weights
from codesim.evaluate import function_graph

NEAR = 0.2
"""How far from the number of nodes a graph may be."""


def real_graphs(count: int, nodes: int) -> list[GraphArrays]:
    """Graphs of functions with about so many nodes, again from the first where there are too few."""
    found: list[GraphArrays] = []
    warnings.simplefilter("ignore")
    for path in sorted(Path(sysconfig.get_path("stdlib")).rglob("*.py")):
        if len(found) == count:
            break
        try:
            module = ast.parse(path.read_bytes())
        except (SyntaxError, ValueError):
            continue
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef) and len(found) < count:
                graph = graph_arrays(function_graph(node))
                if abs(len(graph.kind) - nodes) <= NEAR * nodes:
                    found.append(graph)
    return [found[place % len(found)] for place in range(count)]


def runtimes(graphs: list[GraphArrays]) -> Iterator[tuple[str, Callable[[], object]]]:
    """Each runtime with what embeds the graphs in it, in batches of the same size."""
    encoder = Encoder.load()
    yield "onnxruntime", lambda: encoder.embed_learned(graphs)
    yield "with sketch", lambda: encoder.embed(graphs)
    if find_spec("torch") is None:
        return
    import torch  # noqa: PLC0415

    from codesim.train.model import Encoder as Model  # noqa: PLC0415
    from codesim.train.model import batch_tensors  # noqa: PLC0415
    from codesim.train.passing import available_form  # noqa: PLC0415

    torch.set_num_threads(1)
    for form in ("plain", *(["dgl"] if find_spec("dgl") else [])):
        model = Model(available_form(form)).eval()  # fresh weights: their values cost nothing

        def embed(model: Model = model) -> None:
            with torch.no_grad():
                for part in pack([len(graph.kind) for graph in graphs], NODE_BUDGET):
                    model(*batch_tensors(batch_graphs([graphs[place] for place in part])))

        yield f"torch, {form}", embed


def main() -> None:
    """Parse the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--graphs", type=int, default=2000)
    parser.add_argument("--nodes", type=int, default=50)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    graphs = real_graphs(options.graphs, options.nodes)
    ways = dict(runtimes(graphs))
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(options.repeats):
        for name, embed in ways.items():
            begin = time.perf_counter()
            embed()
            seconds[name].append(time.perf_counter() - begin)
    nodes = sum(len(graph.kind) for graph in graphs)
    print(
        f"{len(graphs):,} graphs, {nodes / len(graphs):.1f} nodes each; {len(load_weights().model):,} bytes of weights"
    )
    for name, values in seconds.items():
        rates = [len(graphs) / value for value in values]
        print(f"{name:<14} functions a second: best {max(rates):8,.0f}  median {statistics.median(rates):8,.0f}")


if __name__ == "__main__":
    main()
