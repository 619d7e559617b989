"""Which statements of a function can run, and which after which: by CPython's compiled code and by our control flow.

In: a function's syntax tree and code object. Out: for both sides the statements that the start reaches, and for each of
them those that can follow, sooner or later. An instruction belongs to the innermost statement (or handler, or case)
around its position; statements of nested functions and classes are left out, since they are compiled apart.
"""

from __future__ import annotations

import ast
import dis
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from types import CodeType

from graph.oracle import Place, edges_of, places_of

from codesim.graph.pdg import control_flow
from codesim.parse import parse_function

Part = ast.stmt | ast.ExceptHandler | ast.match_case
_NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass
class Order:
    """What one side says: the parts that can run, and for each part the parts that can run after it, as bits."""

    runs: int
    after: list[int]


def parts_of(function: ast.AST) -> list[Part]:
    """The statements, handlers and cases of a function itself, in order of their places; the insides of nested
    definitions left out."""
    out: list[Part] = []
    stack: list[ast.AST] = list(getattr(function, "body", []))
    while stack:
        node = stack.pop()
        if isinstance(node, Part):
            out.append(node)
        if not isinstance(node, _NESTED):
            stack.extend(child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.expr))
    return sorted(out, key=start_of)


def start_of(part: Part) -> Place:
    """Where a part starts; a case where its pattern does, a decorated definition where its first decorator does."""
    if isinstance(part, ast.match_case):
        return part.pattern.lineno, part.pattern.col_offset
    return part.lineno, part.col_offset


def end_of(part: Part) -> Place:
    """Where a part ends."""
    last = part.body[-1] if isinstance(part, ast.match_case) else part
    return last.end_lineno or 0, last.end_col_offset or 0


class Places:
    """Finds the innermost part around a place."""

    def __init__(self, parts: list[Part]) -> None:
        spans = []
        for number, part in enumerate(parts):
            start = start_of(part)
            for decorator in getattr(part, "decorator_list", ()):
                start = min(start, (decorator.lineno, 0))
            spans.append((start, number, end_of(part)))
        self.spans = sorted(spans)
        self.starts = [start for start, _, _ in self.spans]

    def part_at(self, place: Place) -> int:
        """The number of the part, -1 where there is none."""
        for index in range(bisect_right(self.starts, place) - 1, -1, -1):
            _, number, end = self.spans[index]
            if place < end:
                return number
        return -1


def order_of(part: list[int], edges: list[list[int]], start: int) -> Order:
    """The order of parts in a flow graph: `part[p]` is the part of the point p (-1: none), edges[p] what follows p."""
    reached, stack = {start}, [start]
    while stack:
        fresh = set(edges[stack.pop()]) - reached
        reached |= fresh
        stack.extend(fresh)
    after = [0] * len(part)
    own = [1 << number if number >= 0 else 0 for number in part]
    points = sorted(reached, reverse=True)
    changed = True
    while changed:
        changed = False
        for point in points:
            found = after[point]
            for target in edges[point]:
                found |= own[target] | after[target]
            if found != after[point]:
                after[point], changed = found, True
    runs, by_part = 0, [0] * (max(part, default=-1) + 1)
    for point in points:
        runs |= own[point]
        if part[point] >= 0:
            by_part[part[point]] |= after[point]
    return Order(runs, by_part)


def compiled_order(code: CodeType, parts: list[Part]) -> Order:
    """The order of the parts by the compiled code."""
    ordinary, exceptional = edges_of(code)
    offsets = list(ordinary)
    index = {offset: number for number, offset in enumerate(offsets)}
    places, where = Places(parts), places_of(code)
    placed = {2 * index for index, position in enumerate(code.co_positions()) if position[2] is not None}
    placed -= _clean_up(code)
    part = [places.part_at(where[offset]) if offset in placed else -1 for offset in offsets]
    edges = [[index[target] for target in (*ordinary[offset], *exceptional[offset])] for offset in offsets]
    return order_of(part, edges, 0)


def _clean_up(code: CodeType) -> set[int]:
    """Instructions that pass an exception on, placed by the compiler at whatever statement it compiled last."""
    instructions = list(dis.get_instructions(code))
    out: set[int] = set()
    for place, one in enumerate(instructions):
        if one.opname == "RERAISE":
            out.add(one.offset)
            before = [inner.opname for inner in instructions[max(0, place - 2) : place]]
            if before == ["COPY", "POP_EXCEPT"]:
                out.update(inner.offset for inner in instructions[place - 2 : place])
    return out


def numbers(bits: int) -> Iterable[int]:
    """The numbers of the parts in a set of bits."""
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


# -- our side ---------------------------------------------------------------------------------------------------------


def truth(test: ast.expr) -> bool | None:
    """The truth of a test that the compiler decides itself; None for all others."""
    match test:
        case ast.Constant(value):
            return bool(value)
        case ast.Name("__debug__"):
            return True
        case ast.UnaryOp(ast.Not(), operand):
            inner = truth(operand)
            return None if inner is None else not inner
        case ast.BoolOp(operator, values):
            ends = isinstance(operator, ast.Or)
            known = [truth(value) for value in values]
            if ends in known:
                return ends
            return not ends if None not in known else None
        case ast.Tuple(elements) if all(isinstance(element, ast.Constant) for element in elements):
            return bool(elements)
    return None


def decided(part: Part) -> bool | None:
    """The truth of a part's test or guard, where the compiler decides it."""
    test = part.guard if isinstance(part, ast.match_case) else getattr(part, "test", None)
    return None if test is None else truth(test)


def cannot_fail(part: Part) -> bool:
    """Whether nothing is evaluated that could raise."""
    if isinstance(part, ast.If | ast.While | ast.Assert):
        return isinstance(part.test, ast.Constant) and (bool(part.test.value) or not isinstance(part, ast.Assert))
    if isinstance(part, ast.Return):
        return part.value is None or _is_constant(part.value)
    if isinstance(part, ast.Expr):
        return isinstance(part.value, ast.Constant)
    return isinstance(part, ast.Break | ast.Continue | ast.Pass | ast.Global | ast.Nonlocal)


def _is_constant(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) or (isinstance(value, ast.Tuple) and all(map(_is_constant, value.elts)))


class OurFlow:
    """Our control-flow graph of a function, by the parts of its syntax tree."""

    def __init__(self, function: ast.FunctionDef | ast.AsyncFunctionDef, parts: list[Part]) -> None:
        self.flow = control_flow(parse_function(function))
        numbered = {start_of(part): number for number, part in enumerate(parts)}
        self.part = [-1 if span is None else numbered.get(span[:2], -1) for span in self.flow.spans]
        self.part[0] = self.part[1] = -1
        self.parts = parts

    def order(self, folded: bool = False, sure: bool = False, without: frozenset[int] = frozenset()) -> Order:
        """The order of the parts.

        folded: tests that the compiler decides have one branch. sure: what cannot fail does not. without: parts that
        control does not get past.
        """
        edges: list[list[int]] = []
        for point, (successors, exceptional) in enumerate(
            zip(self.flow.successors, self.flow.exceptional, strict=True)
        ):
            number = self.part[point]
            part = self.parts[number] if number >= 0 else None
            known = decided(part) if folded and part is not None else None
            dead = {True: "false", False: "" if isinstance(part, ast.Assert) else "true", None: "never"}[known]
            targets = [target for target, branch in successors if branch != dead]
            if sure and isinstance(part, ast.Try | ast.TryStar):  # its "false" stands for an exception of its own
                targets = [target for target, branch in successors if branch != "false"]
            elif not (sure and part is not None and cannot_fail(part)):
                targets += exceptional
            edges.append([] if number in without else targets)
        return order_of(self.part, edges, 0)
