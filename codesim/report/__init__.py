"""Report: show the result of a scan; nothing is computed here but layout.

In: one `ScanReport`, which holds everything (source lines included), so that no reporter opens a file. Out: text for a
terminal (rich), JSON (version 1, with its schema), or one self-contained HTML page. Scanned code is untrusted: what
cannot be seen is spelled out (`visible`), and nothing of it is read as markup.
Files: `scan_report` and `explanation` the values, `rows` the side-by-side view that text and page share, `as_*` one
reporter each, `explained_*` what `codesim explain` and `codesim compare` add.
"""

from codesim.report.as_html import render_html
from codesim.report.as_json import render_json, report_schema
from codesim.report.as_text import render_text
from codesim.report.explained_text import render_explanation
from codesim.report.explanation import ExplainedPair, Explanation
from codesim.report.scan_report import (
    MAP_SIDE,
    CodeMap,
    MappedFile,
    MapPoint,
    Rejected,
    ScanReport,
    Summary,
    Timings,
    Unused,
)

__all__ = [
    "MAP_SIDE",
    "CodeMap",
    "ExplainedPair",
    "Explanation",
    "MapPoint",
    "MappedFile",
    "Rejected",
    "ScanReport",
    "Summary",
    "Timings",
    "Unused",
    "render_explanation",
    "render_html",
    "render_json",
    "render_text",
    "report_schema",
]
