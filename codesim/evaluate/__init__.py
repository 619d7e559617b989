"""Evaluate: data sets, metrics and baselines, for `codesim evaluate`, and the vectors of `codesim embed`.

`read_data` and `read_same_task` read data sets; `Evaluation` measures the encoder and its baselines on one of
them; `embed_chunks` turns lines or files into vectors. This room knows neither torch nor the
training: it measures what ships.
"""

from codesim.evaluate.dataset import ORIGINAL, Pair, Row, read_data, read_rows
from codesim.evaluate.embedding import FileChunk, LineChunk, Vectors, embed_chunks, file_chunks, line_chunks
from codesim.evaluate.functions import Function, function_graph, read_function, read_graph
from codesim.evaluate.masking import Mask, mask_locals, mask_own_name
from codesim.evaluate.measurement import Evaluation
from codesim.evaluate.report import MAIN, EvaluationReport, SetReport
from codesim.evaluate.retrieval import ALL, Quality, Task, measure_retrieval, retrieval_task
from codesim.evaluate.same_task import Part, held_out_tasks, read_same_task
from codesim.evaluate.systems import SYSTEMS, choose_systems, missing_systems

__all__ = [
    "ALL",
    "MAIN",
    "ORIGINAL",
    "SYSTEMS",
    "Evaluation",
    "EvaluationReport",
    "FileChunk",
    "Function",
    "LineChunk",
    "Mask",
    "Pair",
    "Part",
    "Quality",
    "Row",
    "SetReport",
    "Task",
    "Vectors",
    "choose_systems",
    "embed_chunks",
    "file_chunks",
    "function_graph",
    "held_out_tasks",
    "line_chunks",
    "mask_locals",
    "mask_own_name",
    "measure_retrieval",
    "missing_systems",
    "read_data",
    "read_function",
    "read_graph",
    "read_rows",
    "read_same_task",
    "retrieval_task",
]
