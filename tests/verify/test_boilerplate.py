"""Each rule of boilerplate, with a neighbour that must stay a finding."""

from __future__ import annotations

import pytest
from cases import READER, case_subjects, load_cases, subject_of

from codesim.verify import boilerplate

RULES = {
    "initialiser": """
class A:
    def __init__(self, host, port, pool=None):
        super().__init__(host)
        self.host = host.strip()
        self.port = int(port)
        self.pool = Pool(size=4)
        if pool is None:
            self.pool = pool
""",
    "method of fields": """
class A:
    def __eq__(self, other):
        if not isinstance(other, A):
            return NotImplemented
        return self.a == other.a and self.b == other.b
""",
    "property": """
class A:
    @property
    def rows(self):
        if self._rows is None:
            self._rows = self.load(self.path)
        return self._rows
""",
    "delegation": """
def send(self, target, *args, **kwargs):
    return self.inner.send(target, *args, **kwargs)
""",
    "registration": """
def options(parser):
    parser.add_argument("--a", default=os.getcwd())
    parser.add_argument("--b", type=compile("b"))
    parser.add_argument("--c", default=list())
    parser.add_argument("--d", default=list())
""",
    "table of cases": """
def name_of(kind):
    if kind == "a":
        return first()
    elif kind == "b":
        return second()
    elif kind in ("c", "d"):
        return third()
    raise ValueError(kind)
""",
    "deprecation": """
def __getattr__(name):
    import warnings
    if name in OLD:
        warnings.warn(f"{name} is deprecated", DeprecationWarning, stacklevel=2)
        return OLD[name]
    raise AttributeError(name)
""",
    "stub": """
@overload
def get(self, key: int) -> str:
    ...
""",
}
KEPT = {
    "an initialiser that computes": """
class A:
    def __init__(self, path):
        self.rows = []
        with open(path) as stream:
            for line in stream:
                self.rows.append(line.split(","))
        self.total = sum(len(row) for row in self.rows)
""",
    "a comparison with an algorithm": """
class A:
    def __eq__(self, other):
        if len(self.rows) != len(other.rows):
            return False
        for one, two in zip(self.rows, other.rows):
            if one.key != two.key:
                return False
        return True
""",
    "a property that computes": """
class A:
    @property
    def total(self):
        found = 0
        for row in self.rows:
            if row.valid:
                found += row.count * row.price
        return found
""",
    "a call that prepares its arguments": """
def send(self, target, text):
    return self.inner.send(target.lower(), encode(self.key, text))
""",
    "registrations by a loop": """
def options(parser, names):
    for name in names:
        flag = "--" + name.replace("_", "-")
        parser.add_argument(flag, default=None)
""",
    "cases that compute": """
def value_of(kind, row):
    if kind == "a":
        return sum(cell.price * cell.count for cell in row.cells if cell.valid and not cell.hidden)
    elif kind == "b":
        return max(cell.price - cell.discount for cell in row.cells if cell.valid) + row.offset
    elif kind == "c":
        return min(cell.price for cell in row.cells)
    raise ValueError(kind)
""",
    "a lazy attribute of objects": """
class A:
    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        found = self.table.get(name)
        if found is None:
            warn(name)
            found = self.table[name] = self.load(name)
        return found
""",
    "a reader": READER,
}


@pytest.mark.parametrize("rule", RULES)
def test_boilerplate_is_named(rule: str) -> None:
    assert boilerplate(subject_of(RULES[rule])) == rule


@pytest.mark.parametrize("name", KEPT)
def test_what_computes_is_no_boilerplate(name: str) -> None:
    assert boilerplate(subject_of(KEPT[name])) is None


@pytest.mark.parametrize("case", [case for case in load_cases() if case.clone_type], ids=lambda case: case.name)
def test_no_clone_of_the_fixtures_is_boilerplate(case: object) -> None:
    assert [boilerplate(subject) for subject in case_subjects(case)] == [None, None]  # type: ignore[arg-type]
