"""Every solution of the same-task set gives what its task asks for, and the set is what its README says."""

from __future__ import annotations

import ast
import builtins
import importlib.util
import re
import symtable
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from codesim.graph import build_pdg, canonical_hashes, join_graphs
from codesim.parse import lower, parse_function
from codesim.train.trial import outcome

FOLDER = Path(__file__).parents[2] / "fixtures" / "same_task"
TASKS = sorted(FOLDER.glob("*/*.py"))
STYLES = {"loop", "functional", "library", "algorithm", "production"}
FEWEST = 4
STYLE = re.compile(r"^# style: (\w+)\n(?:async )?def (\w+)", re.MULTILINE)

tasks = pytest.mark.parametrize("task", TASKS, ids=lambda path: f"{path.parent.name}/{path.stem}")


def solutions(text: str) -> dict[str, str]:
    """Style of each solution, by the name of its function."""
    return {name: style for style, name in STYLE.findall(text)}


def loaded(task: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"same_task_{task.parent.name}_{task.stem}", task)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@tasks
def test_every_solution_gives_what_is_expected(task: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = loaded(task)
    expected = [value for _, value in module.cases()]
    assert len(expected) >= 3
    for number, name in enumerate(solutions(task.read_text())):
        folder = tmp_path / str(number)
        for path, text in getattr(module, "FILES", {}).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        folder.mkdir(exist_ok=True)
        monkeypatch.chdir(folder)
        for case, value in zip(module.cases(), expected, strict=True):
            found = outcome(getattr(module, name), case[0])
            if isinstance(value, type) and isinstance(found, type):
                assert issubclass(found, value), (name, case[0])
            else:
                assert found == value, (name, case[0])


@tasks
def test_solutions_are_styled_and_stand_alone(task: Path) -> None:
    text = task.read_text()
    module = ast.parse(text)
    found = solutions(text)
    assert len(set(found.values())) == len(found) >= FEWEST, "each style at most once, four at least"
    assert set(found.values()) <= STYLES
    assert ast.get_docstring(module)
    imported = {
        (alias.asname or alias.name).split(".")[0]
        for node in module.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    for scope in symtable.symtable(text, task.name, "exec").get_children():
        if scope.get_name() in found:
            unknown = global_names(scope) - imported - set(dir(builtins)) - {scope.get_name(), "__name__"}
            assert not unknown, f"{scope.get_name()} uses {unknown} of the module"


def global_names(scope: symtable.SymbolTable) -> set[str]:
    names = {symbol.get_name() for symbol in scope.get_symbols() if symbol.is_global() and symbol.is_referenced()}
    return names.union(*(global_names(inner) for inner in scope.get_children()))


@tasks
def test_no_two_solutions_have_one_graph(task: Path) -> None:
    text = task.read_text()
    found = solutions(text)
    functions = [node for node in ast.parse(text).body if getattr(node, "name", None) in found]
    graphs = [build_pdg(lower(parse_function(node)), "f") for node in functions]
    digests = Counter(canonical_hashes(join_graphs(graphs)))
    assert max(digests.values()) == 1
