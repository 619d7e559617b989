"""Weak pairs over unrelated packages: functions of one rare name whose docstrings or signatures are alike.

In: functions of many packages. Out: pairs that probably do the same job, written by different people, each with the
reason. Equal texts and equal graphs are left out, for a vendored copy teaches nothing; so are names that many packages
have, for `run` says nothing about a job.

Source: our own; natural language as weak supervision after CodeSearchNet (Husain et al., 2019).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from random import Random

from codesim.errors import CodesimError
from codesim.evaluate import read_graph
from codesim.graph import canonical_hash
from codesim.train.behaviour import BehaviourPair
from codesim.train.evolution import PlacedFunction, token_similarity, tokens_of

MOST_PACKAGES = 6
"""A name that more packages have is no rare name."""
SHORTEST_NAME = 7
DOCSTRING_OVERLAP, SIGNATURE_OVERLAP = 0.35, 0.6
FEWEST_WORDS, FEWEST_PARAMETERS = 3, 2
MOST_ALIKE = 0.9
STOP_WORDS = frozenset({
    "a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "if", "in", "into", "is", "it", "its", "of", "on",
    "or", "return", "returns", "that", "the", "this", "to", "with",
})  # fmt: skip


def weak_pairs(functions: Iterable[PlacedFunction], limit: int, seed: int) -> Iterator[BehaviourPair]:
    """Yield pairs of probably like functions from different packages.

    Args:
        functions: those of all packages.
        limit: most pairs, 0 for all.
        seed: of the draw.
    """
    named: dict[str, list[PlacedFunction]] = {}
    for function in functions:
        own = function.place.rpartition("::")[2].rpartition(".")[2]
        if len(own) >= SHORTEST_NAME and not own.startswith("__") and not own.startswith(("visit_", "test_")):
            named.setdefault(own.strip("_"), []).append(function)
    pairs = [pair for name in sorted(named) for pair in _pairs(name, named[name])]
    Random(seed).shuffle(pairs)  # noqa: S311
    yield from pairs[: limit or None]


def _pairs(name: str, functions: Sequence[PlacedFunction]) -> Iterator[BehaviourPair]:
    packages = {function.package for function in functions}
    if not 2 <= len(packages) <= MOST_PACKAGES or len(functions) > 2 * MOST_PACKAGES:
        return
    for first, second in combinations(functions, 2):
        if first.package != second.package:
            reason = _reason(first, second)
            if reason and not _is_copy(first, second):
                yield BehaviourPair(first.text, second.text, 1, reason, name)


def _reason(first: PlacedFunction, second: PlacedFunction) -> str:
    words = _words(first), _words(second)
    if min(len(found) for found in words) >= FEWEST_WORDS and _overlap(*words) >= DOCSTRING_OVERLAP:
        return "weak-docstring"
    given = _parameters(first), _parameters(second)
    if min(len(found) for found in given) >= FEWEST_PARAMETERS and _overlap(*given) >= SIGNATURE_OVERLAP:
        return "weak-signature"
    return ""


def _overlap(first: set[str], second: set[str]) -> float:
    return len(first & second) / len(first | second)


def _words(function: PlacedFunction) -> set[str]:
    paragraph = (ast.get_docstring(function.node) or "").split("\n\n")[0]
    return {word for word in re.findall(r"[a-z]+", paragraph.lower()) if word not in STOP_WORDS}


def _parameters(function: PlacedFunction) -> set[str]:
    a = function.node.args
    return {argument.arg for argument in (*a.posonlyargs, *a.args, *a.kwonlyargs)} - {"self", "cls"}


def _is_copy(first: PlacedFunction, second: PlacedFunction) -> bool:
    if token_similarity(tokens_of(first.text), tokens_of(second.text)) >= MOST_ALIKE:
        return True
    try:
        graphs = [read_graph(function.text) for function in (first, second)]
    except (CodesimError, RecursionError):
        return True  # no graph, no pair
    return canonical_hash(graphs[0]) == canonical_hash(graphs[1])
