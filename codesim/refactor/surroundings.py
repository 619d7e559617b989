"""Where a function stands, and what it takes from there.

In: a `Subject`, which knows its class and what it takes from functions around it. Out: where a helper that takes the
same has to stand, its free names, the attributes of `self` that it uses, and whether it is a generator or a coroutine.
Source: our own.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Sequence

from codesim.parse import Kind, Node, outer_names
from codesim.refactor.reading import local_names
from codesim.source import Captured, Fragment
from codesim.verify import Subject

_RECEIVERS = frozenset({"self", "cls"})
_BUILTINS = frozenset(dir(builtins))
_NESTED = frozenset({Kind.FUNCTION, Kind.CLASS, Kind.LAMBDA})


def own_name(subject: Subject) -> str:
    """The function's name without what stands around it."""
    return subject.fragment.qualname.rpartition(".")[2].partition("#")[0]


def prefix(subject: Subject) -> str:
    """The dotted name of what stands around the function; empty at the top of a module."""
    return subject.fragment.qualname.rpartition(".")[0]


def is_method(subject: Subject) -> bool:
    """Whether the function stands directly in a class."""
    return subject.surroundings.parent is not None


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


def needs_receiver(subject: Subject) -> bool:
    """Whether the function uses `self` (or `cls`) for more than to call itself."""
    name, own = receiver(subject), own_name(subject)
    nodes = list(subject.faithful.children[1].walk()) if name else []
    calls = [node for node in nodes if node[:2] == (Kind.ATTRIBUTE, own) and node.children[0][:2] == (Kind.NAME, name)]
    return sum(node[:2] == (Kind.NAME, name) for node in nodes) > len(calls)


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


def captured(subject: Subject, *, decorated: bool) -> tuple[Captured, ...]:
    """What the function, or the run of statements, takes from the functions around it.

    Args:
        subject: the function.
        decorated: whether its decorators go where it goes.
    """
    names = subject.surroundings.captured
    decorators = subject.faithful.children[2:]
    if decorated or not names or not decorators:
        return names
    inside = outer_names(subject.faithful._replace(children=subject.faithful.children[:2]))
    left = {node.label for decorator in decorators for node in decorator.walk() if node.kind is Kind.NAME} - inside
    return tuple([one for one in names if one.name not in left])


def out_of_reach(copies: Sequence[Fragment], taken: Sequence[Sequence[Captured]]) -> tuple[str, ...]:
    """Names that no helper could take for all copies: the function that binds one is not around every copy.

    Args:
        copies: where they stand.
        taken: what each takes from the functions around it.
    """
    out: list[str] = []
    for copy, names in zip(copies, taken, strict=True):
        for name, function in names:
            inside = [one.path == copy.path and one.qualname.startswith(f"{function}.") for one in copies]
            if not all(inside):
                out.append(name)
    return tuple(sorted(set(out)))


def home(taken: Iterable[Sequence[Captured]]) -> str:
    """The function in which a helper has to stand that takes these names; empty where it needs none.

    Args:
        taken: what each copy takes from functions around all of them.
    """
    return max([one.function for names in taken for one in names], key=len, default="")


def _own_nodes(suite: Node) -> list[Node]:
    out: list[Node] = []
    stack = [suite]
    while stack:
        node = stack.pop()
        out.append(node)
        if node.kind not in _NESTED:
            stack.extend(node.children)
    return out
