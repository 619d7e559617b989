"""Nodes and edges for what one point of control does: expressions, the variables they read and write, their effects.

In: expressions of the tree, in evaluation order. Out: nodes and operand edges, and for the current point of the flow
graph its uses and definitions. The idea: everything outside the function's own variables is one more variable, the
world; effects write it, and whatever looks into an object reads it.
Source: the memory state of SSA-based compilers.
"""

from __future__ import annotations

from codesim.graph.flow import ENTRY, FlowGraph, Pending
from codesim.graph.names import Names
from codesim.graph.schema import Edge, EdgeKind, NodeKind
from codesim.parse import Kind, Node, bound_names, parameters
from codesim.source import Span

WORLD = -1  # the variable that stands for everything outside the function's locals
_CONTENTLESS = frozenset({
    "bool", "chr", "float", "hasattr", "id", "int", "isinstance", "issubclass", "ord", "range", "super", "type",
    "KeyError", "TypeError", "ValueError",
})  # fmt: skip
"""Builtins without effects that do not look into what a list, set or dict holds."""
_LOOKING_BUILTINS = frozenset({
    "abs", "all", "any", "bytes", "dict", "divmod", "enumerate", "frozenset", "hash", "len", "list", "max", "min",
    "pow", "repr", "reversed", "round", "set", "sorted", "str", "sum", "tuple", "zip",
})  # fmt: skip
"""Builtins without effects that do."""
_SURE = {Kind.BOOLEAN: 1, Kind.CONDITIONAL: 1, Kind.COMPARE: 2}  # how many operands are evaluated in any case
SAME_NAME = {kind: NodeKind[kind.name] for kind in Kind if kind.name in NodeKind.__members__}
SAME_NAME[Kind.AUGMENT] = NodeKind.ASSIGN
_LOOKING = frozenset({Kind.ATTRIBUTE, Kind.SUBSCRIPT, Kind.STARRED})
STORED = "="  # the detail of the operand edge from a value to the target that it is written to


class OperationBuilder:
    """Builds the nodes of expressions; a graph under construction."""

    def __init__(self) -> None:
        self.kinds: list[NodeKind] = []
        self.labels: list[str] = []
        self.spans: list[Span] = []
        self.edges: list[Edge] = []
        self.flow = FlowGraph()
        self.names = Names()
        self.point = ENTRY  # whose uses and definitions are being collected
        self.assigned_here: dict[int, int] = {}  # what was written earlier in the same point, by variable
        self.members: dict[tuple[int, int], str] = {}  # (statement around, statement inside): which part of it
        self.unsure = 0  # inside how many operands that may not be evaluated
        self.shared: frozenset[str] = frozenset()  # names declared global or nonlocal
        self.uses: list[tuple[int, int]] = self.flow.uses[ENTRY]
        self.definitions: list[tuple[int, int]] = self.flow.definitions[ENTRY]

    # -- nodes and edges ------------------------------------------------------------------------------------------

    def node(self, kind: NodeKind, label: str, span: Span) -> int:
        """A new node; returns its number."""
        self.kinds.append(kind)
        self.labels.append(label)
        self.spans.append(span)
        return len(self.kinds) - 1

    def operand(self, source: int, target: int, position: int | str) -> None:
        """An operand edge."""
        self.edges.append(Edge(source, target, EdgeKind.OPERAND, str(position), False))

    def statement(self, tree: Node, kind: NodeKind, pending: Pending, label: str = "") -> int:
        """A node and a point for a statement; what follows is collected there."""
        node = self.node(kind, label, tree.span)
        self.at(self.flow.add_point(node, pending))
        return node

    def at(self, point: int) -> None:
        """Go on at another point."""
        self.point = point
        self.uses = self.flow.uses[point]
        self.definitions = self.flow.definitions[point]
        self.assigned_here = {}

    def effect(self) -> None:
        """The current point reads and writes the world."""
        if not self.definitions or self.definitions[-1][0] != WORLD:
            self.look()
            self.definitions.append((WORLD, self.flow.node[self.point]))

    def look(self) -> None:
        """The current point reads the world: an attribute, an element, what a container holds."""
        if not self.uses or self.uses[-1][0] != WORLD:
            self.uses.append((WORLD, self.flow.node[self.point]))

    def defaults(self, tree: Node) -> list[list[int]]:
        """The defaults of a function's parameters, evaluated in the scope around it."""
        return [[self.expression(child) for child in parameter.children] for parameter in parameters(tree)]

    def parameters(self, tree: Node, owner: int, defaults: list[list[int]]) -> None:
        """The parameters of a function or lambda, with their defaults, written at the current point."""
        for parameter, operands in zip(parameters(tree), defaults, strict=True):
            node = self.node(NodeKind.PARAMETER, parameter.label, parameter.span)
            self.edges.append(Edge(owner, node, EdgeKind.CONTROL, parameter.kind.name.lower(), False))
            for operand in operands:
                self.operand(operand, node, 0)
            self.bind(parameter.label, node)

    # -- variables ------------------------------------------------------------------------------------------------

    def bind(self, name: str, node: int) -> None:
        """The node writes the variable."""
        variable, scope = self.names.resolve(name)
        if scope is not None and scope.immediate:
            scope.bindings.setdefault(name, []).append(node)
            return
        self.definitions.append((variable, node))
        if self.unsure:
            self.flow.weak.add(node)
        self.assigned_here[variable] = node
        if scope is None:
            self.effect()

    def read(self, name: str, span: Span) -> int:
        """A node that reads the variable."""
        variable, scope = self.names.resolve(name)
        node = self.node(NodeKind.GLOBAL if scope is None else NodeKind.USE, name, span)
        if scope is not None and scope.immediate:
            for source in scope.bindings.get(name, ()):
                self.edges.append(Edge(source, node, EdgeKind.DATA, name, False))
            return node
        if scope is None and name in self.shared:
            self.look()
        earlier = self.assigned_here.get(variable)
        if earlier is not None:
            self.edges.append(Edge(earlier, node, EdgeKind.DATA, name, False))
        if earlier is None or earlier in self.flow.weak:
            self.uses.append((variable, node))
        return node

    def store(self, tree: Node, value: int) -> int:
        """Write `value` (a node) to a target expression; returns the target's node."""
        if tree.kind is Kind.STORE:
            node = self.node(NodeKind.DEFINITION, tree.label, tree.span)
            self.bind(tree.label, node)
        elif tree.kind in (Kind.COLLECTION, Kind.STARRED):
            node = self.node(SAME_NAME[tree.kind], tree.label, tree.span)
            self.look()  # at the elements that are unpacked
            for position, child in enumerate(tree.children):
                self.operand(self.store(child, node), node, position)
        else:
            node = self.expression(tree)
            self.effect()
        self.operand(value, node, STORED)
        return node

    # -- expressions ----------------------------------------------------------------------------------------------

    def expression(self, tree: Node) -> int:
        """The node of an expression, all below it built first."""
        kind = tree.kind
        if kind is Kind.NAME:
            return self.read(tree.label, tree.span)
        if kind is Kind.CONSTANT or kind is Kind.NOTHING:
            return self.node(NodeKind.CONSTANT, tree.label, tree.span)
        if kind is Kind.STORE:  # a target inside an expression, as in `for x.y in ...`
            return self.node(NodeKind.DEFINITION, tree.label, tree.span)
        if kind is Kind.COMPREHENSION:
            return self.comprehension(tree)
        if kind is Kind.LAMBDA:
            return self.anonymous(tree)
        if kind is Kind.WALRUS:
            return self.walrus(tree)
        operands = self.operands(tree)
        node = self.node(SAME_NAME[kind], tree.label, tree.span)
        for position, operand in enumerate(operands):
            self.operand(operand, node, position)
        if kind is Kind.CALL:
            self.call(tree.children[0], operands[0])
        elif kind in (Kind.YIELD, Kind.AWAIT):
            self.effect()
        elif kind in _LOOKING or (kind is Kind.COMPARE and "in" in tree.label):
            self.look()
        return node

    def operands(self, tree: Node) -> list[int]:
        """The operands of an expression; those that may not be evaluated write variables only perhaps."""
        sure = _SURE.get(tree.kind)
        if sure is None:
            return [self.expression(child) for child in tree.children]
        operands = [self.expression(child) for child in tree.children[:sure]]
        self.unsure += 1
        operands += [self.expression(child) for child in tree.children[sure:]]
        self.unsure -= 1
        return operands

    def call(self, callee: Node, node: int) -> None:
        """What a call may do besides its result: `node` is the callee's."""
        is_global = callee.kind is Kind.NAME and self.kinds[node] is NodeKind.GLOBAL
        if is_global and callee.label in _LOOKING_BUILTINS:
            self.look()
        elif not is_global or callee.label not in _CONTENTLESS:
            self.effect()

    def walrus(self, tree: Node) -> int:
        """WALRUS: a value that is also written to a variable."""
        target, value = tree.children
        source = self.expression(value)
        node = self.node(NodeKind.WALRUS, target.label, tree.span)
        self.operand(source, node, 0)
        self.bind(target.label, node)
        return node

    def comprehension(self, tree: Node) -> int:
        """COMPREHENSION, with a scope of its own, at the current point."""
        element, *generators = tree.children
        targets = [n.label for part in generators for n in part.children[0].walk() if n.kind is Kind.STORE]
        node = self.node(NodeKind.COMPREHENSION, tree.label, tree.span)
        first = self.expression(generators[0].children[1])  # evaluated in the scope around the comprehension
        self.names.enter_immediate(targets)
        self.look()
        self.unsure += 1
        for position, part in enumerate(generators):
            target, iterable, *tests = part.children
            source = first if position == 0 else self.expression(iterable)
            generator = self.node(NodeKind.GENERATOR, part.label, part.span)
            self.operand(source, generator, 0)
            self.store(target, generator)
            for place, test in enumerate(tests, 1):
                self.operand(self.expression(test), generator, place)
            self.operand(generator, node, position + 1)
        self.operand(self.expression(element), node, 0)
        self.unsure -= 1
        self.names.leave()
        return node

    def anonymous(self, tree: Node) -> int:
        """LAMBDA: its body is taken to be evaluated where it stands."""
        node = self.node(NodeKind.LAMBDA, "", tree.span)
        defaults = self.defaults(tree)
        self.names.enter_immediate(sorted(bound_names(tree)))
        self.parameters(tree, node, defaults)
        self.operand(self.expression(tree.children[1]), node, 0)
        self.names.leave()
        return node
