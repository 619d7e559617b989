"""What several test rooms need: fixture cases, and subjects from source text."""

from __future__ import annotations

import ast
import importlib.util
import tomllib
from dataclasses import dataclass
from pathlib import Path

from codesim.parse import parse_function, surroundings_of
from codesim.source import cut_fragments
from codesim.verify import Subject, prepare

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "fixtures"
# They compute the same by another algorithm; no alignment of statements can show that.
KNOWN_MISSES = frozenset({"type4/recursion_and_explicit_stack", "type4/manual_grouping_and_defaultdict"})

READER = """
def load(path, limit=10):
    rows = []
    with open(path) as stream:
        for line in stream:
            cells = line.strip().split(",")
            if len(cells) < limit:
                rows.append(cells)
    log.info("read %s", path)
    return rows
"""


@dataclass(frozen=True)
class Case:
    """One folder of fixtures/clones or fixtures/lookalikes."""

    folder: Path
    clone_type: int
    a: str
    b: str

    @property
    def name(self) -> str:
        return f"{self.folder.parent.name}/{self.folder.name}"


def load_cases() -> list[Case]:
    cases = []
    for file in sorted(FIXTURES.glob("clones/*/*/case.toml")) + sorted(FIXTURES.glob("lookalikes/*/case.toml")):
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        cases.append(Case(file.parent, data["type"], data["a"], data["b"]))
    return cases


def subject_of(text: str, qualname: str | None = None, path: str = "a.py") -> Subject:
    """The subject of one function in a source text; the first one without a name."""
    cuts = cut_fragments(path, ast.parse(text))
    cut = next(cut for cut in cuts if qualname in (None, cut.fragment.qualname))
    span = cut.fragment.span
    faithful, lines = parse_function(cut.node), tuple(text.split("\n")[span.start_line - 1 : span.end_line])
    return prepare(cut.fragment, faithful, lines, surroundings_of(cut, faithful))


def case_subjects(case: Case) -> tuple[Subject, Subject]:
    """Both fragments of a fixture case."""
    left, right = (name.split("::") for name in (case.a, case.b))
    return (
        subject_of((case.folder / left[0]).read_text(encoding="utf-8"), left[1], left[0]),
        subject_of((case.folder / right[0]).read_text(encoding="utf-8"), right[1], right[0]),
    )


def text_of_module(name: str) -> str:
    """The source of a module of the standard library."""
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).read_text(encoding="utf-8")
