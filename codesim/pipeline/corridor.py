"""A scan from source to report: the page to read first.

In: paths and settings. Out: a `ScanReport`. `scan` calls every room of the corridor in order, one step each:
source -> parse -> graph -> embed -> index -> verify -> group -> refactor -> report.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import pairwise
from operator import attrgetter
from pathlib import Path
from time import perf_counter

from codesim import __version__
from codesim.config import Settings
from codesim.errors import StoreError
from codesim.pipeline.bench import Bench, bench_of_worker
from codesim.pipeline.blocks import BlockSearch
from codesim.pipeline.copied_files import find_copied_files
from codesim.pipeline.focused import in_focus
from codesim.pipeline.function_search import FunctionSearch
from codesim.pipeline.ignored import covers_project, without_ignored_files
from codesim.pipeline.interpreter import rare_collections, room_for_comparing
from codesim.pipeline.marks import invalid_marks, unused_marks
from codesim.pipeline.rank import Ranking, is_reportable
from codesim.pipeline.records import Analysis, analyse_files
from codesim.pipeline.rejected import RunLedger, rejected_by
from codesim.pipeline.result import Progress, ScanResult
from codesim.pipeline.selection import select_candidates
from codesim.pipeline.texts import FileChangedError
from codesim.pipeline.workers import Workers
from codesim.report import CodeMap, ScanReport, Summary, Timings
from codesim.source import Discovery, Focus, Origin, discover_files, is_test_path, path_origin, shown_path
from codesim.store import Cache, FragmentRecord

_ATTEMPTS = 3
"""How often a scan begins anew because a file was changed meanwhile."""


def scan(
    paths: Sequence[Path] | Discovery,
    settings: Settings,
    root: Path,
    focus: Focus | None = None,
    progress: Progress | None = None,
    *,
    keep_basis: bool = True,
) -> ScanResult:
    """Find what is written twice below the given paths.

    Args:
        paths: files and folders, none means the working directory; or what was already found there.
        settings: every setting; see `codesim.config.Settings`.
        root: the project's root, where the cache lives.
        focus: report only candidates with a member in it; None reports all.
        progress: told how far each stage is.
        keep_basis: keep in each candidate what it was made of, for a page or an explanation; takes longer.

    Returns:
        The report; byte-identical for equal input, whatever the number of workers and the order of files.

    Raises:
        CodesimError: a path does not exist, or the encoder cannot be loaded.

    Source: our own.
    """
    say = progress or (lambda *_: None)
    with rare_collections(), room_for_comparing():
        for _ in range(_ATTEMPTS - 1):
            with suppress(FileChangedError), _workers(settings) as workers:
                return _scan(paths, settings, root, focus, say, workers=workers, keep_basis=keep_basis)
        with _workers(settings) as workers:
            return _scan(paths, settings, root, focus, say, workers=workers, keep_basis=keep_basis)


def _workers(settings: Settings) -> Workers[Bench]:
    most = settings.jobs or os.cpu_count() or 1
    return Workers(most, Bench(settings, is_here=True), partial(bench_of_worker, settings))


def _scan(
    paths: Sequence[Path] | Discovery, settings: Settings, root: Path, focus: Focus | None, say: Progress,
    *, workers: Workers[Bench], keep_basis: bool,
) -> ScanResult:  # fmt: skip
    begin = perf_counter()
    discovery = paths if isinstance(paths, Discovery) else discover_files(paths, settings, root)
    files = _own_files(discovery.files, settings.scope)
    places = {shown_path(file): file for file in files}
    analysis, warnings = _analyse(places, discovery.contents, root, say, workers)
    analysis.records, unused = without_ignored_files(analysis.records, places, settings.per_file_ignores, root)
    unused = unused if covers_project(paths, root, focus) else []
    fragments = _eligible(analysis)
    search = FunctionSearch(
        fragments, analysis.texts, focus,
        learned_dim=analysis.learned_dim, workers=workers, keep_basis=keep_basis,
    )  # fmt: skip
    clock = [perf_counter()]
    pairs = search.candidates()
    clock.append(perf_counter())
    verified = search.verify(pairs, say)
    clock.append(perf_counter())
    records = [record for path in sorted(analysis.records) for record in analysis.records[path].fragments]
    commonness = search.commonness()
    functions, boilerplate = search.classes(verified, commonness)
    ledger = RunLedger() if settings.rejected else None
    blocks = BlockSearch(records, analysis.texts, focus, workers=workers, keep_basis=keep_basis)
    prospects = blocks.with_functions(functions, commonness, ledger)
    copies = find_copied_files(fragments)
    prospects = in_focus([*prospects, *boilerplate], focus)
    root_of_history = discovery.root if focus is None else None  # of a few findings no order is asked
    ranking = select_candidates(prospects, copies, places, root_of_history, settings.min_value)
    rejected = None if ledger is None else (*rejected_by(ranking), *ledger.rejected(ranking), *search.rejected())
    unused += unused_marks(analysis.records, analysis.texts, workers, analysis.learned_dim, focus)
    clock.append(perf_counter())
    spent = analysis.seconds
    stages = (spent.source, spent.graph, spent.embed, *(b - a for a, b in pairwise(clock)), perf_counter() - begin)
    times = Timings(*[round(seconds, 3) for seconds in stages])
    summary = Summary(
        files=len(analysis.records),
        lines=sum(record.lines for record in analysis.records.values()),
        fragments=sum(len(record.fragments) for record in analysis.records.values()),
        skipped=tuple(sorted([*discovery.skipped, *analysis.skipped])),
    )
    report = ScanReport(
        version=__version__,
        weights=analysis.weights,
        summary=summary,
        candidates=tuple(ranking.candidates),
        timings=times if settings.stats else None,
        rejected=rejected,
        code_map=_map(analysis, ranking) if "html" in settings.forms else None,
        unused=tuple(unused),
    )
    return ScanResult(report, warnings, invalid_marks(analysis.records, focus))


def _analyse(
    places: Mapping[str, Path], contents: Mapping[Path, bytes], root: Path, say: Progress, workers: Workers[Bench]
) -> tuple[Analysis, list[str]]:
    """Source, parse, graph and embed, with the cache where it can be opened."""
    settings = workers.here.settings
    total = len(places)
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        say("reading", done, total)

    warnings: list[str] = []
    analysis: Analysis | None = None
    if settings.cache:
        try:
            with Cache(root / settings.cache_dir) as cache:
                if cache.notice:
                    warnings.append(cache.notice)
                analysis = analyse_files(places, cache, workers, advance, contents)
        except StoreError as error:
            warnings.append(f"{error}; going on without the cache")
    if analysis is None:
        analysis = analyse_files(places, None, workers, advance, contents)
    return analysis, [*warnings, *analysis.warnings]


def _map(analysis: Analysis, ranking: Ranking) -> CodeMap:
    from codesim.pipeline.code_map import map_code  # noqa: PLC0415  # only a page shows it

    return map_code(analysis.records, ranking.candidates)


def _own_files(files: Sequence[Path], scope: str) -> list[Path]:
    """The files in scope that were written here: neither vendored, nor generated by their name, nor migrations."""
    if not files:
        return []
    paths = [file.as_posix() for file in files]
    around = os.path.commonpath([os.path.dirname(path) for path in paths]).rstrip("/")  # noqa: PTH120  # once a file
    own = [file for file, path in zip(files, paths, strict=True) if path_origin(path[len(around) + 1 :]) is Origin.OWN]
    return [file for file in own if scope == "all" or is_test_path(shown_path(file)) == (scope == "tests")]


def _eligible(analysis: Analysis) -> list[FragmentRecord]:
    """The fragments that may be reported, in order of path and place."""
    records = [item for record in analysis.records.values() for item in record.fragments if is_reportable(item)]
    return sorted(records, key=attrgetter("fragment"))
