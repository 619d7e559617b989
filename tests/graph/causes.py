"""Why our graph and beniget's chains differ on a def-use pair: the list of named causes, and the search for one.

In: a pair that only one side has, with the function it stands in. Out: the first cause that holds, or None. A cause is
shown by a rewriting (our graph of the rewritten function agrees with beniget), by a repair (the repaired beniget agrees
with us), or by a fact about where the write and the read stand.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from unittest import mock

import beniget
from graph.chains import Function, PlacePair, chain_pairs, our_pairs
from graph.rewritings import (
    AllOperands,
    NoDel,
    NoJumpingBranches,
    NoLoopJumps,
    NoRaises,
    NoReturns,
    PerhapsElse,
    PlainTries,
    PlainWiths,
    ReadByDel,
    UnboundHandlerNames,
    WholeHandlers,
    add_unshared,
)  # fmt: skip

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)


class Difference:
    """One pair that only one side has."""

    def __init__(self, function: Function, pair: PlacePair) -> None:
        self.function = function
        self.pair = pair
        self.name = pair[2]
        self.only_ours = pair in function.ours
        self.in_bytecode = pair in function.bytecode
        self.write, self.read = self._node(pair[0]), self._node(pair[1])

    def _node(self, place: tuple[int, int]) -> ast.AST:
        nodes = self.function.at[place]
        return next((node for node in nodes if isinstance(node, ast.Name) and node.id == self.name), nodes[0])

    def above(self, node: ast.AST) -> list[ast.AST]:
        """The node and all around it, innermost first, up to the outermost function."""
        out = [node]
        while out[-1] is not self.function.node:
            out.append(self.function.parents[out[-1]])
        return out

    def scope(self, node: ast.AST) -> ast.AST:
        """The innermost nested function, lambda or class whose body or parameters hold the node."""
        line = self.above(node)
        for inner, outer in pairwise(line):
            if isinstance(outer, ast.arguments) and isinstance(inner, ast.arg):
                return self.function.parents[outer]
            body = getattr(outer, "body", None)
            if isinstance(outer, _DEFINITIONS) and (inner is body or (isinstance(body, list) and inner in body)):
                return outer
        return self.function.node


def is_shared(one: Difference) -> bool:
    """The variable is declared global or nonlocal somewhere in the function."""
    declarations = [node for node in ast.walk(one.function.node) if isinstance(node, ast.Global | ast.Nonlocal)]
    return any(one.name in node.names for node in declarations)


def in_another_scope(one: Difference) -> bool:
    """Write and read stand in different functions, lambdas or classes."""
    return one.scope(one.write) is not one.scope(one.read)


def in_the_else_of_a_loop(one: Difference) -> bool:
    """The read stands in the `else` of a loop, the write outside the loop."""
    line, around_write = one.above(one.read), one.above(one.write)
    return any(isinstance(b, _LOOPS) and a in b.orelse and b not in around_write for a, b in pairwise(line))


def by_a_walrus_in_a_comprehension(one: Difference) -> bool:
    """The write is a walrus in a comprehension."""
    line = one.above(one.write)
    return isinstance(line[1], ast.NamedExpr) and any(isinstance(node, _COMPREHENSIONS) for node in line)


@dataclass(frozen=True)
class Cause:
    """A cause of differences.

    only: whose pairs it explains, "ours" or "beniget". text, why: what differs, and whose side is right and why; one
    line each. example: a function that shows it.
    """

    only: str
    text: str
    why: str
    example: str
    rewritings: tuple[type[ast.NodeTransformer], ...] = ()
    fact: Callable[[Difference], bool] | None = None
    repair: str = ""


CAUSES = (
    Cause("beniget", "a global or nonlocal variable: what other functions write is joined in",
        "neither is wrong; ours stays inside the function",
        "def f(c):\n global x\n if c:\n  x = 1\n else:\n  return x", fact=is_shared),
    Cause("beniget", "`del x` reads x", "neither is wrong; ours takes it for a write",
        "def f(x):\n del x", (ReadByDel,)),
    Cause("beniget", "`return` does not end a path", "ours: nothing runs after it",
        "def f(a, x):\n if a:\n  x = 1\n  return a\n return x", (NoReturns,)),
    Cause("beniget", "`raise` does not end a path", "ours: nothing of the suite runs after it",
        "def f(a, x):\n if a:\n  x = 1\n  raise a\n return x", (NoRaises,)),
    Cause("beniget", "neither `return` nor `raise` ends a path", "ours: nothing runs after them",
        "", (NoReturns, NoRaises)),
    Cause("beniget", "`break` and `continue` do not end a path everywhere", "ours: nothing of the round follows",
        "", (NoLoopJumps,)),
    Cause("beniget", "a branch that leaves by `break` or `continue` passes on what was before it",
        "ours: control does not come from such a branch",
        "def f(a, n):\n x = 0\n while a:\n  if n:\n   x = 1\n  elif a.b:\n   x = 2\n   continue\n  else:\n   x = 3\n"
        "  n = x\n  a = a.c", (NoJumpingBranches,)),
    Cause("beniget", "`return`, `raise`, `break` and `continue` together do not end a path", "ours, as above",
        "", (NoReturns, NoRaises, NoLoopJumps)),
    Cause("beniget", "what body, handlers and `else` of a `try` write never replaces what was before",
        "ours: one way or the other it is written",
        "def f(a):\n x = 1\n try:\n  x = 2\n except E:\n  x = 3\n return x", (PlainTries,)),
    Cause("beniget", "the same, with a `return` or `raise` in the `try`", "ours, as above",
        "", (PlainTries, NoReturns, NoRaises)),
    Cause("beniget", "the same, with any jump in the `try`", "ours, as above",
        "", (PlainTries, NoReturns, NoRaises, NoLoopJumps)),
    Cause("beniget", "what a loop's `else` writes does not replace what the loop wrote",
        "ours: without a `break` the `else` runs",
        "def f(a):\n x = 1\n for y in a:\n  if y:\n   x = 2\n   break\n else:\n  x = 3\n return x", (PerhapsElse,)),
    Cause("beniget", "what a loop in one branch writes leaks into the other branch (its copies share their sets)",
        "ours: a fault of beniget, gone once its sets are copied",
        "def f(a, x):\n if a:\n  while a:\n   x = 1\n else:\n  return x", repair="copied sets"),
    Cause("ours", "a global or nonlocal variable", "neither is wrong; beniget joins it with all of the module",
        "", fact=is_shared),
    Cause("ours", "a nested function reads what its surroundings write before its definition, and after it at any time",
        "neither is wrong; beniget runs a nested function once, when its surroundings end",
        "def f():\n x = 1\n def g():\n  return x\n x = 2\n return g", fact=in_another_scope),
    Cause("ours", "the write is a walrus in a comprehension, which the comprehension itself reads",
        "ours: the variable is one of the function",
        "def f(a):\n return [(d := b) * d for b in a]", fact=by_a_walrus_in_a_comprehension),
    Cause("ours", "a loop without a round goes on in its `else`", "ours: beniget enters it only after rounds",
        "def f(a, x):\n for y in a:\n  x = y\n else:\n  return x", fact=in_the_else_of_a_loop),
    Cause("ours", "a `with` may swallow an exception of its body", "ours, as the bytecode: every `with` may",
        "def f(a):\n x = 1\n with a:\n  x = a()\n  x = 2\n return x", (PlainWiths,)),
    Cause("ours", "the name of a handler lives on behind it", "beniget: it is unbound where the handler ends",
        "def f(a):\n try:\n  a()\n except E as e:\n  pass\n return e", (UnboundHandlerNames,)),
    Cause("ours", "an exception strikes between two writes of a `try`",
        "ours where the bytecode agrees; else ours has one too many: after the last write nothing is left to fail",
        "def f(a):\n try:\n  x = a()\n  x = x.b\n except E:\n  return x", (PlainTries,)),
    Cause("ours", "the body of a `try` is left by an exception and not by its jump", "ours, as above",
        "", (PlainTries, NoReturns, NoRaises, NoLoopJumps)),
    Cause("ours", "in a handler, a write in a branch hides what was written before (handlers start from nothing)",
        "ours where the bytecode agrees: a fault of beniget, gone once handlers start from what is there",
        "def f(a, x):\n try:\n  a()\n except E:\n  if a.b:\n   x = 1\n  return x", repair="whole handlers"),
    Cause("ours", "the same, and sets shared between branches", "ours, as above",
        "", repair="whole handlers, copied sets"),
    Cause("ours", "a walrus behind `and` or `or` may not have run when it is read in the same expression",
        "beniget, for this one; ours does not follow the paths inside an expression",
        "def f(a, b, c):\n while (a and (c := b)) or c:\n  a = c", (AllOperands,)),
    Cause("ours", "`del x` is a write of x, which a later read may see", "beniget: a read behind it fails",
        "def f(a, x):\n if a:\n  del x\n return x", (NoDel,)),
)  # fmt: skip


class Explainer:
    """Finds the causes of the differences in one module; rewritten graphs and repaired chains are made once."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.repaired: dict[str, set[PlacePair]] = {}
        self.rewritten: dict[tuple[int, tuple[type[ast.NodeTransformer], ...]], set[PlacePair]] = {}

    def cause(self, one: Difference) -> Cause | None:
        """The first cause that explains the difference; there is none for what the bytecode has as well and we lack."""
        if one.in_bytecode and not one.only_ours:
            return None
        for cause in CAUSES:
            if (cause.only == "ours") != one.only_ours:
                continue
            if self._holds(cause, one):
                return cause
        return None

    def _holds(self, cause: Cause, one: Difference) -> bool:
        if cause.fact:
            return cause.fact(one)
        if cause.repair:
            return (one.pair in self._repaired(cause.repair)) == one.only_ours
        return (one.pair in self._rewritten(one.function, cause.rewritings)) != one.only_ours

    def _rewritten(self, function: Function, by: tuple[type[ast.NodeTransformer], ...]) -> set[PlacePair]:
        key = (id(function), by)
        if key not in self.rewritten:
            node = copy.deepcopy(function.node)
            for rewriting in by:
                node = rewriting().visit(node)
            self.rewritten[key] = our_pairs(node)
        return self.rewritten[key]

    def _repaired(self, repair: str) -> set[PlacePair]:
        if repair not in self.repaired:
            kind = WholeHandlers if "whole handlers" in repair else beniget.DefUseChains
            original = beniget.DefUseChains.add_to_definition
            adding = add_unshared if "copied sets" in repair else original
            with mock.patch.object(beniget.DefUseChains, "add_to_definition", staticmethod(adding)):
                self.repaired[repair] = chain_pairs(self.tree, kind)
        return self.repaired[repair]
