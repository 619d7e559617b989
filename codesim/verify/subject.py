"""A fragment prepared for comparison: its trees, its statements as units, and its source lines.

In: the trees of a fragment and its lines. Out: a `Subject`, whose `units` are the statements (and the headers
of compound statements) in source order, each with its own expressions, its parent and a bag of features. The idea:
alignment works on the flat sequence of units and checks nesting afterwards, so that a guard or a `try` around half of
a copy costs one unit, not the half. Source: our own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

from codesim.parse import STATEMENTS, Kind, Node, bound_names, lower, parameters
from codesim.source import Fragment, Span, Surroundings
from codesim.verify.bags import Bag, make_bag, numbers

_NESTED = frozenset({Kind.SUITE, Kind.HANDLER, Kind.CASE})
_HOLDS_STATEMENTS = _NESTED | STATEMENTS
_NAMED = frozenset({Kind.NAME, Kind.STORE, Kind.PARAMETER, Kind.VARARGS, Kind.KWARGS})
_STORE = Kind.STORE  # a global is found faster than an attribute of an enumeration
_SCOPES = frozenset({Kind.FUNCTION, Kind.LAMBDA, Kind.CLASS})
_NOWHERE = Surroundings()
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
    bag: Bag
    substance: int


@dataclass(frozen=True, eq=False)
class Subject:
    """A fragment ready to be aligned: `lines` are those of its span, `locals` the names it binds anywhere.

    Compared by identity, so that what is derived from one can be remembered. mass: tree nodes in all units.
    substance: how many units do real work; see `substance`. parse: gives the faithful tree, which few subjects need.
    surroundings: what stands around the fragment; nothing where nobody knows.
    """

    fragment: Fragment
    tree: Node
    units: tuple[Unit, ...]
    bag: Bag
    locals: frozenset[str]
    lines: tuple[str, ...]
    mass: int
    substance: int
    parse: Callable[[], Node] = field(repr=False)
    surroundings: Surroundings = _NOWHERE

    @cached_property
    def faithful(self) -> Node:
        """The tree with every construct of the source."""
        return self.parse()

    @cached_property
    def starts(self) -> tuple[frozenset[tuple[int, int]], ...]:
        """For each unit, where it and the nodes of its expressions begin."""
        return tuple(
            [
                frozenset([unit.node.span[:2], *[node.span[:2] for part in unit.expressions for node in part.walk()]])
                for unit in self.units
            ]
        )

    def text(self, span: Span) -> str:
        """The source text of a span inside the fragment, on one line."""
        first = self.fragment.span.start_line
        picked = [line.encode() for line in self.lines[span.start_line - first : span.end_line - first + 1]]
        if not picked:
            return ""
        picked[-1] = picked[-1][: span.end_column]
        picked[0] = picked[0][span.start_column :]
        return " ".join(part.decode(errors="replace").strip() for part in picked).strip()


def prepare(
    fragment: Fragment, faithful: Node, lines: tuple[str, ...], surroundings: Surroundings = _NOWHERE
) -> Subject:
    """Prepare a fragment for comparison.

    Args:
        fragment: what is compared.
        faithful: its faithful tree.
        lines: the source lines of the fragment's span, without line ends.
        surroundings: what stands around it.

    Source: our own.
    """
    return prepare_lowered(fragment, lower(faithful), lines, lambda: faithful, surroundings)


def prepare_lowered(
    fragment: Fragment,
    canonical: Node,
    lines: tuple[str, ...],
    parse: Callable[[], Node],
    surroundings: Surroundings = _NOWHERE,
) -> Subject:
    """Prepare a fragment whose canonical tree is at hand.

    Args:
        fragment: what is compared.
        canonical: its canonical tree.
        lines: the source lines of the fragment's span, without line ends.
        parse: gives its faithful tree; called at most once, and only if that tree is asked for.
        surroundings: what stands around it.

    Source: our own.
    """
    tree = _separate_loop_variables(canonical)
    names = _local_names(tree)
    collected = _Collected(names | {tree.label})
    collected.suite(tree.children[1], -1, 0)
    units = tuple(collected.units)
    mass, work = sum([unit.mass for unit in units]), sum([unit.substance for unit in units])
    return Subject(fragment, tree, units, make_bag(collected.features), names, lines, mass, work, parse, surroundings)


def _local_names(tree: Node) -> frozenset[str]:
    """The names that a function, or a function or lambda inside it, binds."""
    names: set[str] = set()
    scopes: list[Node] = []
    stack = [tree]
    while stack:
        node = stack.pop()
        kind, label, children, _ = node
        if kind is _STORE:
            names.add(label)
        elif kind in _SCOPES:
            scopes.append(node)
        if children:
            stack += children
    if len(scopes) == 1:  # no name is bound by a definition: what the walk saw and the parameters are all
        return frozenset(names.union([node.label for node in parameters(tree)]))
    return frozenset(names.union(*[bound_names(scope) for scope in scopes if scope.kind is not Kind.CLASS]))


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
            stack.extend([child for child in node.children if child.kind in _HOLDS_STATEMENTS])
    targets = [{node.label for node in loop.children[0].walk() if node.kind is _STORE} for loop in loops]
    several = [name for name, count in Counter(chain.from_iterable(targets)).items() if count > 1]
    if not several:
        return tree
    total = _name_counts(tree)
    inside = [_name_counts(loop) for loop in loops]
    renames: dict[int, dict[str, str]] = {}
    for name in several:
        everywhere = all(name in bound for counts, bound in zip(inside, targets, strict=True) if counts[name])
        if everywhere and sum(counts[name] for counts in inside) == total[name]:
            binding = [loop for loop, bound in zip(loops, targets, strict=True) if name in bound]
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


class _Collected:
    """The units of a function on their way, and the features of all; `names` are left out of features."""

    def __init__(self, names: frozenset[str]) -> None:
        self.names = names
        self.units: list[Unit] = []
        self.features: list[int] = []

    def suite(self, suite: Node, parent: int, role: int) -> None:
        for statement in suite.children:
            self._add(statement, parent, role)

    def _add(self, statement: Node, parent: int, role: int) -> None:
        expressions = tuple([_order_form(child) for child in statement.children if child.kind not in _NESTED])
        features = _features(expressions, statement.kind, self.names)
        mass = len(features) // 2 + 1
        features.append(numbers[statement.kind,])
        self.features += features
        index = len(self.units)
        work = _substance(statement, expressions)
        self.units.append(Unit(statement, expressions, mass, parent, role, make_bag(features), work))
        for place, child in enumerate(statement.children):
            if child.kind is Kind.SUITE:
                self.suite(child, index, place)
            elif child.kind in _NESTED:
                self._add(child, index, place if child.kind is Kind.CASE else 3)


def _order_form(node: Node) -> Node:
    """`not (a < b)` as `b <= a`: the same for whatever is fully ordered (not for NaN, nor for sets)."""
    if node.kind is Kind.OPERATOR and node.label == "not" and node.children[0].kind is Kind.COMPARE:
        inner = node.children[0]
        if inner.label in _COMPLEMENT:
            return inner._replace(label=_COMPLEMENT[inner.label], children=inner.children[::-1])
    return node


def _features(expressions: tuple[Node, ...], statement: Kind, names: frozenset[str]) -> list[int]:
    """Two features for each node of a statement's expressions: itself and its link to its parent, names left out."""
    features: list[int] = []
    stack = [(expression, statement, "") for expression in expressions]
    while stack:
        node, parent_kind, parent_label = stack.pop()
        kind, label, children, _ = node
        if kind in _NAMED and label in names:
            label = ""
        features.append(numbers[kind, label])
        features.append(numbers[parent_kind, parent_label, kind])
        if children:
            stack += [(child, kind, label) for child in children]
    return features


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
