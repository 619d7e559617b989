"""Retrieval data sets: functions as JSON lines, some of which say the same thing.

In: lines `{"id", "group", "source", "kind"}`; rows of one group are relevant to each other. Out: `Case`s, each with
the graph of its function. Rows of kind "original" are the corpus that is searched; every other row is a query, and its
kind says what was done to it. Without originals every row searches all others.

Source: our own.
"""

from __future__ import annotations

import ast
import json
import warnings
from collections.abc import Iterable
from dataclasses import dataclass

from codesim.errors import SourceError
from codesim.graph import Pdg, build_pdg
from codesim.parse import lower, parse_function

ORIGINAL = "original"
FIELDS = ("id", "group", "source", "kind")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a data set; `source` is the text of one function."""

    id: str
    group: str
    source: str
    kind: str

    def as_line(self) -> str:
        """Render the row as one JSON line, without the line end."""
        return json.dumps({name: getattr(self, name) for name in FIELDS}, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Case:
    """A row with the graph of its function."""

    row: Row
    graph: Pdg


def function_graph(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Pdg:
    """Return the program dependence graph of a function's canonical tree.

    Raises:
        GraphError: the graph cannot be built.
    """
    return build_pdg(lower(parse_function(node)), node.name)


def read_rows(lines: Iterable[str], origin: str) -> list[Row]:
    """Parse JSON lines.

    Args:
        lines: the lines of the file; blank ones are passed over.
        origin: the file, for messages.

    Returns:
        The rows in order.

    Raises:
        SourceError: a line is no JSON object with the four fields as strings, or an id comes twice.
    """
    rows: list[Row] = []
    seen: set[str] = set()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            row = Row(*(record[name] for name in FIELDS))
        except (ValueError, KeyError, TypeError) as error:
            raise SourceError(origin, number, f"not a row of a retrieval data set: {error!r}") from error
        if not all(isinstance(getattr(row, name), str) for name in FIELDS):
            raise SourceError(origin, number, f"{', '.join(FIELDS)} must be strings")
        if row.id in seen:
            raise SourceError(origin, number, f"the id {row.id!r} comes twice")
        seen.add(row.id)
        rows.append(row)
    return rows


def build_case(row: Row, origin: str) -> Case:
    """Parse the function of a row and build its graph; nothing of it is run.

    Raises:
        SourceError: the source is not one function.
        GraphError: the graph cannot be built.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            body = ast.parse(row.source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise SourceError(origin, None, f"row {row.id!r} does not parse: {error}") from error
    if len(body) != 1 or not isinstance(body[0], ast.FunctionDef | ast.AsyncFunctionDef):
        raise SourceError(origin, None, f"row {row.id!r} is not one function")
    return Case(row, function_graph(body[0]))
