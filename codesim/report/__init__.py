"""Report: show the result of a scan; nothing is computed here but layout.

In: one `ScanReport`, which holds everything (source lines included), so that no reporter opens a file. Out: text for a
terminal (rich), JSON (version 1, with its schema), one self-contained HTML page, or what forges read (SARIF, GitLab,
GitHub, Markdown). Scanned code is untrusted: what cannot be seen is spelled out (`visible`), and nothing of it is read
as markup. Files: `scan_report` and `explanation` the values, `rows` the side-by-side view, `places` and `message` what
the forges' formats share, `as_*` one reporter each, `page_*` what the page's script in `page/` is given, `explained_*`
what `codesim explain` and `codesim compare` add.
"""

from typing import TYPE_CHECKING

from codesim.rooms import import_late

if TYPE_CHECKING:
    from codesim.report.as_concise import render_concise
    from codesim.report.as_github import render_github
    from codesim.report.as_gitlab import render_gitlab
    from codesim.report.as_html import render_html
    from codesim.report.as_json import render_json, report_schema
    from codesim.report.as_markdown import render_markdown
    from codesim.report.as_sarif import LineHash, render_sarif
    from codesim.report.as_text import render_text
    from codesim.report.explained_text import render_explanation
    from codesim.report.explanation import ExplainedPair, Explanation, Standing
    from codesim.report.places import Checkout
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
    "Checkout",
    "CodeMap",
    "ExplainedPair",
    "Explanation",
    "LineHash",
    "MapPoint",
    "MappedFile",
    "Rejected",
    "ScanReport",
    "Standing",
    "Summary",
    "Timings",
    "Unused",
    "render_concise",
    "render_explanation",
    "render_github",
    "render_gitlab",
    "render_html",
    "render_json",
    "render_markdown",
    "render_sarif",
    "render_text",
    "report_schema",
]

import_late(
    __name__,
    {
        "as_concise": "render_concise",
        "as_github": "render_github",
        "as_gitlab": "render_gitlab",
        "as_html": "render_html",
        "as_json": "render_json report_schema",
        "as_markdown": "render_markdown",
        "as_sarif": "LineHash render_sarif",
        "as_text": "render_text",
        "explained_text": "render_explanation",
        "explanation": "ExplainedPair Explanation Standing",
        "places": "Checkout",
        "scan_report": "MAP_SIDE CodeMap MappedFile MapPoint Rejected ScanReport Summary Timings Unused",
    },
)
