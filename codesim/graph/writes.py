"""What each point of control overwrites: the definitions of variables, and the changes of the objects in them.

In: a `FlowGraph`. Out: `Writes`: every write as a bit, and for each point the bits that it makes and ends. A variable
has a family of bits for its definitions; its object has one for its changes; each place in it that the function
writes or changes (`self.x`, `self.x.y`) has one as well. What ends what:

- a definition ends the earlier ones of the variable, and what was known of its object;
- a store to a place ends what was known of the place and of those inside it;
- a change of an object or place (by a method, or a call that is handed it) ends earlier changes, since it has seen
them:
  a read finds the last change on each way, and through it those before; stores to places remain beside it;
- for what is around a place, a change of the place ends only earlier changes of the same place.

So the bits alive at a point stay few, and the pairs grow with the reads. Source: our own; the chains are those of
Memory SSA (Novillo, 2007), with one memory for each variable and place instead of one for all.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping

from codesim.graph.flow import FlowGraph

Transfer = tuple[int, int, int, int, int]
"""Bits that a point ends and makes, the same along its branch "false", and all that it may make."""
_Write = tuple[int, int, int, int]
"""A bit, its family, the role of the write, and where it comes from: a place, for definitions the node."""
_STORE, _CHANGE, _INSIDE, _DEFINITION = range(4)  # a write to the place, a change of it, one of a place inside it
_MOST_PLACE_BITS = 4096
"""Places times changes of one variable from which its places are not told apart.

The most in Django: see docs/decisions.
"""


class Writes:
    """The writes of a function as bits.

    sites[b]: point, node, variable or place, and whether the write is not sure, of bit b. family: bits by variable or
    place; by ~variable those of its object. transfers: what each point that writes does.
    has_changes: whether any object is changed.
    """

    def __init__(self, flow: FlowGraph, parents: Mapping[int, int]) -> None:
        self.sites: list[tuple[int, int, int, bool]] = []
        self.family: dict[int, int] = {}
        self.inside = 0
        self.has_changes = bool(flow.changes)
        self._parents = parents
        self._soft: dict[int, int] = {}  # of a family, what a change ends: all but stores to the place itself
        self._origin: dict[tuple[int, int], int] = {}  # the bits of a family that come from one place inside
        self._tracked: frozenset[int] = frozenset()
        self._inside: dict[int, list[int]] = defaultdict(list)  # by variable or place, tracked places below it
        self._lasting = 0
        self._chained = 0  # changes that have seen those that they end
        self._has_seen: dict[int, int] = {}  # by such a bit, all that it has seen, and through them
        self._change_points: list[int] = []
        self._change_bits: list[int] = []
        if self.has_changes:
            self._track(flow)
        plans: defaultdict[int, list[_Write]] = defaultdict(list)
        for point, place, node, is_store in flow.changes:
            self._change_points.append(point)
            self._change_bits.append(len(self.sites))
            self._plan_change(plans[point], point, place, node, is_store)
        self._plan_definitions(flow, plans)
        self._plans = plans
        self.transfers = {point: self._transfer(flow, point, plan) for point, plan in plans.items()}

    def seen_at(self, place: int) -> int:
        """The family that a read of a variable's object (~variable) or of a place looks at.

        A place that nothing changes is seen with its variable's object; if a place around it is told apart, that one's
        own read sees it.
        """
        around = place
        while around in self._parents:
            if around in self._tracked:
                return place
            around = self._parents[around]
        return ~around

    def arrive(self, point: int, reaching: int) -> int:
        """The writes that a point sees, given those that reach it; asked in the order of the points.

        Where ways meet, a change that a later one has seen is seen through it, also on the way around the later one:
        else a row of conditional changes would be a square of pairs.
        """
        earlier = bisect_left(self._change_points, point)
        if not earlier:
            return reaching
        alive = reaching & self._chained
        if earlier < len(self._change_bits):
            alive &= (1 << self._change_bits[earlier]) - 1
        if alive & (alive - 1):
            while alive:
                low = alive & -alive
                alive ^= low
                reaching &= ~self._has_seen.get(low, 0)
        return reaching

    def pass_by(self, point: int, reaching: int) -> None:
        """Note what the changes of a point have seen, given the writes that reach it; asked as `arrive` is."""
        for bit, family, role, origin in self._plans[point]:
            if bit & self._chained and bit not in self._has_seen:
                seen = ending = reaching & (self._soft[family] if role == _CHANGE else self._origin[family, origin])
                while ending:
                    low = ending & -ending
                    ending ^= low
                    seen |= self._has_seen.get(low, 0)
                self._has_seen[bit] = seen

    def _track(self, flow: FlowGraph) -> None:
        """Find the places to tell apart."""
        changes: defaultdict[int, int] = defaultdict(int)
        places: defaultdict[int, set[int]] = defaultdict(set)
        for _, place, _, _ in flow.changes:
            root = self._root(place)
            changes[root] += 1
            if place != root:
                places[root].add(place)
        told_apart = {
            place
            for root, found in places.items()
            if len(found) * changes[root] <= _MOST_PLACE_BITS
            for place in found
        }
        tracked = set(told_apart)
        for place in told_apart:  # what holds a changed place sees the change
            around = self._parents[place]
            while around in self._parents:
                tracked.add(around)
                around = self._parents[around]
        self._tracked = frozenset(tracked)
        for place in sorted(tracked):
            around = place
            while around in self._parents:
                around = self._parents[around]
                self._inside[around].append(place)

    def _root(self, place: int) -> int:
        while place in self._parents:
            place = self._parents[place]
        return place

    def _plan_definitions(self, flow: FlowGraph, plans: defaultdict[int, list[_Write]]) -> None:
        """Number the bits of the definitions; at their points they come after the changes."""
        sites, family = self.sites, self.family
        unsure = flow.weak | flow.lasting | flow.shared
        for point, variable, node in flow.definitions:
            bit = 1 << len(sites)
            sites.append((point, node, variable, node in unsure))
            family[variable] = family.get(variable, 0) | bit
            if node in flow.lasting:
                self._lasting |= bit
            plans[point].append((bit, variable, _DEFINITION, node))

    def _plan_change(self, plan: list[_Write], point: int, place: int, node: int, is_store: bool) -> None:
        root = self._root(place)
        target = place if place in self._tracked else root
        role = _STORE if is_store else _CHANGE

        def add(family: int, role: int, shown: int) -> None:
            bit = 1 << len(self.sites)
            self.sites.append((point, node, shown, True))
            self.family[family] = self.family.get(family, 0) | bit
            if role == _INSIDE:
                self.inside |= bit
                self._origin[family, place] = self._origin.get((family, place), 0) | bit
            if role != _STORE:
                self._soft[family] = self._soft.get(family, 0) | bit
                if not is_store:
                    self._chained |= bit
            plan.append((bit, family, role, place))

        for inner in self._inside.get(target, ()):
            add(inner, role, inner)
        if target == root:
            add(~root, _CHANGE, place)
            return
        add(target, role, place)
        around = self._parents[target]
        while around != root:
            if around in self._tracked:
                add(around, _INSIDE, place)
            around = self._parents[around]
        add(~root, _INSIDE, place)

    def _transfer(self, flow: FlowGraph, point: int, plan: list[_Write]) -> Transfer:
        """What a point does, from its writes in their order."""
        killed = made = killed_on_false = made_on_false = everything = 0
        for bit, family, role, origin in plan:
            ended = self._ended(flow, family, role, origin) & ~self._lasting
            everything |= bit
            killed, made = killed | ended, (made & ~ended) | bit
            if origin not in flow.on_true or role != _DEFINITION:
                killed_on_false, made_on_false = killed_on_false | ended, (made_on_false & ~ended) | bit
        if point in flow.tried:
            made_on_false |= made
        return killed, made, killed_on_false, made_on_false, everything

    def _ended(self, flow: FlowGraph, family: int, role: int, origin: int) -> int:
        """The bits that a write ends."""
        if role == _CHANGE:
            return self._soft[family]
        if role == _INSIDE:
            return self._origin[family, origin]
        if role == _STORE:
            return self.family[family]
        if origin in flow.weak:
            return 0
        ended = self.family[family] | self.family.get(~family, 0)
        for place in self._inside.get(family, ()):
            ended |= self.family[place]
        return ended
