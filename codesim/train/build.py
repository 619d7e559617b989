"""The corpus is built: packages become shards, and the shards one corpus in which no function comes twice.

In: packages in order. Out: a shard for each, the list of duplicates, and the record. One idea: a shard depends on
nothing but its own package and the versions of the code, so that an interrupted build goes on where it stopped, and
what goes beyond one package (duplicates and near copies, see `near_copies`) is found afterwards from the shards.

Source: our own.
"""

from __future__ import annotations

import gc
import hashlib
import json
import multiprocessing
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa

from codesim.embed import FEATURE_VERSION
from codesim.graph import SCHEMA_VERSION
from codesim.pipeline.interpreter import COLLECTOR
from codesim.source import Skipped, read_source
from codesim.train.corpus import FEWEST_LINES, FEWEST_NODES, LEFT_OUT, MOST_LINES, MOST_NODES, Package, source_files
from codesim.train.near_copies import HeldOutFeatures
from codesim.train.packages import unpack_sources
from codesim.train.rows import FunctionRows, read_rows
from codesim.train.shards import DUPLICATES, RECORD, read_shard, shard_key, shard_path, write_shard, write_table

SHARD_VERSION = 1
"""Bump when a shard's columns change, or which functions are taken."""
LIMITS = {"lines": [FEWEST_LINES, MOST_LINES], "nodes": [FEWEST_NODES, MOST_NODES]}
FILES_PER_TASK = 4
Advance = Callable[[int, int], None]
"""Called with the number of files done and their total."""


def corpus_key(package: Package) -> str:
    """Return what a package's shard depends on, as 64 hex digits: its code, the limits, and the versions."""
    code = package.sha256 or _folder_digest(package)
    versions = [SHARD_VERSION, FEATURE_VERSION, SCHEMA_VERSION, list(sys.version_info[:2]), LIMITS, LEFT_OUT]
    facts = json.dumps([package.name, package.version, package.licence, code, versions])
    return hashlib.sha256(facts.encode()).hexdigest()


def _folder_digest(package: Package) -> str:
    digest = hashlib.sha256()
    for path in source_files(package, package.path):
        source = read_source(path, path.relative_to(package.path).as_posix())
        content = source.reason if isinstance(source, Skipped) else source.digest
        digest.update(json.dumps([source.path, content]).encode())
    return digest.hexdigest()


def missing_shards(packages: Sequence[Package], folder: Path) -> list[Package]:
    """Return the packages that have no whole shard of the present versions in the folder of a corpus."""
    return [package for package in packages if shard_key(shard_path(folder, package.name)) != corpus_key(package)]


def build_shards(packages: Sequence[Package], folder: Path, jobs: int, advance: Callable[[Package], Advance]) -> None:
    """Read packages and write their shards.

    Args:
        packages: what to read, see `missing_shards`; archives must be there.
        folder: of the corpus.
        jobs: processes; with one, everything happens in this one.
        advance: called for each package when it begins; returns what is called as its files are done.

    Raises:
        SourceError: an archive is damaged.
    """
    with _pool(jobs) as pool:
        for package in packages:
            with _opened(package) as code:
                files = source_files(package, code)
                tasks = [(path, path.relative_to(code).as_posix()) for path in files]
                report = advance(package)
                parts: list[FunctionRows] = []
                for part in pool.map(_read, tasks, chunksize=FILES_PER_TASK) if pool else map(_read, tasks):
                    parts.append(part)
                    report(len(parts), len(tasks))
            rows = FunctionRows.concatenate(parts)
            first = {digest: row for row, digest in reversed(list(enumerate(rows.texts["digest"])))}
            write_shard(shard_path(folder, package.name), rows.take(sorted(first.values())), corpus_key(package))


@contextmanager
def _opened(package: Package) -> Iterator[Path]:
    """The folder of a package's code; that of an archive lasts as long as the block."""
    if not package.sha256:
        yield package.path
        return
    with TemporaryDirectory() as folder:
        unpack_sources(package.path, Path(folder))
        yield Path(folder)


@contextmanager
def _pool(jobs: int) -> Iterator[ProcessPoolExecutor | None]:
    if jobs < 2:
        yield None
        return
    context = multiprocessing.get_context("spawn")  # fork is unsafe once a runtime has started threads
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_start_worker) as pool:
        yield pool


def _start_worker() -> None:
    gc.set_threshold(*COLLECTOR)


def _read(task: tuple[Path, str]) -> FunctionRows:
    return read_rows(*task)


def join_shards(packages: Sequence[Package], folder: Path) -> dict[str, Any]:
    """Find what comes twice over all shards and write the list of it and the record, which makes them a corpus.

    Args:
        packages: all of the corpus; each has its shard. Held-out ones come first, whatever their order, so that what
            they share with a training package is dropped from the latter.
        folder: of the corpus.

    Returns:
        The record: limits, versions, and for each package how many functions it has and how many were dropped as
        `copies` (equal graphs) and `near_copies` of held-out ones.
    """
    ordered = sorted(packages, key=lambda package: not package.held_out)
    seen: set[str] = set()
    held_out = HeldOutFeatures()
    dropped: list[dict[str, Any]] = []
    described = []
    for package in ordered:
        rows = read_shard(shard_path(folder, package.name), ("digest",))
        digests, graphs = rows.texts["digest"], rows.graphs
        copies = {row for row, digest in enumerate(digests) if digest in seen}
        seen.update(digests)
        near: set[int] = set()
        if package.held_out:
            held_out.add(graphs)
        else:
            near = set(held_out.near(graphs).tolist()) - copies
        dropped += [{"package": package.name, "row": row, "near": row in near} for row in sorted(copies | near)]
        described.append(_described(package, len(digests), len(copies), len(near)))
    schema = pa.schema([("package", pa.string()), ("row", pa.int32()), ("near", pa.bool_())])
    write_table(folder / DUPLICATES, pa.Table.from_pylist(dropped, schema=schema))
    record = {
        "shard_version": SHARD_VERSION, "feature_version": FEATURE_VERSION, "schema_version": SCHEMA_VERSION,
        "limits": LIMITS, "functions": sum(int(str(facts["functions"])) for facts in described), "packages": described,
    }  # fmt: skip
    temporary = folder / f".{RECORD}.part"
    temporary.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    temporary.replace(folder / RECORD)
    return record


def _described(package: Package, functions: int, copies: int, near: int) -> dict[str, Any]:
    facts = {"name": package.name, "version": package.version, "licence": package.licence, "role": package.role}
    counts = {"functions": functions - copies - near, "copies": copies, "near_copies": near}
    return {**facts, **counts, "shard": corpus_key(package)}
