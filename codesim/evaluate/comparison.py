"""The comparison that `codesim evaluate retrieval` prints: the encoder against its baselines, on one data set.

In: rows and an encoder. Out: for each system the quality by kind of query. The encoder runs twice, with the names of
locals kept and masked: the difference is what it owes to names.

Source: our own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from codesim.embed import Encoder, graph_arrays
from codesim.evaluate.baselines import bag_of_kinds
from codesim.evaluate.dataset import Case
from codesim.evaluate.retrieval import Quality, Task, measure_retrieval, retrieval_task
from codesim.graph import Pdg

Embedding = Callable[[Sequence[Pdg]], NDArray[np.float32]]

KEPT = "encoder, names kept"
MASKED = "encoder, names masked"
KINDS = "bag of node kinds"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was measured: the encoder's name, the size of the corpus, and each system's quality by kind of query."""

    encoder: str
    corpus: int
    systems: dict[str, dict[str, Quality]]

    def as_record(self) -> dict[str, object]:
        """Return the comparison as JSON values; figures rounded to four digits."""
        systems = {
            name: {kind: _rounded(quality) for kind, quality in qualities.items()}
            for name, qualities in self.systems.items()
        }
        return {"schema_version": 1, "encoder": self.encoder, "corpus": self.corpus, "systems": systems}


def compare_retrieval(cases: Iterable[Case], encoder: Encoder) -> Comparison:
    """Measure the encoder and the baselines on one retrieval data set."""
    kept = list(cases)
    task: Task = retrieval_task([case.row for case in kept])
    graphs = [case.graph for case in kept]
    systems: dict[str, Embedding] = {
        KEPT: lambda pdgs: encoder.embed([graph_arrays(pdg) for pdg in pdgs]),
        MASKED: lambda pdgs: encoder.embed([graph_arrays(pdg, mask_names=True) for pdg in pdgs]),
        KINDS: bag_of_kinds,
    }
    qualities = {name: measure_retrieval(embed(graphs), task) for name, embed in systems.items()}
    return Comparison(encoder.name, len(task.corpus), qualities)


def _rounded(quality: Quality) -> dict[str, float]:
    return {name: round(value, 4) for name, value in asdict(quality).items()}
