"""The score of a pair: a logistic model over named features, fitted by `codesim calibrate`, open to inspection.

In: `Evidence`. Out: a calibrated probability in [0, 1] that a maintainer would merge the two as equals: alike in
behaviour but for names and values, which can be parameters. The weights stand in `score.json` beside this file, with
what they were fitted on and how good they are; docs/calibration.md has the curve. Source: logistic regression; the
features are our own.
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


@dataclass(frozen=True, slots=True)
class ScoreModel:
    """Weights of the features and the bias of the logit; `fitted` says on what, and how good the fit is."""

    weights: Evidence
    bias: float
    fitted: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def score(self, features: Evidence) -> float:
        """The probability, in [0, 1], that a pair with these features is one function."""
        total = sum(part.contribution for part in self.parts(features))
        return 1.0 / (1.0 + math.exp(-max(-_FARTHEST, min(_FARTHEST, total))))

    def parts(self, features: Evidence) -> tuple[ScorePart, ...]:
        """What the bias and every feature add to the logit; the logistic function of their sum is the score."""
        out = [ScorePart("bias", 1.0, self.bias, self.bias)]
        for item in fields(Evidence):
            value, weight = getattr(features, item.name), getattr(self.weights, item.name)
            out.append(ScorePart(item.name, value, weight, value * weight))
        return tuple(out)

    def as_json(self) -> str:
        """Render the model as the text of `score.json`."""
        weights = {item.name: getattr(self.weights, item.name) for item in fields(Evidence)}
        return json.dumps({"weights": weights, "bias": self.bias, "fitted": dict(self.fitted)}, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> ScoreModel:
        """Read what `as_json` wrote.

        Raises:
            ValueError: it is no model of these features; the message says why.
        """
        try:
            record = json.loads(text)
            weights = Evidence(**{name: float(weight) for name, weight in record["weights"].items()})
            return cls(weights, float(record["bias"]), dict(record["fitted"]))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(str(error)) from error


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
