"""The same-task set as a retrieval data set: one task solved by several people, each in a style of its own.

In: a folder of `topic/task.py` files, each with solutions under `# style: NAME` lines, and `held_out.txt`, the tasks
that are never trained on. Out: `Row`s; the task is the group, the style the kind. The files are read, never run here.

Source: our own; the format is in fixtures/same_task/README.md.
"""

from __future__ import annotations

import ast
import re
from enum import StrEnum
from pathlib import Path

from codesim.errors import SourceError
from codesim.evaluate.dataset import Row
from codesim.source import Skipped, read_source

HELD_OUT = "held_out.txt"
_STYLE = re.compile(r"^# style: (\w+)\n(?:async )?def (\w+)", re.MULTILINE)


class Part(StrEnum):
    """Which tasks: those that are never trained on, the others, or all."""

    HELD_OUT = "held-out"
    TRAINING = "training"
    ALL = "all"


def read_same_task(folder: Path, part: Part = Part.HELD_OUT) -> list[Row]:
    """Read the solutions of a part of the tasks.

    Args:
        folder: of the set, such as fixtures/same_task.
        part: which tasks.

    Returns:
        A row for each solution, by topic, task and place in the file; its id is `topic/task::function`.

    Raises:
        SourceError: the folder holds no task, a file cannot be read, or `held_out.txt` names an unknown task.
    """
    tasks = {f"{path.parent.name}/{path.stem}": path for path in sorted(folder.glob("*/*.py"))}
    if not tasks:
        raise SourceError(str(folder), None, "holds no tasks (topic/task.py)")
    held_out = held_out_tasks(folder) if part is not Part.ALL else frozenset()
    unknown = sorted(held_out - tasks.keys())
    if unknown:
        raise SourceError(str(folder / HELD_OUT), None, f"there is no task {unknown[0]}")
    chosen = {task: path for task, path in tasks.items() if part is Part.ALL or _belongs(task, held_out, part)}
    return [row for task, path in chosen.items() for row in _solutions(task, _text(path))]


def held_out_tasks(folder: Path) -> frozenset[str]:
    """The tasks that are never trained on, as `topic/task`.

    Raises:
        SourceError: the folder has no `held_out.txt`, or it cannot be read.
    """
    return frozenset(_text(folder / HELD_OUT).split())


def _belongs(task: str, held_out: frozenset[str], part: Part) -> bool:
    return (task in held_out) is (part is Part.HELD_OUT)


def _text(path: Path) -> str:
    source = read_source(path, str(path))
    if isinstance(source, Skipped):
        raise SourceError(source.path, None, source.reason)
    return source.text


def _solutions(task: str, text: str) -> list[Row]:
    styles = {name: style for style, name in _STYLE.findall(text)}
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError) as error:
        raise SourceError(task, None, f"does not parse: {error}") from error
    lines = text.split("\n")
    return [
        Row(f"{task}::{node.name}", task, "\n".join(lines[node.lineno - 1 : node.end_lineno]) + "\n", styles[node.name])
        for node in body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name in styles
    ]
