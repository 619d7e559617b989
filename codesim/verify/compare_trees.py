"""Compare two aligned expressions node by node: what is equal, what differs, and which variables stand for each other.

In: pairs of canonical expression trees. Out: differences and a tally of local names seen in the same place. The
first-order anti-unification of Plotkin, 1970, with typed holes instead of variables; the typing is our own.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from codesim.parse import Kind, Node
from codesim.source import Span
from codesim.verify.differences import Axis, Difference, DifferenceKind, Place
from codesim.verify.subject import Subject

_OPERATORS = frozenset({Kind.OPERATOR, Kind.COMPARE, Kind.BOOLEAN})
_BOUNDING = _OPERATORS | {Kind.SUBSCRIPT, Kind.SLICE}
_QUOTES = ("'", '"')
_NAMED = frozenset({Kind.NAME, Kind.STORE, Kind.PARAMETER, Kind.VARARGS, Kind.KWARGS})


@dataclass(slots=True)
class Comparison:
    """Collects what the comparison of two subjects finds; `pairs` are the local names met in the same place."""

    left: Subject
    right: Subject
    differences: list[Difference] = field(default_factory=list)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    name_sites: list[tuple[Node, Node]] = field(default_factory=list)

    def compare(self, a: Node, b: Node, callee: bool = False, bound: bool = False) -> None:
        """Compare two expressions that stand in corresponding places.

        `callee`: they are what a call calls; `bound`: a literal here decides how far or how often.
        """
        if a.kind is not b.kind:
            self._other_kind(a, b, callee)
        elif a.kind in _NAMED:
            self._names(a, b, callee)
            self.compare_all(a.children, b.children)
        elif a.kind is Kind.CONSTANT:
            if a.label != b.label:
                self.add(DifferenceKind.LITERAL, Axis.HOLE, a, b, bound and a.label[:1] not in _QUOTES)
        elif a.kind is Kind.CALL:
            self.compare(a.children[0], b.children[0], callee=True)
            self._arguments(a, b)
        elif a.kind is Kind.BOOLEAN and a.label == b.label and len(a.children) != len(b.children):
            self._conditions(a, b)
        elif a.kind is Kind.GENERATOR and len(a.children) != len(b.children):  # its conditions come last
            self.compare_all(a.children[:2], b.children[:2])
            self._conditions(a._replace(children=a.children[2:]), b._replace(children=b.children[2:]))
        else:
            self._labels(a, b, callee)
            self.compare_all(a.children, b.children, bound=a.kind in _BOUNDING)

    def resolve_names(self) -> None:
        """Report the local names that break the best one-to-one renaming."""
        renaming = best_renaming(self.pairs)
        for a, b in self.name_sites:
            if renaming.get(a.label) != b.label:
                self.add(DifferenceKind.NAME, Axis.BEHAVIOUR, a, b)

    def compare_exceptions(self, a: Node, b: Node) -> None:
        """Compare what two statements raise, or what two clauses catch: another class is another behaviour."""
        one, two = (node.children[0] if node.kind is Kind.CALL else node for node in (a, b))
        found = len(self.differences)
        self.compare(one, two)
        if len(self.differences) > found and not self._through_module(one, two):
            del self.differences[found:]
            self.add(DifferenceKind.EXCEPTION, Axis.BEHAVIOUR, one, two)
        if a.kind is b.kind is Kind.CALL:
            self._arguments(a, b)
        elif any(len(node.children) > 1 for node in (a, b) if node.kind is Kind.CALL):  # `raise E` is `raise E()`
            self.add(DifferenceKind.EXPRESSION, Axis.HOLE, a, b)

    def _through_module(self, a: Node, b: Node) -> bool:
        """Whether one side names a class by its module, `errors.Broken`, and the other by itself, `Broken`."""
        for subject, outer, inner in ((self.left, a, b), (self.right, b, a)):
            if outer.kind is Kind.ATTRIBUTE and inner[:2] == (Kind.NAME, outer.label):
                module = outer.children[0]
                return module.kind is Kind.NAME and module.label not in subject.locals
        return False

    def add(self, kind: DifferenceKind, axis: Axis, a: Node | None, b: Node | None, bound: bool = False) -> None:
        """Record a difference; a side may have nothing."""
        sizes = [sum(1 for _ in node.walk()) for node in (a, b) if node is not None]
        self.differences.append(Difference(kind, axis, _place(self.left, a), _place(self.right, b), max(sizes), bound))

    def _other_kind(self, a: Node, b: Node, callee: bool) -> None:
        for inner, outer in ((a, b), (b, a)):
            if (
                outer.kind is Kind.AWAIT and inner.kind is outer.children[0].kind
            ):  # one side awaits what the other calls
                self.add(DifferenceKind.OPERATOR, Axis.BEHAVIOUR, None if inner is a else a, None if inner is b else b)
                first, second = (a, b.children[0]) if outer is b else (a.children[0], b)
                self.compare(first, second)
                return
        if callee:
            self.add(DifferenceKind.CALLEE, Axis.BEHAVIOUR, a, b)
        else:
            self.add(self._applied(a, b), Axis.HOLE, a, b)

    def _applied(self, a: Node, b: Node) -> DifferenceKind:
        """What one expression is to another of another kind: the same operand with or without an operator, or neither.

        `x` and `x + 1`, `c` and `not c` differ in an operator; `c` and `c and d` in a part of a condition.
        """
        for inner, outer in ((a, b), (b, a)):
            if outer.kind in _OPERATORS and any(self._same(inner, child, inner is a) for child in outer.children):
                return DifferenceKind.GUARD if outer.kind is Kind.BOOLEAN else DifferenceKind.OPERATOR
        return DifferenceKind.EXPRESSION

    def _same(self, one: Node, two: Node, in_order: bool = True) -> bool:
        """Whether two trees are equal but for names of locals; `in_order`: the first is the left side's."""
        if one.kind is not two.kind or len(one.children) != len(two.children):
            return False
        if one.label != two.label:
            left, right = (one, two) if in_order else (two, one)
            local = left.label in self.left.locals and right.label in self.right.locals
            if one.kind not in _NAMED or not local:
                return False
        return all(self._same(a, b, in_order) for a, b in zip(one.children, two.children, strict=True))

    def _conditions(self, a: Node, b: Node) -> None:
        """Two conditions of one connective: equal operands meet first, what one side has more is a guard."""
        rest = list(b.children)
        alone: list[Node] = []
        for child in a.children:
            other = next((node for node in rest if self._same(child, node)), None)
            if other is None:
                alone.append(child)
            else:
                rest.remove(other)
                self.compare(child, other)
        self.compare_all(tuple(alone[: len(rest)]), tuple(rest[: len(alone)]))
        self.add(DifferenceKind.GUARD, Axis.BEHAVIOUR, a, b)

    def _names(self, a: Node, b: Node, callee: bool) -> None:
        local = (a.label in self.left.locals, b.label in self.right.locals)
        if all(local):
            self.pairs[a.label, b.label] += 1
            self.name_sites.append((a, b))
        elif (a.label != b.label and not self._own(a.label, b.label)) or any(local):
            if callee:
                self.add(DifferenceKind.CALLEE, Axis.BEHAVIOUR, a, b)
            else:
                self.add(DifferenceKind.NAME, Axis.HOLE, a, b)

    def _own(self, a: str, b: str) -> bool:
        """Whether each name is its own function's: a recursive call is the same on both sides."""
        return a == self.left.tree.label and b == self.right.tree.label

    def _calls_itself(self, a: Node, b: Node) -> bool:
        """Whether two attributes are each method's own name on its own instance; `super().own` is another method."""
        receivers = []
        for subject, node in ((self.left, a), (self.right, b)):
            first = subject.tree.children[0].children[:1]
            receivers.append(bool(first) and node.children[0][:2] == (Kind.NAME, first[0].label))
        return all(receivers) and self._own(a.label, b.label)

    def _labels(self, a: Node, b: Node, callee: bool) -> None:
        if a.label == b.label or (a.kind is Kind.ATTRIBUTE and callee and self._calls_itself(a, b)):
            return
        if a.kind in _OPERATORS:
            self.add(DifferenceKind.OPERATOR, Axis.BEHAVIOUR, a, b)
        elif a.kind is Kind.ATTRIBUTE:
            self.add(
                DifferenceKind.CALLEE if callee else DifferenceKind.ATTRIBUTE,
                Axis.BEHAVIOUR if callee else Axis.HOLE,
                a,
                b,
            )
        elif a.kind is Kind.FORMAT:
            self.add(DifferenceKind.LITERAL, Axis.HOLE, a, b)
        else:
            self.add(DifferenceKind.EXPRESSION, Axis.BEHAVIOUR, a, b)

    def compare_all(self, left: tuple[Node, ...], right: tuple[Node, ...], bound: bool = False) -> None:
        """Compare expressions that meet by position; what one side has more is a difference. `bound`: as there."""
        for a, b in zip(left, right, strict=False):
            self.compare(a, b, bound=bound)
        shared = min(len(left), len(right))
        for extra in left[shared:]:
            self.add(DifferenceKind.EXPRESSION, Axis.BEHAVIOUR, extra, None)
        for extra in right[shared:]:
            self.add(DifferenceKind.EXPRESSION, Axis.BEHAVIOUR, None, extra)

    def _arguments(self, a: Node, b: Node) -> None:
        """Keyword arguments meet by name, the others by position."""
        left = [child for child in a.children[1:] if child.kind is not Kind.KEYWORD]
        right = [child for child in b.children[1:] if child.kind is not Kind.KEYWORD]
        self.compare_all(tuple(left), tuple(right), bound=a.children[0].label == "range")
        named = {child.label: child for child in b.children[1:] if child.kind is Kind.KEYWORD}
        for child in a.children[1:]:
            if child.kind is Kind.KEYWORD:
                other = named.pop(child.label, None)
                if other is None:
                    self.add(DifferenceKind.EXPRESSION, Axis.BEHAVIOUR, child, None)
                else:
                    self.compare(child.children[0], other.children[0])
        for child in named.values():
            self.add(DifferenceKind.EXPRESSION, Axis.BEHAVIOUR, None, child)


def best_renaming(pairs: Counter[tuple[str, str]]) -> dict[str, str]:
    """The one-to-one renaming of left names to right ones that most of their meetings agree with.

    Args:
        pairs: how often a left and a right name stand in the same place.

    Returns:
        At most one right name for each left one; of equally frequent pairs, equal names first, then alphabetically.
    """
    renaming: dict[str, str] = {}
    taken: set[str] = set()
    for (name, other), _ in sorted(pairs.items(), key=lambda item: (-item[1], item[0][0] != item[0][1], item[0])):
        if name not in renaming and other not in taken:
            renaming[name] = other
            taken.add(other)
    return renaming


def _place(subject: Subject, node: Node | None) -> Place:
    if node is None:
        start = subject.fragment.span
        return Place(Span(start.start_line, start.start_column, start.start_line, start.start_column), "")
    return Place(node.span, subject.text(node.span))
