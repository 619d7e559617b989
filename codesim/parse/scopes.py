"""Which names a function binds itself: the local scope, by Python's own rules.

In: a FUNCTION, LAMBDA or CLASS node. Out: the names bound in that scope. A name stored anywhere in a scope belongs to
it throughout, unless declared global or nonlocal; parameters, imports, nested definitions and handlers bind too;
comprehensions and nested functions have scopes of their own, except that a walrus in a comprehension binds outside it.
Source: the Python language reference, section 4.2 (naming and binding).
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from codesim.parse.tree import Kind, Node

_NAME, _STORE, _AUGMENT = Kind.NAME, Kind.STORE, Kind.AUGMENT
_FUNCTION, _CLASS, _LAMBDA, _COMPREHENSION = Kind.FUNCTION, Kind.CLASS, Kind.LAMBDA, Kind.COMPREHENSION
_NESTED = frozenset({Kind.FUNCTION, Kind.CLASS, Kind.LAMBDA})
_PARAMETERS = frozenset({Kind.PARAMETER, Kind.VARARGS, Kind.KWARGS})
_DEFINITIONS = _PARAMETERS | {Kind.FUNCTION, Kind.CLASS}  # what binds its label besides STORE
_DECLARATIONS = frozenset({Kind.GLOBAL, Kind.NONLOCAL})
_SCOPED = _NESTED | _DECLARATIONS | {Kind.COMPREHENSION}  # without these, what is stored below is bound here
_MARKED = _SCOPED | _DEFINITIONS | {Kind.AUGMENT}


class Survey(NamedTuple):
    """What one walk over a function finds out about its names.

    uses: how often each variable occurs once augmented assignments are written out.
    binding: names that anything in the function binds, those in nested functions included.
    private: the function's own variables that no nested function mentions.
    """

    uses: Counter[str]
    binding: frozenset[str]
    private: frozenset[str]


def survey(function: Node) -> Survey:
    """Count and sort the names of a FUNCTION node, for the guards of the lowering rules."""
    head, suite, *decorators = function.children
    names: list[str] = []
    stored: list[str] = []
    defined = [function.label]
    augmented: list[Node] = []
    is_plain, is_nest, outside = True, False, 0
    for roots in ((head, *decorators), (suite,)):
        outside = len(stored)
        stack: list[tuple[Node, ...]] = [roots]
        while stack:
            for kind, label, children, _ in stack.pop():
                if kind is _NAME:
                    names.append(label)
                elif kind is _STORE:
                    names.append(label)
                    stored.append(label)
                else:
                    if children:
                        stack.append(children)
                    if kind in _MARKED:
                        if kind in _SCOPED:
                            is_plain = False
                            is_nest = is_nest or kind in _NESTED
                        if kind in _DEFINITIONS:
                            defined.append(label)
                        elif kind is _AUGMENT:
                            augmented.append(children[0])
    uses = Counter(names)
    for target in augmented:  # it is read, then written
        _count_into(uses, target)
    binding = frozenset([*stored, *defined])
    if is_plain:
        private = frozenset([*[node.label for node in parameters(function)], *stored[outside:]])
    else:
        private = bound_names(function)
        if is_nest:
            private -= captured_names(function)
    return Survey(uses, binding, private)


def count_names(tree: Node) -> Counter[str]:
    """How often each variable occurs once augmented assignments are written out."""
    uses: Counter[str] = Counter()
    for node in tree.walk():
        kind = node.kind
        if kind is _NAME or kind is _STORE:
            uses[node.label] += 1
        elif kind is _AUGMENT:
            _count_into(uses, node.children[0])
    return uses


def _count_into(uses: Counter[str], target: Node) -> None:
    uses.update([inner.label for inner in target.walk() if inner.kind is _NAME or inner.kind is _STORE])


def declared_names(scope: Node, kind: Kind) -> frozenset[str]:
    """Names that the scope declares `global` or `nonlocal` (`kind` says which)."""
    return frozenset([name for node in own_nodes(scope) if node.kind is kind for name in node.label.split(",")])


def bound_names(scope: Node) -> frozenset[str]:
    """Names that belong to the scope of a FUNCTION, LAMBDA or CLASS node, its parameters included."""
    bound = {node.label for node in parameters(scope)}
    declared: set[str] = set()
    for node in own_nodes(scope):
        kind = node.kind
        if kind is _STORE or kind is _FUNCTION or kind is _CLASS:
            bound.add(node.label)
        elif kind in _DECLARATIONS:
            declared.update(node.label.split(","))
    return frozenset(bound - declared)


def parameters(scope: Node) -> tuple[Node, ...]:
    """The parameter nodes of a FUNCTION or LAMBDA that have a name; none for a CLASS."""
    if scope.kind is _CLASS:
        return ()
    return tuple([node for node in scope.children[0].children if node.kind in _PARAMETERS and node.label])


def own_nodes(scope: Node) -> list[Node]:
    """All nodes that run in the scope itself: not those of nested functions, classes, lambdas or comprehension targets.

    The nested FUNCTION and CLASS nodes are in the list (they bind their name here), and so are their defaults,
    decorators and bases; their insides are not. A statement in the place of a scope gives the nodes of its own scope.
    """
    stack = [scope]
    if scope.kind in _NESTED:
        stack = [scope.children[0 if scope.kind is _CLASS else 1]]
    out: list[Node] = []
    while stack:
        node = stack.pop()
        out.append(node)
        kind, _, children, _ = node
        if kind is _COMPREHENSION:
            stack.extend(_bound_outside(node))
        elif kind is _FUNCTION or kind is _LAMBDA:
            for parameter in children[0].children:
                stack.extend(parameter.children)
            stack.extend(children[2:])
        elif children:
            stack.extend(children[1:] if kind is _CLASS else children)
    return out


def captured_names(function: Node) -> frozenset[str]:
    """Names of this scope that functions, lambdas and classes nested in it may read or write when those run.

    All names in a class body count, since they are seen from outside as its attributes.
    """
    nested: list[Node] = []  # the outermost ones
    stack = [function.children[1]]
    while stack:
        node = stack.pop()
        kind, _, children, _ = node
        if kind not in _NESTED:
            if children:
                stack.extend(children)
            continue
        nested.append(node)
        if kind is not _CLASS:  # defaults and decorators are evaluated at once, outside
            stack.extend((children[0], *children[2:]))
    out: set[str] = set()
    # each node with the names that all functions around it bind
    pairs = [pair for node in nested for pair in _insides(node, None)]
    while pairs:
        node, hidden = pairs.pop()
        kind, label, children, _ = node
        if kind is _NAME or kind is _STORE:
            if label not in hidden:
                out.add(label)
            continue
        if kind is _CLASS or kind is Kind.NONLOCAL:
            out.update(label.split(","))
        if kind in _NESTED:
            pairs.extend(_insides(node, hidden))
            children = () if kind is _CLASS else (children[0], *children[2:])
        pairs.extend([(child, hidden) for child in children])
    return frozenset(out)


def outer_names(function: Node) -> frozenset[str]:
    """Names that a FUNCTION takes from outside: captured ones, globals and builtins; decorators and defaults count.

    A name that it declares `global` is none of them.
    """
    out: set[str] = set()
    # each node with the names that functions around it bind, and those that a class around it binds
    stack = [(function, frozenset[str](), frozenset[str]())]
    while stack:
        node, hidden, inside_class = stack.pop()
        kind, label, children, _ = node
        if kind is _NAME or kind is _STORE or kind is Kind.NONLOCAL:
            out.update([name for name in label.split(",") if name not in hidden and name not in inside_class])
        elif kind is _COMPREHENSION:
            element, *generators = children
            iterable = generators[0].children[1]  # evaluated outside
            stack.append((iterable, hidden, inside_class))
            targets = [part for generator in generators for part in generator.children[0].walk()]
            own = hidden.union([part.label for part in targets if part.kind is _STORE])
            rest = [part for generator in generators for part in generator.children if part is not iterable]
            stack.extend([(part, own, frozenset[str]()) for part in (element, *rest)])
        elif kind in _NESTED:
            own = bound_names(node) | declared_names(node, Kind.GLOBAL)
            body, around = (0, children[1:]) if kind is _CLASS else (1, (children[0], *children[2:]))
            in_body = (hidden, own) if kind is _CLASS else (hidden | own, frozenset[str]())
            stack.append((children[body], *in_body))
            stack.extend([(child, hidden, inside_class) for child in around])
        else:
            stack.extend([(child, hidden, inside_class) for child in children])
    return frozenset(out)


def _insides(nested: Node, hidden: frozenset[str] | None) -> list[tuple[Node, frozenset[str]]]:
    """What runs inside a FUNCTION, LAMBDA or CLASS, each with the names that it and all functions around it bind."""
    if nested.kind is _CLASS:
        return [(child, frozenset()) for child in nested.children]
    bound = bound_names(nested)
    return [(nested.children[1], bound if hidden is None else bound & hidden)]


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
