"""Name resolution while a graph is built: a name becomes one variable number, and so does a place such as `self.x`.

In: scopes as the builder enters them. Out: an integer per variable, equal for all occurrences of the same variable, and
one per attribute path that starts at a variable.
Source: the Python language reference, section 4.2.2 (class scopes are skipped by the functions inside them).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from codesim.parse import STATEMENTS, Kind, Node, parameters

NO_PLACE = -1
_STORE, _FUNCTION, _CLASS, _LAMBDA, _WALRUS = Kind.STORE, Kind.FUNCTION, Kind.CLASS, Kind.LAMBDA, Kind.WALRUS
_NAME, _COMPREHENSION = Kind.NAME, Kind.COMPREHENSION
_DECLARATIONS = frozenset({Kind.GLOBAL, Kind.NONLOCAL})
_BINDING = _DECLARATIONS | {_FUNCTION, _CLASS, _LAMBDA, _COMPREHENSION}
_WITH_SUITES = (STATEMENTS - {Kind.ASSIGN, Kind.EXPRESSION}) | {Kind.SUITE, Kind.HANDLER, Kind.CASE}


@dataclass(slots=True)
class Scope:
    """One scope: what it binds, which names are global there, and, in a comprehension or lambda, the binding nodes.

    level: how many functions, lambdas and unconsumed generators of this graph stand around it; what a deeper level
    reads may be read at any later time.
    """

    variables: dict[str, int]
    globals: frozenset[str]
    level: int
    is_class: bool = False
    bindings: dict[str, list[int]] = field(default_factory=dict)
    immediate: bool = False


class Names:
    """The stack of scopes, innermost last, and the numbers given to variables and places.

    labels[v]: the text of variable or place v. owned[v]: whether it belongs, or its variable belongs, to a scope of
    this graph. parents[p]: the variable or place that p is an attribute of.
    """

    def __init__(self) -> None:
        self.stack: list[Scope] = []
        self.labels: list[str] = []
        self.owned: list[bool] = []
        self.parents: dict[int, int] = {}
        self.level = 0
        self._globals: dict[str, int] = {}
        self._places: dict[tuple[int, str], int] = {}
        self.known: dict[str, tuple[int, Scope | None]] = {}

    def enter(self, scope: Node) -> None:
        """Enter a FUNCTION or CLASS."""
        is_class = scope.kind is Kind.CLASS
        self.level += not is_class
        bound, outside = _own_names(scope)
        variables = {name: self._new(name) for name in sorted(bound)}
        self._push(Scope(variables, outside, self.level, is_class))

    def enter_immediate(self, names: list[str], is_late: bool) -> None:
        """Enter a comprehension or lambda, whose names are bound and read within one expression.

        Args:
            names: what it binds.
            is_late: whether its body runs later than where it stands.
        """
        self.level += is_late
        self._push(Scope({n: self._new(n) for n in names}, frozenset(), self.level, immediate=True))

    def _push(self, scope: Scope) -> None:
        self.stack.append(scope)
        self.known = {}

    def leave(self) -> None:
        """Leave the innermost scope."""
        self.stack.pop()
        self.level = self.stack[-1].level if self.stack else 0
        self.known = {}

    def resolve(self, name: str) -> tuple[int, Scope | None]:
        """The variable that a name means here, and its scope; None for what belongs to no scope of this graph."""
        found = self.known.get(name)
        if found is None:
            found = self.known[name] = self._resolve(name)
        return found

    def _resolve(self, name: str) -> tuple[int, Scope | None]:
        innermost = len(self.stack) - 1
        for depth in range(innermost, -1, -1):
            scope = self.stack[depth]
            if name in scope.globals:
                break
            variable = scope.variables.get(name)
            if variable is not None and (not scope.is_class or depth == innermost):
                return variable, scope
        known = self._globals.get(name)
        if known is None:
            known = self._globals[name] = self._new(name, is_owned=False)
        return known, None

    def place(self, base: int, attribute: str) -> int:
        """The number of an attribute of a variable or place."""
        number = self._places.get((base, attribute))
        if number is None:
            number = self._places[base, attribute] = self._new(f"{self.labels[base]}.{attribute}", self.owned[base])
            self.parents[number] = base
        return number

    def _new(self, name: str, is_owned: bool = True) -> int:
        self.labels.append(name)
        self.owned.append(is_owned)
        return len(self.labels) - 1


def _own_names(scope: Node) -> tuple[set[str], frozenset[str]]:
    """The names that a FUNCTION or CLASS binds itself, and those it declares `global`; see `codesim.parse.scopes`."""
    bound = {node.label for node in parameters(scope)}
    globals_: set[str] = set()
    outside: set[str] = set()
    stack = [scope.children[0 if scope.kind is _CLASS else 1]]
    while stack:
        kind, label, children, _ = stack.pop()
        if kind is _NAME:  # half of all nodes
            continue
        if kind is _STORE:
            bound.add(label)
        elif kind not in _BINDING:
            stack.extend(children)
        elif kind is _COMPREHENSION:
            stack.extend(_bound_outside(children))
        elif kind in _DECLARATIONS:
            outside.update(label.split(","))
            if kind is Kind.GLOBAL:
                globals_.update(label.split(","))
        else:
            if kind is not _LAMBDA:
                bound.add(label)
            if kind is not _CLASS:
                stack.extend([default for parameter in children[0].children for default in parameter.children])
            stack.extend(children[1 if kind is _CLASS else 2 :])
    return bound - outside, frozenset(globals_)


def _bound_outside(parts: tuple[Node, ...]) -> list[Node]:
    """The targets of the walrus operators inside a comprehension, which bind in the scope around it."""
    out: list[Node] = []
    stack = list(parts)
    while stack:
        node = stack.pop()
        if node.kind is _WALRUS:
            out.append(node.children[0])
        if node.kind is not _LAMBDA:
            stack.extend(node.children)
    return out


def shared_names(function: Node) -> frozenset[str]:
    """Names that the function, or any function inside it, declares `global` or `nonlocal`."""
    names: set[str] = set()
    stack = [function.children[1]]
    while stack:
        for child in stack.pop().children:
            if child[0] in _DECLARATIONS:
                names.update(child[1].split(","))
            elif child[0] in _WITH_SUITES:
                stack.append(child)
    return frozenset(names)
