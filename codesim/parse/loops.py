"""Canonical loops: comprehensions, counters and index loops become one plain `for`.

In: a comprehension, or the statements around a loop. Out: statements in loop form. Where the guard of a rule
does not hold, the code is left as it is.

| rule | before | after | guard |
|---|---|---|---|
| comprehension | `v = [e for x in xs if c]` | `v = []`, `for x in xs: if c: v.append(e)` | `v` hidden, unread |
| any, all | `return any(c for x in xs)` | `for x in xs: if c: return True`, `return False` | builtin not rebound |
| sum | `v = sum(e for x in xs)` | `v = 0`, `for x in xs: v = v + e` | builtin not rebound |
| counter | `i = a`, `while i < n: ...; i = i + 1` | `for i in range(a, n): ...` | `n` stays, `i` ours, no `continue`|
| index | `for i in range(len(xs)): ... xs[i] ...` | `for x in xs: ... x ...` | `xs` stays, `i` is ours |
| enumerate | `for i, x in enumerate(xs)`, `i` unused | `for x in xs` | `i` private |

A variable is private if no other function mentions it, hidden if no handler sees it either, ours if the loop alone uses
it and writes it nowhere else. A counter is taken to be an integer, what is indexed by it a sequence. Source: our own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from codesim.parse.expressions import ExpressionLowering, negate
from codesim.parse.order import (
    depends_on_own,
    is_name,
    is_pure,
    is_quiet,
    mentions,
    mentions_count,
    names_read,
    stays,
    written,
)
from codesim.parse.substitution import index_to_item, substitute
from codesim.parse.tree import Kind, Node
from codesim.source import Span

_FRACTIONS = frozenset({"/", "**"})
FAR = 200  # statements that may stand between the start of a counter and its loop, unless it starts at a literal


def empty_suite(span: Span) -> Node:
    """A SUITE without statements."""
    return Node(Kind.SUITE, "", (), span)


def if_statement(test: Node, then: tuple[Node, ...], span: Span, orelse: tuple[Node, ...] = ()) -> Node:
    """An IF statement from its parts."""
    return Node(Kind.IF, "", (test, Node(Kind.SUITE, "", then, span), Node(Kind.SUITE, "", orelse, span)), span)


class LoopLowering:
    """Lowers the loops of one function.

    Args:
        expressions: the expression rules, which know the function's bound names.
        uses: how often each name occurs in the function (reads and writes), as the guards need it.
        private: the function's own variables that no nested function mentions.
    """

    def __init__(self, expressions: ExpressionLowering, uses: Counter[str], private: frozenset[str]) -> None:
        self.expressions = expressions
        self.uses = uses
        self.private = private
        self._fresh = 0

    def fresh_name(self, base: str) -> str:
        """A name that occurs nowhere in source: the base with primes (which the tokenizer of labels drops)."""
        self._fresh += 1
        return f"{base}'{self._fresh}"

    def separate(self, comprehension: Node) -> Node:
        """The comprehension with fresh names for targets that the function also uses outside: it has its own scope."""
        element, *parts = comprehension.children
        own = Counter(n.label for n in comprehension.walk() if n.kind in (Kind.NAME, Kind.STORE))
        stored = [n.label for part in parts for n in part.children[0].walk() if n.kind is Kind.STORE]
        for name in dict.fromkeys(stored):
            if self.uses[name] <= own[name] and not mentions(parts[0].children[1], name):
                continue
            fresh = Node(Kind.NAME, self.fresh_name(name), (), comprehension.span)
            outside = parts[0].children[1]  # evaluated in the scope around the comprehension
            parts = [substitute(part, name, fresh) for part in parts]
            parts[0] = parts[0]._replace(children=(parts[0].children[0], outside, *parts[0].children[2:]))
            element = substitute(element, name, fresh)
        return comprehension._replace(children=(element, *parts))

    @staticmethod
    def unroll(comprehension: Node, innermost: list[Node]) -> Node:
        """The nested FOR and IF statements that run `innermost` once for each element of a separated comprehension."""
        body = tuple(innermost)
        for part in reversed(comprehension.children[1:]):
            target, iterable, *tests = part.children
            for test in reversed(tests):
                body = (if_statement(test, body, test.span),)
            suite = Node(Kind.SUITE, "", body, part.span)
            body = (Node(Kind.FOR, part.label, (target, iterable, suite, empty_suite(part.span)), part.span),)
        return body[0]

    def collect(self, comprehension: Node, name: str) -> list[Node]:
        """Statements that build a list, set or dict comprehension in the variable `name`."""
        comprehension = self.separate(comprehension)
        span, element = comprehension.span, comprehension.children[0]
        target = Node(Kind.NAME, name, (), span)
        label = "list" if comprehension.label == "generator" else comprehension.label
        if label == "dict":
            place = Node(Kind.SUBSCRIPT, "", (target, element.children[0]), span)
            step = Node(Kind.ASSIGN, "", (place, element.children[1]), span)
        else:
            method = Node(Kind.ATTRIBUTE, "append" if label == "list" else "add", (target,), span)
            step = Node(Kind.EXPRESSION, "", (Node(Kind.CALL, "", (method, element), span),), span)
        start = Node(Kind.COLLECTION, label, (), span)
        return [self._assign(name, start, span), self.unroll(comprehension, [step])]

    def reduce(self, call: Node, name: str) -> list[Node] | None:
        """`sum`, `any` or `all` over a generator as a loop that leaves its result in `name`; None for other calls."""
        found = self.quantifier(call)
        span = call.span
        if found is not None:
            test, start, generator = found
            if len(generator.children) > 2:
                return None  # `break` leaves the innermost loop only
            verdict = Node(Kind.CONSTANT, "False" if start == "True" else "True", (), span)
            hit = [self._assign(name, verdict, span), Node(Kind.BREAK, "", (), span)]
            loop = self.unroll(generator, [if_statement(test, tuple(hit), span)])
            return [self._assign(name, Node(Kind.CONSTANT, start, (), span), span), loop]
        if self.expressions.calls_builtin(call, "sum") and len(call.children) == 2:
            generator = call.children[1]
            if generator.kind is Kind.COMPREHENSION and generator.label in ("generator", "list"):
                generator = self.separate(generator)
                total = Node(Kind.NAME, name, (), span)
                value = Node(Kind.OPERATOR, "+", (total, generator.children[0]), span)
                loop = self.unroll(generator, [self._assign(name, value, span)])
                return [self._assign(name, Node(Kind.CONSTANT, "0", (), span), span), loop]
        return None

    def quantifier(self, call: Node) -> tuple[Node, str, Node] | None:
        """For `any`/`all` over a generator: the test that decides early, the result if none does, and the generator."""
        if not self.expressions.calls_builtin(call, "any", "all") or len(call.children) != 2:
            return None
        generator = call.children[1]
        if generator.kind is not Kind.COMPREHENSION or generator.label != "generator":
            return None
        generator = self.separate(generator)
        test = self.expressions.lower_test(generator.children[0])
        return (test, "False", generator) if call.children[0].label == "any" else (negate(test), "True", generator)

    def counter_loop(self, loop: Node, first: Node, between: Sequence[Node | None]) -> Node | None:
        """A `while` with a counter as a `for` over a range, if it is one.

        Args:
            loop: a WHILE as `counter_of` wants it, its augmented assignments written out.
            first: the last plain assignment to the counter before the loop.
            between: the statements between (None where one was taken away).
        """
        test, body, orelse = loop.children
        name, bound = test.children[0].label, test.children[1]
        *rest, step = body.children
        if not self._is_step(step, name):
            return None
        value = first.children[1]
        inside = mentions_count(first, name) + mentions_count(loop, name)
        if self.uses[name] != inside or name in written(rest) or mentions(bound, name):
            return None
        if not self._is_whole(value) or not self._is_whole(bound):
            return None
        if not stays(bound, rest, self.private, self.expressions.rebound) or not self._keeps(value, between):
            return None
        if any(node.kind is Kind.CONTINUE for statement in rest for node in statement.walk()):
            return None
        arguments = (bound,) if value[:2] == (Kind.CONSTANT, "0") else (value, bound)
        iterable = Node(Kind.CALL, "", (Node(Kind.NAME, "range", (), test.span), *arguments), test.span)
        target = Node(Kind.STORE, name, (), test.children[0].span)
        lowered = Node(Kind.FOR, "", (target, iterable, body._replace(children=tuple(rest)), orelse), loop.span)
        self.uses[name] = mentions_count(lowered, name)
        return lowered

    def counter_of(self, loop: Node, test: Node) -> str | None:
        """What a WHILE with this lowered test seems to count, if anything: `while i < n: ...; i = i + 1`."""
        body, orelse = loop.children[1:]
        if test.kind is not Kind.COMPARE or test.label != "<" or not body.children or orelse.children:
            return None
        counter, last = test.children[0], body.children[-1]
        is_step = last.kind in (Kind.AUGMENT, Kind.ASSIGN) and last.children[0].label == counter.label
        return counter.label if is_step and is_name(counter, self.private) else None

    def _is_whole(self, node: Node) -> bool:
        """Whether the value may be an integer and costs nothing to evaluate: no fraction, no call but `len`."""
        if any(n.kind is Kind.FORMAT or (n.kind is Kind.OPERATOR and n.label in _FRACTIONS) for n in node.walk()):
            return False
        if node.kind is Kind.CONSTANT:
            return node.label.lstrip("-").isdigit()
        return is_quiet(node, self.expressions.rebound) and "range" not in self.expressions.rebound

    def _keeps(self, value: Node, between: Sequence[Node | None]) -> bool:
        """Whether the value is the same after the statements between."""
        if value.kind is Kind.CONSTANT:
            return True
        if len(between) > FAR:
            return False
        passed = [statement for statement in between if statement is not None]
        if depends_on_own(value, self.private):
            return not names_read(value) & written(passed)
        return all(is_pure(statement) for statement in passed) and not written(passed)

    def index_loop(self, loop: Node, index_is_inside: bool) -> Node:
        """A `for` over `range(len(xs))` or `enumerate(xs)` as a `for` over `xs` itself, where the index is not needed.

        Args:
            loop: a FOR with a lowered body.
            index_is_inside: whether the function mentions the index only inside this loop.
        """
        target, iterable, body, orelse = loop.children
        if self.expressions.calls_builtin(iterable, "enumerate") and len(iterable.children) == 2:
            index = target.children[0] if target.kind is Kind.COLLECTION and len(target.children) == 2 else target
            if index is not target and is_name_of(index, self.private) and self.uses[index.label] == 1:
                return loop._replace(children=(target.children[1], iterable.children[1], body, orelse))
            return loop
        if not is_name_of(target, self.private) or not index_is_inside or not self._is_range_length(iterable):
            return loop
        sequence = iterable.children[1].children[1]
        if not stays(iterable.children[1], body.children, self.private, self.expressions.rebound):
            return loop
        if mentions(orelse, target.label) or target.label in written(body.children):
            return loop
        item = self.fresh_name("item")
        replaced = index_to_item(body, sequence, target.label, item)
        if mentions(replaced, target.label):
            if not mentions(replaced, item):
                return loop
            pair = (target, Node(Kind.STORE, item, (), target.span))
            target = Node(Kind.COLLECTION, "tuple", pair, target.span)
            call = (Node(Kind.NAME, "enumerate", (), iterable.span), sequence)
            return loop._replace(children=(target, iterable._replace(children=call), replaced, orelse))
        return loop._replace(children=(target._replace(label=item), sequence, replaced, orelse))

    def _is_length(self, node: Node) -> bool:
        return self.expressions.calls_builtin(node, "len") and len(node.children) == 2 and is_pure(node.children[1])

    def _is_range_length(self, node: Node) -> bool:
        return (
            self.expressions.calls_builtin(node, "range")
            and len(node.children) == 2
            and self._is_length(node.children[1])
        )

    @staticmethod
    def _is_step(node: Node, name: str) -> bool:
        if node.kind is not Kind.ASSIGN or len(node.children) != 2 or node.children[0][:2] != (Kind.STORE, name):
            return False
        value = node.children[1]
        return value[:2] == (Kind.OPERATOR, "+") and [child[:2] for child in value.children] in (
            [(Kind.NAME, name), (Kind.CONSTANT, "1")],
            [(Kind.CONSTANT, "1"), (Kind.NAME, name)],
        )

    @staticmethod
    def _assign(name: str, value: Node, span: Span) -> Node:
        return Node(Kind.ASSIGN, "", (Node(Kind.STORE, name, (), span), value), span)


def is_name_of(target: Node, names: frozenset[str]) -> bool:
    """Whether the target is one of these variables."""
    return target.kind is Kind.STORE and target.label in names
