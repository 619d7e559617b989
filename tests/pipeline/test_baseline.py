"""What a baseline knows: entries survive what does not change behaviour, on fixtures and on the standard library."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator, Mapping, Sequence
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
MODULES = ("_pydecimal", "mailbox")


def found(root: Path, **changes: object) -> tuple[RefactoringCandidate, ...]:
    return scan([root], replace(PLAIN, **changes), root).report.candidates  # type: ignore[arg-type]


def known(root: Path, candidates: Sequence[RefactoringCandidate]) -> Known:
    return Known(baseline_of(candidates, root), root)


def names(candidates: Sequence[RefactoringCandidate]) -> list[str]:
    return [candidate.members[0].qualname for candidate in candidates]


Library = tuple[dict[str, str], Known, tuple[RefactoringCandidate, ...]]

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
    for function in (
        node for one in tree.body for node in _outside_functions(one) if isinstance(node, ast.FunctionDef)
    ):
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


def as_it_is(text: str) -> str:
    """The text itself, for what moves as a whole."""
    return text


def changed(text: str, qualname: str) -> str:
    """A function with the first value that it returns negated."""
    *classes, name = qualname.split(".")
    body: list[ast.stmt] = ast.parse(text).body
    for outer in classes:
        body = next(node.body for node in body if isinstance(node, ast.ClassDef) and node.name == outer)
    function = next(node for node in body if isinstance(node, ast.FunctionDef) and node.name == name)
    value = next(node.value for node in ast.walk(function) if isinstance(node, ast.Return) and node.value)
    lines = text.split("\n")
    row = lines[value.lineno - 1]
    lines[value.lineno - 1] = f"{row[: value.col_offset]}not {row[value.col_offset :]}"
    return "\n".join(lines)


EDITS: dict[str, tuple[Callable[[str], str], str]] = {
    "moved to other files": (as_it_is, "deep/{}_moved.py"),
    "locals renamed": (renamed, "{}.py"),
    "lines above edited": (edited_above, "{}.py"),
    "lines and comments between": (spaced_out, "{}.py"),
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Modules of the standard library, and the baseline of their candidates."""
    root = tmp_path_factory.mktemp("library")
    texts = {module: (LIBRARY / f"{module}.py").read_text(encoding="utf-8") for module in MODULES}
    candidates = found(written(root, texts, "{}.py"))
    return texts, known(root, candidates), candidates


def written(root: Path, texts: Mapping[str, str], name: str) -> Path:
    for module, text in texts.items():
        target = root / name.format(module)
        target.parent.mkdir(exist_ok=True, parents=True)
        target.write_text(text, encoding="utf-8")
    return root


def test_the_library_has_candidates_of_both_kinds(
    library: Library,
) -> None:
    kinds = [candidate.kind for candidate in library[2]]
    assert min(kinds.count(CandidateKind.FUNCTION), kinds.count(CandidateKind.BLOCK)) >= 3


@pytest.mark.parametrize("name", EDITS)
def test_library_entries_survive_edits_that_change_no_behaviour(name: str, library: Library, tmp_path: Path) -> None:
    texts, base, candidates = library
    edit, target = EDITS[name]
    edited = {module: edit(text) for module, text in texts.items()}
    after = found(written(tmp_path, edited, target))
    assert len(after) >= len(candidates) - 1  # an edit may bring one under the least value
    base = Known(base.baseline, tmp_path)
    assert names(base.new_ones(after)) == []
    if target != "{}.py":
        assert not {copy.place for one in base.baseline.classes for copy in one.copies} & {
            copy.place for one in baseline_of(after, tmp_path).classes for copy in one.copies
        }


def test_library_functions_survive_a_formatter(library: Library, tmp_path: Path) -> None:
    """Functions only: `min-block-lines` counts lines, so another line length may bring other runs of statements."""
    texts, base, candidates = library
    edited = {module: formatted(text) for module, text in texts.items()}
    assert all(edited[module] != texts[module] for module in texts)
    after = found(written(tmp_path, edited, "{}.py"), min_block_lines=0)
    known_functions = [one for one in candidates if one.kind is CandidateKind.FUNCTION]
    new = Known(base.baseline, tmp_path).new_ones(after)
    assert len(after) - len(new) >= len(known_functions) - 1
    assert {one.id for one in new}.isdisjoint(one.id for one in known_functions)


def test_library_functions_whose_behaviour_changes_are_new(library: Library, tmp_path: Path) -> None:
    texts, base, candidates = library
    functions = [one for one in candidates if one.kind is CandidateKind.FUNCTION]
    chosen = [(Path(one.members[0].path).stem, one.members[0].qualname) for one in functions]
    edited = dict(texts)
    for module, qualname in chosen:
        edited[module] = changed(edited[module], qualname)
    new = Known(base.baseline, tmp_path).new_ones(found(written(tmp_path, edited, "{}.py"), min_value=0.0))
    seen = {member.qualname for one in new for member in (one.gained or one.members)}
    assert {qualname for _, qualname in chosen} <= seen


# --- classes -----------------------------------------------------------------------------------------------------

CLASS = FIXTURES / "clones" / "type2" / "merge_ranges"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("a.py", "b.py"):
        shutil.copy(CLASS / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def gained(base: Known, root: Path) -> list[list[str]]:
    """For each candidate that is not known, the files of its new copies; none for a class that is new."""
    return [sorted(Path(member.path).name for member in one.gained) for one in base.new_ones(found(root))]


def test_one_more_copy_is_named_whether_its_graph_is_new_or_not(project: Path) -> None:
    base = known(project, found(project))
    assert gained(base, project) == []
    shutil.copy(project / "b.py", project / "c.py")
    assert gained(base, project) == [["c.py"]]
    (project / "c.py").unlink()
    text = (project / "a.py").read_text(encoding="utf-8")
    assert "max(previous_end, end)" in text
    (project / "d.py").write_text(text.replace("max(previous_end, end)", "max(end, previous_end, 0)"))
    assert gained(base, project) == [["d.py"]]


def test_a_copy_that_moved_is_known(project: Path) -> None:
    base = known(project, found(project))
    (project / "b.py").rename(project / "moved.py")
    assert gained(base, project) == []


def test_a_class_that_lost_a_copy_is_known(project: Path) -> None:
    shutil.copy(project / "b.py", project / "c.py")
    base = known(project, found(project))
    (project / "c.py").unlink()
    assert gained(base, project) == []
    assert base.pruned(found(project), lambda _: True).shortened == 1
    assert base.pruned(found(project), lambda place: "c.py" not in place).baseline == base.baseline


def test_a_class_that_is_gone_is_pruned_where_it_was_judged(project: Path) -> None:
    base = known(project, found(project))
    (project / "b.py").unlink()
    assert base.pruned(found(project), lambda _: False).baseline == base.baseline
    done = base.pruned(found(project), lambda _: True)
    assert (done.removed, done.baseline.classes) == (1, ())


def split(base: Known, *parts: Sequence[Copy]) -> Known:
    """The same copies in other entries."""
    classes = [KnownClass(f"{number:016x}", tuple(part)) for number, part in enumerate(parts)]
    return Known(Baseline(GRAPHS, tuple(classes)), base.folder)


def test_copies_of_two_entries_that_now_are_one_class_are_known_and_the_other_way_round(project: Path) -> None:
    for name in ("c.py", "d.py"):
        shutil.copy(project / f"{'a' if name == 'c.py' else 'b'}.py", project / name)
    whole = known(project, found(project))
    copies = whole.baseline.classes[0].copies
    assert len(copies) == 4
    assert split(whole, copies[:2], copies[2:]).new_ones(found(project)) == []
    assert gained(split(whole, copies[:2], copies[1:3]), project) == [["d.py"]]  # one copy in two entries is one
    for name in ("c.py", "d.py"):
        (project / name).unlink()
    assert gained(whole, project) == []


def test_an_update_adds_what_is_new_and_keeps_the_rest(project: Path) -> None:
    base = known(project, found(project))
    stale = KnownClass("f" * 16, (Copy("1" * 16, "", "gone.py::f"), Copy("2" * 16, "", "gone.py::g")))
    base = Known(Baseline(GRAPHS, (*base.baseline.classes, stale)), project)
    for name in ("a.py", "b.py"):
        shutil.copy(FIXTURES / "clones" / "type1" / "duration_parser" / name, project / f"other_{name}")
    shutil.copy(project / "b.py", project / "c.py")
    done = base.updated(found(project))
    assert (done.added, done.extended, done.removed) == (1, 1, 0)
    assert stale in done.baseline.classes
    assert gained(Known(done.baseline, project), project) == []
    again = Known(done.baseline, project).updated(found(project))
    assert (again.added, again.extended) == (0, 0)


def test_a_baseline_of_other_graphs_is_matched_by_place_and_brought_up_to_date(project: Path) -> None:
    entry = known(project, found(project)).baseline.classes[0]
    foreign = [Copy("1" * 16, "", copy.place) for copy in entry.copies]
    base = Known(Baseline("0.0", (KnownClass("0" * 16, tuple(foreign)),)), project)
    assert gained(base, project) == []
    shutil.copy(project / "b.py", project / "c.py")
    assert gained(base, project) == [["c.py"]]
    done = base.updated(found(project))
    assert (done.baseline.graphs, done.added, done.removed) == (GRAPHS, 0, 0)
    assert gained(Known(done.baseline, project), project) == []


def test_a_copied_file_is_known_function_by_function(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = sorted((FIXTURES / "clones" / "type1").glob("*/a.py"))
    text = "\n\n".join(path.read_text(encoding="utf-8").replace("from __future__", "# from") for path in cases)
    for name in ("one.py", "two.py"):
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    folded = found(tmp_path)
    assert len(folded) == 1
    base = known(tmp_path, folded)
    assert len(base.baseline.classes) == 1 + len(folded[0].covers) >= 4
    assert base.new_ones(folded) == []
    half = text[: len(text) // 2].rpartition("\n\n\n")[0]
    (tmp_path / "two.py").write_text(half, encoding="utf-8")
    apart = found(tmp_path)
    assert apart
    assert base.new_ones(apart) == []
    less = Known(Baseline(GRAPHS, base.baseline.classes[1:]), tmp_path)
    (tmp_path / "two.py").write_text(text, encoding="utf-8")
    assert [sorted({member.path for member in one.gained}) for one in less.new_ones(found(tmp_path))] == [
        ["one.py", "two.py"]
    ]
