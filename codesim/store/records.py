"""File records: everything a scan needs to know about a file whose content it has seen before.

In: a `FileRecord`. Out: bytes, and back. A record does not know its file's path, so that two files of one content share
an entry: the path is given on decoding. The bytes are a JSON header, the vectors and outlines as raw little-endian
numbers, and the packed trees; nothing in them can run. The cache notices damage, but they may be forged, so decoding
checks every field; a tree is checked when it is unpacked.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import accumulate, islice, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from codesim.errors import StoreError
from codesim.parse import SHAPE_COLUMNS, Outline
from codesim.source import Captured, Fragment, Mark, Span, Surroundings

Vector = NDArray[np.float32]
Bytes = bytes | memoryview

_LENGTH = struct.Struct("<I")
_MOST = 2**31 - 1
_OUTLINE = (("exact", "<u8"), ("loose", "<u8"), ("shape", "<i4"))


@dataclass(frozen=True, slots=True)
class FragmentRecord:
    """What is known about one fragment.

    surroundings: what stands around it. suppressed: line of the suppress comment that speaks of it, else 0.
    canonical_hash: of its graph, in hex. nodes: of the graph.
    substance: how many of its statements do real work (boilerplate has none). vector: (dim,) float32, its embedding.
    outline: its statements' hashes. tree: its canonical tree, packed. These three are left out when records are
    compared.
    """

    fragment: Fragment
    surroundings: Surroundings
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
                item.surroundings,
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
    return b"".join(parts)


def decode_file_record(data: Bytes, path: str) -> FileRecord:
    """Read a record back.

    Args:
        data: from `encode_file_record`.
        path: the file's path, as shown; the fragments get it.

    Returns:
        FileRecord: equal to the one encoded; the vectors are read-only.

    Raises:
        StoreError: the data is damaged.
    """
    try:
        return _decoded({path: data})[path]
    except (KeyError, IndexError, TypeError, ValueError, RecursionError, struct.error) as error:
        raise StoreError(path, f"its cache entry is damaged: {error}") from None


def decode_file_records(data: Mapping[str, Bytes]) -> dict[str, FileRecord]:
    """Read many records back at once, in a fifth of the time that they take one by one.

    Args:
        data: by the files' paths.

    Returns:
        Those that are not damaged, in the same order.
    """
    try:
        return _decoded(data)
    except (KeyError, IndexError, TypeError, ValueError, RecursionError, struct.error):
        found: dict[str, FileRecord] = {}
        for path, one in data.items():
            with suppress(StoreError):
                found[path] = decode_file_record(one, path)
        return found


def _decoded(data: Mapping[str, Bytes]) -> dict[str, FileRecord]:
    """All records, or an error: numbers are joined before they are looked at, since small arrays cost as much."""
    parts = [_part(path, one) for path, one in data.items()]
    rows = [row for part in parts for row in part.rows]
    dims = {part.dim for part in parts if part.rows}
    if len(dims) > 1:
        raise ValueError("the vectors differ in length")
    matrix = np.frombuffer(b"".join(part.vectors for part in parts), dtype="<f4").astype(np.float32, copy=False)
    matrix = matrix.reshape(len(rows), dims.pop() if dims else 0)
    if not np.isfinite(matrix).all():
        raise ValueError("a vector is not finite")
    matrix.setflags(write=False)
    fragments = iter(_fragments(parts, rows, matrix))
    return {
        part.path: FileRecord(part.lines, part.invalid, tuple(islice(fragments, len(part.rows))), part.marks)
        for part in parts
    }


class _Part(NamedTuple):
    """One record's header, and its bytes by what they are."""

    path: str
    lines: int
    invalid: tuple[str, ...]
    marks: tuple[Mark, ...]
    dim: int
    rows: list[Any]
    counts: list[int]
    vectors: memoryview
    outlines: list[memoryview]
    trees: list[bytes]


def _part(path: str, data: Bytes) -> _Part:
    data = memoryview(data)
    start = _LENGTH.size + _LENGTH.unpack_from(data)[0]
    header = json.loads(bytes(data[_LENGTH.size : start]))
    rows, dim = header["fragments"], _whole(header["dim"])
    counts = [_whole(row[-2]) for row in rows]
    total = sum(counts)
    widths = (4 * len(rows) * dim, 8 * total, 8 * total, 4 * len(SHAPE_COLUMNS) * total)
    ends = list(accumulate((*widths, *[_whole(row[-1]) for row in rows]), initial=start))
    if ends[-1] != len(data):
        raise ValueError("it has another length")
    vectors, *pieces = [data[start:end] for start, end in pairwise(ends)]
    invalid = tuple(_text(problem) for problem in header["invalid"])
    marks = tuple(Mark(*map(_whole, mark)) for mark in header["marks"])
    lines = _whole(header["lines"])
    return _Part(
        path, lines, invalid, marks, dim, rows, counts, vectors, pieces[:3], [bytes(piece) for piece in pieces[3:]]
    )


def _fragments(parts: Sequence[_Part], rows: Sequence[Any], matrix: Vector) -> Iterator[FragmentRecord]:
    exact, loose, shapes = (
        np.frombuffer(b"".join(part.outlines[k] for part in parts), dtype=dtype).astype(dtype[1:], copy=False)
        for k, (_, dtype) in enumerate(_OUTLINE)
    )
    shapes = shapes.reshape(-1, len(SHAPE_COLUMNS))
    for array in (exact, loose, shapes):
        array.setflags(write=False)
    paths = [part.path for part in parts for _ in part.rows]
    trees = [tree for part in parts for tree in part.trees]
    counts = [count for part in parts for count in part.counts]
    spans = [Span(*map(_whole, row[1])) for row in rows]
    _check_shapes(shapes, counts, spans)
    start = 0
    for path, row, span, vector, count, tree in zip(paths, rows, spans, matrix, counts, trees, strict=True):
        inside = slice(start, start + count)
        start += count
        outline = Outline(exact[inside], loose[inside], shapes[inside])
        yield _fragment(row, span, path=path, vector=vector, outline=outline, tree=tree)


def _outlines(record: FileRecord) -> Iterator[bytes]:
    """The outlines of a file's fragments, column by column."""
    outlines = [item.outline for item in record.fragments]
    for name, dtype in _OUTLINE:
        yield from (np.asarray(getattr(outline, name), dtype=dtype).tobytes() for outline in outlines)


def _check_shapes(shapes: NDArray[np.int32], counts: Sequence[int], spans: Sequence[Span]) -> None:
    """A forged outline must not lead a search out of its bounds: sizes and depths make a tree inside its fragment."""
    size = np.array(counts, dtype=np.int64)
    stops = np.cumsum(size)
    starts = stops - size
    first, last = np.array([(span.start_line, span.end_line) for span in spans], dtype=np.int64).reshape(-1, 2).T
    if (
        (shapes < 0).any()
        or (shapes[:, 1] < 1).any()
        or (np.arange(len(shapes)) + shapes[:, 1] > np.repeat(stops, size)).any()
        or (shapes[starts[size > 0], 0] > 0).any()
        or (shapes[:, 3:5].min(axis=1, initial=_MOST) < np.repeat(first, size)).any()
        or (shapes[:, 3:5].max(axis=1, initial=0) > np.repeat(last, size)).any()
    ):
        raise ValueError("an outline is out of bounds")


def _fragment(row: Any, span: Span, *, path: str, vector: Vector, outline: Outline, tree: bytes) -> FragmentRecord:
    qualname, _, around, suppressed, canonical_hash, nodes, substance, *_ = row
    return FragmentRecord(
        fragment=Fragment(path, _text(qualname), span),
        surroundings=_surroundings(*around),
        suppressed=_whole(suppressed),
        canonical_hash=_text(canonical_hash),
        nodes=_whole(nodes),
        substance=_whole(substance),
        vector=vector,
        outline=outline,
        tree=tree,
    )


def _surroundings(parent: Any, bases: Any, captured: Any) -> Surroundings:
    return Surroundings(
        None if parent is None else _text(parent),
        tuple([_text(base) for base in bases]),
        tuple([Captured(_text(name), _text(function)) for name, function in captured]),
    )


def _whole(value: Any) -> int:
    if type(value) is int and value >= 0:
        return value
    raise ValueError(f"{value!r} is no count")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise ValueError(f"{value!r} is no text")
