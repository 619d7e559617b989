"""One file of a package as rows of the corpus: its functions with names, texts, hashes and graphs.

In: a Python file. Out: `FunctionRows`, columns that cross process boundaries and fill a shard as they are. The source
of a method is moved to the left margin, where it parses alone; lines inside strings stay, because they are values.

Source: our own.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from codesim.errors import GraphError
from codesim.graph import Pdg, build_pdg, canonical_hashes, join_graphs, may_reach_size
from codesim.parse import lower, parse_function
from codesim.parse.depth import deep_recursion
from codesim.source import Skipped, parse_module, read_source
from codesim.train.corpus import FEWEST_NODES, MOST_NODES, chosen_functions
from codesim.train.graph_store import GraphStore
from codesim.train.transforms import Function

TEXTS = ("place", "name", "docstring", "source", "digest")
"""The text columns: `module.py::Qual.name`, the bare name, the docstring's first paragraph, the code, the hash."""


@dataclass(frozen=True, slots=True)
class FunctionRows:
    """r functions: for each of `TEXTS` a column of r texts, and their r graphs."""

    texts: dict[str, list[str]]
    graphs: GraphStore

    def __len__(self) -> int:
        """How many functions there are."""
        return len(self.graphs)

    def take(self, rows: Sequence[int]) -> FunctionRows:
        """Return these rows in this order."""
        texts = {name: [column[row] for row in rows] for name, column in self.texts.items()}
        return FunctionRows(texts, self.graphs.take(rows))

    @classmethod
    def concatenate(cls, parts: Sequence[FunctionRows]) -> FunctionRows:
        """Put rows one after the other."""
        texts = {name: [text for part in parts for text in part.texts[name]] for name in TEXTS}
        return cls(texts, GraphStore.concatenate([part.graphs for part in parts]))


def read_rows(path: Path, shown: str) -> FunctionRows:
    """Read the functions of a file that have a fit size: see `codesim.train.corpus`.

    Args:
        path: the file.
        shown: what to call it in `place`.

    Returns:
        Its rows; none for a file that cannot be read or parsed.
    """
    source = read_source(path, shown)
    module = source if isinstance(source, Skipped) else parse_module(source)
    texts: dict[str, list[str]] = {name: [] for name in TEXTS}
    pdgs: list[Pdg] = []
    if isinstance(source, Skipped) or isinstance(module, Skipped):
        return FunctionRows(texts, GraphStore.empty())
    lines = source.text.split("\n")
    for qualname, node in chosen_functions(shown, module):
        pdg = _graph(node, qualname)
        text = function_text(node, lines) if pdg is not None else None
        if pdg is not None and text is not None:
            pdgs.append(pdg)
            row = (f"{shown}::{qualname}", node.name, first_paragraph(node), text)
            for name, value in zip(TEXTS, row, strict=False):
                texts[name].append(value.encode("utf-8", "replace").decode("utf-8"))  # literals hold lone surrogates
    graphs = join_graphs(pdgs)
    texts["digest"] = canonical_hashes(graphs)
    return FunctionRows(texts, GraphStore.from_joined(graphs))


def _graph(node: Function, qualname: str) -> Pdg | None:
    try:
        with deep_recursion():
            tree = lower(parse_function(node))
            if not may_reach_size(tree, FEWEST_NODES):
                return None
            pdg = build_pdg(tree, qualname)
    except (GraphError, RecursionError):
        return None
    return pdg if FEWEST_NODES <= len(pdg.kinds) <= MOST_NODES else None


def first_paragraph(node: Function) -> str:
    """Return the first paragraph of a function's docstring as one line, "" where there is none."""
    text = ast.get_docstring(node) or ""
    return " ".join(text.strip().partition("\n\n")[0].split())


def function_text(node: Function, lines: Sequence[str]) -> str | None:
    """Return the source of a function with its decorators, moved to the left margin.

    Args:
        node: the function.
        lines: of its file, without line ends.

    Returns:
        Text that parses to one function; None where there is none, for a body that Python cannot spell again.
    """
    start = min([node.lineno, *[decorator.lineno for decorator in node.decorator_list]])
    end = node.end_lineno or node.lineno
    margin = lines[start - 1][: len(lines[start - 1]) - len(lines[start - 1].lstrip())]
    fixed = set(_lines_inside_strings(node, lines)) if margin else set()
    text = "\n".join(
        line if number in fixed else line.removeprefix(margin)
        for number, line in enumerate(lines[start - 1 : end], start=start)
    )
    if _is_one_function(text):
        return text
    try:
        text = ast.unparse(node)  # such as a function after a semicolon
    except (ValueError, RecursionError):
        return None
    return text if _is_one_function(text) else None


def _lines_inside_strings(node: Function, lines: Sequence[str]) -> Iterator[int]:
    """Line numbers where a triple-quoted string goes on; a docstring may move, as its readers strip it."""
    first = node.body[0]
    docstring = first.value if isinstance(first, ast.Expr) else None
    for part in ast.walk(node):
        is_text = isinstance(part, ast.JoinedStr) or (isinstance(part, ast.Constant) and isinstance(part.value, str))
        if is_text and part is not docstring and isinstance(part, ast.expr) and part.end_lineno:
            opened = "".join(lines[part.lineno - 1 : part.end_lineno - 1])
            if '"""' in opened or "'''" in opened or opened.endswith("\\"):
                yield from range(part.lineno + 1, part.end_lineno + 1)


def _is_one_function(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return len(body) == 1 and isinstance(body[0], ast.FunctionDef | ast.AsyncFunctionDef)
