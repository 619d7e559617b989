"""The canonical hash of a graph: equal for graphs that are equal but for names, positions and node order.

In: a `Pdg`. Out: 16 hexadecimal digits. Weisfeiler-Lehman refinement with edge kinds and directions; names of local
variables are left out (their data edges say who reads what), while callees, attributes, operators and literals count.
Source: Weisfeiler, Leman, 1968; as a graph hash in Shervashidze et al., 2011. Two different graphs that the refinement
cannot tell apart would share a hash; none was seen among the functions of the standard library (see docs/pdg.md).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from codesim.graph.schema import EdgeKind, NodeKind, Pdg

_ROUNDS = 5
_LOCAL = frozenset({NodeKind.USE, NodeKind.DEFINITION, NodeKind.FUNCTION, NodeKind.WALRUS})
_WORDS = NDArray[np.uint64]
_FORWARD, _BACKWARD, _SELF = (np.uint64(k) for k in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9))
_MIX, _SHIFT_A, _SHIFT_B = np.uint64(0xBF58476D1CE4E5B9), np.uint64(29), np.uint64(32)


def canonical_hash(pdg: Pdg) -> str:
    """Hash a graph independently of local names, positions and node order.

    Args:
        pdg: any graph; for clones, the one built from the canonical tree.

    Returns:
        16 hexadecimal digits (64 bits).

    Source: Shervashidze et al., Weisfeiler-Lehman Graph Kernels, 2011, section 3.1.
    """
    state = np.array(_node_codes(pdg), dtype=np.uint64)
    source = np.array([edge.source for edge in pdg.edges], dtype=np.int64)
    target = np.array([edge.target for edge in pdg.edges], dtype=np.int64)
    codes = np.array(
        [_edge_code(e.kind, "" if e.kind is EdgeKind.DATA else e.detail, e.loop_carried) for e in pdg.edges],
        dtype=np.uint64,
    )
    with np.errstate(over="ignore"):
        for _ in range(_ROUNDS):
            incoming, outgoing = np.zeros_like(state), np.zeros_like(state)
            np.add.at(incoming, target, _mixed(state[source] * _FORWARD + codes))
            np.add.at(outgoing, source, _mixed(state[target] * _BACKWARD + codes))
            state = _mixed(state * _SELF + incoming * _FORWARD + outgoing * _BACKWARD)
    return hashlib.blake2b(np.sort(state).tobytes(), digest_size=8).hexdigest()


def _node_codes(pdg: Pdg) -> list[int]:
    codes: list[int] = []
    owners = {
        e.target: e.source
        for e in pdg.edges
        if e.kind is EdgeKind.CONTROL and pdg.kinds[e.target] is NodeKind.PARAMETER
    }
    places: Counter[int] = Counter()
    for node, (kind, label) in enumerate(zip(pdg.kinds, pdg.labels, strict=True)):
        if kind is NodeKind.PARAMETER:  # told apart by their place among those of the same function, not by their name
            codes.append(_code(f"{kind.value}:{places[owners[node]]}"))
            places[owners[node]] += 1
        else:
            codes.append(_code(f"{kind.value}:" if kind in _LOCAL else f"{kind.value}:{label}"))
    return codes


def _mixed(words: _WORDS) -> _WORDS:
    words = (words ^ (words >> _SHIFT_A)) * _MIX
    return words ^ (words >> _SHIFT_B)


@cache
def _edge_code(kind: EdgeKind, detail: str, loop_carried: bool) -> int:
    return _code(f"edge:{kind.value}:{detail}:{loop_carried}")


@lru_cache(maxsize=65536)
def _code(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
