"""Rewrites of statements that stand in one suite: each alone, then several that follow one another.

In: the statements of a suite, those nested inside them still as they were. Out: canonical statements in their place. The rules are in the
table of `lower`; each states its guard where it is applied. What a guard asks most: is the variable private (nobody
else reads it), and is it observed (a handler, a `finally` or what follows a `try` reads it, should the `try` end early)?

Source: our own.
"""

from __future__ import annotations

from collections import Counter

from codesim.parse.expressions import ExpressionLowering, mentions
from codesim.parse.loops import LoopLowering, if_statement, mentions_count, substitute
from codesim.parse.order import is_pure, is_quiet, may_pass, reached_first
from codesim.parse.scopes import bound_names, captured_names
from codesim.parse.tree import Kind, Node

JUMPS = frozenset({Kind.RETURN, Kind.RAISE, Kind.BREAK, Kind.CONTINUE})
_COLLECTING = ("list", "set", "tuple", "dict", "frozenset", "sorted", "max", "min")
_ONE_EVALUATION = frozenset({Kind.ASSIGN, Kind.EXPRESSION, Kind.RETURN, Kind.RAISE, Kind.ASSERT, Kind.DELETE})
_MUTABLE = ("list", "set", "dict")
_NAMED = frozenset({Kind.NAME, Kind.STORE})
_BINDING = frozenset({Kind.STORE, Kind.PARAMETER, Kind.VARARGS, Kind.KWARGS, Kind.FUNCTION, Kind.CLASS})


def ends(statements: tuple[Node, ...] | list[Node]) -> bool:
    """Whether control never runs off the end of the statements."""
    if not statements:
        return False
    last = statements[-1]
    if last.kind is Kind.IF:
        return ends(last.children[1].children) and ends(last.children[2].children)
    return last.kind in JUMPS


def count_names(tree: Node) -> Counter[str]:
    """How often each variable occurs once augmented assignments are written out."""
    uses = Counter(node.label for node in tree.walk() if node.kind in _NAMED)
    for node in tree.walk():
        if node.kind is Kind.AUGMENT:  # its target is read, then written
            uses.update(inner.label for inner in node.children[0].walk() if inner.kind in _NAMED)
    return uses


class Rewriter:
    """The rules for statements of one function.

    Args:
        function: its faithful tree.
        rebound: names that the functions around it bind; a builtin among them keeps no special meaning.
    """

    def __init__(self, function: Node, rebound: frozenset[str]) -> None:
        self.rebound = rebound | {node.label for node in function.walk() if node.kind in _BINDING}
        self.private = bound_names(function) - captured_names(function)
        self.uses = count_names(function)
        self.guarded: Counter[str] | None = None  # the names in the innermost suite that may end early, if there is one
        self.expressions = ExpressionLowering(self.rebound, self.private)
        self.loops = LoopLowering(self.expressions, self.uses, self.private)

    def statements(self, statements: list[Node]) -> list[Node]:
        """All rules over one run of statements."""
        out: list[Node] = []
        work = statements[::-1]
        while work:
            statement = work.pop()
            expanded = self.expand(statement)
            if expanded is None:
                out.append(statement)
            else:
                work.extend(reversed(expanded))
        return self.inline(self.results(self.flags(self.counters(out))))

    def is_hidden(self, name: str) -> bool:
        """Whether only the code that runs straight on can see the variable: no other function, no handler, no `finally`."""
        if name not in self.private:
            return False
        return self.guarded is None or self.uses[name] == self.guarded[name]

    # -- one statement at a time ----------------------------------------------------------------------------------

    def expand(self, statement: Node) -> list[Node] | None:
        """What stands in place of the statement: new statements to look at again, or None to keep it."""
        kind, span = statement.kind, statement.span
        if kind is Kind.PASS or (kind is Kind.EXPRESSION and statement.children[0].kind is Kind.CONSTANT):
            return []
        if kind is Kind.AUGMENT:
            target, value = statement.children
            if not is_pure(target) or self._is_mutable(value):
                return None
            loaded = target._replace(kind=Kind.NAME) if target.kind is Kind.STORE else target
            value = Node(Kind.OPERATOR, statement.label, (loaded, value), span)
            return [Node(Kind.ASSIGN, "", (target, value), span)]
        if kind is Kind.WITH and len(statement.children) > 2:
            suite, first, *rest = statement.children
            inner = statement._replace(children=(suite, *rest))
            return [statement._replace(children=(suite._replace(children=(inner,)), first))]
        if kind is Kind.IF:
            return self._search(statement)
        if kind is Kind.ASSIGN or (kind is Kind.RETURN and statement.children):
            return self._assigned(statement)
        return None

    def _assigned(self, statement: Node) -> list[Node] | None:
        span = statement.span
        *targets, value = statement.children
        if (
            len(targets) > 1
            and value.kind in (Kind.CONSTANT, Kind.NAME)
            and not any(mentions(t, value.label) for t in targets[:-1])
        ):
            return [statement._replace(children=(target, value)) for target in targets]
        if targets and targets[0].kind is Kind.COLLECTION and value.kind is Kind.COLLECTION:
            return self._unpacked(statement, targets[0], value) if len(targets) == 1 else None
        if value.kind is Kind.CONDITIONAL and all(target.kind is Kind.STORE for target in targets):
            chosen = self.expressions.lower(value)
            if chosen.kind is not Kind.CONDITIONAL:
                return [statement._replace(children=(*targets, chosen))]
            test, then, other = value.children
            first = statement._replace(children=(*targets, then), span=then.span)
            second = statement._replace(children=(*targets, other), span=other.span)
            return [if_statement(test, (first,), span, (second,))]
        if len(targets) == 1 and targets[0].kind is not Kind.STORE:
            return None
        value = self.expressions.lower(value)
        found = self.loops.quantifier(value)
        if not targets and found is not None:
            test, start, generator = found
            hit = Node(Kind.RETURN, "", (Node(Kind.CONSTANT, "False" if start == "True" else "True", (), span),), span)
            miss = Node(Kind.RETURN, "", (Node(Kind.CONSTANT, start, (), span),), span)
            return [self.loops.unroll(generator, [if_statement(test, (hit,), span)]), miss]
        return self._collected(statement, targets[0].label if len(targets) == 1 else "", value)

    def _collected(self, statement: Node, target: str, value: Node) -> list[Node] | None:
        """A comprehension at the root, or as the only argument of a collecting call, hoisted into a loop."""
        span = statement.span
        name = target if target and not mentions(value, target) and self.is_hidden(target) else ""
        name = name or self.loops.fresh_name("result")
        loaded = Node(Kind.NAME, name, (), span)
        if value.kind is Kind.COMPREHENSION and value.label != "generator":
            loop, rest = self.loops.collect(value, name), loaded
        elif (reduced := self.loops.reduce(value, name)) is not None:
            loop, rest = reduced, loaded
        else:
            callee, *arguments = value.children if value.kind is Kind.CALL else (None,)
            if callee is None or not arguments or arguments[0].kind is not Kind.COMPREHENSION:
                return None
            join = callee.kind is Kind.ATTRIBUTE and callee.label == "join" and callee.children[0].kind is Kind.CONSTANT
            plain = callee.kind is Kind.NAME and callee.label in _COLLECTING and callee.label not in self.rebound
            if not (join or plain):
                return None
            fresh = self.loops.fresh_name("result")
            loop = self.loops.collect(arguments[0], fresh)
            used = Node(Kind.NAME, fresh, (), span)
            rest = value._replace(children=(callee, used, *arguments[1:]))
            return [*loop, statement._replace(children=(*statement.children[:-1], rest))]
        if name == target:
            return loop
        return [*loop, statement._replace(children=(*statement.children[:-1], rest))]

    def _unpacked(self, statement: Node, target: Node, value: Node) -> list[Node] | None:
        names = [child.label for child in target.children if child.kind is Kind.STORE]
        if len(names) != len(target.children) or len(names) != len(value.children) or len(set(names)) != len(names):
            return None
        if any(child.kind is Kind.STARRED for child in value.children):
            return None
        if any(mentions(child, name) for name in names for child in value.children):
            return None
        quiet = all(is_quiet(child, self.rebound) for child in value.children)
        if not all(name in self.private if quiet else self.is_hidden(name) for name in names):
            return None
        pairs = zip(target.children, value.children, strict=True)
        return [statement._replace(children=(left, right)) for left, right in pairs]

    def _search(self, statement: Node) -> list[Node] | None:
        """`if any(c for x in xs): return e` as a loop that returns early."""
        test, then, other = statement.children
        found = self.loops.quantifier(self.expressions.lower_test(test))
        if (
            found is None
            or other.children
            or not then.children
            or then.children[-1].kind not in (Kind.RETURN, Kind.RAISE)
        ):
            return None
        if any(node.kind in (Kind.BREAK, Kind.CONTINUE) for node in then.walk()):
            return None  # they would speak of the new loop
        early, start, generator = found
        if start == "True":
            return None
        return [self.loops.unroll(generator, [if_statement(early, then.children, statement.span)])]

    def _is_mutable(self, value: Node) -> bool:
        """Whether the value is surely a list, set or dict, so that `x += value` changes an object in place."""
        if value.kind in (Kind.COLLECTION, Kind.COMPREHENSION):
            return value.label in _MUTABLE
        return (
            value.kind is Kind.CALL
            and value.children[0].kind is Kind.NAME
            and value.children[0].label in (*_MUTABLE, "sorted")
        )

    # -- runs of statements ---------------------------------------------------------------------------------------

    def counters(self, statements: list[Node]) -> list[Node]:
        out: list[Node] = []
        for statement in statements:
            if statement.kind is Kind.WHILE:
                body = statement.children[1]
                plain = body._replace(
                    children=tuple([(self.expand(s) or [s])[0] if s.kind is Kind.AUGMENT else s for s in body.children])
                )
                test = self.expressions.lower_test(statement.children[0])
                found = self.loops.counter_loop(statement._replace(children=(test, plain, statement.children[2])), out)
                statement = found or statement
            out.append(statement)
        return out

    def flags(self, statements: list[Node]) -> list[Node]:
        """A flag that is set just before `break` and returned after the loop becomes an early return."""
        if len(statements) < 3 or statements[-1].kind is not Kind.RETURN or not statements[-1].children:
            return statements
        start, loop, last = statements[-3:]
        name = last.children[0].label
        if (
            last.children[0].kind is not Kind.NAME
            or loop.kind not in (Kind.FOR, Kind.WHILE)
            or loop.children[-1].children
        ):
            return statements
        if not self._assigns(start, name) or start.children[1].kind is not Kind.CONSTANT or not self.is_hidden(name):
            return statements
        body, hits = self._early_returns(loop.children[-2], name)
        if not hits or mentions(body, name) or any(mentions(child, name) for child in loop.children[:-2]):
            return statements
        returned = last._replace(children=(start.children[1],))
        return [*statements[:-3], loop._replace(children=(*loop.children[:-2], body, loop.children[-1])), returned]

    def _early_returns(self, suite: Node, name: str) -> tuple[Node, int]:
        """The suite with each `name = e; break` as `return e`, and how many there were; inner loops are left alone."""
        out: list[Node] = []
        hits = 0
        for statement in suite.children:
            if statement.kind is Kind.BREAK and out and self._assigns(out[-1], name):
                out[-1] = Node(Kind.RETURN, "", (out[-1].children[1],), out[-1].span)
                hits += 1
                continue
            if statement.kind is Kind.IF:
                test, then, other = statement.children
                then, first = self._early_returns(then, name)
                other, second = self._early_returns(other, name)
                hits += first + second
                statement = statement._replace(children=(test, then, other))
            out.append(statement)
        return suite._replace(children=tuple(out)), hits

    def results(self, statements: list[Node]) -> list[Node]:
        """A result variable set in the branches of a final `if` and then returned becomes a return in each branch."""
        if len(statements) < 2 or statements[-1].kind is not Kind.RETURN or not statements[-1].children:
            return statements
        branch, last = statements[-2:]
        name = last.children[0].label
        if last.children[0].kind is not Kind.NAME or branch.kind is not Kind.IF or not self.is_hidden(name):
            return statements
        test, then, other = branch.children
        if not self._sets_last(then, name):
            return statements
        rest = statements[:-2]
        if not other.children:
            if not rest or not self._assigns(rest[-1], name) or mentions(test, name):
                return statements
            if not may_pass(rest[-1].children[1], test, self.private):
                return statements
            if mentions_count(then, name) != 1:
                return statements
            other = other._replace(children=(rest.pop(),))
        elif not self._sets_last(other, name):
            return statements
        then = then._replace(children=(*then.children, last)) if not ends(then.children) else then
        other = other._replace(children=(*other.children, last)) if not ends(other.children) else other
        return [*rest, branch._replace(children=(test, then, other))]

    def _sets_last(self, suite: Node, name: str) -> bool:
        if ends(suite.children):
            return True
        if not suite.children:
            return False
        last = suite.children[-1]
        if last.kind is Kind.IF and last.children[2].children:
            return self._sets_last(last.children[1], name) and self._sets_last(last.children[2], name)
        return self._assigns(last, name)

    def inline(self, statements: list[Node]) -> list[Node]:
        """Temporaries that are used once, in the next statement, move into it."""
        out: list[Node] = []
        for statement in statements:
            while out and self._inlines(out[-1], statement):
                name, value = out[-1].children[0].label, out[-1].children[1]
                statement = self._put(statement, name, value)
                out.pop()
                again = self.expand(statement)
                if again is not None:
                    out.extend(again[:-1])
                    statement = again[-1]
                    break
            out.append(statement)
        return out

    def _inlines(self, before: Node, statement: Node) -> bool:
        if before.kind is not Kind.ASSIGN or len(before.children) != 2 or before.children[0].kind is not Kind.STORE:
            return False
        name, value = before.children[0].label, before.children[1]
        if name not in self.private or mentions(value, name):
            return False
        if statement.kind is Kind.RETURN and statement.children and statement.children[0][:2] == (Kind.NAME, name):
            return self.is_hidden(name)
        if self.uses[name] != 2 or (statement.kind is Kind.ASSERT and not is_pure(value)):  # `-O` drops assertions
            return False
        return any(reached_first(head, name, value, self.private) for head in _heads(statement)[:1])

    @staticmethod
    def _put(statement: Node, name: str, value: Node) -> Node:
        at = len(statement.children) - 1 if statement.kind is Kind.ASSIGN else 1 if statement.kind is Kind.FOR else 0
        children = list(statement.children)
        children[at] = substitute(children[at], name, value)
        return statement._replace(children=tuple(children))

    @staticmethod
    def _assigns(statement: Node, name: str) -> bool:
        return (
            statement.kind is Kind.ASSIGN
            and len(statement.children) == 2
            and statement.children[0][:2] == (Kind.STORE, name)
            and not mentions(statement.children[1], name)
        )


def _heads(statement: Node) -> list[Node]:
    """The expressions that a statement evaluates once, first of all; empty where there is none."""
    if statement.kind is Kind.ASSIGN:
        return [statement.children[-1]]
    if statement.kind in _ONE_EVALUATION or statement.kind is Kind.IF:
        return list(statement.children[:1])
    return [statement.children[1]] if statement.kind is Kind.FOR else []
