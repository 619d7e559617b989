"""Rules for runs of statements: those that look at several statements of one suite together.

In: the statements of a suite, those nested inside them still as they were. Out: canonical statements in their place.
The rules (counter, flag, result, temporary) are in the table of `lower`. Statements between the ones that a rule brings
together may stand there as long as nothing that is moved depends on them, so that their order does not matter.

Source: our own.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from codesim.parse.expressions import mentions
from codesim.parse.loops import mentions_count, substitute
from codesim.parse.order import depends_on_own, is_pure, is_quiet, may_pass, reached_first, written
from codesim.parse.rewrites import StatementRules
from codesim.parse.tree import Kind, Node

JUMPS = frozenset({Kind.RETURN, Kind.RAISE, Kind.BREAK, Kind.CONTINUE})
_LARGE = 1000  # nodes of an expression that are looked at for temporaries, so that generated tables cost no minutes
_ONE_EVALUATION = frozenset({Kind.ASSIGN, Kind.EXPRESSION, Kind.RETURN, Kind.RAISE, Kind.ASSERT, Kind.DELETE})


class _Facts(NamedTuple):
    """What one or several statements do: names they mention, names they write, and whether that is all (see below)."""

    mentioned: frozenset[str]
    written: frozenset[str]
    only_own: bool
    only_quiet: bool

    def joined(self, other: _Facts) -> _Facts:
        """The same for both."""
        return _Facts(
            self.mentioned | other.mentioned,
            self.written | other.written,
            self.only_own and other.only_own,
            self.only_quiet and other.only_quiet,
        )


def ends(statements: tuple[Node, ...] | list[Node]) -> bool:
    """Whether control never runs off the end of the statements."""
    if not statements:
        return False
    last = statements[-1]
    if last.kind is Kind.IF:
        return ends(last.children[1].children) and ends(last.children[2].children)
    return last.kind in JUMPS


class Rewriter(StatementRules):
    """All rules for the statements of one function."""

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

    def counters(self, statements: list[Node]) -> list[Node]:
        """A `while` with a counter becomes a `for` over a range."""
        out: list[Node] = []
        for statement in statements:
            found = self._counted(statement, out) if statement.kind is Kind.WHILE else None
            out.append(found or statement)
        return out

    def _counted(self, loop: Node, before: list[Node]) -> Node | None:
        body = loop.children[1]
        plain = [(self.expand(one) or [one])[0] if one.kind is Kind.AUGMENT else one for one in body.children]
        test = self.expressions.lower_test(loop.children[0])
        children = (test, body._replace(children=tuple(plain)), loop.children[2])
        return self.loops.counter_loop(loop._replace(children=children), before)

    def flags(self, statements: list[Node]) -> list[Node]:
        """A flag that is set just before `break` and returned after the loop becomes an early return."""
        if len(statements) < 3 or statements[-1].kind is not Kind.RETURN or not statements[-1].children:
            return statements
        loop, last = statements[-2:]
        name = last.children[0].label
        rest = statements[:-2]
        if (
            last.children[0].kind is not Kind.NAME
            or loop.kind not in (Kind.FOR, Kind.WHILE)
            or loop.children[-1].children
        ):
            return statements
        place = self._last_write(rest, name)
        if place is None or rest[place].children[1].kind is not Kind.CONSTANT or not self.is_hidden(name):
            return statements
        body, hits = self._early_returns(loop.children[-2], name)
        if not hits or mentions(body, name) or any(mentions(child, name) for child in loop.children[:-2]):
            return statements
        returned = last._replace(children=(rest.pop(place).children[1],))
        return [*rest, loop._replace(children=(*loop.children[:-2], body, loop.children[-1])), returned]

    def _early_returns(self, suite: Node, name: str) -> tuple[Node, int]:
        """The suite with each `name = e; break` as `return e`, and how many there were; inner loops are left alone."""
        out: list[Node] = []
        hits = 0
        for statement in suite.children:
            if statement.kind is Kind.BREAK and out and self._assigns(out[-1], name):
                out[-1] = Node(Kind.RETURN, "", (out[-1].children[1],), out[-1].span)
                hits += 1
                continue
            if statement.kind is not Kind.IF:
                out.append(statement)
                continue
            then, first = self._early_returns(statement.children[1], name)
            other, second = self._early_returns(statement.children[2], name)
            hits += first + second
            out.append(statement._replace(children=(statement.children[0], then, other)))
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
            place = self._last_write(rest, name)
            if place is None or mentions(test, name) or mentions_count(then, name) != 1:
                return statements
            value = rest[place].children[1]
            between = rest[place + 1 :]
            if not may_pass(value, test, self.private) or not self._stays_between(value, between):
                return statements
            other = other._replace(children=(rest.pop(place),))
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
        """Temporaries that are used once move to where they are used."""
        out: list[Node] = []
        facts: list[_Facts] = []  # of each statement in `out`
        for statement in statements:
            current = statement
            while (place := self._temporary(out, facts, current)) is not None:
                target, value = out.pop(place).children
                del facts[place]
                current = self._put(current, target.label, value)
                again = self.expand(current)
                if again is not None:
                    out.extend(again[:-1])
                    facts.extend(self._facts(one) for one in again[:-1])
                    current = again[-1]
                    break
            out.append(current)
            facts.append(self._facts(current))
        return out

    def _facts(self, statement: Node) -> _Facts:
        names = frozenset(node.label for node in statement.walk() if node.kind in (Kind.NAME, Kind.STORE))
        own = self._only_stores_own(statement, may_look=False)
        return _Facts(
            names, frozenset(written((statement,))), own, own or self._only_stores_own(statement, may_look=True)
        )

    def _temporary(self, before: Sequence[Node], facts: Sequence[_Facts], statement: Node) -> int | None:
        """Where the assignment stands that may move into the statement, if there is one; the nearest first."""
        head = next(iter(_heads(statement)), None)
        if not before or head is None:
            return None
        names = {node.label for node in islice(head.walk(), _LARGE) if node.kind is Kind.NAME} & self.private
        is_result = statement.kind is Kind.RETURN and head.kind is Kind.NAME
        between = _Facts(frozenset(), frozenset(), True, True)
        for place in range(len(before) - 1, -1, -1):
            if names <= between.mentioned:
                return None
            found, own = before[place], facts[place]
            name = found.children[0].label if found.children else ""
            if name in names and name not in between.mentioned and self._assigns(found, name):
                value = found.children[1]
                if not own.mentioned & between.written and self._passes(value, between):
                    if is_result and self.is_hidden(name):
                        return place
                    # `-O` drops assertions, so that no effect may move into one
                    may_move = statement.kind is not Kind.ASSERT or is_pure(value)
                    once = self.uses[name] == 2
                    if may_move and once and reached_first(head, name, value, self.private, self.rebound):
                        return place
            between = between.joined(own)
        return None

    def _passes(self, value: Node, between: _Facts) -> bool:
        """Whether the value, none of whose variables is written between, may be evaluated after these statements."""
        if between.only_own or depends_on_own(value, self.private):
            return True
        return between.only_quiet and is_quiet(value, self.rebound)

    def _stays_between(self, value: Node, statements: Sequence[Node]) -> bool:
        """Whether the value may be evaluated after the statements instead of before them."""
        facts = _Facts(frozenset(), frozenset(), True, True)
        for statement in statements:
            facts = facts.joined(self._facts(statement))
        names = {node.label for node in value.walk() if node.kind is Kind.NAME}
        return not names & facts.written and self._passes(value, facts)

    def _only_stores_own(self, statement: Node, may_look: bool) -> bool:
        """Whether it only gives hidden variables values that depend on such ones.

        For a moved value that has no effects the variables need not be hidden, and their values may look around.
        """
        if statement.kind is Kind.IF:
            test, then, other = statement.children
            inside = (*then.children, *other.children)
            return self._is_own(test, may_look) and all(self._only_stores_own(one, may_look) for one in inside)
        if statement.kind is not Kind.ASSIGN or not self._is_own(statement.children[-1], may_look):
            return False
        return all(t.kind is Kind.STORE and (may_look or self.is_hidden(t.label)) for t in statement.children[:-1])

    def _is_own(self, value: Node, may_look: bool) -> bool:
        return depends_on_own(value, self.private) or (may_look and is_quiet(value, self.rebound))

    def _last_write(self, statements: Sequence[Node], name: str) -> int | None:
        """Where the last mention of a variable stands, if that is a plain assignment to it."""
        place = next((i for i in range(len(statements) - 1, -1, -1) if mentions(statements[i], name)), None)
        return place if place is not None and self._assigns(statements[place], name) else None

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
