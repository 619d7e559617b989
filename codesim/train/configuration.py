"""The configuration of a training run: one TOML file, one seed.

In: a file such as `recipe.toml`, which says how the shipped weights were made. Out: a `Recipe`. An unknown or wrong key
is an error that names it, for a run of hours must not begin with a misspelt word. Source: our own.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from codesim.errors import ConfigError
from codesim.train.batches import BatchSizes
from codesim.train.loop import SignalWeights, TrainingOptions
from codesim.train.recipe import Selection

SHIPPED = Path(__file__).with_name("recipe.toml")
_TYPES: dict[str, tuple[type, ...]] = {
    "int": (int,), "float": (int, float), "str": (str,),
    "BatchSizes": (BatchSizes,), "SignalWeights": (SignalWeights,),
}  # fmt: skip
_Options = TypeVar("_Options", Selection, TrainingOptions, BatchSizes, SignalWeights)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is chosen, how it is trained, and the seed of every choice."""

    seed: int = 0
    selection: Selection = field(default_factory=Selection)
    training: TrainingOptions = field(default_factory=TrainingOptions)


def read_recipe(path: Path = SHIPPED) -> Recipe:
    """Read a recipe.

    Raises:
        ConfigError: the file is no TOML, or has a key or value that means nothing.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(str(path), f"cannot be read: {error}", f"take {SHIPPED.name} as a model") from error
    unknown = sorted(set(values) - {"seed", "selection", "training"})
    if unknown:
        raise ConfigError(str(path), f"unknown key {unknown[0]}", "the keys are seed, selection, training")
    seed = values.get("seed", 0)
    if not isinstance(seed, int):
        raise ConfigError(str(path), "seed is no integer", "such as 0")
    training = dict(values.get("training", {}))
    sizes = _options(BatchSizes, training.pop("sizes", {}), path)
    signals = _options(SignalWeights, training.pop("signals", {}), path)
    return Recipe(
        seed,
        _options(Selection, values.get("selection", {}), path),
        _options(TrainingOptions, {**training, "sizes": sizes, "signals": signals, "seed": seed}, path),
    )


def _options(kind: type[_Options], values: Mapping[str, Any], path: Path) -> _Options:
    known = {option.name: option.type for option in fields(kind)}
    for name, value in values.items():
        expected = _TYPES.get(str(known.get(name)))
        if expected is None:
            raise ConfigError(str(path), f"unknown key {name}", f"the keys are {', '.join(known)}")
        if not isinstance(value, expected) or isinstance(value, bool):
            raise ConfigError(str(path), f"{name} = {value!r} is no {known[name]}", f"take {SHIPPED.name} as a model")
    return kind(**values)
