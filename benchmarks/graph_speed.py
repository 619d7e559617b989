"""How fast functions become graphs, hashes and arrays: CPU seconds per stage of the scan's own code, in one process.

    python benchmarks/graph_speed.py FOLDER [--repeats 5] [--min-lines 6] [--min-nodes 30]

Each repeat measures three things in turn: `ast.parse` alone on the same texts; `Analyser.analyse`, as a scan runs it,
without its encoder; and the same with a clock around each stage, whose shares are printed (the clocks cost some 3 %,
found under "rest"). Reading files is left out: all texts are in memory. On a shared machine compare CPU seconds of one
session only.
"""

from __future__ import annotations

import argparse
import ast
import statistics
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from codesim.config import Settings
from codesim.embed import GraphArrays
from codesim.pipeline import analysis
from codesim.pipeline.interpreter import rare_collections
from codesim.source import Skipped, SourceFile, cut_fragments, parse_module, read_source

STAGES = {
    "parse": ("parse_module",),
    "cut": ("read_suppressions", "cut_fragments"),
    "from_ast": ("parse_function",),
    "lower": ("lower",),
    "pdg": ("build_pdg",),
    "substance": ("substance",),
    "join": ("join_graphs",),
    "hash": ("canonical_hashes",),
    "arrays": ("joined_arrays",),
}
"""The names that `codesim.pipeline.analysis` calls in each stage."""


def no_vectors(graphs: Sequence[GraphArrays]) -> np.ndarray:
    """Stands in for the encoder, which is not measured here."""
    return np.zeros((len(graphs), 1), dtype=np.float32)


def seconds_of(work: Callable[[], object]) -> float:
    """CPU seconds of one call."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def parse_alone(sources: Sequence[SourceFile]) -> None:
    """What any tool that reads Python pays."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for source in sources:
            ast.parse(source.text, filename=source.path)


@contextmanager
def clocks(seconds: Counter[str]) -> Iterator[None]:
    """Put a clock around each stage of the analysis, and take it away again."""
    before = {name: getattr(analysis, name) for names in STAGES.values() for name in names}

    def clocked(stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            begin = time.process_time()
            try:
                return function(*arguments, **named)
            finally:
                seconds[stage] += time.process_time() - begin

        return call

    for stage, names in STAGES.items():
        for name in names:
            setattr(analysis, name, clocked(stage, before[name]))
    try:
        yield
    finally:
        for name, function in before.items():
            setattr(analysis, name, function)


def readable(folder: Path) -> list[SourceFile]:
    """The files of a folder that Python can parse."""
    found = [read_source(file, str(file)) for file in sorted(folder.rglob("*.py")) if file.is_file()]
    sources = [source for source in found if not isinstance(source, Skipped)]
    return [source for source in sources if not isinstance(parse_module(source), Skipped)]


def show(name: str, values: Sequence[float], more: str = "") -> None:
    """One line: minimum, median, maximum."""
    print(f"{name:<22}{min(values):>8.3f}{statistics.median(values):>8.3f}{max(values):>8.3f}  {more}".rstrip())


def main() -> None:
    """Parse the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--min-lines", type=int, default=Settings().min_lines)
    parser.add_argument("--min-nodes", type=int, default=Settings().min_nodes)
    options = parser.parse_args()
    analyser = analysis.Analyser(replace(Settings(), min_lines=options.min_lines, min_nodes=options.min_nodes))
    analyser.encoder.embed = no_vectors  # type: ignore[method-assign,assignment]
    sources = readable(options.folder)
    cuts = [cut for source in sources for cut in cut_fragments(source.path, ast.parse(source.text))]
    built = sum(analysis.line_count(cut) >= options.min_lines for cut in cuts)

    alone: list[float] = []
    whole: list[float] = []
    clocked: list[float] = []
    stages: dict[str, list[float]] = {stage: [] for stage in [*STAGES, "rest"]}
    kept = left_out = 0
    with rare_collections():
        for _ in range(options.repeats):
            alone.append(seconds_of(lambda: parse_alone(sources)))
            whole.append(seconds_of(lambda: [analyser.analyse(source) for source in sources]))
            seconds: Counter[str] = Counter()
            with clocks(seconds):
                begin = time.process_time()
                results = [analyser.analyse(source) for source in sources]
                clocked.append(time.process_time() - begin)
            for stage in STAGES:
                stages[stage].append(seconds[stage])
            stages["rest"].append(clocked[-1] - sum(seconds.values()))
            kept = sum(len(result.record.fragments) for result in results if result.record)
            left_out = sum(len(result.skipped) for result in results)

    print(f"{len(sources)} files, {sum(source.lines for source in sources):,} lines; {len(cuts):,} functions,")
    print(f"{built:,} of at least {options.min_lines} lines, {kept:,} of them kept, {left_out} not built")
    print(f"\nCPU seconds               min  median     max  share of the median ({options.repeats} repeats)")
    for stage, values in stages.items():
        show(stage, values, f"{statistics.median(values) / statistics.median(clocked):.1%}")
    show("all, with clocks", clocked)
    show("all, as in a scan", whole)
    show("ast.parse alone", alone)
    ratios = [mine / bare for mine, bare in zip(whole, alone, strict=True)]
    show("scan / ast.parse", ratios)
    show("functions/s, all", [len(cuts) / value for value in whole])
    show("functions/s, built", [built / value for value in whole])


if __name__ == "__main__":
    main()
