"""The report as GitLab Code Quality: a JSON array that a merge request shows as a widget and beside the lines.

In: a `ScanReport` and where the repository lies. Out: one entry for each copy, since GitLab shows an entry at one place
only; in a check, for the copies in its focus. What tells entries apart is made of the class and the copy's name, not of
lines, so that an edit above leaves it alone.
Source: GitLab's documentation of the report format, a part of the Code Climate engine specification.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from codesim.refactor import Gain, Member, RefactoringCandidate
from codesim.report.message import advice_in, named, sentence
from codesim.report.places import Checkout
from codesim.report.sarif_rules import rule_id
from codesim.report.scan_report import ScanReport
from codesim.report.visible import visible

MOST_OTHERS = 20
"""Other locations that an entry names: with all, a class of n copies would take n squared."""


def render_gitlab(report: ScanReport, checkout: Checkout) -> str:
    """Render a report as a Code Quality report.

    Args:
        report: the scan's result.
        checkout: where the repository lies; paths count from its root.

    Returns:
        JSON text, indented by two blanks, with a line end.
    """
    entries = [entry for candidate in report.candidates for entry in _entries(candidate, checkout)]
    return json.dumps(entries, indent=2, ensure_ascii=True) + "\n"


def _entries(candidate: RefactoringCandidate, checkout: Checkout) -> Iterator[dict[str, Any]]:
    checked = any(member.in_focus for member in candidate.members)
    seen: Counter[tuple[str, str]] = Counter()
    for member in sorted(candidate.members, key=lambda member: (member.path, member.start_line, member.end_line)):
        path = visible(checkout.path_of(member.path))
        seen[path, member.qualname] += 1
        if checked and not member.in_focus:
            continue
        others = [other for other in candidate.members if other is not member]
        places = [visible(named(candidate, other, checkout.path_of(other.path))) for other in others]
        said = sentence(candidate, places, visible(advice_in(checkout, candidate)))
        identity = (candidate.id, path, member.qualname, str(seen[path, member.qualname]))
        yield {
            "description": f"{said} (codesim {candidate.id})",
            "check_name": f"codesim/{rule_id(candidate.clone_type)}",
            "fingerprint": hashlib.sha256("\0".join(identity).encode("utf-8", "backslashreplace")).hexdigest()[:32],
            "severity": "info" if candidate.gain is Gain.SMALL else "minor",
            "location": _location(member, checkout),
            "other_locations": [_location(other, checkout) for other in others[:MOST_OTHERS]],
        }


def _location(member: Member, checkout: Checkout) -> dict[str, Any]:
    return {
        "path": visible(checkout.path_of(member.path)),
        "lines": {"begin": member.start_line, "end": member.end_line},
    }
