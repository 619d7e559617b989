"""Values as plain JSON and back: what a report is kept as.

In: dataclasses of texts, numbers, enumerations, tuples and further dataclasses. Out: nested lists, a dataclass being
the list of its fields; and back, by the types that the fields declare. What a candidate was built from is left out: it
is needed only by who explains one. What is read back may be damaged or forged, so every value is checked against its
type, and nothing but these types can come of it. Source: our own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from codesim.refactor import Basis

Plain = Any
_Value = TypeVar("_Value")
_Reader = Callable[[Plain], Any]
_READERS: dict[Any, _Reader] = {}


def to_plain(value: object) -> Plain:
    """Write a value as plain JSON.

    Args:
        value: of the types above.

    Returns:
        What `json` can write.

    Raises:
        TypeError: it holds something of another type.
    """
    if value is None or isinstance(value, (str, bool, int, float)):
        return value.value if isinstance(value, Enum) else value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Basis):
        return None
    if isinstance(value, (tuple, list)):
        return [to_plain(item) for item in value]
    if isinstance(value, frozenset):
        return sorted(to_plain(item) for item in value)
    if is_dataclass(value):
        return [to_plain(getattr(value, name)) for name in _names(type(value))]
    raise TypeError(f"{type(value).__name__} is no plain value")


def from_plain(kind: type[_Value], data: Plain) -> _Value:
    """Read a value back.

    Args:
        kind: its type.
        data: from `to_plain`, parsed.

    Returns:
        A value equal to the one written, but for what was left out.

    Raises:
        ValueError: the data is none of that type.
        TypeError: the type holds one that is no plain value.
    """
    value: _Value = _reader(kind)(data)
    return value


def _names(kind: Any) -> tuple[str, ...]:
    return tuple(item.name for item in fields(kind))


def _reader(kind: Any) -> _Reader:
    """What reads values of one type."""
    reader = _READERS.get(kind)
    if reader is None:
        reader = _READERS[kind] = _made_reader(kind)
    return reader


def _made_reader(kind: Any) -> _Reader:
    origin = get_origin(kind)
    if kind in (str, int, bool, NoneType):
        return _exactly(kind)
    if kind is float:
        return _number
    if kind is Basis:
        return _exactly(NoneType)
    if origin in (Union, UnionType):
        return _optional([part for part in get_args(kind) if part is not NoneType])
    if origin in (tuple, list, frozenset):
        return _several(origin, get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    if isinstance(kind, type) and (is_dataclass(kind) or issubclass(kind, tuple)):
        return _record(kind)
    raise TypeError(f"{kind} is no plain type")


def _exactly(kind: type) -> _Reader:
    def read(data: Plain) -> Any:
        if type(data) is not kind:
            raise ValueError(f"{data!r} is no {kind.__name__}")
        return data

    return read


def _number(data: Plain) -> float:
    if type(data) is float:
        return data
    if type(data) is int:
        return float(data)
    raise ValueError(f"{data!r} is no number")


def _optional(kinds: list[Any]) -> _Reader:
    if len(kinds) != 1:
        raise TypeError(f"{kinds} are more than one type")
    (kind,) = kinds
    return lambda data: None if data is None else _reader(kind)(data)


def _several(origin: Any, parts: tuple[Any, ...]) -> _Reader:
    if len(parts) == 1 or parts[1:] == (...,):
        one = parts[0]

        def read_all(data: Plain) -> Any:
            reader = _reader(one)
            return origin([reader(item) for item in _listed(data)])

        return read_all
    readers = [_reader(part) for part in parts]
    return lambda data: tuple(reader(item) for reader, item in zip(readers, _listed(data), strict=True))


def _record(kind: Any) -> _Reader:
    """A dataclass or a named tuple; its fields are looked at when the first one is read, for it may hold its like."""
    names = _names(kind) if is_dataclass(kind) else kind._fields
    readers: list[_Reader] = []

    def read(data: Plain) -> Any:
        if not readers:
            hints = get_type_hints(kind)
            readers.extend(_reader(hints[name]) for name in names)
        return kind(*[reader(item) for reader, item in zip(readers, _listed(data), strict=True)])

    return read


def _listed(data: Plain) -> list[Plain]:
    if isinstance(data, list):
        return data
    raise ValueError(f"{data!r} is no list")
