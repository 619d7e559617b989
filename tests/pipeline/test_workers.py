"""Worker processes: results in order, errors where they are awaited, the same work here and there, none left over."""

from __future__ import annotations

import multiprocessing
import os
import signal
from functools import partial

import pytest

from codesim.errors import WorkerError
from codesim.pipeline.workers import Workers


class Tally:
    """What a process keeps: what it was made with, and how often it was asked."""

    def __init__(self, base: int) -> None:
        self.base, self.asked = base, 0


def add(tally: Tally, number: int) -> tuple[int, int, int]:
    tally.asked += 1
    if number < 0:
        raise ValueError(f"{number} is negative")
    return tally.base + number, tally.asked, os.getpid()


def end(tally: Tally, number: int) -> int:
    if number == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return tally.base + number


def workers(most: int) -> Workers[Tally]:
    return Workers(most, Tally(100), partial(Tally, 100))


def test_little_work_is_done_here() -> None:
    with workers(2) as some:
        assert [found[::2] for found in some.map(add, range(3), wanted=1)] == [(100 + k, os.getpid()) for k in range(3)]
        assert some.here.asked == 3
        assert some.count(wanted=0) == 1


def test_much_work_is_shared_and_comes_back_in_order() -> None:
    with workers(2) as some:
        found = list(some.map(add, range(40), wanted=5, at_once=4))
        assert [value for value, _, _ in found] == [100 + k for k in range(40)]
        processes = {process for _, _, process in found}
        assert os.getpid() not in processes
        assert some.here.asked == 0
        later = list(some.map(add, [7], wanted=0))  # those at hand do what would not be worth starting them
        assert later[0][2] != os.getpid()
        assert later[0][0] == 107
        assert [found[2] for found in some.map(add, [8], wanted=0, stay=True)] == [os.getpid()]


def test_a_process_keeps_its_state_between_tasks() -> None:
    with workers(2) as some:
        some.start(wanted=2)
        found = list(some.map(add, range(20), wanted=2))
        by_process: dict[int, list[int]] = {}
        for _, asked, process in found:
            by_process.setdefault(process, []).append(asked)
        assert all(asked == list(range(1, len(asked) + 1)) for asked in by_process.values())


def test_an_error_is_raised_here_and_no_process_is_left() -> None:
    before = set(multiprocessing.active_children())

    def fail() -> None:
        with workers(2) as some:
            list(some.map(add, [1, -1, 2], wanted=2))

    with pytest.raises(ValueError, match="-1 is negative"):
        fail()
    assert set(multiprocessing.active_children()) == before


def test_no_process_is_left_in_the_end() -> None:
    before = set(multiprocessing.active_children())
    with workers(2) as some:
        list(some.map(add, range(4), wanted=2))
        assert set(multiprocessing.active_children()) - before
    assert set(multiprocessing.active_children()) == before


def test_one_process_is_never_joined_by_others() -> None:
    with workers(1) as some:
        some.start(wanted=9)
        assert {found[2] for found in some.map(add, range(4), wanted=9)} == {os.getpid()}


def test_a_worker_that_is_killed_is_told_of_and_the_others_end() -> None:
    before = set(multiprocessing.active_children())

    def fail() -> None:
        with workers(2) as some:
            list(some.map(end, range(9), wanted=2))

    with pytest.raises(WorkerError, match="--jobs 1"):
        fail()
    assert set(multiprocessing.active_children()) == before
