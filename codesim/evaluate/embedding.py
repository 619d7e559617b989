"""Vectors of many functions: of the lines of a JSONL file, or of all functions of Python files.

In: chunks of lines or of files. Out: `Vectors`, one for each chunk, in order: ids and a row for each line or function.
What cannot be read is a row of zeros and is counted. Chunks go to worker processes a few at a time, so that a file of
any length fits into memory; a row does not depend on the number of workers.

Source: our own.
"""

from __future__ import annotations

import json
import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from codesim.embed import Encoder, joined_arrays
from codesim.errors import GraphError, SourceError
from codesim.evaluate.functions import function_graph, read_function
from codesim.evaluate.masking import Mask
from codesim.graph import Pdg, join_graphs
from codesim.parse.depth import deep_recursion
from codesim.source import Skipped, cut_fragments, parse_module, read_source, shown_path

if TYPE_CHECKING:
    from numpy.typing import NDArray

CHUNK_LINES = 256
CHUNK_FILES = 16
_WAITING_PER_WORKER = 4
_Draft = tuple[str, Pdg | None]


@dataclass(frozen=True, slots=True)
class LineChunk:
    """Some lines of a JSONL file; `first` is the 1-based number of the first."""

    first: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FileChunk:
    """Some Python files."""

    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Vectors:
    """The rows of one chunk.

    ids: one for each row. vectors: (len(ids), dim) float32, of unit length or zero. problems: why a row is zero, or a
    file has no rows, each with its place.
    """

    ids: list[str]
    vectors: NDArray[np.float32]
    problems: list[str]


def line_chunks(lines: Iterable[str]) -> Iterator[LineChunk]:
    """Cut lines into chunks; blank lines count as lines."""
    remaining = iter(lines)
    first = 1
    while chunk := tuple(islice(remaining, CHUNK_LINES)):
        yield LineChunk(first, chunk)
        first += len(chunk)


def file_chunks(files: Sequence[Path]) -> Iterator[FileChunk]:
    """Cut a list of files into chunks."""
    for start in range(0, len(files), CHUNK_FILES):
        yield FileChunk(tuple(files[start : start + CHUNK_FILES]))


def embed_chunks(
    chunks: Iterable[LineChunk | FileChunk], weights: Path | None, mask: Mask = Mask.NONE, jobs: int = 1
) -> Iterator[Vectors]:
    """Embed chunks, in order.

    Of a line `{"id", "source"}` the first function of the source counts, methods included; of a file every function,
    under the id `path::qualname`.

    Args:
        chunks: from `line_chunks` or `file_chunks`; taken a few at a time.
        weights: as for `Encoder.load`.
        mask: which names of lines' functions to hide; files are embedded as they are.
        jobs: worker processes; with 1, or one chunk, this process does it.

    Yields:
        The rows of each chunk.

    Raises:
        WeightsError: the encoder cannot be loaded.
    """
    chunks = iter(chunks)
    start = list(islice(chunks, 2))
    chunks = chain(start, chunks)
    if jobs < 2 or len(start) < 2:  # a process costs more than one chunk
        embedder = _Embedder(weights, mask)
        yield from map(embedder.embed, chunks)
        return
    context = multiprocessing.get_context("spawn")  # fork is unsafe once a runtime has started threads
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_start_worker, initargs=(weights, mask)) as pool:
        waiting: deque[Future[Vectors]] = deque()
        for chunk in chunks:
            waiting.append(pool.submit(_work, chunk))
            if len(waiting) >= jobs * _WAITING_PER_WORKER:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


class _Embedder:
    """Embeds chunks; one lives in each process."""

    def __init__(self, weights: Path | None, mask: Mask) -> None:
        self.encoder = Encoder.load(weights)
        self.mask = mask

    def embed(self, chunk: LineChunk | FileChunk) -> Vectors:
        problems: list[str] = []
        with deep_recursion():
            if isinstance(chunk, LineChunk):
                drafts = [self._of_line(line, chunk.first + n, problems) for n, line in enumerate(chunk.lines)]
            else:
                drafts = [draft for file in chunk.files for draft in _of_file(file, problems)]
        readable = [place for place, (_, graph) in enumerate(drafts) if graph is not None]
        vectors = np.zeros((len(drafts), self.encoder.dim), dtype=np.float32)
        if readable:
            graphs = join_graphs([graph for _, graph in drafts if graph is not None])
            vectors[readable] = self.encoder.embed(
                joined_arrays(graphs, mask_names=self.mask is Mask.LOCALS, mask_own=self.mask is Mask.OWN)
            )
        return Vectors([name for name, _ in drafts], vectors, problems)

    def _of_line(self, line: str, number: int, problems: list[str]) -> _Draft:
        name = ""
        try:
            record = json.loads(line)
            name = record["id"] if isinstance(record["id"], str) else json.dumps(record["id"])
            return name, read_function(record["source"], self.mask).graph
        except (SourceError, GraphError) as error:
            problems.append(f"line {number}: {error}")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            problems.append(f"line {number}: not a row of a data set: {error!r}")
        return name, None


def _of_file(file: Path, problems: list[str]) -> list[_Draft]:
    source = read_source(file, shown_path(file))
    module = source if isinstance(source, Skipped) else parse_module(source)
    if isinstance(module, Skipped):
        problems.append(f"{module.path}: {module.reason}")
        return []
    drafts: list[_Draft] = []
    for cut in cut_fragments(shown_path(file), module):
        name = f"{cut.fragment.path}::{cut.fragment.qualname}"
        try:
            drafts.append((name, function_graph(cut.node)))
        except (GraphError, RecursionError) as error:
            problems.append(f"{name}: {error}")
            drafts.append((name, None))
    return drafts


_worker: _Embedder | None = None


def _start_worker(weights: Path | None, mask: Mask) -> None:
    global _worker  # noqa: PLW0603  # one per process, by the pool's design
    _worker = _Embedder(weights, mask)


def _work(chunk: LineChunk | FileChunk) -> Vectors:
    if _worker is None:
        raise RuntimeError("the worker was not started")
    return _worker.embed(chunk)
