"""Worker processes that never outlive their work.

In: a function and what to apply it to. Out: results, in order. Ctrl-C reaches every process of a terminal's group; the
workers do not hear it, so that the first process alone decides: it kills them. Should it be killed itself, they notice
and end. Source: our own.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from threading import Thread
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
_CHUNK = 8


def map_in_workers(
    jobs: int, start: Callable[[], None], work: Callable[[Item], Result], items: Sequence[Item]
) -> Generator[Result, None, None]:
    """Apply a function to many items, in several processes.

    Args:
        jobs: how many processes, >= 1.
        start: called first in each process; it and `work` are found by name there.
        work: called for each item.
        items: in the order of the results.

    Returns:
        Results; when the generator is closed, or an exception passes through it, the processes are killed.

    Source: our own.
    """
    others = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")  # fork is unsafe once a runtime has started threads
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_start, initargs=(start,))
    try:
        with _deaf_children():
            results = pool.map(work, items, chunksize=_CHUNK)
        yield from results
    except BaseException:
        for child in multiprocessing.active_children():
            if child not in others:
                child.kill()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


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


def _start(start: Callable[[], None]) -> None:
    Thread(target=_end_with_parent, daemon=True).start()
    start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
