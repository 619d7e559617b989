"""What the alignment says of small edits: each edit is listed once, with its kind and axis."""

from __future__ import annotations

import pytest
from cases import READER as BASE
from cases import Case, case_subjects, load_cases, subject_of

from codesim.verify import (
    LEAST_CLOSENESS,
    Axis,
    Bag,
    DifferenceKind,
    align,
    bag_similarity,
    decide,
    pairing,
    score_pair,
    verify_pair,
)
from codesim.verify.align import compare_units
from codesim.verify.closeness import most_cost
from codesim.verify.costs import difference_cost
from codesim.verify.pairing import pair_units


def edited(before: str, after: str) -> str:
    assert before in BASE
    return BASE.replace(before, after)


@pytest.mark.parametrize(
    ("before", "after", "kind", "axis"),
    [
        ('split(",")', 'split(";")', DifferenceKind.LITERAL, Axis.HOLE),
        ("len(cells) < limit", "len(cells) <= limit", DifferenceKind.OPERATOR, Axis.BEHAVIOUR),
        ("len(cells) < limit", "len(rows) < limit", DifferenceKind.NAME, Axis.BEHAVIOUR),
        ("log.info", "log.debug", DifferenceKind.CALLEE, Axis.BEHAVIOUR),
        ('    log.info("read %s", path)\n', "", DifferenceKind.STATEMENT, Axis.BEHAVIOUR),
        ("rows.append(cells)", "rows.append(cells[0])", DifferenceKind.EXPRESSION, Axis.HOLE),
        ("open(path)", 'open(path, "rb")', DifferenceKind.EXPRESSION, Axis.BEHAVIOUR),
        ("open(path)", "open(LOG_FILE)", DifferenceKind.NAME, Axis.HOLE),
        ("len(cells) < limit", "len(cells) < limit + 1", DifferenceKind.OPERATOR, Axis.HOLE),
        ("if len(cells) < limit", "if cells and len(cells) < limit", DifferenceKind.GUARD, Axis.HOLE),
    ],
)
def test_one_edit_is_one_difference(before: str, after: str, kind: DifferenceKind, axis: Axis) -> None:
    found = align(subject_of(BASE), subject_of(edited(before, after), path="b.py")).differences
    assert [(d.kind, d.axis) for d in found] == [(kind, axis)]


CHECKED = """
def check(rows, low):
    total = 0
    try:
        for row in rows:
            if row.size < low and row.open and row.kind != 3:
                raise ValueError(row.name)
            total += row.parts[1]
    except (KeyError, OSError):
        log.warning("broken: %s", rows)
    return [total for row in rows if row.open]
"""


@pytest.mark.parametrize(
    ("before", "after", "kind", "axis"),
    [
        ("raise ValueError(", "raise TypeError(", DifferenceKind.EXCEPTION, Axis.BEHAVIOUR),
        ("except (KeyError, OSError):", "except OSError:", DifferenceKind.EXCEPTION, Axis.BEHAVIOUR),
        ("except (KeyError, OSError):", "except:", DifferenceKind.EXCEPTION, Axis.BEHAVIOUR),
        ("raise ValueError(row.name)", "raise", DifferenceKind.EXCEPTION, Axis.BEHAVIOUR),
        (" and row.kind != 3", "", DifferenceKind.GUARD, Axis.BEHAVIOUR),
        (" and row.open and row.kind != 3", "", DifferenceKind.GUARD, Axis.HOLE),
        (" for row in rows if row.open", " for row in rows", DifferenceKind.GUARD, Axis.BEHAVIOUR),
        ("row.kind != 3", "row.kind != 4", DifferenceKind.LITERAL, Axis.HOLE),
        ("row.parts[1]", "row.parts[2]", DifferenceKind.LITERAL, Axis.HOLE),
        ('"broken: %s"', '"damaged: %s"', DifferenceKind.LITERAL, Axis.HOLE),
    ],
)
def test_an_edit_of_a_condition_or_an_exception(before: str, after: str, kind: DifferenceKind, axis: Axis) -> None:
    assert before in CHECKED
    found = align(subject_of(CHECKED), subject_of(CHECKED.replace(before, after), path="b.py")).differences
    assert {(d.kind, d.axis) for d in found} == {(kind, axis)}
    bounds = {"row.kind != 3", "row.parts[1]"}
    assert [d.bound for d in found if kind is DifferenceKind.LITERAL] == [before in bounds][: len(found)] or (
        kind is not DifferenceKind.LITERAL
    )


def test_raising_a_class_is_raising_an_instance_without_arguments() -> None:
    left = subject_of("def f(a):\n    if a.x > 1:\n        raise Closed\n    return g(a)\n")
    right = subject_of("def f(a):\n    if a.x > 1:\n        raise Closed()\n    return g(a)\n", path="b.py")
    assert align(left, right).differences == ()


def test_a_class_named_through_its_module_is_no_other_exception() -> None:
    other = CHECKED.replace("raise ValueError(", "raise errors.ValueError(")
    found = align(subject_of(CHECKED), subject_of(other, path="b.py")).differences
    assert [(d.kind, d.axis) for d in found] == [(DifferenceKind.EXPRESSION, Axis.HOLE)]


def test_a_dropped_try_is_exception_behaviour() -> None:
    lines = CHECKED.split("\n")
    bare = [line[4:] if 4 <= number <= 7 else line for number, line in enumerate(lines)]
    del bare[8:10], bare[3]
    found = align(subject_of(CHECKED), subject_of("\n".join(bare), path="b.py")).differences
    assert [d.left.text for d in found if d.kind is DifferenceKind.EXCEPTION] == ["try:", "except (KeyError, OSError)"]


def test_annotations_are_listed_and_absorbed() -> None:
    typed = BASE.replace("load(path, limit=10)", "load(path: str, limit: int = 10) -> list[str]").replace(
        "rows = []", "rows: list[str] = []"
    )
    other = typed.replace("path: str", "path: Path")
    verdict = score_pair(subject_of(typed), subject_of(other, path="b.py"), 0.9)
    found = verdict.alignment.differences
    assert [(d.kind, d.axis, d.left.text, d.right.text) for d in found] == [
        (DifferenceKind.ANNOTATION, Axis.REPRESENTATION, "str", "Path")
    ]
    plain = score_pair(subject_of(BASE), subject_of(typed, path="b.py"), 0.9)
    assert [d.right.text for d in plain.alignment.differences] == ["str", "int", "list[str]"]
    assert (plain.score, plain.clone_type) == (verdict.score, 1)
    same = score_pair(subject_of(typed), subject_of(typed, path="b.py"), 0.9)
    assert same.alignment.differences == ()


def test_a_consistent_renaming_is_no_difference() -> None:
    other = BASE.replace("rows", "records").replace("cells", "parts").replace("def load", "def read")
    alignment = align(subject_of(BASE), subject_of(other, path="b.py"))
    assert alignment.differences == ()
    assert alignment.aligned_share == 1.0


def test_an_exchange_of_two_variables_is_listed() -> None:
    left = subject_of("def f(a, b, out):\n    out.put(a)\n    out.put(a)\n    out.put(b)\n    return a - b\n")
    right = subject_of("def f(a, b, out):\n    out.put(a)\n    out.put(a)\n    out.put(b)\n    return b - a\n")
    assert [d.kind for d in align(left, right).differences] == [DifferenceKind.NAME, DifferenceKind.NAME]


def test_independent_statements_may_change_places() -> None:
    left = subject_of("def f(a, b):\n    x = a.left + 1\n    y = b.right * 2\n    return g(x, y, x, y)\n")
    right = subject_of("def f(a, b):\n    y = b.right * 2\n    x = a.left + 1\n    return g(x, y, x, y)\n")
    alignment = align(left, right)
    assert alignment.differences == ()
    assert alignment.moved == 1


def test_effects_may_not_change_places() -> None:
    left = subject_of("def f(a, b):\n    a.open(1, 2)\n    b.close(x=3)\n    return g(a, b)\n")
    right = subject_of("def f(a, b):\n    b.close(x=3)\n    a.open(1, 2)\n    return g(a, b)\n")
    assert [d.kind for d in align(left, right).differences] == [DifferenceKind.ORDER]


def test_a_new_guard_costs_one_unit_not_the_rest() -> None:
    guarded = BASE.replace("    rows = []\n", "    if not path:\n        raise ValueError(path)\n    rows = []\n")
    alignment = align(subject_of(BASE), subject_of(guarded, path="b.py"))
    assert {d.kind for d in alignment.differences} == {DifferenceKind.GUARD, DifferenceKind.EXCEPTION}
    assert alignment.aligned_share > 0.85


def long_function(statements: int, edited: int = 0) -> str:
    """Statements that are all different; of so many in a row one is edited (none for 0)."""
    body = [
        f"    v{k} = fetch(source, {k}) + {k % 7}{' * rate(k)' if edited and k % edited == 0 else ''}\n"
        for k in range(statements)
    ]
    return "def long(source):\n" + "".join(body) + "    return v0\n"


def test_a_thousand_statements_are_aligned_around_each_edit() -> None:
    left, right = subject_of(long_function(1000)), subject_of(long_function(1000, edited=20), path="b.py")
    assert len(left.units) * len(right.units) > 4 * 250_000
    alignment = align(left, right)
    assert [pair for pair in alignment.pairs if pair[0] != pair[1]] == []
    assert len(alignment.pairs) == 1001
    assert len(alignment.differences) == 50


def test_long_functions_without_landmarks_cost_no_more_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0

    def count(a: Bag, b: Bag) -> float:
        nonlocal compared
        compared += 1
        return bag_similarity(a, b)

    monkeypatch.setattr(pairing, "bag_similarity", count)
    rows = "".join(f"    {('send', 'wait', 'push')[k % 3]}(x, {k % 2})\n" for k in range(3000))
    left = subject_of(f"def f(x):\n    begin(x)\n{rows}")
    right = subject_of(f"def f(x):\n    start(x, 1)\n{rows.replace('send', 'post')}", path="b.py")
    assert align(left, right).aligned_share < 1
    assert compared < 1_000_000


def test_a_recursive_call_is_the_same_on_both_sides() -> None:
    left = subject_of("def walk(n):\n    for c in n.kids:\n        walk(c)\n    return n\n")
    right = subject_of("def visit(n):\n    for c in n.kids:\n        visit(c)\n    return n\n", path="b.py")
    assert align(left, right).differences == ()


def test_the_parent_method_of_another_name_is_another_callee() -> None:
    left = subject_of("class A:\n    def add(self, x):\n        check(x)\n        return super().add(x)\n", "A.add")
    right = subject_of("class B:\n    def cut(self, x):\n        check(x)\n        return super().cut(x)\n", "B.cut")
    assert [d.kind for d in align(left, right).differences] == [DifferenceKind.CALLEE]


def test_texts_of_differences_are_source_texts() -> None:
    found = align(subject_of(BASE), subject_of(edited('split(",")', 'split("é")'), path="b.py")).differences
    assert (found[0].left.text, found[0].right.text) == ('","', '"é"')
    assert found[0].left.line == 6


def test_a_function_is_its_own_clone() -> None:
    verdict = score_pair(subject_of(BASE), subject_of(BASE, path="b.py"), 1.0)
    assert verdict.closeness > 0.99
    assert verdict.score > 0.9
    assert verdict.clone_type == 1


def test_scores_are_close_in_both_directions() -> None:
    other = edited('    log.info("read %s", path)\n', "    count(rows)\n")
    left, right = subject_of(BASE), subject_of(other, path="b.py")
    one, two = score_pair(left, right, 0.9), score_pair(right, left, 0.9)
    assert (one.score, one.closeness) == pytest.approx((two.score, two.closeness), abs=0.02)


@pytest.mark.parametrize("case", load_cases(), ids=lambda case: case.name)
def test_a_pair_is_rejected_early_only_if_it_would_be_rejected(case: Case) -> None:
    left, right = case_subjects(case)
    for similarity in (0.3, 0.9):
        full = score_pair(left, right, similarity)
        cost = sum(map(difference_cost, full.alignment.differences))
        most = most_cost(left, right, pair_units(left, right), similarity)
        assert cost <= most or full.closeness < LEAST_CLOSENESS
        if compare_units(left, right, pair_units(left, right), most) is None:
            assert cost > most
        early = verify_pair(left, right, similarity, 0.0)
        assert early is None or early.closeness == full.closeness >= LEAST_CLOSENESS
        if early is None:
            assert full.closeness < LEAST_CLOSENESS or bag_similarity(left.bag, right.bag) < 0.55


def test_a_pair_of_which_too_little_corresponds_is_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decide, "compare_units", None)
    left, right = subject_of(long_function(20)), subject_of(long_function(46), path="b.py")
    assert bag_similarity(left.bag, right.bag) > 0.55
    assert verify_pair(left, right, -1.0, 0.0) is None
