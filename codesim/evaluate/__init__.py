"""Evaluate: data sets, metrics and baselines, for `codesim evaluate`.

`read_rows` and `build_case` read a retrieval data set, `compare_retrieval` measures the encoder and the bag of node
kinds on it. This room knows neither torch nor the training: it measures what ships.
"""

from codesim.evaluate.comparison import KEPT, KINDS, MASKED, Comparison, compare_retrieval
from codesim.evaluate.dataset import ORIGINAL, Case, Row, build_case, function_graph, read_rows
from codesim.evaluate.retrieval import ALL, Quality, Task, measure_retrieval, retrieval_task

__all__ = [
    "ALL",
    "KEPT",
    "KINDS",
    "MASKED",
    "ORIGINAL",
    "Case",
    "Comparison",
    "Quality",
    "Row",
    "Task",
    "build_case",
    "compare_retrieval",
    "function_graph",
    "measure_retrieval",
    "read_rows",
    "retrieval_task",
]
