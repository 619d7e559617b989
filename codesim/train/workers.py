"""Several processes that train one encoder: each takes its share of every batch, and gradients are averaged.

In: the environment that `torchrun` and managed training services set, or a number of processes to start here. Out: a
`Workers` that the loop asks for its share, its rank and the mean of the gradients. One process needs nothing of it.

Source: torch.distributed (gloo on a CPU, nccl on GPUs); data parallelism as in Goyal et al., Accurate, Large Minibatch
SGD, 2017. Negatives stay within a process.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, distributed, nn

LOCAL = "127.0.0.1"
SERVICE_PORT = 29500
"""Where the first host listens; hosts of a service are alone in their network."""


@dataclass(frozen=True, slots=True)
class Workers:
    """How many processes there are, and which of them this is."""

    rank: int = 0
    count: int = 1

    @property
    def is_first(self) -> bool:
        """Whether this process validates and writes."""
        return self.rank == 0

    def share(self, size: int) -> int:
        """This process's part of a number of functions, even so that it can be halved."""
        return size if self.count == 1 or size == 0 else max(2, size // self.count // 2 * 2)

    def average(self, weights: Iterable[nn.Parameter]) -> None:
        """Replace each gradient by the mean over all processes."""
        if self.count == 1:
            return
        gradients = [weight.grad for weight in weights if weight.grad is not None]
        flat = torch.cat([gradient.reshape(-1) for gradient in gradients])
        distributed.all_reduce(flat)
        flat /= self.count
        start = 0
        for gradient in gradients:
            gradient.copy_(flat[start : start + gradient.numel()].view_as(gradient))
            start += gradient.numel()

    def tell(self, values: Sequence[float]) -> list[float]:
        """What the first process says, in all of them."""
        if self.count == 1:
            return list(values)
        told: Tensor = torch.tensor(values, dtype=torch.float64, device=training_device())
        distributed.broadcast(told, src=0)
        return [float(value) for value in told]


@contextmanager
def joined_workers() -> Iterator[Workers]:
    """Join the group that the environment speaks of (RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT); alone without one."""
    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count == 1:
        yield Workers()
        return
    distributed.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    try:
        yield Workers(distributed.get_rank(), count)
    finally:
        distributed.destroy_process_group()


def training_device() -> torch.device:
    """The GPU of this process where there is one, else the CPU."""
    if not torch.cuda.is_available():
        return torch.device("cpu")
    return torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))


@contextmanager
def started_workers(processes: int, command: Sequence[str]) -> Iterator[None]:
    """Start the other processes of a group on this machine, and make this one the first of them.

    A managed training service that runs the same command on several hosts says so in SM_HOSTS (a JSON list) and
    SM_CURRENT_HOST; the group then spans them all.

    Args:
        processes: on this machine, at least 1.
        command: what the others run: this program with the same arguments.

    Source: what `torchrun` does, without a program around ours.
    """
    hosts = json.loads(os.environ.get("SM_HOSTS", "[]")) or [LOCAL]
    count = processes * len(hosts)
    if count == 1 or "WORLD_SIZE" in os.environ:
        yield
        return
    here = hosts.index(os.environ.get("SM_CURRENT_HOST", hosts[0]))
    port = SERVICE_PORT if len(hosts) > 1 else _free_port()
    group = {"WORLD_SIZE": str(count), "MASTER_ADDR": hosts[0], "MASTER_PORT": str(port)}
    places = [{**group, "RANK": str(here * processes + own), "LOCAL_RANK": str(own)} for own in range(processes)]
    others = [
        subprocess.Popen([sys.executable, *command], env={**os.environ, **place})  # noqa: S603
        for place in places[1:]
    ]
    os.environ.update(places[0])
    try:
        yield
        for other in others:
            other.wait()
    finally:
        for name in places[0]:
            del os.environ[name]
        for other in others:
            other.terminate()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((LOCAL, 0))
        return int(found.getsockname()[1])
