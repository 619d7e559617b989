"""Which names a function binds itself: the local scope, by Python's own rules.

In: a FUNCTION, LAMBDA or CLASS node. Out: the names bound in that scope. A name stored anywhere in a scope belongs to it throughout,
unless declared global or nonlocal; parameters, imports, nested definitions and handlers bind too; comprehensions and
nested functions have scopes of their own, except that a walrus in a comprehension binds outside it.
Source: the Python language reference, section 4.2 (naming and binding).
"""

from __future__ import annotations

from codesim.parse.tree import Kind, Node

_NESTED = frozenset({Kind.FUNCTION, Kind.CLASS, Kind.LAMBDA})
_PARAMETERS = frozenset({Kind.PARAMETER, Kind.VARARGS, Kind.KWARGS})


def declared_names(scope: Node, kind: Kind) -> frozenset[str]:
    """Names that the scope declares `global` or `nonlocal` (`kind` says which)."""
    return frozenset(name for node in own_nodes(scope) if node.kind is kind for name in node.label.split(","))


def bound_names(scope: Node) -> frozenset[str]:
    """Names that belong to the scope of a FUNCTION, LAMBDA or CLASS node, its parameters included."""
    bound = {node.label for node in parameters(scope)}
    declared: set[str] = set()
    for node in own_nodes(scope):
        if node.kind is Kind.STORE or node.kind in (Kind.FUNCTION, Kind.CLASS):
            bound.add(node.label)
        elif node.kind in (Kind.GLOBAL, Kind.NONLOCAL):
            declared.update(node.label.split(","))
    return frozenset(bound - declared)


def parameters(scope: Node) -> tuple[Node, ...]:
    """The parameter nodes of a FUNCTION or LAMBDA that have a name; none for a CLASS."""
    if scope.kind is Kind.CLASS:
        return ()
    return tuple([node for node in scope.children[0].children if node.kind in _PARAMETERS and node.label])


def own_nodes(scope: Node) -> list[Node]:
    """All nodes that run in the scope itself: not those of nested functions, classes, lambdas or comprehension targets.

    The nested FUNCTION and CLASS nodes are in the list (they bind their name here), their insides are not.
    """
    body = scope.children[0] if scope.kind is Kind.CLASS else scope.children[1]
    out: list[Node] = []
    stack = [body]
    while stack:
        node = stack.pop()
        out.append(node)
        if node.kind is Kind.COMPREHENSION:
            stack.extend(_walruses(node))
        elif node.kind not in _NESTED:
            stack.extend(node.children)
    return out


def captured_names(function: Node) -> frozenset[str]:
    """Names that the functions and lambdas nested in this one mention: they may be read or written when those run."""
    return frozenset(
        inner.label
        for node in function.children[1].walk()
        if node.kind in _NESTED
        for inner in node.walk()
        if inner.kind in (Kind.NAME, Kind.STORE)
    )


def _walruses(comprehension: Node) -> list[Node]:
    """The targets of the walrus operators inside a comprehension, which bind in the scope around it."""
    return [node.children[0] for node in comprehension.walk() if node.kind is Kind.WALRUS]
