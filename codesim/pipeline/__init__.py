"""Pipeline: the corridor from source to report; `scan` in `codesim.pipeline.corridor` is the page to read first.

The only room that knows all others: `records` takes files to records in worker processes, `subjects` brings back the
trees that verification needs, `rank` says what is reported and in which order.
"""

from typing import TYPE_CHECKING

from codesim.rooms import import_late

if TYPE_CHECKING:
    from codesim.pipeline.baseline import GRAPHS, Known, Update, baseline_of
    from codesim.pipeline.ignored import covers_project, open_findings
    from codesim.pipeline.kept import scan
    from codesim.pipeline.pair import compare
    from codesim.pipeline.reasons import Explained, explain, explain_candidate
    from codesim.pipeline.result import ScanResult

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
]

import_late(
    __name__,
    {
        "baseline": "GRAPHS Known Update baseline_of",
        "ignored": "covers_project open_findings",
        "kept": "scan",
        "pair": "compare",
        "reasons": "Explained explain explain_candidate",
        "result": "ScanResult",
    },
)
