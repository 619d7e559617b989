"""From a file to its record: source, parse, graph and embed.

In: a `SourceFile`. Out: a `FileRecord` (its fragments with hash and vector) or a `Skipped`. A file is the unit of
work and of batching, so that a vector never depends on how many workers there are or on what else is scanned. Source:
our own.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter
from typing import TYPE_CHECKING

from codesim.config import Settings
from codesim.embed import Encoder, GraphArrays, joined_arrays
from codesim.graph import Pdg, build_pdg, canonical_hashes, join_graphs, may_reach_size
from codesim.parse import Node, Outline, lower, outline, pack_tree, parse_function, surroundings_of
from codesim.parse.depth import deep_recursion
from codesim.pipeline.interpreter import DEEPEST_COMPARED
from codesim.source import (
    CutFragment,
    Skipped,
    SourceFile,
    Surroundings,
    cut_fragments,
    is_generated,
    parse_module,
    read_suppressions,
)
from codesim.store import FileRecord, FragmentRecord
from codesim.verify import substance

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


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


@dataclass(frozen=True, slots=True)
class _Draft:
    """A fragment on its way to a record."""

    cut: CutFragment
    surroundings: Surroundings
    pdg: Pdg
    substance: int
    outline: Outline
    tree: bytes


class Analyser:
    """Analyses files one at a time; one lives in each process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def encoder(self) -> Encoder:
        """The encoder, loaded when there is something to embed."""
        return Encoder.load()

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
        around = surroundings_of(cut, faithful)
        return _Draft(cut, around, pdg, substance(tree), outline(faithful, suppressed), pack_tree(tree))


def _record(draft: _Draft, digest: str, vector: NDArray[np.float32]) -> FragmentRecord:
    cut = draft.cut
    nodes = len(draft.pdg.kinds)
    return FragmentRecord(
        cut.fragment,
        draft.surroundings,
        cut.suppressed,
        digest,
        nodes,
        draft.substance,
        vector,
        draft.outline,
        draft.tree,
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
