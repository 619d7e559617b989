"""Where a function stands, and what it takes from there.

In: a `Subject`. Out: the class or function around it, its free names, the attributes of `self` that it uses, and
whether it is a generator or a coroutine. All from the fragment alone: the file around it is not at hand, so whether
something is a class is told from names and parameters.
Source: our own.
"""

from __future__ import annotations

import builtins
import sys

from codesim.parse import Kind, Node
from codesim.refactor.reading import local_names
from codesim.verify import Subject

_RECEIVERS = frozenset({"self", "cls"})
_METHOD_DECORATORS = frozenset({"staticmethod", "classmethod", "property", "abstractmethod"})
_BUILTINS = frozenset(dir(builtins))
_NESTED = frozenset({Kind.FUNCTION, Kind.CLASS, Kind.LAMBDA})


def own_name(subject: Subject) -> str:
    """The function's name without what stands around it."""
    return subject.fragment.qualname.rpartition(".")[2].partition("#")[0]


def prefix(subject: Subject) -> str:
    """The dotted name of what stands around the function; empty at the top of a module."""
    return subject.fragment.qualname.rpartition(".")[0]


def is_method(subject: Subject) -> bool:
    """Whether the function stands directly in a class, as far as names and parameters tell."""
    around = prefix(subject).rpartition(".")[2].partition("#")[0].lstrip("_")
    if not around:
        return False
    first = subject.faithful.children[0].children[:1]
    if first and first[0].label in _RECEIVERS:
        return True
    decorators = {node.label for decorator in subject.faithful.children[2:] for node in decorator.walk()}
    return bool(decorators & _METHOD_DECORATORS) or around[0].isupper()


def is_nested(subject: Subject) -> bool:
    """Whether the function stands inside another function, as far as names and parameters tell."""
    return bool(prefix(subject)) and not is_method(subject)


def receiver(subject: Subject) -> str:
    """The name of the first parameter of a method that has one; else empty."""
    first = subject.faithful.children[0].children[:1]
    return first[0].label if is_method(subject) and first and first[0].label in _RECEIVERS else ""


def receiver_attributes(subject: Subject) -> tuple[str, ...]:
    """The attributes of `self` (or `cls`) that a method uses, in order of appearance."""
    name = receiver(subject)
    if not name:
        return ()
    found = [
        node.label
        for node in subject.faithful.children[1].walk()
        if node.kind is Kind.ATTRIBUTE and node.children[0].kind is Kind.NAME and node.children[0].label == name
    ]
    return tuple(dict.fromkeys(found))


def uses_implicit_class(subject: Subject) -> bool:
    """Whether the function calls `super()` without arguments or names `__class__`."""
    return any(
        (node.kind is Kind.CALL and len(node.children) == 1 and node.children[0][:2] == (Kind.NAME, "super"))
        or (node.kind is Kind.NAME and node.label == "__class__")
        for node in subject.faithful.children[1].walk()
    )


def calls_namesake(subject: Subject) -> tuple[str, ...]:
    """What the function mentions that has its own name and is not itself, such as `super().save` in `save`."""
    name, own = own_name(subject), receiver(subject)
    out: list[str] = []
    for node in subject.faithful.children[1].walk():
        if node.kind is Kind.ATTRIBUTE and node.label == name:
            base = node.children[0]
            if base.kind is not Kind.NAME or base.label != own:
                out.append(subject.text(node.span))
        elif node.kind is Kind.NAME and node.label == name and is_method(subject):
            out.append(name)
    return tuple(dict.fromkeys(out))


def mangled_names(subject: Subject) -> tuple[str, ...]:
    """Names such as `__x`, which mean something else in every class."""
    labels = [
        node.label
        for node in subject.faithful.children[1].walk()
        if node.kind in (Kind.NAME, Kind.STORE, Kind.ATTRIBUTE)
        and node.label.startswith("__")
        and not node.label.endswith("__")
    ]
    return tuple(dict.fromkeys(labels))


def flavour(subject: Subject) -> tuple[bool, bool]:
    """(is a coroutine, is a generator)."""
    asynchronous = subject.faithful.children[0].label == "async"
    return asynchronous, any(node.kind is Kind.YIELD for node in _own_nodes(subject.faithful.children[1]))


def free_names(subject: Subject) -> tuple[str, ...]:
    """Names that the body reads and does not bind, but for builtins and the function itself, in order of appearance."""
    bound = local_names(subject) | _BUILTINS
    nodes = subject.faithful.children[1].walk()
    found = [node.label for node in nodes if node.kind is Kind.NAME and node.label not in bound]
    return tuple(dict.fromkeys(name for name in found if name not in (own_name(subject), "__class__")))


def may_be_captured(subject: Subject) -> tuple[str, ...]:
    """What a nested function may take from the one around it: nonlocals, and free names that do not look global.

    Classes and constants by their spelling, and modules of the standard library, are taken to be global.
    """
    if not is_nested(subject):
        return ()
    declared = [
        name
        for node in _own_nodes(subject.faithful.children[1])
        if node.kind is Kind.NONLOCAL
        for name in node.label.split(",")
    ]
    plain = [name for name in free_names(subject) if name.islower() and name not in sys.stdlib_module_names]
    return tuple(dict.fromkeys([*declared, *plain]))


def _own_nodes(suite: Node) -> list[Node]:
    out: list[Node] = []
    stack = [suite]
    while stack:
        node = stack.pop()
        out.append(node)
        if node.kind not in _NESTED:
            stack.extend(node.children)
    return out
