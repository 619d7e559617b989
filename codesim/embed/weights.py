"""The encoder's weights: where they are, whether they are whole, and whether they fit this version of codesim.

In: nothing (the weights shipped with the package) or the path of an ONNX file. Out: `Weights`, the model's bytes with
the record that stands beside it as JSON. The hash is checked before the model is handed to any runtime, and the
feature and graph schema versions must be this package's own: vectors of another schema would be silently wrong.

Source: our own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from codesim.embed.features import FEATURE_VERSION
from codesim.errors import WeightsError
from codesim.graph import SCHEMA_VERSION

MODEL_FILE = "encoder.onnx"
RECORD_FILE = "encoder.json"
INPUT_NAMES = ("kind", "tokens", "edge_index", "edge_kind", "batch", "sizes")
"""The inputs of the model: the fields of `GraphBatch`, in order."""

REINSTALL = "reinstall codesim, or train weights again with `codesim train export`"
RETRAIN = "use the weights of this version of codesim, or train again: `codesim train corpus`, `fit`, `export`"


@dataclass(frozen=True, slots=True)
class WeightsRecord:
    """What `encoder.json` says of the model beside it; `training` holds the summary of the training run."""

    name: str
    sha256: str
    dim: int
    feature_version: int
    schema_version: int
    training: Mapping[str, Any]

    @property
    def version(self) -> str:
        """The name under which vectors of this model may be compared, such as "pdg-gnn-2:ab12cd34"."""
        return f"{self.name}:{self.sha256[:8]}"

    def as_json(self) -> str:
        """Render the record as the text of `encoder.json`."""
        return json.dumps(asdict(self), indent=2, sort_keys=True) + "\n"


@dataclass(frozen=True, slots=True)
class Weights:
    """A model that passed its checks: ONNX bytes and record."""

    model: bytes
    record: WeightsRecord


def load_weights(path: Path | None = None) -> Weights:
    """Read and check weights.

    Args:
        path: an ONNX file with its `.json` record beside it, or the folder of both; None for the shipped weights.

    Returns:
        The model and its record.

    Raises:
        WeightsError: a file is missing or damaged, or the model is of another feature or graph schema version.
    """
    folder: Traversable
    if path is None:
        folder, shown, model_name, record_name = files("codesim.embed") / "weights", "shipped weights", MODEL_FILE, ""
    elif path.is_dir():
        folder, shown, model_name, record_name = path, str(path), MODEL_FILE, ""
    else:
        folder, shown, model_name, record_name = path.parent, str(path), path.name, path.with_suffix(".json").name
    record = _read_record(_read(folder / (record_name or RECORD_FILE), shown), shown)
    model = _read(folder / model_name, shown)
    found = hashlib.sha256(model).hexdigest()
    if found != record.sha256:
        raise WeightsError(
            shown, f"the model's sha256 is {found[:8]}…, its record says {record.sha256[:8]}…; {REINSTALL}"
        )
    for what, theirs, ours in (
        ("feature", record.feature_version, FEATURE_VERSION),
        ("graph schema", record.schema_version, SCHEMA_VERSION),
    ):
        if theirs != ours:
            raise WeightsError(shown, f"made for {what} version {theirs}, this codesim has {ours}; {RETRAIN}")
    return Weights(model, record)


def _read(file: Traversable, shown: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise WeightsError(shown, f"{file.name} cannot be read ({error.strerror}); {REINSTALL}") from error


def _read_record(data: bytes, shown: str) -> WeightsRecord:
    try:
        record = WeightsRecord(**json.loads(data))
    except (ValueError, TypeError) as error:
        raise WeightsError(shown, f"its record is not valid ({error}); {REINSTALL}") from error
    for field, kind in (
        ("name", str),
        ("sha256", str),
        ("dim", int),
        ("feature_version", int),
        ("schema_version", int),
    ):
        if not isinstance(getattr(record, field), kind):
            raise WeightsError(shown, f"its record is not valid ({field} is not {kind.__name__}); {REINSTALL}")
    return record
