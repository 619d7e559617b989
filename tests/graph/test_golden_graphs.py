"""The graphs of `fixtures/graphs`, statement by statement, against the edges written at the end of each file.

An edge is written as `# kind detail: "source" -> "target"`, each statement by the first line of its text, the
function's entry and its parameters by the `def` line. Run with UPDATE_GOLDEN=1 to rewrite the files, then read their
difference.
"""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest
from cases import FIXTURES

from codesim.graph import EdgeKind, Pdg, build_pdg
from codesim.parse import parse_function

FILES = sorted((FIXTURES / "graphs").glob("*.py"))
MARK = "\n# pdg\n"
Statement = ast.stmt | ast.ExceptHandler | ast.match_case


def place(statement: Statement) -> tuple[int, int, int, int]:
    """The span of a statement; that of a `case` begins with its pattern."""
    first = statement.pattern if isinstance(statement, ast.match_case) else statement
    last = statement.body[-1] if isinstance(statement, ast.match_case) else statement
    assert last.end_lineno is not None
    assert last.end_col_offset is not None
    return first.lineno, first.col_offset, last.end_lineno, last.end_col_offset


def statement_texts(source: str, function: ast.AST) -> dict[tuple[int, int, int, int], str]:
    """The text of each statement's first line, by its span."""
    lines = source.splitlines()
    kinds = (ast.stmt, ast.ExceptHandler, ast.match_case)
    spans = [place(node) for node in ast.walk(function) if isinstance(node, kinds)]
    texts = {}
    for span in spans:
        end = span[3] if span[2] == span[0] else None
        texts[span] = lines[span[0] - 1][span[1] : end].split("  #")[0].rstrip(":")
    assert len(set(texts.values())) == len(texts), "a fixture must not hold the same statement twice"
    return texts


def edges_of(source: str) -> list[str]:
    """The control, data and order edges between statements, as lines of text."""
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    texts = statement_texts(source, function)
    pdg = build_pdg(parse_function(function), function.name)
    owners = [owner(pdg, node, texts) for node in range(len(pdg.kinds))]
    out = set()
    for edge in pdg.edges:
        if edge.kind is EdgeKind.OPERAND:
            continue
        ends = f'"{owners[edge.source]}" -> "{owners[edge.target]}"'
        if edge.kind is EdgeKind.CONTROL and owners[edge.source] == owners[edge.target] and not edge.loop_carried:
            continue  # from the entry to a parameter
        detail = f" {edge.detail}" if edge.detail else ""
        carried = (" (may)" if edge.may else "") + (" (loop)" if edge.loop_carried else "")
        out.add(f"{edge.kind.name.lower()}{detail}: {ends}{carried}")
    return sorted(out)


def owner(pdg: Pdg, node: int, texts: dict[tuple[int, int, int, int], str]) -> str:
    """The text of the innermost statement around a node."""
    start, end = pdg.spans[node][:2], pdg.spans[node][2:]
    around = [span for span in texts if span[:2] <= start and end <= span[2:]]
    return texts[max(around, key=lambda span: (span[:2], [-part for part in span[2:]]))]


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_the_edges_are_those_written_down(path: Path) -> None:
    source, _, tail = path.read_text(encoding="utf-8").partition(MARK)
    edges = edges_of(source)
    if os.environ.get("UPDATE_GOLDEN"):
        body = "".join(f"# {edge}\n" for edge in edges)
        path.write_text(source.rstrip("\n") + "\n" + MARK + body, encoding="utf-8")
        return
    assert edges == sorted(line.removeprefix("# ") for line in tail.splitlines())


def test_there_are_fixtures() -> None:
    assert len(FILES) >= 12
