# ruff: noqa: N802, N815  # the names of a visitor's methods are Python's
"""Rewritings that give a function the flow that beniget takes it to have, and repairs that give beniget ours.

A rewriting keeps all positions: every `return` becomes an expression, a `try` a row of `if`s, and so on, so that pairs
of the rewritten function can be compared with those of the function itself. A repair is a beniget with one
fault mended.
"""

from __future__ import annotations

import ast

import beniget
from beniget.beniget import Def
from beniget.ordered_set import ordered_set


def _like(node: ast.AST, new: ast.AST) -> ast.AST:
    return ast.fix_missing_locations(ast.copy_location(new, node))


def _maybe(node: ast.AST, suite: list[ast.stmt]) -> list[ast.AST]:
    """`if maybe(): suite`, at the place of the node; `maybe` stands for what nobody knows."""
    test = ast.Call(ast.Name("maybe", ast.Load()), [], [])
    return [_like(node, ast.If(test, suite, []))] if suite else []


def _evaluated(node: ast.AST, *values: ast.expr | None) -> ast.AST:
    present = [value for value in values if value is not None]
    return _like(node, ast.Expr(ast.Tuple(present, ast.Load())))


class NoReturns(ast.NodeTransformer):
    """`return x` only evaluates x."""

    def visit_Return(self, node: ast.Return) -> ast.AST:
        return _evaluated(node, node.value)


class NoRaises(ast.NodeTransformer):
    """`raise x` only evaluates x."""

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        return _evaluated(node, node.exc, node.cause)


class NoLoopJumps(ast.NodeTransformer):
    """`break` and `continue` do nothing."""

    def visit_Break(self, node: ast.Break) -> ast.AST:
        return _like(node, ast.Pass())

    def visit_Continue(self, node: ast.Continue) -> ast.AST:
        return _like(node, ast.Pass())


class NoJumpingBranches(ast.NodeTransformer):
    """A branch that ends in `break` or `continue` does nothing."""

    def visit_If(self, node: ast.If) -> ast.AST:
        self.generic_visit(node)
        for suite in (node.body, node.orelse):
            if suite and isinstance(suite[-1], ast.Break | ast.Continue):
                suite[:] = [_like(suite[-1], ast.Pass())]  # type: ignore[list-item]
        return node


class PlainTries(ast.NodeTransformer):
    """The body of a `try` and each of its handlers run or not, one after the other."""

    def visit_Try(self, node: ast.Try | ast.TryStar) -> list[ast.AST]:
        self.generic_visit(node)
        out = _maybe(node, [*node.body, *node.orelse])
        for handler in node.handlers:
            suite: list[ast.AST] = [_evaluated(handler, handler.type), *handler.body]
            if handler.name:
                name = ast.copy_location(ast.Name(handler.name, ast.Store()), handler)
                suite.insert(0, _like(handler, ast.Assign([name], ast.Constant(None))))
            out += _maybe(handler, suite)  # type: ignore[arg-type]
        return [*out, *node.finalbody]

    visit_TryStar = visit_Try


class UnboundHandlerNames(ast.NodeTransformer):
    """The name of a handler is written once more where the handler ends."""

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        self.generic_visit(node)
        if node.name:
            name = ast.Name(node.name, ast.Store())
            node.body.append(_like(node.body[-1], ast.Assign([name], ast.Constant(None))))  # type: ignore[arg-type]
        return node


class PlainWiths(ast.NodeTransformer):
    """A `with` assigns and runs its body."""

    def visit_With(self, node: ast.With | ast.AsyncWith) -> list[ast.AST]:
        self.generic_visit(node)
        out: list[ast.AST] = []
        for item in node.items:
            value = item.context_expr
            target = item.optional_vars
            out.append(_evaluated(value, value) if target is None else _like(value, ast.Assign([target], value)))
        return [*out, *node.body]

    visit_AsyncWith = visit_With


class PerhapsElse(ast.NodeTransformer):
    """The `else` of a loop runs or not, however the loop ends."""

    def visit_For(self, node: ast.For | ast.AsyncFor | ast.While) -> list[ast.AST]:
        self.generic_visit(node)
        after, node.orelse = _maybe(node, node.orelse), []
        return [node, *after]

    visit_AsyncFor = visit_While = visit_For


class ReadByDel(ast.NodeTransformer):
    """`del x` reads x first."""

    def visit_Delete(self, node: ast.Delete) -> list[ast.AST]:
        names = [name for name in ast.walk(node) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Del)]
        return [_evaluated(node, *[_like(name, ast.Name(name.id, ast.Load())) for name in names]), node]  # type: ignore[list-item]


class NoDel(ast.NodeTransformer):
    """`del` does nothing."""

    def visit_Delete(self, node: ast.Delete) -> ast.AST:
        return _like(node, ast.Pass())


class AllOperands(ast.NodeTransformer):
    """All operands of `and`, `or` and conditional expressions are evaluated."""

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        return _like(node, ast.Tuple(node.values, ast.Load()))

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        return _like(node, ast.Tuple([node.test, node.body, node.orelse], ast.Load()))


# -- repairs ----------------------------------------------------------------------------------------------------------


class WholeHandlers(beniget.DefUseChains):
    """A handler starts from what was written before it, not from nothing."""

    def visit_Try(self, node: ast.Try) -> None:
        with self.DefinitionContext(self._definitions[-1].copy()) as tried:
            self.process_body(node.body)
            self.process_body(node.orelse)
        for name in tried:
            self.extend_definition(name, tried[name])
        for handler in node.handlers:
            with self.DefinitionContext(self._definitions[-1].copy()) as handled:
                self.visit(handler)
            for name in handled:
                self.extend_definition(name, handled[name])
        self.process_body(node.finalbody)

    visit_TryStar = visit_Try


def add_unshared(definitions: dict[str, ordered_set], name: str, added: Def | ordered_set) -> None:
    """In place of `DefUseChains.add_to_definition`: a set that other branches hold as well is not changed."""
    fresh = [added] if isinstance(added, Def) else added
    definitions[name] = ordered_set([*definitions.get(name, ()), *fresh])
