"""The judged set: findings on unseen packages that were read and labelled blind, and how a ranking scores against them.

In: JSON lines `{"package", "version", "id", "fragments", "label", "reason", "found_by"}` and a tool's findings.
Out: precision at k, recall of the known merges, what nobody has judged yet. A finding takes the label of the judged
finding with the same class id, else of the one it agrees with most (`agreement`); what repeats an earlier finding of
its list is a reject, whatever its label.

Source: our own; the labels are those of fixtures/judged/README.md.
"""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from codesim.errors import SourceError
from codesim.evaluate.findings import Finding, Place, agreement, covers, read_places, repeats

DEPTHS = (10, 20)
ALL_PACKAGES = "all"
REPEAT = "overlap_duplicate"


class Label(StrEnum):
    """What a maintainer would say: merge it, either way, or no."""

    ACT = "ACT"
    MAYBE = "MAYBE"
    REJECT = "REJECT"


@dataclass(frozen=True, slots=True)
class Judged:
    """One judged finding.

    id: the class id if codesim reported it, else the hash of its fragments. reason: words; those of a reject begin with
    a code and a colon. found_by: tool -> its rank when it was judged, which tells where a finding comes from and is not
    scored.
    """

    package: str
    version: str
    id: str
    fragments: tuple[Place, ...]
    label: Label
    reason: str
    found_by: dict[str, int]

    def as_line(self) -> str:
        """Render the judged finding as one JSON line, without the line end."""
        return json.dumps(asdict(self), ensure_ascii=False)


def read_judged(lines: Iterable[str], origin: str) -> list[Judged]:
    """Parse judged findings.

    Args:
        lines: the lines of the file; blank ones are passed over.
        origin: the file, for messages.

    Returns:
        The judged findings in order.

    Raises:
        SourceError: a line is no JSON object with the fields of a judged finding, or an id comes twice.
    """
    judged: dict[str, Judged] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            one = Judged(
                record["package"],
                record["version"],
                record["id"],
                read_places(record["fragments"]),
                Label(record["label"]),
                record["reason"],
                record.get("found_by", {}),
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise SourceError(origin, number, f"not a judged finding: {error!r}") from error
        if one.id in judged:
            raise SourceError(origin, number, f"the id {one.id!r} comes twice")
        judged[one.id] = one
    return list(judged.values())


def match(finding: Finding, judged: Sequence[Judged]) -> Judged | None:
    """The judged finding that speaks of the same code: by id, else the one of the most agreement.

    Args:
        finding: of any tool.
        judged: of the same package.

    Returns:
        The match; None if nobody judged it.
    """
    same = next((one for one in judged if one.id == finding.id), None)
    if same is not None or not judged:
        return same
    best = max(judged, key=lambda one: (agreement(finding.fragments, one.fragments), one.id))
    return best if agreement(finding.fragments, best.fragments) > 0 else None


@dataclass(frozen=True, slots=True)
class Scored:
    """One finding with its label; None where nobody judged it. repeat: it repeats an earlier one of its list."""

    finding: Finding
    label: Label | None
    reason: str
    repeat: bool

    @property
    def counted(self) -> str:
        """What it counts as: a label, or `unjudged`."""
        if self.repeat:
            return Label.REJECT
        return self.label or "unjudged"


def score_findings(findings: Sequence[Finding], judged: Sequence[Judged]) -> list[Scored]:
    """Label each finding of one tool on one package.

    Args:
        findings: in the tool's order, best first.
        judged: of the same package.

    Returns:
        The findings with their labels, in order.
    """
    scored: list[Scored] = []
    earlier: list[Sequence[Place]] = []
    for finding in findings:
        repeat = repeats(finding.fragments, earlier)
        one = match(finding, judged)
        reason = REPEAT if repeat else one.reason if one else ""
        scored.append(Scored(finding, one.label if one else None, reason, repeat))
        earlier.append(finding.fragments)
    return scored


def known_merges(judged: Sequence[Judged]) -> list[Judged]:
    """The distinct findings worth acting on: a part of a larger one does not count again."""
    merges: list[Judged] = []
    for one in sorted(judged, key=lambda one: (-sum(p.lines for p in one.fragments), one.id)):
        if one.label is Label.ACT and not repeats(one.fragments, (other.fragments for other in merges)):
            merges.append(one)
    return merges


@dataclass(frozen=True, slots=True)
class Standing:
    """How one tool does on one package, or on all of them.

    precision: depth -> share of ACT among the first findings, or among all where there are fewer; NaN without any.
    with_maybe: the same of ACT and MAYBE. What nobody judged counts as wrong in both. counts: of the labels among the
    first `DEPTHS[-1]`. recall: share of the known merges that these first findings cover; full_recall: that all of the
    given findings cover. reasons: of the rejects.
    """

    tool: str
    package: str
    precision: dict[int, float]
    with_maybe: dict[int, float]
    counts: dict[str, int]
    recall: float
    full_recall: float
    reasons: dict[str, int]


def standings(scored: dict[str, list[Scored]], judged: dict[str, list[Judged]], tool: str) -> list[Standing]:
    """Sum up one tool.

    Args:
        scored: package -> the tool's findings with their labels, in its order.
        judged: package -> its judged findings.
        tool: its name.

    Returns:
        A standing for each package by name, and one for all findings of all packages together.
    """
    packages = sorted(scored)
    return [
        *(_standing(tool, name, [scored[name]], [judged[name]]) for name in packages),
        _standing(tool, ALL_PACKAGES, [scored[name] for name in packages], [judged[name] for name in packages]),
    ]


def _standing(tool: str, name: str, lists: list[list[Scored]], judged: list[list[Judged]]) -> Standing:
    deepest = DEPTHS[-1]
    heads = {depth: [one for items in lists for one in items[:depth]] for depth in DEPTHS}
    merges = [known_merges(items) for items in judged]
    known = sum(map(len, merges))

    def precision(*labels: Label) -> dict[int, float]:
        return {depth: _ratio(sum(one.counted in labels for one in head), len(head)) for depth, head in heads.items()}

    def recall(depth: int | None) -> float:
        found = (_covered(items[:depth], wanted) for items, wanted in zip(lists, merges, strict=True))
        return _ratio(sum(found), known)

    counts = Counter(one.counted for one in heads[deepest])
    reasons = Counter(one.reason.partition(":")[0] for one in heads[deepest] if one.counted == Label.REJECT)
    return Standing(
        tool,
        name,
        precision(Label.ACT),
        precision(Label.ACT, Label.MAYBE),
        {label: counts[label] for label in (*Label, "unjudged")},
        recall(deepest),
        recall(None),
        dict(sorted(reasons.items())),
    )


def _covered(scored: Sequence[Scored], merges: Sequence[Judged]) -> int:
    by_id = {one.finding.id for one in scored}
    return sum(
        merge.id in by_id or any(covers(one.finding.fragments, merge.fragments) for one in scored) for merge in merges
    )


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else math.nan


def judged_record(standing: Sequence[Standing], scored: Iterable[Scored]) -> dict[str, Any]:
    """The figures as JSON: a standing for each tool and package, and the findings that nobody judged."""
    unjudged: dict[str, list[str]] = defaultdict(list)
    for one in scored:
        if one.counted == "unjudged" and one.finding.rank <= DEPTHS[-1]:
            unjudged[f"{one.finding.tool} {one.finding.package}"].append(one.finding.as_line())
    return {
        "standings": [_without_nan(asdict(one)) for one in standing],
        "unjudged": {key: [json.loads(line) for line in lines] for key, lines in sorted(unjudged.items())},
    }


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _without_nan(each) for key, each in value.items()}
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, 4)
    return value
