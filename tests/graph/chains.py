"""Def-use pairs of a module's functions by three ways: our graphs, beniget's chains, and CPython's bytecode.

In: source text. Out: for each outermost function (what is nested in it belongs to it) sets of pairs (place of the
write, place of the read, variable), and the syntax tree to explain differences with. What a pattern writes counts as
written where the pattern starts, what an import writes where the import starts.
"""

from __future__ import annotations

import ast
import contextlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

import beniget
from graph.oracle import Place, codes_of, compiled, def_use_places, plain

from codesim.graph import EdgeKind, NodeKind, build_pdg
from codesim.parse import parse_function

FunctionAst = ast.FunctionDef | ast.AsyncFunctionDef
PlacePair = tuple[Place, Place, str]
_WRITES = frozenset({NodeKind.DEFINITION, NodeKind.PARAMETER, NodeKind.WALRUS, NodeKind.FUNCTION, NodeKind.CLASS})
_READS = frozenset({NodeKind.USE, NodeKind.GLOBAL})


@dataclass
class Function:
    """One outermost function and the pairs that each side finds in it."""

    node: FunctionAst
    parents: dict[ast.AST, ast.AST]
    ours: set[PlacePair]
    beniget: set[PlacePair]
    bytecode: set[PlacePair]
    at: dict[Place, list[ast.AST]] = field(default_factory=dict)

    def inside(self, pairs: set[PlacePair]) -> set[PlacePair]:
        """Those of the pairs that lie in this function."""
        low, high = place_of(self.node), (self.node.end_lineno or 0, self.node.end_col_offset or 0)
        return {pair for pair in pairs if low < pair[0] < high and low < pair[1] < high}


def functions_in(tree: ast.Module) -> list[Function]:
    """All outermost functions of a module with their pairs."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    bytecode, chains = bytecode_pairs(tree), chain_pairs(tree, beniget.DefUseChains)
    out = []
    for node in outermost(tree):
        function = Function(node, parents, our_pairs(node), set(), set())
        function.beniget, function.bytecode = function.inside(chains), function.inside(bytecode)
        for inner in ast.walk(node):
            if hasattr(inner, "lineno"):
                function.at.setdefault(place_of(inner), []).append(inner)
        out.append(function)
    return out


def outermost(tree: ast.AST) -> Iterator[FunctionAst]:
    """The functions of a module that stand in no other function."""
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, FunctionAst):
            yield node
        else:
            stack.extend(ast.iter_child_nodes(node))


def our_pairs(function: FunctionAst) -> set[PlacePair]:
    """The data edges of the faithful graph between a variable's writes and reads; changes of objects are left out."""
    pdg = build_pdg(parse_function(function), function.name)
    patterns = _patterns(function)
    return {
        (_normal(pdg.spans[edge.source][:2], patterns), pdg.spans[edge.target][:2], edge.detail)
        for edge in pdg.edges
        if edge.kind is EdgeKind.DATA and edge.detail == pdg.labels[edge.target]
        if pdg.kinds[edge.source] in _WRITES and pdg.kinds[edge.target] in _READS
    }


def chain_pairs(tree: ast.Module, kind: type[beniget.DefUseChains]) -> set[PlacePair]:
    """The def-use chains of beniget, or of a changed beniget."""
    chains = kind()
    with contextlib.redirect_stdout(io.StringIO()):  # it prints the names that it finds unbound
        chains.visit(tree)
    patterns = _patterns(tree)
    statement = {child: node for node in ast.walk(tree) for child in getattr(node, "names", ())}
    out: set[PlacePair] = set()
    for node, chain in chains.chains.items():
        anchor = statement[node] if isinstance(node, ast.alias) else node
        if isinstance(getattr(node, "ctx", None), ast.Load) or not hasattr(anchor, "lineno"):
            continue
        write = _normal(place_of(anchor), patterns)
        readers = [user.node for user in chain.users() if isinstance(user.node, ast.Name)]
        out.update((write, place_of(reader), reader.id) for reader in readers if reader.id == chain.name())
    return out


def bytecode_pairs(tree: ast.Module) -> set[PlacePair]:
    """The def-use pairs of the compiled module's functions and classes."""
    arguments: dict[tuple[str, int], dict[str, Place]] = {}
    for node in ast.walk(tree):
        if isinstance(node, FunctionAst | ast.Lambda):
            first = min([node.lineno, *[one.lineno for one in getattr(node, "decorator_list", [])]])
            own = {arg.arg: place_of(arg) for arg in ast.iter_child_nodes(node.args) if isinstance(arg, ast.arg)}
            arguments.setdefault((getattr(node, "name", "<lambda>"), first), {}).update(own)
    patterns = _patterns(tree)
    out: set[PlacePair] = set()
    for code in codes_of(compiled(tree)):
        own = arguments.get((code.co_name, code.co_firstlineno), {})
        for write, read, name in def_use_places(code):
            place = own.get(plain(name)) if write == (0, 0) else _normal(write, patterns)
            if place is not None:
                out.add((place, read, plain(name)))
    return out


def place_of(node: ast.AST) -> Place:
    """Where a node starts: (line, column)."""
    return node.lineno, node.col_offset  # type: ignore[attr-defined]


def _patterns(tree: ast.AST) -> list[tuple[Place, Place]]:
    patterns = [node.pattern for node in ast.walk(tree) if isinstance(node, ast.match_case)]
    return [(place_of(one), (one.end_lineno or 0, one.end_col_offset or 0)) for one in patterns]


def _normal(place: Place, patterns: list[tuple[Place, Place]]) -> Place:
    return next((start for start, end in patterns if start <= place < end), place)
