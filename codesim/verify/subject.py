"""A fragment prepared for comparison: its trees, its statements as units, and its source lines.

In: the faithful tree of a fragment and its lines. Out: a `Subject`, whose `units` are the statements (and the headers
of compound statements) in source order, each with its own expressions, its parent and a bag of features. The idea:
alignment works on the flat sequence of units and checks nesting afterwards, so that a guard or a `try` around half of
a copy costs one unit, not the half. Source: our own.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from codesim.graph import EdgeKind, NodeKind, Pdg, build_pdg
from codesim.parse import STATEMENTS, Kind, Node, bound_names, lower
from codesim.source import Fragment, Span

Feature = tuple[object, ...]
_NESTED = frozenset({Kind.SUITE, Kind.HANDLER, Kind.CASE})
_HOLDS_STATEMENTS = _NESTED | STATEMENTS
_NAMED = frozenset({Kind.NAME, Kind.STORE, Kind.PARAMETER, Kind.VARARGS, Kind.KWARGS})
_COMPLEMENT = {"<": "<=", "<=": "<"}
_CONTROL = frozenset({Kind.IF, Kind.FOR, Kind.WHILE, Kind.TRY, Kind.WITH, Kind.MATCH})
_WORK = frozenset(
    {
        Kind.CALL,
        Kind.OPERATOR,
        Kind.COMPARE,
        Kind.SUBSCRIPT,
        Kind.COMPREHENSION,
        Kind.FORMAT,
        Kind.YIELD,
        Kind.AWAIT,
        Kind.BOOLEAN,
    }
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A statement without the statements inside it.

    node: the statement (canonical). expressions: its own operand trees. mass: nodes of these, and one for itself.
    parent: index of the unit around it, -1 at the top. role: which suite of the parent it stands in. bag: its features.
    substance: 1 for control flow and for statements that compute something, 0 for plain moves and registrations.
    """

    node: Node
    expressions: tuple[Node, ...]
    mass: int
    parent: int
    role: int
    bag: Counter[Feature]
    substance: int


@dataclass(frozen=True, slots=True)
class Subject:
    """A fragment ready to be aligned: `lines` are those of its span, `locals` the names it binds anywhere."""

    fragment: Fragment
    faithful: Node
    tree: Node
    units: tuple[Unit, ...]
    bag: Counter[Feature]
    locals: frozenset[str]
    lines: tuple[str, ...]

    @property
    def mass(self) -> int:
        """Tree nodes in all units."""
        return sum(unit.mass for unit in self.units)

    @property
    def substance(self) -> int:
        """How many units do real work; see `substance`."""
        return sum(unit.substance for unit in self.units)

    def text(self, span: Span) -> str:
        """The source text of a span inside the fragment, on one line."""
        first = self.fragment.span.start_line
        picked = [line.encode() for line in self.lines[span.start_line - first : span.end_line - first + 1]]
        if not picked:
            return ""
        picked[-1] = picked[-1][: span.end_column]
        picked[0] = picked[0][span.start_column :]
        return " ".join(part.decode(errors="replace").strip() for part in picked).strip()


def prepare(fragment: Fragment, faithful: Node, lines: tuple[str, ...]) -> Subject:
    """Prepare a fragment for comparison.

    Args:
        fragment: what is compared.
        faithful: its faithful tree.
        lines: the source lines of the fragment's span, without line ends.

    Source: our own.
    """
    tree = _separate_loop_variables(lower(faithful))
    names = frozenset(
        name for node in tree.walk() if node.kind in (Kind.FUNCTION, Kind.LAMBDA) for name in bound_names(node)
    )
    names |= {node.label for node in tree.walk() if node.kind is Kind.STORE}
    units: list[Unit] = []
    _collect(tree.children[1], -1, 0, names | {tree.label}, units)
    total: Counter[Feature] = Counter()
    for unit in units:
        total.update(unit.bag)
    return Subject(fragment, faithful, tree, tuple(units), total, names, lines)


def _separate_loop_variables(tree: Node) -> Node:
    """A name that only serves as the variable of several loops, one after another, gets a name of its own in each.

    A copy may use one name for two loops where the other uses two; without this the renaming would not be one-to-one.
    """
    loops: list[Node] = []
    stack = [tree.children[1]]
    while stack:
        node = stack.pop()
        if node.kind is Kind.FOR:
            loops.append(node)
        else:
            stack.extend(node.children)
    total = _name_counts(tree)
    inside = [(loop, _name_counts(loop)) for loop in loops]
    renames: dict[int, dict[str, str]] = {}
    for name in sorted(total):
        using = [loop for loop, counts in inside if counts[name]]
        binding = [
            loop for loop in using if any(n.label == name for n in loop.children[0].walk() if n.kind is Kind.STORE)
        ]
        covered = sum(counts[name] for _, counts in inside)
        if len(binding) > 1 and len(binding) == len(using) and covered == total[name]:
            for number, loop in enumerate(binding):
                renames.setdefault(id(loop), {})[name] = f"{name}'loop{number}"
    return _renamed(tree, renames, {}) if renames else tree


def _name_counts(tree: Node) -> Counter[str]:
    return Counter(node.label for node in tree.walk() if node.kind in _NAMED)


def _renamed(node: Node, renames: dict[int, dict[str, str]], active: dict[str, str]) -> Node:
    active = active | renames.get(id(node), {})
    label = active.get(node.label, node.label) if node.kind in _NAMED else node.label
    return node._replace(label=label, children=tuple([_renamed(child, renames, active) for child in node.children]))


def substance(tree: Node) -> int:
    """How many statements of a canonical FUNCTION tree do real work: the measure of boilerplate.

    Control flow counts, and so do statements that compute something; plain moves (`self.x = x`) and registrations
    (`parser.add_argument("--x")`) do not.
    """
    count = 0
    stack = [tree.children[1]]
    while stack:
        node = stack.pop()
        if node.kind in STATEMENTS:
            count += _substance(node, tuple([child for child in node.children if child.kind not in _NESTED]))
        stack.extend([child for child in node.children if child.kind in _HOLDS_STATEMENTS])
    return count


def statement_dependences(subject: Subject) -> frozenset[tuple[Span, Span]]:
    """Pairs of statement spans of which the second may not move before the first.

    Data, order, control and anti-dependences.
    """
    pdg = build_pdg(subject.tree, subject.fragment.qualname)
    owner = _owners(pdg)
    out: set[tuple[Span, Span]] = set()
    readers: dict[str, set[int]] = {}
    writers: dict[str, set[int]] = {}
    for node, kind in enumerate(pdg.kinds):
        if kind is NodeKind.USE:
            readers.setdefault(pdg.labels[node], set()).add(owner[node])
        elif kind is NodeKind.DEFINITION:
            writers.setdefault(pdg.labels[node], set()).add(owner[node])
    for edge in pdg.edges:
        if edge.kind in (EdgeKind.DATA, EdgeKind.ORDER, EdgeKind.CONTROL):
            out.add((pdg.spans[owner[edge.source]], pdg.spans[owner[edge.target]]))
    for name, written in writers.items():  # anti- and output dependences, by name: coarse but safe
        for writer in written:
            for other in written | readers.get(name, set()):
                out.add((pdg.spans[writer], pdg.spans[other]))
                out.add((pdg.spans[other], pdg.spans[writer]))
    return frozenset(out)


def _owners(pdg: Pdg) -> list[int]:
    """The statement that each node belongs to: along operand edges to the statement at their end."""
    owner = list(range(len(pdg.kinds)))
    up: dict[int, int] = {}
    for edge in pdg.edges:
        if edge.kind is EdgeKind.OPERAND:
            if edge.detail == "=":
                up.setdefault(edge.target, edge.source)
            else:
                up[edge.source] = edge.target
    for node in owner:
        current, steps = node, 0
        while pdg.kinds[current] > NodeKind.CLASS and current in up and steps < len(owner):
            current, steps = up[current], steps + 1
        owner[node] = current
    return owner


def _collect(suite: Node, parent: int, role: int, names: frozenset[str], out: list[Unit]) -> None:
    for statement in suite.children:
        _add(statement, parent, role, names, out)


def _add(statement: Node, parent: int, role: int, names: frozenset[str], out: list[Unit]) -> None:
    expressions = tuple([_order_form(child) for child in statement.children if child.kind not in _NESTED])
    bag: Counter[Feature] = Counter()
    mass = 1
    for expression in expressions:
        mass += _features(expression, statement.kind, "", names, bag)
    bag[(statement.kind,)] += 1
    index = len(out)
    out.append(Unit(statement, expressions, mass, parent, role, bag, _substance(statement, expressions)))
    for place, child in enumerate(statement.children):
        if child.kind is Kind.SUITE:
            _collect(child, index, place, names, out)
        elif child.kind in _NESTED:
            _add(child, index, place if child.kind is Kind.CASE else 3, names, out)


def _order_form(node: Node) -> Node:
    """`not (a < b)` as `b <= a`: the same for whatever is fully ordered (not for NaN, nor for sets)."""
    if node.kind is Kind.OPERATOR and node.label == "not" and node.children[0].kind is Kind.COMPARE:
        inner = node.children[0]
        if inner.label in _COMPLEMENT:
            return inner._replace(label=_COMPLEMENT[inner.label], children=inner.children[::-1])
    return node


def _features(node: Node, parent_kind: Kind, parent_label: str, names: frozenset[str], bag: Counter[Feature]) -> int:
    """Count a node and its link to its parent, local names left out; returns the number of nodes below and here."""
    label = "" if node.kind in _NAMED and node.label in names else node.label
    bag[(node.kind, label)] += 1
    bag[(parent_kind, parent_label, node.kind)] += 1
    mass = 1
    for child in node.children:
        mass += _features(child, node.kind, label, names, bag)
    return mass


def _substance(statement: Node, expressions: tuple[Node, ...]) -> int:
    kind = statement.kind
    if kind in _CONTROL or kind is Kind.AUGMENT:
        return 1
    if kind is Kind.EXPRESSION and expressions[0].kind is Kind.CALL:
        return 0 if _is_registration(expressions[0]) else 1
    if kind is Kind.ASSIGN:
        expressions = expressions[-1:]  # `table["key"] = literal` only fills a place
    if kind in (Kind.ASSIGN, Kind.RETURN, Kind.EXPRESSION, Kind.RAISE, Kind.ASSERT):
        return 1 if any(node.kind in _WORK for expression in expressions for node in expression.walk()) else 0
    return 0


def _is_registration(call: Node) -> bool:
    """A method call that hands over literals and names only, such as `parser.add_argument("--x", type=int)`."""
    nodes = [node for argument in call.children[1:] for node in argument.walk()]
    literal = any(node.kind is Kind.CONSTANT for node in nodes) and not any(node.kind is Kind.CALL for node in nodes)
    return literal and call.children[0].kind is Kind.ATTRIBUTE
