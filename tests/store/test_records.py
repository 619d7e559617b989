"""File records: there and back, and what damaged bytes are answered with."""

from __future__ import annotations

import ast
import json
import struct

import numpy as np
import pytest

from codesim.errors import StoreError
from codesim.parse import outline, pack_tree, parse_function
from codesim.source import Captured, Fragment, Mark, Span, Surroundings
from codesim.store import FileRecord, FragmentRecord, decode_file_record, decode_file_records, encode_file_record

TREE = ast.parse("def f(a):\n    if a:\n        a = [one for one in a if one > 2]\n    return a\n").body[0]
assert isinstance(TREE, ast.FunctionDef)
FUNCTION = parse_function(TREE)
INSIDE = Surroundings(captured=(Captured("maß", "außen"), Captured("rest", "außen#2.innen")))


def record(count: int = 2, dim: int = 4, path: str = "a.py") -> FileRecord:
    random = np.random.default_rng(0)
    fragments = tuple(
        FragmentRecord(
            fragment=Fragment(path, f"Klasse.größe{number}", Span(1, 4, number + 9, 80)),
            surroundings=Surroundings("Klasse", ("basis.Größe",)) if number % 2 else INSIDE,
            suppressed=number % 2,
            canonical_hash=f"{number:064x}",
            nodes=30 + number,
            substance=7,
            vector=random.standard_normal(dim).astype(np.float32),
            outline=outline(FUNCTION),
            tree=pack_tree(FUNCTION),
        )
        for number in range(count)
    )
    return FileRecord(120, ("a.py:3: names no code",), fragments, (Mark(7, 8, 8), Mark(20, 20, 31)))


@pytest.mark.parametrize("count", [0, 1, 5])
def test_there_and_back(count: int) -> None:
    before = record(count)
    after = decode_file_record(encode_file_record(before), "a.py")
    assert after == before
    for old, new in zip(before.fragments, after.fragments, strict=True):
        np.testing.assert_array_equal(new.vector, old.vector, strict=True)
        assert not new.vector.flags.writeable
        for name in ("exact", "loose", "shape"):
            np.testing.assert_array_equal(getattr(new.outline, name), getattr(old.outline, name), strict=True)
            assert not getattr(new.outline, name).flags.writeable
        assert new.tree == old.tree


def test_one_content_at_two_paths_shares_its_bytes() -> None:
    assert encode_file_record(record(path="a.py")) == encode_file_record(record(path="b/c.py"))
    assert decode_file_record(encode_file_record(record(path="a.py")), "b/c.py") == record(path="b/c.py")


def same(one: FileRecord, other: FileRecord) -> bool:
    return one == other and encode_file_record(one) == encode_file_record(other)


def test_many_at_once_are_those_read_one_by_one() -> None:
    data = {f"{count}.py": encode_file_record(record(count)) for count in (3, 0, 1, 5)}
    found = decode_file_records(data)
    assert list(found) == list(data)
    assert all(same(found[path], decode_file_record(one, path)) for path, one in data.items())
    assert found["5.py"] == record(5, path="5.py")
    assert decode_file_records({}) == {}


@pytest.mark.parametrize("broken", [b"", encode_file_record(record())[:-1], encode_file_record(record(dim=5))])
def test_a_damaged_one_among_many_costs_only_itself(broken: bytes) -> None:
    good = encode_file_record(record(2))
    found = decode_file_records({"a.py": good, "b.py": broken, "c.py": good})
    assert {"a.py", "c.py"} <= set(found)
    assert ("b.py" in found) == (len(broken) > len(good))
    assert all(same(found[path], decode_file_record(good, path)) for path in ("a.py", "c.py"))


def test_vectors_of_one_length() -> None:
    mixed = FileRecord(1, (), (*record(1, dim=4).fragments, *record(1, dim=5).fragments))
    with pytest.raises(ValueError, match="differ in length"):
        encode_file_record(mixed)


def test_every_shortening_is_noticed() -> None:
    data = encode_file_record(record(1, 2))
    for length in range(len(data)):
        with pytest.raises(StoreError, match="damaged"):
            decode_file_record(data[:length], "a.py")


def forged(header: object, tail: bytes = b"") -> bytes:
    """Bytes as an attacker would make them."""
    text = json.dumps(header).encode()
    return struct.pack("<I", len(text)) + text + tail


GOOD = ["f", [1, 0, 2, 0], [None, [], []], 0, "00", 3, 4, 0, 0]


def test_the_forgery_itself_is_well_made() -> None:
    data = forged({"lines": 1, "invalid": [], "marks": [], "dim": 1, "fragments": [GOOD]}, struct.pack("<f", 1.0))
    assert decode_file_record(data, "a.py").fragments[0].nodes == 3


@pytest.mark.parametrize(
    "header",
    [
        [],
        {},
        {"lines": 1, "invalid": [], "marks": [], "dim": 1, "fragments": [[*GOOD[:5], "3", 4, 0, 0]]},
        {"lines": 1, "invalid": [], "marks": [], "dim": 1, "fragments": [GOOD[:8]]},
        {"lines": 1, "invalid": [], "marks": [], "dim": 1, "fragments": [[*GOOD[:2], None, *GOOD[3:]]]},
        {"lines": 1, "invalid": [], "marks": [], "dim": 1, "fragments": [[*GOOD[:2], [1, [], []], *GOOD[3:]]]},
        {"lines": 1, "invalid": [], "marks": [], "dim": 1, "fragments": [[*GOOD[:2], ["C", [1], []], *GOOD[3:]]]},
        {"lines": 1, "invalid": [], "marks": [], "dim": 1, "fragments": [[*GOOD[:2], ["C", [], ["x"]], *GOOD[3:]]]},
        {
            "lines": 1,
            "invalid": [],
            "marks": [],
            "dim": 1,
            "fragments": [[*GOOD[:2], ["C", [], [["x", 1]]], *GOOD[3:]]],
        },
        {"lines": 1, "invalid": [], "marks": [], "dim": 1, "fragments": [["f", [1, 0, 2], *GOOD[2:]]]},
        {"lines": 1, "invalid": [], "marks": [], "dim": 1, "fragments": [[None, *GOOD[1:]]]},
        {"lines": 1, "invalid": [], "marks": [], "dim": 2, "fragments": [GOOD]},
        {"lines": 1, "invalid": [], "marks": [], "dim": -1, "fragments": [GOOD]},
        {"lines": True, "invalid": [], "marks": [], "dim": 1, "fragments": [GOOD]},
        {"lines": -1, "invalid": [], "marks": [], "dim": 1, "fragments": [GOOD]},
        {"lines": 1, "invalid": [1], "marks": [], "dim": 1, "fragments": [GOOD]},
        {"lines": 1, "invalid": [], "marks": [[1, 1]], "dim": 1, "fragments": [GOOD]},
        {"lines": 1, "invalid": [], "marks": [[1, 1, -1]], "dim": 1, "fragments": [GOOD]},
        {"lines": 1, "invalid": [], "marks": [], "dim": 1, "fragments": "x"},
        {"lines": 1, "invalid": [], "marks": [], "dim": 1, "fragments": [[*GOOD[:7], 1, 0]]},
        {"lines": 1, "invalid": [], "marks": [], "dim": 1, "fragments": [[*GOOD[:7], -1, 0]]},
        {"lines": 1, "invalid": [], "marks": [], "dim": 1, "fragments": [[*GOOD[:8], 1]]},
        {"lines": 1, "invalid": [], "marks": [], "dim": 1, "fragments": [[*GOOD[:8], -1]]},
    ],
)
def test_a_forged_header_is_refused(header: object) -> None:
    with pytest.raises(StoreError, match="damaged"):
        decode_file_record(forged(header, struct.pack("<f", 1.0)), "a.py")


def test_a_vector_that_is_not_finite_is_refused() -> None:
    data = forged(
        {"lines": 1, "invalid": [], "marks": [], "dim": 1, "fragments": [GOOD]}, struct.pack("<f", float("nan"))
    )
    with pytest.raises(StoreError, match="not finite"):
        decode_file_record(data, "a.py")


@pytest.mark.parametrize(
    "rows",
    [
        [[0, 3, 1, 1, 2, 1, 0], [1, 1, 1, 2, 2, 1, 0]],  # more inside than there is
        [[0, 0, 1, 1, 2, 1, 0], [1, 1, 1, 2, 2, 1, 0]],  # less than itself
        [[1, 1, 1, 1, 2, 1, 0], [1, 1, 1, 2, 2, 1, 0]],  # nothing around it
        [[0, 1, 1, 1, 2, 1, 0], [0, 1, -1, 2, 2, 1, 0]],
        [[0, 1, 1, 1, 2, 1, 0], [0, 1, 1, 2, 3, 1, 0]],  # below the fragment
    ],
)
def test_an_outline_out_of_bounds_is_refused(rows: list[list[int]]) -> None:
    good = [[0, 2, 1, 1, 2, 1, 0], [1, 1, 1, 2, 2, 1, 0]]
    for shape, is_good in ((good, True), (rows, False)):
        tail = struct.pack("<f", 1.0) + bytes(2 * 16) + np.array(shape, dtype="<i4").tobytes()
        data = forged({"lines": 2, "invalid": [], "marks": [], "dim": 1, "fragments": [[*GOOD[:7], 2, 0]]}, tail)
        if is_good:
            assert len(decode_file_record(data, "a.py").fragments[0].outline.exact) == 2
        else:
            with pytest.raises(StoreError, match="damaged"):
                decode_file_record(data, "a.py")
