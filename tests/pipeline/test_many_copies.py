"""Many copies of one function: another copy changes no other candidate, and hundreds cost no square of pairs."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cases import FIXTURES, READER

from codesim.config import Settings
from codesim.pipeline import function_search, scan
from codesim.refactor import RefactoringCandidate

PLAIN = replace(Settings(), cache=False, jobs=1)
OTHERS = (
    "type1/topological_order",
    "type2/merge_ranges",
    "type2/token_bucket_acquire",
    "type3/tree_walk_extra_argument",
)


def candidates(root: Path) -> list[RefactoringCandidate]:
    return list(scan([root], PLAIN, root).report.candidates)


def renamed(number: int) -> str:
    return (
        READER.replace("rows", f"rows_{number}").replace("cells", f"cells_{number}").replace("load", f"load_{number}")
    )


@pytest.mark.parametrize("literals", [False, True], ids=["renamed", "renamed, and another literal"])
def test_the_tenth_copy_changes_no_other_candidate(tmp_path: Path, literals: bool) -> None:
    for name in OTHERS:
        shutil.copytree(FIXTURES / "clones" / name, tmp_path / name)
    family = tmp_path / "family"
    family.mkdir()
    for number in range(10):
        text = renamed(number).replace("limit=10", f"limit={number}") if literals else renamed(number)
        (family / f"copy_{number}.py").write_text(text, encoding="utf-8")
    ten = candidates(tmp_path)
    (family / "copy_9.py").unlink()
    nine = candidates(tmp_path)
    sizes = [{len(c.members) for c in found if c.members[0].path.count("family")} for found in (nine, ten)]
    assert sizes == [{9}, {10}]
    rest = [[c for c in found if not c.members[0].path.count("family")] for found in (nine, ten)]
    assert rest[0] == rest[1]
    assert len(rest[0]) == len(OTHERS)


def test_hundreds_of_near_copies_are_one_candidate_without_all_pairs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 200
    pairs = 0
    closeness = function_search._closeness

    def counted(*pair: Any) -> object:
        nonlocal pairs
        pairs += 1
        return closeness(*pair)

    monkeypatch.setattr(function_search, "_closeness", counted)
    texts = [renamed(k).replace('","', f'"{k}"').replace("limit=10", f"limit={k}") for k in range(count)]
    (tmp_path / "many.py").write_text("\n".join(texts), encoding="utf-8")
    (found,) = candidates(tmp_path)
    assert len(found.members) == count
    assert pairs < 3 * PLAIN.neighbours * count  # retrieved, and those with a class's first members; all: 19,900
