"""What an explanation adds to a candidate of the JSON report, under keys of its own.

In: an `Explanation`. Out: plain dictionaries in a fixed order, every number rounded. A reader of version 1 that does
not know these keys may pass them over; `schema/report-v1.json` describes them.
Source: our own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from codesim.refactor import FilledHole, Member
from codesim.report.explanation import ExplainedPair, Explanation, Standing
from codesim.report.pair_rows import pair_rows
from codesim.report.rows import Cell

if TYPE_CHECKING:
    from codesim.verify import Place, ScorePart

_DIGITS = 4


def explained_keys(explanation: Explanation) -> dict[str, Any]:
    """The keys that an explanation adds to its candidate.

    Args:
        explanation: what to explain.

    Returns:
        `ranked` (only after a scan), `rank_value`, `rank_parts`, `standing` (only without one), `score_parts`,
        `type_reason`, `data_flow`, `holes`, `alignment`.
    """
    flow = asdict(explanation.flow)
    return {
        **({"ranked": explanation.ranked} if explanation.rank else {}),
        "rank_value": rounded(explanation.value),
        "rank_parts": [
            {"name": part.name, "value": rounded(part.value), "note": part.note} for part in explanation.rank_parts
        ],
        **_standing(explanation.standing),
        "score_parts": _score_parts(explanation.deciding.score_parts),
        "type_reason": explanation.typing.type_reason,
        "data_flow": {name: list(texts) for name, texts in flow.items()},
        "holes": [_hole(hole) for hole in explanation.holes],
        "alignment": [_pair(pair) for pair in explanation.pairs],
    }


def _standing(standing: Standing | None) -> dict[str, Any]:
    if standing is None:
        return {}
    return {"standing": {"reported": not standing.rule, "rule": standing.rule, "reason": standing.reason}}


def rounded(number: float) -> float:
    """A number as the report writes it: four digits, and no sign before a zero."""
    return round(float(number), _DIGITS) + 0.0


def _score_parts(parts: Sequence[ScorePart]) -> list[dict[str, Any]]:
    return [
        {
            "name": part.name,
            "value": rounded(part.value),
            "weight": rounded(part.weight),
            "contribution": rounded(part.contribution),
        }
        for part in parts
    ]


def _hole(hole: FilledHole) -> dict[str, Any]:
    return {
        "parameter": hole.parameter,
        "role": hole.role.value,
        "values": [{"path": site.path, "line": site.line, "text": site.text} for site in hole.where],
    }


def _pair(pair: ExplainedPair) -> dict[str, Any]:
    rows = []
    for row in pair_rows(pair):
        line: dict[str, Any] = {
            "mark": row.mark.value,
            "left": _line(pair.left, row.left),
            "right": _line(pair.right, row.right),
        }
        rows.append(line if row.elsewhere is None else {**line, "elsewhere": row.elsewhere})
    return {
        "member": pair.number,
        "score": rounded(pair.score),
        "similarity": rounded(pair.similarity),
        "clone_type": pair.clone_type,
        "type_reason": pair.type_reason,
        "aligned_share": rounded(pair.aligned_share),
        "score_parts": _score_parts(pair.score_parts),
        "differences": [
            {
                "kind": difference.kind.value,
                "axis": difference.axis.value,
                "left": _side(difference.left),
                "right": _side(difference.right),
            }
            for difference in pair.differences
        ],
        "rows": rows,
    }


def _line(member: Member, cell: Cell | None) -> dict[str, Any] | None:
    """A line as it stands in the file, not as a terminal shows it."""
    return None if cell is None else {"line": cell.line, "text": member.lines[cell.line - member.start_line]}


def _side(place: Place) -> dict[str, Any] | None:
    return {"line": place.line, "text": place.text} if place.text else None
