"""The machine-readable report: version 1 of the JSON format, stable from the first release.

In: a `ScanReport`. Out: JSON text with a fixed key order, no timestamps, and every number rounded, so that equal scans
give equal bytes. The format is described, field by field, in `schema/report-v1.json` beside this file.
Source: our own (design, section 5).
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from importlib.resources import files
from typing import Any

from codesim.refactor import Member, RefactoringCandidate
from codesim.report.explained_json import explained_keys, rounded
from codesim.report.explanation import Explanation
from codesim.report.scan_report import ScanReport

SCHEMA_VERSION = 1

# JSON escapes only C0 controls of its own; these too must not reach a terminal that shows the file, and a lone
# surrogate could not even be written as UTF-8.
_HAZARDS = re.compile("[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def render_json(report: ScanReport, explanation: Explanation | None = None) -> str:
    """Render a report as JSON, format version 1.

    Args:
        report: the scan's result; `timings` and `rejected` appear only if they are set.
        explanation: of the report's only candidate, which then has its keys and its rank in the scan.

    Returns:
        JSON text, indented by two blanks, with a line end; non-ASCII letters stay, invisible characters are escaped.

    Raises:
        ValueError: a score or similarity is not a finite number.
    """
    summary = report.summary
    content: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "codesim", "version": report.version, "weights": report.weights},
        "summary": {
            "files": summary.files,
            "lines": summary.lines,
            "fragments": summary.fragments,
            "skipped": [{"path": skipped.path, "reason": skipped.reason} for skipped in summary.skipped],
            "candidates": len(report.candidates),
            **({} if report.known is None else {"known": report.known}),
            **({"ignored": report.ignored} if report.ignored else {}),
            **({"unused": [asdict(unused) for unused in report.unused]} if report.unused else {}),
        },
    }
    if report.timings is not None:
        content["timings"] = {stage: rounded(seconds) for stage, seconds in asdict(report.timings).items()}
    content["candidates"] = [_candidate(rank, each) for rank, each in enumerate(report.candidates, start=1)]
    if explanation is not None:
        content["candidates"] = [_explained(explanation)]
    if report.rejected is not None:
        content["rejected"] = [
            {"rule": each.rule, "reason": each.reason, "fragments": [_fragment(member) for member in each.members]}
            for each in report.rejected
        ]
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    return _HAZARDS.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def report_schema() -> dict[str, Any]:
    """Read the JSON Schema (draft 2020-12) of the format.

    Returns:
        The schema, parsed.
    """
    text = files("codesim.report").joinpath("schema", f"report-v{SCHEMA_VERSION}.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def _explained(explanation: Explanation) -> dict[str, Any]:
    return _candidate(explanation.rank or 1, explanation.candidate) | explained_keys(explanation)


def _fragment(member: Member) -> dict[str, Any]:
    place = {
        "path": member.path,
        "qualname": member.qualname,
        "start_line": member.start_line,
        "end_line": member.end_line,
    }
    focus = {"in_focus": True} if member.in_focus else {}
    return {**place, **focus, **({} if member.age is None else {"age": member.age.value})}


def _candidate(rank: int, candidate: RefactoringCandidate) -> dict[str, Any]:
    helper = candidate.helper
    return {
        "id": candidate.id,
        "rank": rank,
        "kind": candidate.kind.value,
        "clone_type": candidate.clone_type,
        "score": rounded(candidate.score),
        "similarity": rounded(candidate.similarity),
        "lines_saved": candidate.lines_saved,
        "parameters": candidate.parameters,
        "verdict": {"extractable": candidate.verdict.extractable, "reasons": list(candidate.verdict.reasons)},
        "fragments": [_fragment(member) for member in candidate.members],
        "differences": [
            {
                "kind": difference.kind.value,
                "where": [{"path": site.path, "line": site.line, "text": site.text} for site in difference.where],
            }
            for difference in candidate.differences
        ],
        "advice": candidate.advice,
        "helper": None
        if helper is None
        else {
            "signature": helper.signature,
            "parameters": list(helper.parameters),
            "new_parameters": list(helper.new_parameters),
            "text": helper.text,
        },
        "closeness": rounded(candidate.closeness),
        "gain": candidate.gain.value,
        **({"gained": [_fragment(member) for member in candidate.gained]} if candidate.gained else {}),
    }
