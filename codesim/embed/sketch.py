"""A hashed lexical sketch of graphs: which labels and which words they hold, as rows of a fixed width.

In: graphs as integers, and how rare each feature is. Out: a float32 row of unit length per graph, zero for one without
words. A feature is a whole label or one word of it, counted once a graph; its weight is added with a sign to two
columns. All weights are multiples of 2**-11, so sums in float64 are exact: a row is the same bytes in any company.

Source: signed feature hashing after Weinberger et al., 2009; the choice of features is our own, see `Sketch`; the
mixing function is the finaliser of MurmurHash3 (Appleby, public domain).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from codesim.embed.features import MASKED_TOKENS, TOKEN_BITS, TOKENS_PER_NODE, GraphArrays, IntArray

if TYPE_CHECKING:
    from numpy.typing import NDArray

SKETCH_VERSION = 1
"""Of the features, their hashes and their weights: a table of another version is of no use."""
LABEL_WEIGHT, WORD_WEIGHT, OWN_NAME_FACTOR = 1.0, 0.5, 2.0
"""Powers of two: with a float16 table that keeps all sums exact."""
MARK_BITS, COLUMN_BITS, BUCKET_BITS, SIGN_BITS = 2, 10, 16, 1
"""The fields of a feature, from its lowest bit: what it is, two columns, the table's bucket, two signs."""
MOST_WIDTH, MOST_BUCKETS = 1 << COLUMN_BITS, 1 << BUCKET_BITS
FEATURE_BITS = MARK_BITS + 2 * COLUMN_BITS + BUCKET_BITS + 2 * SIGN_BITS

_IS_WORD, _IS_OWN = 1, 2
_WORD_SEED = 1 << (TOKEN_BITS * TOKENS_PER_NODE)
_BUCKET_AT = MARK_BITS + 2 * COLUMN_BITS
_SIGN_AT = _BUCKET_AT + BUCKET_BITS


class Sketch:
    """Sketches graphs with one table of weights.

    What was tried, at half of a cosine, with 512 columns and 2**16 buckets; recall@1 of functions in a later release
    among 8,000: without own names 94.6, with them as labels 95.6, counted twice 97.2 and three times 97.5; words at
    0.25 to 1 of a label 95.4 to 95.7; the labels at both ends of edges as well 96.6 to 97.1.
    """

    def __init__(self, table: NDArray[np.float16], width: int) -> None:
        """Keep a table.

        Args:
            table: (buckets,) float16, the idf by bucket; buckets a power of two up to MOST_BUCKETS.
            width: of a row, a power of two from 2 to MOST_WIDTH.
        """
        self.width = width
        self._buckets = len(table)
        weights = np.array([LABEL_WEIGHT, WORD_WEIGHT])
        self._values = np.outer([*weights, *(OWN_NAME_FACTOR * weights)], table.astype(np.float64)).ravel()

    def rows(self, graphs: Sequence[GraphArrays]) -> NDArray[np.float32]:
        """Sketch graphs; a row does not depend on its companions, to the bit.

        Args:
            graphs: any number of graphs, fewer than 2**23.

        Returns:
            (len(graphs), width) float32, rows of unit length; a row of zeros for a graph without features.
        """
        if not graphs:
            return np.zeros((0, self.width), dtype=np.float32)
        numbers = np.arange(len(graphs), dtype=np.int64)
        nodes = np.repeat(numbers, [len(graph.tokens) for graph in graphs])
        tokens = np.concatenate([graph.tokens for graph in graphs] + [np.stack([graph.name for graph in graphs])])
        owner, feature = present_features(tokens, np.concatenate([nodes, numbers]), len(nodes))
        return self._summed(owner, feature, len(graphs))

    def _summed(self, owner: IntArray, feature: IntArray, count: int) -> NDArray[np.float32]:
        marks = feature & ((1 << MARK_BITS) - 1)
        value = self._values[marks * self._buckets + feature_bucket(feature, self._buckets)]
        turned = np.where(marks & _IS_OWN, self.width - 1, 0)  # a function is not like those that call it
        cells, values = [], []
        for number in range(2):
            column = (feature >> (MARK_BITS + number * COLUMN_BITS)) & (self.width - 1)
            cells.append(owner * self.width + (column ^ turned))
            values.append(np.where((feature >> (_SIGN_AT + number)) & 1, -value, value))
        flat = np.bincount(np.concatenate(cells), np.concatenate(values), count * self.width)
        sums = flat.reshape(count, self.width)
        length = np.sqrt(np.einsum("ij,ij->i", sums, sums))
        rows: NDArray[np.float32] = (sums / np.where(length > 0, length, 1)[:, None]).astype(np.float32)
        return rows


def present_features(tokens: IntArray, owner: IntArray, nodes: int) -> tuple[IntArray, IntArray]:
    """List the features of each graph, each once.

    Args:
        tokens: (n, TOKENS_PER_NODE) int64, labels as `GraphArrays.tokens`; masked ones and empty ones give no feature.
        owner: (n,) int64 in [0, 2**23), the graph of each label.
        nodes: so many labels are nodes', those after them the functions' own names.

    Returns:
        (f,) int64 graphs, ascending, and (f,) int64 features in [0, 2**FEATURE_BITS), ascending within a graph.
    """
    told = np.flatnonzero((tokens[:, 0] != 0) & ((tokens[:, 0] != MASKED_TOKENS[0]) | (tokens[:, 1] != 0)))
    base = (owner[told] << FEATURE_BITS) | np.where(told >= nodes, _IS_OWN, 0)
    tokens = tokens[told]
    packed = tokens[:, 0].copy()
    for place in range(1, TOKENS_PER_NODE):
        packed |= tokens[:, place] << (place * TOKEN_BITS)
    row, column = np.nonzero(tokens)
    keys = np.concatenate([base | _hashed(packed), base[row] | _hashed(tokens[row, column] | _WORD_SEED) | _IS_WORD])
    keys.sort()
    keys = keys[np.diff(keys, prepend=-1) != 0]
    return keys >> FEATURE_BITS, keys & ((1 << FEATURE_BITS) - 1)


def feature_bucket(feature: IntArray, buckets: int) -> IntArray:
    """Return where the table holds these features, (f,) int64 in [0, buckets)."""
    return (feature >> _BUCKET_AT) & (buckets - 1)


def _hashed(numbers: IntArray) -> IntArray:
    """A feature's bits above its marks, which are 0 here; the same on every machine."""
    shift = np.uint64(33)
    mixed = numbers.astype(np.uint64)
    mixed ^= mixed >> shift
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        mixed *= np.uint64(factor)
        mixed ^= mixed >> shift
    hashed: IntArray = (mixed >> np.uint64(64 - FEATURE_BITS + MARK_BITS)).astype(np.int64) << MARK_BITS
    return hashed
