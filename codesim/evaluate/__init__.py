"""Evaluate: data sets, metrics and baselines for `codesim evaluate`, vectors, and the fit of the score.

`read_data` and `read_same_task` read data sets; `Evaluation` measures the encoder and its baselines on one of
them; `embed_chunks` turns lines or files into vectors; `fit_model` fits the verifier's score and `measure_scores`
measures it. This room knows neither torch nor the training: it measures what ships.
"""

from codesim.evaluate.calibration import Calibration, cross_validated, fit_model, measure_scores, scores_of
from codesim.evaluate.calibration_curve import draw_curve
from codesim.evaluate.dataset import ORIGINAL, Pair, Row, read_data, read_rows
from codesim.evaluate.embedding import FileChunk, LineChunk, Vectors, embed_chunks, file_chunks, line_chunks
from codesim.evaluate.findings import (
    CODESIM,
    CODESIM_WHOLE,
    Finding,
    Place,
    agreement,
    covers,
    findings_of_report,
    fragments_id,
    make_findings,
    read_findings,
    read_places,
    repeats,
    same_fragments,
)
from codesim.evaluate.functions import Function, function_graph, read_function, read_graph
from codesim.evaluate.judged import (
    ALL_PACKAGES,
    DEPTHS,
    Judged,
    Label,
    Scored,
    Standing,
    judged_record,
    known_merges,
    match,
    read_judged,
    score_findings,
    standings,
)
from codesim.evaluate.masking import Mask, mask_locals, mask_own_name
from codesim.evaluate.measurement import Evaluation
from codesim.evaluate.pair_evidence import EvidenceTable, read_evidence
from codesim.evaluate.report import MAIN, EvaluationReport, SetReport
from codesim.evaluate.retrieval import ALL, Quality, Task, measure_retrieval, retrieval_task
from codesim.evaluate.same_task import Part, held_out_tasks, read_same_task
from codesim.evaluate.systems import SYSTEMS, choose_systems, missing_systems

__all__ = [
    "ALL",
    "ALL_PACKAGES",
    "CODESIM",
    "CODESIM_WHOLE",
    "DEPTHS",
    "MAIN",
    "ORIGINAL",
    "SYSTEMS",
    "Calibration",
    "Evaluation",
    "EvaluationReport",
    "EvidenceTable",
    "FileChunk",
    "Finding",
    "Function",
    "Judged",
    "Label",
    "LineChunk",
    "Mask",
    "Pair",
    "Part",
    "Place",
    "Quality",
    "Row",
    "Scored",
    "SetReport",
    "Standing",
    "Task",
    "Vectors",
    "agreement",
    "choose_systems",
    "covers",
    "cross_validated",
    "draw_curve",
    "embed_chunks",
    "file_chunks",
    "findings_of_report",
    "fit_model",
    "fragments_id",
    "function_graph",
    "held_out_tasks",
    "judged_record",
    "known_merges",
    "line_chunks",
    "make_findings",
    "mask_locals",
    "mask_own_name",
    "match",
    "measure_retrieval",
    "measure_scores",
    "missing_systems",
    "read_data",
    "read_evidence",
    "read_findings",
    "read_function",
    "read_graph",
    "read_judged",
    "read_places",
    "read_rows",
    "read_same_task",
    "repeats",
    "retrieval_task",
    "same_fragments",
    "score_findings",
    "scores_of",
    "standings",
]
