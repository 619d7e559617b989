"""Canonical expressions: the lowering rules that look at one expression at a time.

In: an expression of the faithful tree. Out: its canonical form. Each rule absorbs a difference of *representation*;
none may change what the expression does, under the stated assumptions: builtins keep their meaning unless
the function rebinds them, `!=` negates `==`, what `%` formats with `%d` is an integer, and what it formats without
brackets is no tuple, what `in` a display of literals is asked about can be hashed, and attributes have no effect.

| rule | before | after |
|---|---|---|
| negation | `not a == b`, `not a in b` | `a != b`, `a not in b` |
| tests only | `not not a`, `bool(a)`, `not (a and b)` | `a`, `a`, `not a or not b` |
| chain | `a < b < c`, b a name or literal | `a < b and b < c` |
| mirror | `a > b`, `0 == a` | `b < a`, `a == 0` |
| multiple | `2 * a`, `"-" * n` | `a * 2`, `n * "-"` |
| membership | `a == 1 or a == 2`, `a in [1, 2]` | `a in (1, 2)` |
| default | `a if a else b`, a pure | `a or b` |
| empty | `list()`, `dict()`, `tuple()` | `[]`, `{}`, `()` |
| collect | `list(x for ...)`, `set(x for ...)` | `[x for ...]`, `{x for ...}` |
| format | `"%s-%d" % (a, b)`, `"{}-{:d}".format(a, b)` | `f"{a}-{b:d}"` |
| keywords | `f(b=1, a=2)`, values pure | `f(a=2, b=1)` |
| range | `range(0, n)` | `range(n)` |

Source: our own; the rules are those that method notes and refactoring catalogues list as idiom variants of Python.
"""

from __future__ import annotations

from collections.abc import Callable

from codesim.parse.formatting import method_as_format, percent_as_format
from codesim.parse.order import is_name, is_pure, is_quiet, same
from codesim.parse.tree import Kind, Node

NEGATED = {"==": "!=", "!=": "==", "is": "is not", "is not": "is", "in": "not in", "not in": "in"}
_MIRRORED = {">": "<", ">=": "<="}
_EMPTY = {"list": "list", "dict": "dict", "tuple": "tuple", "set": "set"}
_ATOMS = frozenset({Kind.NAME, Kind.CONSTANT})
_ORDERED = ("dict", "OrderedDict", "defaultdict", "Counter")  # they remember the order of their keywords
_CALLEES = frozenset({*_EMPTY, "range"})  # builtins whose calls have a rule
_NAME, _CONSTANT, _ATTRIBUTE, _KEYWORD, _COMPARE = Kind.NAME, Kind.CONSTANT, Kind.ATTRIBUTE, Kind.KEYWORD, Kind.COMPARE


def negate(test: Node) -> Node:
    """The canonical negation of a canonical test (true where the other is false)."""
    if test.kind is Kind.OPERATOR and test.label == "not":
        return test.children[0]
    if test.kind is Kind.COMPARE and test.label in NEGATED:
        return test._replace(label=NEGATED[test.label])
    if test.kind is Kind.BOOLEAN:
        return connective("or" if test.label == "and" else "and", [negate(child) for child in test.children], test)
    return Node(Kind.OPERATOR, "not", (test,), test.span)


def connective(label: str, operands: list[Node], like: Node) -> Node:
    """`and` / `or` over the operands, flat; `like` gives the span."""
    flat: list[Node] = []
    for operand in operands:
        flat.extend(operand.children if operand.kind is Kind.BOOLEAN and operand.label == label else (operand,))
    return Node(Kind.BOOLEAN, label, tuple(flat), like.span)


def is_negative(test: Node) -> bool:
    """Whether the test is the negated one of its two forms, so that its branches should change places."""
    if test.kind is Kind.BOOLEAN:
        return is_negative(test.children[0])
    return (test.kind is Kind.OPERATOR and test.label == "not") or (
        test.kind is Kind.COMPARE and test.label in ("!=", "is not", "not in")
    )


class ExpressionLowering:
    """Lowers expressions inside one function.

    Args:
        rebound: names bound in the function, around it or inside it; a builtin among them keeps no special meaning.
        private: variables that nothing outside the function can read or write.
    """

    def __init__(self, rebound: frozenset[str], private: frozenset[str]) -> None:
        self.rebound = rebound
        self.private = private

    def lower(self, node: Node) -> Node:
        """The canonical form of an expression (or of any node that holds expressions), children first."""
        kind, label, children, span = node
        if not children:
            return node
        changed: list[Node] | None = None
        for position, child in enumerate(children):
            if child.children:  # no rule speaks of leaves
                lowered = self.lower(child)
                if lowered is not child:
                    if changed is None:
                        changed = list(children)
                    changed[position] = lowered
        if changed is not None:
            node = Node(kind, label, tuple(changed), span)
        rule = _RULES.get(kind)
        return node if rule is None else rule(self, node)

    def lower_test(self, node: Node) -> Node:
        """The canonical form of an expression of which only the truth matters."""
        return self._as_test(self.lower(node))

    def is_default(self, node: Node) -> bool:
        """Whether a CONDITIONAL not yet lowered is one of `a if a else b`, and lowers to `a or b`."""
        test, then, other = node.children
        test = self.lower_test(test)
        if is_negative(test):
            test, then = negate(test), other
        if then.kind is Kind.CONDITIONAL and test.kind not in (Kind.CONDITIONAL, Kind.BOOLEAN):
            return False  # so that a chain of conditionals is not lowered again at each of its links
        return is_pure(test) and same(test, self.lower(then))

    def calls_builtin(self, node: Node, *names: str) -> bool:
        """Whether the node calls one of these builtins, not rebound here, with plain positional arguments."""
        return (
            node.kind is Kind.CALL
            and node.children[0].kind is Kind.NAME
            and node.children[0].label in names
            and node.children[0].label not in self.rebound
            and not any(child.kind in (Kind.KEYWORD, Kind.STARRED) for child in node.children[1:])
        )

    def _as_test(self, node: Node) -> Node:
        if node.kind is Kind.BOOLEAN:
            return connective(node.label, [self._as_test(child) for child in node.children], node)
        if self.calls_builtin(node, "bool") and len(node.children) == 2:
            return self._as_test(node.children[1])
        if node.kind is Kind.OPERATOR and node.label == "not":
            return negate(self._as_test(node.children[0]))
        return node

    def _operator(self, node: Node) -> Node:
        label, operands = node.label, node.children
        first = operands[0]
        kind = first.kind
        if kind is _COMPARE and label == "not" and first.label in NEGATED:
            return first._replace(label=NEGATED[first.label], span=node.span)
        if kind is not _CONSTANT:
            return node
        if label == "unary -" and first.label[0].isdigit():
            return Node(_CONSTANT, "-" + first.label, (), node.span)
        if label == "%" and first.label[0] in "'\"":
            return percent_as_format(node)
        if label == "*" and operands[1].kind is not _CONSTANT:
            return node._replace(children=operands[::-1])
        return node

    def _compare(self, node: Node) -> Node:
        operands = node.children
        if len(operands) > 2:
            operators = node.label.split(",")
            if not all(operand.kind in _ATOMS for operand in operands[1:-1]):
                return node
            parts = [
                self._compare(Node(Kind.COMPARE, op, (operands[i], operands[i + 1]), node.span))
                for i, op in enumerate(operators)
            ]
            return Node(Kind.BOOLEAN, "and", tuple(parts), node.span)
        left, right = operands
        label = node.label
        if label in _MIRRORED and self._may_swap(left, right):
            return node._replace(label=_MIRRORED[label], children=(right, left))
        if left.kind is _CONSTANT and label in ("==", "!=") and right.kind is not _CONSTANT:
            return node._replace(children=(right, left))
        is_display = right.kind is Kind.COLLECTION and right.label in ("list", "set")
        if is_display and label in ("in", "not in") and all(child.kind is _CONSTANT for child in right.children):
            return node._replace(children=(left, right._replace(label="tuple")))
        return node

    def _may_swap(self, left: Node, right: Node) -> bool:
        """Whether two operands may be evaluated in the other order."""
        if is_quiet(left, self.rebound) and is_quiet(right, self.rebound):
            return True
        for atom, other in ((left, right), (right, left)):
            if atom.kind is Kind.CONSTANT:
                return True
            if is_name(atom, self.private) and not any(
                inner.kind is Kind.STORE and inner.label == atom.label for inner in other.walk()
            ):
                return True
        return False

    def _boolean(self, node: Node) -> Node:
        """Flatten nested equal connectives; `a == 1 or a == 2` becomes membership."""
        if any(child.kind is Kind.BOOLEAN and child.label == node.label for child in node.children):
            node = connective(node.label, list(node.children), node)
        children = node.children
        wanted = "==" if node.label == "or" else "!="
        for child in children:
            if child.kind is not _COMPARE or child.label != wanted or child.children[1].kind is not _CONSTANT:
                return node
        subject = children[0].children[0]
        if is_pure(subject) and all(same(subject, child.children[0]) for child in children[1:]):
            options = Node(Kind.COLLECTION, "tuple", tuple([c.children[1] for c in children]), node.span)
            return Node(_COMPARE, "in" if wanted == "==" else "not in", (subject, options), node.span)
        return node

    def _conditional(self, node: Node) -> Node:
        test, then, other = node.children
        test = self._as_test(test)
        if is_negative(test):
            test, then, other = negate(test), other, then
        if is_pure(test) and same(test, then):
            return Node(Kind.BOOLEAN, "or", (then, other), node.span)
        return node if test is node.children[0] else node._replace(children=(test, then, other))

    def _comprehension(self, node: Node) -> Node:
        if not any(len(part.children) > 2 for part in node.children[1:]):
            return node
        generators = [
            part._replace(children=(*part.children[:2], *[self._as_test(test) for test in part.children[2:]]))
            for part in node.children[1:]
        ]
        return node._replace(children=(node.children[0], *generators))

    def _call(self, node: Node) -> Node:
        children = node.children
        callee = children[0]
        if callee.kind is _NAME:
            if callee.label in _CALLEES and callee.label not in self.rebound:
                found = self._call_of_builtin(node, callee.label)
                if found is not None:
                    return found
        elif callee.kind is _ATTRIBUTE and callee.label == "format" and callee.children[0].kind is _CONSTANT:
            return method_as_format(node)
        # keywords are the last arguments
        if len(children) < 3 or children[-1].kind is not _KEYWORD or children[-2].kind is not _KEYWORD:
            return node
        if callee.label in _ORDERED:
            return node
        for child in children[1:]:
            if child.kind is Kind.STARRED or not is_quiet(child, self.rebound):
                return node
        rest = [child for child in children[1:] if child.kind is not _KEYWORD]
        keywords = [child for child in children[1:] if child.kind is _KEYWORD]
        keywords.sort(key=lambda child: child.label)
        return node._replace(children=(callee, *rest, *keywords))

    @staticmethod
    def _call_of_builtin(node: Node, name: str) -> Node | None:
        """The rules empty, collect and range."""
        callee, *arguments = node.children
        if not arguments and name in _EMPTY:
            return Node(Kind.COLLECTION, _EMPTY[name], (), node.span)
        if len(arguments) == 1 and name in ("list", "set"):
            inner = arguments[0]
            if inner.kind is Kind.COMPREHENSION and inner.label == "generator":
                return inner._replace(label=name, span=node.span)
        zero = len(arguments) == 2 and arguments[0][:2] == (_CONSTANT, "0")
        if name == "range" and zero and arguments[1].kind is not Kind.STARRED:
            return node._replace(children=(callee, arguments[1]))
        return None


_RULES: dict[Kind, Callable[[ExpressionLowering, Node], Node]] = {
    Kind.OPERATOR: ExpressionLowering._operator,
    Kind.COMPARE: ExpressionLowering._compare,
    Kind.BOOLEAN: ExpressionLowering._boolean,
    Kind.CONDITIONAL: ExpressionLowering._conditional,
    Kind.COMPREHENSION: ExpressionLowering._comprehension,
    Kind.CALL: ExpressionLowering._call,
}
