"""Canonical lowering: sugar and layout of control flow to one form, statement by statement.

In: the faithful tree of a function. Out: its canonical tree, on which graph, encoder, hash and alignment work, so that
two spellings of the same computation look alike. Here is the walk, with the rules for compound statements; runs of
statements are in `rewrites` and `runs`, loops in `loops`, expressions in `expressions`, what guards ask in `order`.

| rule | before | after |
|---|---|---|
| noise | docstrings, `pass`, constant statements, a final bare `return` | nothing |
| augmented | `x += e` | `x = x + e` |
| unpack | `a, b = e, f`, targets unused in the values | `a = e`, `b = f` |
| chain | `a = b = e`, e a name or literal | `a = e`, `b = e` |
| choose | `v = e if c else f`, `return e if c else f` | `if c: v = e`, `else: v = f` |
| guard | `if c: return e` and what follows | `if c: return e`, `else:` what follows |
| loop guard | `if c: continue` and what follows | `if not c:` what follows |
| polarity | `if not c: A`, `else: B` | `if c: B`, `else: A` |
| order polarity | `if a < b: A`, `else: B`, B the smaller | `if not a < b: B`, `else: A` |
| nested if | `if a:` with only `if b: A` in it | `if a and b: A` |
| loop exit | `while True: if c: break; A` | `while not c: A` |
| result | `v = e` at the end of each branch, then `return v` | `return e` in each branch |
| flag | `f = False`, `for ...: if c: f = True; break`, `return f` | `for ...: if c: return True`, `return False` |
| temporary | `t = e`, then one use of `t` | `e` in its place, where that leaves the order of effects |
| match | `match x:`, `case 1 if c: A`, `case None: B`, `case _: C` | tests: `x == 1 and c`, `x is None`, else |
| with | `with a, b:` | `with a:` and in it `with b:` |

Source: our own. A rule whose guard does not hold leaves the code alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from codesim.parse.depth import deep_recursion
from codesim.parse.expressions import is_negative, negate
from codesim.parse.order import is_pure, mentions_count
from codesim.parse.rewrites import GuardedSuite
from codesim.parse.runs import Rewriter, ends
from codesim.parse.scopes import own_nodes
from codesim.parse.temporaries import JUMPS
from codesim.parse.tree import Kind, Node

_NONE = (Kind.CONSTANT, "None")
_FOREVER = ((Kind.CONSTANT, "True"), (Kind.CONSTANT, "1"))
_SWALLOWING = ("suppress", "raises", "assertRaises", "assertRaisesRegex")
_IF, _NAME, _STORE = Kind.IF, Kind.NAME, Kind.STORE


def lower(function: Node) -> Node:
    """The canonical tree of a function.

    Takes time linear in the size of the function, and raises the recursion limit while it runs. Does not promise that
    the result can be turned back into source: fresh names end in a prime and a number.

    Args:
        function: a FUNCTION node of the faithful tree.

    Returns:
        A FUNCTION node in canonical form, with the spans of the source it came from.

    Source: our own; the module's table lists the rules.
    """
    with deep_recursion():
        return _FunctionLowering(function, frozenset()).lower()


class _FunctionLowering:
    def __init__(self, function: Node, rebound: frozenset[str]) -> None:
        self.function = function
        self.rewriter = Rewriter(function, rebound)
        self.expressions = self.rewriter.expressions
        self.loops = self.rewriter.loops

    def lower(self) -> Node:
        parameters, suite, *decorators = self.function.children
        lowered = [self.expressions.lower(node) for node in decorators]
        return self.function._replace(
            children=(self.expressions.lower(parameters), self.suite(suite, Kind.RETURN), *lowered)
        )

    def suite(self, suite: Node, tail: Kind | None) -> Node:
        """Lower one suite; `tail` is the jump that would do nothing at its end (RETURN, CONTINUE), if any."""
        if not suite.children:
            return suite
        statements = self.rewriter.statements(suite.children)
        return Node(Kind.SUITE, "", tuple(self.finish(statements, tail)), suite.span)

    def guarded(self, suite: Node) -> Node:
        """Lower a suite that may end early with somebody left to see its variables."""
        around = self.rewriter.guarded
        self.rewriter.guarded = GuardedSuite(suite)
        lowered = self.suite(suite, None)
        self.rewriter.guarded = around
        return lowered

    def finish(self, statements: list[Node], tail: Kind | None) -> list[Node]:
        """Absorb what follows a guard, lower nested suites, drop what does nothing at the end."""
        statements = absorb(statements)
        lowered: list[Node] = []
        final = len(statements) - 1
        for position, statement in enumerate(statements):
            rule = _RULES.get(statement.kind)
            if rule is None:
                lowered.append(self.expressions.lower(statement))
            else:
                lowered.extend(rule(self, statement, tail if position == final else None))
            if lowered and lowered[-1].kind in JUMPS:
                # what follows is never run, but a `yield` still makes a generator
                dead = [rest for rest in statements[position + 1 :] if _yields(rest)]
                if dead:
                    return lowered + dead
                break
        if lowered and lowered[-1].kind is tail and all(child[:2] == _NONE for child in lowered[-1].children):
            lowered.pop()
        return lowered

    def _if(self, statement: Node, tail: Kind | None) -> list[Node]:
        test = self.expressions.lower_test(statement.children[0])
        then, other = self.suite(statement.children[1], tail), self.suite(statement.children[2], tail)
        if not then.children and not other.children:
            return [] if is_pure(test) else [Node(Kind.EXPRESSION, "", (test,), statement.span)]
        if not then.children or (other.children and is_negative(test)):
            test, then, other = negate(test), other, then
        if other.children and _prefers_other(test, then, other):
            test, then, other = negate(test), other, then
        if not other.children and len(then.children) == 1 and then.children[0].kind is _IF:
            inner_test, inner, inner_other = then.children[0].children
            if not inner_other.children:
                left = test.children if test.kind is Kind.BOOLEAN and test.label == "and" else (test,)
                both = inner_test.kind is Kind.BOOLEAN and inner_test.label == "and"
                right = inner_test.children if both else (inner_test,)
                test, then = Node(Kind.BOOLEAN, "and", (*left, *right), test.span), inner
        return [Node(_IF, "", (test, then, other), statement.span)]

    def _for(self, statement: Node, _tail: Kind | None) -> list[Node]:
        target, iterable, body, orelse = statement.children
        ranges = iterable.kind is Kind.CALL and iterable.children[0].label == "range"
        inside = ranges and mentions_count(statement, target.label) == self.rewriter.uses[target.label]
        head = (self.expressions.lower(target), self.expressions.lower(iterable))
        suites = (self.suite(body, Kind.CONTINUE), self.suite(orelse, None))
        return [self.loops.index_loop(statement._replace(children=(*head, *suites)), inside)]

    def _while(self, statement: Node, _tail: Kind | None) -> list[Node]:
        test = self.expressions.lower_test(statement.children[0])
        body, orelse = self.suite(statement.children[1], Kind.CONTINUE), self.suite(statement.children[2], None)
        first = body.children[0] if body.children else None
        if test[:2] in _FOREVER:
            orelse = orelse._replace(children=())  # never reached
        if test[:2] in _FOREVER and first is not None and first.kind is Kind.IF:
            inner, then, other = first.children
            rest = body.children[1:]
            if [s.kind for s in then.children] == [Kind.BREAK]:
                body = body._replace(children=(*other.children, *rest))
                return [statement._replace(children=(negate(inner), body, orelse))]
            if [s.kind for s in other.children] == [Kind.BREAK] and not rest:
                return [statement._replace(children=(inner, then, orelse))]
        return [statement._replace(children=(test, body, orelse))]

    def _try(self, statement: Node, _tail: Kind | None) -> list[Node]:
        body, orelse, final, *handlers = statement.children
        clauses = []
        for handler in handlers:
            suite, *rest = handler.children
            children = (self._after(suite, final), *[self.expressions.lower(child) for child in rest])
            clauses.append(handler._replace(children=children))
        suites = (self.guarded(body), self._after(orelse, final), self.suite(final, None))
        return [statement._replace(children=(*suites, *clauses))]

    def _after(self, suite: Node, final: Node) -> Node:
        """Lower a suite of a TRY behind its body: a `finally` would see its variables."""
        return self.guarded(suite) if final.children else self.suite(suite, None)

    def _with(self, statement: Node, tail: Kind | None) -> list[Node]:
        suite, *items = statement.children
        body = self.guarded(suite) if _swallows(statement) else self.suite(suite, tail)
        return [statement._replace(children=(body, *[self.expressions.lower(item) for item in items]))]

    def _match(self, statement: Node, tail: Kind | None) -> list[Node]:
        subject, *cases = statement.children
        lowered = [self._case(case, tail) for case in cases]
        return [statement._replace(children=(self.expressions.lower(subject), *lowered))]

    def _case(self, case: Node, tail: Kind | None) -> Node:
        pattern, suite, *guard = case.children
        guards = [self.expressions.lower_test(test) for test in guard]
        return case._replace(children=(pattern, self.suite(suite, tail), *guards))

    def _function(self, statement: Node, _tail: Kind | None) -> list[Node]:
        return [_FunctionLowering(statement, self.rewriter.rebound).lower()]

    def _class(self, statement: Node, _tail: Kind | None) -> list[Node]:
        suite, *rest = statement.children
        children = (self.suite(suite, None), *[self.expressions.lower(child) for child in rest])
        return [statement._replace(children=children)]

    def _assert(self, statement: Node, _tail: Kind | None) -> list[Node]:
        test, *message = statement.children
        children = (self.expressions.lower_test(test), *[self.expressions.lower(child) for child in message])
        return [statement._replace(children=children)]


# how to lower the statements that hold suites or tests; others hold expressions only
_RULES: dict[Kind, Callable[[_FunctionLowering, Node, Kind | None], list[Node]]] = {
    Kind.IF: _FunctionLowering._if,
    Kind.FOR: _FunctionLowering._for,
    Kind.WHILE: _FunctionLowering._while,
    Kind.TRY: _FunctionLowering._try,
    Kind.WITH: _FunctionLowering._with,
    Kind.MATCH: _FunctionLowering._match,
    Kind.FUNCTION: _FunctionLowering._function,
    Kind.CLASS: _FunctionLowering._class,
    Kind.ASSERT: _FunctionLowering._assert,
}


def absorb(statements: list[Node]) -> list[Node]:
    """Guards take what follows them into their other branch."""
    out: list[Node] = []  # from the end to the start
    for statement in reversed(statements):
        if statement.kind is _IF and out:
            absorbed = _absorbing(statement, out)
            if absorbed is not None:
                out = [absorbed]
                continue
        out.append(statement)
    out.reverse()
    return out


def _absorbing(guard: Node, following: Sequence[Node]) -> Node | None:
    """The IF with the statements (last one first) at the end of the branch that goes on; None if both or none go on.

    They pass down a chain of `elif` at once, since each link would have to pass them on to the next.
    """
    _, then, other = guard.children
    if not ends(then.children):
        if not ends(other.children):
            return None
        return _with_branches(guard, then._replace(children=(*then.children, *reversed(following))), other)
    above: list[Node] = []
    while len(other.children) == 1 and other.children[0].kind is _IF:
        link = other.children[0]
        if not link.children[2].children or not ends(link.children[1].children):
            break
        above.append(guard)
        guard, other = link, link.children[2]
    other = other._replace(children=(*other.children, *reversed(following)))
    guard = _with_branches(guard, guard.children[1], other)
    for link in reversed(above):
        guard = _with_branches(link, link.children[1], link.children[2]._replace(children=(guard,)))
    return guard


def _with_branches(statement: Node, then: Node, other: Node) -> Node:
    return Node(_IF, "", (statement.children[0], then, other), statement.span)


def _prefers_other(test: Node, then: Node, other: Node) -> bool:
    """An order test has no positive form of its two (`a < b`, `not a < b`), so the smaller branch comes first."""
    first = test.children[0] if test.kind is Kind.BOOLEAN else test
    if first.kind is not Kind.COMPARE or first.label not in ("<", "<="):
        return False
    return _is_smaller(other, then)


def _is_smaller(suite: Node, than: Node) -> bool:
    """An order of suites that does not depend on the names of variables: by size, then by the other labels.

    Both are walked in step, only as far as the smaller one, so that a chain of tests costs no square of its length.
    """
    left, right = [suite], [than]
    while left and right:
        left.extend(left.pop().children)
        right.extend(right.pop().children)
    if left or right:
        return not left
    return _literals(suite) < _literals(than)


def _literals(suite: Node) -> list[str]:
    return [node.label for node in suite.walk() if node.kind is not _NAME and node.kind is not _STORE]


def _swallows(statement: Node) -> bool:
    """Whether a WITH is there to let exceptions end its body early, so that control goes on behind it."""
    calls = [item.children[0].children[0] for item in statement.children[1:] if item.children[0].kind is Kind.CALL]
    return any(callee.label in _SWALLOWING for callee in calls)


def _yields(statement: Node) -> bool:
    """Whether the statement holds a `yield` of the function that it stands in."""
    nested = statement.kind in (Kind.FUNCTION, Kind.CLASS)
    return not nested and any(node.kind is Kind.YIELD for node in own_nodes(statement))
