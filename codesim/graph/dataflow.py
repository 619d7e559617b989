"""Reaching definitions: which write of a variable each read may see.

In: a `FlowGraph` with the uses and definitions of each point. Out: pairs (definition node, use node, variable). Sets of
definitions are bits of Python integers, so that union and difference cost one operation a point.
Source: Aho, Lam, Sethi, Ullman, Compilers, 2nd edition, section 9.2.4; the bit sets are the usual trick.
"""

from __future__ import annotations

from typing import NamedTuple

from codesim.graph.flow import ENTRY, FlowGraph


def def_use_pairs(flow: FlowGraph) -> list[tuple[int, int, int, bool]]:
    """All (definition node, use node, variable, loop-carried) of a function.

    Reads of a point come before its writes. An exception in a `try` may strike before or after any write inside it, so
    exceptional edges carry both states. Loop-carried means that the write stands at or after the read in the source,
    so that only a loop can bring it there.

    Source: our own statement of reaching definitions.
    """
    sites: list[tuple[int, int]] = []  # (point, node) of each definition
    of_variable: dict[int, int] = {}
    for point, definitions in enumerate(flow.definitions):
        for variable, node in definitions:
            of_variable[variable] = of_variable.get(variable, 0) | 1 << len(sites)
            sites.append((point, node))
    before = _fixed_point(flow, _transfers(flow, of_variable))
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


class _Transfer(NamedTuple):
    """What a point does to the reaching definitions, as bits: which it kills and makes, the branch "false" apart."""

    killed: int
    made: int
    killed_on_false: int
    made_on_false: int
    everything: int


def _transfers(flow: FlowGraph, of_variable: dict[int, int]) -> list[_Transfer]:
    out: list[_Transfer] = []
    position = 0
    for point, definitions in enumerate(flow.definitions):
        killed = made = killed_on_false = made_on_false = everything = 0
        for variable, node in definitions:
            bit = 1 << position
            position += 1
            rivals = 0 if node in flow.weak else of_variable[variable]
            everything |= bit
            killed, made = killed | rivals, (made & ~rivals) | bit
            if node not in flow.on_true:
                killed_on_false, made_on_false = killed_on_false | rivals, (made_on_false & ~rivals) | bit
        if point in flow.tried:
            made_on_false |= made
        out.append(_Transfer(killed, made, killed_on_false, made_on_false, everything))
    return out


def _fixed_point(flow: FlowGraph, transfers: list[_Transfer]) -> list[int]:
    """The definitions that reach each point, as bits; none where control never comes."""
    before = [0] * len(flow.node)
    reached = [False] * len(flow.node)
    reached[ENTRY] = True
    work = [ENTRY]
    while work:
        point = work.pop()
        incoming, transfer = before[point], transfers[point]
        outgoing = (incoming & ~transfer.killed) | transfer.made
        on_false = (incoming & ~transfer.killed_on_false) | transfer.made_on_false
        states = [(target, incoming | transfer.everything) for target in flow.exceptional[point]]
        states += [(target, on_false if branch == "false" else outgoing) for target, branch in flow.successors[point]]
        for target, state in states:
            if state & ~before[target] or not reached[target]:
                before[target] |= state
                reached[target] = True
                work.append(target)
    return before
