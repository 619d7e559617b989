"""Planted pairs: which, where they are written, and when a tool has found them."""

from __future__ import annotations

import random
from pathlib import Path

from evolution_recall import (
    Planted,
    bucket,
    chosen,
    covered,
    cut_at,
    from_rows,
    from_vendored,
    links,
    reasons,
    write_folder,
)

from codesim.evaluate import Place, Row, make_findings

OLD = "def f(rows):\n    total = 0\n    for row in rows:\n        total += row\n    return total\n"
NEW = OLD.replace("total += row", "total += row.size")
OTHER = "def g(path):\n    with open(path) as stream:\n        return stream.read()\n"
RNG = random.Random(0)  # noqa: S311
ONE, TWO = Place("a.py", 1, 10), Place("b.py", 1, 20)


def test_buckets_of_similarity() -> None:
    assert bucket(OLD, NEW) == "0.9 and up"
    assert bucket(OLD, OTHER) == "below 0.5"
    assert bucket(OLD, OLD + "# a comment\n") == ""
    assert bucket(OLD, "def (") == ""


def test_rows_that_are_planted() -> None:
    rows = [
        Row("1", "1", OLD, "original"),
        Row("2", "1", NEW, "evolution-0.9-1"),
        Row("3", "1", NEW, "type2-rename-all"),
        Row("4", "1", NEW, "type3-edited-insert"),
        Row("5", "gone", NEW, "evolution-0.9-1"),
    ]
    assert [(one.family, one.bucket) for one in from_rows(rows)] == [
        ("evolution", "0.9 and up"),
        ("renamed", "0.9 and up"),
    ]


def test_vendored_functions_pair_by_place(tmp_path: Path) -> None:
    for side, text in (("old", OLD + OTHER), ("new", NEW)):
        (tmp_path / side / "pkg").mkdir(parents=True)
        (tmp_path / side / "pkg" / "m.py").write_text(text, encoding="utf-8")
    assert [one.new.strip() for one in from_vendored(tmp_path / "old/pkg", tmp_path / "new/pkg")] == [NEW.strip()]


def test_no_text_is_planted_twice_and_a_bucket_has_its_limit() -> None:
    def text(name: str) -> str:
        return f"def {name}():\n    return 1\n"

    pairs = [Planted("evolution", "0.9 and up", text(f"f{k}"), text(f"g{k}")) for k in range(5)]
    again = [Planted("renamed", "0.7-0.9", text(f"f{k}"), text("h")) for k in range(5)]
    found = chosen([*pairs, *again, Planted("vendored", "", text("x"), text("y"))], 3, 1, RNG)
    texts = [text for one in found for text in (one.old, one.new)]
    assert len(texts) == len(set(texts))
    assert [one.family for one in found] == ["evolution"] * 3 + ["renamed"]
    assert chosen(pairs, 3, 2, RNG) == []


def test_functions_without_code_are_not_planted() -> None:
    empty = 'def f():\n    """Only says so."""\n'
    assert chosen([Planted("async", "0.7-0.9", empty, OLD)], 3, 1, RNG) == []


def test_each_function_of_a_pair_has_a_file(tmp_path: Path) -> None:
    planted = [Planted("evolution", "0.9 and up", OLD, NEW)]
    distractors = [Row("p/m.py::a", "a", OTHER, "original"), Row("p/m.py::b", "b", OTHER, "original")]
    old, new = write_folder(tmp_path, planted, distractors, RNG)
    assert (tmp_path / old.path).read_text(encoding="utf-8") == OLD
    assert (tmp_path / new.path).read_text(encoding="utf-8") == NEW
    assert (old.start_line, old.end_line) == (1, 5)
    assert len(list(tmp_path.glob("*.py"))) == 3


def test_a_ranking_is_cut_by_the_pairs_that_it_names() -> None:
    third = Place("c.py", 1, 9)
    findings = make_findings("codesim", "p", [[ONE, TWO], [ONE, TWO, third], [TWO, third]])
    assert [len(cut_at(findings, pairs)) for pairs in (0, 1, 3, 4, 5)] == [0, 1, 1, 2, 3]


def test_parts_of_a_pair_count_together() -> None:
    code = {"a.py": frozenset(range(1, 11)), "b.py": frozenset(range(1, 21))}
    parts = [[Place("a.py", 1, 3), Place("b.py", 1, 5)], [Place("a.py", 3, 6), Place("b.py", 8, 13)]]
    assert covered((TWO, ONE), links(make_findings("jscpd", "p", parts)), code)
    assert not covered((TWO, ONE), links(make_findings("jscpd", "p", parts[:1])), code)
    elsewhere = [[ONE, Place("c.py", 1, 9)], [TWO, Place("c.py", 1, 9)]]
    assert not covered((ONE, TWO), links(make_findings("jscpd", "p", elsewhere)), code)


def test_a_docstring_alone_covers_nothing() -> None:
    code = {"a.py": frozenset({8, 9, 10}), "b.py": frozenset({8, 9, 10})}
    found = links(make_findings("jscpd", "p", [[Place("a.py", 1, 8), Place("b.py", 1, 8)]]))
    assert not covered((ONE, TWO), found, code)


def test_what_codesim_says_of_a_missed_pair(tmp_path: Path) -> None:
    planted = [Planted("evolution", "0.9 and up", OLD, NEW), Planted("renamed", "0.7-0.9", OLD, NEW)]
    places = write_folder(tmp_path, planted, [], RNG)
    found = make_findings("codesim", "p", [places[2:]])
    ((name, why),) = reasons(planted, places, found, tmp_path)
    assert name == "evolution, 0.9 and up"
    assert why == "small"
