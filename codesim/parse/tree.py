"""The normalised tree: one small, uniform node for all of Python's syntax.

In: nothing but the vocabulary. Out: `Node`, a named tuple of (kind, label, children, span), and `Kind`, the closed set
of its kinds. One uniform node keeps every later stage (lowering, graph, alignment, anti-unification) a walk over the
same four fields instead of a case per `ast` class. The layout of the children of each kind is the table below.

Source: our own; the idea of a small core language before analysis is standard compiler practice.

| kind | label | children |
|---|---|---|
| FUNCTION | name | PARAMETERS, SUITE, decorator expressions... |
| CLASS | name | SUITE, bases, keywords and decorators... |
| PARAMETERS | | PARAMETER / VARARGS / KWARGS... (each: label = name, children = its default, if any) |
| SUITE | | statements... |
| ASSIGN | | targets..., value |
| AUGMENT | operator | target, value |
| EXPRESSION, RETURN, DELETE, ASSERT, RAISE | | operand expressions... |
| IF, WHILE | | test, SUITE, SUITE (orelse, may be empty) |
| FOR | | target, iterable, SUITE, SUITE (orelse) |
| TRY | "" or "*" | SUITE, SUITE (orelse), SUITE (finally), HANDLER... |
| HANDLER | | SUITE, then the type if any, then a STORE if the exception is named |
| WITH | | SUITE, ITEM (context[, target])... |
| MATCH | | subject, CASE (PATTERN, SUITE[, guard])... |
| IMPORT | "module:name" or "module" | STORE |
| GLOBAL, NONLOCAL | names, comma separated | |
| CALL | | callee, arguments (expressions, STARRED, KEYWORD)... |
| ATTRIBUTE | attribute name | value |
| SUBSCRIPT | | value, index |
| SLICE | | lower, upper, step (NOTHING where left out) |
| OPERATOR | operator ("+", "-", "~", "not" ...) | one or two operands |
| COMPARE | operators, comma separated | left, comparators... |
| BOOLEAN | "and" / "or" | operands... |
| CONDITIONAL | | test, then, else |
| COLLECTION | "list", "tuple", "set", "dict" | elements (dict: PAIR key, value; or STARRED) |
| FORMAT | the template, "{}" for each argument | arguments... |
| LAMBDA | | PARAMETERS, body expression |
| COMPREHENSION | "list", "set", "dict", "generator" | element, GENERATOR (target, iterable, conditions...)... |
| YIELD | "" or "from" | value, if any |
| WALRUS | | STORE, value |
| PATTERN | what it matches | sub-patterns, value expressions, STORE |
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from codesim.source import Span


class Kind(IntEnum):
    """The closed set of syntactic kinds; see the module's table for the children of each."""

    FUNCTION = 0
    CLASS = 1
    PARAMETERS = 2
    PARAMETER = 3
    VARARGS = 4
    KWARGS = 5
    SUITE = 6
    ASSIGN = 7
    AUGMENT = 8
    EXPRESSION = 9
    RETURN = 10
    RAISE = 11
    IF = 12
    FOR = 13
    WHILE = 14
    TRY = 15
    HANDLER = 16
    WITH = 17
    ITEM = 18
    MATCH = 19
    CASE = 20
    IMPORT = 21
    DELETE = 22
    GLOBAL = 23
    NONLOCAL = 24
    PASS = 25
    BREAK = 26
    CONTINUE = 27
    ASSERT = 28
    NAME = 29
    STORE = 30
    CONSTANT = 31
    CALL = 32
    KEYWORD = 33
    STARRED = 34
    ATTRIBUTE = 35
    SUBSCRIPT = 36
    SLICE = 37
    OPERATOR = 38
    COMPARE = 39
    BOOLEAN = 40
    CONDITIONAL = 41
    COLLECTION = 42
    PAIR = 43
    FORMAT = 44
    LAMBDA = 45
    COMPREHENSION = 46
    GENERATOR = 47
    YIELD = 48
    AWAIT = 49
    WALRUS = 50
    PATTERN = 51
    NOTHING = 52


STATEMENTS = frozenset({Kind.FUNCTION, Kind.CLASS, *(kind for kind in Kind if Kind.ASSIGN <= kind <= Kind.ASSERT)}) - {
    Kind.HANDLER,
    Kind.ITEM,
    Kind.CASE,
}


class Node(NamedTuple):
    """One node of the normalised tree; immutable, hashable, and cheap to pickle."""

    kind: Kind
    label: str
    children: tuple[Node, ...]
    span: Span

    def walk(self) -> Iterator[Node]:
        """Yield this node and all below it, parents first, left to right; no recursion."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            children = node.children
            if children:
                stack.extend(children[::-1])
