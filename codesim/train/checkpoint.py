"""Where a training run stands, in one file, so that it can go on after an interruption as if there had been none.

In: model, reader and optimizer after a round. Out: a file of arrays, without pickle, and the same again. Batches are
drawn from a source that is seeded anew for each round, so no state of it needs keeping. Source: our own.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state after `rounds` rounds: weights, the optimizer's moments, and the best weights so far, by name."""

    rounds: int
    arrays: dict[str, NDArray[Any]]

    @classmethod
    def take(
        cls, rounds: int, modules: dict[str, nn.Module], optimizer: torch.optim.Optimizer, best: dict[str, Tensor]
    ) -> Checkpoint:
        """Copy the state out of the parts of a run."""
        arrays = {
            f"{name}/{key}": value.cpu().numpy().copy()
            for name, module in modules.items()
            for key, value in module.state_dict().items()
        }
        arrays |= {f"best/{key}": value.numpy() for key, value in best.items()}
        for number, moments in optimizer.state_dict()["state"].items():
            arrays |= {
                f"optimizer/{number}/{key}": np.asarray(torch.as_tensor(value).cpu()).copy()
                for key, value in moments.items()
            }
        return cls(rounds, arrays)

    def restore(self, modules: dict[str, nn.Module], optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
        """Put the state back into the parts of a run; returns the best weights so far."""
        for name, module in modules.items():
            module.load_state_dict(self._part(f"{name}/"))
        moments: dict[int, dict[str, Tensor]] = {}
        for key, value in self._part("optimizer/").items():
            number, _, name = key.partition("/")
            moments.setdefault(int(number), {})[name] = value
        optimizer.load_state_dict({**optimizer.state_dict(), "state": moments})
        return self._part("best/")

    def best(self) -> dict[str, NDArray[Any]]:
        """The best weights so far."""
        return {name: value.numpy() for name, value in self._part("best/").items()}

    def _part(self, prefix: str) -> dict[str, Tensor]:
        return {
            name.removeprefix(prefix): torch.from_numpy(np.array(value))
            for name, value in self.arrays.items()
            if name.startswith(prefix)
        }

    def save(self, path: Path) -> None:
        """Write the file under a temporary name and rename it when it is whole."""
        temporary = path.with_name(f".{path.name}.part")
        with temporary.open("wb") as stream:
            np.savez(stream, **{**self.arrays, "rounds": np.array(self.rounds)})  # type: ignore[arg-type]
        temporary.replace(path)

    @classmethod
    def load(cls, path: Path) -> Checkpoint:
        """Read the file again."""
        with np.load(path, allow_pickle=False) as arrays:
            found = dict(arrays)
        return cls(int(found.pop("rounds")), found)
