"""What a baseline knows: entries survive what does not change behaviour, on fixtures and on the standard library."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from cases import FIXTURES

from codesim.config import Settings
from codesim.pipeline import GRAPHS, Known, baseline_of, scan
from codesim.refactor import CandidateKind, RefactoringCandidate
from codesim.store import Baseline, Copy, KnownClass

PLAIN = replace(Settings(), cache=False, jobs=1)
LIBRARY = Path(sysconfig.get_path("stdlib"))
MODULES = ("email/_header_value_parser", "_pydecimal", "mailbox", "ftplib", "tarfile", "difflib", "smtplib", "zipfile")


def found(root: Path, **changes: object) -> tuple[RefactoringCandidate, ...]:
    return scan([root], replace(PLAIN, **changes), root).report.candidates  # type: ignore[arg-type]


def known(root: Path, candidates: Sequence[RefactoringCandidate]) -> Known:
    return Known(baseline_of(candidates, root), root)


def names(candidates: Sequence[RefactoringCandidate]) -> list[str]:
    return [candidate.members[0].qualname for candidate in candidates]


# --- editing -----------------------------------------------------------------------------------------------------


def renamed(text: str) -> str:
    """Local variables renamed where they stand, those left out that a renaming by position could break."""
    tree = ast.parse(text)
    kept = {node.id for one in tree.body for node in _outside_functions(one) if isinstance(node, ast.Name)}
    for node in ast.walk(tree):
        kept |= {getattr(node, part) for part in ("name", "arg", "asname", "rest") if getattr(node, part, None)}
        if isinstance(node, ast.Global | ast.Nonlocal):
            kept |= {*node.names}
        elif isinstance(node, ast.JoinedStr):  # before Python 3.12 their names have no positions
            kept |= {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
    lines = [line.encode() for line in text.splitlines(keepends=True)]
    places = set()
    for function in (node for one in tree.body for node in _outside_functions(one) if isinstance(node, ast.FunctionDef)):
        names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
        stored = {name.id for name in names if isinstance(name.ctx, ast.Store)} - kept
        places |= {(name.lineno, name.col_offset, name.id) for name in names if name.id in stored}
    for line, column, name in sorted(places, reverse=True):
        row = lines[line - 1]
        lines[line - 1] = row[:column] + f"v_{name}".encode() + row[column + len(name.encode()) :]
    return b"".join(lines).decode()


def _outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    """A statement and what stands in it, functions as a whole."""
    yield node
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        for child in ast.iter_child_nodes(node):
            yield from _outside_functions(child)


def edited_above(text: str) -> str:
    """Ten lines more above every function that stands at the left margin."""
    above = "\n".join(f"FILLER_{number} = {number}" for number in range(10))
    return re.sub(r"^(?=def |class )", f"{above}\n", text, flags=re.MULTILINE)


def spaced_out(text: str) -> str:
    """A comment and a blank line at the head of every loop and branch."""
    tree = ast.parse(text)
    compound = [node for node in ast.walk(tree) if isinstance(node, ast.If | ast.For | ast.While)]
    rows = text.split("\n")
    heads = {node.body[0].lineno - 1 for node in compound if rows[node.body[0].lineno - 2].rstrip().endswith(":")}
    return "\n".join(f"\n# said\n{row}" if number in heads else row for number, row in enumerate(rows))


def formatted(text: str) -> str:
    """As a formatter of another line length leaves it."""
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", "100", "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


EDITS: dict[str, Callable[[str], str]] = {
    "renamed": renamed,
    "edited above": edited_above,
    "spaced out": spaced_out,
    "formatted": formatted,
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Modules of the standard library."""
    root = tmp_path_factory.mktemp("library")
    for module in MODULES:
        target = root / f"{module}.py"
        target.parent.mkdir(exist_ok=True)
        shutil.copy(LIBRARY / f"{module}.py", target)
    return root


def test_x(library: Path, tmp_path: Path) -> None:
    before = found(library, min_value=0.375)
    base = known(library, before)
    print(len(before), [c.kind.value for c in before])
    for name, edit in EDITS.items():
        root = tmp_path / name.replace(" ", "_")
        for module in MODULES:
            target = root / f"{module}.py"
            target.parent.mkdir(exist_ok=True, parents=True)
            target.write_text(edit((library / f"{module}.py").read_text()))
            ast.parse(target.read_text())
        after = found(root)
        new = base.new_ones(after)
        print(name, len(after), len(new), names(new), base.pruned(found(root, min_value=0.0), lambda _: True).removed)
        for c in new: print("   ", c.kind, c.value, [(m.qualname, m.start_line, m.graph) for m in c.members], len(c.gained))
