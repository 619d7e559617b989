"""How time and memory grow with the number of functions and with their length: parse to arrays, as a scan does it.

    python benchmarks/graph_growth.py [--quick] [--json FILE] [--plot FILE.svg]

Corpus: functions of the standard library and the installed packages, of at least the lines that a scan asks for.
Length: one function of n statements, in the shapes of growth_texts.py. Nothing of it is imported or run. Each point has
its own process (this script, with `--point`); its fastest run counts, in CPU seconds, without the encoder. Exponent:
the least-squares slope of log seconds over log size from 1,000 on; "last": between the last two points. Takes some 20
minutes; `--quick` one.
"""

from __future__ import annotations

import argparse
import ast
import json
import math
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from growth_plot import growth_svg
from growth_texts import MOST_STATEMENTS, REAL, SHAPES, function_text, python_files, read_files

from codesim.config import Settings
from codesim.embed import joined_arrays
from codesim.graph import Pdg, build_pdg, canonical_hashes, join_graphs
from codesim.parse import lower, parse_function
from codesim.parse.depth import deep_recursion
from codesim.pipeline.analysis import line_count
from codesim.pipeline.interpreter import rare_collections
from codesim.source import Fragment, Skipped, SourceFile, cut_fragments, parse_module, read_suppressions
from codesim.verify import substance

Point = dict[str, Any]
P = ParamSpec("P")
T = TypeVar("T")

STAGES = ("parse", "cut", "from_ast", "lower", "pdg", "substance", "join", "hash", "arrays")
CORPUS = "corpus"
CORPUS_SIZES = (1_000, 3_000, 10_000, 30_000, 100_000)
LENGTHS = (100, 300, 1_000, 3_000, 10_000, 20_000)
QUICK_CORPUS_SIZES = (1_000, 3_000)
QUICK_LENGTHS = (1_000, 3_000)
FIT_FROM = 1_000
MOST_EXPONENT = 1.15
MOST_SECONDS = 600  # of CPU, for one point
MOST_BYTES = 10 * 2**30


class Run:
    """One pass over texts: what the scan's analysis does with each, a clock around each stage."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(STAGES, 0.0)
        self.counts: Counter[str] = Counter()
        self.kept: list[tuple[Fragment, str, int]] = []  # what a scan keeps of a function, its vector apart

    def total(self) -> float:
        """CPU seconds of all stages."""
        return sum(self.seconds.values())

    def timed(self, stage: str, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """Call a stage, and add its CPU seconds."""
        begin = time.process_time()
        result = work(*arguments, **named)
        self.seconds[stage] += time.process_time() - begin
        return result

    def analyse(self, source: SourceFile) -> None:
        """Parse a file, build the graphs of its functions, hash them, and turn them into arrays."""
        module = self.timed("parse", parse_module, source)
        if isinstance(module, Skipped):
            return
        marks = self.timed("cut", read_suppressions, source.text)
        cuts = self.timed("cut", cut_fragments, source.path, module, marks.lines, marks.whole_file)
        built: list[tuple[Fragment, Pdg, int]] = []
        with deep_recursion():
            for cut in cuts:
                if line_count(cut) < Settings().min_lines:
                    continue
                self.counts["functions"] += 1
                tree = self.timed("lower", lower, self.timed("from_ast", parse_function, cut.node))
                pdg = self.timed("pdg", build_pdg, tree, cut.fragment.qualname)
                self.counts["nodes"] += len(pdg.kinds)
                self.counts["edges"] += len(pdg.edges)
                if len(pdg.kinds) >= Settings().min_nodes:
                    built.append((cut.fragment, pdg, self.timed("substance", substance, tree)))
        if built:
            graphs = self.timed("join", join_graphs, [pdg for _, pdg, _ in built])
            digests = self.timed("hash", canonical_hashes, graphs)
            self.timed("arrays", joined_arrays, graphs)
            self.kept += [(one[0], digest, one[2]) for one, digest in zip(built, digests, strict=True)]


def first_pass(run: Run, kind: str, size: int) -> tuple[list[SourceFile], int]:
    """Analyse what a point is made of; the texts, and how often the corpus was gone through (at 1, not repeated)."""
    if kind != CORPUS:
        text = function_text(kind, size)
        source = SourceFile("f.py", text, "", text.count("\n"))
        run.counts["statements"] = sum(isinstance(node, ast.stmt) for node in ast.walk(ast.parse(text))) - 1
        run.analyse(source)
        return [source], 1
    files = python_files("stdlib", "purelib")
    sources: list[SourceFile] = []
    for rounds in count(1):
        for source in read_files(files):
            sources.append(source)
            run.analyse(source)
            if run.counts["functions"] >= size:
                return sources, rounds
    raise AssertionError


def measure(kind: str, size: int, budget: float) -> Point:
    """Measure one point in this process: the fastest of two or three runs, each long enough for a coarse clock.

    Args:
        kind: `CORPUS`, a shape or `REAL`.
        size: functions or statements, at least.
        budget: CPU seconds below which a run is repeated, and its mean taken; the clock may tick 250 times a second.

    Source: our own.
    """
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    Run().analyse(SourceFile("warm.py", function_text("calls", 100), "", 0))
    start = peak_mebibytes()
    with rare_collections():
        best = Run()
        sources, rounds = first_pass(best, kind, size)
        peak = peak_mebibytes()
        repeats = max(1, round(budget / max(best.total(), 0.01)))
        runs = [best.seconds] if repeats == 1 else []
        for _ in range(2 if best.total() < MOST_SECONDS / 4 else 0):
            run = Run()
            for source in sources * repeats:
                run.analyse(source)
            runs.append({stage: seconds / repeats for stage, seconds in run.seconds.items()})
        best.seconds = min(runs, key=lambda seconds: sum(seconds.values()))
    return {
        "size": best.counts["functions" if kind == CORPUS else "statements"],
        **{name: best.counts[name] for name in ("functions", "nodes", "edges")},
        "kept": len(best.kept),
        "files": len(sources),
        "rounds": rounds,
        "seconds": best.total(),
        "stages": best.seconds,
        "start_mib": start,
        "peak_mib": peak,
    }


def peak_mebibytes() -> float:
    """The most memory that this process has held so far."""
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def measured(kind: str, sizes: Sequence[int], budget: float) -> Iterator[Point]:
    """One point per size, each in a process of its own, up to the first that fails."""
    for size in sorted({min(size, MOST_STATEMENTS.get(kind, size)) for size in sizes}):
        command = [sys.executable, __file__, "--point", kind, str(size), str(budget)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            said = done.stderr.strip().split("\n")[-1]
            yield {"size": size, "failed": said or f"over {MOST_SECONDS} s (exit status {done.returncode})"}
            return
        yield json.loads(done.stdout)


def exponent(points: Sequence[Point], stage: str = "") -> float:
    """The slope of log seconds, of one stage or all, over log size; not a number for fewer than two points."""
    if len(points) < 2:
        return math.nan
    seconds = [point["stages"][stage] if stage else point["seconds"] for point in points]
    sizes = [math.log(point["size"]) for point in points]
    return statistics.linear_regression(sizes, [math.log(max(value, 1e-6)) for value in seconds]).slope


def fitted(points: Sequence[Point]) -> list[Point]:
    """The points that an exponent is taken from."""
    return [point for point in points if "failed" not in point and point["size"] >= FIT_FROM]


def show(kind: str, points: Sequence[Point]) -> None:
    """A table of one kind: a line per point, and the exponents of each stage."""
    print(f"\n{kind}\n{'size':>9}{'nodes':>11}{'edges':>11}" + "".join(f"{name:>10}" for name in STAGES), end="")
    print(f"{'CPU s':>9}{'MiB':>7}")
    for point in points:
        if "failed" in point:
            print(f"{point['size']:>9,}  {point['failed']}")
            continue
        print(f"{point['size']:>9,}{point['nodes']:>11,}{point['edges']:>11,}", end="")
        print("".join(f"{point['stages'][name]:>10.3f}" for name in STAGES), end="")
        print(f"{point['seconds']:>9.3f}{point['peak_mib']:>7.0f}")
    for title, used in (("exponent", fitted(points)), ("last", fitted(points)[-2:])):
        print(f"{title:<31}" + "".join(f"{exponent(used, name):>10.2f}" for name in STAGES), end="")
        print(f"{exponent(used):>9.2f}", flush=True)


def summary(results: dict[str, list[Point]]) -> dict[str, dict[str, Any]]:
    """Print and return, for each kind, the exponents and the stage that takes most of the largest point."""
    print(f"\n{'':<24}{'largest':>9}{'CPU s':>9}{'MiB':>7}{'exponent':>10}{'last':>7}  most of it")
    out: dict[str, dict[str, Any]] = {}
    for kind, points in results.items():
        used = fitted(points)
        whole = not any("failed" in point for point in points)
        out[kind] = {"exponent": exponent(used), "last": exponent(used[-2:]), "complete": whole}
        out[kind]["stages"] = {stage: exponent(used, stage) for stage in STAGES}
        if not used:
            print(f"{kind:<24}  no point")
            continue
        large = used[-1]
        most = max(STAGES, key=lambda stage: large["stages"][stage])
        share = large["stages"][most] / large["seconds"]
        print(f"{kind:<24}{large['size']:>9,}{large['seconds']:>9.2f}{large['peak_mib']:>7.0f}", end="")
        print(f"{out[kind]['exponent']:>10.2f}{out[kind]['last']:>7.2f}  {most} {share:.0%}", end="")
        print("" if whole and out[kind]["exponent"] <= MOST_EXPONENT else "  <-- too much")
    return out


def main() -> None:
    """Parse the arguments, measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few and small points")
    parser.add_argument("--only", action="append", help=f"{CORPUS}, {REAL}, or a shape; may be given again")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--point", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.point:
        kind, size, budget = options.point
        print(json.dumps(measure(kind, int(size), float(budget))))
        return
    sizes = (QUICK_LENGTHS, QUICK_CORPUS_SIZES) if options.quick else (LENGTHS, CORPUS_SIZES)
    results: dict[str, list[Point]] = {}
    for kind in options.only or (CORPUS, *SHAPES, REAL):
        results[kind] = list(measured(kind, sizes[kind == CORPUS], 0.2 if options.quick else 1.0))
        show(kind, results[kind])
        if results[kind][-1].get("rounds", 1) > 1:
            print(f"the files were gone through {results[kind][-1]['rounds']} times: too few functions installed")
    exponents = summary(results)
    if options.json:
        record = {"python": platform.python_version(), "exponents": exponents, "points": results}
        options.json.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    if options.plot:
        options.plot.write_text(growth_svg(results, exponents), encoding="utf-8")


if __name__ == "__main__":
    main()
