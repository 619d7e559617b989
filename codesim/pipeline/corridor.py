"""A scan from source to report: the page to read first.

In: paths and settings. Out: a `ScanReport`. `scan` calls every room of the corridor in order, one step each:
source -> parse -> graph -> embed -> index -> verify -> group -> refactor -> report.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from operator import attrgetter
from pathlib import Path
from time import perf_counter

import numpy as np

from codesim import __version__, refactor  # refactor loads its libraries when there is a candidate
from codesim.config import Settings
from codesim.embed import learned_cosine
from codesim.errors import StoreError
from codesim.group import group_pairs, representative
from codesim.index import candidate_pairs
from codesim.pipeline.blocks import with_blocks
from codesim.pipeline.copied_files import find_copied_files
from codesim.pipeline.focused import fragment_in_focus, in_focus
from codesim.pipeline.identity import class_id
from codesim.pipeline.ignored import covers_project, without_ignored_files
from codesim.pipeline.interpreter import rare_collections, room_for_comparing
from codesim.pipeline.marks import invalid_marks, unused_marks
from codesim.pipeline.rank import Prospect, Ranking, boilerplate_rule, is_reportable
from codesim.pipeline.records import Analysis, analyse_files
from codesim.pipeline.rejected import NEAR, RunLedger, pairs_apart, rejected_by
from codesim.pipeline.result import Progress, ScanResult
from codesim.pipeline.selection import select_candidates
from codesim.pipeline.shared import Commonness, shared_content
from codesim.pipeline.subjects import Subjects
from codesim.pipeline.texts import FileChangedError
from codesim.report import CodeMap, Rejected, ScanReport, Summary, Timings
from codesim.source import Discovery, Focus, Origin, discover_files, is_test_path, path_origin, shown_path
from codesim.store import Cache, FragmentRecord
from codesim.verify import PairVerdict, nested, pair_closeness, score_pair

_ATTEMPTS = 3
"""How often a scan begins anew because a file was changed meanwhile."""


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
        The report; byte-identical for equal input, whatever the number of workers and the order of files.

    Raises:
        CodesimError: a path does not exist, or the encoder cannot be loaded.

    Source: our own.
    """
    say = progress or (lambda *_: None)
    with rare_collections(), room_for_comparing():
        for _ in range(_ATTEMPTS - 1):
            with suppress(FileChangedError):
                return _scan(paths, settings, root, focus, say)
        return _scan(paths, settings, root, focus, say)


def _scan(
    paths: Sequence[Path] | Discovery, settings: Settings, root: Path, focus: Focus | None, say: Progress
) -> ScanResult:
    begin = perf_counter()
    discovery = paths if isinstance(paths, Discovery) else discover_files(paths, settings, root)
    files = _own_files(discovery.files, settings.scope)
    places = {shown_path(file): file for file in files}
    analysis, warnings = _analyse(places, discovery.contents, settings, root, say)
    analysis.records, unused = without_ignored_files(analysis.records, places, settings.per_file_ignores, root)
    unused = unused if covers_project(paths, root, focus) else []
    fragments = _eligible(analysis)
    search = _Search(fragments, Subjects(analysis.texts), settings, focus, analysis.learned_dim)
    clock = [perf_counter()]
    pairs = search.candidates()
    clock.append(perf_counter())
    verified = search.verify(pairs, say)
    clock.append(perf_counter())
    records = [record for path in sorted(analysis.records) for record in analysis.records[path].fragments]
    commonness = Commonness(search.subjects.prepared())
    functions, boilerplate = search.classes(verified, commonness)
    ledger = RunLedger() if settings.rejected else None
    prospects = with_blocks(functions, records, search.subjects, commonness, settings, focus=focus, ledger=ledger)
    copies = find_copied_files(fragments)
    prospects = in_focus([*prospects, *boilerplate], focus)
    root_of_history = discovery.root if focus is None else None  # of a few findings no order is asked
    ranking = select_candidates(prospects, copies, places, root_of_history, settings.min_value)
    rejected = None if ledger is None else (*rejected_by(ranking), *ledger.rejected(ranking), *search.rejected())
    unused += unused_marks(analysis.records, search.subjects, settings, analysis.learned_dim, focus)
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
    places: Mapping[str, Path], contents: Mapping[Path, bytes], settings: Settings, root: Path, say: Progress
) -> tuple[Analysis, list[str]]:
    """Source, parse, graph and embed, with the cache where it can be opened."""
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
                analysis = analyse_files(places, settings, cache, advance, contents)
        except StoreError as error:
            warnings.append(f"{error}; going on without the cache")
    if analysis is None:
        analysis = analyse_files(places, settings, None, advance, contents)
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


class _Search:
    """One scan's way from fragments to candidates.

    Fragments with equal canonical graphs are clones by construction: one of them stands for all in retrieval and
    verification.
    """

    def __init__(
        self, records: list[FragmentRecord], subjects: Subjects, settings: Settings, focus: Focus | None,
        learned_dim: int,
    ) -> None:  # fmt: skip
        self.settings, self.subjects, self.focus, self.learned_dim = settings, subjects, focus, learned_dim
        copies: dict[str, list[FragmentRecord]] = defaultdict(list)
        for record in records:
            copies[record.canonical_hash].append(record)
        self.copies = list(copies.values())
        self.closeness: dict[tuple[int, int], float | None] = {}
        self.groups: list[tuple[int, ...]] = []

    def candidates(self) -> list[tuple[int, int]]:
        """Retrieve: pairs of distinct graphs with similar vectors."""
        if not self.copies:
            return []
        first = [group[0] for group in self.copies]
        vectors = np.stack([record.vector for record in first])
        focus = None
        if self.focus is not None:
            focus = np.array([any(map(self._is_watched, group)) for group in self.copies], dtype=np.bool_)
        return candidate_pairs(vectors, self.settings.neighbours, self.settings.min_similarity, focus)

    def verify(self, pairs: list[tuple[int, int]], say: Progress) -> dict[tuple[int, int], float]:
        """Verify: align each pair and keep the clones, with their closeness."""
        scores: dict[tuple[int, int], float] = {}
        self.subjects.prefetch({k: self.copies[k][0] for pair in pairs for k in pair}.values())
        for done, (i, j) in enumerate(pairs, 1):
            near = self._closeness(i, j)
            if near is not None:
                scores[i, j] = near
            if done % 64 == 0 or done == len(pairs):
                say("verifying", done, len(pairs))
        return scores

    def classes(
        self, scores: dict[tuple[int, int], float], commonness: Commonness
    ) -> tuple[list[Prospect], list[Prospect]]:
        """Group and refactor: classes of work, and those of boilerplate where they are wanted."""
        identical = frozenset(k for k, group in enumerate(self.copies) if len(group) > 1)
        groups = group_pairs(scores, self._closeness, identical)
        single = set(range(len(self.copies))) - {member for group in groups for member in group}
        groups += [(member,) for member in sorted(single) if len(self.copies[member]) > 1]
        self.groups = groups
        found = [prospect for group in groups if (prospect := self._prospect(group, commonness)) is not None]
        return [one for one in found if one.rule is None], [one for one in found if one.rule is not None]

    def _is_watched(self, record: FragmentRecord) -> bool:
        return self.focus is not None and fragment_in_focus(record.fragment, self.focus)

    def _closeness(self, i: int, j: int) -> float | None:
        if (i, j) not in self.closeness:
            one, two = (self.copies[k][0] for k in (i, j))
            left, right = self.subjects.get(one), self.subjects.get(two)
            similarity = learned_cosine(one.vector, two.vector, self.learned_dim)
            self.closeness[i, j] = pair_closeness(left, right, similarity, self.settings.min_score)
        return self.closeness[i, j]

    def rejected(self) -> list[Rejected]:
        """The pairs that were verified and are in no class together."""
        return pairs_apart([group[0] for group in self.copies], self.closeness, self.groups, self._compare)

    def _compare(self, i: int, j: int) -> PairVerdict | None:
        """The verdict of a pair that was turned away; None where the vectors are not near, or one holds the other."""
        one, two = (self.copies[k][0] for k in (i, j))
        similarity = learned_cosine(one.vector, two.vector, self.learned_dim)
        if similarity < NEAR:
            return None
        left, right = self.subjects.get(one), self.subjects.get(two)
        if nested(left, right):
            return None
        return score_pair(left, right, similarity)

    def _prospect(self, group: tuple[int, ...], commonness: Commonness) -> Prospect | None:
        """The candidate of a class: its representative first, the other members in order of place."""
        standing = tuple(k for k in group if self.focus is not None and not all(map(self._is_watched, self.copies[k])))
        best = representative(standing or group, lambda i, j: self.closeness.get((i, j)) or 0.0)
        members = [record for k in group for record in self.copies[k]]
        members = sorted(members, key=lambda record: record.fragment)
        if self.focus is not None and not any(map(self._is_watched, members)):
            return None
        chosen = min(  # a copy outside the focus first, then the one that was just written
            self.copies[best], key=lambda r: (self._is_watched(r), is_test_path(r.fragment.path), r.fragment)
        )
        others = sorted((r for r in members if r is not chosen), key=lambda r: (not self._is_watched(r), r.fragment))
        first = self.subjects.get(chosen)
        kept, verdicts = [first], list[PairVerdict]()
        for record in others:
            other = self.subjects.get(record)
            if not nested(first, other):
                kept.append(other)
                verdicts.append(
                    score_pair(first, other, learned_cosine(chosen.vector, record.vector, self.learned_dim))
                )
        rule = boilerplate_rule(kept)
        if len(kept) < 2 or (rule is not None and self.settings.min_value and not self.settings.rejected):
            return None
        graphs = {record.fragment: record.canonical_hash for record in members}
        own = [graphs[member.fragment] for member in kept]
        tests = all(is_test_path(member.fragment.path) for member in kept)
        candidate = refactor.build_candidate(kept, verdicts, class_id(own), tests)
        named = [replace(member, graph=graph) for member, graph in zip(candidate.members, own, strict=True)]
        shared = shared_content(kept, [verdict.alignment for verdict in verdicts], commonness)
        return Prospect(replace(candidate, members=tuple(named)), shared, rule)
