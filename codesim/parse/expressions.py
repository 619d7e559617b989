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

import ast
import re
import string
from collections.abc import Callable
from typing import ClassVar

from codesim.parse.order import is_name, is_pure, is_quiet, same
from codesim.parse.tree import Kind, Node

NEGATED = {"==": "!=", "!=": "==", "is": "is not", "is not": "is", "in": "not in", "not in": "in"}
_MIRRORED = {">": "<", ">=": "<="}
_EMPTY = {"list": "list", "dict": "dict", "tuple": "tuple", "set": "set"}
_ATOMS = frozenset({Kind.NAME, Kind.CONSTANT})
_ORDERED = ("dict", "OrderedDict", "defaultdict", "Counter")  # they remember the order of their keywords
_CONVERSIONS = {"s": "{}", "r": "{!r}", "d": "{:d}", "i": "{:d}", "%": "%"}
_PERCENT = re.compile(r"%(?P<spec>(?:\.\d+)?)(?P<code>[srdif%])")


def mentions(node: Node, name: str) -> bool:
    """Whether a variable of this name is read or written anywhere below."""
    return any(inner.label == name and inner.kind in (Kind.NAME, Kind.STORE) for inner in node.walk())


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
        if node.children:
            children = tuple([self.lower(child) for child in node.children])
            if children != node.children:
                node = node._replace(children=children)
            rule = self._RULES.get(node.kind)
            if rule is not None:
                node = rule(self, node)
        return node

    def lower_test(self, node: Node) -> Node:
        """The canonical form of an expression of which only the truth matters."""
        return self._as_test(self.lower(node))

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
        first = node.children[0]
        if node.label == "not" and first.kind is Kind.COMPARE and first.label in NEGATED:
            return first._replace(label=NEGATED[first.label], span=node.span)
        if node.label == "unary -" and first.kind is Kind.CONSTANT and first.label[0].isdigit():
            return Node(Kind.CONSTANT, "-" + first.label, (), node.span)
        if node.label == "%" and first.kind is Kind.CONSTANT and first.label[0] in "'\"":
            return self._percent(node)
        if node.label == "*" and first.kind is Kind.CONSTANT and node.children[1].kind is not Kind.CONSTANT:
            return node._replace(children=node.children[::-1])
        return node

    def _compare(self, node: Node) -> Node:
        operators = node.label.split(",")
        operands = node.children
        if len(operators) > 1:
            if not all(operand.kind in _ATOMS for operand in operands[1:-1]):
                return node
            parts = [
                self._compare(Node(Kind.COMPARE, op, (operands[i], operands[i + 1]), node.span))
                for i, op in enumerate(operators)
            ]
            return Node(Kind.BOOLEAN, "and", tuple(parts), node.span)
        left, right = operands
        if node.label in _MIRRORED and self._may_swap(left, right):
            return node._replace(label=_MIRRORED[node.label], children=(right, left))
        if node.label in ("==", "!=") and left.kind is Kind.CONSTANT and right.kind is not Kind.CONSTANT:
            return node._replace(children=(right, left))
        is_display = right.kind is Kind.COLLECTION and right.label in ("list", "set")
        if node.label in ("in", "not in") and is_display and all(c.kind is Kind.CONSTANT for c in right.children):
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
        node = connective(node.label, list(node.children), node)
        children = node.children
        first = children[0]
        wanted = "==" if node.label == "or" else "!="
        if all(c.kind is Kind.COMPARE and c.label == wanted and c.children[1].kind is Kind.CONSTANT for c in children):
            subject = first.children[0]
            if is_pure(subject) and all(same(subject, child.children[0]) for child in children[1:]):
                options = Node(Kind.COLLECTION, "tuple", tuple([c.children[1] for c in children]), node.span)
                return Node(Kind.COMPARE, "in" if wanted == "==" else "not in", (subject, options), node.span)
        return node

    def _conditional(self, node: Node) -> Node:
        test, then, other = node.children
        test = self._as_test(test)
        if is_negative(test):
            test, then, other = negate(test), other, then
        if is_pure(test) and same(test, then):
            return Node(Kind.BOOLEAN, "or", (then, other), node.span)
        return node._replace(children=(test, then, other))

    def _comprehension(self, node: Node) -> Node:
        generators = [
            part._replace(children=(*part.children[:2], *[self._as_test(test) for test in part.children[2:]]))
            for part in node.children[1:]
        ]
        return node._replace(children=(node.children[0], *generators))

    def _call(self, node: Node) -> Node:
        callee, *arguments = node.children
        if callee.kind is Kind.NAME and callee.label not in self.rebound:
            if not arguments and callee.label in _EMPTY:
                return Node(Kind.COLLECTION, _EMPTY[callee.label], (), node.span)
            if len(arguments) == 1 and callee.label in ("list", "set"):
                inner = arguments[0]
                if inner.kind is Kind.COMPREHENSION and inner.label == "generator":
                    return inner._replace(label=callee.label, span=node.span)
            zero = len(arguments) == 2 and arguments[0][:2] == (Kind.CONSTANT, "0")
            if callee.label == "range" and zero and arguments[1].kind is not Kind.STARRED:
                return node._replace(children=(callee, arguments[1]))
        if callee.kind is Kind.ATTRIBUTE and callee.label == "format" and callee.children[0].kind is Kind.CONSTANT:
            return self._format_method(node)
        keywords = [child for child in arguments if child.kind is Kind.KEYWORD]
        may_sort = len(keywords) > 1 and callee.label not in _ORDERED
        if may_sort and all(is_quiet(child, self.rebound) and child.kind is not Kind.STARRED for child in arguments):
            rest = [child for child in arguments if child.kind is not Kind.KEYWORD]
            keywords.sort(key=lambda child: child.label)
            return node._replace(children=(callee, *rest, *keywords))
        return node

    def _format_method(self, node: Node) -> Node:
        """`"{}-{x}".format(a, x=b)` as one FORMAT, when every field is used once and in order."""
        text = _text(node.children[0].children[0])
        arguments = node.children[1:]
        if text is None or any(child.kind is Kind.STARRED for child in arguments):
            return node
        try:
            fields = list(string.Formatter().parse(text))
        except ValueError:
            return node
        template: list[str] = []
        order: list[str] = []
        for literal, name, spec, conversion in fields:
            template.append(literal.replace("{", "{{").replace("}", "}}"))
            if name is None:
                continue
            if "{" in (spec or ""):
                return node
            order.append(name or str(len(order)))
            template.append("{" + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "") + "}")
        names = [child.label if child.kind is Kind.KEYWORD else str(i) for i, child in enumerate(arguments)]
        if order != names:
            return node
        values = [child.children[0] if child.kind is Kind.KEYWORD else child for child in arguments]
        return Node(Kind.FORMAT, "".join(template), tuple(values), node.span)

    def _percent(self, node: Node) -> Node:
        """`"%s and %d" % (a, b)` as one FORMAT, for the plain conversions only."""
        text = _text(node.children[0])
        right = node.children[1]
        if text is None or (right.kind is Kind.COLLECTION and right.label == "dict"):
            return node
        arguments = right.children if right.kind is Kind.COLLECTION and right.label == "tuple" else (right,)
        template: list[str] = []
        position = count = 0
        for found in _PERCENT.finditer(text):
            literal = text[position : found.start()]
            position = found.end()
            spec, code = found["spec"], found["code"]
            if "%" in literal or (spec and code != "f"):
                return node
            template.append(literal.replace("{", "{{").replace("}", "}}"))
            count += code != "%"
            template.append(_CONVERSIONS.get(code) or "{:" + spec + "f}")
        rest = text[position:]
        if "%" in rest or count != len(arguments):
            return node
        if any(child.kind is Kind.STARRED for child in arguments):
            return node
        template.append(rest.replace("{", "{{").replace("}", "}}"))
        return Node(Kind.FORMAT, "".join(template), arguments, node.span)

    _RULES: ClassVar[dict[Kind, Callable[[ExpressionLowering, Node], Node]]] = {
        Kind.OPERATOR: _operator,
        Kind.COMPARE: _compare,
        Kind.BOOLEAN: _boolean,
        Kind.CONDITIONAL: _conditional,
        Kind.COMPREHENSION: _comprehension,
        Kind.CALL: _call,
    }


def _text(constant: Node) -> str | None:
    """The string that a CONSTANT's label stands for, or None if it is no string."""
    if constant.kind is not Kind.CONSTANT or constant.label[0] not in "'\"":
        return None
    value = ast.literal_eval(constant.label)
    return value if isinstance(value, str) else None
