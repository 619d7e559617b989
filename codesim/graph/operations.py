"""Nodes and edges for what one point of control does: expressions, the variables they read and write, their effects.

In: expressions of the tree, in evaluation order. Out: nodes and operand edges; for the current point of the flow graph
the variables that it reads and writes and the objects that it looks into and changes; for the current statement whether
it has effects, and whether it looks at what effects may change.

Source: our own; places and chains of changes after Memory SSA (Novillo, Memory SSA, 2007), one memory for each
variable.
"""

from __future__ import annotations

from collections.abc import Callable

from codesim.graph.flow import ENTRY, FlowGraph, Pending
from codesim.graph.names import NO_PLACE, Names
from codesim.graph.schema import EdgeKind, NodeKind
from codesim.parse import Kind, Node, bound_names, parameters
from codesim.source import Span

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
_READING_METHODS = frozenset({
    "capitalize", "copy", "count", "decode", "encode", "endswith", "find", "format", "get", "group", "index", "isalnum",
    "isalpha", "isascii", "isdecimal", "isdigit", "isidentifier", "islower", "isnumeric", "isspace", "istitle",
    "isupper", "items", "join", "keys", "lower", "lstrip", "match", "partition", "replace", "rfind", "rindex",
    "rpartition", "rsplit", "rstrip", "split", "splitlines", "startswith", "strip", "title", "translate", "upper",
    "values",
})  # fmt: skip
"""Methods of the built-in types that leave their object as it is."""
_SURE = {Kind.BOOLEAN: 1, Kind.CONDITIONAL: 1, Kind.COMPARE: 2}  # how many operands are evaluated in any case
SAME_NAME = {kind: NodeKind[kind.name] for kind in Kind if kind.name in NodeKind.__members__}
SAME_NAME |= {Kind.AUGMENT: NodeKind.ASSIGN, Kind.GLOBAL: NodeKind.SCOPE, Kind.NONLOCAL: NodeKind.SCOPE}
STORED = "="  # the detail of the operand edge from a value to the target that it is written to
_POSITIONS = [str(number) for number in range(256)]
_CONTROL, _DATA, _OPERAND = EdgeKind.CONTROL, EdgeKind.DATA, EdgeKind.OPERAND

RawEdge = tuple[int, int, EdgeKind, str, bool, bool]
"""The fields of an `Edge`."""


class OperationBuilder:
    """Builds the nodes of expressions; a graph under construction."""

    def __init__(self) -> None:
        self.nodes: list[tuple[NodeKind, str, Span]] = []
        self.edges: list[RawEdge] = []  # each once
        self.data: set[RawEdge] = set()  # data edges inside one point
        self.flow = FlowGraph()
        self.names = Names()
        self.point = ENTRY  # whose uses and definitions are being collected
        self.assigned_here: dict[int, int] = {}  # what was written earlier in the same point, by variable
        self.unsure = 0  # inside how many operands that may not be evaluated
        self.shared: frozenset[str] = frozenset()  # names declared global or nonlocal
        self.effects = self.looks = False  # of the statement being built
        self.place = NO_PLACE  # the variable or place that the expression built last stands for
        self.uses, self.definitions = self.flow.uses, self.flow.definitions
        self.reads, self.changes = self.flow.reads, self.flow.changes

    # -- nodes and edges ------------------------------------------------------------------------------------------

    def node(self, kind: NodeKind, label: str, span: Span) -> int:
        """A new node; returns its number."""
        self.nodes.append((kind, label, span))
        return len(self.nodes) - 1

    def operand(self, source: int, target: int, position: int | str) -> None:
        """An operand edge."""
        detail = _POSITIONS[position] if isinstance(position, int) and position < 256 else str(position)
        self.edges.append((source, target, _OPERAND, detail, False, False))

    def statement(self, tree: Node, kind: NodeKind, pending: Pending, label: str = "") -> int:
        """A node and a point for a statement; what follows is collected there."""
        node = len(self.nodes)
        self.nodes.append((kind, label, tree.span))
        self.at(self.flow.add_point(node, tree.span, pending))
        return node

    def at(self, point: int) -> None:
        """Go on at another point."""
        self.point = point
        if self.assigned_here:
            self.assigned_here = {}

    def defaults(self, tree: Node) -> list[list[int]]:
        """The defaults of a function's parameters, evaluated in the scope around it."""
        return [[self.expression(child) for child in parameter.children] for parameter in parameters(tree)]

    def parameters(self, tree: Node, owner: int, defaults: list[list[int]]) -> None:
        """The parameters of a function or lambda, with their defaults, written at the current point."""
        for parameter, operands in zip(parameters(tree), defaults, strict=True):
            node = self.node(NodeKind.PARAMETER, parameter.label, parameter.span)
            self.edges.append((owner, node, _CONTROL, parameter.kind.name.lower(), False, False))
            for operand in operands:
                self.operand(operand, node, 0)
            self.bind(parameter.label, node)

    # -- variables and objects ------------------------------------------------------------------------------------

    def bind(self, name: str, node: int) -> None:
        """The node writes the variable."""
        variable, scope = self.names.resolve(name)
        if scope is not None and scope.immediate:
            scope.bindings.setdefault(name, []).append(node)
            return
        self.definitions.append((self.point, variable, node))
        if self.unsure:
            self.flow.weak.add(node)
        self.assigned_here[variable] = node
        if scope is None:
            self.effects = True
            self.flow.shared.add(node)
        if self.names.level > (1 if scope is None else scope.level):
            self.flow.lasting.add(node)

    def read(self, name: str, span: Span) -> int:
        """A node that reads the variable; what it looks at in the variable's object is the caller's to say."""
        names = self.names
        variable, scope = names.known.get(name) or names.resolve(name)
        node = len(self.nodes)
        if scope is None:
            self.nodes.append((NodeKind.GLOBAL, name, span))
            self.place = variable
            if name in self.shared:
                self.looks = True
                self.use(variable, node, 1)
            return node
        self.nodes.append((NodeKind.USE, name, span))
        if scope.immediate:
            for source in scope.bindings.get(name, ()):
                self.data.add((source, node, _DATA, name, False, False))
            self.place = NO_PLACE
            return node
        self.place = variable
        if self.assigned_here or scope.level < names.level:
            self.use(variable, node, scope.level)
        else:
            self.uses.append((self.point, variable, node))
        return node

    def use(self, variable: int, node: int, level: int) -> None:
        """The node reads a variable that belongs to this level of functions."""
        earlier = self.assigned_here.get(variable)
        if earlier is not None:
            self.data.add((earlier, node, _DATA, self.names.labels[variable], False, earlier in self.flow.weak))
        if earlier is None or earlier in self.flow.weak:
            self.uses.append((self.point, variable, node))
            if level < self.names.level:
                self.flow.late.add(node)

    def change(self, place: int, node: int) -> None:
        """The node changes, or may change, the object at a place."""
        if place != NO_PLACE:
            self.changes.append((self.point, place, node, False))

    def store(self, tree: Node, value: int) -> int:
        """Write `value` (a node) to a target expression; returns the target's node."""
        kind = tree.kind
        if kind is Kind.STORE:
            node = self.node(NodeKind.DEFINITION, tree.label, tree.span)
            self.bind(tree.label, node)
        elif kind is Kind.COLLECTION or kind is Kind.STARRED:
            node = self.node(SAME_NAME[kind], tree.label, tree.span)
            self.looks = True  # at the elements that are unpacked
            for position, child in enumerate(tree.children):
                self.operand(self.store(child, node), node, position)
        else:
            node = self.written(tree)
        self.operand(value, node, STORED)
        return node

    def written(self, tree: Node) -> int:
        """The node of an attribute or element that is written or deleted: a change of what holds it."""
        self.effects = True
        if tree.kind is Kind.ATTRIBUTE:
            child = tree.children[0]
            base = self.read(child.label, child.span) if child.kind is Kind.NAME else self.expression(child)
            place = self.place if self.place == NO_PLACE else self.names.place(self.place, tree.label)
            node = self.finished(NodeKind.ATTRIBUTE, tree.label, tree.span, [base])
            if place != NO_PLACE:
                root = base if child.kind is Kind.NAME else self.base_of_a_place()
                self.reads.append((self.point, place, -1, root, True))
                self.changes.append((self.point, place, node, True))
        elif tree.kind is Kind.SUBSCRIPT:
            base = self.expression(tree.children[0])
            place = self.place
            node = self.finished(NodeKind.SUBSCRIPT, tree.label, tree.span, [base, self.expression(tree.children[1])])
            self.change(place, node)
        else:
            node = self.expression(tree)
        self.place = NO_PLACE
        return node

    # -- expressions ----------------------------------------------------------------------------------------------

    def expression(self, tree: Node) -> int:
        """The node of an expression, all below it built first."""
        return _EXPRESSIONS[tree[0]](self, tree)

    def name(self, tree: Node) -> int:
        """NAME, looked at as a whole."""
        node = self.read(tree[1], tree[3])
        if self.place != NO_PLACE:
            self.reads.append((self.point, self.place, node, node, True))
        return node

    def leaf(self, tree: Node) -> int:
        """CONSTANT and NOTHING."""
        self.nodes.append((NodeKind.CONSTANT, tree[1], tree[3]))
        self.place = NO_PLACE
        return len(self.nodes) - 1

    def operation(self, tree: Node) -> int:
        """An operation without rules of its own: a node and its operands."""
        kind, label, children, span = tree
        operands = [_EXPRESSIONS[child[0]](self, child) for child in children]
        return self.finished(SAME_NAME[kind], label, span, operands)

    def finished(self, kind: NodeKind, label: str, span: Span, operands: list[int]) -> int:
        """The node of an operation whose operands are built."""
        node = len(self.nodes)
        self.nodes.append((kind, label, span))
        edges = self.edges
        self.place = NO_PLACE
        if len(operands) == 1:
            edges.append((operands[0], node, _OPERAND, "0", False, False))
        elif len(operands) <= 256:
            for operand, position in zip(operands, _POSITIONS, strict=False):
                edges.append((operand, node, _OPERAND, position, False, False))
        else:
            edges.extend([(operand, node, _OPERAND, str(i), False, False) for i, operand in enumerate(operands)])
        return node

    def partly_sure(self, tree: Node) -> int:
        """An operation of which the later operands may not be evaluated: they write variables only perhaps."""
        kind, label, children, span = tree
        sure = _SURE[kind]
        operands = [self.expression(child) for child in children[:sure]]
        if len(children) > sure:
            self.unsure += 1
            operands += [self.expression(child) for child in children[sure:]]
            self.unsure -= 1
        if kind is Kind.COMPARE and "in" in label:
            self.looks = True
        return self.finished(SAME_NAME[kind], label, span, operands)

    def attribute(self, tree: Node) -> int:
        """ATTRIBUTE that is read: a look at one place of its object."""
        label, (base,), span = tree[1], tree[2], tree[3]
        self.looks = True
        root = operand = self.read(base[1], base[3]) if base[0] is Kind.NAME else self.expression(base)
        place = self.place
        node = self.finished(NodeKind.ATTRIBUTE, label, span, [operand])
        if place != NO_PLACE:
            if base[0] is not Kind.NAME:
                root = self.base_of_a_place()
            self.place = self.names.place(place, label)
            self.reads.append((self.point, self.place, node, root, True))
        return node

    def base_of_a_place(self) -> int:
        """Note that the place read last was only looked up to reach one inside it; returns its variable's node."""
        point, place, node, root, _ = self.reads[-1]
        self.reads[-1] = (point, place, node, root, False)
        return root

    def subscript(self, tree: Node) -> int:
        """SUBSCRIPT and STARRED that are read: a look at elements."""
        self.looks = True
        return self.operation(tree)

    def suspension(self, tree: Node) -> int:
        """YIELD and AWAIT: other code runs in between."""
        self.effects = True
        return self.operation(tree)

    def call(self, tree: Node) -> int:
        """CALL: may change what it is called on and what it is handed, unless known to leave all as it is."""
        callee, *arguments = tree.children
        touched: list[int] = []
        is_known = False
        if callee.kind is Kind.NAME:
            operands = [self.read(callee.label, callee.span)]
            if self.nodes[operands[0]][0] is NodeKind.GLOBAL:
                is_looking = callee.label in _LOOKING_BUILTINS
                is_known = is_looking or callee.label in _CONTENTLESS
                self.looks = self.looks or is_looking
        elif callee.kind is Kind.ATTRIBUTE:
            base = self.expression(callee.children[0])
            if callee.label not in _READING_METHODS:
                touched.append(self.place)
            operands = [self.finished(NodeKind.ATTRIBUTE, callee.label, callee.span, [base])]
        else:
            operands = [self.expression(callee)]
        for argument in arguments:
            if argument.kind is Kind.COMPREHENSION:
                operands.append(self.comprehension(argument, is_consumed=True))
                continue
            operands.append(self.expression(argument))
            touched.append(self.place)
        node = self.finished(NodeKind.CALL, tree.label, tree.span, operands)
        if not is_known:
            self.effects = True
            for place in touched:
                if place != NO_PLACE and self.names.owned[place]:  # else `os.remove(x)` would change `os`
                    self.changes.append((self.point, place, node, False))
        return node

    def argument(self, tree: Node) -> int:
        """KEYWORD and STARRED: stand for the object that they hand over."""
        operand = self.expression(tree.children[0])
        place = self.place
        self.looks = self.looks or tree.kind is Kind.STARRED
        node = self.finished(SAME_NAME[tree.kind], tree.label, tree.span, [operand])
        self.place = place
        return node

    def walrus(self, tree: Node) -> int:
        """WALRUS: a value that is also written to a variable."""
        target, value = tree.children
        source = self.expression(value)
        node = self.finished(NodeKind.WALRUS, target.label, tree.span, [source])
        self.bind(target.label, node)
        return node

    def comprehension(self, tree: Node, is_consumed: bool = False) -> int:
        """COMPREHENSION, with a scope of its own, at the current point; a generator that is not consumed runs later."""
        element, *generators = tree.children
        targets = [n.label for part in generators for n in part.children[0].walk() if n.kind is Kind.STORE]
        node = self.node(NodeKind.COMPREHENSION, tree.label, tree.span)
        first = self.expression(generators[0].children[1])  # evaluated in the scope around the comprehension
        self.names.enter_immediate(targets, is_late=tree.label == "generator" and not is_consumed)
        self.looks = True
        self.unsure += 1
        uses, definitions = len(self.uses), len(self.definitions)
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
        for _, variable, written in self.definitions[definitions:]:  # by a walrus: the next round reads it
            for _, used, use in self.uses[uses:]:
                if used == variable:
                    self.data.add((written, use, _DATA, self.names.labels[variable], True, True))
        self.place = NO_PLACE
        return node

    def anonymous(self, tree: Node) -> int:
        """LAMBDA: its body may run at any time from here on; its effects are those of the calls that run it."""
        node = self.node(NodeKind.LAMBDA, "", tree.span)
        defaults = self.defaults(tree)
        effects, looks = self.effects, self.looks
        self.names.enter_immediate(sorted(bound_names(tree)), is_late=True)
        self.parameters(tree, node, defaults)
        self.operand(self.expression(tree.children[1]), node, 0)
        self.names.leave()
        self.effects, self.looks = effects, looks
        self.place = NO_PLACE
        return node

    def target(self, tree: Node) -> int:
        """A STORE inside an expression, as in `for x.y in ...`."""
        self.place = NO_PLACE
        return self.node(NodeKind.DEFINITION, tree.label, tree.span)


_Builds = Callable[[OperationBuilder, Node], int]
_RULES: dict[Kind, _Builds] = {
    Kind.NAME: OperationBuilder.name,
    Kind.STORE: OperationBuilder.target,
    Kind.CONSTANT: OperationBuilder.leaf,
    Kind.NOTHING: OperationBuilder.leaf,
    Kind.CALL: OperationBuilder.call,
    Kind.KEYWORD: OperationBuilder.argument,
    Kind.STARRED: OperationBuilder.argument,
    Kind.ATTRIBUTE: OperationBuilder.attribute,
    Kind.SUBSCRIPT: OperationBuilder.subscript,
    Kind.COMPARE: OperationBuilder.partly_sure,
    Kind.BOOLEAN: OperationBuilder.partly_sure,
    Kind.CONDITIONAL: OperationBuilder.partly_sure,
    Kind.COMPREHENSION: OperationBuilder.comprehension,
    Kind.LAMBDA: OperationBuilder.anonymous,
    Kind.WALRUS: OperationBuilder.walrus,
    Kind.YIELD: OperationBuilder.suspension,
    Kind.AWAIT: OperationBuilder.suspension,
}
_EXPRESSIONS: list[_Builds] = [_RULES.get(kind, OperationBuilder.operation) for kind in Kind]
