"""The curves of a training run as a picture: losses fall, retrieval rises.

In: the reports of the rounds. Out: a PNG beside the checkpoint. Source: matplotlib.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from codesim.train.loop import Report

LOSSES = {
    "twins": "twins",
    "mutants": "mutants",
    "texts": "texts",
    "tasks_loss": "tasks",
    "weak": "weak",
    "signals": "signals",
}
FIGURES = {
    "recall_kept": "recall@1, names kept",
    "recall_masked": "recall@1, names masked",
    "tasks": "MAP@R of validation tasks",
    "behaviour": "ROC-AUC against mutants",
}


def draw_curves(reports: Sequence[Report], path: Path) -> None:
    """Draw losses and validation figures over the steps.

    Args:
        reports: of a run, in order; at least one.
        path: the PNG file to write.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415  # not pyplot: no window system, no global state

    figure = Figure(figsize=(9, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    steps = [report.step for report in reports]
    for axes, curves, title in ((left, LOSSES, "loss"), (right, FIGURES, "validation")):
        for name, label in curves.items():
            axes.plot(steps, [getattr(report, name) for report in reports], marker=".", label=label)
        axes.set(title=title, xlabel="step")
        axes.set_ylim(bottom=0)
        axes.legend()
        axes.grid(alpha=0.3)
    figure.savefig(path, dpi=120)
