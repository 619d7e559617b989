"""Substitution: a tree with a variable, or an element, put in place of another.

In: a tree, what to look for, and what to put there. Out: the tree with that replaced. Scopes are respected: what a
nested scope binds itself is another variable. Source: our own.
"""

from __future__ import annotations

from codesim.parse.order import same
from codesim.parse.scopes import bound_names
from codesim.parse.tree import Kind, Node


def substitute(node: Node, name: str, replacement: Node) -> Node:
    """The tree with every NAME and STORE of this variable replaced (a STORE by the replacement as a STORE).

    Functions, lambdas and comprehensions that bind the name themselves speak of another variable and are left alone.
    """
    kind, label, children, span = node
    if not children:
        if label == name and kind is Kind.NAME:
            return replacement._replace(span=span)
        return node._replace(label=replacement.label) if label == name and kind is Kind.STORE else node
    if kind is Kind.COMPREHENSION and any(_binds(part.children[0], name) for part in children[1:]):
        first = children[1]
        iterable = substitute(first.children[1], name, replacement)
        first = first._replace(children=(first.children[0], iterable, *first.children[2:]))
        return node._replace(children=(children[0], first, *children[2:]))
    changed: list[Node] | None = None
    for position, child in enumerate(children):
        replaced = substitute(child, name, replacement)
        if replaced is not child:
            if changed is None:
                changed = list(children)
            changed[position] = replaced
    if changed is None:
        return node
    if kind in (Kind.LAMBDA, Kind.FUNCTION) and name in bound_names(node):
        changed[1] = children[1]
    return Node(kind, label, tuple(changed), span)


def _binds(target: Node, name: str) -> bool:
    return any(inner.kind is Kind.STORE and inner.label == name for inner in target.walk())


def index_to_item(node: Node, sequence: Node, index: str, item: str) -> Node:
    """Replace each `sequence[index]` that is read by the name `item`."""
    if node.kind is Kind.SUBSCRIPT and node.children[1][:2] == (Kind.NAME, index) and same(node.children[0], sequence):
        return Node(Kind.NAME, item, (), node.span)
    if not node.children:
        return node
    return node._replace(children=tuple([index_to_item(child, sequence, index, item) for child in node.children]))
