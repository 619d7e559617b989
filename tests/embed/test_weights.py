"""Weights are checked before use: whole, and of this version."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from embed.sketched import npy, sketched_record, some_table, write_sketched

from codesim.embed.weights import MODEL_FILE, RECORD_FILE, TABLE_FILE, WeightsRecord, load_weights
from codesim.errors import WeightsError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shipped = load_weights()
    (tmp_path / MODEL_FILE).write_bytes(shipped.model)
    (tmp_path / RECORD_FILE).write_text(shipped.record.as_json(), encoding="utf-8")
    if shipped.table is not None:
        (tmp_path / TABLE_FILE).write_bytes(npy(shipped.table))
    return tmp_path


@pytest.fixture
def sketched(tmp_path: Path) -> Path:
    data = npy(some_table())
    return write_sketched(tmp_path, data, sketched_record(data))


def change(folder: Path, **fields: object) -> None:
    record = json.loads((folder / RECORD_FILE).read_text(encoding="utf-8"))
    (folder / RECORD_FILE).write_text(json.dumps(record | fields), encoding="utf-8")


def test_shipped_weights_are_whole_and_small() -> None:
    weights = load_weights()
    assert hashlib.sha256(weights.model).hexdigest() == weights.record.sha256
    assert len(weights.model) <= 5_000_000
    assert (weights.table is None) == (weights.record.sketch is None)


def test_record_survives_its_own_json() -> None:
    for record in (load_weights().record, sketched_record(b"")):
        assert WeightsRecord.from_json(record.as_json()) == record


def test_record_from_before_there_were_sketches(folder: Path) -> None:
    record = replace(load_weights().record, dim=load_weights().record.learned_dim, sketch=None)
    fields = json.loads(record.as_json())
    del fields["sketch"]
    (folder / RECORD_FILE).write_text(json.dumps(fields), encoding="utf-8")
    weights = load_weights(folder)
    assert weights.record == record
    assert weights.table is None
    assert weights.record.learned_dim == weights.record.dim


def test_folder_and_file_are_the_same(folder: Path) -> None:
    assert load_weights(folder) == load_weights(folder / MODEL_FILE) == load_weights()


def test_table_of_the_sketch_is_read(sketched: Path) -> None:
    weights = load_weights(sketched)
    assert weights.table is not None
    np.testing.assert_array_equal(weights.table, some_table())
    assert weights.record.dim == weights.record.learned_dim + 64


def test_changed_table_is_refused(sketched: Path) -> None:
    data = bytearray((sketched / TABLE_FILE).read_bytes())
    data[-1] ^= 1
    (sketched / TABLE_FILE).write_bytes(data)
    with pytest.raises(WeightsError, match=r"sha256 of sketch.npy .* reinstall codesim"):
        load_weights(sketched)


def test_missing_table_is_named(sketched: Path) -> None:
    (sketched / TABLE_FILE).unlink()
    with pytest.raises(WeightsError, match=TABLE_FILE):
        load_weights(sketched)


NO_TABLES = {
    "short": (npy(some_table(128)), "does not hold 256 float16"),
    "wide": (npy(some_table().reshape(16, 16)), "does not hold 256 float16"),
    "double": (npy(some_table().astype(np.float64)), "does not hold 256 float16"),
    "objects": (npy(np.array([print] * 256)), "is no table"),
    "zeros": (npy(np.zeros(256, np.float16)), "no weights"),
    "infinite": (npy(np.full(256, np.inf, np.float16)), "no weights"),
    "text": (b"not a table", "is no table"),
    "nothing": (b"", "is no table"),
}


@pytest.mark.parametrize(("data", "problem"), NO_TABLES.values(), ids=NO_TABLES)
def test_whole_file_that_is_no_table_is_refused(tmp_path: Path, data: bytes, problem: str) -> None:
    with pytest.raises(WeightsError, match=problem):
        load_weights(write_sketched(tmp_path, data, sketched_record(data)))


@pytest.mark.parametrize(
    ("width", "buckets", "named"),
    [(48, 256, "width"), (2048, 256, "width"), (64, 3, "buckets"), (64, 1 << 17, "bucket")],
)
def test_sizes_that_cannot_be_hashed_are_refused(tmp_path: Path, width: int, buckets: int, named: str) -> None:
    data = npy(some_table(buckets))
    with pytest.raises(WeightsError, match=f"{named}.* is no power of two"):
        load_weights(write_sketched(tmp_path, data, sketched_record(data, width, 0.5, buckets)))


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("width", "64", "width is not int"),
        ("share", None, "share is not float"),
        ("share", 1.0, "leaves nothing to the learned part"),
        ("width", 10_000, "leaves nothing to the learned part"),
        ("other", 1, "unexpected keyword"),
        ("version", 999, "made for sketch version 999.*train again"),
    ],
)
def test_damaged_record_of_a_sketch_is_refused(sketched: Path, field: str, value: object, problem: str) -> None:
    fields = json.loads((sketched / RECORD_FILE).read_text(encoding="utf-8"))
    change(sketched, sketch=fields["sketch"] | {field: value})
    with pytest.raises(WeightsError, match=problem):
        load_weights(sketched)


def test_record_and_model_may_have_another_name(folder: Path) -> None:
    (folder / MODEL_FILE).rename(folder / "mine.onnx")
    (folder / RECORD_FILE).rename(folder / "mine.json")
    assert load_weights(folder / "mine.onnx").record == load_weights().record


def test_changed_byte_is_refused(folder: Path) -> None:
    data = bytearray((folder / MODEL_FILE).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / MODEL_FILE).write_bytes(data)
    with pytest.raises(WeightsError, match=r"sha256 of encoder.onnx .* reinstall codesim"):
        load_weights(folder)


@pytest.mark.parametrize(("field", "named"), [("feature_version", "feature"), ("schema_version", "graph schema")])
def test_other_version_is_refused(folder: Path, field: str, named: str) -> None:
    change(folder, **{field: 999})
    with pytest.raises(WeightsError, match=f"made for {named} version 999.*train again"):
        load_weights(folder)


@pytest.mark.parametrize("name", [MODEL_FILE, RECORD_FILE])
def test_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(WeightsError, match=name):
        load_weights(folder)


@pytest.mark.parametrize("text", ["{", "[]", "null", "{}", '{"name": 1}', '{"sketch": 3}'])
def test_damaged_record_is_refused(folder: Path, text: str) -> None:
    (folder / RECORD_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(WeightsError, match="record is not valid"):
        load_weights(folder)


def test_wrong_type_in_record_is_refused(folder: Path) -> None:
    change(folder, dim="128")
    with pytest.raises(WeightsError, match="dim is not int"):
        load_weights(folder)


def test_model_card_is_about_these_weights() -> None:
    card = (Path(load_weights.__code__.co_filename).parent / "weights" / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert load_weights().record.version in card
