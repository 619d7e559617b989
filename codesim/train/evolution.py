"""Natural pairs: the same function in two releases of one package, and its sync and async twins.

In: folders of two releases. Out: rows for `codesim evaluate`: the older text as an original, the newer one as a query
whose kind tells how much of the text stayed; everything else of the older release is there to be mistaken for it. Twins
are functions of one release that do the same, once with `await` and once without.

Source: our own; the ratio of tokens is the one of difflib (Ratcliff and Metzener, 1988).
"""

from __future__ import annotations

import ast
import io
import textwrap
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path
from random import Random

from codesim.errors import CodesimError
from codesim.evaluate import ORIGINAL, Row, read_graph
from codesim.graph import canonical_hash
from codesim.source import Skipped, parse_module, read_source
from codesim.train.corpus import chosen_functions, describe_package, source_files
from codesim.train.transforms import Function

BUCKETS = (0.3, 0.5, 0.7, 0.9, 1.0)
"""Borders of the similarity buckets; below the first the pair is left out."""
UNSEEN = (
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER,
)  # fmt: skip
TWIN_SIMILARITY = 0.5
ASYNC_MARKS = ("async_", "_async", "Async", "async", "aio_", "aio")


@dataclass(frozen=True, slots=True)
class PlacedFunction:
    """A function of a package: `module.py::Qual.name` there, its own text without indentation, its syntax."""

    package: str
    place: str
    text: str
    node: Function

    @property
    def id(self) -> str:
        """What names it in a data set."""
        return f"{self.package}/{self.place}"


def placed_functions(folder: Path) -> Iterator[PlacedFunction]:
    """Yield the functions of a package with the text they have there; tests and vendored code are left out.

    Args:
        folder: of the package, whose name it bears.
    """
    package = describe_package(folder.resolve(), True)
    for path in source_files(package, package.path):
        shown = path.relative_to(package.path).as_posix()
        source = read_source(path, shown)
        module = source if isinstance(source, Skipped) else parse_module(source)
        if isinstance(source, Skipped) or isinstance(module, Skipped):
            continue
        lines = source.text.split("\n")
        seen: set[str] = set()
        for name, node in chosen_functions(shown, module):
            text = textwrap.dedent("\n".join(lines[node.lineno - 1 : node.end_lineno]))
            if name not in seen and _is_whole(text, node):  # of several, such as overloads, the first
                seen.add(name)
                yield PlacedFunction(package.name, f"{shown}::{name}", text, node)


def _is_whole(text: str, node: Function) -> bool:
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return len(body) == 1 and isinstance(body[0], type(node))


def tokens_of(text: str) -> list[str]:
    """Return the tokens of a text without comments and layout.

    Raises:
        SyntaxError: the text is not Python; `tokenize.TokenError` where it ends too early.
    """
    readline = io.StringIO(text).readline
    return [token.string for token in tokenize.generate_tokens(readline) if token.type not in UNSEEN]


def token_similarity(first: Sequence[str], second: Sequence[str]) -> float:
    """Return the share of tokens that two texts have in common in order, in [0, 1]."""
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def bucket_of(ratio: float) -> str:
    """Return the bucket of a similarity, as "0.5-0.7"; "" below the lowest and for equal texts."""
    for low, high in pairwise(BUCKETS):
        if low <= ratio < high:
            return f"{low:g}-{high:g}"
    return ""


def make_evolution(
    releases: Sequence[tuple[Path, Path]], others: Sequence[Path], per_kind: int, originals: int, seed: int
) -> Iterator[Row]:
    """Yield the rows of a retrieval data set of functions and what became of them.

    Args:
        releases: older and newer folder of each package, both of one name.
        others: folders of packages that only give originals to hide among.
        per_kind: most queries of one bucket, 0 for all.
        originals: how many originals at most; those that a query asks for come first.
        seed: of the draw.

    Yields:
        Originals, no two of one graph, then queries.
    """
    rng = Random(seed)  # noqa: S311
    older = [function for old, _ in releases for function in placed_functions(old)]
    newer = {function.id: function for _, new in releases for function in placed_functions(new)}
    queries = _queries(older, newer)
    asked = set()
    chosen: list[Row] = []
    for kind in sorted({row.kind for row in queries}):
        rows = [row for row in queries if row.kind == kind]
        rows = rng.sample(rows, min(per_kind, len(rows))) if per_kind else rows
        chosen += rows
        asked |= {row.group for row in rows}
    rest = older + [function for folder in others for function in placed_functions(folder)]
    rng.shuffle(rest)
    rest.sort(key=lambda function: function.id not in asked)
    found: set[str] = set()
    for row in _originals(rest, originals):
        found.add(row.group)
        yield row
    yield from (row for row in chosen if row.group in found and _digest(row.source))


def _queries(older: Sequence[PlacedFunction], newer: dict[str, PlacedFunction]) -> list[Row]:
    queries = []
    texts = {function.text for function in older}
    for function in older:
        later = newer.get(function.id)
        if later is None or later.text in texts or type(later.node) is not type(function.node):
            continue
        try:
            ratio = token_similarity(tokens_of(function.text), tokens_of(later.text))
        except (SyntaxError, tokenize.TokenError):
            continue
        if bucket := bucket_of(ratio):
            kind = f"evolution-{bucket}"
            queries.append(Row(f"{function.id}#{kind}", function.id, later.text, kind))
    return queries


def _originals(functions: Sequence[PlacedFunction], most: int) -> Iterator[Row]:
    seen: set[str] = set()
    for function in functions:
        if len(seen) == most:
            return
        digest = _digest(function.text)
        if digest and digest not in seen:
            seen.add(digest)
            yield Row(function.id, function.id, function.text, ORIGINAL)


def _digest(text: str) -> str:
    """Return the canonical hash of the function in a text, "" where no graph can be built."""
    try:
        return canonical_hash(read_graph(text))
    except (CodesimError, RecursionError):
        return ""


def async_twins(functions: Sequence[PlacedFunction]) -> Iterator[tuple[PlacedFunction, PlacedFunction]]:
    """Yield sync and async twins of one package: equal names but for a mark, and like texts.

    Args:
        functions: those of one package.
    """
    plain: dict[str, list[PlacedFunction]] = {}
    for function in functions:
        if isinstance(function.node, ast.FunctionDef):
            plain.setdefault(_unmarked(function), []).append(function)
    for function in functions:
        if isinstance(function.node, ast.AsyncFunctionDef):
            mine = tokens_of(function.text)
            scored = [
                (token_similarity(tokens_of(o.text), mine), o.place, o) for o in plain.get(_unmarked(function), ())
            ]
            if scored and (best := max(scored, key=lambda found: found[:2]))[0] >= TWIN_SIMILARITY:
                yield best[2], function


def _unmarked(function: PlacedFunction) -> str:
    qualname = function.place.rpartition("::")[2]
    for mark in ASYNC_MARKS:
        qualname = qualname.replace(mark, "")
    *outer, own = qualname.lower().split(".")
    # the convention of Django and others: `aget` beside `get`
    stripped = own[1:] if isinstance(function.node, ast.AsyncFunctionDef) and own.startswith("a") else own
    return ".".join([*outer, stripped])
