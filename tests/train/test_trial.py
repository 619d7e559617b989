"""Transformations, mutations and the trial that judges them, on the solutions of the same-task set."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from codesim.train.augment import augment, rewrite
from codesim.train.behaviour import Tried, function_pairs, task_pairs
from codesim.train.mutations import MUTATIONS, mutate
from codesim.train.transforms import REWRITES, Function
from codesim.train.trial import ENDLESS, FAILED, PASSED, run_variants, solution_names

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the trial limits time by Unix signals")

FOLDER = Path(__file__).parents[2] / "fixtures" / "same_task"
TASKS = sorted(FOLDER.glob("*/*.py"))
SAMPLE = TASKS[::40]
LIMIT = 10.0


def solutions(task: Path) -> list[Function]:
    text = task.read_text()
    names = solution_names(text)
    return [node for node in ast.parse(text).body if isinstance(node, Function) and node.name in names]


def variants(task: Path, seeds: int) -> list[tuple[str, str, str]]:
    """Name, source and transformation of everything that can be made of the solutions of a task."""
    found = {}
    for node in solutions(task):
        for seed in range(seeds):
            for name in REWRITES:
                changed = rewrite(node, name, Random(seed))
                if changed is not None:
                    found[node.name, ast.unparse(changed)] = name
            found[node.name, ast.unparse(augment(node, Random(seed)))] = "composed"
    return [(name, source, kind) for (name, source), kind in found.items()]


def check(task: Path, seeds: int) -> None:
    made = variants(task, seeds)
    assert len(made) > len(REWRITES) // 4
    outcomes = run_variants(task, [(name, source) for name, source, _ in made], LIMIT)
    wrong = [(kind, source) for (_, source, kind), outcome in zip(made, outcomes, strict=True) if outcome != PASSED]
    assert not wrong, f"{wrong[0][0]} of {len(wrong)}:\n{wrong[0][1]}"


@pytest.mark.parametrize("task", SAMPLE, ids=lambda path: path.stem)
def test_transformed_solutions_pass_their_cases(task: Path) -> None:
    check(task, 1)


@pytest.mark.slow
@pytest.mark.parametrize("task", TASKS, ids=lambda path: path.stem)
def test_all_transformed_solutions_pass_their_cases(task: Path) -> None:
    check(task, 4)


TASK = '''"""Count down."""

FILES = {"n.txt": "3"}


def cases():
    return [((3,), [3, 2, 1]), ((0,), []), (("a",), TypeError)]


# style: loop
def down(n):
    out = []
    while n > 0:
        out.append(n)
        n -= 1
    return out


# style: library
def read(n):
    with open("n.txt") as stream:
        assert stream.read() == "3"
    return list(range(n, 0, -1))
'''


@pytest.fixture
def task(tmp_path: Path) -> Path:
    path = tmp_path / "down.py"
    path.write_text(TASK)
    return path


OUTCOMES = {
    "def down(n):\n    return list(range(n, 0, -1))": PASSED,
    "def down(n):\n    return list(range(n, -1, -1))": FAILED,
    "def down(n):\n    raise SystemExit": FAILED,
    "def down(n):\n    while True:\n        try:\n            n = n\n        except:\n            pass": ENDLESS,
}


def test_the_trial_tells_right_from_wrong_and_endless(task: Path) -> None:
    given = [("down", source) for source in OUTCOMES]
    assert run_variants(task, given, 0.3) == list(OUTCOMES.values())


def test_a_variant_that_ends_its_process_does_not_stop_the_others(task: Path) -> None:
    sources = ["import os\ndef down(n):\n    os._exit(3)", "def down(n):\n    return list(range(n, 0, -1))"]
    outcomes = run_variants(task, [("down", source) for source in sources])
    assert outcomes == ["crashed", PASSED]


def test_files_are_there_and_nothing_is_left_behind(task: Path) -> None:
    source = next(ast.unparse(node) for node in solutions(task) if node.name == "read")
    assert run_variants(task, [("read", source)]) == [PASSED]
    assert [path.name for path in task.parent.iterdir()] == [task.name]


MUTANTS: dict[str, tuple[str, set[str]]] = {
    "operator": ("def f(a, b):\n    return a - b", {"return a + b"}),
    "boundary": ("def f(a, b):\n    return a < b", {"return a <= b"}),
    "callee": ("def f(a):\n    return max(a)", {"return min(a)"}),
    "guard": ("def f(a):\n    if a is None:\n        return 0\n    return a + 1", {"return a + 1"}),
    "argument-order": ("def f(a, b):\n    return g(a, b)", {"return g(b, a)"}),
    "effect-order": ("def f(a):\n    a.append(1)\n    a.clear()", {"a.clear()\n    a.append(1)"}),
    "variable": ("def f(a, b):\n    return a + 1", {"return b + 1"}),
    "constant": ("def f(a):\n    return a == 1", {"return a == 0", "return a == 2", "return a == 11"}),
}


@pytest.mark.parametrize("kind", MUTATIONS)
def test_each_mutation_does_what_it_says(kind: str) -> None:
    source, expected = MUTANTS[kind]
    node = ast.parse(source).body[0]
    assert isinstance(node, ast.FunctionDef)
    made = {ast.unparse(found).partition("\n    ")[2] for s in range(30) if (found := mutate(node, kind, Random(s)))}
    assert made == expected
    assert ast.unparse(node) == source


@pytest.mark.parametrize("kind", MUTATIONS)
def test_messages_hints_and_docstrings_are_not_mutated(kind: str) -> None:
    source = 'def f(a: "x + 1"):\n    """Doc, 1 < 2."""\n    logger.info("%s < %s", 1, 2)\n    raise ValueError(1 + 2)'
    node = ast.parse(source).body[0]
    assert isinstance(node, ast.FunctionDef)
    assert all(mutate(node, kind, Random(seed)) is None for seed in range(10))


def test_pairs_of_a_task_are_tried(task: Path) -> None:
    tried = Tried.empty()
    pairs = task_pairs(task, "x/down", 0, tried)
    mutants = [pair for pair in pairs if not pair.label]
    assert mutants
    assert len(mutants) * 2 == len(pairs)
    assert tried.killed.total() <= tried.made.total()
    name_of: Callable[[str], str] = lambda source: source.partition("(")[0].removeprefix("def ")  # noqa: E731
    outcomes = run_variants(task, [(name_of(pair.b), pair.b) for pair in pairs])
    assert [outcome == PASSED for outcome in outcomes] == [bool(pair.label) for pair in pairs]
    assert pairs == task_pairs(task, "x/down", 0, Tried.empty())


def test_pairs_of_packages_are_not_run_and_say_so(tmp_path: Path) -> None:
    source = (
        f"def f(a, b):\n    open({str(tmp_path / 'x')!r}, 'w')\n    if a < b and a:\n        return a - b\n    return b"
    )
    node = ast.parse(source).body[0]
    assert isinstance(node, ast.FunctionDef)
    pairs = list(function_pairs([("p/m.py::f", node)], 0))
    assert {pair.label for pair in pairs} == {0, 1}
    assert all(pair.kind.startswith("untried-") for pair in pairs)
    assert not (tmp_path / "x").exists()


# ruff: noqa: S311  # seeds make tests repeatable, nothing here is secret
