"""What each part of the training is worth: the same small run again and again, each time with one thing changed.

    python benchmarks/ablations.py --corpus DIR --work DIR --evolution F --transformed F --behaviour F -o OUT.json

Every variant trains from scratch on the same examples and is measured alike: MAP@R of the held-out tasks with the
function's own name masked, recall@1 of the evolution pairs and of transformed pairs, ROC-AUC of the behaviour pairs, by
the learned part alone. The first seed trains all variants, the other seeds only two: their spread says which
differences are none. A style of solutions that is left out is judged by its own queries, beside the base's on them. A
finished variant is written at once and not run again. Examples and the graphs of the data sets are kept in --work;
empty it when the graphs change.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import numpy as np
import torch
from ablation_data import SELECTION, DataSet, data_sets, example_store
from torch import Tensor

from codesim.embed.encoder import pack
from codesim.embed.features import RELATION_OF
from codesim.evaluate import Part, read_same_task
from codesim.graph import EdgeKind
from codesim.train import loop
from codesim.train.batches import BatchSizes
from codesim.train.examples import EDITED, NO_TASK, ExampleStore
from codesim.train.graph_store import REVERSE, GraphStore
from codesim.train.loop import SignalWeights, TrainingOptions, train_encoder
from codesim.train.model import DIM, LAYERS, Encoder, batch_tensors
from codesim.train.passing import MessageForm, plain_form
from codesim.train.signals import SIGNALS

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIZES = BatchSizes(twins=64, mutants=64, texts=128, tasks=20, solutions=3)
OPTIONS = TrainingOptions(
    round=50, pretraining=50, patience=99, validation=400, memory=1024, task_weight=0.7, sizes=SIZES, form="plain"
)
FIGURES = ("tasks", "evolution", "transformed", "behaviour")
STYLES = ("algorithm", "functional", "library", "loop", "production")


def relations(*kinds: EdgeKind) -> tuple[int, ...]:
    """The forward relations of these kinds of edge."""
    return tuple(number for (kind, _), number in RELATION_OF.items() if kind in kinds)


@dataclass(frozen=True, slots=True)
class Variant:
    """One thing changed.

    graph: "pdg" or "tree". dropped: forward relations left out, with their reverses. reverse: whether reverse edges
    are there. words: "kept", "masked" (names of locals never shown), "everywhere" (also in messages) or "none".
    layers, carried: see `Encoder`. edited: whether edited views are there. style: of the solutions that are not trained
    on. sizes, signals, options: fields of these that differ from the base.
    """

    name: str
    graph: str = "pdg"
    dropped: tuple[int, ...] = ()
    reverse: bool = True
    words: str = "kept"
    layers: int = LAYERS
    carried: int = 0
    edited: bool = True
    style: str = ""
    sizes: Mapping[str, int] = field(default_factory=dict)
    signals: Mapping[str, float] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)


def with_signal(name: str) -> Variant:
    """Pre-training with a signal beside the twins."""
    return Variant(f"+ {name}", signals={name: 1.0}, sizes={"bare": SIZES.twins})


BASE = "base"
REPEATED = (BASE, "syntax tree")
"""Trained with every seed."""
VARIANTS = (
    Variant(BASE),
    Variant("syntax tree", graph="tree"),
    Variant("no texts", sizes={"texts": 0}),
    Variant("no tasks", sizes={"tasks": 0}),
    Variant("no labels", sizes={"texts": 0, "tasks": 0}),
    Variant("no pre-training", options={"pretraining": 0}),
    Variant("no mutants", sizes={"mutants": 0}),
    Variant("no memory", options={"memory": 0}),
    Variant("no edited views", edited=False),
    Variant("+ mined negatives", options={"mined": 100}),
    Variant("no data edges", dropped=relations(EdgeKind.DATA)),
    Variant("no control edges", dropped=relations(EdgeKind.CONTROL)),
    Variant("no order edges", dropped=relations(EdgeKind.ORDER)),
    Variant("no operand edges", dropped=relations(EdgeKind.OPERAND)),
    Variant("no edges at all", dropped=relations(*EdgeKind)),
    Variant("no reverse edges", reverse=False),
    Variant("names of locals never shown", words="masked"),
    Variant("names of locals in messages too", words="everywhere"),
    Variant("no words, kinds only", words="none"),
    Variant("depth 1", layers=1),
    Variant("depth 2", layers=2),
    Variant("depth 4", layers=4),
    *(Variant(f"no solutions of style {style}", style=style) for style in STYLES),
    *(with_signal(name) for name in SIGNALS),
    Variant("depth 5", layers=5),
    Variant("depth 6", layers=6),
    Variant("last layer only", carried=1),
    Variant("depth 6, last layer only", layers=6, carried=1),
    Variant("syntax tree, no data edges", graph="tree", dropped=relations(EdgeKind.DATA)),
    Variant("syntax tree, no labels", graph="tree", sizes={"texts": 0, "tasks": 0}),
)


class CutEncoder(Encoder):
    """The encoder with other words or without reverse edges, whatever the graphs hold."""

    def __init__(self, form: MessageForm, variant: Variant) -> None:
        super().__init__(form, variant.layers, variant.carried)
        self.wordless, self.forward_only = variant.words == "none", not variant.reverse
        if variant.words == "everywhere":
            self.shown.fill_(1.0)

    def node_states(
        self, kind: Tensor, tokens: Tensor, edge_index: Tensor, edge_kind: Tensor, sizes: Tensor
    ) -> list[Tensor]:
        """As in `Encoder`."""
        if self.forward_only:
            kept = edge_kind < REVERSE
            edge_index, edge_kind = edge_index[:, kept], edge_kind[kept]
        return super().node_states(kind, self._words(tokens), edge_index, edge_kind, sizes)

    def word_sum(self, tokens: Tensor, batch: Tensor, sizes: Tensor) -> Tensor:
        """As in `Encoder`."""
        return super().word_sum(self._words(tokens), batch, sizes)

    def _words(self, tokens: Tensor) -> Tensor:
        return torch.zeros_like(tokens) if self.wordless else tokens


# -- graphs: what a variant does not see is taken out of them ----------------------------------------------------------


def cut_graphs(graphs: GraphStore, variant: Variant) -> GraphStore:
    """Take out edges and names."""
    if variant.dropped:
        kept = ~np.isin(graphs.relation, variant.dropped)
        ends = np.concatenate([[0], np.cumsum(kept)])[graphs.edge_ends]
        edges = {name: getattr(graphs, name)[kept] for name in ("source", "target", "relation")}
        graphs = replace(graphs, **edges, edge_ends=ends.astype(np.int64))
    return replace(graphs, tokens=graphs.masked) if variant.words == "masked" else graphs


def cut_store(store: ExampleStore, variant: Variant, same_task: Path) -> ExampleStore:
    """Take out edges and names, a style, and the edited views of the functions that are trained on."""
    if variant.style:
        solutions = np.flatnonzero(store.task != NO_TASK)
        styles = [row.kind for row in read_same_task(same_task, Part.TRAINING)]
        held_out = store.held_out.copy()
        for solution, style in zip(solutions, styles, strict=True):
            held_out[solution] |= style == variant.style
        store = replace(store, held_out=held_out)
    if not variant.edited:
        kept = (store.role != EDITED) | np.repeat(store.held_out, np.diff(store.view_ends))
        ends = np.concatenate([[0], np.cumsum(kept)])[store.view_ends].astype(np.int64)
        chosen = np.flatnonzero(kept)
        store = replace(store, graphs=store.graphs.take(chosen), role=store.role[chosen], view_ends=ends)
    return replace(store, graphs=cut_graphs(store.graphs, variant))


# -- runs ----------------------------------------------------------------------------------------------------------


def run(variant: Variant, seed: int, store: ExampleStore, steps: int) -> tuple[Encoder, dict[str, Any]]:
    """Train one variant on what `cut_store` left; the encoder of its best round and what is worth noting of the run."""
    options = replace(
        OPTIONS,
        steps=steps,
        seed=seed,
        sizes=replace(SIZES, **variant.sizes),
        signals=SignalWeights(**variant.signals),
        **variant.options,
    )
    started = time.monotonic()
    with mock.patch.object(loop, "Encoder", lambda form: CutEncoder(form, variant)):  # the loop has one shape only
        trained = train_encoder(store, options, lambda _report, _checkpoint: None)
    model = CutEncoder(plain_form, variant)
    model.load_state_dict(trained.state)
    best = max(trained.reports, key=lambda report: report.score)
    return model, {
        "parameters": sum(value.numel() for value in model.parameters()),
        "best_step": best.step,
        "validation": {name: getattr(best, name) for name in ("recall_kept", "recall_masked", "tasks", "behaviour")},
        "training_seconds": round(time.monotonic() - started, 1),
    }


def embed(model: Encoder, graphs: GraphStore) -> NDArray[np.float32]:
    """The vectors of graphs, (len(graphs), DIM) float32."""
    rows = np.zeros((len(graphs), DIM), dtype=np.float32)
    model.eval()
    with torch.no_grad():
        for members in pack(graphs.sizes().tolist(), 4096):
            rows[members] = model(*batch_tensors(graphs.batch(members))).numpy()
    return rows


def measure(model: Encoder, variant: Variant, sets: Sequence[DataSet], work: Path) -> dict[str, float]:
    """The figures of each data set; a function that cannot be read has a vector of zeros."""
    figures: dict[str, float] = {}
    for one in sets:
        graphs, places = one.graphs(variant.graph, work)
        vectors = np.zeros((len(one.sources), DIM), dtype=np.float32)
        vectors[places] = embed(model, cut_graphs(graphs, variant))
        figures |= {name: round(figure, 5) for name, figure in one.figures(vectors).items()}
    return figures


def planned(only: Sequence[str], seeds: Sequence[int]) -> Iterator[tuple[Variant, int]]:
    """All runs in order: each variant with the first seed, then those of REPEATED with the other seeds."""
    for seed in seeds:
        for variant in VARIANTS:
            if (not only or variant.name in only) and (seed == seeds[0] or variant.name in REPEATED):
                yield variant, seed


def print_table(results: Mapping[str, Mapping[str, Any]]) -> None:
    """Print the figures in percent, and in brackets how far each is from the mean of the base's seeds."""
    rows = [
        (found["variant"], found["seed"], [100 * found["figures"][name] for name in FIGURES])
        for found in results.values()
    ]
    bases = np.array([figures for name, _, figures in rows if name == BASE]).reshape(-1, len(FIGURES))
    print(f"{'variant':<32}{'seed':>5}" + "".join(f"{name:>18}" for name in FIGURES))
    for name, seed, figures in rows:
        beside = figures - bases.mean(axis=0) if len(bases) else np.full(len(FIGURES), np.nan)
        cells = "".join(f"{figure:>10.1f} ({gap:+5.1f})" for figure, gap in zip(figures, beside, strict=True))
        print(f"{name:<32}{seed:>5}{cells}")
    if len(bases) > 1:
        spread = bases.max(axis=0) - bases.min(axis=0)
        print(f"{'largest less smallest base':<37}" + "".join(f"{width:>10.1f}{'':8}" for width in spread))


def main() -> None:
    """Parse the arguments; train and measure what is not done yet; print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--corpus", "--work", "--evolution", "--transformed", "--behaviour"):
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("--same-task", type=Path, default=Path("fixtures/same_task"))
    parser.add_argument("--teacher", type=Path, help="folder of the sentence encoder, if it is not installed")
    parser.add_argument("--only", nargs="+", default=[], choices=[variant.name for variant in VARIANTS], metavar="NAME")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1])
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("-o", "--out", type=Path, required=True)
    options = parser.parse_args()
    torch.set_num_threads(1)
    options.work.mkdir(parents=True, exist_ok=True)
    settings = {"base": asdict(replace(OPTIONS, steps=options.steps)), "selection": asdict(SELECTION)}
    done = json.loads(options.out.read_text()) if options.out.exists() else {"settings": settings, "runs": {}}
    if done["settings"] != settings:
        parser.error(f"{options.out} holds runs with other settings: {done['settings']}")
    sets = list(data_sets(options))
    stores: dict[str, ExampleStore] = {}
    for variant, seed in planned(options.only, options.seeds):
        if (key := f"{variant.name}, seed {seed}") in done["runs"]:
            continue
        if variant.graph not in stores:
            stores = {variant.graph: example_store(options, variant.graph)}
        store = cut_store(stores[variant.graph], variant, options.same_task)
        model, noted = run(variant, seed, store, options.steps)
        figures = measure(model, variant, sets, options.work)
        done["runs"][key] = {"variant": variant.name, "seed": seed, "figures": figures, **noted}
        temporary = options.out.with_name(f".{options.out.name}.part")
        temporary.write_text(json.dumps(done, indent=1) + "\n")
        temporary.replace(options.out)
        shown = ", ".join(f"{name} {figures[name]:.3f}" for name in FIGURES)
        print(f"{key}: {shown}; {noted['training_seconds']} s of training", flush=True)
    print_table(done["runs"])


if __name__ == "__main__":
    main()
