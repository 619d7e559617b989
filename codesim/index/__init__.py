"""Index: what may be worth verifying, found without looking at every pair.

`candidate_pairs` finds functions with similar vectors, `find_run_pairs` runs of statements that two functions share.
"""

from typing import TYPE_CHECKING

from codesim.rooms import import_late

if TYPE_CHECKING:
    from codesim.index.neighbours import ExactIndex, FaissIndex, Index, Neighbours, candidate_pairs
    from codesim.index.runs import Run, RunLimits, RunPair, ShortPair, find_run_pairs

__all__ = [
    "ExactIndex",
    "FaissIndex",
    "Index",
    "Neighbours",
    "Run",
    "RunLimits",
    "RunPair",
    "ShortPair",
    "candidate_pairs",
    "find_run_pairs",
]

import_late(
    __name__,
    {
        "neighbours": "ExactIndex FaissIndex Index Neighbours candidate_pairs",
        "runs": "Run RunLimits RunPair ShortPair find_run_pairs",
    },
)
