"""Embed: graphs to vectors.

`graph_arrays` turns a graph into integers, `joined_arrays` several at once; `Encoder` turns batches of those into unit
vectors: a learned part (ONNX Runtime, one thread) and beside it a hashed sketch of labels and words.
"""

from typing import TYPE_CHECKING

from codesim.rooms import import_late

if TYPE_CHECKING:
    from codesim.embed.encoder import Encoder, learned_cosine
    from codesim.embed.features import (
        FEATURE_VERSION,
        NODE_KINDS,
        RELATIONS,
        TOKEN_BUCKETS,
        TOKENS_PER_NODE,
        GraphArrays,
        GraphBatch,
        batch_graphs,
        graph_arrays,
        joined_arrays,
    )
    from codesim.embed.weights import shipped_record

__all__ = [
    "FEATURE_VERSION",
    "NODE_KINDS",
    "RELATIONS",
    "TOKENS_PER_NODE",
    "TOKEN_BUCKETS",
    "Encoder",
    "GraphArrays",
    "GraphBatch",
    "batch_graphs",
    "graph_arrays",
    "joined_arrays",
    "learned_cosine",
    "shipped_record",
]

import_late(
    __name__,
    {
        "encoder": "Encoder learned_cosine",
        "weights": "shipped_record",
        "features": (
            "FEATURE_VERSION NODE_KINDS RELATIONS TOKEN_BUCKETS TOKENS_PER_NODE GraphArrays GraphBatch "
            "batch_graphs graph_arrays joined_arrays"
        ),
    },
)
