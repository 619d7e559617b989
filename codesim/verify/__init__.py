"""Verify: align two fragments, list what differs on which axis, and decide.

`prepare` makes a `Subject` of a fragment, `align` finds what corresponds, `verify_pair` scores and types the pair.
"""

from typing import TYPE_CHECKING

from codesim.rooms import import_late

if TYPE_CHECKING:
    from codesim.verify.align import Alignment, align
    from codesim.verify.bags import Bag, bag_hash, bag_similarity, make_bag
    from codesim.verify.block_flow import BlockFlow, block_flow, helper_lines, returning
    from codesim.verify.blocks import Block, Enclosing, cut_block, verify_blocks
    from codesim.verify.boilerplate import boilerplate
    from codesim.verify.closeness import LEAST_CLOSENESS
    from codesim.verify.compare_trees import best_renaming
    from codesim.verify.decide import PairVerdict, explain_type, nested, pair_closeness, score_pair, verify_pair
    from codesim.verify.differences import Axis, Difference, DifferenceKind, Place
    from codesim.verify.evidence import SPEAKS_FOR, Evidence, distinct_holes, evidence
    from codesim.verify.score import Correction, ScoreModel, ScorePart, score, score_parts, shipped_model
    from codesim.verify.subject import Subject, Unit, prepare, prepare_lowered, substance

__all__ = [
    "LEAST_CLOSENESS",
    "SPEAKS_FOR",
    "Alignment",
    "Axis",
    "Bag",
    "Block",
    "BlockFlow",
    "Correction",
    "Difference",
    "DifferenceKind",
    "Enclosing",
    "Evidence",
    "PairVerdict",
    "Place",
    "ScoreModel",
    "ScorePart",
    "Subject",
    "Unit",
    "align",
    "bag_hash",
    "bag_similarity",
    "best_renaming",
    "block_flow",
    "boilerplate",
    "cut_block",
    "distinct_holes",
    "evidence",
    "explain_type",
    "helper_lines",
    "make_bag",
    "nested",
    "pair_closeness",
    "prepare",
    "prepare_lowered",
    "returning",
    "score",
    "score_pair",
    "score_parts",
    "shipped_model",
    "substance",
    "verify_blocks",
    "verify_pair",
]

import_late(
    __name__,
    {
        "align": "Alignment align",
        "bags": "Bag bag_hash bag_similarity make_bag",
        "block_flow": "BlockFlow block_flow helper_lines returning",
        "blocks": "Block Enclosing cut_block verify_blocks",
        "boilerplate": "boilerplate",
        "closeness": "LEAST_CLOSENESS",
        "compare_trees": "best_renaming",
        "decide": "PairVerdict explain_type nested pair_closeness score_pair verify_pair",
        "differences": "Axis Difference DifferenceKind Place",
        "evidence": "SPEAKS_FOR Evidence distinct_holes evidence",
        "score": "Correction ScoreModel ScorePart score score_parts shipped_model",
        "subject": "Subject Unit prepare prepare_lowered substance",
    },
)
