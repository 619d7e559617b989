"""A retrieval data set made from the corpus: transformed functions hidden among many others.

In: functions of held-out packages. Out: rows for `codesim evaluate retrieval`: every function as an original, and for
some of them one transformed twin, spread evenly over the transformations. Twins are written as source text, so that
what is measured is the whole way from text to vector.

Source: our own.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from codesim.errors import CodesimError
from codesim.evaluate import ORIGINAL, Row, build_case
from codesim.train.augment import augment, edit, rewrite
from codesim.train.corpus import SourceFunction
from codesim.train.transforms import EDITS, REWRITES, Function
from codesim.train.transforms.edits import donor_statements

COMPOSED = "composed"
"""One to five rewrites at once, with names changed in half of the twins: see `augment`."""
EDITED = "edited-"


@dataclass(frozen=True, slots=True)
class _Twin:
    kind: str
    source: str


def make_pairs(functions: Sequence[SourceFunction], twins: int, seed: int) -> Iterator[Row]:
    """Yield the rows of a retrieval data set.

    Args:
        functions: the corpus to hide in; each becomes one original.
        twins: how many of them get a transformed twin; fewer where transformations do not apply.
        seed: of the draw; each function draws from its own source.

    Yields:
        Rows in the order of the functions, a twin after its original.
    """
    donors = [statement for function in functions[:500] for statement in donor_statements(function.node)]
    made: Counter[str] = Counter()
    for number, function in enumerate(functions):
        group = f"{function.package}/{function.place}"
        source = _text(function.node)
        if source is None:
            continue
        yield Row(group, group, source, ORIGINAL)
        if number < twins:
            rng = Random(f"{seed}:{group}")  # noqa: S311
            twin = _twin(function.node, source, rng, made, donors)
            if twin is not None:
                made[twin.kind] += 1
                yield Row(f"{group}#{twin.kind}", group, twin.source, twin.kind)


def _twin(node: Function, source: str, rng: Random, made: Counter[str], donors: Sequence[ast.stmt]) -> _Twin | None:
    """Make the twin that is rarest so far among those that apply."""
    kinds = [COMPOSED, *(EDITED + name for name in EDITS), *REWRITES]
    rng.shuffle(kinds)
    for kind in sorted(kinds, key=lambda kind: made[kind]):
        changed = _changed(node, kind, rng, donors)
        text = _text(changed) if changed is not None else None
        if text is not None and text != source:
            return _Twin(kind, text)
    return None


def _changed(node: Function, kind: str, rng: Random, donors: Sequence[ast.stmt]) -> Function | None:
    if kind == COMPOSED:
        return augment(node, rng)
    if kind.startswith(EDITED):
        return edit(node, rng, donors, kind.removeprefix(EDITED))
    return rewrite(node, kind, rng)


def _text(node: Function) -> str | None:
    """Return the source of a function, None where it cannot be written or read back."""
    try:
        source = ast.unparse(node)
        build_case(Row("", "", source, ""), "")
    except (ValueError, RecursionError, CodesimError):  # before 3.12 some f-strings have no spelling
        return None
    return source
