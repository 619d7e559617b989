"""The program dependence graph of one function.

In: a FUNCTION tree, faithful or canonical. Out: a `Pdg`. One walk over the tree makes the nodes, the operand edges (in
`operations`) and the control-flow graph; then control dependence comes from its post-dominators, data dependence from
its reaching definitions, and order from the same analysis run on one more variable, the world that effects read and
write. Source: Ferrante, Ottenstein, Warren, 1987; effects as a variable after the memory state of SSA-based compilers.

Approximations (all of them in docs/pdg.md): a nested function runs, if at all, where it is defined; attributes and
elements are not tracked one by one, reads of them, stores to them and calls are ordered instead.
"""

from __future__ import annotations

from collections.abc import Callable

from codesim.graph.dataflow import def_use_pairs
from codesim.graph.dominance import control_dependences
from codesim.graph.flow import ENTRY, EXIT, Frame, Pending
from codesim.graph.operations import SAME_NAME, STORED, WORLD, OperationBuilder
from codesim.graph.schema import Edge, EdgeKind, NodeKind, Pdg
from codesim.parse import Kind, Node

_MAYBE_MUTABLE = frozenset({Kind.COLLECTION, Kind.COMPREHENSION, Kind.CALL})
_JUMPS = {Kind.BREAK: "break", Kind.CONTINUE: "continue", Kind.RETURN: "return", Kind.RAISE: "raise"}


def build_pdg(function: Node, qualname: str) -> Pdg:
    """Build the program dependence graph of a function.

    Args:
        function: a FUNCTION node, as `parse_function` or `lower` return it.
        qualname: the name that the graph carries; not part of its nodes.

    Returns:
        The graph; equal trees give equal graphs.

    Raises:
        RecursionError: the tree is deeper than the interpreter's recursion limit.

    Source: Ferrante, Ottenstein, Warren, 1987; details are our own.
    """
    builder = _Builder()
    builder.function(function)
    return builder.finish(qualname)


class _Builder(OperationBuilder):
    """Adds statements and control flow."""

    # -- the function itself --------------------------------------------------------------------------------------

    def function(self, tree: Node) -> None:
        declared = [node.label for node in tree.walk() if node.kind in (Kind.GLOBAL, Kind.NONLOCAL)]
        self.shared = frozenset(name for label in declared for name in label.split(","))
        entry = self.node(NodeKind.ENTRY, tree.children[0].label, tree.span)
        for position, decorator in enumerate(tree.children[2:]):
            self.operand(self.expression(decorator), entry, position)
        defaults = self.defaults(tree)
        self.names.enter(tree)
        self.parameters(tree, entry, defaults)
        pending = self.suite(tree.children[1], [(ENTRY, "")])
        self.flow.connect(pending, EXIT)

    def finish(self, qualname: str) -> Pdg:
        flow, labels = self.flow, self.names.labels
        for decider, dependent, branch in control_dependences(flow.successors, ENTRY, EXIT):
            source, target = flow.node[decider], flow.node[dependent]
            if source >= 0 and target >= 0 and (source, target) not in self.members:  # joins have no node
                self.edges.append(Edge(source, target, EdgeKind.CONTROL, branch, dependent <= decider))
        for (source, target), part in self.members.items():
            self.edges.append(Edge(source, target, EdgeKind.CONTROL, part, False))
        for source, target, variable, carried in def_use_pairs(flow):
            if variable == WORLD:
                self.edges.append(Edge(source, target, EdgeKind.ORDER, "", carried))
            else:
                self.edges.append(Edge(source, target, EdgeKind.DATA, labels[variable], carried))
        edges = tuple(sorted(set(self.edges)))
        return Pdg(qualname, tuple(self.kinds), tuple(self.labels), tuple(self.spans), edges)

    # -- suites and statements ------------------------------------------------------------------------------------

    def suite(self, suite: Node, pending: Pending, owner: int = -1, part: str = "") -> Pending:
        """Build the statements of a suite; `owner` is the node of a `try`, `with` or class that they are a part of.

        What such a suite holds is no matter of branches: control dependence alone would not tell it from what follows.
        """
        for statement in suite.children:
            if owner >= 0:
                self.members[owner, len(self.kinds)] = part
            special = _COMPOUND.get(statement.kind)
            pending = special(self, statement, pending) if special else self.simple(statement, pending)
        return pending

    def simple(self, tree: Node, pending: Pending) -> Pending:
        kind = tree.kind
        label = f"{tree.label}=" if kind is Kind.AUGMENT else tree.label
        node = self.statement(tree, SAME_NAME.get(kind, NodeKind.SCOPE), pending, label)
        out: Pending = [(self.point, "")]
        if kind in (Kind.ASSIGN, Kind.AUGMENT):
            self.assignment(tree, node)
        elif kind is Kind.IMPORT:
            for position, target in enumerate(tree.children):
                self.operand(self.store(target, node), node, position)
            self.effect()
        else:
            for position, child in enumerate(tree.children):
                if child.kind in (Kind.STORE, Kind.COLLECTION) and kind is Kind.DELETE:  # `del name`, `del (a, b)`
                    self.store(child, node)
                else:
                    self.operand(self.expression(child), node, position)
            if kind in (Kind.DELETE, Kind.RAISE, Kind.ASSERT):
                self.effect()
        if kind is Kind.ASSERT:
            self.flow.exceptional[self.point].append(EXIT)
        if kind in _JUMPS:
            self.flow.jump(_JUMPS[kind], out)
            return []
        return out

    def assignment(self, tree: Node, node: int) -> None:
        *targets, value = tree.children
        if tree.kind is Kind.AUGMENT:
            self.augmented(tree, node)
            return
        self.operand(self.expression(value), node, 0)
        for target in targets:
            self.store(target, node)

    def augmented(self, tree: Node, node: int) -> None:
        """AUGMENT: evaluate the target once, apply the operator, write back."""
        target, value = tree.children
        place = self.read(target.label, target.span) if target.kind is Kind.STORE else self.expression(target)
        operand = self.expression(value)
        operator = self.node(NodeKind.OPERATOR, tree.label, tree.span)
        self.operand(place, operator, 0)
        self.operand(operand, operator, 1)
        self.operand(operator, node, 0)
        if target.kind is Kind.STORE:
            self.store(target, node)
        else:
            self.operand(node, place, STORED)
        if target.kind is not Kind.STORE or value.kind in _MAYBE_MUTABLE:
            self.effect()

    def branch(self, tree: Node, pending: Pending) -> Pending:
        """IF."""
        node = self.statement(tree, NodeKind.IF, pending)
        self.operand(self.expression(tree.children[0]), node, 0)
        point = self.point
        out = self.suite(tree.children[1], [(point, "true")])
        return out + self.suite(tree.children[2], [(point, "false")])

    def loop(self, tree: Node, pending: Pending) -> Pending:
        """FOR and WHILE: the point is the test of the next round."""
        is_for = tree.kind is Kind.FOR
        node = self.statement(tree, NodeKind.FOR if is_for else NodeKind.WHILE, pending, tree.label)
        point = self.point
        self.operand(self.expression(tree.children[1 if is_for else 0]), node, 0)
        if is_for:
            self.look()
            if tree.label:  # `async for`
                self.effect()
            before = len(self.definitions)
            self.store(tree.children[0], node)
            self.flow.on_true.update(written for _, written in self.definitions[before:])
        frame = Frame("loop", header=point)
        self.flow.frames.append(frame)
        self.flow.connect(self.suite(tree.children[-2], [(point, "true")]), point)
        self.flow.frames.pop()
        return self.suite(tree.children[-1], [(point, "false")]) + frame.breaks

    def with_block(self, tree: Node, pending: Pending) -> Pending:
        """WITH: the body's exceptions may be swallowed, so they may also continue behind it."""
        node = self.statement(tree, NodeKind.WITH, pending, tree.label)
        point = self.point
        for position, item in enumerate(tree.children[1:]):
            self.operand(self.expression(item.children[0]), node, position)
            if len(item.children) > 1:
                self.store(item.children[1], node)
        self.effect()
        frame = Frame("try")
        self.flow.frames.append(frame)
        out = self.suite(tree.children[0], [(point, "")], node, "with")
        self.flow.frames.pop()
        # a body that never ends but by a jump is left behind only where an exception is swallowed
        return self.joined(out or [(point, "false")], frame.raises)

    def joined(self, pending: Pending, raises: list[int]) -> Pending:
        """Pending edges that also carry exceptions: through a point without a node, if there are exceptions."""
        if not raises:
            return pending
        join = self.flow.add_point(-1, pending)
        for point in raises:
            self.flow.exceptional[point].append(join)
        return [(join, "")]

    def try_block(self, tree: Node, pending: Pending) -> Pending:
        """TRY: body, handlers, else, finally; a `finally` suite is built once and all ways lead through it."""
        body, orelse, final = tree.children[:3]
        node = self.statement(tree, NodeKind.TRY, pending, tree.label)
        point = self.point
        guard = Frame("finally") if final.children else None
        if guard:
            self.flow.frames.append(guard)
        frame = Frame("try")
        self.flow.frames.append(frame)
        out = self.suite(body, [(point, "true")], node, "try")
        self.flow.frames.pop()
        out = self.suite(orelse, out, node, "else")
        raises = [point, *frame.raises]
        out = out + self.handlers(tree, [(point, "false")], raises)
        if not guard:
            return out
        self.flow.frames.pop()
        join = self.flow.add_point(-1, (out + guard.held) or [(point, "false")])
        for raising in guard.raises:
            self.flow.exceptional[raising].append(join)
        self.flow.exceptional[point].append(join)
        after = self.suite(final, [(join, "")], node, "finally")
        for kind in sorted(set(guard.jumps)):
            self.flow.jump(kind, after)
        return after if out else []

    def handlers(self, tree: Node, rest: Pending, raises: list[int]) -> Pending:
        """The handlers of a TRY, tried in turn; those of an `except*` may run one after the other."""
        out: Pending = []
        handlers = tree.children[3:]
        for handler in handlers:
            suite, *header = handler.children
            node = self.statement(handler, NodeKind.HANDLER, rest)
            point = self.point
            for raising in raises:
                self.flow.exceptional[raising].append(point)
            for child in header:
                if child.kind is Kind.STORE:
                    self.store(child, node)
                else:
                    self.operand(self.expression(child), node, 0)
            is_last = handler is handlers[-1]
            done = self.suite(suite, [(point, "" if is_last and not tree.label else "true")])
            rest = [(point, "false")]
            if tree.label:
                rest += done
            else:
                out += done
        return rest if tree.label else out

    def match(self, tree: Node, pending: Pending) -> Pending:
        subject, *cases = tree.children
        node = self.statement(tree, NodeKind.MATCH, pending)
        self.operand(self.expression(subject), node, 0)
        rest: Pending = [(self.point, "")]
        out: Pending = []
        for case in cases:
            pattern, suite, *guard = case.children
            case_node = self.statement(case, NodeKind.CASE, rest)
            self.operand(node, case_node, 0)
            before = len(self.definitions)
            self.operand(self.pattern(pattern), case_node, 1)
            self.flow.on_true.update(written for _, written in self.definitions[before:])
            if guard:
                self.operand(self.expression(guard[0]), case_node, 2)
            point = self.point
            self.flow.tried.add(point)
            out = out + self.suite(suite, [(point, "true")])
            irrefutable = (
                pattern.label in ("_", "as") and not guard and all(c.kind is Kind.STORE for c in pattern.children)
            )
            rest = [] if irrefutable else [(point, "false")]
        return out + rest

    def pattern(self, tree: Node) -> int:
        node = self.node(NodeKind.PATTERN, tree.label, tree.span)
        self.look()
        for position, child in enumerate(tree.children):
            if child.kind is Kind.STORE:
                self.store(child, node)
            else:
                self.operand(
                    self.pattern(child) if child.kind is Kind.PATTERN else self.expression(child), node, position
                )
        return node

    def nested_function(self, tree: Node, pending: Pending) -> Pending:
        """FUNCTION inside a function: its body may run or not, and only falls back to behind the definition."""
        node = self.statement(tree, NodeKind.FUNCTION, pending, tree.label)
        point = self.point
        for position, decorator in enumerate(tree.children[2:]):
            self.operand(self.expression(decorator), node, position)
        defaults = self.defaults(tree)
        self.bind(tree.label, node)
        frame = Frame("function")
        self.flow.frames.append(frame)
        self.names.enter(tree)
        self.parameters(tree, node, defaults)
        out = self.suite(tree.children[1], [(point, "true")])
        self.names.leave()
        self.flow.frames.pop()
        return [*out, *frame.returns, (point, "false")]

    def nested_class(self, tree: Node, pending: Pending) -> Pending:
        node = self.statement(tree, NodeKind.CLASS, pending, tree.label)
        for position, child in enumerate(tree.children[1:]):
            self.operand(self.expression(child), node, position)
        self.bind(tree.label, node)
        self.names.enter(tree)
        out = self.suite(tree.children[0], [(self.point, "")], node, "class")
        self.names.leave()
        return out


_COMPOUND: dict[Kind, Callable[[_Builder, Node, Pending], Pending]] = {
    Kind.IF: _Builder.branch,
    Kind.FOR: _Builder.loop,
    Kind.WHILE: _Builder.loop,
    Kind.WITH: _Builder.with_block,
    Kind.TRY: _Builder.try_block,
    Kind.MATCH: _Builder.match,
    Kind.FUNCTION: _Builder.nested_function,
    Kind.CLASS: _Builder.nested_class,
}
