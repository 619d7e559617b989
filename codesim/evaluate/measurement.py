"""What `codesim evaluate` does with one data set: all systems on the same functions, the same queries, the same draws.

In: rows or pairs, and the names of systems. Out: a `SetReport` with each system's figures over all and by kind, 95 %
intervals, and how far the encoder is ahead of it, with the interval of the paired difference.

Source: our own; intervals as in `codesim.evaluate.bootstrap`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codesim.embed import Encoder
from codesim.errors import GraphError, SourceError
from codesim.evaluate import discrimination, retrieval
from codesim.evaluate.bootstrap import drawn_means, group_draws, group_numbers, interval
from codesim.evaluate.dataset import Pair, Row
from codesim.evaluate.discrimination import pairs_of_kind, rank_pairs
from codesim.evaluate.functions import Function, read_function
from codesim.evaluate.masking import Mask
from codesim.evaluate.report import Ahead, SetReport, SystemReport
from codesim.evaluate.retrieval import query_blocks, query_figures, retrieval_task
from codesim.evaluate.similarity import Similarity, mean_similarity
from codesim.evaluate.sparse import FloatArray, IntArray
from codesim.evaluate.systems import ENCODER, TOGETHER, make_systems

BATCH = 256
FigureArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Measured:
    """One system: its figures, by kind, and its figures in every draw."""

    figures: FigureArray
    by_kind: dict[str, FigureArray]
    drawn: FigureArray


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What to measure: an encoder, the systems to run beside it, and which names to hide from all of them.

    systems: as `choose_systems` gives them. advance: called with the number of functions that were read.
    """

    encoder: Encoder
    systems: tuple[str, ...]
    mask: Mask = Mask.NONE
    advance: Callable[[int], None] | None = None

    def retrieval(self, name: str, rows: Sequence[Row]) -> SetReport:
        """Let every query search the corpus, by each system.

        Args:
            name: of the data set, for the report.
            rows: of the data set.

        Returns:
            Figures in [0, 1] by system; a function that cannot be read has similarity 0 to all.
        """
        task = retrieval_task(rows)
        similarities, unreadable = self._read([row.source for row in rows], task.corpus)
        figures = {system: np.zeros((len(task.queries), len(retrieval.MEASURES))) for system in self.systems}
        for places in query_blocks(task):
            asked = task.queries[places]
            blocks = {part: similarity.block(asked, task.corpus) for part, similarity in similarities.items()}
            for system in self.systems:
                figures[system][places] = query_figures(_combined(system, blocks), asked, task)
        groups = group_numbers([rows[query].group for query in task.queries])
        draws = group_draws(int(groups.max(initial=-1)) + 1)
        kinds = [task.kinds[query] for query in task.queries]
        members = {kind: np.array([_is_of(one, kind) for one in kinds]) for kind in kind_names(kinds)}
        measured: dict[str, _Measured] = {}
        for system, found in figures.items():
            by_kind = {kind: _means(found[chosen]) for kind, chosen in members.items()}
            measured[system] = _Measured(_means(found), by_kind, drawn_means(found, groups, draws))
        counts = {"rows": len(rows), "unreadable": unreadable, "corpus": len(task.corpus)}
        counts |= {"queries": len(task.queries), "groups": draws.shape[1]}
        sizes = {kind: int(chosen.sum()) for kind, chosen in members.items()}
        systems = _system_reports(retrieval.MEASURES, measured)
        return SetReport(name, "retrieval", self.mask, counts, sizes, systems)

    def pairs(self, name: str, pairs: Sequence[Pair]) -> SetReport:
        """Let each system tell pairs that behave alike from pairs that do not.

        Args:
            name: of the data set, for the report.
            pairs: of the data set.

        Returns:
            Figures in [0, 1] by system; of a kind that has one label only, against all pairs of the other label.
        """
        places: dict[str, int] = {}
        for pair in pairs:
            places.setdefault(pair.a, len(places))
            places.setdefault(pair.b, len(places))
        similarities, unreadable = self._read(list(places), np.arange(len(places)))
        first = np.array([places[pair.a] for pair in pairs], dtype=np.int64)
        second = np.array([places[pair.b] for pair in pairs], dtype=np.int64)
        scores = {part: similarity.paired(first, second) for part, similarity in similarities.items()}
        alike = np.array([pair.alike for pair in pairs], dtype=bool)
        groups = group_numbers([pair.group for pair in pairs])
        draws = group_draws(int(groups.max(initial=-1)) + 1)
        kinds = [pair.kind for pair in pairs]
        members = {kind: pairs_of_kind(kind, kinds, alike) for kind in kind_names(kinds)}
        measured: dict[str, _Measured] = {}
        for system in self.systems:
            score = _combined(system, scores)
            ranking = rank_pairs(score, alike)
            by_kind = {kind: rank_pairs(score[chosen], alike[chosen]).figures() for kind, chosen in members.items()}
            drawn = np.stack([ranking.figures(draw[groups]) for draw in draws])
            measured[system] = _Measured(ranking.figures(), by_kind, drawn)
        counts = {"pairs": len(pairs), "alike": int(alike.sum()), "functions": len(places)}
        counts |= {"unreadable": unreadable, "groups": draws.shape[1]}
        sizes = {kind: sum(_is_of(one, kind) for one in kinds) for kind in members}
        systems = _system_reports(discrimination.MEASURES, measured)
        return SetReport(name, "pairs", self.mask, counts, sizes, systems)

    def _read(self, sources: Sequence[str], fitted: IntArray) -> tuple[dict[str, Similarity], int]:
        """Let the systems read all functions; also how many of these could not be read."""
        parts = make_systems(self.systems, self.encoder, self.mask)
        unreadable = 0
        for batch in _batches(sources, self.mask):
            unreadable += sum(function is None for function in batch)
            for part in parts.values():
                part.read(batch)
            if self.advance is not None:
                self.advance(len(batch))
        return {name: part.similarity(fitted) for name, part in parts.items()}, unreadable


def kind_names(kinds: Sequence[str]) -> list[str]:
    """The kinds, sorted; where kinds have the form "type4/loop", "type4" stands for all of them as well."""
    return sorted({*kinds, *(kind.partition("/")[0] for kind in kinds)})


def _is_of(one: str, kind: str) -> bool:
    return one == kind or one.startswith(f"{kind}/")


def _batches(sources: Sequence[str], mask: Mask) -> Iterator[list[Function | None]]:
    for start in range(0, len(sources), BATCH):
        yield [_function(source, mask) for source in sources[start : start + BATCH]]


def _function(source: str, mask: Mask) -> Function | None:
    try:
        return read_function(source, mask)
    except (SourceError, GraphError):
        return None


def _combined(system: str, parts: dict[str, FloatArray]) -> FloatArray:
    return mean_similarity([parts[part] for part in TOGETHER.get(system, (system,))])


def _means(figures: FigureArray) -> FigureArray:
    means: FigureArray = figures.mean(axis=0) if len(figures) else np.full(figures.shape[1], np.nan)
    return means


def _system_reports(measures: tuple[str, ...], measured: dict[str, _Measured]) -> dict[str, SystemReport]:
    encoder = measured.get(ENCODER)
    systems: dict[str, SystemReport] = {}
    for system, found in measured.items():
        ahead: dict[str, Ahead] = {}
        if encoder is not None and system != ENCODER:
            for column, measure in enumerate(measures):
                low, high = interval(encoder.drawn[:, column] - found.drawn[:, column])
                ahead[measure] = Ahead(float(encoder.figures[column] - found.figures[column]), low, high)
        systems[system] = SystemReport(
            dict(zip(measures, found.figures.tolist(), strict=True)),
            {measure: interval(found.drawn[:, column]) for column, measure in enumerate(measures)},
            {kind: dict(zip(measures, figures.tolist(), strict=True)) for kind, figures in found.by_kind.items()},
            ahead,
        )
    return systems
