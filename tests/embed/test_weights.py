"""Weights are checked before use: whole, and of this version."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from codesim.embed.weights import MODEL_FILE, RECORD_FILE, WeightsRecord, load_weights
from codesim.errors import WeightsError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shipped = load_weights()
    (tmp_path / MODEL_FILE).write_bytes(shipped.model)
    (tmp_path / RECORD_FILE).write_text(shipped.record.as_json(), encoding="utf-8")
    return tmp_path


def change(folder: Path, **fields: object) -> None:
    record = json.loads((folder / RECORD_FILE).read_text(encoding="utf-8"))
    (folder / RECORD_FILE).write_text(json.dumps(record | fields), encoding="utf-8")


def test_shipped_weights_are_whole_and_small() -> None:
    weights = load_weights()
    assert hashlib.sha256(weights.model).hexdigest() == weights.record.sha256
    assert len(weights.model) <= 5_000_000
    assert weights.record.version == f"{weights.record.name}:{weights.record.sha256[:8]}"


def test_record_survives_its_own_json() -> None:
    record = load_weights().record
    assert WeightsRecord(**json.loads(record.as_json())) == record


def test_folder_and_file_are_the_same(folder: Path) -> None:
    assert load_weights(folder) == load_weights(folder / MODEL_FILE) == load_weights()


def test_record_and_model_may_have_another_name(folder: Path) -> None:
    (folder / MODEL_FILE).rename(folder / "mine.onnx")
    (folder / RECORD_FILE).rename(folder / "mine.json")
    assert load_weights(folder / "mine.onnx").record == load_weights().record


def test_changed_byte_is_refused(folder: Path) -> None:
    data = bytearray((folder / MODEL_FILE).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / MODEL_FILE).write_bytes(data)
    with pytest.raises(WeightsError, match=r"sha256 .* reinstall codesim"):
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


@pytest.mark.parametrize("text", ["{", "[]", "null", "{}", '{"name": 1}'])
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
