"""Pipeline: the corridor from source to report; `scan` in `codesim.pipeline.corridor` is the page to read first.

The only room that knows all others: `analysis` takes files to records in worker processes, `subjects` brings back the
trees that verification needs, `rank` says what is reported and in which order.
"""

from codesim.pipeline.baseline import GRAPHS, Known, Update, baseline_of
from codesim.pipeline.corridor import ScanResult, scan, tool_version
from codesim.pipeline.ignored import covers_project, open_findings
from codesim.pipeline.pair import compare
from codesim.pipeline.reasons import Explained, explain, explain_candidate

__all__ = [
    "GRAPHS",
    "Explained",
    "Known",
    "ScanResult",
    "Update",
    "baseline_of",
    "compare",
    "covers_project",
    "explain",
    "explain_candidate",
    "open_findings",
    "scan",
    "tool_version",
]
