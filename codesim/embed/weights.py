"""The encoder's weights: where they are, whether they are whole, and whether they fit this version of codesim.

In: nothing (the weights shipped with the package) or the path of an ONNX file. Out: `Weights`: the model's bytes, the
record that stands beside it as JSON, and the table of the sketch if the record has one. Hashes are checked before
anything is read or run, and the versions of features, graphs and sketch must be this package's own: vectors of another
version would be silently wrong.

Source: our own.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from codesim.embed.features import FEATURE_VERSION
from codesim.embed.sketch import MOST_BUCKETS, MOST_WIDTH, SKETCH_VERSION
from codesim.errors import WeightsError
from codesim.graph import SCHEMA_VERSION

if TYPE_CHECKING:
    from numpy.typing import NDArray

MODEL_FILE = "encoder.onnx"
RECORD_FILE = "encoder.json"
TABLE_FILE = "sketch.npy"
INPUT_NAMES = ("kind", "tokens", "edge_index", "edge_kind", "batch", "sizes")
"""The inputs of the model: the fields of `GraphBatch`, in order."""

REINSTALL = "reinstall codesim, or train weights again with `codesim train export`"
RETRAIN = "use the weights of this version of codesim, or train again: `codesim train corpus`, `fit`, `export`"

_TYPES = {"name": str, "sha256": str, "dim": int, "feature_version": int, "schema_version": int, "purpose_dim": int}


@dataclass(frozen=True, slots=True)
class SketchRecord:
    """What `encoder.json` says of the sketch: `share` is its part of a cosine, `sha256` that of the table's file."""

    version: int
    width: int
    share: float
    buckets: int
    sha256: str


@dataclass(frozen=True, slots=True)
class WeightsRecord:
    """What `encoder.json` says of the model beside it; `training` holds the summary of the training run.

    dim: the width of a vector, the learned part first and then the sketch. sketch: None where all of it is learned.
    purpose_dim: how many of the learned numbers are for purpose, before those for behaviour; 0 where there is one part.
    """

    name: str
    sha256: str
    dim: int
    feature_version: int
    schema_version: int
    training: Mapping[str, Any]
    sketch: SketchRecord | None = None
    purpose_dim: int = 0

    @property
    def learned_dim(self) -> int:
        """The width of the learned part of a vector."""
        return self.dim - (self.sketch.width if self.sketch else 0)

    @property
    def version(self) -> str:
        """The name under which vectors of these weights may be compared, such as "pdg-gnn-3:ab12cd34"."""
        digest = self.sha256
        if self.sketch is not None:
            parts = json.dumps([self.sha256, asdict(self.sketch)], sort_keys=True)
            digest = hashlib.sha256(parts.encode()).hexdigest()
        return f"{self.name}:{digest[:8]}"

    def as_json(self) -> str:
        """Render the record as the text of `encoder.json`."""
        return json.dumps(asdict(self), indent=2, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, data: bytes | str) -> WeightsRecord:
        """Read what `as_json` wrote, or what was written before there were sketches.

        Raises:
            ValueError: it is no record; the message says why.
        """
        try:
            fields = json.loads(data)
            sketch = SketchRecord(**fields["sketch"]) if fields.get("sketch") is not None else None
            record = cls(**(fields | {"sketch": sketch}))
        except (ValueError, TypeError, AttributeError) as error:
            raise ValueError(str(error)) from error
        _check_types(record, _TYPES)
        if sketch is not None:
            _check_types(sketch, {"version": int, "width": int, "share": float, "buckets": int, "sha256": str})
            if not (0 < sketch.share < 1 and record.learned_dim > 0):
                raise ValueError("the sketch leaves nothing to the learned part")
        return record


@dataclass(frozen=True, slots=True)
class Weights:
    """A model that passed its checks: ONNX bytes, record, and the sketch's table, (buckets,) float16."""

    model: bytes
    record: WeightsRecord
    table: NDArray[np.float16] | None = field(default=None, compare=False)  # the record has its hash


def load_weights(path: Path | None = None) -> Weights:
    """Read and check weights.

    Args:
        path: an ONNX file with its `.json` record and any `sketch.npy` beside it, or their folder; None for the shipped
            weights.

    Returns:
        The model, its record and the sketch's table.

    Raises:
        WeightsError: a file is missing or damaged, or of another feature, graph schema or sketch version.
    """
    folder: Traversable
    if path is None:
        folder, shown, model_name, record_name = files("codesim.embed") / "weights", "shipped weights", MODEL_FILE, ""
    elif path.is_dir():
        folder, shown, model_name, record_name = path, str(path), MODEL_FILE, ""
    else:
        folder, shown, model_name, record_name = path.parent, str(path), path.name, path.with_suffix(".json").name
    record = _read_record(_read(folder / (record_name or RECORD_FILE), shown), shown)
    model = _read_whole(folder / model_name, record.sha256, shown)
    versions = [
        ("feature", record.feature_version, FEATURE_VERSION),
        ("graph schema", record.schema_version, SCHEMA_VERSION),
    ]
    if record.sketch is not None:
        versions.append(("sketch", record.sketch.version, SKETCH_VERSION))
    for what, theirs, ours in versions:
        if theirs != ours:
            raise WeightsError(shown, f"made for {what} version {theirs}, this codesim has {ours}; {RETRAIN}")
    if record.sketch is None:
        return Weights(model, record)
    table = _read_whole(folder / TABLE_FILE, record.sketch.sha256, shown)
    return Weights(model, record, _table(table, record.sketch, shown))


def shipped_record() -> WeightsRecord:
    """Read what the shipped weights' record says, without the weights.

    Raises:
        WeightsError: it is missing or damaged.
    """
    shown = "shipped weights"
    return _read_record(_read(files("codesim.embed") / "weights" / RECORD_FILE, shown), shown)


def _read(file: Traversable, shown: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise WeightsError(shown, f"{file.name} cannot be read ({error.strerror}); {REINSTALL}") from error


def _read_whole(file: Traversable, sha256: str, shown: str) -> bytes:
    data = _read(file, shown)
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise WeightsError(
            shown, f"the sha256 of {file.name} is {found[:8]}…, its record says {sha256[:8]}…; {REINSTALL}"
        )
    return data


def _read_record(data: bytes, shown: str) -> WeightsRecord:
    try:
        return WeightsRecord.from_json(data)
    except ValueError as error:
        raise WeightsError(shown, f"its record is not valid ({error}); {REINSTALL}") from error


def _check_types(record: WeightsRecord | SketchRecord, kinds: Mapping[str, type]) -> None:
    for name, kind in kinds.items():
        if not isinstance(getattr(record, name), kind):
            raise ValueError(f"{name} is not {kind.__name__}")


def _table(data: bytes, record: SketchRecord, shown: str) -> NDArray[np.float16]:
    """The table of a sketch, if it is one: finite float16, as many as the record says, and sizes that can be hashed."""
    try:
        table = np.load(io.BytesIO(data), allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise WeightsError(shown, f"{TABLE_FILE} is no table ({error}); {REINSTALL}") from error
    if not (isinstance(table, np.ndarray) and table.dtype == np.float16 and table.shape == (record.buckets,)):
        raise WeightsError(shown, f"{TABLE_FILE} does not hold {record.buckets} float16 numbers; {REINSTALL}")
    if not (np.isfinite(table).all() and (table > 0).all()):
        raise WeightsError(shown, f"{TABLE_FILE} holds numbers that are no weights; {REINSTALL}")
    for what, size, most in (("buckets", record.buckets, MOST_BUCKETS), ("width", record.width, MOST_WIDTH)):
        if not 2 <= size <= most or size & (size - 1):
            raise WeightsError(shown, f"the sketch's {what}, {size}, is no power of two from 2 to {most}; {REINSTALL}")
    return table
