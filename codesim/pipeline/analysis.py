"""From files to records: source, parse, graph and embed, in worker processes, through the cache.

In: files. Out: per file a `FileRecord` (its fragments with hash and vector) or a `Skipped`. A file is the unit of
work and of batching, so that a vector never depends on how many workers there are or on what else is scanned. Source:
our own.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from codesim.config import Settings
from codesim.embed import FEATURE_VERSION, Encoder, GraphArrays, graph_arrays
from codesim.errors import StoreError
from codesim.graph import SCHEMA_VERSION, build_pdg, canonical_hash
from codesim.parse import lower, parse_function
from codesim.source import (
    CutFragment,
    Skipped,
    SourceFile,
    cut_fragments,
    parse_module,
    read_source,
    read_suppressions,
    shown_path,
)
from codesim.store import Cache, FileRecord, FragmentRecord, cache_key, decode_file_record, encode_file_record
from codesim.verify import substance

ANALYSIS_VERSION = 1  # bump when lowering, substance or fragment limits change what a record holds
MOST_LINES = 2_000  # order edges grow with the square of conditional effects; longer functions are tables
MOST_CACHE_BYTES = (
    512 * 2**20
)  # some 700,000 functions, by the 735 bytes each of Django's; what was used least recently goes first
RECURSION_LIMIT = 10_000  # calls of Python from Python take no C stack since 3.11
_MIN_FILES_PER_WORKER = 32  # below this a process costs more than it brings
_COLLECTOR = (50_000, 20, 100)  # trees hold no cycles: looking for some at Python's own pace took 30 % of a scan
Advance = Callable[[int], None]


@contextmanager
def rare_collections() -> Iterator[None]:
    """Let Python look for reference cycles rarely, and restore its own pace afterwards."""
    before = gc.get_threshold()
    gc.set_threshold(*_COLLECTOR)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@dataclass(slots=True)
class StageSeconds:
    """Seconds spent per stage, summed over processes."""

    source: float = 0.0
    graph: float = 0.0
    embed: float = 0.0

    def add(self, other: StageSeconds) -> None:
        """Add another process's seconds."""
        self.source += other.source
        self.graph += other.graph
        self.embed += other.embed


@dataclass(frozen=True, slots=True)
class Analysed:
    """One file's result: a record or the reason why there is none, and what it cost."""

    path: str
    record: FileRecord | None
    skipped: tuple[Skipped, ...]
    seconds: StageSeconds


@dataclass(slots=True)
class Analysis:
    """All files' results, in the order given; `weights` names the encoder that they come from."""

    records: dict[str, FileRecord] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    weights: str = ""
    warnings: list[str] = field(default_factory=list)
    seconds: StageSeconds = field(default_factory=StageSeconds)


class Analyser:
    """Analyses files one at a time; one lives in each process."""

    def __init__(self, settings: Settings) -> None:
        sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION_LIMIT))
        self.settings = settings
        self.encoder = Encoder.load()

    def key(self, digest: str) -> str:
        """The cache key of a content under these settings, weights and versions."""
        limits = (self.settings.min_lines, self.settings.min_nodes)
        return cache_key(digest, SCHEMA_VERSION, FEATURE_VERSION, ANALYSIS_VERSION, self.encoder.name, *limits)

    def analyse(self, source: SourceFile) -> Analysed:
        """Parse a file, build the graphs of its functions, embed them."""
        seconds = StageSeconds()
        start = perf_counter()
        module = parse_module(source)
        if isinstance(module, Skipped):
            return Analysed(source.path, None, (module,), seconds)
        marks = read_suppressions(source.text)
        notes = tuple(f"{source.path}:{line}: {problem}" for line, problem in marks.invalid)
        cuts = cut_fragments(source.path, module, marks.lines, marks.whole_file)
        cuts = [cut for cut in cuts if line_count(cut) >= self.settings.min_lines]
        seconds.source = perf_counter() - start
        start = perf_counter()
        skipped: list[Skipped] = []
        drafts: list[tuple[CutFragment, str, int, int, GraphArrays]] = []
        for cut in cuts:
            length = line_count(cut)
            if length > MOST_LINES:
                skipped.append(_skipped(cut, f"has {length} lines, more than {MOST_LINES}"))
                continue
            try:
                draft = self._draft(cut)
            except RecursionError:
                skipped.append(_skipped(cut, "is nested too deeply"))
                continue
            if draft is not None:
                drafts.append(draft)
        seconds.graph = perf_counter() - start
        start = perf_counter()
        vectors = self.encoder.embed([draft[-1] for draft in drafts])
        fragments = tuple(
            FragmentRecord(cut.fragment, cut.parent, cut.suppressed, digest, nodes, work, vector)
            for (cut, digest, nodes, work, _), vector in zip(drafts, vectors, strict=True)
        )
        seconds.embed = perf_counter() - start
        record = FileRecord(source.lines, notes, fragments)
        return Analysed(source.path, record, tuple(skipped), seconds)

    def _draft(self, cut: CutFragment) -> tuple[CutFragment, str, int, int, GraphArrays] | None:
        """Hash, size, substance and arrays of a fragment's canonical graph; None below the size limit."""
        tree = lower(parse_function(cut.node))
        pdg = build_pdg(tree, cut.fragment.qualname)
        if len(pdg.kinds) < self.settings.min_nodes:
            return None
        return cut, canonical_hash(pdg), len(pdg.kinds), substance(tree), graph_arrays(pdg)


def _skipped(cut: CutFragment, problem: str) -> Skipped:
    """One function of a file left out, the rest of the file kept."""
    return Skipped(cut.fragment.path, f"line {cut.fragment.span.start_line}: {cut.fragment.qualname} {problem}")


def line_count(cut: CutFragment) -> int:
    """How many lines a fragment has, decorators included."""
    return cut.fragment.span.end_line - cut.fragment.span.start_line + 1


def fragment_lines(cut: CutFragment, lines: list[str]) -> tuple[str, ...]:
    """The source lines of a fragment's span."""
    span = cut.fragment.span
    return tuple(lines[span.start_line - 1 : span.end_line])


def analyse_files(
    files: Sequence[Path], settings: Settings, cache: Cache | None, advance: Advance | None = None
) -> Analysis:
    """Analyse files, each at most once for each content.

    Args:
        files: absolute paths, in the order of their shown paths.
        settings: `jobs`, `min_lines` and `min_nodes` are used.
        cache: where earlier records are; None to do without.
        advance: called with the number of files that were finished.

    Returns:
        Records by shown path, in the order given; the same for any number of workers.

    Raises:
        WeightsError: the encoder cannot be loaded.
    """
    report = advance or (lambda _: None)
    analysis = Analysis()
    start = perf_counter()
    local = Analyser(settings)
    analysis.weights = local.encoder.name
    sources: list[SourceFile] = []
    for file in files:
        source = read_source(file, shown_path(file))
        if isinstance(source, Skipped):
            analysis.skipped.append(source)
            report(1)
        else:
            sources.append(source)
    keys = {source.path: local.key(source.digest) for source in sources}
    cached = _lookup(cache, keys, analysis)
    fresh = [source for source in sources if source.path not in cached]
    report(len(cached))
    analysis.seconds.source += perf_counter() - start
    new: dict[str, bytes] = {}
    done: dict[str, FileRecord] = {}
    for result in _analysed(fresh, settings, local):
        analysis.seconds.add(result.seconds)
        analysis.skipped.extend(result.skipped)
        if result.record is not None:
            done[result.path] = result.record
            if not result.skipped and not result.record.notes:  # what names the path cannot be shared by content
                new[keys[result.path]] = encode_file_record(result.record)
        report(1)
    if cache is not None and new:
        try:
            cache.put_many(new)
            cache.prune(MOST_CACHE_BYTES)
        except StoreError as error:
            analysis.warnings.append(str(error))
    for source in sources:
        record = cached.get(source.path) or done.get(source.path)
        if record is not None:
            analysis.records[source.path] = record
    analysis.skipped.sort()
    return analysis


def _lookup(cache: Cache | None, keys: dict[str, str], analysis: Analysis) -> dict[str, FileRecord]:
    if cache is None:
        return {}
    out: dict[str, FileRecord] = {}
    try:
        found = cache.get_many(keys.values())
    except StoreError as error:
        analysis.warnings.append(str(error))
        return {}
    for path, key in keys.items():
        if key in found:
            try:
                out[path] = decode_file_record(found[key], path)
            except StoreError:
                continue  # a damaged entry is no entry
    return out


_worker: Analyser | None = None


def _start_worker(settings: Settings) -> None:
    global _worker  # noqa: PLW0603  # one per process, by the pool's design
    gc.set_threshold(*_COLLECTOR)
    _worker = Analyser(settings)


def _work(source: SourceFile) -> Analysed:
    if _worker is None:
        raise RuntimeError("the worker was not started")
    return _worker.analyse(source)


def _analysed(sources: list[SourceFile], settings: Settings, local: Analyser) -> Iterator[Analysed]:
    jobs = min(settings.jobs or os.cpu_count() or 1, len(sources) // _MIN_FILES_PER_WORKER)
    if jobs < 2:
        yield from map(local.analyse, sources)
        return
    context = multiprocessing.get_context("spawn")  # fork is unsafe once a runtime has started threads
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_start_worker, initargs=(settings,)) as pool:
        yield from pool.map(_work, sources, chunksize=8)
