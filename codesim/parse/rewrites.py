"""Rules for statements that are rewritten one at a time, without a look at their neighbours.

In: one statement, those nested inside it still as they were. Out: the canonical statements in its place. The rules are
in the table of `lower`. What their guards ask most: is a variable private (no other function mentions it), and is it
hidden (nor can a handler, a `finally` or what follows a `try` see it, should the `try` end early)?

Source: our own.
"""

from __future__ import annotations

from collections import Counter

from codesim.parse.expressions import ExpressionLowering, mentions
from codesim.parse.loops import LoopLowering, if_statement
from codesim.parse.order import is_pure, is_quiet
from codesim.parse.scopes import bound_names, captured_names
from codesim.parse.tree import Kind, Node

_COLLECTING = ("list", "set", "tuple", "dict", "frozenset", "sorted", "max", "min")
_MUTABLE = ("list", "set", "dict")
_NAMED = frozenset({Kind.NAME, Kind.STORE})
_BINDING = frozenset({Kind.STORE, Kind.PARAMETER, Kind.VARARGS, Kind.KWARGS, Kind.FUNCTION, Kind.CLASS})


def count_names(tree: Node) -> Counter[str]:
    """How often each variable occurs once augmented assignments are written out."""
    uses = Counter(node.label for node in tree.walk() if node.kind in _NAMED)
    for node in tree.walk():
        if node.kind is Kind.AUGMENT:  # its target is read, then written
            uses.update(inner.label for inner in node.children[0].walk() if inner.kind in _NAMED)
    return uses


class StatementRules:
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

    def is_hidden(self, name: str) -> bool:
        """Whether only the code that runs straight on sees the variable: no other function, handler or `finally`."""
        if name not in self.private:
            return False
        return self.guarded is None or self.uses[name] == self.guarded[name]

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
            self.uses[name] += sum(count_names(part)[name] for part in loop) - 1  # the loop writes it again
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
