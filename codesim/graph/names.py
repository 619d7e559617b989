"""Name resolution while a graph is built: a name in a nested scope becomes one variable number.

In: scopes as the builder enters them. Out: an integer per variable, equal for all occurrences of the same variable.
Source: the Python language reference, section 4.2.2 (class scopes are skipped by the functions inside them).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from codesim.parse import Kind, Node, bound_names, declared_names


@dataclass(slots=True)
class Scope:
    """One scope: what it binds, which names are global there, and, in a comprehension or lambda, the binding nodes."""

    variables: dict[str, int]
    globals: frozenset[str]
    is_class: bool = False
    bindings: dict[str, list[int]] = field(default_factory=dict)
    immediate: bool = False


class Names:
    """The stack of scopes, innermost last, and the numbers given to variables."""

    def __init__(self) -> None:
        self.stack: list[Scope] = []
        self.labels: list[str] = []
        self._globals: dict[str, int] = {}

    def enter(self, scope: Node) -> None:
        """Enter a FUNCTION or CLASS."""
        names = sorted(bound_names(scope))
        self.stack.append(
            Scope({n: self._new(n) for n in names}, declared_names(scope, Kind.GLOBAL), scope.kind is Kind.CLASS)
        )

    def enter_immediate(self, names: list[str]) -> None:
        """Enter a comprehension or lambda, whose names are bound and read within one expression."""
        self.stack.append(Scope({n: self._new(n) for n in names}, frozenset(), immediate=True))

    def leave(self) -> None:
        """Leave the innermost scope."""
        self.stack.pop()

    def resolve(self, name: str) -> tuple[int, Scope | None]:
        """The variable that a name means here, and its scope; None for what belongs to no scope of this graph."""
        for depth in range(len(self.stack) - 1, -1, -1):
            scope = self.stack[depth]
            if name in scope.globals:
                break
            variable = scope.variables.get(name)
            if variable is not None and (not scope.is_class or depth == len(self.stack) - 1):
                return variable, scope
        known = self._globals.get(name)
        if known is None:
            known = self._globals[name] = self._new(name)
        return known, None

    def _new(self, name: str) -> int:
        self.labels.append(name)
        return len(self.labels) - 1
