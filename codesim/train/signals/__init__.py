"""Signals: what the encoder can learn from graphs alone, without a label; see `Signals`.

One file a signal: `masked` guesses hidden nodes, `metapath` tells walks from chance, `infomax` tells a node's own graph
from a garbled one, `motif` counts the walks around a node, `tying` finds the same variable or callee again. `steps`
holds the walks that two of them use, `view` what each of them sees, `weighted` adds them up.
"""

from codesim.train.signals.weighted import SIGNALS, Signals

__all__ = ["SIGNALS", "Signals"]
