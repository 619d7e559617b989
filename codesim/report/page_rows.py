"""Draw side-by-side rows as HTML tables, equal stretches folded into `<details>`.

In: the `Row`s of a candidate. Out: HTML text. A fold cannot stand inside a table, so each run is a table of its own
with the same fixed columns; on a narrow screen the style sheet stacks the two sides of each row.
Source: our own.
"""

from __future__ import annotations

import html
from collections.abc import Sequence

from codesim.refactor import Member
from codesim.report.rows import Cell, Mark, Row, cut_cell, fold_rows
from codesim.report.visible import visible
from codesim.report.wording import counted

LONGEST_LINE = 1000  # characters; a line of data would else bury the code around it
_COLUMNS = '<colgroup><col class="line"><col><col class="sign"><col class="line"><col></colgroup>'
_SIGNS = {Mark.SAME: ("", ""), Mark.RESPELLED: ("~", "spelled otherwise"), Mark.DIFFERS: ("≠", "differs")}


def escaped(text: str) -> str:
    """Make untrusted text fit for an HTML text node or a quoted attribute.

    Args:
        text: any text.

    Returns:
        The text with unprintable characters spelled out and HTML's special characters escaped, quotes included.
    """
    return html.escape(visible(text), quote=True)


def render_rows(rows: Sequence[Row], members: Sequence[Member]) -> str:
    """Render the rows of a candidate.

    Args:
        rows: from `align_rows`.
        members: the two members that head the columns.

    Returns:
        One `<div class="diff">` with a table per run.
    """
    if not rows:
        return '<p class="quiet">No lines were aligned.</p>'
    left, right = (escaped(f"{member.path}:{member.start_line}") for member in members)
    head = (
        f'<thead><tr><th colspan="2" scope="col"><code>{left}</code></th><th class="g"><span class="unseen">sign</span>'
        f'</th><th colspan="2" scope="col"><code>{right}</code></th></tr></thead>'
    )
    parts = []
    for run in fold_rows(rows):
        table = f"<table>{_COLUMNS}{head}<tbody>\n{''.join(map(_row, run.rows))}</tbody></table>"
        if run.folded:
            summary = f"<summary>{counted(len(run.rows), 'equal line')}</summary>"
            table = f'<details class="fold">{summary}{table}</details>'
        parts.append(table)
        head = ""
    return f'<div class="diff" dir="ltr" translate="no">{"".join(parts)}</div>'


def _row(row: Row) -> str:
    sign, meaning = _SIGNS[row.mark]
    if row.left is None:
        sign, meaning = "&gt;", f"only on the right {meaning}"
    elif row.right is None:
        sign, meaning = "&lt;", f"only on the left {meaning}"
    unseen = f'<span class="unseen">{meaning.strip()}</span>' if meaning else ""
    aria = ' aria-hidden="true"' if sign else ""
    return (
        f'<tr class="{row.mark.value}">{_cells(row.left, "left")}'
        f'<td class="g"><span{aria}>{sign}</span>{unseen}</td>{_cells(row.right, "right")}</tr>\n'
    )


def _cells(cell: Cell | None, side: str) -> str:
    if cell is None:
        return f'<td class="n {side} none"></td><td class="c {side} none"></td>'
    return f'<td class="n {side}">{cell.line}</td><td class="c {side}">{_marked(cut_cell(cell, LONGEST_LINE))}</td>'


def _marked(cell: Cell) -> str:
    pieces = []
    done = 0
    for start, end, _ in cell.parts:
        pieces.append(html.escape(cell.text[done:start], quote=True))
        pieces.append(f"<mark>{html.escape(cell.text[start:end], quote=True)}</mark>")
        done = end
    pieces.append(html.escape(cell.text[done:], quote=True))
    return "".join(pieces)
