"""Which names a function binds itself: the local scope, by Python's own rules.

In: a FUNCTION, LAMBDA or CLASS node. Out: the names bound in that scope. A name stored anywhere in a scope belongs to
it throughout, unless declared global or nonlocal; parameters, imports, nested definitions and handlers bind too;
comprehensions and nested functions have scopes of their own, except that a walrus in a comprehension binds outside it.
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

    The nested FUNCTION and CLASS nodes are in the list (they bind their name here), and so are their defaults,
    decorators and bases; their insides are not. A statement in the place of a scope gives the nodes of its own scope.
    """
    if scope.kind is Kind.CLASS:
        stack = [scope.children[0]]
    else:
        stack = [scope.children[1]] if scope.kind in _NESTED else [scope]
    out: list[Node] = []
    while stack:
        node = stack.pop()
        out.append(node)
        if node.kind is Kind.COMPREHENSION:
            stack.extend(_bound_outside(node))
        elif node.kind in (Kind.FUNCTION, Kind.LAMBDA):
            stack.extend(default for parameter in node.children[0].children for default in parameter.children)
            stack.extend(node.children[2:])
        else:
            stack.extend(node.children[1:] if node.kind is Kind.CLASS else node.children)
    return out


def captured_names(function: Node) -> frozenset[str]:
    """Names of this scope that functions, lambdas and classes nested in it may read or write when those run.

    All names in a class body count, since they are seen from outside as its attributes.
    """
    return frozenset(name for node in function.children[1].walk() if node.kind in _NESTED for name in _free_names(node))


def _free_names(nested: Node) -> set[str]:
    inside = nested if nested.kind is Kind.CLASS else nested.children[1]  # defaults are evaluated at once, outside
    names = {inner.label for inner in inside.walk() if inner.kind in (Kind.NAME, Kind.STORE)}
    if nested.kind is Kind.CLASS:
        return names
    names -= bound_names(nested)
    for inner in inside.walk():
        if inner.kind in (Kind.CLASS, Kind.NONLOCAL):
            names.update(inner.label.split(","))
    return names


def _bound_outside(comprehension: Node) -> list[Node]:
    """The targets of the walrus operators inside a comprehension, which bind in the scope around it."""
    out: list[Node] = []
    stack = list(comprehension.children)
    while stack:
        node = stack.pop()
        if node.kind is Kind.WALRUS:
            out.append(node.children[0])
        if node.kind not in _NESTED:
            stack.extend(node.children)
    return out
