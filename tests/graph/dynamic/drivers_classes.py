"""Drivers: calls into the standard library's modules for classes and types.

In: an empty folder. Out: nothing; what counts is the code that runs. Many inputs are wrong on purpose, for the error
paths.
"""

# ruff: noqa: PLR0124, PLW0108, UP006, UP007, UP037, UP045  (old spellings are what is driven)
from __future__ import annotations

import collections
import copy
import dataclasses
import enum
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any

from graph.dynamic.library import attempt, each


class _Shade(enum.Flag):
    NONE = 0
    RED = enum.auto()
    BLUE = enum.auto()
    BOTH = RED | BLUE


def drive_enum_and_dataclasses(_folder: Path) -> None:
    planets = enum.IntEnum("planets", "A B C", start=3)
    each(planets, (3, 9, "x", planets(4)))
    each(lambda name: planets[name], ("A", "Q"))
    each(lambda one: (repr(one), str(one), format(one), hash(one), one.name, copy.deepcopy(one)), (*planets, *_Shade))
    each(lambda value: _Shade(value), (0, 1, 3, 8, -1, "x"))
    each(
        lambda one: (one | _Shade.RED, one & 1, ~one, list(one), len(one), one in _Shade.BOTH, one ^ _Shade.BLUE),
        list(_Shade),
    )
    each(
        lambda names: enum.Enum("E", names),
        ("a,b", ["x", "y"], {"p": 1}, [("q", 2), ("r", 2)], "a a", "mro", "_x_", 3, ()),
    )
    for boundary in (enum.STRICT, enum.CONFORM, enum.EJECT, enum.KEEP):
        flag = attempt(enum.IntFlag, "F", "A B", boundary=boundary)
        each(flag, (1, 9, -2, 0))
        each(lambda value, flag=flag: (repr(flag(value)), ~flag(value)), (1, 3, 8))
    attempt(enum.unique, enum.Enum("U", {"a": 1, "b": 1}))
    each(
        enum.verify(enum.CONTINUOUS, enum.UNIQUE, enum.NAMED_FLAGS),
        (planets, enum.IntEnum("G", {"a": 1, "b": 4}), _Shade),
    )
    each(enum.bin, (5, -3))
    attempt(lambda: setattr(planets, "A", 1))
    attempt(lambda: type("Sub", (planets,), {}))
    specs: tuple[tuple[list[Any], dict[str, Any]], ...] = (
        ([("a", int), ("b", str, "x"), "c"], {}), ([("a", int, 1), ("b", int)], {}),
        ([("a", int, dataclasses.field(default_factory=list))], {"order": True}),
        ([("a", int)], {"frozen": True, "slots": True}),
        ([("a", int), ("b", int, dataclasses.field(kw_only=True, repr=False))], {"unsafe_hash": True}),
        ([("a", list, [])], {}), ([("a", dataclasses.InitVar[int]), ("b", typing.ClassVar[int], 3)], {"eq": False}),
        ([("a", int)], {"eq": False, "order": True}),
        ([("if", int)], {}), ([("a", int), ("a", int)], {}), ([3], {}),
        ([("a", int)], {"match_args": False, "kw_only": True, "weakref_slot": True}),
        ([("a", int, dataclasses.field(default=3, init=False, hash=False, compare=False, metadata={"k": 1}))],
        {"repr": False}),
    )  # fmt: skip
    for fields, options in specs:
        kind = attempt(dataclasses.make_dataclass, "Made", fields, **options)
        one = attempt(kind, 1)
        each(lambda action, one=one: action(one), (
            dataclasses.asdict, dataclasses.astuple, dataclasses.fields, repr, hash, dataclasses.replace,
            lambda o: o == o, lambda o: o < o,
            lambda o: setattr(o, "a", 2), lambda o: dataclasses.replace(o, a=5),
            lambda o: dataclasses.replace(o, q=5), dataclasses.is_dataclass,
        ))  # fmt: skip
        attempt(
            dataclasses.make_dataclass,
            "Under",
            [("z", int, 0)],
            bases=(kind,) if isinstance(kind, type) else (),
            frozen=True,
        )
    deep = dataclasses.make_dataclass("Deep", ["v"])
    each(
        lambda value: dataclasses.asdict(deep(value)),
        ([deep(1)], {"k": deep(2)}, (3,), collections.defaultdict(list, a=[1]), collections.namedtuple("N", "a")(1)),
    )
    attempt(dataclasses.field, default=1, default_factory=list)


_T = typing.TypeVar("_T")


class _Typed(typing.Generic[_T]):
    a: typing.Optional["int"] = None
    b: "list[_T]"
    c: typing.Final[int] = 1


class _Shape(typing.Protocol):
    def area(self) -> int: ...


def drive_typing(_folder: Path) -> None:
    forms = (
        lambda: typing.Union[int, str, None], lambda: typing.Optional[3], lambda: typing.Callable[[int, str], bool],
        lambda: typing.Callable[..., int],
        lambda: typing.Tuple[int, ...], lambda: typing.Dict[str, typing.List[int]], lambda: typing.Literal[1, "x", 1],
        lambda: typing.ClassVar[int],
        lambda: typing.Annotated[int, "m"], lambda: typing.Annotated[int], lambda: _Typed[int][str],
        lambda: _Typed[_T][int], lambda: typing.Generic[int],
        lambda: typing.Generic[_T, _T], lambda: typing.TypeVar("X", int, str), lambda: typing.TypeVar("X", int),
        lambda: typing.NewType("N", int)(3),
        lambda: typing.Callable[int, str], lambda: typing.Union[()], lambda: typing.Type[int],
        lambda: typing.List[int, str], lambda: typing.Any(),
        lambda: typing.NamedTuple("P", [("a", int)])(1), lambda: typing.TypedDict("D", {"a": int}, total=False)(a=1),
        lambda: typing.Dict[_T, int][str],
        lambda: isinstance(3, typing.List[int]), lambda: isinstance([], typing.List),
        lambda: typing.Concatenate[int, typing.ParamSpec("P")],
        lambda: typing.Callable[typing.ParamSpec("P"), _T][[int], str],
        lambda: isinstance(3, typing.runtime_checkable(_Shape)), lambda: typing.Union[_T, int][str],
        lambda: typing.Tuple[()], lambda: issubclass(int, typing.Sequence), lambda: typing.Literal[[1]],
        lambda: typing.ForwardRef("x y"), lambda: _Shape(),
        lambda: typing.Unpack[typing.Tuple[int]], lambda: typing.TypeVarTuple("Ts"),
        lambda: typing.Generic[typing.Unpack[typing.TypeVarTuple("Ts")]],
        lambda: typing.get_type_hints(_Typed, include_extras=True), lambda: typing.get_type_hints(drive_typing),
        lambda: typing.get_type_hints(3),
        lambda: typing.get_overloads(drive_typing), lambda: typing.assert_never(3), lambda: typing.cast("int", 3),
        lambda: typing.no_type_check(_Typed),
        lambda: type("Bad", (typing.List[int], typing.Generic), {}), lambda: type("D2", (typing.Dict,), {}),
        lambda: typing.final(_Shape),
    )  # fmt: skip
    found = each(lambda make: make(), forms)
    for one in found:
        each(
            lambda function, one=one: function(one),
            (
                repr,
                hash,
                typing.get_origin,
                typing.get_args,
                lambda x: x == found[0],
                copy.copy,
                lambda x: x | None,
                lambda x: x[int],
            ),
        )


DRIVERS: tuple[Callable[[Path], None], ...] = (
    drive_enum_and_dataclasses,
    drive_typing,
)
