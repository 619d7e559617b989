"""Worker processes of a scan: started when there is enough to do, kept for all its stages, never outliving it.

In: work, a function of what its process keeps (its state) and of one item. Out: results, in the order of the items.
With little to do the work is done here, by the same function. Ctrl-C reaches every process of a terminal's group; the
workers do not hear it, so that the first process alone decides: it kills them. Should it be killed itself, they notice
and end. Source: our own.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from codesim.errors import WorkerError

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing.process import BaseProcess
    from types import TracebackType

_SAFE_PATH = "PYTHONSAFEPATH"
"""Without it a new process looks for Python's own modules in the working directory first, where the scanned code is."""

State = TypeVar("State")
Item = TypeVar("Item")
Result = TypeVar("Result")


class Workers(Generic[State]):
    """Processes that each keep a state of their own; a context manager, at whose end they have ended.

    Args:
        most: how many processes there may be, >= 1; with one, all work is done here.
        here: the state for work that is done here.
        make: makes a state in each process; found by name there, as all work is.
    """

    def __init__(self, most: int, here: State, make: Callable[[], State]) -> None:
        unsafe = sys.flags.ignore_environment and not sys.flags.safe_path  # such a process would not heed `_SAFE_PATH`
        self.most, self.here, self._make = 1 if unsafe else most, here, make
        self._pool: ProcessPoolExecutor | None = None
        self._others: set[BaseProcess] = set()
        self._safe_path: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            _restore(_SAFE_PATH, self._safe_path)
            for child in _children() - self._others:
                child.kill()  # there is nothing to wait for: Python's own way out would free every object one by one
            self._pool.shutdown(cancel_futures=True)

    def count(self, wanted: int) -> int:
        """How many processes share work for which so many would be started: those at hand, if there are any."""
        return self.most if self._pool is not None else max(1, min(wanted, self.most))

    def start(self, wanted: int) -> None:
        """Start the processes that work to come is worth: they take half a second to be ready."""
        if self._pool is None and self.count(wanted) > 1:
            pool = self._started(wanted)
            with _deaf_children():
                for _ in range(self.most):
                    pool.submit(_nothing)

    def map(
        self, work: Callable[[State, Item], Result], items: Sequence[Item], wanted: int, at_once: int = 1, *,
        stay: bool = False,
    ) -> Iterator[Result]:  # fmt: skip
        """Apply work to items.

        Args:
            work: called with a process's state and an item.
            items: in the order of the results.
            wanted: how many processes the work is worth; below two, and with none at hand, it is done here.
            at_once: items that are handed over together.
            stay: do the work here, whoever is at hand.

        Returns:
            Results; the first exception is raised.

        Raises:
            WorkerError: when results are taken: a worker was killed.
        """
        if stay or self.count(wanted) < 2 or not items:
            return map(partial(work, self.here), items)
        pool = self._started(wanted)
        with _deaf_children():
            return _unbroken(pool.map(partial(_apply, work), items, chunksize=at_once))

    def _started(self, wanted: int) -> ProcessPoolExecutor:
        if self._pool is None:
            from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415  # a check has none: 0.02 s
            from multiprocessing import get_context, resource_tracker  # noqa: PLC0415

            self._others = _children()
            self._safe_path = os.environ.get(_SAFE_PATH)
            os.environ[_SAFE_PATH] = "1"
            if os.name == "posix":
                resource_tracker.ensure_running()  # started with the first child, it would let Ctrl-C through to it
            self.most = min(wanted, self.most)
            context = get_context("spawn")  # fork is unsafe once a runtime has started threads
            self._pool = ProcessPoolExecutor(self.most, mp_context=context, initializer=_start, initargs=(self._make,))
        return self._pool


def _unbroken(results: Iterator[Result]) -> Iterator[Result]:
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415

    try:
        yield from results
    except BrokenProcessPool:
        raise WorkerError from None


def _children() -> set[BaseProcess]:
    from multiprocessing import active_children  # noqa: PLC0415

    return set(active_children())


def _restore(variable: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(variable, None)
    else:
        os.environ[variable] = value


@contextmanager
def _deaf_children() -> Iterator[None]:
    """Processes that are started in the block do not hear Ctrl-C; here it is heard at the end of the block."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_state: Any = None


def _start(make: Callable[[], object]) -> None:
    global _state  # noqa: PLW0603  # one per process, by the pool's design
    Thread(target=_end_with_parent, daemon=True).start()
    _state = make()


def _nothing() -> None:
    """What is handed over only for a process to be there."""


def _apply(work: Callable[[State, Item], Result], item: Item) -> Result:
    return work(_state, item)


def _end_with_parent() -> None:
    from multiprocessing import parent_process  # noqa: PLC0415

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
