"""Rules for statements that are rewritten one at a time, without a look at their neighbours.

In: one statement, those nested inside it still as they were. Out: the canonical statements in its place. The rules are
in the table of `lower`. What their guards ask most: is a variable private (no other function mentions it), and is it
hidden (nor can a handler, a `finally` or what follows a `try` see it, should the `try` end early)?

Source: our own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from codesim.parse.expressions import ExpressionLowering
from codesim.parse.loops import LoopLowering, if_statement
from codesim.parse.order import is_pure, is_quiet, mentions
from codesim.parse.scopes import count_names, survey
from codesim.parse.tree import Kind, Node

_COLLECTING = ("list", "set", "tuple", "dict", "frozenset", "sorted", "max", "min")
_MUTABLE = ("list", "set", "dict")
_CALL, _STORE, _CONSTANT, _COMPREHENSION = Kind.CALL, Kind.STORE, Kind.CONSTANT, Kind.COMPREHENSION
_NAMED = frozenset({Kind.NAME, Kind.STORE})


class GuardedSuite:
    """A suite that may end early with somebody left to see its variables; counts its names when first asked."""

    def __init__(self, suite: Node) -> None:
        self._suite = suite
        self._uses: Counter[str] | None = None

    def uses(self, name: str) -> int:
        """How often the suite mentions the variable."""
        if self._uses is None:
            self._uses = count_names(self._suite)
        return self._uses[name]


class StatementRules:
    """The rules for statements of one function.

    Args:
        function: its faithful tree.
        rebound: names that the functions around it bind; a builtin among them keeps no special meaning.
    """

    def __init__(self, function: Node, rebound: frozenset[str]) -> None:
        found = survey(function)
        self.rebound = rebound | found.binding
        self.private = found.private
        self.uses = found.uses
        self.guarded: GuardedSuite | None = None  # the innermost, if there is one
        self.expressions = ExpressionLowering(self.rebound, self.private)
        self.loops = LoopLowering(self.expressions, self.uses, self.private)

    def is_hidden(self, name: str) -> bool:
        """Whether only the code that runs straight on sees the variable: no other function, handler or `finally`."""
        if name not in self.private:
            return False
        return self.guarded is None or self.uses[name] == self.guarded.uses(name)

    def expand(self, statement: Node) -> list[Node] | None:
        """What stands in place of the statement: new statements to look at again, or None to keep it."""
        rule = _RULES.get(statement.kind)
        return None if rule is None else rule(self, statement)

    def _pass(self, _statement: Node) -> list[Node] | None:
        return []

    def _expression(self, statement: Node) -> list[Node] | None:
        return [] if statement.children[0].kind is _CONSTANT else None

    def _augment(self, statement: Node) -> list[Node] | None:
        target, value = statement.children
        if not is_pure(target) or self._is_mutable(value):
            return None
        loaded = target._replace(kind=Kind.NAME) if target.kind is _STORE else target
        value = Node(Kind.OPERATOR, statement.label, (loaded, value), statement.span)
        return [Node(Kind.ASSIGN, "", (target, value), statement.span)]

    def _with(self, statement: Node) -> list[Node] | None:
        if len(statement.children) < 3:
            return None
        body, *items = statement.children
        for item in reversed(items[1:]):
            body = body._replace(children=(statement._replace(children=(body, item)),))
        return [statement._replace(children=(body, items[0]))]

    def _assigned(self, statement: Node) -> list[Node] | None:
        children = statement.children
        if not children:
            return None
        value = children[-1]
        if len(children) > 2:
            chained = self._chained(statement)
            if chained is not None:
                return chained
        kind = value.kind
        if kind is Kind.COLLECTION:
            return self._unpacked(statement, children[0], value) if len(children) == 2 else None
        if kind is Kind.CONDITIONAL and all(target.kind is _STORE for target in children[:-1]):
            return self._chosen(statement, value)
        if not _may_collect(value) or (len(children) == 2 and children[0].kind is not _STORE):
            return None
        value = self.expressions.lower(value)
        found = self.loops.quantifier(value) if len(children) == 1 else None
        if found is not None:
            test, start, generator = found
            span = statement.span
            hit = Node(Kind.RETURN, "", (Node(_CONSTANT, "False" if start == "True" else "True", (), span),), span)
            miss = Node(Kind.RETURN, "", (Node(_CONSTANT, start, (), span),), span)
            return [self.loops.unroll(generator, [if_statement(test, (hit,), span)]), miss]
        return self._collected(statement, children[0].label if len(children) == 2 else "", value)

    def _chained(self, statement: Node) -> list[Node] | None:
        """`a = b = e` as two assignments, for a name or literal `e`."""
        *targets, value = statement.children
        if value.kind is Kind.NAME:
            if any(mentions(target, value.label) for target in targets[:-1]):
                return None
            self.uses[value.label] += len(targets) - 1
        elif value.kind is not _CONSTANT:
            return None
        return [statement._replace(children=(target, value)) for target in targets]

    def _chosen(self, statement: Node, value: Node) -> list[Node]:
        """`v = e if c else f` as an `if`, and a chain of these as a chain of `elif`."""
        targets = statement.children[:-1]
        links: list[Node] = []
        while value.kind is Kind.CONDITIONAL and not self.expressions.is_default(value):
            links.append(value)
            value = value.children[2]
        if not links:
            return [statement._replace(children=(*targets, self.expressions.lower(value)))]
        chosen = statement._replace(children=(*targets, value), span=value.span)
        for link in reversed(links):
            test, then, _ = link.children
            first = statement._replace(children=(*targets, then), span=then.span)
            span = statement.span if link is links[0] else link.span
            chosen = if_statement(test, (first,), span, (chosen,))
        return [chosen]

    def _collected(self, statement: Node, target: str, value: Node) -> list[Node] | None:
        """A comprehension at the root, or as the only argument of a collecting call, hoisted into a loop."""
        name = target if target and not mentions(value, target) and self.is_hidden(target) else ""
        name = name or self.loops.fresh_name("result")
        loaded = Node(Kind.NAME, name, (), statement.span)
        if value.kind is _COMPREHENSION and value.label != "generator":
            loop, rest = self.loops.collect(value, name), loaded
        elif (reduced := self.loops.reduce(value, name)) is not None:
            loop, rest = reduced, loaded
        else:
            return self._collected_argument(statement, value)
        if name == target:
            self.uses[name] += sum([count_names(part)[name] for part in loop]) - 1  # the loop writes it again
            return loop
        return [*loop, statement._replace(children=(*statement.children[:-1], rest))]

    def _collected_argument(self, statement: Node, value: Node) -> list[Node] | None:
        if value.kind is not _CALL or len(value.children) < 2 or value.children[1].kind is not _COMPREHENSION:
            return None
        callee, argument, *others = value.children
        join = callee.kind is Kind.ATTRIBUTE and callee.label == "join" and callee.children[0].kind is _CONSTANT
        plain = callee.kind is Kind.NAME and callee.label in _COLLECTING and callee.label not in self.rebound
        if not (join or plain):
            return None
        fresh = self.loops.fresh_name("result")
        loop = self.loops.collect(argument, fresh)
        used = Node(Kind.NAME, fresh, (), statement.span)
        rest = value._replace(children=(callee, used, *others))
        return [*loop, statement._replace(children=(*statement.children[:-1], rest))]

    def _unpacked(self, statement: Node, target: Node, value: Node) -> list[Node] | None:
        if target.kind is not Kind.COLLECTION or value.label not in ("list", "tuple"):  # a set has no order
            return None
        names = [child.label for child in target.children if child.kind is _STORE]
        wanted = set(names)
        if len(names) != len(target.children) or len(names) != len(value.children) or len(wanted) != len(names):
            return None
        if any(child.kind is Kind.STARRED for child in value.children):
            return None
        if any(inner.kind in _NAMED and inner.label in wanted for inner in value.walk()):
            return None
        quiet = all(is_quiet(child, self.rebound) for child in value.children)
        if not all(name in self.private if quiet else self.is_hidden(name) for name in names):
            return None
        pairs = zip(target.children, value.children, strict=True)
        return [statement._replace(children=(left, right)) for left, right in pairs]

    def _search(self, statement: Node) -> list[Node] | None:
        """`if any(c for x in xs): return e` as a loop that returns early."""
        test, then, other = statement.children
        if other.children or not then.children or then.children[-1].kind not in (Kind.RETURN, Kind.RAISE):
            return None
        if not _may_search(test):
            return None
        found = self.loops.quantifier(self.expressions.lower_test(test))
        if found is None:
            return None
        if any(node.kind in (Kind.BREAK, Kind.CONTINUE) for node in then.walk()):
            return None  # they would speak of the new loop
        early, start, generator = found
        if start == "True":
            return None
        return [self.loops.unroll(generator, [if_statement(early, then.children, statement.span)])]

    def _match(self, statement: Node) -> list[Node] | None:
        """A MATCH against values as tests; the subject is evaluated once, where doing it again may differ."""
        subject, *cases = statement.children
        if not all(_is_test(case.children[0]) for case in cases):
            return None
        guards = [guard for case in cases for guard in case.children[2:]]
        stays = is_pure(subject) and all(is_quiet(guard, self.rebound) for guard in guards)
        once = sum(max(len(case.children[0].children), 1) for case in cases if case.children[0].label != "_") == 1
        start: list[Node] = []
        if not stays and not (once and cases[0].children[0].label == "value"):
            name = self.loops.fresh_name("subject")
            self.uses[name] = 1
            start = [Node(Kind.ASSIGN, "", (Node(_STORE, name, (), subject.span), subject), subject.span)]
            subject = Node(Kind.NAME, name, (), subject.span)
        names = count_names(subject)
        rest: tuple[Node, ...] = ()
        for case in reversed(cases):
            pattern, suite, *guard = case.children
            tests = [*_tests(pattern, subject), *guard]
            for name, uses in names.items():
                self.uses[name] += uses * max(1, len(pattern.children))
            if tests:
                test = tests[0] if len(tests) == 1 else Node(Kind.BOOLEAN, "and", tuple(tests), case.span)
                rest = (if_statement(test, suite.children, case.span, rest),)
            else:
                rest = suite.children
        return [*start, *rest]

    def _is_mutable(self, value: Node) -> bool:
        """Whether the value is surely a list, set or dict, so that `x += value` changes an object in place."""
        if value.kind in (Kind.COLLECTION, Kind.COMPREHENSION):
            return value.label in _MUTABLE
        return (
            value.kind is Kind.CALL
            and value.children[0].kind is Kind.NAME
            and value.children[0].label in (*_MUTABLE, "sorted")
        )


_RULES: dict[Kind, Callable[[StatementRules, Node], list[Node] | None]] = {
    Kind.PASS: StatementRules._pass,
    Kind.EXPRESSION: StatementRules._expression,
    Kind.AUGMENT: StatementRules._augment,
    Kind.WITH: StatementRules._with,
    Kind.IF: StatementRules._search,
    Kind.MATCH: StatementRules._match,
    Kind.ASSIGN: StatementRules._assigned,
    Kind.RETURN: StatementRules._assigned,
}


def _is_test(pattern: Node) -> bool:
    """Whether a pattern binds nothing and only compares: values, alternatives of values, and `_`."""
    if pattern.label == "or":
        return all(option.label == "value" for option in pattern.children)
    return pattern.label in ("value", "_")


def _tests(pattern: Node, subject: Node) -> list[Node]:
    """What such a pattern asks of the subject; `_` asks nothing."""
    if not pattern.children:
        return []
    if pattern.label == "or":
        tests = [test for option in pattern.children for test in _tests(option, subject)]
        return [Node(Kind.BOOLEAN, "or", tuple(tests), pattern.span)]
    (value,) = pattern.children
    operator = "is" if value.kind is _CONSTANT and value.label in ("None", "True", "False") else "=="
    return [Node(Kind.COMPARE, operator, (subject, value), pattern.span)]


def _may_collect(value: Node) -> bool:
    """Whether the value, once lowered, may be a comprehension or a call whose first argument is one."""
    if value.kind is not _CALL:
        return value.kind is _COMPREHENSION
    if len(value.children) < 2:
        return False
    first = value.children[1]
    return first.kind is _COMPREHENSION or (
        first.kind is _CALL and len(first.children) == 2 and first.children[1].kind is _COMPREHENSION
    )


def _may_search(test: Node) -> bool:
    """Whether the test, once lowered, may be a call of `any` or `all`."""
    while True:
        if test.kind is Kind.OPERATOR and test.label == "not":
            test = test.children[0]
        elif test.kind is not _CALL or len(test.children) != 2:
            return False
        elif test.children[0].label == "bool":
            test = test.children[1]
        else:
            return test.children[0].label in ("any", "all")
