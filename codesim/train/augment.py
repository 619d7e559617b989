"""Views of a function for contrastive training: the same work in other words.

In: an `ast` function and a random source. Out: a deep copy under one to five meaning-preserving transformations
(`augment`), or with a share of its statements edited (`edit`, a weaker positive). Deterministic for a given seed; the
function given is never changed.

Source: compositions of code transformations as positives after ContraCode (Jain et al., 2021).
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Sequence
from random import Random

from codesim.train.transforms import REWRITES, Function, edit_statements, may_apply

MOST_REWRITES = 5
RENAME_SHARE = 0.5
MOST_EDITED = 0.35
"""Largest share of statements that `edit` touches; beyond it a maintainer would call it another function."""


def augment(node: Function, rng: Random) -> Function:
    """Return a copy under one to five random transformations that keep its meaning.

    Renaming takes part in half of the views, so that names are a useful cue and never a sufficient one.

    Args:
        node: the function; it is left as it is.
        rng: the random source.

    Returns:
        The transformed copy; an unchanged copy where no guard lets anything through.
    """
    copied = copy.deepcopy(node)
    if rng.random() < RENAME_SHARE:
        REWRITES["rename-locals"](copied, rng)
    wanted = rng.randint(1, MOST_REWRITES)
    names = [name for name in may_apply(copied) if name != "rename-locals"]
    rng.shuffle(names)
    for name in names:
        if wanted == 0:
            break
        wanted -= REWRITES[name](copied, rng)
    return ast.fix_missing_locations(copied)


def rewrite(node: Function, name: str, rng: Random) -> Function | None:
    """Return a copy under one named transformation, or None where its guard finds no place.

    Raises:
        KeyError: there is no transformation of this name in `REWRITES`.
    """
    copied = copy.deepcopy(node)
    return ast.fix_missing_locations(copied) if REWRITES[name](copied, rng) else None


def edit(node: Function, rng: Random, donors: Sequence[ast.stmt], kind: str = "") -> Function | None:
    """Return a copy with up to a third of its statements edited, or other literals; None where nothing fits.

    Args:
        node: the function; it is left as it is.
        rng: the random source.
        donors: statements of other functions to draw from.
        kind: one of `EDITS`, or "" for a mixture.
    """
    copied = copy.deepcopy(node)
    made = edit_statements(copied, rng, rng.uniform(0.05, MOST_EDITED), donors, kind)
    return copied if made else None
