"""Canonical lowering: sugar and layout of control flow to one form, statement by statement.

In: the faithful tree of a function. Out: its canonical tree, on which graph, encoder, hash and alignment work, so that
two spellings of the same computation look alike. Here is the walk, with the rules for compound statements; runs of
statements are in `rewrites` and `runs`, loops in `loops`, expressions in `expressions`, what guards ask in `order`.

| rule | before | after |
|---|---|---|
| noise | docstrings, `pass`, constant statements, a final bare `return` | nothing |
| augmented | `x += e` | `x = x + e` |
| unpack | `a, b = e, f`, targets unused in the values | `a = e`, `b = f` |
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
| with | `with a, b:` | `with a:` and in it `with b:` |

Source: our own. A rule whose guard does not hold leaves the code alone.
"""

from __future__ import annotations

from codesim.parse.expressions import is_negative, negate
from codesim.parse.loops import mentions_count
from codesim.parse.order import is_pure
from codesim.parse.rewrites import count_names
from codesim.parse.runs import JUMPS, Rewriter, ends
from codesim.parse.scopes import own_nodes
from codesim.parse.tree import Kind, Node

_NONE = (Kind.CONSTANT, "None")
_FOREVER = ((Kind.CONSTANT, "True"), (Kind.CONSTANT, "1"))
_SWALLOWING = ("suppress", "raises", "assertRaises", "assertRaisesRegex")


def lower(function: Node) -> Node:
    """The canonical tree of a function.

    Does not promise that the result can be turned back into source: fresh names end in a prime and a number.

    Args:
        function: a FUNCTION node of the faithful tree.

    Returns:
        A FUNCTION node in canonical form, with the spans of the source it came from.

    Source: our own; the module's table lists the rules.
    """
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
        statements = self.rewriter.statements(list(suite.children))
        return suite._replace(children=tuple(self.finish(statements, tail)))

    def guarded(self, suite: Node) -> Node:
        """Lower a suite that may end early with somebody left to see its variables."""
        around = self.rewriter.guarded
        self.rewriter.guarded = count_names(suite)
        lowered = self.suite(suite, None)
        self.rewriter.guarded = around
        return lowered

    def finish(self, statements: list[Node], tail: Kind | None) -> list[Node]:
        """Absorb what follows a guard, lower nested suites, drop what does nothing at the end."""
        out: list[Node] = []
        for position in range(len(statements) - 1, -1, -1):
            statement = statements[position]
            if statement.kind is Kind.IF and out:
                test, then, other = statement.children
                if ends(then.children):
                    other = other._replace(children=(*other.children, *out))
                elif ends(other.children):
                    then = then._replace(children=(*then.children, *out))
                if other is not statement.children[2] or then is not statement.children[1]:
                    out = [statement._replace(children=(test, then, other))]
                    continue
            out.insert(0, statement)
        lowered: list[Node] = []
        dead: list[Node] = []
        for position, statement in enumerate(out):
            lowered.extend(self.nested(statement, tail if position == len(out) - 1 else None))
            if (
                lowered and lowered[-1].kind in JUMPS
            ):  # what follows is never run, but a `yield` still makes a generator
                dead = [rest for rest in out[position + 1 :] if _yields(rest)]
                break
        if (
            lowered
            and lowered[-1].kind is tail
            and all(child[:2] == _NONE for child in lowered[-1].children)
            and not dead
        ):
            lowered.pop()
        return lowered + dead

    def nested(self, statement: Node, tail: Kind | None) -> list[Node]:
        """Lower a statement with all below it; may vanish or become another."""
        kind, children = statement.kind, statement.children
        lower = self.expressions.lower
        if kind is Kind.IF:
            return self._if(statement, tail)
        if kind is Kind.WHILE:
            return [self._while(statement)]
        if kind is Kind.FOR:
            index = children[0].label
            inside = mentions_count(statement, index) == self.rewriter.uses[index]
            head = (lower(children[0]), lower(children[1]))
            body, orelse = self.suite(children[2], Kind.CONTINUE), self.suite(children[3], None)
            return [self.loops.index_loop(statement._replace(children=(*head, body, orelse)), inside)]
        if kind is Kind.TRY:
            return [self._try(statement)]
        if kind is Kind.WITH:
            body = self.guarded(children[0]) if _swallows(statement) else self.suite(children[0], tail)
            return [statement._replace(children=(body, *[lower(child) for child in children[1:]]))]
        if kind is Kind.MATCH:
            return [
                statement._replace(children=(lower(children[0]), *[self._case(case, tail) for case in children[1:]]))
            ]
        if kind is Kind.FUNCTION:
            return [_FunctionLowering(statement, self.rewriter.rebound).lower()]
        if kind is Kind.CLASS:
            return [statement._replace(children=(self.suite(children[0], None), *[lower(c) for c in children[1:]]))]
        if kind is Kind.ASSERT:
            test = self.expressions.lower_test(children[0])
            return [statement._replace(children=(test, *[lower(child) for child in children[1:]]))]
        return [lower(statement)]

    def _if(self, statement: Node, tail: Kind | None) -> list[Node]:
        test = self.expressions.lower_test(statement.children[0])
        then, other = self.suite(statement.children[1], tail), self.suite(statement.children[2], tail)
        if not then.children and not other.children:
            return [] if is_pure(test) else [Node(Kind.EXPRESSION, "", (test,), statement.span)]
        if not then.children or (other.children and is_negative(test)):
            test, then, other = negate(test), other, then
        if other.children and _prefers_other(test, then, other):
            test, then, other = negate(test), other, then
        if not other.children and len(then.children) == 1 and then.children[0].kind is Kind.IF:
            inner_test, inner, inner_other = then.children[0].children
            if not inner_other.children:
                left = test.children if test.kind is Kind.BOOLEAN and test.label == "and" else (test,)
                both = inner_test.kind is Kind.BOOLEAN and inner_test.label == "and"
                right = inner_test.children if both else (inner_test,)
                test, then = Node(Kind.BOOLEAN, "and", (*left, *right), test.span), inner
        return [statement._replace(children=(test, then, other))]

    def _while(self, statement: Node) -> Node:
        test = self.expressions.lower_test(statement.children[0])
        body, orelse = self.suite(statement.children[1], Kind.CONTINUE), self.suite(statement.children[2], None)
        first = body.children[0] if body.children else None
        if test[:2] in _FOREVER:
            orelse = orelse._replace(children=())  # never reached
        if test[:2] in _FOREVER and first is not None and first.kind is Kind.IF:
            inner, then, other = first.children
            rest = body.children[1:]
            if [s.kind for s in then.children] == [Kind.BREAK]:
                return statement._replace(
                    children=(negate(inner), body._replace(children=(*other.children, *rest)), orelse)
                )
            if [s.kind for s in other.children] == [Kind.BREAK] and not rest:
                return statement._replace(children=(inner, then, orelse))
        return statement._replace(children=(test, body, orelse))

    def _try(self, statement: Node) -> Node:
        body, orelse, final, *handlers = statement.children
        after = self.guarded if final.children else lambda suite: self.suite(suite, None)
        clauses = []
        for handler in handlers:
            suite, *rest = handler.children
            clauses.append(
                handler._replace(children=(after(suite), *[self.expressions.lower(child) for child in rest]))
            )
        suites = (self.guarded(body), after(orelse), self.suite(final, None))
        return statement._replace(children=(*suites, *clauses))

    def _case(self, case: Node, tail: Kind | None) -> Node:
        pattern, suite, *guard = case.children
        return case._replace(
            children=(pattern, self.suite(suite, tail), *[self.expressions.lower_test(g) for g in guard])
        )


def _prefers_other(test: Node, then: Node, other: Node) -> bool:
    """An order test has no positive form of its two (`a < b`, `not a < b`), so the smaller branch comes first."""
    first = test.children[0] if test.kind is Kind.BOOLEAN else test
    if first.kind is not Kind.COMPARE or first.label not in ("<", "<="):
        return False
    return _size_and_literals(other) < _size_and_literals(then)


def _size_and_literals(suite: Node) -> tuple[int, list[str]]:
    """An order of suites that does not depend on the names of variables."""
    nodes = list(suite.walk())
    return len(nodes), [node.label for node in nodes if node.kind not in (Kind.NAME, Kind.STORE)]


def _swallows(statement: Node) -> bool:
    """Whether a WITH is there to let exceptions end its body early, so that control goes on behind it."""
    calls = [item.children[0].children[0] for item in statement.children[1:] if item.children[0].kind is Kind.CALL]
    return any(callee.label in _SWALLOWING for callee in calls)


def _yields(statement: Node) -> bool:
    """Whether the statement holds a `yield` of the function that it stands in."""
    nested = statement.kind in (Kind.FUNCTION, Kind.CLASS)
    return not nested and any(node.kind is Kind.YIELD for node in own_nodes(statement))
