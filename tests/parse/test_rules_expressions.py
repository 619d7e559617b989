"""The rules for expressions: pairs that become one form, and pairs that a guard must keep apart.

Of an equal pair both versions do the same on every call; of an unequal pair they do not, on at least one call, which
proves that the guard is needed.
"""

from __future__ import annotations

import pytest
from behaviour import behaviour, hash_of

INTEGERS = ("1, 2, 3", "3, 2, 1", "2, 2, 2", "0, 0, 5")
TRUTHS = ("0, 0, 0", "1, 0, 0", "0, 1, 0", "1, 1, 0", "0, 0, 1", "1, 0, 1", "0, 1, 1", "1, 1, 1")


def of(expression: str) -> str:
    return f"def f(a, b, c):\n    return {expression}\n"


def test_of(expression: str) -> str:
    return f"def f(a, b, c):\n    if {expression}:\n        log('yes')\n    return c\n"


test_of.__test__ = False  # type: ignore[attr-defined]

EQUAL = {
    "negation: ==": (of("not a == b"), of("a != b"), INTEGERS),
    "negation: is": (of("not a is b"), of("a is not b"), INTEGERS),
    "negation: in": (of("not a in (b, c)"), of("a not in (b, c)"), INTEGERS),
    "tests only: not not": (test_of("not not a"), test_of("a"), TRUTHS),
    "tests only: bool": (test_of("bool(a)"), test_of("a"), TRUTHS),
    "tests only: De Morgan and": (test_of("not (a and b)"), test_of("not a or not b"), TRUTHS),
    "tests only: De Morgan or": (test_of("not (a or b)"), test_of("not a and not b"), TRUTHS),
    "tests only: De Morgan, nested": (test_of("not (a or not (b and c))"), test_of("not a and b and c"), TRUTHS),
    "tests only: flat": (test_of("a and (b and c)"), test_of("(a and b) and c"), TRUTHS),
    "tests only: in a comprehension": (
        of("[x for x in (a, b, c) if not not x]"),
        of("[x for x in (a, b, c) if bool(x)]"),
        TRUTHS,
    ),
    "tests only: in a conditional": (of("log(b if not a else c)"), of("log(c if a else b)"), TRUTHS),
    "chain": (of("a < b < c"), of("a < b and b < c"), INTEGERS),
    "chain: literal in the middle": (of("a <= 2 < c"), of("a <= 2 and 2 < c"), INTEGERS),
    "chain: calls at the ends": (of("log(a) < b < log(c)"), of("log(a) < b and b < log(c)"), INTEGERS),
    "multiple: a literal first": (of("2 * a"), of("a * 2"), INTEGERS),
    "multiple: text": (of("'-' * a"), of("a * '-'"), INTEGERS),
    "mirror: >": (of("a > b"), of("b < a"), INTEGERS),
    "mirror: >=": (of("a >= b"), of("b <= a"), INTEGERS),
    "mirror: literal first": (of("0 == a"), of("a == 0"), INTEGERS),
    "mirror: a call and a literal": (of("log(a) > 1"), of("1 < log(a)"), INTEGERS),
    "mirror: a call and a local": (of("log(a) > b"), of("b < log(a)"), INTEGERS),
    "mirror: builtins": (of("len([a]) > abs(b)"), of("abs(b) < len([a])"), INTEGERS),
    "membership: or": (of("a == 1 or a == 2"), of("a in (1, 2)"), INTEGERS),
    "membership: and": (of("a != 1 and a != 2"), of("a not in (1, 2)"), INTEGERS),
    "membership: list": (of("a in [1, 2]"), of("a in (1, 2)"), INTEGERS),
    "membership: set": (of("a in {1, 2}"), of("a in (1, 2)"), INTEGERS),
    "default": (of("log(a if a else b)"), of("log(a or b)"), TRUTHS),
    "default: at the root": (of("a if a else b"), of("a or b"), TRUTHS),
    "default: negated": (of("log(b if not a else a)"), of("log(a or b)"), TRUTHS),
    "empty: list": (of("[a, list()]"), of("[a, []]"), INTEGERS),
    "empty: dict": (of("[a, dict()]"), of("[a, {}]"), INTEGERS),
    "empty: tuple": (of("[a, tuple()]"), of("[a, ()]"), INTEGERS),
    "collect: list": (of("log(list(x + 1 for x in (a, b)))"), of("log([x + 1 for x in (a, b)])"), INTEGERS),
    "collect: set": (of("log(set(x + 1 for x in (a, b)))"), of("log({x + 1 for x in (a, b)})"), INTEGERS),
    "format: percent": (of('"%s-%d!" % (a, b)'), of('f"{a}-{b:d}!"'), INTEGERS),
    "format: percent sign": (of('"%d%% of %s" % (a, b)'), of('f"{a:d}% of {b}"'), INTEGERS),
    "format: repr": (of('"%r" % (a,)'), of('f"{a!r}"'), ("'x', 1, 2", "1, 2, 3")),
    "format: precision": (of('"%.2f" % (a,)'), of('f"{a:.2f}"'), INTEGERS),
    "format: one value": (of('"<%s>" % a'), of('f"<{a}>"'), INTEGERS),
    "format: method": (of('"{}-{:d}".format(a, b)'), of('f"{a}-{b:d}"'), INTEGERS),
    "format: numbered": (of('"{0}-{1}".format(a, b)'), of('f"{a}-{b}"'), INTEGERS),
    "format: named": (of('"{x}-{y}".format(x=a, y=b)'), of('f"{a}-{b}"'), INTEGERS),
    "format: braces": (of('"{{%s}}" % (a,)'), of('f"{{{{{a}}}}}"'), INTEGERS),
    "keywords": (of("max([a, b], key=abs, default=c)"), of("max([a, b], default=c, key=abs)"), INTEGERS),
    "range": (of("list(range(0, a))"), of("list(range(a))"), INTEGERS),
    "minus": (of("[-1, a]"), of("[-  1, a]"), INTEGERS),
}


def with_box(expression: str) -> str:
    return f"def f(box):\n    return {expression}\n"


BOXES = ("Box(0)", "Box(5)", "Box(1, [1])")
GUARDED = {
    "negation: < has none (nan)": (of("not a < b"), of("a >= b"), ("float('nan'), 1, 2",)),
    "tests only: the value of not not": (of("[not not a]"), of("[a]"), ("3, 0, 0",)),
    "tests only: the value of bool": (of("[bool(a)]"), of("[a]"), ("3, 0, 0",)),
    "tests only: the value of not and": (of("[not (a and b)]"), of("[a and b]"), ("3, 4, 0",)),
    "chain: a call in the middle": (of("a < log(b) < c"), of("a < log(b) and log(b) < c"), ("1, 2, 3",)),
    "mirror: two calls": (of("log(a) > log(b)"), of("log(b) < log(a)"), ("1, 2, 3",)),
    "mirror: an attribute that the call changes": (
        with_box("box.bump() > box.value"),
        with_box("box.value < box.bump()"),
        BOXES,
    ),
    "mirror: a variable that a walrus writes": (of("(a := 9) > a"), of("a < (a := 9)"), ("1, 2, 3",)),
    "mirror: a variable that a closure writes": (
        """
        def f(a):
            def more():
                nonlocal a
                a += 1
                return a
            return more() > a
        """,
        """
        def f(a):
            def more():
                nonlocal a
                a += 1
                return a
            return a < more()
        """,
        ("1", "2"),
    ),
    "membership: a call": (of("log(a) == 1 or log(a) == 2"), of("log(a) in (1, 2)"), ("5, 0, 0",)),
    "membership: other subjects": (of("a == 1 or b == 2"), of("a in (1, 2)"), ("5, 2, 0",)),
    "membership: and of ==": (of("a == 1 and a == 2"), of("a in (1, 2)"), ("1, 0, 0",)),
    "default: a call": (of("[log(a) if log(a) else b]"), of("[log(a) or b]"), ("1, 2, 3",)),
    "empty: rebound by a parameter": (
        "def f(list):\n    return [list()]",
        "def f(list):\n    return [[]]",
        ("lambda: 5",),
    ),
    "empty: rebound in a lambda": (
        "def f(a):\n    return (lambda list: list())(a)",
        "def f(a):\n    return (lambda list: [])(a)",
        ("lambda: 5",),
    ),
    "empty: rebound around a nested function": (
        "def f(list):\n    def g():\n        return list()\n    return g",
        "def f(list):\n    def g():\n        return []\n    return g",
        ("lambda: 5",),
    ),
    "empty: rebound globally": (
        "def f(a):\n    global list\n    list = a\n    return list()",
        "def f(a):\n    global list\n    list = a\n    return []",
        ("lambda: 5",),
    ),
    "collect: of what is no comprehension": (of("[list((a, b))]"), of("[[a, b, c]]"), INTEGERS),
    "format: a width": (of('"%5d" % (a,)'), of('f"{a:d}"'), INTEGERS),
    "format: a tuple too short": (of('"%s %s" % (a,)'), of('f"{a} {b}"'), INTEGERS),
    "format: a dict": (of('"%s" % {"k": a}'), of('f"{a}"'), ("1, 2, 3",)),
    "format: repr is not str": (of('"%r" % (a,)'), of('f"{a}"'), ("'x', 1, 2",)),
    "format: other order": (of('"{1}-{0}".format(a, b)'), of('f"{a}-{b}"'), INTEGERS),
    "format: an item": (of('"{0[0]}".format(a)'), of('f"{a}"'), ("[1], 2, 3",)),
    "format: a star": (of('"{} {}".format(*[a, b])'), of('f"{[a, b]} {c}"'), INTEGERS),
    "keywords: effects": (
        of("pair(y=log(a), x=log(b))"),
        of("pair(x=log(b), y=log(a))"),
        ("1, 2, 3",),
    ),
    "keywords: a dict keeps their order": (of("dict(y=a, x=b)"), of("dict(x=b, y=a)"), ("1, 2, 3",)),
    "keywords: an OrderedDict keeps their order": (
        of("OrderedDict(y=a, x=b)"),
        of("OrderedDict(x=b, y=a)"),
        ("1, 2, 3",),
    ),
    "range: a star": (of("list(range(0, *[a, b]))"), of("list(range(*[a, b]))"), ("1, 4, 0",)),
    "range: another start": (of("list(range(1, a))"), of("list(range(a))"), INTEGERS),
    "minus: of a power": (of("[-2 ** 2, a]"), of("[(-2) ** 2, a]"), INTEGERS),
    "operands of - do not change places": (of("a - b"), of("b - a"), ("1, 2, 3",)),
    "f-string conversion": (of('f"{a!r}"'), of('f"{a!s}"'), ("'x', 1, 2",)),
    "f-string specification": (of('f"{a:>5}"'), of('f"{a:<5}"'), INTEGERS),
    "and is not or": (of("a and b"), of("a or b"), TRUTHS),
    "== is not is": (of("a == b"), of("a is b"), ("1, 1.0, 3",)),
    "a starred argument": (of("pair(*[a, b])"), of("pair([a, b])"), INTEGERS),
    "a keyword argument": (of("pair(a, x=b)"), of("pair(a, b)"), INTEGERS),
    "two stars": (of("pair(**{'x': a})"), of("pair(*{'x': a})"), INTEGERS),
    "a slice's step": (of("[a, b, c][::2]"), of("[a, b, c][:2]"), INTEGERS),
    "a generator is lazy": (of("repr(type(x for x in (a, b)))"), of("repr(type([x for x in (a, b)]))"), INTEGERS),
}


@pytest.mark.parametrize(("before", "after", "calls"), EQUAL.values(), ids=EQUAL.keys())
def test_the_rule_makes_them_one(before: str, after: str, calls: tuple[str, ...]) -> None:
    assert behaviour(before, calls) == behaviour(after, calls)
    assert hash_of(before) == hash_of(after)


@pytest.mark.parametrize(("before", "after", "calls"), GUARDED.values(), ids=GUARDED.keys())
def test_the_guard_keeps_them_apart(before: str, after: str, calls: tuple[str, ...]) -> None:
    assert behaviour(before, calls) != behaviour(after, calls)
    assert hash_of(before) != hash_of(after)
