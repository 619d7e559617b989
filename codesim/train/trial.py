"""Runs variants of the solutions of the same-task set on the cases of their task, in a process of their own.

In: a task file of `fixtures/same_task` (or a folder like it) and the sources of changed solutions. Out: for each
whether the cases still pass. This is the one place that runs anything, and only what that folder contains: scanned
code and the functions of packages are never run. The module is its own child program and needs nothing but the
standard library there; time and memory are limited, the current folder is a temporary one.

Source: mutation analysis (DeMillo, Lipton, Sayward, 1978): a mutant is killed by a case that tells it apart.
"""

from __future__ import annotations

import asyncio
import importlib.util
import inspect
import json
import logging
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

PASSED, FAILED, ENDLESS, CRASHED = "passed", "failed", "endless", "crashed"
SECONDS = 1.0
"""A variant that runs longer is endless."""
HARD_SECONDS = 8.0
MEMORY = 2 << 30
STYLE = re.compile(r"^# style: (\w+)\n(?:async )?def (\w+)", re.MULTILINE)


class _TooLong(BaseException):
    """Not an `Exception`, so that a handler of the variant does not take it for its own."""


def solution_names(text: str) -> dict[str, str]:
    """Return the style of each solution of a task file, by the name of its function."""
    return {name: style for style, name in STYLE.findall(text)}


def run_variants(task: Path, variants: Sequence[tuple[str, str]], seconds: float = SECONDS) -> list[str]:
    """Run each variant on the cases of its task.

    Args:
        task: the file of the task.
        variants: name and source of a function each; the source replaces the solution of that name.
        seconds: time for all cases of one variant.

    Returns:
        PASSED, FAILED, ENDLESS or CRASHED for each variant, in order. CRASHED: its process ended, mostly because one
        operation took too long to be interrupted.

    Raises:
        OSError: no process can be started.
    """
    found: list[str] = []
    while len(found) < len(variants):
        with tempfile.TemporaryDirectory() as folder:
            asked = json.dumps({"task": str(task.resolve()), "seconds": seconds, "variants": variants[len(found) :]})
            done = subprocess.run(  # noqa: S603  # this file, by the Python that runs
                [sys.executable, "-I", "-B", __file__],
                input=asked.encode(),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=folder,
                check=False,
            )
        told = [line for line in done.stdout.decode().split("\n") if line in {PASSED, FAILED, ENDLESS}]
        found += told if len(found) + len(told) == len(variants) else [*told, CRASHED]
    return found[: len(variants)]


def _serve() -> None:
    """Be the child: read what is asked from stdin, write one line for each variant."""
    asked = json.load(sys.stdin)
    replies = os.fdopen(os.dup(1), "w")
    with Path(os.devnull).open("w") as quiet:
        os.dup2(quiet.fileno(), 1)
    _limit_memory()
    logging.disable()
    module = _loaded(Path(asked["task"]))
    signal.signal(signal.SIGALRM, _stop)
    start = Path.cwd()
    for number, (name, source) in enumerate(asked["variants"]):
        folder = start / str(number)
        folder.mkdir()
        os.chdir(folder)
        signal.setitimer(signal.ITIMER_PROF, HARD_SECONDS)  # its signal ends the process, whatever it does
        # again and again: a bare except of the variant may swallow the first
        signal.setitimer(signal.ITIMER_REAL, asked["seconds"], 0.1)
        try:
            outcome = PASSED if _passes(module, name, source) else FAILED
        except _TooLong:
            outcome = ENDLESS
        except BaseException:
            outcome = FAILED
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        replies.write(f"{outcome}\n")
        replies.flush()
    os._exit(0)  # threads of a variant must not keep the process


def _stop(_signal: int, _frame: object) -> None:
    raise _TooLong


def _limit_memory() -> None:
    try:
        import resource  # noqa: PLC0415  # not on every system

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except (ImportError, OSError, ValueError):
        return


def _loaded(task: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"task_{task.stem}", task)
    if spec is None or spec.loader is None:
        raise ImportError(str(task))
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module
    spec.loader.exec_module(module)
    return module


def _passes(module: ModuleType, name: str, source: str) -> bool:
    for path, text in getattr(module, "FILES", {}).items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text)
    namespace = {"logger": logging.getLogger("variant"), **vars(module)}
    exec(compile(source, "<variant>", "exec", dont_inherit=True), namespace)  # noqa: S102  # of the same-task set
    for arguments, value in module.cases():
        found = outcome(namespace[name], arguments)
        if isinstance(value, type) and isinstance(found, type):
            if not issubclass(found, value):
                return False
        elif found != value:
            return False
    return True


def outcome(call: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    """What a call returns, a coroutine run and an iterator listed; the class of the exception that it raises."""
    try:
        result = call(*arguments)
        if inspect.iscoroutine(result):
            return asyncio.run(result)
        return list(result) if isinstance(result, Iterator) else result
    except Exception as error:
        return type(error)


if __name__ == "__main__":
    _serve()
