"""A retrieval data set made from the corpus: transformed functions hidden among many others.

In: functions of held-out packages. Out: rows for `codesim evaluate`: every function as an original, and for some of
them one transformed twin, spread evenly over the kinds. A kind begins with the clone type that it makes: type 1 another
layout, type 2 other names or literals, type 3 statements edited or added, type 4 another way to say the same.

Source: our own; the clone types are those of Roy and Cordy, 2007.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from codesim.errors import CodesimError
from codesim.evaluate import ORIGINAL, Row, read_graph
from codesim.train.augment import augment, edit
from codesim.train.corpus import SourceFunction
from codesim.train.transforms import EDITS, REWRITES, Function, may_apply
from codesim.train.transforms.edits import donor_statements
from codesim.train.transforms.layout import relayout
from codesim.train.transforms.renaming import rename_all

COMPOSED = "composed"
"""One to five rewrites at once, with names changed in half of the twins: see `augment`."""
EDITED = "edited-"
LAYOUT, RENAME_ALL = "layout", "rename-all"
TYPE_2 = frozenset({RENAME_ALL, "rename-locals", f"{EDITED}literals"})
TYPE_3 = frozenset({"insert-dead", "insert-logging"})
MADE_OTHERWISE = (LAYOUT, RENAME_ALL, COMPOSED, *(EDITED + name for name in EDITS))
KINDS = (*MADE_OTHERWISE, *REWRITES)
DONOR_FUNCTIONS = 500


@dataclass(frozen=True, slots=True)
class _Twin:
    kind: str
    source: str


def clone_type(kind: str) -> int:
    """Return which clone type, 1 to 4, a kind of twin is."""
    if kind == LAYOUT:
        return 1
    if kind in TYPE_2:
        return 2
    return 3 if kind in TYPE_3 or kind.startswith(EDITED) else 4


def make_pairs(functions: Sequence[SourceFunction], twins: int, seed: int, per_kind: int = 0) -> Iterator[Row]:
    """Yield the rows of a retrieval data set.

    Args:
        functions: the corpus to hide in; each becomes one original.
        twins: how many of them get a transformed twin; fewer where transformations do not apply.
        seed: of the draw; each function draws from its own source.
        per_kind: most twins of one kind, 0 for any number.

    Yields:
        Rows in the order of the functions, a twin after its original.
    """
    donors = [statement for function in functions[:DONOR_FUNCTIONS] for statement in donor_statements(function.node)]
    made: Counter[str] = Counter()
    for number, function in enumerate(functions):
        group = f"{function.package}/{function.place}"
        source = source_text(function.node)
        if source is None:
            continue
        yield Row(group, group, source, ORIGINAL)
        if number < twins:
            rng = Random(f"{seed}:{group}")  # noqa: S311
            twin = _twin(source, rng, made, donors, per_kind)
            if twin is not None:
                made[twin.kind] += 1
                kind = f"type{clone_type(twin.kind)}-{twin.kind}"
                yield Row(f"{group}#{kind}", group, twin.source, kind)


def _twin(source: str, rng: Random, made: Counter[str], donors: Sequence[ast.stmt], per_kind: int) -> _Twin | None:
    """Make the twin that is rarest so far among those that apply."""
    copied = parsed(source)
    kinds = [kind for kind in (*MADE_OTHERWISE, *may_apply(copied)) if not per_kind or made[kind] < per_kind]
    rng.shuffle(kinds)
    for kind in sorted(kinds, key=lambda kind: made[kind]):
        text = _changed(source, copied, kind, rng, donors)
        if text is not None and text != source:
            return _Twin(kind, text)
        if text is not None:
            copied = parsed(source)  # it was changed, to no effect
    return None


def _changed(source: str, copied: Function, kind: str, rng: Random, donors: Sequence[ast.stmt]) -> str | None:
    """Return the changed text, None where nothing applies; only then is the copy still as it was."""
    if kind == LAYOUT:
        return relayout(source, rng)
    if kind == COMPOSED:
        return source_text(augment(copied, rng))
    if kind.startswith(EDITED):
        edited = edit(copied, rng, donors, kind.removeprefix(EDITED))
        return source_text(edited) if edited is not None else None
    rewrite = rename_all if kind == RENAME_ALL else REWRITES[kind]
    if not rewrite(copied, rng):
        return None
    return source_text(ast.fix_missing_locations(copied)) or source


def parsed(source: str) -> Function:
    """Parse the text of one function; quicker than a deep copy of its tree.

    Raises:
        SyntaxError: it is none.
    """
    node = ast.parse(source).body[0]
    if not isinstance(node, Function):
        raise SyntaxError("not a function")
    return node


def source_text(node: Function) -> str | None:
    """Return the source of a function, None where it cannot be written, read back, or given a graph."""
    try:
        source = ast.unparse(node)
        read_graph(source)
    except (ValueError, RecursionError, CodesimError):  # before 3.12 some f-strings have no spelling
        return None
    return source
