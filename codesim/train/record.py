"""What a training run leaves in its folder, and how it is found again.

In: options, reports and the state of a run. Out: `checkpoint.npz` (the best weights), `training.json` (what was done,
round by round), `state.npz` (to go on) and `training.png` (the curves); an interrupted run again. Source: our own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from codesim.train.checkpoint import Checkpoint
from codesim.train.curves import draw_curves
from codesim.train.loop import TORCH_VERSION, Report
from codesim.train.shards import read_record

CHECKPOINT, STATE, TRAINING, CURVES = "checkpoint.npz", "state.npz", "training.json", "training.png"
_FACTS = ("name", "version", "licence", "role", "functions")
_LIMITS = {"seconds": 0.0}  # may differ between the two parts of a run


def write_run(folder: Path, options: Mapping[str, Any], reports: Sequence[Report], state: Checkpoint) -> None:
    """Write everything about a run after a round.

    Args:
        folder: of the corpus that it trains on.
        options: of the run, as JSON values.
        reports: of all rounds so far, at least one.
        state: after the last of them.
    """
    corpus = read_record(folder)
    packages = [{name: package[name] for name in _FACTS} for package in corpus["packages"]]
    summary = {
        "corpus": {"functions": corpus["functions"], "packages": packages},
        "options": dict(options),
        "steps": reports[-1].step,
        "best": asdict(max(reports, key=lambda report: report.score)),
        "rounds": [asdict(report) for report in reports],
        "seconds": round(reports[-1].seconds),
        "torch": TORCH_VERSION,
    }
    np.savez(folder / CHECKPOINT, **state.best())  # type: ignore[arg-type]
    (folder / TRAINING).write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    state.save(folder / STATE)
    draw_curves(reports, folder / CURVES)


def interrupted_run(folder: Path, options: Mapping[str, Any]) -> tuple[Checkpoint, list[Report]] | None:
    """Return the state of the last run in a folder, None where there is none or it had other options."""
    try:
        summary = json.loads((folder / TRAINING).read_text(encoding="utf-8"))
        state = Checkpoint.load(folder / STATE)
    except (OSError, ValueError, BadZipFile):
        return None
    if {**summary["options"], **_LIMITS} != {**options, **_LIMITS} or state.rounds > len(summary["rounds"]):
        return None
    return state, [Report(**report) for report in summary["rounds"][: state.rounds]]
