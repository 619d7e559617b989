"""What the page shows of one candidate: code side by side, differences, helper, reasons, as values for its script.

In: a `RefactoringCandidate`, best one that keeps its basis. Out: plain values that JSON can hold. The side-by-side rows
are those of the text report; lines of code stand there once, and rows name them by number.
Source: our own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from codesim.refactor import Basis, ClassDifference, Member, RefactoringCandidate, correspond, rows_between
from codesim.report import wording
from codesim.report.page_graph import drawn_graph
from codesim.report.rows import Cell, Mark, Row, align_rows, cut_cell, fold_rows, shown_source
from codesim.report.visible import visible, visible_brief, visible_code
from codesim.verify import explain_type, score_parts

LONGEST_LINE = 1000  # characters; a line of data would else bury the code around it
LONGEST_DIFFERENCE = 300
MOST_COPIES = 9  # of a class, with their code; the others are named
MOST_GRAPHS = 1500  # of a page, the best candidates' first: 3 MB
_GRAPHS_EACH = 4
Json = dict[str, Any]


def details(candidates: Sequence[RefactoringCandidate]) -> list[Json]:
    """Give what the page shows of each candidate once it is opened.

    Args:
        candidates: in rank order.

    Returns:
        One value per candidate. Those without a basis have one pair of copies side by side, no graph, and no reasons
        for score and type.
    """
    graphs_left = MOST_GRAPHS
    out = []
    for candidate in candidates:
        shown = _detail(candidate)
        if candidate.basis is not None:
            subjects = candidate.basis.subjects[: min(_GRAPHS_EACH, graphs_left)]
            shown["graphs"] = [
                drawn_graph(subject, member.start_line)
                for subject, member in zip(subjects, candidate.members, strict=False)
            ]
            graphs_left -= len(subjects)
        out.append(shown)
    return out


def _detail(candidate: RefactoringCandidate) -> Json:
    helper = candidate.helper
    return {
        "advice": visible(_news(candidate) + candidate.advice),
        "type": wording.clone_type(candidate),
        "saving": wording.saving(candidate),
        "verdict": wording.verdict(candidate),
        "reasons": [visible(reason) for reason in candidate.verdict.reasons],
        "sources": [_source(member) for member in candidate.members[:MOST_COPIES]],
        "pairs": [_pair(pair) for pair in _pairs(candidate)],
        "differences": [_difference(each) for each in candidate.differences if each.where],
        "helper": None
        if helper is None
        else {
            "signature": visible(helper.signature),
            "added": wording.counted(candidate.parameters, "new parameter"),
            "lines": [visible_code(line) for line in helper.text.splitlines()],
        },
        "rank": [[part.name, part.value, visible(part.note)] for part in candidate.rank_parts],
        "graphs": [],
        **({} if candidate.basis is None else _reasons(candidate.basis)),
    }


def _news(candidate: RefactoringCandidate) -> str:
    news = wording.gained(candidate)
    return f"{news[0].upper()}{news[1:]}. " if news else ""


def _source(member: Member) -> list[str]:
    return [cut_cell(Cell(line, text, ()), LONGEST_LINE).text for line, text in shown_source(member)]


def _pairs(candidate: RefactoringCandidate) -> list[RefactoringCandidate]:
    """The candidate as it would be with the representative and one other copy alone, for each of the others."""
    pairs = [candidate]
    first, basis = candidate.members[0], candidate.basis
    for number in range(2, min(MOST_COPIES, len(candidate.members)) if basis is not None else 0):
        other = candidate.members[number]
        if basis is not None:
            left, right, verdict = basis.subjects[0], basis.subjects[number], basis.verdicts[number - 1]
            rows = rows_between(correspond(left, right, verdict.alignment), first.start_line, other.start_line)
            pairs.append(replace(candidate, members=(first, other), correspondence=rows))
    return pairs


def _pair(pair: RefactoringCandidate) -> Json:
    """Rows, and the stretches of them (from, to) that are equal and long."""
    rows = align_rows(pair)
    folds = []
    at = 0
    for run in fold_rows(rows):
        if run.folded:
            folds.append([at, at + len(run.rows)])
        at += len(run.rows)
    return {"rows": [_row(row) for row in rows], "folds": folds}


def _row(row: Row) -> list[Any]:
    return [_MARKS[row.mark], _cell(row.left), _cell(row.right)]


_MARKS = {Mark.SAME: 0, Mark.RESPELLED: 1, Mark.DIFFERS: 2}


def _cell(cell: Cell | None) -> list[Any] | None:
    """A line's number, the places between which it differs, and its text where the source's line was cut elsewhere."""
    if cell is None:
        return None
    cut = cut_cell(cell, LONGEST_LINE)
    places = [place for part in cut.parts for place in (part.start, part.end)]
    shown: list[Any] = [cell.line, places] if places else [cell.line]
    return [cell.line, places, cut.text] if cut.text != cell.text else shown


def _difference(difference: ClassDifference) -> list[Any]:
    first, others = wording.distinct_texts(difference)
    texts = [visible_brief(text, longest=LONGEST_DIFFERENCE) for text in (first, *others)]
    places = [visible(f"{site.path}:{site.line}") for site in difference.where]
    return [difference.kind.value, texts, places]


def _reasons(basis: Basis) -> Json:
    """Why the candidate has its score, which its least sure pair decides, and its type, which the farthest decides."""
    scores = [verdict.score for verdict in basis.verdicts]
    lowest = basis.verdicts[scores.index(min(scores))]
    types = [verdict.clone_type for verdict in basis.verdicts]
    farthest = types.index(max(types))
    alignment = basis.verdicts[farthest].alignment
    return {
        "score": [
            [part.name, *(round(number, 3) + 0.0 for number in (part.value, part.weight, part.contribution))]
            for part in score_parts(lowest.features)
        ],
        "typeReason": visible(explain_type(basis.subjects[0], basis.subjects[farthest + 1], alignment)[1]),
    }
