"""How rare each feature of the sketch is, counted over the graphs that the encoder is trained on.

In: graphs of a store. Out: the table that ships as `sketch.npy`. A feature's weight is ln((1 + n) / (1 + d)) + 1, where
d of n functions hold a feature of its bucket; features that share a bucket share its count. Own names are not counted
apart: a function's name weighs as the same word weighs where it is a label.

Source: smoothed idf, as usual in text retrieval; by hashed feature after Weinberger et al., 2009.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from codesim.embed.sketch import SKETCH_VERSION, feature_bucket, present_features
from codesim.embed.weights import SketchRecord

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from codesim.train.examples import ExampleStore
    from codesim.train.graph_store import GraphStore

WIDTH, SHARE, BUCKETS = 512, 0.6, 1 << 14
"""What ships. By recall@1 of functions in a later release: 2**16 buckets gain 0.2, 256 columns lose 0.3, 1,024 gain
nothing; a share of 0.55 loses 0.6 and gains 2.0 of MAP@R on held-out tasks, one of 0.65 gains 0.2 and loses 2.8."""
GRAPHS_AT_ONCE = 4096


def countable_views(examples: ExampleStore) -> NDArray[np.int64]:
    """The own graphs of the functions that are not held out, as positions in `examples.graphs`."""
    own: NDArray[np.int64] = examples.view_ends[:-1][~examples.held_out]
    return own


def sketch_table(
    store: GraphStore, graphs: NDArray[np.int64] | Sequence[int], buckets: int = BUCKETS
) -> NDArray[np.float16]:
    """Count features and weigh them.

    Args:
        store: of graphs, names of locals kept.
        graphs: positions of the graphs to count, one a function; none that is held out.
        buckets: of the table, a power of two up to `MOST_BUCKETS`.

    Returns:
        (buckets,) float16, from 1 for what every function holds to ln(1 + n) + 1 for what none does.
    """
    chosen = np.asarray(graphs, dtype=np.int64)
    holders = np.zeros(buckets, dtype=np.int64)
    for start in range(0, len(chosen), GRAPHS_AT_ONCE):
        part = store.take(chosen[start : start + GRAPHS_AT_ONCE])
        numbers = np.repeat(np.arange(len(part), dtype=np.int64), part.sizes())
        owner, feature = present_features(part.tokens.astype(np.int64), numbers, len(numbers))
        held = np.unique(owner * buckets + feature_bucket(feature, buckets))
        holders += np.bincount(held % buckets, minlength=buckets)
    return (np.log((1 + len(chosen)) / (1 + holders)) + 1).astype(np.float16)


def table_bytes(table: NDArray[np.float16]) -> bytes:
    """Write a table as `sketch.npy` holds it, little-endian on every machine."""
    stream = io.BytesIO()
    np.save(stream, table.astype("<f2"), allow_pickle=False)
    return stream.getvalue()


def sketch_record(table: bytes, width: int = WIDTH, share: float = SHARE, buckets: int = BUCKETS) -> SketchRecord:
    """Describe a sketch for `encoder.json`.

    Args:
        table: what `table_bytes` gave.
        width: of a row, a power of two.
        share: of the sketch in a cosine, between 0 and 1.
        buckets: of the table.
    """
    return SketchRecord(SKETCH_VERSION, width, share, buckets, hashlib.sha256(table).hexdigest())
