"""Weights with a sketch beside the shipped model, for tests; the table is made up."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from pathlib import Path

import numpy as np

from codesim.embed.sketch import SKETCH_VERSION
from codesim.embed.weights import MODEL_FILE, RECORD_FILE, TABLE_FILE, SketchRecord, WeightsRecord, load_weights


def some_table(buckets: int = 256, seed: int = 0) -> np.ndarray:
    """Weights from 1 to 12, as an idf has."""
    return np.random.default_rng(seed).uniform(1, 12, buckets).astype(np.float16)


def npy(table: np.ndarray) -> bytes:
    """The bytes of a file."""
    stream = io.BytesIO()
    np.save(stream, table, allow_pickle=True)  # one test writes what must not be read
    return stream.getvalue()


def sketched_record(data: bytes, width: int = 64, share: float = 0.5, buckets: int = 256) -> WeightsRecord:
    """The record of the shipped model with a sketch whose table is `data`."""
    shipped = load_weights().record
    sketch = SketchRecord(SKETCH_VERSION, width, share, buckets, hashlib.sha256(data).hexdigest())
    return replace(shipped, dim=shipped.learned_dim + width, sketch=sketch)


def write_sketched(folder: Path, data: bytes, record: WeightsRecord) -> Path:
    """Write model, table and record into a folder."""
    (folder / MODEL_FILE).write_bytes(load_weights().model)
    (folder / TABLE_FILE).write_bytes(data)
    (folder / RECORD_FILE).write_text(record.as_json(), encoding="utf-8")
    return folder
