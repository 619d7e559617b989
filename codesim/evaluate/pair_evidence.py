"""What the verifier sees of labelled pairs: the table that `codesim calibrate` fits and measures.

In: `Pair`s, the texts of two functions each. Out: `EvidenceTable`, one row of features for each pair that can be read.
The corridor's own rooms make it, without retrieval: parse, graph, embed, align. Nothing of the texts is run.

Source: our own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

import numpy as np

from codesim.embed import Encoder, GraphArrays, graph_arrays, learned_cosine
from codesim.errors import CodesimError
from codesim.evaluate.dataset import Pair
from codesim.evaluate.functions import first_function
from codesim.graph import build_pdg
from codesim.parse import parse_function
from codesim.source import Fragment, Span
from codesim.verify import Evidence, Subject, align, evidence, prepare

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CHUNK = 128  # pairs whose graphs are embedded together


@dataclass(frozen=True, slots=True)
class EvidenceTable:
    """Labelled pairs by their features.

    features: (n, k) float64, columns in the order of `Evidence`. labels: (n,) whether they are alike. kinds, packages:
    of each pair; a package is the part of its group before the first slash. unread: pairs that were left out.
    """

    features: NDArray[np.float64]
    labels: NDArray[np.bool_]
    kinds: tuple[str, ...]
    packages: tuple[str, ...]
    unread: int

    def rows(self, chosen: NDArray[np.bool_]) -> EvidenceTable:
        """The table of some of the pairs."""
        picked = np.flatnonzero(chosen).tolist()
        kinds, packages = (tuple(column[k] for k in picked) for column in (self.kinds, self.packages))
        return EvidenceTable(self.features[chosen], self.labels[chosen], kinds, packages, 0)


def read_evidence(
    pairs: Sequence[Pair], encoder: Encoder, advance: Callable[[int], None] = lambda _: None
) -> EvidenceTable:
    """Align pairs and collect what speaks for and against them.

    Args:
        pairs: in any order.
        encoder: gives the similarities.
        advance: told the number of pairs done.

    Returns:
        The pairs that can be read, in the order given.

    Source: our own.
    """
    rows: list[Evidence] = []
    kept: list[Pair] = []
    for start in range(0, len(pairs), _CHUNK):
        chunk = pairs[start : start + _CHUNK]
        read = [(pair, one, two) for pair in chunk if (one := _read(pair.a, "a")) and (two := _read(pair.b, "b"))]
        vectors = encoder.embed([graph for _, one, two in read for graph in (one[1], two[1])])
        for number, (pair, (left, _), (right, _)) in enumerate(read):
            cosine = learned_cosine(vectors[2 * number], vectors[2 * number + 1], encoder.learned_dim)
            rows.append(evidence(left, right, align(left, right), cosine))
            kept.append(pair)
        advance(len(chunk))
    table = np.array([astuple(row) for row in rows], dtype=np.float64).reshape(len(rows), len(Evidence.__slots__))
    return EvidenceTable(
        table,
        np.array([pair.alike for pair in kept], dtype=np.bool_),
        tuple(pair.kind for pair in kept),
        tuple(pair.group.partition("/")[0] for pair in kept),
        len(pairs) - len(kept),
    )


def _read(text: str, path: str) -> tuple[Subject, GraphArrays] | None:
    """The subject and the graph of the first function of a text, None if there is none or it cannot be analysed."""
    try:
        node = first_function(text)
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        span = Span(first, node.col_offset, node.end_lineno or first, node.end_col_offset or 0)
        lines = tuple(text.split("\n")[first - 1 : node.end_lineno])
        subject = prepare(Fragment(path, node.name, span), parse_function(node), lines)
        return subject, graph_arrays(build_pdg(subject.tree, node.name))
    except (CodesimError, RecursionError):
        return None
