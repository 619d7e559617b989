"""Reaching definitions: which write of a variable each read may see.

In: a `FlowGraph` with the uses and definitions of each point. Out: pairs (definition node, use node, variable). Sets of
definitions are bits of Python integers, so that union and difference cost one operation a point.
Source: Aho, Lam, Sethi, Ullman, Compilers, 2nd edition, section 9.2.4; the bit sets are the usual trick.
"""

from __future__ import annotations

from codesim.graph.flow import ENTRY, FlowGraph


def def_use_pairs(flow: FlowGraph) -> list[tuple[int, int, int, bool]]:
    """All (definition node, use node, variable, loop-carried) of a function.

    Reads of a point come before its writes. An exception in a `try` may strike before or after any write inside it, so
    exceptional edges carry both states. Loop-carried means that the write stands at or after the read in the source, so that only a
    loop can bring it there.

    Source: our own statement of reaching definitions.
    """
    sites: list[tuple[int, int]] = []  # (point, node) of each definition
    of_variable: dict[int, int] = {}
    generated = [0] * len(flow.node)
    killed = [0] * len(flow.node)
    for point, definitions in enumerate(flow.definitions):
        for variable, node in definitions:
            bit = 1 << len(sites)
            sites.append((point, node))
            of_variable[variable] = of_variable.get(variable, 0) | bit
    position = 0
    for point, definitions in enumerate(flow.definitions):
        for variable, _ in definitions:
            everything = of_variable[variable]
            killed[point] |= everything
            generated[point] = (generated[point] & ~everything) | (1 << position)
            position += 1
    before = _fixed_point(flow, generated, killed)
    pairs: list[tuple[int, int, int, bool]] = []
    for point, uses in enumerate(flow.uses):
        for variable, node in uses:
            reaching = before[point] & of_variable.get(variable, 0)
            while reaching:
                low = reaching & -reaching
                reaching ^= low
                source_point, source = sites[low.bit_length() - 1]
                pairs.append((source, node, variable, source_point >= point))
    return pairs


def _fixed_point(flow: FlowGraph, generated: list[int], killed: list[int]) -> list[int]:
    count = len(flow.node)
    before = [0] * count
    work = list(range(count - 1, -1, -1))
    queued = [True] * count
    assert work[-1] == ENTRY  # points are numbered in source order, so the first sweep runs forward
    while work:
        point = work.pop()
        queued[point] = False
        incoming = before[point]
        outgoing = (incoming & ~killed[point]) | generated[point]
        for target, _ in flow.successors[point]:
            if outgoing & ~before[target]:
                before[target] |= outgoing
                if not queued[target]:
                    queued[target] = True
                    work.append(target)
        both = outgoing | incoming
        for target in flow.exceptional[point]:
            if both & ~before[target]:
                before[target] |= both
                if not queued[target]:
                    queued[target] = True
                    work.append(target)
    return before
