"""From files to records: what the cache holds of them, and the rest by an `Analyser` in every process.

In: files. Out: an `Analysis`. What a record is kept under is the file's content, the settings that matter, and the
versions of all that made it; so a file is analysed once for each content, wherever it stands. Source: our own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from types import MappingProxyType

from codesim.config import Settings
from codesim.embed import FEATURE_VERSION, shipped_record
from codesim.errors import StoreError
from codesim.graph import SCHEMA_VERSION
from codesim.pipeline.analysis import Analysed, StageSeconds
from codesim.pipeline.bench import Bench
from codesim.pipeline.texts import Texts
from codesim.pipeline.version import ANALYSIS_VERSION
from codesim.pipeline.workers import Workers
from codesim.source import Skipped, SourceFile, read_digests, read_source
from codesim.store import Cache, FileRecord, cache_key, decode_file_records, encode_file_record

_MIN_FILES_PER_WORKER = 32  # below this a process costs more than it brings
_FILES_AT_ONCE = 8
Advance = Callable[[int], None]


@dataclass(slots=True)
class Analysis:
    """All files' results, in the order given; `weights` names the encoder that they come from.

    texts: of these files. learned_dim: how many of a vector's first numbers are learned.
    """

    texts: Texts
    weights: str
    learned_dim: int
    records: dict[str, FileRecord] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    seconds: StageSeconds = field(default_factory=StageSeconds)


def analyse_files(
    places: Mapping[str, Path],
    cache: Cache | None,
    workers: Workers[Bench],
    advance: Advance | None = None,
    contents: Mapping[Path, bytes] = MappingProxyType({}),
) -> Analysis:
    """Analyse files, each at most once for each content.

    Args:
        places: absolute paths by shown path, in the order of these.
        cache: where earlier records are; None to do without.
        workers: who shares the work if there are many files; the settings `min_lines`, `min_nodes` and `cache_size`
            of this process's bench are used.
        advance: called with the number of files that were finished.
        contents: what counts in place of what is on disk; see `Discovery`.

    Returns:
        Records by shown path, in the order given; the same for any number of workers.

    Raises:
        WeightsError: the encoder cannot be loaded.
    """
    settings = workers.here.settings
    report = advance or (lambda _: None)
    start = perf_counter()
    weights = shipped_record()
    keys = _Keys(weights.version, settings)
    warnings: list[str] = []
    digests = {} if cache is None else _digests(places, cache, contents, warnings)
    records = {} if cache is None else _kept_records(cache, digests, keys, warnings)
    report(len(records))
    analysis = Analysis(Texts(places, digests, contents), weights.version, weights.learned_dim, warnings=warnings)
    unknown = [path for path in places if path not in records]
    workers.start(len(unknown) // _MIN_FILES_PER_WORKER)
    fresh = _read(unknown, places, contents, analysis, report)
    analysis.seconds.source = perf_counter() - start
    new: dict[str, bytes] = {}
    for source, result in zip(fresh, _analysed(workers, fresh), strict=True):
        analysis.seconds.add(result.seconds)
        analysis.skipped.extend(result.skipped)
        if result.record is not None:
            records[source.path] = result.record
            if not result.skipped and not result.record.invalid:  # what names the path cannot be shared by content
                new[keys.of(source.digest)] = encode_file_record(result.record)
        report(1)
    if cache is not None and new:
        try:
            cache.put_many(new)
            cache.prune(settings.cache_size * 2**20)
        except StoreError as error:
            warnings.append(str(error))
    analysis.records = {path: records[path] for path in places if path in records}
    analysis.skipped.sort()
    return analysis


class _Keys:
    """The keys of records, which depend on all that made them."""

    def __init__(self, weights: str, settings: Settings) -> None:
        limits = (settings.min_lines, settings.min_nodes)
        self._versions = (SCHEMA_VERSION, FEATURE_VERSION, ANALYSIS_VERSION, weights, *limits)

    def of(self, digest: str) -> str:
        """The key of the record of a content."""
        return cache_key(digest, *self._versions)


def _digests(
    places: Mapping[str, Path], cache: Cache, contents: Mapping[Path, bytes], warnings: list[str]
) -> dict[str, str]:
    """The digest of each file's content, read anew where the cache does not know it."""
    known: dict[str, tuple[str, str]] = {}
    try:
        known = cache.get_digests(map(str, places.values()))
    except StoreError as error:
        warnings.append(str(error))
    digests, learned = read_digests(tuple(places.values()), contents, known)
    with suppress(StoreError):  # records are written too, and tell of it
        cache.put_digests(learned)
    return dict(zip(places, digests, strict=True))


def _kept_records(cache: Cache, digests: Mapping[str, str], keys: _Keys, warnings: list[str]) -> dict[str, FileRecord]:
    """The records that the cache has."""
    by_path = {path: keys.of(digest) for path, digest in digests.items()}
    try:
        found = cache.get_many(by_path.values())
    except StoreError as error:
        warnings.append(str(error))
        return {}
    return decode_file_records({path: found[key] for path, key in by_path.items() if key in found})


def _read(
    paths: list[str], places: Mapping[str, Path], contents: Mapping[Path, bytes], analysis: Analysis, report: Advance
) -> list[SourceFile]:
    """The files that have to be analysed; those that cannot be read are skipped."""
    sources: list[SourceFile] = []
    for path in paths:
        source = read_source(places[path], path, data=contents.get(places[path]))
        if isinstance(source, Skipped):
            analysis.skipped.append(source)
            report(1)
        else:
            sources.append(source)
            analysis.texts.hold(source)
    return sources


def _analysed(workers: Workers[Bench], sources: list[SourceFile]) -> Iterator[Analysed]:
    return workers.map(_analyse, sources, len(sources) // _MIN_FILES_PER_WORKER, _FILES_AT_ONCE)


def _analyse(bench: Bench, source: SourceFile) -> Analysed:
    return bench.analyser.analyse(source)
