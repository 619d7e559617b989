"""The report as one self-contained HTML page, fit to be kept as a CI artifact.

In: a `ScanReport`. Out: a page that makes no request: its security policy admits its one script and its one style
sheet, by hash, and nothing else. What was scanned is in the page as JSON in which no `<` stands, so that nothing of it
can be read as markup, and the script makes text nodes of it; equal reports give equal bytes.
Source: our own; the policy follows Content Security Policy Level 3 (W3C).
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from importlib.resources import files
from string import Template

from codesim.report import wording
from codesim.report.page_details import details
from codesim.report.page_overview import overview
from codesim.report.scan_report import ScanReport
from codesim.report.visible import visible

# in the order of use; together they are one script
_SCRIPTS = ("elements.js", "list.js", "map.js", "treemap.js", "graph.js", "code.js", "detail.js", "page.js")


def render_html(report: ScanReport) -> str:
    """Render a report as one HTML page.

    Args:
        report: the scan's result; without a `code_map` the page shows no map.

    Returns:
        The page; it makes no request and holds no time of day.
    """
    style = _part("page.css")
    script = "".join(map(_part, _SCRIPTS))
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return Template(_part("page.html")).substitute(
        policy=html.escape(policy),
        title=html.escape(visible(f"codesim: {wording.summary_sentence(report).partition(';')[0]}")),
        style=style,
        overview=_island(overview(report)),
        details="\n".join(map(_island, details(report.candidates))),  # the script parses one line at a time
        script=script,
    )


def _part(name: str) -> str:
    return files("codesim.report").joinpath("page", name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _island(value: object) -> str:
    """JSON that no HTML parser can mistake for the end of its element, for markup, or for a character reference."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
