"""Drivers: calls into the standard library's modules for functions, contexts, tasks and logs.

In: an empty folder. Out: nothing; what counts is the code that runs. Many inputs are wrong on purpose, for the error
paths.
"""

# ruff: noqa: ARG001, ARG002, ARG005, PLR0124  (functions that are only dispatched on)
from __future__ import annotations

import asyncio
import collections
import contextlib
import copy
import io
import logging
import logging.config
import logging.handlers
import queue
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

from graph.dynamic.library import attempt, each, python_form


def drive_functools(_folder: Path) -> None:
    form = python_form("functools")
    for options in ({"maxsize": 2}, {"maxsize": None}, {"maxsize": 0}, {"maxsize": 2, "typed": True}, {"maxsize": -1}):
        cached = form.lru_cache(**options)(lambda *args, **kw: (args, kw))
        each(cached, (1, 2, 1, 3, 2, 1.0, "x"))
        attempt(cached, 1, k=2)
        attempt(cached, [])
        cached.cache_info()
        cached.cache_clear()
    attempt(form.lru_cache, maxsize="x")
    partial = form.partial(lambda *a, **k: (a, k), 1, b=2)
    each(form.partial(partial, 3), (4,), c=5)
    each(
        lambda action: action(partial),
        (
            repr,
            lambda p: p.__reduce__(),
            copy.copy,
            lambda p: p.__setstate__((int, (), {}, None)),
            lambda p: p.__setstate__(3),
        ),
    )
    attempt(form.partial, 3)
    attempt(form.reduce, lambda a, b: a + b, [1, 2, 3])
    attempt(form.reduce, max, [])
    attempt(form.reduce, max, [], 3)


def drive_dispatch(_folder: Path) -> None:
    form = python_form("functools")

    @form.singledispatch
    def show(value: object) -> str:
        return "object"

    show.register(int, lambda value: "int")
    show.register(collections.abc.Sized, lambda value: "sized")
    each(show.register, (3, lambda value: 1))
    attempt(show.register, int | str, lambda value: "either")
    each(show, (1, "x", [], 2.5, True, {}))
    attempt(show)
    each(show.dispatch, (bool, dict, collections.OrderedDict))

    class Kind:
        @form.singledispatchmethod
        def take(self, value: object) -> int:
            return 1

        @take.register
        def _(self, value: int) -> int:
            return 2

        @form.cached_property
        def once(self) -> int:
            return 5

        part = form.partialmethod(take, 3)

        def __lt__(self, other: object) -> Any:
            return NotImplemented if other == 3 else True

        def __eq__(self, other: object) -> bool:
            return self is other

        __hash__ = None

    kind = attempt(form.total_ordering, Kind)()
    attempt(form.total_ordering, type("None_", (), {}))
    each(lambda action: action(kind), (
        lambda k: k.take(1), lambda k: k.take("x"), lambda k: k.part(), lambda k: k.once + k.once, lambda k: k > 3,
        lambda k: k <= k,
        lambda k: k >= 4, lambda k: k > 4, lambda k: k <= 3, lambda k: k.take(), lambda k: Kind.once,
    ))  # fmt: skip
    sorted([3, 1, 2], key=form.cmp_to_key(lambda a, b: a - b))
    form.wraps(drive_functools)(lambda: 1)


@contextlib.contextmanager
def _managed(swallow: bool = False) -> Iterator[int]:
    try:
        yield 1
    except ValueError:
        if not swallow:
            raise


def drive_contextlib(_folder: Path) -> None:
    def fail(error: Exception | None) -> None:
        if error:
            raise error

    for swallow in (True, False):
        for error in (None, ValueError(1), KeyError(2), StopIteration(), RuntimeError("x")):

            def body(swallow: bool = swallow, error: Exception | None = error) -> None:
                with contextlib.ExitStack() as stack:
                    stack.enter_context(_managed(swallow))
                    stack.callback(fail, None)
                    stack.push(lambda *_: False)
                    stack.push(_managed())
                    stack.callback(fail, error)
                    with contextlib.suppress(KeyError), contextlib.closing(io.StringIO()), contextlib.nullcontext():
                        fail(error)
                    stack.pop_all().close()

            attempt(body)
            attempt(_managed(swallow)(fail), error)
    each(contextlib.ExitStack().enter_context, (3,))

    @contextlib.asynccontextmanager
    async def managed() -> AsyncIterator[int]:
        yield 3

    async def main() -> None:
        async with contextlib.AsyncExitStack() as stack:
            await stack.enter_async_context(managed())
            stack.push_async_callback(asyncio.sleep, 0)
            stack.enter_context(_managed())
            async with managed() as value, contextlib.aclosing(_numbers(value)) as numbers:
                async for _ in numbers:
                    pass

    with contextlib.suppress(StopIteration):
        main().send(None)


async def _numbers(count: int) -> AsyncIterator[int]:
    for number in range(count):
        yield number


def drive_asyncio(_folder: Path) -> None:
    async def work(lock: asyncio.Lock, jobs: asyncio.Queue[int], event: asyncio.Event) -> int:
        async with lock:
            await asyncio.sleep(0)
        event.set()
        await jobs.put(1)
        return await jobs.get()

    async def main() -> None:
        lock, jobs, event = asyncio.Lock(), asyncio.Queue[int](1), asyncio.Event()
        await asyncio.gather(*[work(lock, jobs, event) for _ in range(3)], return_exceptions=True)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(work(lock, jobs, event)) for _ in range(2)]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for one in asyncio.as_completed([work(lock, jobs, event)]):
            await one
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), 0.001)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.001):
                await asyncio.sleep(1)
        with contextlib.suppress(ExceptionGroup):
            async with asyncio.TaskGroup() as group:
                group.create_task(_fail())
                group.create_task(asyncio.sleep(1))
        condition = asyncio.Condition()
        async with condition, asyncio.Semaphore(1):
            condition.notify_all()
        task = asyncio.ensure_future(asyncio.shield(asyncio.sleep(1)))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        reader = asyncio.StreamReader(limit=8)
        reader.feed_data(b"ab\ncd")
        await reader.readline()
        reader.feed_eof()
        await reader.read(3)

    asyncio.run(main())


async def _fail() -> None:
    raise ValueError


def drive_logging(folder: Path) -> None:
    manager = logging.Manager(logging.RootLogger(logging.DEBUG))
    one = manager.getLogger("a.b.c")
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    for style, text in (
        ("%", "%(asctime)s %(levelname)-8s %(message)s %(none)s"),
        ("{", "{asctime} {message:>20}"),
        ("$", "$message ${name}"),
        ("%", "x"),
        ("q", ""),
    ):
        formatter = attempt(logging.Formatter, text, style=style, defaults={"none": 1})
        if isinstance(formatter, logging.Formatter):
            handler.setFormatter(formatter)
            one.handlers = [handler]
            one.warning("text %s", 3, stacklevel=2)
            attempt(one.log, 15, "x")
            try:
                raise KeyError("k")
            except KeyError:
                one.exception("failed", stack_info=True, extra={"q": 1})
            attempt(one.info, "m", extra={"message": 1})
    rotating = (
        logging.handlers.RotatingFileHandler(folder / "r.log", maxBytes=20, backupCount=2),
        logging.handlers.TimedRotatingFileHandler(folder / "t.log", when="W0", backupCount=1, utc=True),
        logging.handlers.TimedRotatingFileHandler(folder / "u.log", when="midnight", utc=True),
        logging.handlers.MemoryHandler(2, target=handler), logging.handlers.QueueHandler(queue.Queue()),
        logging.handlers.WatchedFileHandler(folder / "w.log"),
    )  # fmt: skip
    for each_one in rotating:
        one.handlers = [each_one]
        each(one.warning, ("long message " * 3, "b", "c"))
        attempt(lambda each_one=each_one: each_one.doRollover())
        attempt(lambda each_one=each_one: each_one.computeRollover(10**9))
        each_one.close()
    attempt(logging.handlers.TimedRotatingFileHandler, folder / "q", when="Q")
    each(manager.getLogger, ("a", "a.b.c.d", "", 3))
    each(one.setLevel, ("INFO", "NOPE", 3.5))
    one.getChild("x").isEnabledFor(10)
    logging.LoggerAdapter(one, {"k": 1}).warning("x")
    each(
        lambda f: f.filter(logging.makeLogRecord({"name": "a.b"})),
        (logging.Filter("a"), logging.Filter("a.c"), logging.Filter()),
    )
    one.handlers = []
    config = logging.config.DictConfigurator(
        {"version": 1, "x": "cfg://y[0].z", "y": [{"z": "ext://sys.path"}], "p": "ext://none.q"}
    )
    each(config.convert, ("cfg://y[0]", "ext://io.StringIO", "ext://none.x", "cfg://q", "plain", [1], {"a": "cfg://y"}))


DRIVERS: tuple[Callable[[Path], None], ...] = (
    drive_functools,
    drive_dispatch,
    drive_contextlib,
    drive_asyncio,
    drive_logging,
)
