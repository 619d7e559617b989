"""Which statements of a subject may not change places.

In: a `Subject`. Out: pairs of statement spans, from its program dependence graph and the names that it reads and
writes. Source: Ferrante, Ottenstein, Warren, The Program Dependence Graph and Its Use in Optimization, 1987, for the
dependences.
"""

from __future__ import annotations

from functools import lru_cache

from codesim.graph import EdgeKind, NodeKind, Pdg, build_pdg
from codesim.source import Span
from codesim.verify.subject import Subject


@lru_cache(maxsize=512)  # asked for each pair in which statements moved; the pairs of one subject come in a row
def statement_dependences(subject: Subject) -> frozenset[tuple[Span, Span]]:
    """Pairs of statement spans of which the second may not move before the first.

    Data, order, control and anti-dependences.
    """
    pdg = build_pdg(subject.tree, subject.fragment.qualname)
    owner = _owners(pdg)
    out: set[tuple[Span, Span]] = set()
    readers: dict[str, set[int]] = {}
    writers: dict[str, set[int]] = {}
    for node, kind in enumerate(pdg.kinds):
        if kind is NodeKind.USE:
            readers.setdefault(pdg.labels[node], set()).add(owner[node])
        elif kind is NodeKind.DEFINITION:
            writers.setdefault(pdg.labels[node], set()).add(owner[node])
    for edge in pdg.edges:
        if edge.kind in (EdgeKind.DATA, EdgeKind.ORDER, EdgeKind.CONTROL):
            out.add((pdg.spans[owner[edge.source]], pdg.spans[owner[edge.target]]))
    for name, written in writers.items():  # anti- and output dependences, by name: coarse but safe
        for writer in written:
            for other in written | readers.get(name, set()):
                out.add((pdg.spans[writer], pdg.spans[other]))
                out.add((pdg.spans[other], pdg.spans[writer]))
    return frozenset(out)


def _owners(pdg: Pdg) -> list[int]:
    """The statement that each node belongs to: along operand edges to the statement at their end."""
    owner = list(range(len(pdg.kinds)))
    up: dict[int, int] = {}
    for edge in pdg.edges:
        if edge.kind is EdgeKind.OPERAND:
            if edge.detail == "=":
                up.setdefault(edge.target, edge.source)
            else:
                up[edge.source] = edge.target
    for node in owner:
        current, steps = node, 0
        while pdg.kinds[current] > NodeKind.CLASS and current in up and steps < len(owner):
            current, steps = up[current], steps + 1
        owner[node] = current
    return owner
