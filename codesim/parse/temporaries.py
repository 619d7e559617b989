"""Temporaries: what is assigned once and used once stands where it is used.

In: the statements of one suite, in their order. Out: the same with such values moved down, as far as no effect changes
its place. The idea: a value may move if nothing between writes what it reads or could notice when it is evaluated. Most
statements use no temporary, so what stands between is looked at when it is asked for first, and once.

Source: our own; the rule is the inverse of Fowler's "extract variable".
"""

from __future__ import annotations

from codesim.parse.order import depends_on_own, is_pure, is_quiet, mentions, reached_first, written
from codesim.parse.rewrites import StatementRules
from codesim.parse.substitution import substitute
from codesim.parse.tree import Kind, Node

JUMPS = frozenset({Kind.RETURN, Kind.RAISE, Kind.BREAK, Kind.CONTINUE})
_LARGE = 1000  # nodes of an expression that are looked at for temporaries, so that generated tables cost no minutes
# bounds that keep the time linear; in 154,000 functions no statement takes up more than 17 values, after 32 tries
_MOST_MOVES = 50  # values that move into one statement, with those that had moved into them
_MOST_TRIES = 100  # values that are tried for one statement
_NAME, _STORE, _ASSIGN, _IF = Kind.NAME, Kind.STORE, Kind.ASSIGN, Kind.IF
_HEADS = {  # where the expression stands that a statement evaluates once, first of all
    Kind.ASSIGN: -1, Kind.EXPRESSION: 0, Kind.RETURN: 0, Kind.RAISE: 0, Kind.ASSERT: 0, Kind.DELETE: 0, Kind.IF: 0,
    Kind.FOR: 1,
}  # fmt: skip


class Run:
    """The statements placed so far in one suite, and what stands between one of them and the end."""

    def __init__(self, rules: StatementRules) -> None:
        self.rules = rules
        self.placed: list[Node | None] = []  # None: moved away
        # where each private variable is plainly assigned last, how, and how many values moved into that
        self.assigned: dict[str, tuple[int, Node, int]] = {}
        self.tries = self.moves = 0  # how many values were tried for the statement at hand, and how many moved into it
        self._examined = 0  # how many of the statements the three indexes below cover
        self._written: dict[str, list[int]] = {}  # where each name is written
        self._not_own: list[int] = []  # statements that do more than give own variables own values
        self._not_quiet: list[int] = []  # statements that do more than give variables values without effects

    def append(self, statement: Node) -> None:
        """Place a statement behind the others."""
        if statement.kind is _ASSIGN and len(statement.children) == 2:
            target = statement.children[0]
            if target.kind is _STORE and target.label in self.rules.private:
                self.assigned[target.label] = (len(self.placed), statement, self.moves)
        self.placed.append(statement)

    def take(self, name: str) -> Node:
        """Remove the assignment to the variable, and return its value."""
        place, found, moves = self.assigned.pop(name)
        self.moves += moves + 1
        self.placed[place] = None
        return found.children[1]

    def temporary(self, statement: Node) -> str | None:
        """The variable whose assignment may move into the statement, if there is one; the nearest first."""
        head = head_of(statement)
        if head is None:
            return None
        if statement.kind is Kind.RETURN and head.kind is _NAME and self._is_result(head.label):
            return head.label
        for place, name in sorted(self._candidates(head), reverse=True):
            _, found, moves = self.assigned[name]
            self.tries += 1
            if self.tries > _MOST_TRIES or self.moves + moves >= _MOST_MOVES:
                continue
            value = found.children[1]
            # `-O` drops assertions, so that no effect may move into one
            if statement.kind is Kind.ASSERT and not is_pure(value):
                continue
            if mentions(value, name) or not self._may_move(place, found):
                continue
            if reached_first(head, name, value, self.rules.private, self.rules.rebound):
                return name
        return None

    def _candidates(self, head: Node) -> set[tuple[int, str]]:
        """The variables assigned here that the expression reads and nothing else does, each with its place."""
        assigned, uses = self.assigned, self.rules.uses
        out: set[tuple[int, str]] = set()
        stack, left = [head], _LARGE
        while stack and left:
            kind, label, children, _ = stack.pop()
            left -= 1
            if children:
                stack.extend(children[::-1])
            elif kind is _NAME and label in assigned and uses[label] == 2:
                out.add((assigned[label][0], label))
        return out

    def _is_result(self, name: str) -> bool:
        """Whether a hidden variable, returned here, may be returned where it is assigned."""
        if name not in self.assigned or not self.rules.is_hidden(name):
            return False
        place, found, _ = self.assigned[name]
        if mentions(found.children[1], name):
            return False
        if any(other is not None and mentions(other, name) for other in self.placed[place + 1 :]):
            return False
        return self._may_move(place, found)

    def _may_move(self, place: int, found: Node) -> bool:
        """Whether the value assigned there may be evaluated after all that follows it."""
        last = len(self.placed) - 1
        while self.placed[last] is None:
            last -= 1
        if last == place:
            return True
        self._examine()
        for node in found.walk():
            if (node.kind is _NAME or node.kind is _STORE) and self._last(self._written.get(node.label)) > place:
                return False
        value = found.children[1]
        if self._last(self._not_own) <= place or depends_on_own(value, self.rules.private):
            return True
        return self._last(self._not_quiet) <= place and is_quiet(value, self.rules.rebound)

    def _examine(self) -> None:
        for place in range(self._examined, len(self.placed)):
            statement = self.placed[place]
            if statement is None:
                continue
            for name in written((statement,)):
                self._written.setdefault(name, []).append(place)
            if not only_stores_own(self.rules, statement, may_look=False):
                self._not_own.append(place)
                if not only_stores_own(self.rules, statement, may_look=True):
                    self._not_quiet.append(place)
        self._examined = len(self.placed)

    def _last(self, places: list[int] | None) -> int:
        """The last of the places where a statement still stands, -1 if there is none."""
        while places:
            if self.placed[places[-1]] is not None:
                return places[-1]
            places.pop()
        return -1


def inline(rules: StatementRules, statements: list[Node]) -> list[Node]:
    """Move temporaries that are used once to where they are used."""
    if len(statements) < 2:
        return statements
    run = Run(rules)
    for position, statement in enumerate(statements):
        current: Node | None = statement
        run.tries = run.moves = 0
        while run.assigned and current is not None:
            name = run.temporary(current)
            if name is None:
                break
            current = _put(current, name, run.take(name))
            again = rules.expand(current)
            if again is not None:
                for one in again[:-1]:
                    run.append(one)
                current = again[-1] if again else None
                break
        if current is not None:
            run.append(current)
        if statement.kind in JUMPS:  # what follows never runs
            return [*[placed for placed in run.placed if placed is not None], *statements[position + 1 :]]
    return [placed for placed in run.placed if placed is not None]


def head_of(statement: Node) -> Node | None:
    """The expression that a statement evaluates once, first of all, if there is one."""
    at = _HEADS.get(statement.kind)
    return None if at is None or not statement.children else statement.children[at]


def only_stores_own(rules: StatementRules, statement: Node, may_look: bool) -> bool:
    """Whether it only gives hidden variables values that depend on such ones.

    For a moved value that has no effects the variables need not be hidden, and their values may look around.
    """
    stack = [statement]
    while stack:
        one = stack.pop()
        if one.kind is _IF:
            value, then, other = one.children
            stack.extend(then.children)
            stack.extend(other.children)
        elif one.kind is _ASSIGN:
            *targets, value = one.children
            if not all(t.kind is _STORE and (may_look or rules.is_hidden(t.label)) for t in targets):
                return False
        else:
            return False
        if not depends_on_own(value, rules.private) and not (may_look and is_quiet(value, rules.rebound)):
            return False
    return True


def _put(statement: Node, name: str, value: Node) -> Node:
    children = list(statement.children)
    at = _HEADS[statement.kind]
    children[at] = substitute(children[at], name, value)
    return statement._replace(children=tuple(children))
