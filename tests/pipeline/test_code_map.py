"""The map of the code base: what is alike is near, nothing is on top of another, and equal input gives equal places."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from codesim.config import Settings
from codesim.parse import SHAPE_COLUMNS, Outline
from codesim.pipeline import code_map, scan
from codesim.pipeline.code_map import map_code
from codesim.refactor import CandidateKind, Member, RefactoringCandidate, Verdict
from codesim.report import MAP_SIDE, CodeMap, MapPoint
from codesim.source import Fragment, Span, Surroundings
from codesim.store import FileRecord, FragmentRecord

NOTHING = Outline(np.zeros(0, np.uint64), np.zeros(0, np.uint64), np.zeros((0, len(SHAPE_COLUMNS)), np.int32))
CASES = Path(__file__).parents[2] / "fixtures" / "clones" / "type2"


def file_of(path: str, vectors: np.ndarray) -> FileRecord:
    fragments = tuple(
        FragmentRecord(
            Fragment(path, f"f{k}", Span(10 * k + 1, 0, 10 * k + 9, 0)),
            Surroundings(),
            False,
            f"{k}",
            9,
            9,
            vector,
            NOTHING,
            b"",
        )
        for k, vector in enumerate(vectors.astype(np.float32))
    )
    return FileRecord(10 * len(vectors), (), fragments)


def points(drawn: CodeMap) -> list[MapPoint]:
    return [point for file in drawn.files for point in file.points]


def distance(one: MapPoint, other: MapPoint) -> float:
    return float(np.hypot(one.x - other.x, one.y - other.y))


def candidate(path: str, *starts: int) -> RefactoringCandidate:
    members = tuple(Member(path, "f", start, start + 8, ("pass",)) for start in starts)
    return RefactoringCandidate(
        "0", CandidateKind.FUNCTION, 1, 1.0, 1.0, 1, Verdict(True, ()), None, members, (), (), "Merge."
    )


@pytest.fixture
def vectors() -> np.ndarray:
    """Two crowds: 40 around one direction, 40 around another."""
    random = np.random.default_rng(0)
    centres = np.repeat(np.eye(2, 16), 40, axis=0)
    return centres + 0.05 * random.normal(size=(80, 16))


def test_what_is_alike_is_near(vectors: np.ndarray) -> None:
    drawn = points(map_code({"a.py": file_of("a.py", vectors)}, ()))
    same = [distance(drawn[0], other) for other in drawn[1:40]]
    others = [distance(drawn[0], other) for other in drawn[40:]]
    assert np.median(same) < 0.6 * np.median(others)
    assert all(0 <= place <= MAP_SIDE for point in drawn for place in (point.x, point.y))


def test_copies_in_one_place_are_set_apart() -> None:
    vectors = np.repeat(np.eye(3, 8), [5, 1, 1], axis=0)
    drawn = points(map_code({"a.py": file_of("a.py", vectors)}, ()))
    assert len({(point.x, point.y) for point in drawn}) == len(drawn)
    assert max(distance(drawn[0], other) for other in drawn[:5]) < MAP_SIDE / 20


def test_the_order_of_files_changes_nothing(vectors: np.ndarray) -> None:
    records = {name: file_of(name, part) for name, part in zip("abcd", np.split(vectors, 4), strict=True)}
    assert map_code(records, ()) == map_code(dict(reversed(records.items())), ())


def test_of_many_fragments_those_of_candidates_stay(vectors: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_map, "MOST_POINTS", 10)
    drawn = map_code({"a.py": file_of("a.py", vectors)}, (candidate("a.py", 11, 123),))
    assert {"f1", "f12"} <= {point.qualname for point in points(drawn)}
    assert len(points(drawn)) + drawn.left_out == 80
    assert len(points(drawn)) == 12


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_map_of_almost_nothing(count: int) -> None:
    drawn = map_code({"a.py": file_of("a.py", np.eye(4)[:count])}, ())
    assert len(points(drawn)) == count
    assert drawn.files[0].lines == 10 * count


def test_only_a_page_has_a_map() -> None:
    plain = replace(Settings(), cache=False, jobs=1)
    assert scan([CASES], plain, CASES).report.code_map is None
    drawn = scan([CASES], replace(plain, format="html"), CASES).report
    assert drawn.code_map is not None
    assert len(points(drawn.code_map)) == drawn.summary.fragments
