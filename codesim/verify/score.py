"""The score of a pair: a logistic model over named features, fitted by `codesim calibrate`, open to inspection.

In: `Evidence`. Out: a calibrated probability in [0, 1] that a maintainer would merge the two as equals: alike in
behaviour but for names and values, which can be parameters. What the features add up to is brought to a probability by
three more numbers, since a plain logistic model is too sure of middling pairs. All numbers stand in `score.json` beside
this file, with what they were fitted on and how good they are; docs/calibration.md has the curve.

Source: logistic regression; beta
calibration, Kull, Silva Filho, Flach, 2017; the features are our own.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from importlib.resources import files
from typing import Any, NamedTuple

from codesim.errors import WeightsError
from codesim.verify.evidence import Evidence

MODEL_FILE = "score.json"
_FARTHEST = 60.0  # beyond this logit the exponential adds nothing


class ScorePart(NamedTuple):
    """What one feature adds to the logit of a score: `contribution` = `value` * `weight`."""

    name: str
    value: float
    weight: float
    contribution: float


class Correction(NamedTuple):
    """Beta calibration of a raw probability p: the logit is shift + low * ln(p) - high * ln(1 - p).

    low and high are more than 0, so that the order of scores stays; 1, 1 and 0 leave p as it is.
    """

    low: float = 1.0
    high: float = 1.0
    shift: float = 0.0

    def logit(self, raw: float) -> float:
        """The corrected logit of a raw one; ln(p) and ln(1 - p) come from the logit, without loss near 0 and 1."""
        return self.shift - self.low * _softplus(-raw) + self.high * _softplus(raw)


UNCORRECTED = Correction()


@dataclass(frozen=True, slots=True)
class ScoreModel:
    """Weights of the features, the bias, and the correction; `fitted` says on what, and how good the fit is."""

    weights: Evidence
    bias: float
    correction: Correction = UNCORRECTED
    fitted: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def score(self, features: Evidence) -> float:
        """The probability, in [0, 1], that a pair with these features is one function."""
        total = sum(part.contribution for part in self.parts(features))
        return 1.0 / (1.0 + math.exp(-max(-_FARTHEST, min(_FARTHEST, total))))

    def parts(self, features: Evidence) -> tuple[ScorePart, ...]:
        """What the bias, every feature and the correction add to the logit of the score."""
        out = [ScorePart("bias", 1.0, self.bias, self.bias)]
        for item in fields(Evidence):
            value, weight = getattr(features, item.name), getattr(self.weights, item.name)
            out.append(ScorePart(item.name, value, weight, value * weight))
        raw = sum(part.contribution for part in out)
        moved = self.correction.logit(raw) - raw
        return (*out, ScorePart("correction", moved, 1.0, moved))

    def as_json(self) -> str:
        """Render the model as the text of `score.json`."""
        record = {
            "weights": {item.name: getattr(self.weights, item.name) for item in fields(Evidence)},
            "bias": self.bias,
            "correction": self.correction._asdict(),
            "fitted": dict(self.fitted),
        }
        return json.dumps(record, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> ScoreModel:
        """Read what `as_json` wrote.

        Raises:
            ValueError: it is no model of these features; the message says why.
        """
        try:
            record = json.loads(text)
            weights = Evidence(**{name: float(weight) for name, weight in record["weights"].items()})
            correction = Correction(**{name: float(number) for name, number in record["correction"].items()})
            return cls(weights, float(record["bias"]), correction, dict(record["fitted"]))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(str(error)) from error


def _softplus(value: float) -> float:
    """ln(1 + e^value)."""
    return max(value, 0.0) + math.log1p(math.exp(-abs(value)))


@functools.cache
def shipped_model() -> ScoreModel:
    """The model that is part of the package.

    Raises:
        WeightsError: its file is missing or damaged.
    """
    try:
        return ScoreModel.from_json(files("codesim.verify").joinpath(MODEL_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WeightsError(
            MODEL_FILE, f"is no model of this version's features ({error}); reinstall codesim"
        ) from error


def score(features: Evidence) -> float:
    """The score in [0, 1] of a pair with these features, by the shipped model."""
    return shipped_model().score(features)


def score_parts(features: Evidence) -> tuple[ScorePart, ...]:
    """What the bias and every feature add to the logit, by the shipped model."""
    return shipped_model().parts(features)
