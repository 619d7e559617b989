"""From files to records: source, parse, graph and embed, in worker processes, through the cache.

In: files. Out: per file a `FileRecord` (its fragments with hash and vector) or a `Skipped`. A file is the unit of
work and of batching, so that a vector never depends on how many workers there are or on what else is scanned. Source:
our own.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Container, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import perf_counter
from types import MappingProxyType
from typing import TYPE_CHECKING

from codesim.config import Settings
from codesim.embed import FEATURE_VERSION, Encoder, GraphArrays, joined_arrays
from codesim.errors import StoreError
from codesim.graph import SCHEMA_VERSION, Pdg, build_pdg, canonical_hashes, join_graphs, may_reach_size
from codesim.parse import Node, Outline, lower, outline, pack_tree, parse_function
from codesim.parse.depth import deep_recursion
from codesim.pipeline.interpreter import COLLECTOR, DEEPEST_COMPARED
from codesim.pipeline.version import ANALYSIS_VERSION
from codesim.pipeline.workers import map_in_workers
from codesim.source import (
    CutFragment,
    Skipped,
    SourceFile,
    cut_fragments,
    is_generated,
    parse_module,
    read_source,
    read_suppressions,
    shown_path,
)
from codesim.store import Cache, FileRecord, FragmentRecord, cache_key, decode_file_record, encode_file_record
from codesim.verify import substance

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_CACHE_BYTES = 512 * 2**20  # 110,000 functions of 4,800 bytes each; what was used least recently goes first
_MIN_FILES_PER_WORKER = 32  # below this a process costs more than it brings
Advance = Callable[[int], None]


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
    """All files' results, in the order given; `weights` names the encoder that they come from.

    texts: of the files that have a record. learned_dim: how many of a vector's first numbers are learned.
    """

    records: dict[str, FileRecord] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    weights: str = ""
    learned_dim: int = 0
    warnings: list[str] = field(default_factory=list)
    seconds: StageSeconds = field(default_factory=StageSeconds)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A fragment on its way to a record."""

    cut: CutFragment
    pdg: Pdg
    substance: int
    outline: Outline
    tree: bytes


class Analyser:
    """Analyses files one at a time; one lives in each process."""

    def __init__(self, settings: Settings) -> None:
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
        invalid = tuple(f"{source.path}:{line}: {problem}" for line, problem in marks.invalid)
        generated = is_generated(source.text)
        cuts = [] if generated else cut_fragments(source.path, module, marks)
        cuts = [cut for cut in cuts if line_count(cut) >= self.settings.min_lines]
        seconds.source = perf_counter() - start
        start = perf_counter()
        drafts, skipped = self._drafts(cuts, marks if marks.marks else frozenset())
        digests: list[str] = []
        arrays: list[GraphArrays] = []
        if drafts:  # half of the files have no function large enough
            graphs = join_graphs([draft.pdg for draft in drafts])
            digests, arrays = canonical_hashes(graphs), joined_arrays(graphs)
        seconds.graph = perf_counter() - start
        start = perf_counter()
        vectors = self.encoder.embed(arrays)
        fragments = tuple(map(_record, drafts, digests, vectors))
        seconds.embed = perf_counter() - start
        return Analysed(source.path, FileRecord(source.lines, invalid, fragments, marks.marks), skipped, seconds)

    def _drafts(
        self, cuts: Sequence[CutFragment], suppressed: Container[int]
    ) -> tuple[list[_Draft], tuple[Skipped, ...]]:
        """The canonical graphs of fragments, those below the size limit left out, and what could not be built."""
        drafts: list[_Draft] = []
        skipped: list[Skipped] = []
        with deep_recursion():
            for cut in cuts:
                try:
                    draft = self._draft(cut, suppressed)
                except RecursionError:
                    skipped.append(_skipped(cut, "is nested too deeply"))
                    continue
                if draft is not None:
                    drafts.append(draft)
        return drafts, tuple(skipped)

    def _draft(self, cut: CutFragment, suppressed: Container[int]) -> _Draft | None:
        """The canonical graph of a fragment, None below the size limit."""
        faithful = parse_function(cut.node)
        tree = lower(faithful)
        if not may_reach_size(tree, self.settings.min_nodes):
            return None
        pdg = build_pdg(tree, cut.fragment.qualname)
        if len(pdg.kinds) < self.settings.min_nodes:
            return None
        if 2 * len(pdg.kinds) > DEEPEST_COMPARED and _depth(tree) > DEEPEST_COMPARED:
            raise RecursionError  # not for us, but for what compares it later
        return _Draft(cut, pdg, substance(tree), outline(faithful, suppressed), pack_tree(tree))


def _record(draft: _Draft, digest: str, vector: NDArray[np.float32]) -> FragmentRecord:
    cut = draft.cut
    nodes = len(draft.pdg.kinds)
    return FragmentRecord(
        cut.fragment, cut.parent, cut.suppressed, digest, nodes, draft.substance, vector, draft.outline, draft.tree
    )


def _depth(tree: Node) -> int:
    """Levels of a tree; at least every second one has a node in the graph."""
    levels = 0
    level = [tree]
    while level:
        levels += 1
        level = [child for node in level for child in node.children]
    return levels


def _skipped(cut: CutFragment, problem: str) -> Skipped:
    """One function of a file left out, the rest of the file kept."""
    return Skipped(cut.fragment.path, f"line {cut.fragment.span.start_line}: {cut.fragment.qualname} {problem}")


def line_count(cut: CutFragment) -> int:
    """How many lines a fragment has, decorators included."""
    return cut.fragment.span.end_line - cut.fragment.span.start_line + 1


def analyse_files(
    files: Sequence[Path],
    settings: Settings,
    cache: Cache | None,
    advance: Advance | None = None,
    contents: Mapping[Path, bytes] = MappingProxyType({}),
) -> Analysis:
    """Analyse files, each at most once for each content.

    Args:
        files: absolute paths, in the order of their shown paths.
        settings: `jobs`, `min_lines` and `min_nodes` are used.
        cache: where earlier records are; None to do without.
        advance: called with the number of files that were finished.
        contents: what counts in place of what is on disk; see `Discovery`.

    Returns:
        Records by shown path, in the order given; the same for any number of workers.

    Raises:
        WeightsError: the encoder cannot be loaded.
    """
    report = advance or (lambda _: None)
    analysis = Analysis()
    start = perf_counter()
    local = Analyser(settings)
    analysis.weights, analysis.learned_dim = local.encoder.name, local.encoder.learned_dim
    sources: list[SourceFile] = []
    for file in files:
        source = read_source(file, shown_path(file), data=contents.get(file))
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
    with closing(_analysed(fresh, settings, local)) as results:  # an interrupt ends the workers here and now
        for result in results:
            analysis.seconds.add(result.seconds)
            analysis.skipped.extend(result.skipped)
            if result.record is not None:
                done[result.path] = result.record
                if not result.skipped and not result.record.invalid:  # what names the path cannot be shared by content
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
            analysis.texts[source.path] = source.text
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
    gc.set_threshold(*COLLECTOR)
    _worker = Analyser(settings)


def _work(source: SourceFile) -> Analysed:
    if _worker is None:
        raise RuntimeError("the worker was not started")
    return _worker.analyse(source)


def _analysed(sources: list[SourceFile], settings: Settings, local: Analyser) -> Generator[Analysed, None, None]:
    jobs = min(settings.jobs or os.cpu_count() or 1, len(sources) // _MIN_FILES_PER_WORKER)
    if jobs < 2:
        yield from map(local.analyse, sources)
    else:
        yield from map_in_workers(jobs, partial(_start_worker, settings), _work, sources)
