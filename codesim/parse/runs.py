"""Rules for runs of statements: those that look at several statements of one suite together.

In: the statements of a suite, those nested inside them still as they were. Out: canonical statements in their place.
The rules (counter, flag, result) are in the table of `lower`; the rule for temporaries has a module of its own.
Statements between the ones that a rule brings together may stand there as long as nothing that is moved depends on
them, so that their order does not matter.

Source: our own.
"""

from __future__ import annotations

from collections.abc import Sequence

from codesim.parse.loops import FAR
from codesim.parse.order import depends_on_own, is_quiet, may_pass, mentions, mentions_count, names_read, written
from codesim.parse.rewrites import StatementRules
from codesim.parse.temporaries import JUMPS, inline, only_stores_own
from codesim.parse.tree import Kind, Node

_IF, _ASSIGN, _STORE = Kind.IF, Kind.ASSIGN, Kind.STORE


def ends(statements: Sequence[Node]) -> bool:
    """Whether control never runs off the end of the statements."""
    while statements:
        last = statements[-1]
        if last.kind is not _IF:
            return last.kind in JUMPS
        if not ends(last.children[1].children):
            return False
        statements = last.children[2].children  # a chain of `elif` is walked, not recursed into
    return False


class Rewriter(StatementRules):
    """All rules for the statements of one function."""

    def statements(self, statements: Sequence[Node]) -> list[Node]:
        """All rules over one run of statements."""
        out: list[Node] = []
        loops = False
        work = list(statements[::-1])
        while work:
            statement = work.pop()
            expanded = self.expand(statement)
            if expanded is not None:
                work.extend(expanded[::-1])
                continue
            out.append(statement)
            loops = loops or statement.kind is Kind.WHILE
        if loops:
            out = self.counters(out)
        if len(out) > 1 and out[-1].kind is Kind.RETURN and out[-1].children and out[-1].children[0].kind is Kind.NAME:
            out = self.results(self.flags(out))
        return inline(self, out)

    def counters(self, statements: list[Node]) -> list[Node]:
        """A `while` with a counter becomes a `for` over a range."""
        out: list[Node | None] = []
        assigned: dict[str, int] = {}  # where each variable is plainly assigned last
        for statement in statements:
            found = self._counted(statement, out, assigned) if statement.kind is Kind.WHILE else statement
            if found.kind is _ASSIGN and len(found.children) == 2 and found.children[0].kind is _STORE:
                assigned[found.children[0].label] = len(out)
            out.append(found)
        return [statement for statement in out if statement is not None]

    def _counted(self, loop: Node, before: list[Node | None], assigned: dict[str, int]) -> Node:
        test = self.expressions.lower_test(loop.children[0])
        name = self.loops.counter_of(loop, test)
        start = assigned.get(name) if name is not None else None
        first = before[start] if start is not None else None
        if start is None or first is None:
            return loop
        body = loop.children[1]
        plain = [(self.expand(one) or [one])[0] if one.kind is Kind.AUGMENT else one for one in body.children]
        written_out = loop._replace(children=(test, body._replace(children=tuple(plain)), loop.children[2]))
        found = self.loops.counter_loop(written_out, first, before[start + 1 : start + FAR + 2])
        if found is None:
            return loop
        before[start] = None
        return found

    def flags(self, statements: list[Node]) -> list[Node]:
        """A flag that is set just before `break` and returned after the loop becomes an early return."""
        loop, last = statements[-2:]
        if len(statements) < 3 or loop.kind not in (Kind.FOR, Kind.WHILE) or loop.children[-1].children:
            return statements
        name = last.children[0].label
        rest = statements[:-2]
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
            if statement.kind is Kind.BREAK and out and assigns(out[-1], name):
                out[-1] = Node(Kind.RETURN, "", (out[-1].children[1],), out[-1].span)
                hits += 1
                continue
            if statement.kind is not _IF:
                out.append(statement)
                continue
            then, first = self._early_returns(statement.children[1], name)
            other, second = self._early_returns(statement.children[2], name)
            hits += first + second
            out.append(statement._replace(children=(statement.children[0], then, other)))
        return suite._replace(children=tuple(out)), hits

    def results(self, statements: list[Node]) -> list[Node]:
        """A result variable set in the branches of a final `if` and then returned becomes a return in each branch."""
        branch, last = statements[-2:]
        if branch.kind is not _IF or last.children[0].kind is not Kind.NAME:
            return statements
        name = last.children[0].label
        test, then, other = branch.children
        if not self.is_hidden(name):
            return statements
        returned = returned_in(then, last)
        if returned is None:
            return statements
        rest = statements[:-2]
        if not other.children:
            place = self._last_write(rest, name)
            if place is None or mentions(test, name) or mentions_count(then, name) != 1:
                return statements
            value = rest[place].children[1]
            if not may_pass(value, test, self.private) or not self._stays_between(value, rest[place + 1 :]):
                return statements
            other = other._replace(children=(rest.pop(place),))
        returned_other = returned_in(other, last)
        if returned_other is None:
            return statements
        return [*rest, branch._replace(children=(test, returned, returned_other))]

    def _stays_between(self, value: Node, statements: Sequence[Node]) -> bool:
        """Whether the value may be evaluated after the statements instead of before them."""
        if names_read(value) & written(statements):
            return False
        if depends_on_own(value, self.private) or all(only_stores_own(self, one, may_look=False) for one in statements):
            return True
        return is_quiet(value, self.rebound) and all(only_stores_own(self, one, may_look=True) for one in statements)

    def _last_write(self, statements: Sequence[Node], name: str) -> int | None:
        """Where the last mention of a variable stands, if that is a plain assignment to it."""
        place = next((i for i in range(len(statements) - 1, -1, -1) if mentions(statements[i], name)), None)
        return place if place is not None and assigns(statements[place], name) else None


def returned_in(suite: Node, last: Node) -> Node | None:
    """The suite with the RETURN of a variable at each of its ends; None if not each of them sets the variable or jumps.

    All branches of a chain of `elif` are done at once: one after the other they would look down the chain again.
    """
    if not suite.children:
        return None
    end = suite.children[-1]
    if end.kind in JUMPS:
        return suite
    if end.kind is not _IF or not end.children[2].children:
        return suite._replace(children=(*suite.children, last)) if assigns(end, last.children[0].label) else None
    then = returned_in(end.children[1], last)
    other = returned_in(end.children[2], last) if then is not None else None
    if then is None or other is None:
        return None
    return suite._replace(children=(*suite.children[:-1], end._replace(children=(end.children[0], then, other))))


def assigns(statement: Node, name: str) -> bool:
    """Whether the statement is a plain assignment to the variable whose value does not read it."""
    return (
        statement.kind is _ASSIGN
        and len(statement.children) == 2
        and statement.children[0][:2] == (_STORE, name)
        and not mentions(statement.children[1], name)
    )
