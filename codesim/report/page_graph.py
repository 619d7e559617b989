"""The dependence graph of a copy, as values from which the page's script draws it when it is asked for.

In: the `Subject` that a candidate was built from. Out: rows and arcs of the layout that `codesim graph --format svg`
has too, without pixels: some 2 kB, a tenth of the drawing.
Source: our own; see `codesim.graph`'s `lay_out`.
"""

from __future__ import annotations

from typing import Any

from codesim.graph import build_pdg, lay_out
from codesim.report.visible import visible, visible_brief
from codesim.verify import Subject

MOST_ROWS = 250  # a larger graph would fill a page of its own
_LONGEST_TEXT = 88


def drawn_graph(subject: Subject, first_line: int) -> dict[str, Any] | None:
    """Lay out the dependence graph of a copy.

    Args:
        subject: the copy.
        first_line: where it begins; the header that was made up for a block stands before it and has no line.

    Returns:
        rows: line (0: none), depth, the row that decides about it (-1: none), along which branch, whether it repeats,
        keyword, text. arcs: source row, target rows, kind, name, whether of an earlier round, whether only perhaps,
        lane. None for a graph of more than `MOST_ROWS` rows, and for one that is nested too deeply.
    """
    title = subject.fragment.qualname.rpartition(".")[2]
    try:
        layout = lay_out(build_pdg(subject.faithful, subject.fragment.qualname), title)
    except RecursionError:
        return None
    if len(layout.rows) > MOST_ROWS or layout.rows_left_out:
        return None
    return {
        "rows": [
            [
                row.line if row.line >= first_line else 0,
                row.depth,
                row.parent,
                visible(row.branch),
                int(row.repeats),
                row.keyword,
                visible_brief(row.text, longest=_LONGEST_TEXT),
            ]
            for row in layout.rows
        ],
        "arcs": [
            [
                arc.source,
                list(arc.targets),
                arc.style.kind.name.lower(),
                visible(arc.style.name),
                int(arc.style.loop_carried),
                int(arc.style.may),
                arc.lane,
            ]
            for arc in layout.arcs
        ],
        "leftOut": layout.arrows_left_out,
    }
