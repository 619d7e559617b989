"""The rules for loops: pairs that become one form, and pairs that a guard must keep apart.

Of an equal pair both versions do the same on every call; of an unequal pair they do not, on at least one call, which
proves that the guard is needed.
"""

from __future__ import annotations

import pytest
from behaviour import behaviour, hash_of

LISTS = ("[], 1", "[1], 1", "[1, 2, 3], 2", "[3, 1], 1", "[0, 0], 0", "[4, 5, 6], 9")

EQUAL = {
    "sum: two in a row": (  # the start of a sum once looked like a temporary that is used once
        "def f(a, b):\n    c = sum(x + 1 for x in a)\n    d = sum(x + b for x in a)\n    return [c - d, c]",
        "def f(a, b):\n    c = 0\n    for x in a:\n        c += x + 1\n    d = 0\n    for x in a:\n        d += x + b\n    return [c - d, c]",
    ),
    "comprehension: list": (
        "def f(a, b):\n    c = [log(x) for x in a if x > b]\n    return [c, c]",
        "def f(a, b):\n    c = []\n    for x in a:\n        if x > b:\n            c.append(log(x))\n    return [c, c]",
    ),
    "comprehension: set": (
        "def f(a, b):\n    c = {x + b for x in a}\n    return [c, c]",
        "def f(a, b):\n    c = set()\n    for x in a:\n        c.add(x + b)\n    return [c, c]",
    ),
    "comprehension: dict": (
        "def f(a, b):\n    c = {x: x + b for x in a}\n    return [c, c]",
        "def f(a, b):\n    c = {}\n    for x in a:\n        c[x] = x + b\n    return [c, c]",
    ),
    "comprehension: two loops": (
        "def f(a, b):\n    return [x * y for x in a for y in a if x < y]",
        "def f(a, b):\n    c = []\n    for x in a:\n        for y in a:\n            if x < y:\n                c.append(x * y)\n    return c",
    ),
    "comprehension: the name is used outside": (
        "def f(a, x):\n    return [[x for x in a], x]",
        "def f(a, x):\n    return [[y for y in a], x]",
    ),
    "comprehension: hoisted, the name is used outside": (
        "def f(a, x):\n    c = [x for x in a]\n    return [c, x, c]",
        "def f(a, x):\n    c = []\n    for y in a:\n        c.append(y)\n    return [c, x, c]",
    ),
    "comprehension: the iterable has the target's name": (
        "def f(x, b):\n    c = [x + b for x in x]\n    return [c, c]",
        "def f(a, b):\n    c = []\n    for x in a:\n        c.append(x + b)\n    return [c, c]",
    ),
    "comprehension: collected": (
        "def f(a, b):\n    return sorted(x + b for x in a)",
        "def f(a, b):\n    c = []\n    for x in a:\n        c.append(x + b)\n    return sorted(c)",
    ),
    "comprehension: joined": (
        "def f(a, b):\n    return '-'.join(str(x) for x in a)",
        "def f(a, b):\n    return '-'.join([str(x) for x in a])",
    ),
    "any": (
        "def f(a, b):\n    return any(log(x) == b for x in a)",
        "def f(a, b):\n    for x in a:\n        if log(x) == b:\n            return True\n    return False",
    ),
    "any: several generators": (
        "def f(a, b):\n    return any(log(x) == y + b for x in a for y in a)",
        "def f(a, b):\n    for x in a:\n        for y in a:\n            if log(x) == y + b:\n                return True\n    return False",
    ),
    "any: assigned": (
        "def f(a, b):\n    c = any(log(x) == b for x in a)\n    return [c, c]",
        "def f(a, b):\n    c = False\n    for x in a:\n        if log(x) == b:\n            c = True\n            break\n    return [c, c]",
    ),
    "any: as a guard": (
        "def f(a, b):\n    if any(log(x) == b for x in a):\n        return 5\n    return b",
        "def f(a, b):\n    for x in a:\n        if log(x) == b:\n            return 5\n    return b",
    ),
    "any: as a guard, the name is used outside": (
        "def f(a, x):\n    if any(log(x) == 2 for x in a):\n        return x\n    return 0",
        "def f(a, x):\n    for y in a:\n        if log(y) == 2:\n            return x\n    return 0",
    ),
    "all": (
        "def f(a, b):\n    return all(log(x) < b for x in a)",
        "def f(a, b):\n    for x in a:\n        if not log(x) < b:\n            return False\n    return True",
    ),
    "all: several generators": (
        "def f(a, b):\n    return all(x == y for x in a for y in a)",
        "def f(a, b):\n    for x in a:\n        for y in a:\n            if x != y:\n                return False\n    return True",
    ),
    "sum": (
        "def f(a, b):\n    return sum(x * b for x in a)",
        "def f(a, b):\n    c = 0\n    for x in a:\n        c += x * b\n    return c",
    ),
    "counter": (
        "def f(a, b):\n    i = 0\n    while i < len(a):\n        log(a[i] + i)\n        i += 1",
        "def f(a, b):\n    for i in range(len(a)):\n        log(a[i] + i)",
    ),
    "counter: from a start to a bound": (
        "def f(a, b):\n    i = 1\n    while b > i:\n        log(i)\n        i = i + 1",
        "def f(a, b):\n    for i in range(1, b):\n        log(i)",
    ),
    "counter: break": (
        "def f(a, b):\n    i = 0\n    while i < 9:\n        if log(i) > b:\n            break\n        i += 1",
        "def f(a, b):\n    for i in range(9):\n        if log(i) > b:\n            break",
    ),
    "index": (
        "def f(a, b):\n    for i in range(len(a)):\n        log(a[i] + b)",
        "def f(a, b):\n    for x in a:\n        log(x + b)",
    ),
    "index: with the index": (
        "def f(a, b):\n    for i in range(len(a)):\n        log(a[i] + i)",
        "def f(a, b):\n    for i, x in enumerate(a):\n        log(x + i)",
    ),
    "index: from a while": (
        "def f(a, b):\n    i = 0\n    while i < len(a):\n        log(a[i] + b)\n        i += 1",
        "def f(a, b):\n    for x in a:\n        log(x + b)",
    ),
    "index: a harmless method": (
        "def f(a, b):\n    for i in range(len(a)):\n        log(a.index(a[i]))",
        "def f(a, b):\n    for x in a:\n        log(a.index(x))",
    ),
    "enumerate": (
        "def f(a, b):\n    for i, x in enumerate(a):\n        log(x + b)",
        "def f(a, b):\n    for x in a:\n        log(x + b)",
    ),
}  # fmt: skip

GUARDED = {
    "comprehension: reads the variable that it fills": (
        "def f(a, b):\n    c = [5]\n    c = [len(c) for x in a]\n    return [c, c]",
        "def f(a, b):\n    c = []\n    for x in a:\n        c.append(len(c))\n    return [c, c]",
        LISTS,
    ),
    "comprehension: several targets": (
        "def f(a, b):\n    c = d = [x for x in a]\n    c.append(b)\n    return [c, d]",
        "def f(a, b):\n    d = 0\n    c = [x for x in a]\n    c.append(b)\n    return [c, d]",
        LISTS,
    ),
    "comprehension: a handler sees what was there before": (
        "def f(a, b):\n    c = None\n    try:\n        c = [1 // x for x in a]\n    except ZeroDivisionError:\n        log(c)\n    return c",
        "def f(a, b):\n    c = None\n    try:\n        c = []\n        for x in a:\n            c.append(1 // x)\n    except ZeroDivisionError:\n        log(c)\n    return c",
        LISTS,
    ),
    "comprehension: suppress lets one see what was there before": (
        "def f(a, b):\n    c = None\n    with suppress(ZeroDivisionError):\n        c = [1 // x for x in a]\n    return [c, c]",
        "def f(a, b):\n    c = None\n    with suppress(ZeroDivisionError):\n        c = []\n        for x in a:\n            c.append(1 // x)\n    return [c, c]",
        LISTS,
    ),
    "comprehension: a closure sees what was there before": (
        "def f(a, b):\n    c = None\n    def g():\n        return log(c)\n    c = [g() for x in a]\n    return c",
        "def f(a, b):\n    c = None\n    def g():\n        return log(c)\n    c = []\n    for x in a:\n        c.append(g())\n    return c",
        LISTS,
    ),
    "comprehension: a global": (
        "shared = 0\ndef f(a, b):\n    global shared\n    shared = [1 // x for x in a]",
        "shared = 0\ndef f(a, b):\n    global shared\n    shared = []\n    for x in a:\n        shared.append(1 // x)",
        LISTS,
    ),
    "comprehension: its variable does not leak": (
        "def f(a, x):\n    c = [x for x in a]\n    return [c, x]",
        "def f(a, x):\n    c = []\n    for x in a:\n        c.append(x)\n    return [c, x]",
        LISTS,
    ),
    "comprehension: a lambda's parameter of the same name": (
        "def f(a, x):\n    c = [(lambda x: x + 1)(x) for x in a]\n    return [c, x]",
        "def f(a, x):\n    c = [(lambda y: x + 1)(y) for y in a]\n    return [c, x]",
        LISTS,
    ),
    "comprehension: another order of its loops": (
        "def f(a, b):\n    return [log(x) for x in a for y in (1, 2)]",
        "def f(a, b):\n    return [log(x) for y in (1, 2) for x in a]",
        LISTS,
    ),
    "any: of a list looks at all": (
        "def f(a, b):\n    return any([log(x) == b for x in a])",
        "def f(a, b):\n    for x in a:\n        if log(x) == b:\n            return True\n    return False",
        LISTS,
    ),
    "any: several generators, assigned": (
        "def f(a, b):\n    c = any(log(x) == b for x in a for y in a)\n    return [c, c]",
        "def f(a, b):\n    c = False\n    for x in a:\n        for y in a:\n            if log(x) == b:\n                c = True\n                break\n    return [c, c]",
        LISTS,
    ),
    "any: rebound": (
        "def f(a, any):\n    return any(x == 1 for x in a)",
        "def f(a, any):\n    for x in a:\n        if x == 1:\n            return True\n    return False",
        ("[1], list",),
    ),
    "any: a guard that continues the loop around": (
        "def f(a, b):\n    for y in a:\n        if any(x == b for x in a):\n            log(y)\n            if y:\n                continue\n            return 1\n        log(0)",
        "def f(a, b):\n    for y in a:\n        for x in a:\n            if x == b:\n                log(y)\n                if y:\n                    continue\n                return 1\n        log(0)",
        LISTS,
    ),
    "any: as a guard, the outer variable of the same name": (
        "def f(a, x):\n    if any(log(x) == 2 for x in a):\n        return x\n    return 0",
        "def f(a, b):\n    for x in a:\n        if log(x) == 2:\n            return x\n    return 0",
        ("[1, 2, 3], 5",),
    ),
    "any is not all": (
        "def f(a, b):\n    return any(x == b for x in a)",
        "def f(a, b):\n    return all(x == b for x in a)",
        LISTS,
    ),
    "sum: a start": (
        "def f(a, b):\n    return sum((x for x in a), b)",
        "def f(a, b):\n    c = 0\n    for x in a:\n        c += x\n    return c",
        LISTS,
    ),
    "counter: continue": (
        "def f(a, b):\n    i = 0\n    while i < 3:\n        if log(b):\n            b = b - 1\n            continue\n        log(i)\n        i += 1",
        "def f(a, b):\n    for i in range(3):\n        if log(b):\n            b = b - 1\n            continue\n        log(i)",
        LISTS,
    ),
    "counter: read after the loop": (
        "def f(a, b):\n    i = 0\n    while i < b:\n        log(i)\n        i += 1\n    return i",
        "def f(a, b):\n    for i in range(b):\n        log(i)\n    return i",
        LISTS,
    ),
    "counter: else": (
        "def f(a, b):\n    i = 0\n    while i < b:\n        log(i)\n        i += 1\n    else:\n        log('end')",
        "def f(a, b):\n    for i in range(b):\n        log(i)",
        LISTS,
    ),
    "counter: the bound is written inside": (
        "def f(a, b):\n    i = 0\n    while i < b:\n        b = b - 1\n        log(i)\n        i += 1",
        "def f(a, b):\n    for i in range(b):\n        b = b - 1\n        log(i)",
        LISTS,
    ),
    "counter: the bound grows inside": (
        "def f(a, b):\n    i = 0\n    while i < len(a):\n        if i < 5:\n            a.append(i)\n        log(i)\n        i += 1",
        "def f(a, b):\n    for i in range(len(a)):\n        if i < 5:\n            a.append(i)\n        log(i)",
        LISTS,
    ),
    "counter: the bound is handed over inside": (
        "def f(a, b):\n    i = 0\n    while i < len(a):\n        list.pop(a)\n        log(i)\n        i += 1",
        "def f(a, b):\n    for i in range(len(a)):\n        list.pop(a)\n        log(i)",
        LISTS,
    ),
    "counter: the bound has another name inside": (
        "def f(a, b):\n    i = 0\n    while i < len(a):\n        c = a\n        c.pop()\n        log(c)\n        i += 1",
        "def f(a, b):\n    for i in range(len(a)):\n        c = a\n        c.pop()\n        log(c)",
        LISTS,
    ),
    "counter: the bound is an attribute that a method changes": (
        "def f(box):\n    i = 0\n    while i < box.value:\n        box.bump(-1)\n        log(i)\n        i += 1",
        "def f(box):\n    for i in range(box.value):\n        box.bump(-1)\n        log(i)",
        ("Box(4)",),
    ),
    "counter: the bound is a closure's variable": (
        "def f(a, b):\n    def g():\n        nonlocal b\n        b -= 1\n    i = 0\n    while i < b:\n        g()\n        log(i)\n        i += 1",
        "def f(a, b):\n    def g():\n        nonlocal b\n        b -= 1\n    for i in range(b):\n        g()\n        log(i)",
        LISTS,
    ),
    "counter: the bound depends on the counter": (
        "def f(a, b):\n    i = 0\n    while i < 6 - i:\n        log(i)\n        i += 1",
        "def f(a, b):\n    i = 0\n    for i in range(6 - i):\n        log(i)",
        LISTS,
    ),
    "counter: written inside": (
        "def f(a, b):\n    i = 0\n    while i < 9:\n        if b:\n            i = i + 2\n        log(i)\n        i += 1",
        "def f(a, b):\n    for i in range(9):\n        if b:\n            i = i + 2\n        log(i)",
        LISTS,
    ),
    "counter: a closure sees its last value": (
        "def f(a, b):\n    c = []\n    i = 0\n    while i < 3:\n        c.append(lambda: i)\n        i += 1\n    return c",
        "def f(a, b):\n    c = []\n    for i in range(3):\n        c.append(lambda: i)\n    return c",
        LISTS,
    ),
    "counter: the start changes before the loop": (
        "def f(a, b):\n    i = b\n    b = 0\n    while i < 4:\n        log(i)\n        i += 1\n    return b",
        "def f(a, b):\n    b = 0\n    for i in range(b, 4):\n        log(i)\n    return b",
        LISTS,
    ),
    "counter: another step": (
        "def f(a, b):\n    i = 0\n    while i < 9:\n        log(i)\n        i += 2",
        "def f(a, b):\n    for i in range(9):\n        log(i)",
        LISTS,
    ),
    "counter: a fraction": (
        "def f(a, b):\n    i = 0\n    while i < b / 2:\n        log(i)\n        i += 1",
        "def f(a, b):\n    for i in range(b / 2):\n        log(i)",
        LISTS,
    ),
    "counter: <=": (
        "def f(a, b):\n    i = 0\n    while i <= b:\n        log(i)\n        i += 1",
        "def f(a, b):\n    for i in range(b):\n        log(i)",
        LISTS,
    ),
    "index: elements are written": (
        "def f(a, b):\n    for i in range(len(a)):\n        a[-1] = 7\n        log(a[i])",
        "def f(a, b):\n    for x in a:\n        a[-1] = 7\n        log(x + 0)",
        LISTS,
    ),
    "index: the sequence is rebound": (
        "def f(a, b):\n    for i in range(len(a)):\n        log(a[i])\n        a = [8, 8, 8]",
        "def f(a, b):\n    for x in a:\n        log(x)\n        a = [8, 8, 8]",
        LISTS,
    ),
    "index: the sequence grows": (
        "def f(a, b):\n    for i in range(len(a)):\n        log(a[i])\n        if len(a) < 5:\n            a.append(b)",
        "def f(a, b):\n    for x in a:\n        log(x)\n        if len(a) < 5:\n            a.append(b)",
        LISTS,
    ),
    "index: the sequence is handed over": (
        "def f(a, b):\n    for i in range(len(a)):\n        log(a[i])\n        list.reverse(a)",
        "def f(a, b):\n    for x in a:\n        log(x)\n        list.reverse(a)[0]",
        LISTS,
    ),
    "index: a method of its owner": (
        "def f(box):\n    for i in range(len(box.items)):\n        log(box.items[i])\n        box.grow()",
        "def f(box):\n    for x in box.items:\n        log(x)\n        box.grow()",
        ("Box(0, [1, 2])",),
    ),
    "index: read after the loop": (
        "def f(a, b):\n    i = None\n    for i in range(len(a)):\n        log(a[i])\n    return i",
        "def f(a, b):\n    i = None\n    for x in a:\n        log(x)\n    return i",
        LISTS,
    ),
    "index: another sequence": (
        "def f(a, b):\n    c = [7] * 9\n    for i in range(len(a)):\n        log(c[i])\n    return c",
        "def f(a, b):\n    c = [7] * 9\n    for x in a:\n        log(x)\n    return c",
        LISTS,
    ),
    "index: a shifted index": (
        "def f(a, b):\n    for i in range(len(a)):\n        log(a[i - 1])",
        "def f(a, b):\n    for x in a:\n        log(x - 1)",
        LISTS,
    ),
    "index: else": (
        "def f(a, b):\n    for i in range(len(a)):\n        log(a[i])\n    else:\n        log(i)",
        "def f(a, b):\n    for x in a:\n        log(x)\n    else:\n        log(x)",
        ("[1, 2, 3], 2",),
    ),
    "enumerate: the index is read after the loop": (
        "def f(a, b):\n    i = None\n    for i, x in enumerate(a):\n        log(x)\n    return i",
        "def f(a, b):\n    i = None\n    for x in a:\n        log(x)\n    return i",
        LISTS,
    ),
    "enumerate: the index is global": (
        "shared = 0\ndef f(a, b):\n    global shared\n    for shared, x in enumerate(a):\n        log(x)",
        "shared = 0\ndef f(a, b):\n    global shared\n    for x in a:\n        log(x)",
        LISTS,
    ),
    "enumerate: rebound": (
        "def f(a, enumerate):\n    for i, x in enumerate(a):\n        log(x)",
        "def f(a, enumerate):\n    for x in a:\n        log(x)",
        ("[1], lambda a: [(2, 3)]",),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), EQUAL.values(), ids=EQUAL.keys())
def test_the_rule_makes_them_one(before: str, after: str) -> None:
    assert behaviour(before, LISTS) == behaviour(after, LISTS)
    assert hash_of(before) == hash_of(after)


@pytest.mark.parametrize(("before", "after", "calls"), GUARDED.values(), ids=GUARDED.keys())
def test_the_guard_keeps_them_apart(before: str, after: str, calls: tuple[str, ...]) -> None:
    assert behaviour(before, calls) != behaviour(after, calls)
    assert hash_of(before) != hash_of(after)
