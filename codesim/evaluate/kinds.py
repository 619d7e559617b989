"""The bag of node kinds, a baseline that knows how many calls, tests and assignments a function has.

In: graphs. Out: one unit vector per graph, to be compared by cosine like the encoder's. It knows nothing of how the
nodes hang together.

Source: our own; counts of node types, as in the characteristic vectors of Deckard (Jiang et al., 2007).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from codesim.embed import NODE_KINDS
from codesim.graph import Pdg

if TYPE_CHECKING:
    from numpy.typing import NDArray


def bag_of_kinds(graphs: Sequence[Pdg]) -> NDArray[np.float32]:
    """Count the node kinds of each graph.

    Args:
        graphs: any number of graphs, none of them empty.

    Returns:
        (len(graphs), NODE_KINDS) float32, rows of unit length.
    """
    counts = np.zeros((len(graphs), NODE_KINDS), dtype=np.float32)
    for row, graph in enumerate(graphs):
        counts[row] = np.bincount(np.array(graph.kinds, dtype=np.int64), minlength=NODE_KINDS)
    norms: NDArray[np.float32] = np.linalg.norm(counts, axis=1, keepdims=True)
    return counts / norms
