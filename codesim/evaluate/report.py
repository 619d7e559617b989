"""What was measured, as values: for the table that is printed and the JSON file that is written.

In: reports of data sets. Out: `EvaluationReport`, with the mean over data sets that the table ends with, and its JSON
record. Figures are in [0, 1]; one that cannot be computed is NaN here and null in JSON.

Source: our own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from codesim.evaluate.masking import Mask

Form = Literal["retrieval", "pairs"]
MAIN: dict[Form, str] = {"retrieval": "map_at_r", "pairs": "roc_auc"}
"""The measure of each form that stands first, and of which the table gives intervals, differences and kinds."""
DIGITS = 4


@dataclass(frozen=True, slots=True)
class Ahead:
    """How far the encoder is ahead of a system: the difference of a figure and its 95 % interval."""

    difference: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class SystemReport:
    """One system on one data set: figures by measure, their 95 % intervals, figures by kind, the encoder's lead."""

    figures: dict[str, float]
    intervals: dict[str, tuple[float, float]]
    by_kind: dict[str, dict[str, float]]
    encoder_ahead: dict[str, Ahead]

    def mean_of_kinds(self, measure: str) -> float:
        """The mean of a figure over the kinds, each counting once; kinds that are parts of others are passed over."""
        whole = [figures[measure] for kind, figures in self.by_kind.items() if "/" not in kind]
        whole = [value for value in whole if not math.isnan(value)]
        return sum(whole) / len(whole) if whole else math.nan


@dataclass(frozen=True, slots=True)
class SetReport:
    """One data set: its size in several respects, the size of each kind, and what each system makes of it."""

    name: str
    form: Form
    mask: Mask
    counts: dict[str, int]
    kinds: dict[str, int]
    systems: dict[str, SystemReport]


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """All data sets of one run, the encoder's name, and the systems that could not be had, with the reason."""

    encoder: str
    missing: dict[str, str]
    sets: list[SetReport]

    def means(self, form: Form) -> dict[str, float]:
        """Each system's main figure, averaged over the data sets of one form; empty with fewer than two of them."""
        sets = [one for one in self.sets if one.form == form]
        if len(sets) < 2:
            return {}
        return {
            system: sum(one.systems[system].figures[MAIN[form]] for one in sets) / len(sets)
            for system in sets[0].systems
        }

    def as_record(self) -> dict[str, object]:
        """Return the report as JSON values; figures rounded to four digits."""
        return {
            "schema_version": 2,
            "encoder": self.encoder,
            "missing_systems": self.missing,
            "data": [_set_record(one) for one in self.sets],
            "mean_over_sets": {
                form: {"measure": measure, "systems": _rounded(self.means(form))} for form, measure in MAIN.items()
            },
        }


def _set_record(report: SetReport) -> dict[str, object]:
    main = MAIN[report.form]
    return {
        "name": report.name,
        "form": report.form,
        "mask": report.mask.value,
        "counts": report.counts,
        "kinds": report.kinds,
        "systems": {
            name: {
                "figures": _rounded(system.figures),
                "intervals_95": {measure: _interval(*found) for measure, found in system.intervals.items()},
                "mean_of_kinds": {main: _round(system.mean_of_kinds(main))},
                "by_kind": {kind: _rounded(figures) for kind, figures in system.by_kind.items()},
                "encoder_ahead": {
                    measure: {"difference": _round(ahead.difference), "interval_95": _interval(ahead.low, ahead.high)}
                    for measure, ahead in system.encoder_ahead.items()
                },
            }
            for name, system in report.systems.items()
        },
    }


def _rounded(values: Mapping[str, float]) -> dict[str, float | None]:
    return {name: _round(value) for name, value in values.items()}


def _interval(low: float, high: float) -> list[float | None]:
    return [_round(low), _round(high)]


def _round(value: float) -> float | None:
    return None if math.isnan(value) else round(value, DIGITS)
