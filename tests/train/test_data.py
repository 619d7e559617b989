"""`codesim train data`: what each command writes, from packages small enough to read."""

from __future__ import annotations

import ast
import json
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner

from codesim.cli.train_data import command
from codesim.evaluate import read_data
from codesim.train.evolution import bucket_of, token_similarity, tokens_of
from codesim.train.pairs import KINDS, clone_type
from codesim.train.transforms.layout import relayout

OLD = '''
def total_price(items, tax):
    """Add up what the items of a cart cost."""
    total = 0
    for item in items:
        if item.amount > 0:
            total += item.price * item.amount
    return total * tax


class Client:
    def fetch_pages(client, first, last):
        pages = []
        for number in range(first, last):
            page = client.get(number)
            if page is not None:
                pages.append(page.text)
        return pages


class AsyncClient:
    async def fetch_pages(client, first, last):
        pages = []
        for number in range(first, last):
            page = await client.get(number)
            if page is not None:
                pages.append(page.text)
        return pages


def same_as_ever(names):
    found = {}
    for name in names:
        if name:
            found[name] = len(name)
    return found


async def async_load_rows(path, wanted):
    rows = []
    async with connect(path) as source:
        async for row in source:
            if row.kind in wanted:
                rows.append(row)
    return rows


def load_rows(path, wanted):
    rows = []
    with connect(path) as source:
        for row in source:
            if row.kind in wanted:
                rows.append(row)
    return rows
'''
NEW = OLD.replace("item.price * item.amount", "round(item.price * item.amount, 2)").replace(
    "return pages\n", "return [text for text in pages[::-1] if text] or None\n", 1
)
OTHER = '''
def _total_price(items, tax=None):
    """What all items of the cart cost, added up."""
    cost = sum(item.price for item in items)
    if tax is not None:
        cost *= tax
    return cost + shipping(items)


def load_rows(path, wanted):
    with open(path) as stream:
        table = csv.reader(stream)
        return [row for row in table if row and row[0] in wanted]
'''


def package(folder: Path, name: str, text: str) -> Path:
    place = folder / name
    place.mkdir(parents=True)
    (place / "shop.py").write_text(text, encoding="utf-8")
    return place


def written(tmp_path: Path, *arguments: str | Path) -> list[dict[str, str]]:
    out = tmp_path / "out.jsonl"
    done = CliRunner().invoke(command, [str(argument) for argument in (*arguments, "--out", out)])
    assert done.exit_code == 0, done.output
    text = out.read_text(encoding="utf-8")
    assert read_data(text.splitlines(), "out.jsonl")  # `codesim evaluate` takes it
    again = CliRunner().invoke(command, [str(argument) for argument in (*arguments, "--out", out)])
    assert again.output == done.output
    assert out.read_text(encoding="utf-8") == text
    return [json.loads(line) for line in text.splitlines()]


def test_transformed(tmp_path: Path) -> None:
    rows = written(tmp_path, "transformed", package(tmp_path, "shop", OLD), "--functions", "9", "--per-kind", "1")
    kinds = Counter(row["kind"] for row in rows)
    assert kinds["original"] == 6
    assert kinds.total() == 12
    assert max(count for kind, count in kinds.items() if kind != "original") == 1
    texts = {row["group"]: row["source"] for row in rows if row["kind"] == "original"}
    assert all(row["source"] != texts[row["group"]] for row in rows if row["kind"] != "original")


def test_clone_types_of_kinds() -> None:
    types = {kind: clone_type(kind) for kind in KINDS}
    assert set(types.values()) == {1, 2, 3, 4}
    assert [kind for kind, number in types.items() if number == 1] == ["layout"]
    assert {kind for kind, number in types.items() if number == 2} == {"rename-all", "rename-locals", "edited-literals"}
    assert types["edited-insert"] == types["insert-logging"] == 3
    assert types["return-to-result"] == types["composed"] == 4


def test_evolution(tmp_path: Path) -> None:
    old, new = package(tmp_path / "1", "shop", OLD), package(tmp_path / "2", "shop", NEW)
    rows = written(tmp_path, "evolution", "--release", old, new, package(tmp_path, "other", OTHER))
    queries = [row for row in rows if row["kind"] != "original"]
    assert {row["group"] for row in queries} == {"shop/shop.py::total_price", "shop/shop.py::Client.fetch_pages"}
    assert {row["kind"] for row in queries} == {"evolution-0.7-0.9", "evolution-0.9-1"}
    originals = {row["group"]: row["source"] for row in rows if row["kind"] == "original"}
    assert len(originals) == 8
    assert "other/shop.py::_total_price" in originals
    for row in queries:
        ratio = token_similarity(tokens_of(row["source"]), tokens_of(originals[row["group"]]))
        assert row["kind"] == f"evolution-{bucket_of(ratio)}"


def test_evolution_keeps_what_is_asked_for_when_originals_are_few(tmp_path: Path) -> None:
    old, new = package(tmp_path / "1", "shop", OLD), package(tmp_path / "2", "shop", NEW)
    rows = written(tmp_path, "evolution", "--release", old, new, "--originals", "2")
    originals = {row["group"] for row in rows if row["kind"] == "original"}
    assert originals == {row["group"] for row in rows if row["kind"] != "original"}


@pytest.mark.parametrize(
    ("ratio", "bucket"), [(0.29, ""), (0.3, "0.3-0.5"), (0.5, "0.5-0.7"), (0.89, "0.7-0.9"), (0.99, "0.9-1"), (1.0, "")]
)
def test_buckets(ratio: float, bucket: str) -> None:
    assert bucket_of(ratio) == bucket


def test_comments_and_layout_do_not_count_as_evolution() -> None:
    first, second = "def f(x):\n    return x  # old\n", "def f(x):\n\n  # new\n  return x\n"
    assert token_similarity(tokens_of(first), tokens_of(second)) == 1.0


def test_weak_pairs(tmp_path: Path) -> None:
    rows = written(tmp_path, "weak", package(tmp_path, "shop", OLD), package(tmp_path, "other", OTHER))
    assert {(row["kind"], row["group"]) for row in rows} == {
        ("weak-docstring", "total_price"),
        ("weak-signature", "load_rows"),
    }


def test_copies_and_one_package_give_no_weak_pairs(tmp_path: Path) -> None:
    copied = package(tmp_path, "copied", OLD.replace("found", "kept"))
    out = tmp_path / "out.jsonl"
    for folders in ((package(tmp_path, "shop", OLD),), (tmp_path / "shop", copied)):
        done = CliRunner().invoke(command, ["weak", *(str(folder) for folder in folders), "--out", str(out)])
        assert done.exit_code == 0
        assert not any("same_as_ever" in line for line in out.read_text().splitlines())
    assert CliRunner().invoke(command, ["weak", str(copied), "--out", str(out)]).exit_code == 0
    assert out.read_text() == ""


def test_twins(tmp_path: Path) -> None:
    rows = written(tmp_path, "twins", package(tmp_path, "shop", OLD))
    assert len(rows) == 2
    assert all("async def" in row["b"] and "async" not in row["a"] for row in rows)
    assert {row["group"] for row in rows} == {"shop/shop.py::load_rows", "shop/shop.py::Client.fetch_pages"}


GUARDED = """
def read_entries(path, limit):
    entries = []
    with open(path) as stream:
        for line in stream:
            if len(line) > limit:
                raise ValueError(line)
            entries.append(line.strip().split(","))
    log_count("read", len(entries))
    return entries[1:]


def longest_name(people, known):
    best = ""
    for person in people:
        name = person.name.strip()
        if name in known and len(name) >= len(best):
            best = name
    return best or known.default
"""


def test_judgements(tmp_path: Path) -> None:
    folders = [package(tmp_path, "one", OLD), package(tmp_path, "two", GUARDED)]
    case = tmp_path / "cases" / "added"
    case.mkdir(parents=True)
    (case / "a.py").write_text("def f(a):\n    return a + 1\n", encoding="utf-8")
    (case / "b.py").write_text("class C:\n    def g(b):\n        return b + 1\n", encoding="utf-8")
    (case / "case.toml").write_text('type = 2\na = "a.py::f"\nb = "b.py::C.g"\n', encoding="utf-8")
    rows = written(tmp_path, "judgements", *folders, "--cases", tmp_path / "cases")
    assert (rows[0]["kind"], rows[0]["label"], rows[0]["b"]) == ("type2", 1, "def g(b):\n    return b + 1")
    labels: dict[str, set[int]] = {}
    for row in rows[1:]:
        labels.setdefault(row["kind"].partition("/")[0], set()).add(int(row["label"]))
        ast.parse(row["b"])
        assert row["a"] != row["b"]
        assert row["group"].partition("/")[0] in {"one", "two"}
    assert labels["neighbour"] == labels["operator"] == {0}
    assert labels["twin"] == {1}
    assert all(len(found) == 1 for found in labels.values())


def test_relayout_changes_layout_only() -> None:
    source = ast.unparse(
        ast.parse('def f(a, b):\n    """Doc\n\n      two.\n    """\n    if a:\n        return g(a, b, [1, 2])')
    )
    made = {text for seed in range(20) if (text := relayout(source, Random(seed)))}  # noqa: S311
    assert len(made) > 10
    assert any("#" in text for text in made)
    assert source not in made
    assert {ast.dump(ast.parse(text)) for text in made} == {ast.dump(ast.parse(source))}
