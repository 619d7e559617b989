"""Drivers: calls into the standard library's modules for containers, copies and queues.

In: an empty folder. Out: nothing; what counts is the code that runs. Many inputs are wrong on purpose, for the error
paths.
"""

from __future__ import annotations

import abc
import collections
import copy
import enum
import io
import pickle
import queue
import sched
import sys
import types
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

from graph.dynamic.library import attempt, each, optional, python_form


def drive_collections(_folder: Path) -> None:
    form = python_form("collections")
    counter = form.Counter("mississippi", z=0)
    others = (form.Counter(i=1, q=-2), form.Counter(), {"s": 9}, 3)
    for name in ("__add__", "__sub__", "__and__", "__or__", "__iadd__", "__isub__", "__iand__", "__ior__", "__eq__",
        "__le__", "__gt__",
                 "update", "subtract"):  # fmt: skip
        each(getattr(counter.copy(), name), others)
    each(counter.most_common, (None, 2))
    each(lambda name: getattr(counter, name)(), ("total", "__pos__", "__neg__", "__repr__", "elements", "__reduce__"))
    ordered = form.OrderedDict([("a", 1), ("b", 2), ("c", 3)])
    each(lambda key: ordered.move_to_end(key, last=False), ("c", "q"))
    each(ordered.pop, ("a", "q"))
    ordered.setdefault("z", 1)
    list(reversed(ordered))
    each(
        lambda name: attempt(getattr(ordered, name)),
        ("copy", "__reduce__", "__repr__", "popitem", "__sizeof__", "keys", "items"),
    )
    each(ordered.__eq__, (form.OrderedDict(b=2), {"b": 2}))
    each(ordered.__or__, ({"q": 1}, 3))
    each(ordered.update, ({"k": 1}, [("k", 2)], 3))
    chain = form.ChainMap({"a": 1}, {"b": 2, "a": 3})
    each(chain.__getitem__, ("a", "b", "q"))
    each(
        lambda name: attempt(getattr(chain, name)),
        ("new_child", "copy", "__len__", "__repr__", "__bool__", "popitem", "clear", "parents"),
    )
    each(chain.pop, ("a", "q"))
    each(chain.__delitem__, ("b",))
    each(chain.__or__, ({"q": 1}, 3))
    each(chain.__ror__, ({"q": 1}, 3))
    for names, options in (
        ("a b", {}),
        (["a", "a"], {}),
        ("_x y", {}),
        ("def _x y", {"rename": True}),
        ("a b", {"defaults": [1, 2]}),
        ("a", {"defaults": [1, 2]}),
    ):
        kind = attempt(form.namedtuple, "Pair", names, **options)
        one = attempt(kind, *range(2))
        each(lambda name, one=one: getattr(one, name)(), ("_asdict", "_replace", "__repr__", "__getnewargs__"))
        attempt(lambda one=one: one._replace(q=1))
        attempt(lambda kind=kind: kind._make([1]))
    attempt(form.namedtuple, "1x", "a")
    for one in (form.UserList([3, 1, 2]), form.UserString("abc"), form.UserDict(a=1)):
        for name in [
            name for name in dir(one) if callable(getattr(one, name)) and name not in ("__class__", "__init_subclass__")
        ]:
            each(getattr(copy.copy(one), name), (0, "a", [1], one, slice(1)))
            attempt(getattr(copy.copy(one), name))


class _Shade(enum.Flag):
    NONE = 0
    RED = enum.auto()
    BLUE = enum.auto()
    BOTH = RED | BLUE


def drive_copy_and_pickle(_folder: Path) -> None:
    form = python_form("pickle")

    class Part:
        def __init__(self) -> None:
            self.x = [self]

        def __deepcopy__(self, memo: dict[int, Any]) -> Part:
            return self

    class Slots:
        __slots__ = ("a",)

    slots = Slots()
    slots.a = 1
    loop: list[Any] = [1]
    loop.append((loop, {"k": loop}))
    values = (loop, {"a": [1, {2}]}, Part(), slots, types.SimpleNamespace(z=[1]), (1, [2]), lambda: 1, int,
        io.StringIO().write, collections.deque([1]),
              _Shade.RED, bytearray(b"x"), weakref.ref(_Shade), 2**80, -5, 300, 70000, "é" * 300, b"y" * 300, 1.5,
              None, frozenset([1]), ..., NotImplemented,
              types.GenericAlias(list, (int,)), iter([1]), range(3), 1j, ())  # fmt: skip
    each(copy.copy, values)
    each(copy.deepcopy, values)
    if hasattr(copy, "replace"):
        each(copy.replace, (types.SimpleNamespace(z=1), 3), z=2)
    for protocol in range(6):
        for value in values:
            out = io.BytesIO()
            done = attempt(form._Pickler(out, protocol).dump, value)
            if not isinstance(done, Exception):
                attempt(form._Unpickler(io.BytesIO(out.getvalue())).load)
                attempt(form._Unpickler(io.BytesIO(out.getvalue()[:-2])).load)
        attempt(form._dumps, list(range(2000)), protocol)
        attempt(form._dumps, {i: str(i) for i in range(1100)}, protocol)
    attempt(form._dumps, pickle.PickleBuffer(b"abc"), 5, buffer_callback=[].append)
    each(
        form._loads,
        (
            b"\x80\x09.",
            b"cnone\nq\n.",
            b"",
            b"I01\n.",
            b"S'a'\n.",
            b"L5L\n.",
            b"(lp0\nI1\na.",
            b"0.",
            b"Vx\\u00e9\n.",
            b"\x95\x01\0\0\0\0\0\0\0N.",
        ),
    )


def drive_queues(_folder: Path) -> None:
    for kind in (queue.Queue, queue.LifoQueue, queue.PriorityQueue):
        one: Any = kind(2)
        each(lambda item, one=one: one.put(item, block=False), (3, 1, 2))
        attempt(one.put, 4, timeout=0.001)
        attempt(one.put, 4, timeout=-1)
        each(lambda _, one=one: (one.get(timeout=0.001), one.task_done()), range(3))
        attempt(one.task_done)
        attempt(one.get, timeout=-1)
    form = python_form("queue")
    simple = form._PySimpleQueue()
    simple.put(1)
    each(lambda _: simple.get(timeout=0.001), range(2))
    now = [0.0]
    plan = sched.scheduler(lambda: now[0], lambda delay: now.__setitem__(0, now[0] + delay))
    events = [plan.enter(delay, 1, int) for delay in (3, 1, 2)]
    plan.enterabs(9, 2, lambda: plan.enter(1, 1, int))
    plan.cancel(events[0])
    attempt(plan.cancel, events[0])
    plan.run(blocking=False)
    plan.run()


def drive_abstract_classes(_folder: Path) -> None:
    form = python_form("_py_abc")

    class Base(metaclass=form.ABCMeta):
        @abc.abstractmethod
        def go(self) -> int: ...

        @classmethod
        def __subclasshook__(cls, other: type) -> Any:
            return True if hasattr(other, "gone") else NotImplemented

    Base.register(int)
    each(Base.register, (3, Base))
    each(lambda value: isinstance(value, Base), (1, "x", True, types.SimpleNamespace()))
    each(lambda kind: issubclass(kind, Base), (int, str, type("Gone", (), {"gone": 1}), 3))


def drive_weak_references(_folder: Path) -> None:

    class Base: ...

    table = optional("_weakrefset").WeakSet([Base, abc])
    others = (optional("_weakrefset").WeakSet([abc]), {sys}, 3)
    for name in (
        "__or__",
        "__and__",
        "__sub__",
        "__xor__",
        "__le__",
        "__eq__",
        "update",
        "discard",
        "isdisjoint",
        "__ior__",
        "__contains__",
    ):
        each(getattr(table.copy(), name), others)
    attempt(table.pop)
    values: Any = weakref.WeakValueDictionary({"a": Base})
    keys: Any = weakref.WeakKeyDictionary({Base: 1})
    for one in (values, keys):
        for name in ("items", "keys", "values", "copy", "popitem", "__len__", "__repr__", "valuerefs", "keyrefs"):
            attempt(lambda one=one, name=name: list(getattr(one, name)()))
        each(one.setdefault, ("a", Base, 3), Base)
        each(one.get, ("a", Base, 3))
        each(one.update, ({"b": Base}, {Base: 2}, 3))
        each(one.__or__, ({"c": Base}, one))
        attempt(one.pop, "none")
    weakref.finalize(Base, int).detach()


def drive_abstract_collections(_folder: Path) -> None:
    abstract = python_form("_collections_abc")

    class Row(abstract.MutableSequence):
        def __init__(self, items: Any = ()) -> None:
            self.items = list(items)

        def __len__(self) -> int:
            return len(self.items)

        def __getitem__(self, place: Any) -> Any:
            return self.items[place]

        def __setitem__(self, place: Any, item: Any) -> None:
            self.items[place] = item

        def __delitem__(self, place: Any) -> None:
            del self.items[place]

        def insert(self, place: int, item: Any) -> None:
            self.items.insert(place, item)

    row = Row([3, 1, 2])
    for name in ("index", "count", "append", "extend", "remove", "pop", "__contains__", "__iadd__"):
        each(getattr(row, name), (1, 9, [4, 5]))
    each(
        lambda action: action(row),
        (reversed, Row.reverse, iter, lambda r: r.index(5, -2, -1), lambda r: r.extend(r), Row.clear),
    )
    each(lambda hook: hook(Row), (abstract._check_methods,))
    attempt(abstract._check_methods, Row, "__len__", "__none__")


DRIVERS: tuple[Callable[[Path], None], ...] = (
    drive_collections,
    drive_copy_and_pickle,
    drive_queues,
    drive_abstract_classes,
    drive_weak_references,
    drive_abstract_collections,
)
