"""File records: everything a scan needs to know about a file whose content it has seen before.

In: a `FileRecord`. Out: bytes, and back. A record does not know its file's path, so that two files of one content share
an entry: the path is given on decoding. The bytes are a checksum, a JSON header, the vectors and outlines as raw
little-endian numbers, and the packed trees; nothing in them can run. They may be damaged or forged, so
decoding checks every field; a tree is checked when it is unpacked.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codesim.errors import StoreError
from codesim.parse import SHAPE_COLUMNS, Outline
from codesim.source import Fragment, Mark, Span

Vector = NDArray[np.float32]

_CHECKSUM_BYTES = 16
_LENGTH = struct.Struct("<I")
_OUTLINE = (("exact", "<u8"), ("loose", "<u8"), ("shape", "<i4"))


@dataclass(frozen=True, slots=True)
class FragmentRecord:
    """What is known about one fragment.

    parent: dotted name of its class if it is a method. suppressed: line of the suppress comment that speaks of it, else
    0. canonical_hash: of its graph, in hex. nodes: of the graph.
    substance: how many of its statements do real work (boilerplate has none). vector: (dim,) float32, its embedding.
    outline: its statements' hashes. tree: its canonical tree, packed. These three are left out when records are
    compared.
    """

    fragment: Fragment
    parent: str | None
    suppressed: int
    canonical_hash: str
    nodes: int
    substance: int
    vector: Vector = field(compare=False)
    outline: Outline = field(compare=False)
    tree: bytes = field(compare=False)


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What is known about one file: its number of lines, and its fragments in source order.

    invalid: suppress comments that say nothing valid, in words. marks: the valid ones.
    """

    lines: int
    invalid: tuple[str, ...]
    fragments: tuple[FragmentRecord, ...]
    marks: tuple[Mark, ...] = ()


def encode_file_record(record: FileRecord) -> bytes:
    """Write a record as bytes; the paths of its fragments are left out.

    Args:
        record: all vectors of one length.

    Returns:
        bytes: the same for equal records, on every machine.

    Raises:
        ValueError: the vectors differ in length.
    """
    vectors = [np.asarray(item.vector, dtype="<f4").reshape(-1) for item in record.fragments]
    if len({len(vector) for vector in vectors}) > 1:
        raise ValueError("the vectors of a file's fragments differ in length")
    header = {
        "lines": record.lines,
        "invalid": record.invalid,
        "marks": record.marks,
        "dim": len(vectors[0]) if vectors else 0,
        "fragments": [
            [
                item.fragment.qualname,
                item.fragment.span,
                item.parent,
                item.suppressed,
                item.canonical_hash,
                item.nodes,
                item.substance,
                len(item.outline.exact),
                len(item.tree),
            ]
            for item in record.fragments
        ],
    }
    text = json.dumps(header, separators=(",", ":")).encode()
    trees = [item.tree for item in record.fragments]
    parts = (_LENGTH.pack(len(text)), text, *(vector.tobytes() for vector in vectors), *_outlines(record), *trees)
    payload = b"".join(parts)
    return _checksum(payload) + payload


def decode_file_record(data: bytes, path: str) -> FileRecord:
    """Read a record back.

    Args:
        data: from `encode_file_record`.
        path: the file's path, as shown; the fragments get it.

    Returns:
        FileRecord: equal to the one encoded; the vectors are read-only.

    Raises:
        StoreError: the data is damaged.
    """
    payload = data[_CHECKSUM_BYTES:]
    if len(payload) < _LENGTH.size or data[:_CHECKSUM_BYTES] != _checksum(payload):
        raise StoreError(path, "its cache entry is damaged")
    start = _LENGTH.size + _LENGTH.unpack_from(payload)[0]
    try:
        header = json.loads(payload[_LENGTH.size : start])
        rows, dim = header["fragments"], _whole(header["dim"])
        end = start + 4 * len(rows) * dim
        matrix = np.frombuffer(payload[start:end], dtype="<f4").astype(np.float32).reshape(len(rows), dim)
        if not np.isfinite(matrix).all():
            raise ValueError("a vector is not finite")
        matrix.setflags(write=False)
        counts = [_whole(row[-2]) for row in rows]
        start, end = end, end + (16 + 4 * len(SHAPE_COLUMNS)) * sum(counts)
        outlines = _read_outlines(payload[start:end], counts)
        trees = _read_trees(payload[end:], [_whole(row[-1]) for row in rows])
        items = zip(rows, matrix, outlines, trees, strict=True)
        fragments = tuple(_fragment(row, path, vector, outline, tree) for row, vector, outline, tree in items)
        invalid = tuple(_text(problem) for problem in header["invalid"])
        marks = tuple(Mark(*map(_whole, mark)) for mark in header["marks"])
        return FileRecord(_whole(header["lines"]), invalid, fragments, marks)
    except (KeyError, IndexError, TypeError, ValueError, RecursionError) as error:
        raise StoreError(path, f"its cache entry is damaged: {error}") from None


def _outlines(record: FileRecord) -> Iterator[bytes]:
    """The outlines of a file's fragments, column by column."""
    outlines = [item.outline for item in record.fragments]
    for name, dtype in _OUTLINE:
        yield from (np.asarray(getattr(outline, name), dtype=dtype).tobytes() for outline in outlines)


def _read_outlines(data: bytes, counts: list[int]) -> list[Outline]:
    """The outlines of fragments with so many rows each."""
    total, width = sum(counts), len(SHAPE_COLUMNS)
    hashes = np.frombuffer(data[: 16 * total], dtype="<u8").astype(np.uint64).reshape(2, total)
    shapes = np.frombuffer(data[16 * total :], dtype="<i4").astype(np.int32).reshape(total, width)
    for array in (hashes, shapes):
        array.setflags(write=False)
    out: list[Outline] = []
    start = 0
    for count in counts:
        _check_shape(shapes[start : start + count])
        part = slice(start, start + count)
        out.append(Outline(hashes[0, part], hashes[1, part], shapes[part]))
        start += count
    return out


def _read_trees(data: bytes, sizes: list[int]) -> list[bytes]:
    """The packed trees of fragments, of so many bytes each."""
    if len(data) != sum(sizes):
        raise ValueError("the trees have another length")
    return [data[end - size : end] for size, end in zip(sizes, accumulate(sizes), strict=True)]


def _check_shape(shape: NDArray[np.int32]) -> None:
    """A forged outline must not lead a search out of its bounds: sizes and depths make a tree."""
    if (
        (shape < 0).any()
        or (shape[:, 1] < 1).any()
        or (np.arange(len(shape)) + shape[:, 1] > len(shape)).any()
        or (shape[:, :1][:1] > 0).any()
    ):
        raise ValueError("an outline is out of bounds")


def _fragment(row: Any, path: str, vector: Vector, outline: Outline, tree: bytes) -> FragmentRecord:
    qualname, span, parent, suppressed, canonical_hash, nodes, substance, *_ = row
    lines = outline.shape[:, 3:5]
    if lines.size and not (Span(*span).start_line <= lines.min() and lines.max() <= Span(*span).end_line):
        raise ValueError("an outline is not inside its fragment")
    return FragmentRecord(
        fragment=Fragment(path, _text(qualname), Span(*map(_whole, span))),
        parent=None if parent is None else _text(parent),
        suppressed=_whole(suppressed),
        canonical_hash=_text(canonical_hash),
        nodes=_whole(nodes),
        substance=_whole(substance),
        vector=vector,
        outline=outline,
        tree=tree,
    )


def _whole(value: Any) -> int:
    if type(value) is int and value >= 0:
        return value
    raise ValueError(f"{value!r} is no count")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise ValueError(f"{value!r} is no text")


def _checksum(payload: bytes) -> bytes:
    return hashlib.blake2b(payload, digest_size=_CHECKSUM_BYTES).digest()
