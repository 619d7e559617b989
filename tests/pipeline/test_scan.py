"""The whole corridor: clones are found, lookalikes are not, and the bytes do not depend on how the scan is run."""

from __future__ import annotations

import ast
import json
import random
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from cases import FIXTURES, KNOWN_MISSES, Case, load_cases

from codesim.config import Settings
from codesim.pipeline import corridor, scan
from codesim.pipeline.interpreter import DEEPEST_COMPARED
from codesim.pipeline.pair import compare
from codesim.report import render_json
from codesim.source import Focus, cut_fragments

PLAIN = replace(Settings(), cache=False, jobs=1)
CASES = load_cases()


@pytest.fixture(scope="module")
def buried(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, set[frozenset[str]]]:
    """All cases in one project, so that each must be found among all others; and the pairs that a scan reports."""
    root = tmp_path_factory.mktemp("buried")
    for case in CASES:
        shutil.copytree(case.folder, root / case.name)
    report = scan([root], PLAIN, root).report
    pairs = {
        frozenset((one.path, two.path))
        for candidate in report.candidates
        for one in candidate.members
        for two in candidate.members
        if one != two
    }
    return root, pairs


def reported(case: Case, buried: tuple[Path, set[frozenset[str]]]) -> bool:
    root, pairs = buried
    a, b = (str(root / case.name / name) for name in ("a.py", "b.py"))
    return any({Path(path).absolute().as_posix() for path in pair} == {a, b} for pair in pairs)


@pytest.mark.parametrize(
    "case", [c for c in CASES if c.clone_type and c.name not in KNOWN_MISSES], ids=lambda case: case.name
)
def test_clones_are_reported(case: Case, buried: tuple[Path, set[frozenset[str]]]) -> None:
    assert reported(case, buried)


@pytest.mark.parametrize("case", [c for c in CASES if not c.clone_type], ids=lambda case: case.name)
def test_lookalikes_are_not_reported(case: Case, buried: tuple[Path, set[frozenset[str]]]) -> None:
    assert not reported(case, buried)


def test_no_case_pairs_with_another_case(buried: tuple[Path, set[frozenset[str]]]) -> None:
    across = [pair for pair in buried[1] if len({str(Path(path).parent) for path in pair}) > 1]
    assert across == []


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of 150 files, enough for two workers, with copies in it."""
    folders = sorted((FIXTURES / "clones").glob("*/*"))
    for number in range(75):
        for name in ("a.py", "b.py"):
            target = tmp_path / f"p{number % 7}" / f"{name[0]}{number:02}.py"
            target.parent.mkdir(exist_ok=True)
            shutil.copy(folders[number % len(folders)] / name, target)
    shutil.copytree(FIXTURES / "blocks" / "clones", tmp_path / "blocks")
    (tmp_path / "p0" / "broken.py").write_text("def f(:\n")
    return tmp_path


def scanned(project: Path, monkeypatch: pytest.MonkeyPatch, **changes: object) -> str:
    monkeypatch.chdir(project)
    settings = replace(PLAIN, **changes)  # type: ignore[arg-type]
    return render_json(scan([Path()], settings, project).report)


def test_bytes_do_not_depend_on_workers(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = scanned(project, monkeypatch, jobs=1)
    assert scanned(project, monkeypatch, jobs=2) == alone
    assert '"kind": "block"' in alone


def test_what_candidates_are_made_of_is_kept_on_demand(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    settings = replace(PLAIN, jobs=2)
    with_it, without = (
        corridor.scan([Path()], settings, project, keep_basis=keep).report.candidates for keep in (True, False)
    )
    assert all(candidate.basis is not None for candidate in with_it)
    assert without == with_it  # a basis is not compared
    assert any(candidate.basis is None for candidate in without)


def test_bytes_do_not_depend_on_the_order_of_paths(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    paths = sorted(Path().rglob("*.py"))
    whole = render_json(scan(paths, PLAIN, project).report)
    random.Random(1).shuffle(paths)  # noqa: S311
    assert render_json(scan(paths, PLAIN, project).report) == whole
    assert scanned(project, monkeypatch) == whole


def test_a_warm_cache_changes_nothing(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cold = scanned(project, monkeypatch)
    assert scanned(project, monkeypatch, cache=True) == cold
    assert (project / ".codesim_cache").is_dir()
    assert scanned(project, monkeypatch, cache=True) == cold


CAPTURING = """
def {name}(graph):
    {setting}
    def walk(path):
        seen = []
        for node in path:
            if node.depth % N:
                seen.append(node.name)
            elif len(seen) > N:
                break
        return sorted(seen)
    {ending}
"""
SETTINGS = {
    "first": {"setting": "N = len(graph)", "ending": "return walk"},
    "second": {
        "setting": "with graph.locked() as (N, log): log.info(graph.name)",
        "ending": "for way in graph.ways(log.level): graph.put(way.name, way.cost * 2, walk(way))",
    },
}


@pytest.mark.parametrize("command", ["cold", "warm", "compare"])
def test_what_a_function_around_binds_is_known(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Merged at the top of a module, `walk` would not find `N`."""
    for name in ("first", "second"):
        (tmp_path / f"{name}.py").write_text(CAPTURING.format(name=name, **SETTINGS[name]))
    monkeypatch.chdir(tmp_path)
    sides = []
    for name in ("first", "second"):
        text = Path(f"{name}.py").read_text(encoding="utf-8")
        (_, cut) = cut_fragments(f"{name}.py", ast.parse(text))
        sides.append((cut, tuple(text.split("\n")[3:11])))
    if command == "compare":
        report = compare(sides[0], sides[1], PLAIN).report
    else:
        settings = replace(PLAIN, cache=command == "warm", min_value=0.0)
        report = [scan([Path()], settings, tmp_path).report for _ in range(2)][-1]
    (candidate,) = [one for one in report.candidates if one.members[0].qualname.endswith(".walk")]
    assert candidate.verdict.reasons == ("names of the functions around them are captured: `N`",)


def test_skipped_files_are_reported_with_line_and_reason(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    summary = json.loads(scanned(project, monkeypatch))["summary"]
    assert [item["path"] for item in summary["skipped"]] == ["p0/broken.py"]
    assert "line 1" in summary["skipped"][0]["reason"]


def test_ids_survive_moves_renames_and_edits_above(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = FIXTURES / "clones" / "type2" / "merge_ranges"
    texts = {name: (case / name).read_text(encoding="utf-8") for name in ("a.py", "b.py")}
    (tmp_path / "one").mkdir()
    for name, text in texts.items():
        (tmp_path / "one" / name).write_text(text, encoding="utf-8")
    (tmp_path / "two" / "deep").mkdir(parents=True)
    for name, text in texts.items():
        (tmp_path / "two" / "deep" / f"moved_{name}").write_text("VALUE = 1\n\n\n" + text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    ids = [[c.id for c in scan([Path(f)], PLAIN, tmp_path).report.candidates] for f in ("one", "two")]
    assert len(ids[0]) == 1
    assert ids[0] == ids[1]


def clones_at(root: Path, *places: str) -> None:
    """Two copies of one function, one at each place."""
    case = FIXTURES / "clones" / "type1" / "sliding_batches"
    for name, place in zip(("a.py", "b.py"), places, strict=True):
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(case / name, root / place)


@pytest.mark.parametrize(("scope", "found"), [("all", 2), ("prod", 1), ("tests", 1)])
def test_scope_limits_the_files(scope: str, found: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clones_at(tmp_path, "src/a.py", "src/b.py")
    text = (FIXTURES / "clones" / "type1" / "duration_parser" / "a.py").read_text(encoding="utf-8")
    (tmp_path / "tests").mkdir()
    for name in ("a", "b"):
        (tmp_path / "tests" / f"test_{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    report = scan([Path()], replace(PLAIN, scope=scope), tmp_path).report
    assert len(report.candidates) == found
    assert report.summary.files == {"all": 4, "prod": 2, "tests": 2}[scope]
    if scope == "all":
        assert [candidate.kind.value for candidate in report.candidates] == ["function", "tests"]


@pytest.mark.parametrize(
    "place", ["_vendor/b.py", "third_party/x/b.py", "proto/order_pb2.py", "migrations/0002_orders.py", "x/parsetab.py"]
)
def test_code_from_elsewhere_is_not_compared(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clones_at(tmp_path, "src/a.py", place)
    monkeypatch.chdir(tmp_path)
    assert scan([Path()], PLAIN, tmp_path).report.candidates == ()


def test_a_vendored_folder_that_the_user_names_is_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clones_at(tmp_path, "_vendor/a.py", "_vendor/b.py")
    monkeypatch.chdir(tmp_path)
    assert len(scan([Path("_vendor")], PLAIN, tmp_path).report.candidates) == 1


def test_a_file_that_says_it_is_generated_is_not_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clones_at(tmp_path, "a.py", "b.py")
    text = (tmp_path / "b.py").read_text(encoding="utf-8")
    (tmp_path / "b.py").write_text(f"# Generated by a tool. DO NOT EDIT!\n{text}", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert scan([Path()], PLAIN, tmp_path).report.candidates == ()


def test_a_file_that_was_copied_is_one_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = sorted((FIXTURES / "clones" / "type1").glob("*/a.py"))
    text = "\n\n".join(path.read_text(encoding="utf-8").replace("from __future__", "# from") for path in cases)
    for name in ("one/codec.py", "two/codec.py"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    candidates = scan([Path()], PLAIN, tmp_path).report.candidates
    assert len(candidates) == 1
    assert "`two/codec.py` is for the most part a copy of `one/codec.py`" in candidates[0].verdict.reasons[0]


def test_suppressed_functions_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = FIXTURES / "clones" / "type1" / "sliding_batches"
    for name in ("a.py", "b.py"):
        text = (case / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace("def ", "# codesim: ignore[clone]\ndef ", 1), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert scan([Path()], PLAIN, tmp_path).report.candidates == ()


def test_the_focus_limits_what_is_reported(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    focus = Focus({"p1/a01.py": ()}, dated=False)
    found = scan([Path()], PLAIN, project, focus=focus).report.candidates
    assert found
    assert all(any(member.path == "p1/a01.py" for member in candidate.members) for candidate in found)


def test_a_function_too_deep_for_the_interpreter_is_skipped_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = FIXTURES / "clones" / "type1" / "sliding_batches"
    for name in ("a.py", "b.py"):
        shutil.copy(case / name, tmp_path / name)
    deep = "def deep(x):\n" + "\n" * 6 + "    return " + " + ".join(["x"] * 30_000) + "\n"
    (tmp_path / "deep.py").write_text(deep)
    monkeypatch.chdir(tmp_path)
    report = scan([Path()], PLAIN, tmp_path).report
    assert len(report.candidates) == 1
    assert [item.path for item in report.summary.skipped] == ["deep.py"]


def test_functions_of_any_length_are_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, count in (("a", 1_100), ("b", 1_101)):
        body = "".join(f"    if a > {number}:\n        put({number})\n" for number in range(count))
        (tmp_path / f"{name}.py").write_text(f"def long(a):\n{body}")
    monkeypatch.chdir(tmp_path)
    report = scan([Path()], PLAIN, tmp_path).report
    assert report.summary.skipped == ()
    assert [len(candidate.members) for candidate in report.candidates] == [2]


DEEP = {
    "operands": lambda count: "    return w" + " + x" * count + "\n",
    "guards": lambda count: "".join(
        f"    if x > {number}:\n        return {number}\n" for number in range(count // 2 - 5)
    ),
    "attributes": lambda count: "    return w" + ".x" * (count - 10) + "\n",
}


@pytest.mark.parametrize("shape", DEEP)
def test_functions_as_deep_as_the_limit_are_compared(
    shape: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the analysis lets pass, the rest of the scan can nest; the interpreter's own limit is as before."""
    limit = sys.getrecursionlimit()
    for name in ("a", "b"):
        head = f"def deep(x, y):\n    {name} = y\n    print({name})\n    send(y, x)\n    w = {name} * 2\n    x.put(w)\n"
        head += "".join(f"    send(y, {number})\n" for number in range(9))
        end = "" if name == "a" else "    x.put(y)\n"
        (tmp_path / f"{name}.py").write_text(head + end + DEEP[shape](DEEPEST_COMPARED - 30))
    monkeypatch.chdir(tmp_path)
    report = scan([Path()], PLAIN, tmp_path).report
    assert report.summary.skipped == ()
    assert [len(candidate.members) for candidate in report.candidates] == [2]
    assert sys.getrecursionlimit() == limit


def test_deeper_functions_are_left_out_each_with_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = FIXTURES / "clones" / "type1" / "sliding_batches"
    shutil.copy(case / "b.py", tmp_path / "b.py")
    head = "\n\ndef deep(x):\n    w = x * 2\n    x.put(w)\n"
    text = (case / "a.py").read_text(encoding="utf-8")
    (tmp_path / "a.py").write_text(text + head + DEEP["guards"](2 * DEEPEST_COMPARED), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    report = scan([Path()], PLAIN, tmp_path).report
    assert len(report.candidates) == 1
    line = text.count("\n") + 3
    assert [(item.path, item.reason) for item in report.summary.skipped] == [
        ("a.py", f"line {line}: deep is nested too deeply")
    ]


INITIALISER = """
class {name}:
    def __init__(self, host, port, user, limit, path):
        super().__init__(host)
        self.host = host.strip()
        self.port = int(port)
        self.user = user or "nobody"
        self.limit = min(limit, 100)
        self.path = Path(path).resolve()
"""


def test_without_a_least_value_boilerplate_is_reported_too_after_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clones_at(tmp_path, "a.py", "b.py")
    for name in ("Reader", "Writer"):
        (tmp_path / f"{name.lower()}.py").write_text(INITIALISER.format(name=name), encoding="utf-8")
    plain = json.loads(scanned(tmp_path, monkeypatch))["candidates"]
    every = json.loads(scanned(tmp_path, monkeypatch, min_value=0.0))["candidates"]
    assert [one["fragments"][0]["path"] for one in plain] == ["a.py"]
    assert [one["fragments"][0]["path"] for one in every] == ["a.py", "reader.py"]
    assert every[:1] == plain
