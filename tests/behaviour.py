"""What two versions of a function do, and whether the canonical graphs tell them apart.

A case is a pair of functions `f` and the calls to try. Behaviour is the result or the exception of each call, what was
logged on the way (`log(x)` notes x and returns it) and what became of the arguments. Only the tests' own code is run.
"""

from __future__ import annotations

import ast
import collections
import contextlib
import copy
import textwrap
from dataclasses import dataclass, field
from types import GeneratorType
from typing import Any

from codesim.graph import build_pdg, canonical_hash
from codesim.parse import Node, lower, parse_function


@dataclass
class Box:
    """An object with attributes, and methods that change them."""

    value: int = 0
    items: list[Any] = field(default_factory=list)

    def bump(self, by: int = 1) -> int:
        self.value += by
        return self.value

    def grow(self) -> int:
        if len(self.items) < 9:
            self.items.append(len(self.items))
        return len(self.items)


def faithful(source: str) -> Node:
    """The faithful tree of the first function in a source."""
    body = ast.parse(textwrap.dedent(source)).body
    return parse_function(next(node for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)))


def hash_of(source: str) -> str:
    """The canonical hash of the first function in a source."""
    return canonical_hash(build_pdg(lower(faithful(source)), "f"))


def behaviour(source: str, calls: tuple[str, ...]) -> list[Any]:
    """What `f` of the source does when called with each of these argument lists (each a Python expression)."""
    return [_one_call(source, call) for call in calls]


def _one_call(source: str, call: str) -> Any:
    notes: list[Any] = []

    def log(value: Any) -> Any:
        notes.append(copy.deepcopy(value))
        return value

    space: dict[str, Any] = {
        "log": log,
        "Box": Box,
        "LIMIT": 3,
        "OrderedDict": collections.OrderedDict,
        "suppress": contextlib.suppress,
        "pair": lambda *args, **kwargs: (args, list(kwargs.items())),
    }
    exec(compile(textwrap.dedent(source), "<case>", "exec"), space)  # noqa: S102
    arguments = eval(f"[{call}]", space)  # noqa: S307
    try:
        result = space["f"](*arguments)
        if isinstance(result, GeneratorType):
            result = ("generator", list(result))
        elif callable(result):
            result = ("function", result())
        elif isinstance(result, list) and result and all(callable(one) for one in result):
            result = [one() for one in result]
        outcome = ("returned", repr(result))
    except Exception as error:
        outcome = ("raised", type(error).__name__)
    return outcome, repr(notes), repr(arguments), repr(space.get("shared"))
