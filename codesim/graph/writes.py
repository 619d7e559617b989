"""What each point of control overwrites: the definitions of variables, and the changes of the objects in them.

In: a `FlowGraph`. Out: `Writes`: what each point reads, and the steps it takes. A variable has a family of writes, its
definitions; its object has one, its changes; each place in it that the function writes or changes (`self.x`,
`self.x.y`) has one as well. What ends what:

- a definition ends the earlier ones of the variable, and what was known of its object;
- a store to a place ends what was known of the place and of those inside it;
- a change of an object or place (by a method, or a call that is handed it) ends earlier changes, since it has seen
  them: a read finds the last change on each way, and through it those before; stores to the place remain beside it;
- for what is around a place, a change of the place ends only earlier changes of the same place.

So the writes alive at a point stay few, and the pairs grow with the reads. Source: our own; the chains are those of
Memory SSA (Novillo, 2007), with one memory for each variable and place instead of one for all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from codesim.graph.bits import Bits, singles
from codesim.graph.flow import FlowGraph

Site = tuple[int, int, int, bool]
"""Of a write: point, node, variable or place, and whether it is not sure."""
Step = tuple[int, Bits, bool]
"""The set of writes that a step ends (a number), the one it makes, and whether only on the way along "true"."""
_Role = tuple[int, list[int], int]
"""What a change ends in a family, the sets it belongs to there, and the variable or place to name."""
_SOFT = -1  # of a family, all but stores to the place itself: what a change ends
_DIRECT = -2  # of a family, all but what happens to one place inside: what a look at another place inside sees
_MOST_PLACE_WRITES = 4096
"""Places times changes of one variable from which its places are not told apart; in the standard library's and Django's
own code one function of IDLE has 8,375, the next 2,280."""


class Writes:
    """The reads and writes of a function, by point; what nobody reads is left out.

    sites[w]: of write w. sets: sets of writes; the other fields name them by their place in this list; the first is
    empty. reads[p]: what a node sees (set, node). steps[p]: in order. chained[p]: of changes that have seen what they
    end, (write, set ended); all_chained: those changes. first_change[p]: the first change at or after a point.
    on_true: points with steps that only happen along "true". single: the set of one write.
    """

    def __init__(self, flow: FlowGraph, parents: Mapping[int, int]) -> None:
        self.sites: list[Site] = []
        self.sets: list[Bits] = [0]
        self.reads: list[list[tuple[int, int]]] = [[] for _ in flow.node]
        self.steps: list[list[Step]] = [[] for _ in flow.node]
        self.chained: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        self.all_chained: Bits = 0
        self.first_change: list[int] = []
        self.on_true: set[int] = set()
        self.single = singles(len(flow.changes) + len(flow.definitions))
        self._parents = parents
        self._families: dict[int, int] = {}  # the set of all writes of a variable, a place, or (~variable) its object
        self._parts: dict[tuple[int, int], int] = {}  # that of some: `_SOFT`, or those from one place inside
        self._tracked: set[int] = set()  # places that are told apart
        self._inside: defaultdict[int, list[int]] = defaultdict(list)  # those inside a variable or place
        for point, variable, node in flow.uses:
            self.reads[point].append((self._families.get(variable) or self._family(variable), node))
        if flow.changes:
            self._read_objects(flow, self._track(flow))
            self._change_objects(flow)
        self._define(flow)

    def _family(self, family: int) -> int:
        """The set of all writes of a family, made when first asked for."""
        found = self._families.setdefault(family, len(self.sets))
        if found == len(self.sets):
            self.sets.append(0)
        return found

    def _part(self, family: int, part: int) -> int:
        """The set of some writes of a family."""
        found = self._parts.setdefault((family, part), len(self.sets))
        if found == len(self.sets):
            self.sets.append(0)
        return found

    def _track(self, flow: FlowGraph) -> set[int]:
        """Find the places to tell apart; returns the variables whose objects are changed."""
        changes: dict[int, int] = {}
        places: dict[int, set[int]] = {}
        for _, place, _, _ in flow.changes:
            root = self._root(place) if place in self._parents else place
            changes[root] = changes.get(root, 0) + 1
            if place != root:
                places.setdefault(root, set()).add(place)
        for root, found in places.items():
            if len(found) * changes[root] <= _MOST_PLACE_WRITES:
                for place in found:
                    around = place
                    while around != root:  # what holds a changed place sees the change
                        self._tracked.add(around)
                        around = self._parents[around]
        for place in sorted(self._tracked):
            around = place
            while around in self._parents:
                around = self._parents[around]
                self._inside[around].append(place)
        return set(changes)

    def _root(self, place: int) -> int:
        while place in self._parents:
            place = self._parents[place]
        return place

    def _read_objects(self, flow: FlowGraph, changed: set[int]) -> None:
        """Note what looks at the objects that are changed."""
        seen: dict[tuple[int, bool], tuple[int, bool]] = {}  # a set (0: none), and whether its variable's node sees it
        reads = self.reads
        for point, place, node, root_node, is_whole in flow.reads:
            found = seen.get((place, is_whole))
            if found is None:
                found = seen[place, is_whole] = self._looked_at(place, is_whole, changed)
            group, is_root = found
            reader = root_node if is_root else node
            if group and reader >= 0:
                reads[point].append((group, reader))

    def _looked_at(self, place: int, is_whole: bool, changed: set[int]) -> tuple[int, bool]:
        """The set that a look at a place sees (0: none), and whether it is one of its variable's object."""
        family = self._seen_at(place, changed)
        if family is None:
            return 0, False
        whole = self._family(family)
        is_inside = family < 0 and place != ~family
        return (whole if is_whole and not is_inside else self._part(family, _DIRECT)), family < 0

    def _seen_at(self, place: int, changed: set[int]) -> int | None:
        """The family that a read of a variable's object or of a place looks at, if it has writes.

        A place that nothing changes is seen with its variable's object; if a place around it is told apart, that one's
        own read sees it.
        """
        around = place
        while around in self._parents:
            if around in self._tracked:
                return place if around == place else None
            around = self._parents[around]
        return ~around if around in changed else None

    def _change_objects(self, flow: FlowGraph) -> None:
        """Number the changes of objects and places, and plan their steps."""
        sites, sets, steps = self.sites, self.sets, self.steps
        roles: dict[tuple[int, bool], list[_Role]] = {}
        first_change = self.first_change
        for point, place, node, is_store in flow.changes:
            if len(first_change) <= point:
                first_change += [len(sites)] * (point + 1 - len(first_change))
            own = roles.get((place, is_store))
            if own is None:
                own = roles[place, is_store] = self._roles(place, is_store)
            for ended, groups, shown in own:
                number = len(sites)
                write = self.single(number)
                sites.append((point, node, shown, True))
                for group in groups:
                    sets[group] = sets[group] | write
                steps[point].append((ended, write, False))
                if not is_store or (place in self._parents and place not in self._tracked):
                    self.chained[point].append((number, ended))
                    self.all_chained = self.all_chained | write
        first_change += [len(sites)] * (len(flow.node) - len(first_change))

    def _roles(self, place: int, is_store: bool) -> list[_Role]:
        """What a change of an object or place is to each family that is read."""
        root = self._root(place)
        target = place if place in self._tracked else root
        same = [(inner, inner, is_store) for inner in self._inside.get(target, ())]
        same.append((target, place, is_store) if target != root else (~root, place, False))
        roles: list[_Role] = []
        for family, shown, is_whole in same:
            if family in self._families:
                whole, soft, direct = self._families[family], self._part(family, _SOFT), self._part(family, _DIRECT)
                roles.append((whole, [whole, direct], shown) if is_whole else (soft, [whole, soft, direct], shown))
        while target != root:
            target = self._parents[target]
            family = target if target != root else ~root
            if family in self._families and (target == root or target in self._tracked):
                part = self._part(family, place)
                roles.append((part, [self._families[family], self._part(family, _SOFT), part], place))
        return roles

    def _define(self, flow: FlowGraph) -> None:
        """Number the definitions; at their points their steps come after those of the changes."""
        sites, sets, steps, families, single = self.sites, self.sets, self.steps, self._families, self.single
        weak, on_true, unsure = flow.weak, flow.on_true, flow.weak | flow.lasting | flow.shared
        lasting: Bits = 0
        defined: dict[int, int] = {}  # by variable, the set that its definitions end
        for point, variable, node in flow.definitions:
            write: Bits = 0  # what nobody reads need not be carried along
            family = families.get(variable)
            if family is not None:
                write = single(len(sites))
                sets[family] = sets[family] | write
            sites.append((point, node, variable, node in unsure))
            if node in flow.lasting:
                lasting = lasting | write
            ended = defined.get(variable)
            if ended is None:
                ended = defined[variable] = len(sets)
                sets.append(0)
            steps[point].append((0 if node in weak else ended, write, node in on_true))
            if node in on_true:
                self.on_true.add(point)
        for variable, ended in defined.items():
            gone: Bits = 0
            for other in (variable, ~variable, *self._inside.get(variable, ())):
                if other in families:
                    gone = gone | sets[families[other]]
            sets[ended] = gone ^ (gone & lasting) if lasting else gone
