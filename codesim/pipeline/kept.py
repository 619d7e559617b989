"""A scan whose input is all as it was is answered with the report that was kept.

In: what a scan is asked. Out: its result, from the cache if nothing that it depends on has changed: the content of
every file, what was left out, the settings, the history, the code. Then the rooms of the corridor are not even loaded.
Whether a file changed is asked of the file system, and of its content in doubt (`codesim.source.stamps`).
Source: our own.
"""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import perf_counter

from codesim.config import Settings
from codesim.errors import StoreError
from codesim.pipeline.plain_values import from_plain, to_plain
from codesim.pipeline.result import Progress, ScanResult
from codesim.report import Timings
from codesim.source import Discovery, Focus, discover_files, history_state, read_digests
from codesim.store import Cache, cache_key, code_version

_MOST_ALIKE = 8  # reports of one question: for the branches that one goes back and forth between
_MOST_BYTES = 64 * 2**20  # of one report
_WITHOUT_EFFECT = frozenset({
    "jobs", "cache", "cache_dir", "cache_size", "format", "output", "report", "color", "limit", "verbose", "quiet",
    "stats", "baseline", "ignore", "fail_on", "threshold",
})  # fmt: skip
"""Settings that change how a result is come by, what is shown of it and how, not what it is."""


def scan(
    paths: Sequence[Path] | Discovery,
    settings: Settings,
    root: Path,
    focus: Focus | None = None,
    progress: Progress | None = None,
) -> ScanResult:
    """Find what is written twice below the given paths.

    Args:
        paths: files and folders, none means the working directory; or what was already found there.
        settings: every setting; see `codesim.config.Settings`.
        root: the project's root, where the cache lives.
        focus: report only candidates with a member in it; None reports all.
        progress: told how far each stage is.

    Returns:
        The report; byte-identical for equal input, whatever the number of workers and the order of files, and whether
        or not it is one that was kept. Its candidates have a `basis` if a page is asked for.

    Raises:
        CodesimError: a path does not exist, or the encoder cannot be loaded.

    Source: our own.
    """
    question = _Question(paths, settings, root)
    # a page shows what candidates were built from, and a check is asked once of each state
    if not settings.cache or "html" in settings.forms or focus is not None:
        return _new(question, focus, progress)
    begin = perf_counter()
    place = root / settings.cache_dir
    warnings: list[str] = []
    state, kept = _recall(place, question, warnings)
    if kept is not None:
        spent = round(perf_counter() - begin, 3)
        times = Timings(spent, 0.0, 0.0, 0.0, 0.0, 0.0, spent) if settings.stats else None
        return replace(kept, report=replace(kept.report, timings=times), warnings=warnings)
    result = _new(question, None, progress)
    if state and not result.warnings:
        _keep(place, question, state, result, warnings)
    return replace(result, warnings=[*warnings, *result.warnings])


@dataclass(frozen=True, slots=True)
class _Question:
    """What a scan is asked."""

    paths: Sequence[Path] | Discovery
    settings: Settings
    root: Path

    def family(self) -> str:
        """The same for all states of the input in which this is asked."""
        named = "" if isinstance(self.paths, Discovery) else [str(path) for path in self.paths]
        return cache_key("question", _text([named, self._choices(), os.getcwd(), str(self.root)]))  # noqa: PTH109

    def state(self, cache: Cache) -> str:
        """The same only as long as the answer is.

        Raises:
            StoreError: the cache cannot be read.
        """
        found = self.paths
        if not isinstance(found, Discovery):
            found = discover_files(found, self.settings, self.root)
        paths = [str(path) for path in found.files]
        digests, learned = read_digests(found.files, found.contents, cache.get_digests(paths))
        cache.put_digests(learned)
        skipped = [[each.path, each.reason] for each in found.skipped]
        place = str(found.root)
        parts = [self.family(), code_version(), paths, digests, skipped, place, history_state(found.root)]
        return cache_key("state", _text(parts))

    def _choices(self) -> dict[str, object]:
        return {name: value for name, value in asdict(self.settings).items() if name not in _WITHOUT_EFFECT}


def _text(parts: Iterable[object]) -> str:
    return hashlib.sha256(json.dumps(list(parts), default=repr).encode()).hexdigest()


def _new(question: _Question, focus: Focus | None, progress: Progress | None) -> ScanResult:
    from codesim.pipeline import corridor  # noqa: PLC0415  # half a second that a report that was kept does not need

    settings = question.settings
    keep_basis = "html" in settings.forms
    return corridor.scan(question.paths, settings, question.root, focus, progress, keep_basis=keep_basis)


def _recall(place: Path, question: _Question, warnings: list[str]) -> tuple[str, ScanResult | None]:
    """The state of the input, and the result that was kept of it, if any; no state where the cache cannot be used."""
    try:
        cache = Cache(place)
    except StoreError:
        return "", None  # the corridor will say so
    with cache:
        if cache.notice:
            warnings.append(cache.notice)
        try:
            state = question.state(cache)
            data = cache.get_many([state]).get(state)
            return state, None if data is None else from_plain(ScanResult, json.loads(_unpacked(data)))
        except StoreError as error:
            warnings.append(str(error))
            return "", None
        except (ValueError, TypeError, RecursionError, zlib.error):  # forged, or of other fields
            return state, None


def _keep(place: Path, question: _Question, state: str, result: ScanResult, warnings: list[str]) -> None:
    """Keep a result, if the input is still what it was when the scan began."""
    plain = replace(result, report=replace(result.report, timings=None))
    data = zlib.compress(json.dumps(to_plain(plain)).encode(), level=1)
    if len(data) > _MOST_BYTES:
        return
    try:
        with Cache(place) as cache:
            if question.state(cache) == state:
                cache.put_many({state: data}, question.family(), _MOST_ALIKE)
                cache.prune(question.settings.cache_size * 2**20)
    except StoreError as error:
        warnings.append(str(error))


def _unpacked(data: memoryview) -> bytes:
    """What was compressed; a forged value does not fill the memory."""
    unpacker = zlib.decompressobj()
    text = unpacker.decompress(data, 16 * _MOST_BYTES)
    if not unpacker.eof:
        raise ValueError("a kept report is larger than any")
    return text
