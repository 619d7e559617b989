"""Canonical lowering: sugar and layout of control flow to one form, statement by statement.

In: the faithful tree of a function. Out: its canonical tree, on which graph, encoder, hash and alignment work, so that two
spellings of the same computation look alike. Expression rules are in `expressions`, loops in `loops`; here are the rules for statements:

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
| temporary | `t = e`, then one use of `t` in the next statement | `e` in its place, when the order of evaluation stays |
| with | `with a, b:` | `with a:` and in it `with b:` |

Source: our own. A rule whose guard does not hold leaves the code alone.
"""

from __future__ import annotations

from collections import Counter

from codesim.parse.expressions import ExpressionLowering, is_negative, is_pure, mentions, negate, same
from codesim.parse.loops import LoopLowering, empty_suite, if_statement, mentions_count, substitute
from codesim.parse.scopes import bound_names, captured_names
from codesim.parse.tree import Kind, Node

_JUMPS = frozenset({Kind.RETURN, Kind.RAISE, Kind.BREAK, Kind.CONTINUE})
_NONE = (Kind.CONSTANT, "None")
_COLLECTING = ("list", "set", "tuple", "dict", "frozenset", "sorted", "max", "min")
_ONE_EVALUATION = frozenset({Kind.ASSIGN, Kind.EXPRESSION, Kind.RETURN, Kind.RAISE, Kind.ASSERT, Kind.DELETE})


def lower(function: Node) -> Node:
    """The canonical tree of a function.

    Does not promise that the result can be turned back into source: fresh names end in a prime and a number.

    Args:
        function: a FUNCTION node of the faithful tree.

    Returns:
        A FUNCTION node in canonical form, with the spans of the source it came from.

    Source: our own; the module's table lists the rules.
    """
    return _FunctionLowering(function).lower()


def ends(statements: tuple[Node, ...] | list[Node]) -> bool:
    """Whether control never runs off the end of the statements."""
    if not statements:
        return False
    last = statements[-1]
    if last.kind is Kind.IF:
        return ends(last.children[1].children) and ends(last.children[2].children)
    return last.kind in _JUMPS


class _FunctionLowering:
    def __init__(self, function: Node) -> None:
        self.function = function
        self.captured = captured_names(function)
        self.bound = bound_names(function)
        self.uses = Counter(n.label for n in function.walk() if n.kind in (Kind.NAME, Kind.STORE))
        self.uses.update(n.children[0].label for n in function.walk() if n.kind is Kind.AUGMENT)  # read, then written
        self.expressions = ExpressionLowering(self.bound)
        self.loops = LoopLowering(self.expressions, self.uses)

    def lower(self) -> Node:
        parameters, suite, *decorators = self.function.children
        lowered = [self.expressions.lower(node) for node in decorators]
        return self.function._replace(
            children=(self.expressions.lower(parameters), self.suite(suite, Kind.RETURN), *lowered)
        )

    def suite(self, suite: Node, tail: Kind | None) -> Node:
        """Lower one suite; `tail` is the jump that would do nothing at its end (RETURN, CONTINUE), if any."""
        statements = self.statements(list(suite.children))
        return suite._replace(children=tuple(self.finish(statements, tail)))

    def statements(self, statements: list[Node]) -> list[Node]:
        """Simple rules and patterns over one run of statements; nested suites are still as they were."""
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
        for position, statement in enumerate(out):
            lowered.extend(self.nested(statement, tail if position == len(out) - 1 else None))
            if lowered and lowered[-1].kind in _JUMPS:
                break  # what follows is never run
        if lowered and lowered[-1].kind is tail and all(child[:2] == _NONE for child in lowered[-1].children):
            lowered.pop()
        return lowered

    # -- one statement at a time ----------------------------------------------------------------------------------

    def expand(self, statement: Node) -> list[Node] | None:
        """What stands in place of the statement: new statements to look at again, or None to keep it."""
        kind, span = statement.kind, statement.span
        if kind is Kind.PASS or (kind is Kind.EXPRESSION and statement.children[0].kind is Kind.CONSTANT):
            return []
        if kind is Kind.AUGMENT:
            target, value = statement.children
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
        if len(targets) > 1 and value.kind in (Kind.CONSTANT, Kind.NAME):
            return [statement._replace(children=(target, value)) for target in targets]
        if targets and targets[0].kind is Kind.COLLECTION and value.kind is Kind.COLLECTION:
            return self._unpacked(statement, targets[0], value) if len(targets) == 1 else None
        if value.kind is Kind.CONDITIONAL and all(target.kind is Kind.STORE for target in targets):
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
        return self._collected(statement, targets[0].label if targets else "", value)

    def _collected(self, statement: Node, target: str, value: Node) -> list[Node] | None:
        """A comprehension at the root, or as the only argument of a collecting call, hoisted into a loop."""
        span = statement.span
        name = target if target and not mentions(value, target) and target not in self.captured else ""
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
            plain = callee.kind is Kind.NAME and callee.label in _COLLECTING and callee.label not in self.bound
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
        pairs = zip(target.children, value.children, strict=True)
        return [statement._replace(children=(left, right)) for left, right in pairs]

    def _search(self, statement: Node) -> list[Node] | None:
        """`if any(c for x in xs): return e` as a loop that returns early."""
        test, then, other = statement.children
        found = self.loops.quantifier(self.expressions.lower_test(test))
        if found is None or other.children or not then.children or then.children[-1].kind not in (Kind.RETURN, Kind.RAISE):
            return None
        early, start, generator = found
        if start == "True":
            return None
        return [self.loops.unroll(generator, [if_statement(early, then.children, statement.span)])]

    # -- runs of statements ---------------------------------------------------------------------------------------

    def counters(self, statements: list[Node]) -> list[Node]:
        out: list[Node] = []
        for statement in statements:
            if statement.kind is Kind.WHILE:
                body = statement.children[1]
                plain = body._replace(children=tuple([(self.expand(s) or [s])[0] if s.kind is Kind.AUGMENT else s for s in body.children]))
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
        if last.children[0].kind is not Kind.NAME or loop.kind not in (Kind.FOR, Kind.WHILE) or loop.children[-1].children:
            return statements
        if not self._assigns(start, name) or start.children[1].kind is not Kind.CONSTANT or name in self.captured:
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
        if last.children[0].kind is not Kind.NAME or branch.kind is not Kind.IF or name in self.captured:
            return statements
        test, then, other = branch.children
        if not self._sets_last(then, name):
            return statements
        rest = statements[:-2]
        if not other.children:
            if not rest or not self._assigns(rest[-1], name) or not is_pure(rest[-1].children[1]) or mentions(test, name):
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
        if name not in self.bound or name in self.captured or mentions(value, name):
            return False
        if statement.kind is Kind.RETURN and statement.children and statement.children[0][:2] == (Kind.NAME, name):
            return True
        if self.uses[name] != 2:
            return False
        heads = _heads(statement)
        return any(_reached_first(head, name, is_pure(value) and not _reads_place(value)) for head in heads[:1])

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

    # -- compound statements --------------------------------------------------------------------------------------

    def nested(self, statement: Node, tail: Kind | None) -> list[Node]:
        """Lower a statement with all below it; may vanish or become another."""
        kind, children = statement.kind, statement.children
        lower = self.expressions.lower
        if kind is Kind.IF:
            return self._if(statement, tail)
        if kind is Kind.WHILE:
            return [self._while(statement)]
        if kind is Kind.FOR:
            head = (lower(children[0]), lower(children[1]))
            body, orelse = self.suite(children[2], Kind.CONTINUE), self.suite(children[3], None)
            return [self.loops.index_loop(statement._replace(children=(*head, body, orelse)))]
        if kind is Kind.TRY:
            suites = [self.suite(child, None) for child in children[:3]]
            return [statement._replace(children=(*suites, *[self._clause(child) for child in children[3:]]))]
        if kind is Kind.WITH:
            body = self.suite(children[0], tail)
            return [statement._replace(children=(body, *[lower(child) for child in children[1:]]))]
        if kind is Kind.MATCH:
            return [statement._replace(children=(lower(children[0]), *[self._case(case, tail) for case in children[1:]]))]
        if kind is Kind.FUNCTION:
            return [_FunctionLowering(statement).lower()]
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
        if not then.children or (other.children and (is_negative(test) or _prefers_other(test, then, other))):
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
        if test[:2] in ((Kind.CONSTANT, "True"), (Kind.CONSTANT, "1")) and first is not None and first.kind is Kind.IF:
            inner, then, other = first.children
            rest = body.children[1:]
            if [s.kind for s in then.children] == [Kind.BREAK]:
                return statement._replace(children=(negate(inner), body._replace(children=(*other.children, *rest)), orelse))
            if [s.kind for s in other.children] == [Kind.BREAK] and not rest:
                return statement._replace(children=(inner, then, orelse))
        return statement._replace(children=(test, body, orelse))

    def _clause(self, handler: Node) -> Node:
        rest = [self.expressions.lower(child) for child in handler.children[1:]]
        return handler._replace(children=(self.suite(handler.children[0], None), *rest))

    def _case(self, case: Node, tail: Kind | None) -> Node:
        pattern, suite, *guard = case.children
        return case._replace(children=(pattern, self.suite(suite, tail), *[self.expressions.lower_test(g) for g in guard]))


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


def _heads(statement: Node) -> list[Node]:
    """The expressions that a statement evaluates once, first of all; empty where there is none."""
    if statement.kind is Kind.ASSIGN:
        return [statement.children[-1]]
    if statement.kind in _ONE_EVALUATION or statement.kind is Kind.IF:
        return list(statement.children[:1])
    return [statement.children[1]] if statement.kind is Kind.FOR else []


def _reads_place(node: Node) -> bool:
    """Whether the value depends on an attribute or an element, which a call in between could change."""
    return any(inner.kind in (Kind.ATTRIBUTE, Kind.SUBSCRIPT) for inner in node.walk())


def _reached_first(node: Node, name: str, movable: bool) -> bool:
    """Whether the variable is read before anything that its value's evaluation must not pass.

    `movable` values depend on nothing that a call could change and may pass everything that runs unconditionally; others only names, literals and
    the look-up of a method on a name (taken to be stable: an approximation, ours).
    """
    for inner in _in_order(node):
        if inner.kind is Kind.NAME and inner.label == name:
            return True
        if inner.kind in (Kind.BOOLEAN, Kind.CONDITIONAL, Kind.LAMBDA, Kind.COMPREHENSION):
            return False  # may not run, or more than once
        if inner.kind in (Kind.NAME, Kind.CONSTANT, Kind.ATTRIBUTE, Kind.NOTHING) or movable:
            continue
        return False
    return False


def _in_order(node: Node) -> list[Node]:
    """The nodes below in the order in which evaluation finishes them, except that what may not run comes before its insides."""
    out: list[Node] = []
    guarded = (Kind.CONDITIONAL, Kind.LAMBDA, Kind.COMPREHENSION)

    def visit(current: Node) -> None:
        if current.kind in guarded:
            out.append(current)
        for position, child in enumerate(current.children):
            if position == 1 and current.kind is Kind.BOOLEAN:
                out.append(current)
            visit(child)
        out.append(current)

    visit(node)
    return out
