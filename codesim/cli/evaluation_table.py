"""The table that `codesim evaluate` prints: a column for each system, and for each data set its figures in rows.

In: an `EvaluationReport`. Out: a rich table. Figures are shown times 100. Under the main figure of a data set stand
its 95 % interval and how far the encoder is ahead of the system, then the main figure by kind.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

    from codesim.evaluate import EvaluationReport, SetReport
    from codesim.evaluate.report import SystemReport

SHOWN = {
    "map_at_r": "MAP@R",
    "recall_at_1": "recall@1",
    "recall_at_10": "recall@10",
    "roc_auc": "ROC-AUC",
    "average_precision": "average precision",
    "recall_at_95_precision": "recall at 95 % precision",
}
ENCODER_AHEAD = "encoder ahead by"


def evaluation_table(report: EvaluationReport) -> Table:
    """Lay out a report.

    Args:
        report: of at least one data set.

    Returns:
        The table; a section for each data set, and one for the means where several have one form.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    systems = list(report.sets[0].systems)
    table = Table(title=Text(f"{report.encoder}, figures x 100"), box=box.SIMPLE_HEAD, padding=(0, 0, 0, 1))
    table.add_column("data, measure", min_width=24)
    for system in systems:
        table.add_column(
            Text(system.replace("identifiers", "ident.").replace("+", "\n+").replace("-", "\n")),
            justify="right",
            min_width=5,
        )
    for one in report.sets:
        for label, cells in _rows(one):
            table.add_row(Text(label), *map(Text, cells))
        table.add_section()
    from codesim.evaluate import MAIN

    for form, measure in MAIN.items():
        means = report.means(form)
        if means:
            table.add_row(Text(f"mean {SHOWN[measure]} of sets"), *(Text(_points(means[system])) for system in systems))
    return table


def _rows(report: SetReport) -> list[tuple[str, list[str]]]:
    from codesim.evaluate import MAIN

    main = MAIN[report.form]
    systems = list(report.systems.values())
    rows: list[tuple[str, list[str]]] = []

    def add(label: str, cell: Callable[[SystemReport], str]) -> None:
        rows.append((label, [cell(system) for system in systems]))

    rows.append((report.name, []))
    rows += [(f"  {count:,} {name}", []) for name, count in report.counts.items() if count]
    rows.append((f"  names masked: {report.mask}", []))
    add(SHOWN[main], lambda system: _points(system.figures[main]))
    add("  95 %, from", lambda system: _points(system.intervals[main][0]))
    add("  to", lambda system: _points(system.intervals[main][1]))
    if any(system.encoder_ahead for system in systems):
        add(f"  {ENCODER_AHEAD}", lambda system: _lead(system, main, 0))
        add("  95 %, from", lambda system: _lead(system, main, 1))
        add("  to", lambda system: _lead(system, main, 2))
    for measure in systems[0].figures:
        if measure != main:
            add(SHOWN[measure], lambda system, measure=measure: _points(system.figures[measure]))  # type: ignore[misc]
    for kind, count in report.kinds.items():
        add(f"{SHOWN[main]}, {kind} ({count:,})", lambda system, kind=kind: _points(system.by_kind[kind][main]))  # type: ignore[misc]
    if len(report.kinds) > 1:
        add(f"{SHOWN[main]}, mean of kinds", lambda system: _points(system.mean_of_kinds(main)))
    return rows


def _points(value: float) -> str:
    return "-" if math.isnan(value) else f"{100 * value:.1f}"


def _lead(system: SystemReport, measure: str, part: int) -> str:
    ahead = system.encoder_ahead.get(measure)
    if ahead is None:
        return ""
    value = (ahead.difference, ahead.low, ahead.high)[part]
    return "-" if math.isnan(value) else f"{100 * value:+.1f}"
