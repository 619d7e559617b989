"""The program dependence graph of one function.

In: a FUNCTION tree, faithful or canonical. Out: a `Pdg`. One walk over the tree makes the nodes, the operand edges (in
`operations`), the order edges and the control-flow graph; then control dependence comes from its post-dominators and
data dependence from its reaching definitions. Source: Ferrante, Ottenstein, Warren, 1987; order edges are our own.

Order: the statements of one suite that have effects form a chain, and those that look at what effects may change stand
between the links before and after them; nesting orders the rest. So the edges grow with the statements, not with their
pairs. Approximations are in docs/pdg.md.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from codesim.graph.dataflow import def_use_pairs
from codesim.graph.dominance import control_dependences
from codesim.graph.flow import ENTRY, EXIT, FlowGraph, Frame, Pending
from codesim.graph.names import NO_PLACE, shared_names
from codesim.graph.operations import SAME_NAME, STORED, OperationBuilder
from codesim.graph.schema import Edge, EdgeKind, NodeKind, Pdg
from codesim.parse import Kind, Node
from codesim.parse.depth import deep_recursion
from codesim.source import Span

_MAYBE_MUTABLE = frozenset({Kind.COLLECTION, Kind.COMPREHENSION, Kind.CALL})
_JUMPS = {Kind.BREAK: "break", Kind.CONTINUE: "continue", Kind.RETURN: "return", Kind.RAISE: "raise"}
_EFFECTFUL = frozenset({Kind.DELETE, Kind.RAISE, Kind.ASSERT, Kind.IMPORT})
_NODELESS = frozenset({Kind.SUITE, Kind.PARAMETERS, Kind.ITEM})
_edge: Callable[[object], Edge] = partial(tuple.__new__, Edge)  # twice as fast as Edge._make


def build_pdg(function: Node, qualname: str) -> Pdg:
    """Build the program dependence graph of a function.

    Args:
        function: a FUNCTION node, as `parse_function` or `lower` return it.
        qualname: the name that the graph carries; not part of its nodes.

    Returns:
        The graph; equal trees give equal graphs.

    Source: Ferrante, Ottenstein, Warren, 1987; details are our own.
    """
    with deep_recursion():
        builder = _Builder()
        builder.function(function)
        return builder.finish(qualname)


def control_flow(function: Node) -> FlowGraph:
    """The control-flow graph of a FUNCTION tree, nested functions included as branches that may run or not."""
    with deep_recursion():
        builder = _Builder()
        builder.function(function)
        return builder.flow


def parameter_uses(function: Node) -> set[tuple[str, Span]]:
    """Where a function may read what its parameters were given: names and places.

    The same as the data edges of its graph from parameters to uses, in half of the time.
    """
    with deep_recursion():
        builder = _Builder()
        builder.function(function)
        labels, nodes = builder.names.labels, builder.nodes
        pairs = [(edge[0], edge[1], edge[3]) for edge in builder.data]
        flows = def_use_pairs(builder.flow, builder.names.parents)
        pairs += [(source, target, labels[variable]) for source, target, variable, _, _ in flows]
    return {
        (name, nodes[target][2])
        for source, target, name in pairs
        if nodes[source][0] is NodeKind.PARAMETER and nodes[target][0] is NodeKind.USE and nodes[source][1] == name
    }


def may_reach_size(function: Node, nodes: int) -> bool:
    """Whether the graph of a FUNCTION tree may have so many nodes; costs a fraction of building it, and no more if so.

    Source: our own; a tree node becomes at most one graph node, an AUGMENT at most three.
    """
    count = 0
    stack = [function]
    while stack:
        kind, _, children, _ = stack.pop()
        if kind not in _NODELESS:
            count += 3 if kind is Kind.AUGMENT else 1
            if count >= nodes:
                return True
        stack.extend(children)
    return False


class _Builder(OperationBuilder):
    """Adds statements, control flow and order."""

    def __init__(self) -> None:
        super().__init__()
        self.members: dict[tuple[int, int], str] = {}  # (statement around, statement inside): which part of it
        self.last_effect = -1  # the last statement with effects of the suite built last

    # -- the function itself --------------------------------------------------------------------------------------

    def function(self, tree: Node) -> None:
        self.shared = shared_names(tree)
        entry = self.node(NodeKind.ENTRY, tree.children[0].label, tree.span)
        for position, decorator in enumerate(tree.children[2:]):
            self.operand(self.expression(decorator), entry, position)
        defaults = self.defaults(tree)
        self.names.enter(tree)
        self.parameters(tree, entry, defaults)
        self.flow.connect(self.suite(tree.children[1], [(ENTRY, "")]), EXIT)

    def finish(self, qualname: str) -> Pdg:
        flow, members, node_of = self.flow, self.members, self.flow.node
        found = self.data
        for decider, dependent, branch in control_dependences(flow.successors, ENTRY, EXIT):
            source, target = node_of[decider], node_of[dependent]
            if source >= 0 and target >= 0 and (source, target) not in members:  # joins have no node
                found.add((source, target, EdgeKind.CONTROL, branch, dependent <= decider, False))
        for (source, target), part in members.items():
            found.add((source, target, EdgeKind.CONTROL, part, False, False))
        labels = self.names.labels
        for source, target, variable, carried, may in def_use_pairs(flow, self.names.parents):
            found.add((source, target, EdgeKind.DATA, labels[variable], carried, may))
        self.edges.extend(found)
        self.edges.sort()
        kinds, names, spans = zip(*self.nodes, strict=True)
        return Pdg(qualname, kinds, names, spans, tuple(map(_edge, self.edges)))

    # -- suites and statements ------------------------------------------------------------------------------------

    def suite(self, suite: Node, pending: Pending, owner: int = -1, part: str = "") -> Pending:
        """Build the statements of a suite; `owner` is the node of a `try`, `with` or class that they are a part of.

        What such a suite holds is no matter of branches: control dependence alone would not tell it from what follows.
        """
        any_effects, any_looks = self.effects, self.looks
        last, looking = -1, list[int]()
        for statement in suite.children:
            node = len(self.nodes)
            if owner >= 0:
                self.members[owner, node] = part
            self.effects = self.looks = False
            special = _COMPOUND.get(statement.kind)
            pending = special(self, statement, pending) if special else self.simple(statement, pending)
            if self.effects:
                for earlier in looking or (last,):
                    self.order(earlier, node)
                last, looking, any_effects = node, [], True
            elif self.looks:
                self.order(last, node)
                looking.append(node)
                any_looks = True
        self.effects, self.looks, self.last_effect = any_effects, any_looks, last
        return pending

    def order(self, source: int, target: int, loop_carried: bool = False) -> None:
        """An order edge, if there is a statement before."""
        if source >= 0:
            self.edges.append((source, target, EdgeKind.ORDER, "", loop_carried, False))

    def simple(self, tree: Node, pending: Pending) -> Pending:
        kind = tree.kind
        label = f"{tree.label}=" if kind is Kind.AUGMENT else tree.label
        node = self.statement(tree, SAME_NAME[kind], pending, label)
        point = self.point
        if kind is Kind.ASSIGN:
            *targets, value = tree.children
            self.operand(self.expression(value), node, 0)
            for target in targets:
                self.store(target, node)
        elif kind is Kind.AUGMENT:
            self.augmented(tree, node)
        elif kind is Kind.IMPORT:
            for position, target in enumerate(tree.children):
                self.operand(self.store(target, node), node, position)
        elif kind is Kind.DELETE:
            for position, target in enumerate(tree.children):
                self.deleted(target, node, position)
        else:
            for position, child in enumerate(tree.children):
                self.operand(self.expression(child), node, position)
        if kind in _EFFECTFUL:
            self.effects = True
            if kind is Kind.ASSERT:
                self.flow.exceptional[point].append(EXIT)
        if kind in _JUMPS:
            self.flow.jump(_JUMPS[kind], [(point, "")])
            return []
        return [(point, "")]

    def deleted(self, target: Node, node: int, position: int) -> None:
        """One target of DELETE: `del name`, `del (a, b)`, `del x.y`, `del x[i]`."""
        if target.kind in (Kind.STORE, Kind.COLLECTION):
            self.store(target, node)
        else:
            self.operand(self.written(target), node, position)

    def augmented(self, tree: Node, node: int) -> None:
        """AUGMENT: evaluate the target once, apply the operator, write back."""
        target, value = tree.children
        loaded, place = self.loaded(target)
        operand = self.expression(value)
        operator = self.node(NodeKind.OPERATOR, tree.label, tree.span)
        self.operand(loaded, operator, 0)
        self.operand(operand, operator, 1)
        self.operand(operator, node, 0)
        if target.kind is Kind.STORE:
            self.store(target, node)
            self.effects = self.effects or value.kind in _MAYBE_MUTABLE
        else:
            self.operand(node, loaded, STORED)
            self.effects = True
            if place != NO_PLACE:
                self.changes.append((self.point, place, loaded, target.kind is Kind.ATTRIBUTE))

    def loaded(self, target: Node) -> tuple[int, int]:
        """The node that reads a target before it is written back, and the place that the write changes."""
        if target.kind is Kind.STORE:
            return self.name(target), NO_PLACE
        if target.kind is Kind.SUBSCRIPT:
            self.looks = True
            base, place = self.expression(target.children[0]), self.place
            index = self.expression(target.children[1])
            return self.finished(NodeKind.SUBSCRIPT, "", target.span, [base, index]), place
        return self.expression(target), self.place

    def branch(self, tree: Node, pending: Pending) -> Pending:
        """IF."""
        node = self.statement(tree, NodeKind.IF, pending)
        self.operand(self.expression(tree.children[0]), node, 0)
        point = self.point
        out = self.suite(tree.children[1], [(point, "true")])
        return out + self.suite(tree.children[2], [(point, "false")])

    def loop(self, tree: Node, pending: Pending) -> Pending:
        """FOR and WHILE: a FOR has a point that evaluates what it runs over, once, and one for the next round."""
        is_for = tree.kind is Kind.FOR
        node = self.statement(tree, NodeKind.FOR if is_for else NodeKind.WHILE, pending, tree.label)
        self.operand(self.expression(tree.children[1 if is_for else 0]), node, 0)
        if is_for:
            self.looks = True
            self.effects = self.effects or bool(tree.label)  # `async for`
            self.at(self.flow.add_point(node, tree.span, [(self.point, "")]))
            before = len(self.definitions)
            self.store(tree.children[0], node)
            self.flow.on_true.update([written for _, _, written in self.definitions[before:]])
        point = self.point
        frame = Frame("loop", header=point)
        self.flow.frames.append(frame)
        self.flow.connect(self.suite(tree.children[-2], [(point, "true")]), point)
        self.order(self.last_effect, node, loop_carried=True)
        self.flow.frames.pop()
        return self.suite(tree.children[-1], [(point, "false")]) + frame.breaks

    def with_block(self, tree: Node, pending: Pending) -> Pending:
        """WITH: the body's exceptions may be swallowed, so they may also continue behind it."""
        node = self.statement(tree, NodeKind.WITH, pending, tree.label)
        point = self.point
        for position, item in enumerate(tree.children[1:]):
            self.operand(self.expression(item.children[0]), node, position)
            self.change(self.place, node)
            if len(item.children) > 1:
                self.store(item.children[1], node)
        self.effects = True
        frame = Frame("try")
        self.flow.frames.append(frame)
        out = self.suite(tree.children[0], [(point, "")], node, "with")
        self.flow.frames.pop()
        targets = [target for item in tree.children[1:] for target in item.children[1:]]
        if len(tree.children) > 2 or any(target.kind is not Kind.STORE for target in targets):
            frame.raises.append(point)  # the first item may swallow what fails in the second, or in unpacking
        # a body that never ends but by a jump is left behind only where an exception is swallowed
        return self.joined(out or [(point, "false")], frame.raises)

    def joined(self, pending: Pending, raises: list[int]) -> Pending:
        """Pending edges that also carry exceptions: through a point without a node, if there are exceptions."""
        if not raises:
            return pending
        join = self.flow.add_point(-1, None, pending)
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
        join = self.flow.add_point(-1, None, (out + guard.held) or [(point, "false")])
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
            frame = Frame("try")  # what an `except*` raises goes on at the next one
            if tree.label:
                self.flow.frames.append(frame)
            done = self.suite(suite, [(point, "" if is_last and not tree.label else "true")])
            if tree.label:
                self.flow.frames.pop()
                raises = [*raises, *frame.raises]
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
            if guard:
                self.operand(self.expression(guard[0]), case_node, 2)
            self.flow.on_true.update([written for _, _, written in self.definitions[before:]])
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
        self.looks = True
        for position, child in enumerate(tree.children):
            if child.kind is Kind.STORE:
                self.store(child, node)
            else:
                built = self.pattern(child) if child.kind is Kind.PATTERN else self.expression(child)
                self.operand(built, node, position)
        return node

    def nested_function(self, tree: Node, pending: Pending) -> Pending:
        """FUNCTION inside a function: its body may run or not; its effects are those of the calls that run it."""
        node = self.statement(tree, NodeKind.FUNCTION, pending, tree.label)
        point = self.point
        for position, decorator in enumerate(tree.children[2:]):
            self.operand(self.expression(decorator), node, position)
        defaults = self.defaults(tree)
        self.bind(tree.label, node)
        effects, looks = self.effects, self.looks
        frame = Frame("function")
        self.flow.frames.append(frame)
        self.names.enter(tree)
        self.parameters(tree, node, defaults)
        out = self.suite(tree.children[1], [(point, "true")])
        self.names.leave()
        self.flow.frames.pop()
        self.effects, self.looks = effects, looks
        return [*out, *frame.returns, (point, "false")]

    def nested_class(self, tree: Node, pending: Pending) -> Pending:
        node = self.statement(tree, NodeKind.CLASS, pending, tree.label)
        for position, child in enumerate(tree.children[1:]):
            self.operand(self.expression(child), node, position)
        self.names.enter(tree)
        out = self.suite(tree.children[0], [(self.point, "")], node, "class")
        self.names.leave()
        self.at(self.flow.add_point(node, tree.span, out))  # the name is bound when the body has run
        self.bind(tree.label, node)
        return [(self.point, "")]


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
