"""What speaks for and against merging: one edit, one reason."""

from __future__ import annotations

import pytest
from cases import READER as BASE
from refactor.classes import candidate_of


def edited(before: str, after: str, text: str = BASE) -> str:
    assert before in text
    return text.replace(before, after)


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (
            "len(cells) < limit",
            "len(cells) <= limit",
            "an operator differs: `len(cells) < limit` / `len(cells) <= limit`",
        ),
        ("len(cells) < limit", "len(rows) < limit", "variables are used differently: `cells` / `rows`"),
        ("open(path)", 'open(path, "rb")', 'only one copy has `"rb"`'),
        (
            "rows.append(cells)",
            "rows.extend(cells)",
            "the copies call different methods of their own objects: `rows.append` / `rows.extend`",
        ),
        (
            "            cells =",
            "            cells = yield\n            cells =",
            "one copy is a generator and the other is not",
        ),
        ("def load", "async def load", "one copy is async and the other is not"),
        (
            "    return rows",
            "    rows = rows[1:]\n    return rows",
            "one copy sets `rows` in statements that the others lack",
        ),
        (
            "    return rows",
            "    a(path)\n    b(path)\n    c(path)\n    return rows",
            "3 statements have no counterpart",
        ),
        ("rows.append(cells)", "rows.append((yield))", "one copy is a generator and the other is not"),
    ],
)
def test_what_speaks_against_merging(before: str, after: str, reason: str) -> None:
    candidate = candidate_of(BASE, edited(before, after))
    assert not candidate.verdict.extractable
    assert candidate.verdict.reasons[0] == reason
    assert candidate.advice == f"Not mergeable as it stands: {reason}."
    assert candidate.helper is None
    assert candidate.parameters == 0


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("rows", "items", "the copies differ only in names"),
        ('split(",")', 'split(";")', "1 literal becomes a parameter: `separator`"),
        ("limit=10", "limit=20", "the copies differ only in their parameters' defaults"),
        ("log.info", "log.debug", "one callee differs: pass it as a parameter"),
        ("open(path)", "open(LOG_FILE)", "variables are used differently: `path` / `LOG_FILE`"),
        (
            "rows.append(cells)",
            "rows.append(cells[0])",
            "one expression needs variables of the function: pass a function",
        ),
        (
            "    return rows",
            "    audit(path)\n    return rows",
            "one copy has an extra step: guard it by a flag (1 parameter)",
        ),
        (
            "    rows = []",
            "    if limit > 9:\n        raise E\n    rows = []",
            "one copy has an extra step: guard it by a flag (1 parameter)",
        ),
        (
            "    rows = []",
            "    if not path:\n        return []\n    rows = []",
            "one copy has an extra step: guard it by a flag (1 parameter)",
        ),
    ],
)
def test_what_speaks_for_merging(before: str, after: str, reason: str) -> None:
    candidate = candidate_of(BASE, edited(before, after))
    if "LOG_FILE" in after:  # a parameter in one copy, a constant in the other: the copies pass different values
        assert candidate.verdict.extractable
        return
    assert candidate.verdict.extractable, candidate.verdict.reasons
    assert candidate.verdict.reasons[0] == reason


def test_a_guard_around_shared_statements_is_no_optional_step() -> None:
    other = edited("    log.info(", "    if limit:\n        log.info(")
    candidate = candidate_of(BASE, other)
    assert candidate.verdict.reasons == ("one copy runs statements under a condition that the others lack: `limit`",)


def test_more_than_five_parameters_are_too_many() -> None:
    text = (
        "def f(x, log):\n" + "".join(f"    log.info(x.part{i}.find('{{0}}{i}'))\n" for i in range(6)) + "    return x\n"
    )
    candidate = candidate_of(text.format("a"), text.format("b"))
    assert candidate.verdict.reasons == ("it would take 6 parameters",)


def test_two_callees_are_one_too_many() -> None:
    text = "def f(x):\n    y = {0}(x, 1)\n    z = {1}(y, x)\n    if z > y:\n        return z + y\n    return y - z\n"
    candidate = candidate_of(text.format("load", "save"), text.format("read", "write"))
    assert candidate.verdict.reasons == ("2 places would each need a function as parameter",)
    same = candidate_of(text.format("load", "load"), text.format("read", "read"))
    assert same.verdict.extractable


def test_super_means_another_class_in_each_copy() -> None:
    body = (
        "    def save(self, x):\n"
        "        y = super().prepare(x)\n"
        "        if y:\n"
        "            self.put(y, x)\n"
        "        return y\n"
    )
    candidate = candidate_of("class A:\n" + body, "class B:\n" + body, qualnames=("A.save", "B.save"))
    assert candidate.verdict.reasons == ("super() or __class__ means another class in each copy",)


def test_private_names_mean_another_attribute_in_each_class() -> None:
    body = (
        "    def save(self, x):\n"
        "        y = self.__rows.get(x)\n"
        "        if y:\n"
        "            self.put(y, x)\n"
        "        return y\n"
    )
    candidate = candidate_of("class A:\n" + body, "class B:\n" + body, qualnames=("A.save", "B.save"))
    assert candidate.verdict.reasons == ("private names mean something else in each class: `__rows`",)


def test_a_call_of_something_of_the_same_name_is_a_difference() -> None:
    body = (
        "    def {0}(self, other):\n"
        "        rv = self.compare(other)\n"
        "        if rv is None:\n"
        "            return Base.{0}(self, other)\n"
        "        return rv\n"
    )
    text = "class A:\n" + body.format("__gt__") + body.format("__ge__")
    candidate = candidate_of(text, text, paths=("a.py", "a.py"), qualnames=("A.__gt__", "A.__ge__"))
    assert candidate.verdict.reasons == ("each copy calls something of its own name: `Base.__gt__`",)


def test_a_nested_function_may_capture_names() -> None:
    text = (
        "def outer_{0}(hook):\n"
        "    def inner(x):\n"
        "        y = hook(x)\n"
        "        if y:\n"
        "            time.sleep(y)\n"
        "        return x + y\n"
        "    return inner\n"
    )
    nested = candidate_of(text.format("a"), text.format("b"), qualnames=("outer_a.inner", "outer_b.inner"))
    assert nested.verdict.reasons == ("names of the functions around them are captured: `hook`",)
    assert candidate_of(text.format("a"), text.format("b")).verdict.extractable


def test_nonlocal_names_are_captured() -> None:
    text = (
        "def outer_{0}():\n"
        "    count = 0\n"
        "    def inner(x):\n"
        "        nonlocal count\n"
        "        count += x\n"
        "        print(count, x)\n"
        "    return inner\n"
    )
    candidate = candidate_of(text.format("a"), text.format("b"), qualnames=("outer_a.inner", "outer_b.inner"))
    assert candidate.verdict.reasons == ("names of the functions around them are captured: `count`",)


CAPTURING = """
def {0}(graph, hook):
    {1} = hook.most
    def walk(path):
        seen = []
        for node in path:
            if len(seen) < {1}:
                seen.append(node.name)
        return seen
    return walk
"""


@pytest.mark.parametrize("name", ["N", "Limit", "_MOST", "limit", "re"])
def test_what_a_function_around_binds_is_captured_however_it_is_spelled(name: str) -> None:
    texts = CAPTURING.format("first", name), CAPTURING.format("second", name)
    candidate = candidate_of(*texts, qualnames=("first.walk", "second.walk"))
    assert candidate.verdict.reasons == (f"names of the functions around them are captured: `{name}`",)
    assert candidate.helper is None


@pytest.mark.parametrize("name", ["N", "limit", "re"])
def test_what_a_module_binds_is_not_captured_however_it_is_spelled(name: str) -> None:
    texts = [CAPTURING.format(outer, name).replace(f"    {name} = hook.most\n", "") for outer in ("first", "second")]
    assert candidate_of(*texts, qualnames=("first.walk", "second.walk")).verdict.extractable


def test_decorators_tie_a_copy_only_if_they_go_with_it() -> None:
    text = (
        "def {0}(app):\n"
        "    @app.route\n"
        "    def page(request):\n"
        "        rows = load(request, {1})\n"
        "        if not rows:\n"
        "            log.info(rows)\n"
        "        return show(rows)\n"
    )
    names = ("one.page", "two.page")
    kept = candidate_of(text.format("one", 1), text.format("two", 1), qualnames=names)
    assert kept.verdict.reasons == ("names of the functions around them are captured: `app`",)
    assert candidate_of(text.format("one", 1), text.format("two", 2), qualnames=names).verdict.extractable


def test_names_captured_from_a_function_around_all_copies() -> None:
    inner = "".join(f"    {line}\n" for line in CAPTURING.replace("    {1} = hook.most\n", "").split("\n"))
    text = "def make(N):\n" + inner.format("first", "N") + inner.format("second", "N")
    names = ("make.first.walk", "make.second.walk")
    assert candidate_of(text, text, paths=("a.py", "a.py"), qualnames=names).verdict.extractable
    assert not candidate_of(text, text, paths=("a.py", "b.py"), qualnames=names).verdict.extractable


def test_globals_of_different_files_are_mentioned() -> None:
    candidate = candidate_of(BASE, BASE)
    assert candidate.verdict.reasons == (
        "the copies are identical",
        "free names refer to module globals of different files: imports needed (`log`)",
    )
    assert candidate_of(BASE, "\n" * 20 + BASE, paths=("a.py", "a.py")).verdict.reasons == ("the copies are identical",)


def test_a_place_that_is_written_cannot_be_passed_in() -> None:
    text = (
        "class A:\n"
        "    def f(self, x):\n"
        "        y = self.get(x)\n"
        "        if y:\n"
        "            self.{0} = y * 2\n"
        "        return y\n"
    )
    candidate = candidate_of(text.format("left"), text.format("right"), qualnames=("A.f", "A.f"))
    assert candidate.verdict.reasons[0] == "the copies write to different places: `self.left` / `self.right`"


def test_a_literal_in_a_match_pattern_cannot_be_passed_in() -> None:
    text = (
        "def f(x, log):\n"
        "    match x.kind:\n"
        "        case {0}:\n"
        "            log.info(x)\n"
        "            return x.left + x.right\n"
        "    return log\n"
    )
    candidate = candidate_of(text.format(1), text.format(2))
    assert candidate.verdict.reasons[0] == "the copies differ in a part that cannot be passed in: `1` / `2`"
