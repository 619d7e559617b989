"""Reaching definitions: which write of a variable, and which change of an object, each read may see.

In: a `FlowGraph` with the reads and writes of each point. Out: pairs (write node, read node, variable). Sets of writes
are bits of Python integers, so that union and difference cost one operation a point. The writes of a variable, and the
changes of its object and of each place in it (see `writes`), are families of bits, each with its own rules of what
overwrites what.

Source: Aho, Lam, Sethi, Ullman, Compilers, 2nd edition, section 9.2.4; the bit sets are the usual trick.
"""

from __future__ import annotations

from collections.abc import Mapping

from codesim.graph.flow import ENTRY, FlowGraph
from codesim.graph.writes import Writes

DefUse = tuple[int, int, int, bool, bool]
"""Write node, read node, variable or place, whether only a loop brings it there, and `Edge.may`."""


def def_use_pairs(flow: FlowGraph, parents: Mapping[int, int]) -> list[DefUse]:
    """All data dependences of a function, not sorted, some perhaps twice.

    Reads of a point come before its writes. An exception in a `try` may strike before or after any write inside it, so
    exceptional edges carry both states. Loop-carried means that the write stands at or after the read in the source,
    so that only a loop can bring it there.

    Args:
        flow: the control-flow graph with the reads and writes of its points.
        parents: for each place, the variable or place that it is an attribute of.

    Source: our own statement of reaching definitions.
    """
    writes = Writes(flow, parents)
    before = _fixed_point(flow, writes)
    family, late = writes.family, flow.late
    out: list[DefUse] = []
    for point, variable, node in flow.uses:
        mask = family.get(variable, 0)
        if mask:
            reaching = before[point] & mask
            if reaching:
                _pair(writes, reaching, point, node, out)
            if node in late:
                _pair(writes, mask & ~reaching, point, node, out, is_late=True)
    if writes.has_changes:
        for point, place, node, root_node, is_whole in flow.reads:
            key = writes.seen_at(place)
            reader = root_node if key < 0 else node
            mask = family.get(key, 0) & before[point]
            if not is_whole or (key < 0 and place != ~key):
                mask &= ~writes.inside
            if mask and reader >= 0:
                _pair(writes, mask, point, reader, out)
    return out


def _pair(writes: Writes, reaching: int, point: int, node: int, out: list[DefUse], is_late: bool = False) -> None:
    """Add the pairs of one read with the writes that reach it, given as bits."""
    sites = writes.sites
    while reaching:
        low = reaching & -reaching
        reaching ^= low
        source_point, source, variable, may = sites[low.bit_length() - 1]
        out.append((source, node, variable, source_point >= point and not is_late, may or is_late))


def _fixed_point(flow: FlowGraph, writes: Writes) -> list[int]:
    """The writes that each point sees, as bits; none where control never comes.

    Points stand in the order of the source, so that only loops (and a `finally` that leads back into one) ask for
    another pass, from the loop's head on.
    """
    count, transfers = len(flow.node), writes.transfers
    before, seen = [0] * count, [0] * count
    ways = _ways_in(flow) if writes.has_changes else [0] * count
    reached = [False] * count
    reached[ENTRY] = True
    first = ENTRY
    while first < count:
        again = count
        for point in range(first, count):
            if not reached[point]:
                continue
            outgoing = before[point] if ways[point] < 2 else writes.arrive(point, before[point])
            seen[point] = on_false = thrown = outgoing
            transfer = transfers.get(point)
            if transfer is not None:
                if writes.has_changes:
                    writes.pass_by(point, outgoing)
                killed, made, killed_on_false, made_on_false, everything = transfer
                thrown = outgoing | everything
                on_false = (outgoing & ~killed_on_false) | made_on_false
                outgoing = (outgoing & ~killed) | made
            states = [(target, on_false if branch == "false" else outgoing) for target, branch in flow.successors[point]]
            states += [(target, thrown) for target in flow.exceptional[point]]
            for target, state in states:
                if state | before[target] != before[target] or not reached[target]:
                    before[target] |= state
                    reached[target] = True
                    if target <= point:
                        again = min(again, target)
        first = again
    return seen


def _ways_in(flow: FlowGraph) -> list[int]:
    """How many edges lead to each point."""
    ways = [0] * len(flow.node)
    for edges, thrown in zip(flow.successors, flow.exceptional, strict=True):
        for target, _ in edges:
            ways[target] += 1
        for target in thrown:
            ways[target] += 1
    return ways
