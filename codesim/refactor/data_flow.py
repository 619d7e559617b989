"""What a function takes and what it gives: the inputs and outputs that a verdict weighs.

In: a `Subject`. Out: its `DataFlow`: parameters, names and attributes that it reads from outside; what it returns,
yields and raises, and what it changes that others can see. All from the fragment's own tree; functions inside it speak
for themselves.
Source: our own; the sets are those of Extract Method (Tsantalis, Mazinanian, Krishnan, IEEE TSE 2015).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from codesim.parse import Kind, Node
from codesim.refactor.surroundings import free_names, receiver, receiver_attributes
from codesim.verify import Subject

_CLOSED = frozenset({Kind.FUNCTION, Kind.CLASS, Kind.LAMBDA})
_STARS = {Kind.VARARGS: "*", Kind.KWARGS: "**"}
_SHARED = frozenset({Kind.ATTRIBUTE, Kind.SUBSCRIPT})


@dataclass(frozen=True, slots=True)
class DataFlow:
    """Inputs and outputs of a function, each as source text, without repetition, in order of appearance.

    parameters: its own, with stars. free_names: read and not bound, builtins left out. attributes: of its receiver
    (`self.x`). returns, yields: the expressions. raises: the exceptions (empty text: raised again). writes: attributes,
    items, globals and nonlocals that it sets or deletes.
    """

    parameters: tuple[str, ...]
    free_names: tuple[str, ...]
    attributes: tuple[str, ...]
    returns: tuple[str, ...]
    yields: tuple[str, ...]
    raises: tuple[str, ...]
    writes: tuple[str, ...]


def data_flow(subject: Subject) -> DataFlow:
    """List what a function takes and gives.

    Not promised: changes that happen inside what it calls.

    Args:
        subject: the function.

    Returns:
        DataFlow: empty lists where there is nothing.

    Source: our own.
    """
    parameters, suite = subject.faithful.children[:2]
    own = list(_own_nodes(suite))
    name = receiver(subject)
    return DataFlow(
        parameters=tuple(_STARS.get(node.kind, "") + node.label for node in parameters.children if node.label),
        free_names=free_names(subject),
        attributes=tuple(f"{name}.{attribute}" for attribute in receiver_attributes(subject)),
        returns=_distinct(_text(subject, node.children) for node in own if node.kind is Kind.RETURN and node.children),
        yields=_distinct(_text(subject, node.children) for node in own if node.kind is Kind.YIELD),
        raises=_distinct(_text(subject, node.children[:1]) for node in own if node.kind is Kind.RAISE),
        writes=_distinct(text for node in own for text in _written(subject, node)),
    )


def _own_nodes(suite: Node) -> Iterator[Node]:
    """The nodes of a function without those of the functions and classes inside it, in source order."""
    stack = [suite]
    while stack:
        node = stack.pop()
        yield node
        if node.kind not in _CLOSED:
            stack.extend(reversed(node.children))


def _written(subject: Subject, node: Node) -> Iterator[str]:
    if node.kind in (Kind.GLOBAL, Kind.NONLOCAL):
        yield from node.label.split(",")
    targets = {
        Kind.ASSIGN: node.children[:-1],
        Kind.AUGMENT: node.children[:1],
        Kind.FOR: node.children[:1],
        Kind.ITEM: node.children[1:],
        Kind.DELETE: node.children,
    }.get(node.kind, ())
    stack = list(reversed(targets))
    while stack:
        target = stack.pop()
        if target.kind in _SHARED:
            yield _text(subject, (target,))
        elif target.kind in (Kind.COLLECTION, Kind.STARRED):
            stack.extend(reversed(target.children))


def _text(subject: Subject, nodes: tuple[Node, ...]) -> str:
    """The source of the first node; its label where it has no place in the source."""
    real = [node for node in nodes if node.kind is not Kind.NOTHING]
    return (subject.text(real[0].span) or real[0].label) if real else ""


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
