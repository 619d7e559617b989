"""Pairs that behave alike or not: a function beside its transformed twin, and beside its mutant.

In: the same-task set, or functions of packages. Out: `BehaviourPair`s, label 1 for a twin, 0 for a mutant, as many of
one as of the other for each function. Those of the same-task set are tried on the cases of their task: a twin must
pass them all, a mutant must fail one, so equivalent mutants are left out. Those of packages are never run and say so
in their kind.

Source: our own; mutants as hard negatives after DISCO (Ding et al., 2022).
"""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

from codesim.train.augment import augment
from codesim.train.mutations import MUTATIONS, mutate
from codesim.train.pairs import COMPOSED, parsed, source_text
from codesim.train.transforms import REWRITES, Function
from codesim.train.trial import PASSED, run_variants, solution_names

UNTRIED = "untried-"
"""Before the kind of a pair that no case was run on."""


@dataclass(frozen=True, slots=True)
class BehaviourPair:
    """One line of a pair data set: two texts, and whether they behave alike.

    label: 1 if they do, else 0. kind: what was done to `a`. group: of the pairs that belong together.
    """

    a: str
    b: str
    label: int
    kind: str
    group: str

    def as_line(self) -> str:
        """Render the pair as one JSON line, without the line end."""
        return json.dumps(asdict(self), ensure_ascii=False)


@dataclass(slots=True)
class Tried:
    """How many mutants of each kind were made, and how many of them the cases told apart."""

    made: Counter[str]
    killed: Counter[str]

    @classmethod
    def empty(cls) -> Tried:
        """Start at nothing."""
        return cls(Counter(), Counter())


def task_pairs(task: Path, group: str, seed: int, tried: Tried) -> list[BehaviourPair]:
    """Make the pairs of the solutions of one task: one mutant of each kind, and as many twins.

    The solutions and what was made of them are run (`trial`); the folder must be trusted.

    Args:
        task: its file.
        group: what names the task.
        seed: of the draw.
        tried: counts, which grow.

    Raises:
        OSError: the file cannot be read, or no process can be started.
    """
    text = task.read_text(encoding="utf-8")
    names = solution_names(text)
    wanted: list[tuple[str, BehaviourPair]] = []
    for node in ast.parse(text).body:
        if isinstance(node, Function) and node.name in names:
            place = f"{group}::{node.name}"
            wanted += [(node.name, pair) for pair in _pairs(node, place, Random(f"{seed}:{place}"))]  # noqa: S311
    outcomes = run_variants(task, [(name, pair.b) for name, pair in wanted])
    pairs: dict[str, list[BehaviourPair]] = {}
    for (_, pair), outcome in zip(wanted, outcomes, strict=True):
        if not pair.label:
            tried.made[pair.kind] += 1
            tried.killed[pair.kind] += outcome != PASSED
        if (outcome == PASSED) == bool(pair.label):
            pairs.setdefault(pair.group, []).append(pair)
    return [pair for group in pairs.values() for pair in _balanced(group)]


def function_pairs(functions: Iterable[tuple[str, Function]], seed: int) -> Iterator[BehaviourPair]:
    """Yield the pairs of functions of packages, which are not run: some of their mutants are equivalent.

    Args:
        functions: what names each, and its syntax.
        seed: of the draw; each function draws from its own source.
    """
    for place, node in functions:
        rng = Random(f"{seed}:{place}")  # noqa: S311
        for pair in _balanced(_pairs(node, place, rng)):
            yield BehaviourPair(pair.a, pair.b, pair.label, f"{UNTRIED}{pair.kind}", pair.group)


def _pairs(node: Function, place: str, rng: Random) -> list[BehaviourPair]:
    source = source_text(node)
    if source is None:
        return []
    mutants = {kind: mutate(node, kind, rng) for kind in MUTATIONS}
    texts = {kind: source_text(mutant) for kind, mutant in mutants.items() if mutant is not None}
    pairs = [BehaviourPair(source, text, 0, kind, place) for kind, text in texts.items() if text and text != source]
    return [*pairs, *_twins(source, place, rng, len(pairs) + 1)]


def _twins(source: str, place: str, rng: Random, wanted: int) -> list[BehaviourPair]:
    """Make twins by different transformations, some of them by several at once."""
    twins: list[BehaviourPair] = []
    kinds = rng.sample(sorted(REWRITES), len(REWRITES))
    copied = parsed(source)
    seen = {source}
    while kinds and len(twins) < wanted:
        kind = COMPOSED if len(twins) % 3 == 2 else kinds.pop()
        if kind == COMPOSED:
            text = source_text(augment(copied, rng))
        else:
            text = source_text(ast.fix_missing_locations(copied)) if REWRITES[kind](copied, rng) else None
            copied = parsed(source)
        if text is not None and text not in seen:
            seen.add(text)
            twins.append(BehaviourPair(source, text, 1, kind, place))
        elif kind == COMPOSED:
            kinds.pop()
    return twins


def _balanced(pairs: Sequence[BehaviourPair]) -> list[BehaviourPair]:
    mutants = [pair for pair in pairs if not pair.label]
    twins = [pair for pair in pairs if pair.label]
    fewest = min(len(mutants), len(twins))
    return [*mutants[:fewest], *twins[:fewest]]
