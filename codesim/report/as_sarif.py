"""The report as SARIF 2.1.0, made for GitHub's code scanning and readable by every other viewer.

In: a `ScanReport`, where the repository lies, and the line hashes of its files. Out: JSON text with one run and one
result per class: at the copy that is to go, with the others as related locations that the message links to. What
exceeds GitHub's limits is cut by rank, and a notification says so.
Source: SARIF 2.1.0 (OASIS, 2020); GitHub's documentation of SARIF support and of its limits.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from codesim.refactor import Gain, Member, RefactoringCandidate
from codesim.report import wording
from codesim.report.message import advice_in, named, sentence
from codesim.report.places import Arranged, Checkout, arrange, encoded
from codesim.report.sarif_rules import rule_id, sarif_rules
from codesim.report.scan_report import ScanReport
from codesim.report.visible import visible

LineHash = Callable[[str, int], str | None]
"""The hash by which GitHub knows a line again, of a report's path and a line; None where it cannot be had."""

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "%SRCROOT%"


@dataclass(frozen=True, slots=True)
class Limits:
    """What GitHub takes: it would show the first 5,000 of 25,000 results by severity; we choose them by rank.

    results and related: per run and per result. size: of the compressed file, in bytes.
    """

    results: int = 5_000
    related: int = 1_000
    size: int = 10_000_000


GITHUB_LIMITS = Limits()


def render_sarif(report: ScanReport, checkout: Checkout, line_hash: LineHash, limits: Limits = GITHUB_LIMITS) -> str:
    """Render a report as a SARIF log.

    Args:
        report: the scan's result.
        checkout: where the repository lies; URIs count from its root.
        line_hash: gives `primaryLocationLineHash`; asked for the first copy of each result only.
        limits: what the reader of the file takes.

    Returns:
        JSON text, indented by two blanks, with a line end.
    """
    writer = _Writer(report, checkout, line_hash, limits)
    kept = min(len(report.candidates), limits.results)
    results = [writer.result(candidate) for candidate in report.candidates[:kept]]
    while True:
        text = writer.log(results[:kept])
        size = len(text)  # ASCII
        if size > limits.size:
            size = len(gzip.compress(text.encode()))
        if size <= limits.size or kept == 0:
            return text
        kept = min(kept - 1, kept * limits.size // size)


class _Writer:
    """Builds the parts of one log."""

    def __init__(self, report: ScanReport, checkout: Checkout, line_hash: LineHash, limits: Limits) -> None:
        self.report, self.checkout, self.line_hash, self.limits = report, checkout, line_hash, limits

    def log(self, results: Sequence[dict[str, Any]]) -> str:
        driver: dict[str, Any] = {"name": "codesim"}
        if re.fullmatch(r"\d+\.\d+\.\d+([-+].+)?", self.report.version):
            driver |= {"version": self.report.version, "semanticVersion": self.report.version}
        driver["rules"] = sarif_rules()
        run = {
            "tool": {"driver": driver},
            "automationDetails": {"id": "codesim/"},
            "invocations": [self._invocation(len(results))],
            "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository."}}},
            "columnKind": "utf16CodeUnits",
            "results": results,
        }
        log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
        return json.dumps(log, indent=2, ensure_ascii=True, allow_nan=False) + "\n"

    def result(self, candidate: RefactoringCandidate) -> dict[str, Any]:
        arranged = arrange(candidate)
        fingerprints = {"codesimClass/v1": candidate.id}
        line_hash = self.line_hash(arranged.first.path, arranged.first.start_line)
        if line_hash is not None:
            fingerprints["primaryLocationLineHash"] = line_hash
        return {
            "ruleId": rule_id(candidate.clone_type),
            "ruleIndex": candidate.clone_type - 1,
            "level": "note" if candidate.gain is Gain.SMALL else "warning",
            **({} if self.report.known is None else {"baselineState": "updated" if candidate.gained else "new"}),
            "message": {"text": self._message(candidate, arranged)},
            "locations": [self._location(arranged.first)],
            "relatedLocations": [
                {"id": number, **self._location(member), "message": {"text": self._named(candidate, member)}}
                for number, member in enumerate(arranged.others[: self.limits.related], start=1)
            ],
            "partialFingerprints": fingerprints,
            "properties": {
                "id": candidate.id,
                "kind": candidate.kind.value,
                "gain": candidate.gain.value,
                "score": round(candidate.score, 4),
                "closeness": round(candidate.closeness, 4),
                "linesSaved": candidate.lines_saved,
                "extractable": candidate.verdict.extractable,
                "copies": len(candidate.members),
            },
        }

    def _message(self, candidate: RefactoringCandidate, arranged: Arranged) -> str:
        linked = min(len(arranged.others), self.limits.related)
        others = [_literal(self._named(candidate, member)) for member in arranged.others]
        others[:linked] = [f"[{name}]({number})" for number, name in enumerate(others[:linked], start=1)]
        advice = _literal(visible(advice_in(self.checkout, candidate)))
        return f"{sentence(candidate, others, advice)} (codesim {candidate.id})"

    def _named(self, candidate: RefactoringCandidate, member: Member) -> str:
        return visible(named(candidate, member, self.checkout.path_of(member.path)))

    def _location(self, member: Member) -> dict[str, Any]:
        first, last = member.lines[0], member.lines[-1]
        return {
            "physicalLocation": {
                "artifactLocation": self._artifact(member.path),
                "region": {
                    "startLine": member.start_line,
                    "startColumn": len(first) - len(first.lstrip()) + 1,
                    "endLine": member.end_line,
                    "endColumn": _utf16_length(last.rstrip("\r\n")) + 1,
                },
            },
            "logicalLocations": [
                {
                    "name": visible(member.qualname.rpartition(".")[2]),
                    "fullyQualifiedName": visible(member.qualname),
                    "kind": "function",
                }
            ],
        }

    def _artifact(self, shown: str) -> dict[str, str]:
        path = self.checkout.path_of(shown)
        if path.startswith("/"):
            return {"uri": f"file://{encoded(path)}"}
        return {"uri": encoded(path), "uriBaseId": ROOT}

    def _invocation(self, written: int) -> dict[str, Any]:
        notes = [
            {
                "level": "warning",
                "message": {"text": f"skipped: {visible(skipped.reason)}"},
                "locations": [{"physicalLocation": {"artifactLocation": self._artifact(skipped.path)}}],
            }
            for skipped in self.report.summary.skipped
        ]
        missing = len(self.report.candidates) - written
        if missing:
            said = f"{wording.counted(missing, 'candidate')} of the least value left out: GitHub would not take more"
            notes.append({"level": "warning", "message": {"text": said}})
        return {"executionSuccessful": self.report.summary.files > 0, "toolExecutionNotifications": notes}


def _literal(text: str) -> str:
    """Keep text of ours or of others from being read as a link (section 3.11.6)."""
    return re.sub(r"([\\\[\]])", r"\\\1", text)


def _utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
