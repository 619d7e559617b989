"""Observed def-use pairs against the data edges of the faithful graph.

In: what a `Tracer` recorded. Out: the observed pairs that a graph lacks, and how many of its edges were observed. A
pair is compared by the line of the write and the exact place of the read; each function's pairs must be in its own
graph and in that of each function around it, which holds it as a nested one.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from graph.dynamic.scripts import PARAMETER, UNKNOWN, FunctionAst, Script, Site, plain_name
from graph.dynamic.tracer import Pair, Tracer

from codesim.graph import EdgeKind, NodeKind, build_pdg
from codesim.parse import parse_function


class Missing(NamedTuple):
    """An observed pair that is no data edge of a graph."""

    filename: str
    qualname: str
    graph_of: str
    write_line: int
    read_line: int
    name: str


class StaticEdge(NamedTuple):
    """A data edge between two occurrences of a variable."""

    write: Site
    is_parameter: bool
    read: Site
    name: str
    may: bool


@dataclass(slots=True)
class Summary:
    """Figures of one comparison.

    functions: `def`s that ran and showed a pair. pairs: distinct (code object, line of the write, line of the read,
    variable). nested_reads: the same for reads by nested functions, whenever those run. missing, nested_missing: those
    that a graph lacks. edges, observed: data edges between variables of the functions that ran, and how many were seen;
    sure_*: those that are not marked `may`; met, met_observed: those whose write and read were both executed.
    """

    functions: int = 0
    pairs: int = 0
    missing: list[Missing] = field(default_factory=list)
    nested_reads: int = 0
    nested_missing: list[Missing] = field(default_factory=list)
    edges: int = 0
    observed: int = 0
    sure_edges: int = 0
    sure_observed: int = 0
    met: int = 0
    met_observed: int = 0

    def line(self) -> str:
        """The summary in one line."""
        return (
            f"dynamic soundness: {self.functions} functions, {self.pairs} distinct pairs, {len(self.missing)} missing; "
            f"reads by nested functions {self.nested_reads}, missing {len(self.nested_missing)}; observed of static "
            f"data edges: {_share(self.observed, self.edges)}, not may: {_share(self.sure_observed, self.sure_edges)}, "
            f"both ends executed: {_share(self.met_observed, self.met)}"
        )


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / max(whole, 1):.1%})"


class FunctionGraph:
    """The data edges of one function's faithful graph, by places in the source."""

    def __init__(self, function: FunctionAst) -> None:
        pdg = build_pdg(parse_function(function), function.name)
        self.edges = {
            StaticEdge(
                Site(*pdg.spans[edge.source][:2]),
                pdg.kinds[edge.source] is NodeKind.PARAMETER,
                Site(*pdg.spans[edge.target][:2]),
                edge.detail,
                edge.may,
            )
            for edge in pdg.edges
            if edge.kind is EdgeKind.DATA and edge.detail.isidentifier()
        }
        self.exact = {(edge.write.line, edge.read, edge.name) for edge in self.edges}
        self.by_line = {(edge.write.line, edge.read.line, edge.name) for edge in self.edges}
        self.parameters = {(edge.read, edge.name) for edge in self.edges if edge.is_parameter}
        self.parameters_by_line = {(edge.read.line, edge.name) for edge in self.edges if edge.is_parameter}
        self.captures = _captures(function)

    def has(self, pair: Pair) -> bool:
        """Whether an observed pair is a data edge."""
        write, read, name = pair
        if write == PARAMETER:
            wanted = (read.line, name) if read.column < 0 else (read, name)
            return wanted in (self.parameters_by_line if read.column < 0 else self.parameters)
        lines = {site.line for site in self.captures.get((write, name), {write})}
        if read.column < 0:
            return any((line, read.line, name) in self.by_line for line in lines)
        return any((line, read, name) in self.exact for line in lines)


def _captures(function: FunctionAst) -> dict[tuple[Site, str], set[Site]]:
    """Where the names that a `case` binds stand: the bytecode writes them all at the start of the pattern."""
    out: defaultdict[tuple[Site, str], set[Site]] = defaultdict(set)
    for case in [node for node in ast.walk(function) if isinstance(node, ast.match_case)]:
        start = Site(case.pattern.lineno, case.pattern.col_offset)
        for node in ast.walk(case.pattern):
            name = node.rest if isinstance(node, ast.MatchMapping) else getattr(node, "name", None)
            if isinstance(node, ast.MatchAs | ast.MatchStar | ast.MatchMapping) and name:
                out[start, name].add(Site(node.lineno, node.col_offset))
    return out


def compare(tracer: Tracer) -> Summary:
    """Check all that was observed inside functions against their graphs."""
    summary = Summary()
    graphs: dict[FunctionAst, FunctionGraph] = {}
    for script in [script for script, pairs in tracer.pairs.items() if pairs and script.functions]:
        for function in script.functions:
            if function not in graphs:
                graphs[function] = FunctionGraph(function)
        summary.functions += script.is_function
        summary.pairs += _count(script, tracer.pairs[script])
        summary.missing += _missing(script, tracer.pairs[script], graphs)
        summary.nested_reads += _count(script, tracer.remote[script])
        summary.nested_missing += _missing(script, tracer.remote[script], graphs)
    for function, scripts in _by_outermost(tracer).items():
        _measure(summary, graphs[function], scripts, tracer)
    return summary


def _by_outermost(tracer: Tracer) -> dict[FunctionAst, list[Script]]:
    """For each function that ran in none that ran: the scripts that its graph is about."""
    scripts = [script for script, pairs in tracer.pairs.items() if pairs and script.functions]
    ran = {script.functions[0] for script in scripts if script.is_function}
    out: defaultdict[FunctionAst, list[Script]] = defaultdict(list)
    for script in scripts:
        around = [function for function in script.functions if function in ran]
        if around:
            out[around[-1]].append(script)
    return out


def _told(script: Script, pairs: set[Pair]) -> Iterator[Pair]:
    """The pairs whose write is known, with the names as the source has them."""
    return ((write, read, plain_name(name, script.code)) for write, read, name in pairs if write != UNKNOWN)


def _count(script: Script, pairs: set[Pair]) -> int:
    return len({(write.line, read.line, name) for write, read, name in _told(script, pairs)})


def _missing(script: Script, pairs: set[Pair], graphs: dict[FunctionAst, FunctionGraph]) -> list[Missing]:
    return sorted(
        Missing(script.filename, script.code.co_qualname, function.name, pair[0].line, pair[1].line, pair[2])
        for pair in _told(script, pairs)
        for function in script.functions
        if not graphs[function].has(pair)
    )


def _measure(summary: Summary, graph: FunctionGraph, scripts: list[Script], tracer: Tracer) -> None:
    """How many of the edges of a function's graph were observed; `scripts`: its own and those inside it."""
    pairs = [pair for script in scripts for pair in _told(script, tracer.pairs[script] | tracer.remote[script])]
    seen = {(write.line, read, name) for write, read, name in pairs}
    reads = {(read, name) for _, read, name in pairs}
    writes = {(site.line, name) for script in scripts for site, name in tracer.writes[script]}
    for edge in graph.edges:
        line = PARAMETER.line if edge.is_parameter else edge.write.line
        places = (edge.read, Site(edge.read.line, -1))
        observed = any((line, place, edge.name) in seen for place in places)
        met = any((place, edge.name) in reads for place in places) and (
            edge.is_parameter or (edge.write.line, edge.name) in writes
        )
        summary.edges += 1
        summary.observed += observed
        summary.sure_edges += not edge.may
        summary.sure_observed += observed and not edge.may
        summary.met += met
        summary.met_observed += met and observed
