"""Random graphs of the schema, for tests that need no source."""

from __future__ import annotations

import random

from codesim.graph import Edge, EdgeKind, NodeKind, Pdg
from codesim.source import Span

_DETAILS = {
    EdgeKind.CONTROL: ("", "true", "false", "try"),
    EdgeKind.DATA: ("x", "y", "self.x"),
    EdgeKind.OPERAND: ("0", "1", "2", "3", "="),
    EdgeKind.ORDER: ("",),
}
_LABELS = ("", "x", "someName", "a_b_c_d_e", "'text with words'", "3.5", "+", "é")


def random_pdgs(count: int) -> list[Pdg]:
    """Graphs of 1 to 40 nodes, by number."""
    return [random_pdg(seed) for seed in range(count)]


def random_pdg(seed: int, nodes: int = 0) -> Pdg:
    """The graph of a number: an entry, up to three parameters of it, and nodes and edges of every kind."""
    rng = random.Random(seed)  # noqa: S311
    size = nodes or rng.randint(1, 40)
    parameters = min(rng.randint(0, 3), size - 1)
    kinds = [NodeKind.ENTRY, *[NodeKind.PARAMETER] * parameters]
    others = [kind for kind in NodeKind if kind > NodeKind.PARAMETER]
    kinds += [rng.choice(others) for _ in range(size - len(kinds))]
    edges = {Edge(0, node, EdgeKind.CONTROL, "parameter", False) for node in range(1, 1 + parameters)}
    for _ in range(0 if size == 1 else rng.randint(0, 3 * size)):
        kind = rng.choice(list(EdgeKind))
        target = rng.randrange(size)
        if kind is not EdgeKind.CONTROL or kinds[target] is not NodeKind.PARAMETER:  # one function owns a parameter
            marks = (rng.random() < 0.3, rng.random() < 0.3)
            edges.add(Edge(rng.randrange(size), target, kind, rng.choice(_DETAILS[kind]), *marks))
    labels = tuple([rng.choice(_LABELS) for _ in kinds])
    spans = tuple([Span(line, 0, line, 1) for line in range(1, size + 1)])
    return Pdg("f", tuple(kinds), labels, spans, tuple(sorted(edges)))
