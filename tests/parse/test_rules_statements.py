"""The rules for statements: pairs that become one form, and pairs that a guard must keep apart.

Of an equal pair both versions do the same on every call; of an unequal pair they do not, on at least one call, which
proves that the guard is needed.
"""

from __future__ import annotations

import pytest
from behaviour import behaviour, hash_of

NUMBERS = ("0, 1", "1, 0", "1, 1", "2, 5", "5, 2", "-1, -1")
LISTS = ("[], 1", "[1], 1", "[1, 2, 3], 2", "[3, 1], 1", "[0, 0], 0")

EQUAL = {
    "noise: docstring": ('def f(a, b):\n    """Doc."""\n    return a', "def f(a, b):\n    return a", NUMBERS),
    "noise: pass and constants": (
        "def f(a, b):\n    pass\n    ...\n    return a",
        "def f(a, b):\n    return a",
        NUMBERS,
    ),
    "noise: final return": ("def f(a, b):\n    log(a)\n    return", "def f(a, b):\n    log(a)", NUMBERS),
    "noise: final return None": ("def f(a, b):\n    log(a)\n    return None", "def f(a, b):\n    log(a)", NUMBERS),
    "noise: annotations": (
        "def f(a: int, b) -> int:\n    c: int = a\n    return c + c",
        "def f(a, b):\n    c = a\n    return c + c",
        NUMBERS,
    ),
    "noise: what is never run": ("def f(a, b):\n    return a\n    log(b)", "def f(a, b):\n    return a", NUMBERS),
    "augmented": (
        "def f(a, b):\n    a += b\n    return a * a",
        "def f(a, b):\n    a = a + b\n    return a * a",
        NUMBERS,
    ),
    "augmented: element": ("def f(a, b):\n    a[0] += b", "def f(a, b):\n    a[0] = a[0] + b", LISTS),
    "unpack": (
        "def f(a, b):\n    c, d = a, b\n    return c * d * c * d",
        "def f(a, b):\n    c = a\n    d = b\n    return c * d * c * d",
        NUMBERS,
    ),
    "unpack: calls": (
        "def f(a, b):\n    c, d = log(a), log(b)\n    return c * d * c * d",
        "def f(a, b):\n    c = log(a)\n    d = log(b)\n    return c * d * c * d",
        NUMBERS,
    ),
    "chain of targets": (
        "def f(a, b):\n    c = d = 0\n    return [c, c, d, d]",
        "def f(a, b):\n    c = 0\n    d = 0\n    return [c, c, d, d]",
        NUMBERS,
    ),
    "choose: assigned": (
        "def f(a, b):\n    c = a if a > b else b\n    return c * c",
        "def f(a, b):\n    if a > b:\n        c = a\n    else:\n        c = b\n    return c * c",
        NUMBERS,
    ),
    "choose: returned": (
        "def f(a, b):\n    return log(a) if a > b else log(b)",
        "def f(a, b):\n    if a > b:\n        return log(a)\n    return log(b)",
        NUMBERS,
    ),
    "guard": (
        "def f(a, b):\n    if a:\n        return log(b)\n    log(a)\n    return a",
        "def f(a, b):\n    if a:\n        return log(b)\n    else:\n        log(a)\n        return a",
        NUMBERS,
    ),
    "guard: elif": (
        "def f(a, b):\n    if a:\n        return 1\n    elif b:\n        return 2\n    return 3",
        "def f(a, b):\n    if a:\n        return 1\n    if b:\n        return 2\n    return 3",
        NUMBERS,
    ),
    "guard: raise": (
        "def f(a, b):\n    if a:\n        raise ValueError(a)\n    return log(b)",
        "def f(a, b):\n    if not a:\n        return log(b)\n    raise ValueError(a)",
        NUMBERS,
    ),
    "loop guard": (
        "def f(a, b):\n    for x in a:\n        if x == b:\n            continue\n        log(x)",
        "def f(a, b):\n    for x in a:\n        if x != b:\n            log(x)",
        LISTS,
    ),
    "polarity": (
        "def f(a, b):\n    if not a:\n        log(1)\n    else:\n        log(2)",
        "def f(a, b):\n    if a:\n        log(2)\n    else:\n        log(1)",
        NUMBERS,
    ),
    "polarity: empty branch": (
        "def f(a, b):\n    if a:\n        pass\n    else:\n        log(2)",
        "def f(a, b):\n    if not a:\n        log(2)",
        NUMBERS,
    ),
    "order polarity": (
        "def f(a, b):\n    if a < b:\n        log(1)\n        log(2)\n    else:\n        log(3)",
        "def f(a, b):\n    if not a < b:\n        log(3)\n    else:\n        log(1)\n        log(2)",
        NUMBERS,
    ),
    "order polarity: smaller first": (
        "def f(a, b):\n    if a < b:\n        log(1)\n    else:\n        log(3)\n        log(2)",
        "def f(a, b):\n    if not a < b:\n        log(3)\n        log(2)\n    else:\n        log(1)",
        NUMBERS,
    ),
    "nested if": (
        "def f(a, b):\n    if a:\n        if b:\n            log(1)\n    return a",
        "def f(a, b):\n    if a and b:\n        log(1)\n    return a",
        NUMBERS,
    ),
    "loop exit": (
        "def f(a, b):\n    while True:\n        if a > 5:\n            break\n        a = a + log(a) + 1\n    return a",
        "def f(a, b):\n    while not a > 5:\n        a = a + log(a) + 1\n    return a",
        ("0, 1", "3, 0", "9, 9"),
    ),
    "result": (
        "def f(a, b):\n    if a:\n        c = log(1)\n    else:\n        c = log(2)\n    return c",
        "def f(a, b):\n    if a:\n        return log(1)\n    return log(2)",
        NUMBERS,
    ),
    "result: elif": (
        "def f(a, b):\n    if a:\n        c = 1\n    elif b:\n        c = 2\n    else:\n        c = 3\n    return c",
        "def f(a, b):\n    if a:\n        return 1\n    if b:\n        return 2\n    return 3",
        NUMBERS,
    ),
    "result: default": (
        "def f(a, b):\n    c = 0\n    if log(a):\n        c = log(b)\n    return c",
        "def f(a, b):\n    if log(a):\n        return log(b)\n    return 0",
        NUMBERS,
    ),
    "flag": (
        "def f(a, b):\n    found = False\n    for x in a:\n        if x == b:\n            found = True\n            break\n    return found",
        "def f(a, b):\n    for x in a:\n        if x == b:\n            return True\n    return False",
        LISTS,
    ),
    "temporary": ("def f(a, b):\n    c = log(a)\n    return c + b", "def f(a, b):\n    return log(a) + b", NUMBERS),
    "temporary: as an argument": ("def f(a, b):\n    c = log(a)\n    log(c)", "def f(a, b):\n    log(log(a))", NUMBERS),
    "temporary: two": (
        "def f(a, b):\n    c = log(a)\n    d = log(c)\n    return d",
        "def f(a, b):\n    return log(log(a))",
        NUMBERS,
    ),
    "temporary: in a test": (
        "def f(a, b):\n    c = log(a)\n    if c:\n        log(b)",
        "def f(a, b):\n    if log(a):\n        log(b)",
        NUMBERS,
    ),
    "temporary: in a loop's head": (
        "def f(a, b):\n    c = log(a)\n    for x in c:\n        log(x)",
        "def f(a, b):\n    for x in log(a):\n        log(x)",
        LISTS,
    ),
    "temporary: own variables pass a call": (
        "def f(a, b):\n    c = a + b\n    return log(a) + c",
        "def f(a, b):\n    return log(a) + (a + b)",
        NUMBERS,
    ),
    "temporary: a lambda's parameter of that name": (
        "def f(a, b):\n    x = log(a)\n    return sorted(x, key=lambda y: -y)",
        "def f(a, b):\n    return sorted(log(a), key=lambda z: -z)",
        LISTS,
    ),
    "with": (
        "def f(a, b):\n    with suppress(KeyError), suppress(ValueError):\n        int(log('x'))\n    return a",
        "def f(a, b):\n    with suppress(KeyError):\n        with suppress(ValueError):\n            int(log('x'))\n    return a",
        NUMBERS,
    ),
}

GUARDED = {
    "noise: a return in the middle": (
        "def f(a, b):\n    if a:\n        return\n    log(b)",
        "def f(a, b):\n    if a:\n        pass\n    log(b)",
        NUMBERS,
    ),
    "noise: a dead yield makes a generator": (
        "def f(a, b):\n    return\n    yield a",
        "def f(a, b):\n    return",
        NUMBERS,
    ),
    "noise: a returned value": ("def f(a, b):\n    log(a)\n    return 0", "def f(a, b):\n    log(a)", NUMBERS),
    "augmented: the target's call runs once": (
        "def f(a, b):\n    a[log(0)] += b",
        "def f(a, b):\n    a[log(0)] = a[log(0)] + b",
        ("[1], 2",),
    ),
    "augmented: a list changes in place": (
        "def f(a, b):\n    a += [b]\n    return a",
        "def f(a, b):\n    a = a + [b]\n    return a",
        LISTS,
    ),
    "augmented: another operator": (
        "def f(a, b):\n    a += b\n    return a",
        "def f(a, b):\n    a -= b\n    return a",
        NUMBERS,
    ),
    "unpack: a swap": (
        "def f(a, b):\n    a, b = b, a\n    return [a, a, b, b]",
        "def f(a, b):\n    a = b\n    b = a\n    return [a, a, b, b]",
        NUMBERS,
    ),
    "unpack: a global that the second value reads": (
        "def f(a, b):\n    global shared\n    def g():\n        return shared\n    shared = 7\n    shared, c = a, g()\n    return [c, c]",
        "def f(a, b):\n    global shared\n    def g():\n        return shared\n    shared = 7\n    shared = a\n    c = g()\n    return [c, c]",
        NUMBERS,
    ),
    "unpack: seen by a handler": (
        "def f(a, b):\n    c = 5\n    try:\n        c, d = log(a), int('x')\n    except ValueError:\n        log(c)\n    return c",
        "def f(a, b):\n    c = 5\n    try:\n        c = log(a)\n        d = int('x')\n    except ValueError:\n        log(c)\n    return c",
        NUMBERS,
    ),
    "chain of targets: one value": (
        "def f(a, b):\n    c = d = []\n    c.append(a)\n    return [c, c, d, d]",
        "def f(a, b):\n    c = []\n    d = []\n    c.append(a)\n    return [c, c, d, d]",
        NUMBERS,
    ),
    "chain of targets: the value's name is a target": (
        "def f(a, b):\n    (a, b) = c = a\n    return [a, b, c]",
        "def f(a, b):\n    (a, b) = a\n    c = a\n    return [a, b, c]",
        ("(1, 2), 0",),
    ),
    "chain of targets: a comprehension": (
        "def f(a, b):\n    c = d = [x for x in a]\n    return [c, d]",
        "def f(a, b):\n    c = [x for x in a]\n    d = 0\n    return [c, d]",
        LISTS,
    ),
    "guard: one that does not end": (
        "def f(a, b):\n    if a:\n        log(b)\n    log(a)\n    return a",
        "def f(a, b):\n    if a:\n        log(b)\n    else:\n        log(a)\n    return a",
        NUMBERS,
    ),
    "loop guard: break is not continue": (
        "def f(a, b):\n    for x in a:\n        if x == b:\n            break\n        log(x)",
        "def f(a, b):\n    for x in a:\n        if x != b:\n            log(x)",
        LISTS,
    ),
    "polarity: branches changed": (
        "def f(a, b):\n    if a:\n        log(1)\n    else:\n        log(2)",
        "def f(a, b):\n    if a:\n        log(2)\n    else:\n        log(1)",
        NUMBERS,
    ),
    "nested if: with an else": (
        "def f(a, b):\n    if a:\n        if b:\n            log(1)\n        else:\n            log(2)\n    return a",
        "def f(a, b):\n    if a and b:\n        log(1)\n    else:\n        log(2)\n    return a",
        NUMBERS,
    ),
    "nested if: more than the if": (
        "def f(a, b):\n    if a:\n        log(0)\n        if b:\n            log(1)\n    return a",
        "def f(a, b):\n    if a and b:\n        log(0)\n        log(1)\n    return a",
        NUMBERS,
    ),
    "loop exit: not at the start": (
        "def f(a, b):\n    while True:\n        a = a + log(a) + 1\n        if a > 5:\n            break\n    return a",
        "def f(a, b):\n    while not a > 5:\n        a = a + log(a) + 1\n    return a",
        ("9, 9",),
    ),
    "loop exit: the else of an endless loop": (
        "def f(a, b):\n    while True:\n        if a > 5:\n            break\n        a = a + log(a) + 1\n    else:\n        log('end')\n    return a",
        "def f(a, b):\n    while not a > 5:\n        a = a + log(a) + 1\n    else:\n        log('end')\n    return a",
        ("0, 1",),
    ),
    "result: seen by finally": (
        "def f(a, b):\n    c = None\n    try:\n        if a:\n            c = 1\n        else:\n            c = 2\n        return c\n    finally:\n        log(c)",
        "def f(a, b):\n    c = None\n    try:\n        if a:\n            return 1\n        return 2\n    finally:\n        log(c)",
        NUMBERS,
    ),
    "result: seen by a closure": (
        "def f(a, b):\n    c = 0\n    def g():\n        return log(c)\n    if a:\n        c = g\n    else:\n        c = g\n    return c",
        "def f(a, b):\n    c = 0\n    def g():\n        return log(c)\n    if a:\n        return g\n    return g",
        NUMBERS,
    ),
    "result: the default is read before the test changes it": (
        "def f(box):\n    c = box.value\n    if box.bump() > 5:\n        c = 0\n    return c",
        "def f(box):\n    if box.bump() > 5:\n        return 0\n    return box.value",
        ("Box(1)",),
    ),
    "result: a branch without it": (
        "def f(a, b):\n    c = 7\n    if a:\n        c = 1\n    else:\n        log(2)\n    return c",
        "def f(a, b):\n    if a:\n        return 1\n    return log(2)",
        NUMBERS,
    ),
    "flag: the break of an inner loop": (
        "def f(a, b):\n    found = 0\n    for x in a:\n        for y in a:\n            if log(y) == b:\n                found = x\n                break\n    return found",
        "def f(a, b):\n    for x in a:\n        for y in a:\n            if log(y) == b:\n                return x\n    return 0",
        LISTS,
    ),
    "flag: no break": (
        "def f(a, b):\n    found = False\n    for x in a:\n        if log(x) == b:\n            found = True\n    return found",
        "def f(a, b):\n    for x in a:\n        if log(x) == b:\n            return True\n    return False",
        LISTS,
    ),
    "flag: an else": (
        "def f(a, b):\n    found = False\n    for x in a:\n        if x == b:\n            found = True\n            break\n    else:\n        found = None\n    return found",
        "def f(a, b):\n    for x in a:\n        if x == b:\n            return True\n    return False",
        LISTS,
    ),
    "flag: read inside": (
        "def f(a, b):\n    found = 0\n    for x in a:\n        if x == b:\n            found = 9\n            break\n        log(found)\n    return found",
        "def f(a, b):\n    for x in a:\n        if x == b:\n            return 9\n        log(9)\n    return 0",
        LISTS,
    ),
    "flag: seen by finally": (
        "def f(a, b):\n    try:\n        found = False\n        for x in a:\n            if x == b:\n                found = True\n                break\n        return found\n    finally:\n        log(found)",
        "def f(a, b):\n    found = None\n    try:\n        for x in a:\n            if x == b:\n                return True\n        return False\n    finally:\n        log(found)",
        LISTS,
    ),
    "temporary: another call comes first": (
        "def f(a, b):\n    c = log(a)\n    return log(b) + c",
        "def f(a, b):\n    return log(b) + log(a)",
        NUMBERS,
    ),
    "temporary: an attribute that the call changes": (
        "def f(box):\n    c = box.bump()\n    return box.value + c",
        "def f(box):\n    return box.value + box.bump()",
        ("Box(1)",),
    ),
    "temporary: an attribute read before the call": (
        "def f(box):\n    c = box.value\n    return box.bump() + c",
        "def f(box):\n    return box.bump() + box.value",
        ("Box(1)",),
    ),
    "temporary: a global that the call changes": (
        "shared = 1\ndef f(a, b):\n    global shared\n    def g():\n        global shared\n        shared += 1\n        return shared\n    c = shared\n    return g() + c",
        "shared = 1\ndef f(a, b):\n    global shared\n    def g():\n        global shared\n        shared += 1\n        return shared\n    return g() + shared",
        NUMBERS,
    ),
    "temporary: a closure's variable": (
        "def f(a, b):\n    def g():\n        nonlocal a\n        a += 1\n        return a\n    c = a\n    return g() + c",
        "def f(a, b):\n    def g():\n        nonlocal a\n        a += 1\n        return a\n    return g() + a",
        NUMBERS,
    ),
    "temporary: behind and": (
        "def f(a, b):\n    c = log(a)\n    return b and c",
        "def f(a, b):\n    return b and log(a)",
        NUMBERS,
    ),
    "temporary: in a branch": (
        "def f(a, b):\n    c = log(a)\n    return [c if b else 0]",
        "def f(a, b):\n    return [log(a) if b else 0]",
        NUMBERS,
    ),
    "temporary: at the end of a chain": (
        "def f(a, b):\n    c = log(a)\n    return 0 < b < c",
        "def f(a, b):\n    return 0 < b < log(a)",
        NUMBERS,
    ),
    "temporary: in a lambda": (
        "def f(a, b):\n    c = log(a)\n    return lambda: c",
        "def f(a, b):\n    return lambda: log(a) + log(a)",
        NUMBERS,
    ),
    "temporary: in a comprehension": (
        "def f(a, b):\n    c = log(b)\n    return [x + c for x in a]",
        "def f(a, b):\n    return [x + log(b) for x in a]",
        LISTS,
    ),
    "temporary: in a loop's test": (
        "def f(a, b):\n    c = log(a)\n    while b < c:\n        b += 1\n    return b",
        "def f(a, b):\n    while b < log(a):\n        b += 1\n    return b",
        ("3, 1",),
    ),
    "temporary: used twice": (
        "def f(a, b):\n    c = log(a)\n    return c + c",
        "def f(a, b):\n    return log(a) + log(a)",
        NUMBERS,
    ),
    "temporary: in an augmented element": (
        "def f(a, b):\n    c = log(0)\n    a[c] += b",
        "def f(a, b):\n    a[log(0)] = a[log(0)] + b",
        ("[1], 2",),
    ),
    "temporary: past a walrus": (
        "def f(a, b):\n    c = a\n    return [(a := b), c]",
        "def f(a, b):\n    return [(a := b), a]",
        ("1, 2",),
    ),
    "temporary: seen by finally": (
        "def f(a, b):\n    try:\n        c = log(a)\n        return c\n    finally:\n        log(c)",
        "def f(a, b):\n    c = 0\n    try:\n        return log(a)\n    finally:\n        log(c)",
        ("1, 2",),
    ),
    "order of effects": ("def f(a, b):\n    log(a)\n    log(b)", "def f(a, b):\n    log(b)\n    log(a)", NUMBERS),
    "an attribute is read before it is written": (
        "def f(box):\n    c = box.value\n    box.value = 5\n    return c",
        "def f(box):\n    box.value = 5\n    c = box.value\n    return c",
        ("Box(1)",),
    ),
    "an attribute is read before a call": (
        "def f(box):\n    c = box.value\n    box.bump()\n    return [c, c]",
        "def f(box):\n    box.bump()\n    c = box.value\n    return [c, c]",
        ("Box(1)",),
    ),
    "a length is taken before a list grows": (
        "def f(a, b):\n    c = len(a)\n    a.append(b)\n    return [c, c]",
        "def f(a, b):\n    a.append(b)\n    c = len(a)\n    return [c, c]",
        LISTS,
    ),
    "a loop runs before a list grows": (
        "def f(a, b):\n    c = 0\n    for x in a:\n        c = c + x\n    a.append(b)\n    return c",
        "def f(a, b):\n    a.append(b)\n    c = 0\n    for x in a:\n        c = c + x\n    return c",
        ("[1], 2",),
    ),
    "a membership test before a list grows": (
        "def f(a, b):\n    c = b in a\n    a.append(b)\n    return [c, c]",
        "def f(a, b):\n    a.append(b)\n    c = b in a\n    return [c, c]",
        ("[1], 2",),
    ),
    "unpacking before a list changes": (
        "def f(a, b):\n    c, d = a\n    a.reverse()\n    return [c, d, c, d]",
        "def f(a, b):\n    a.reverse()\n    c, d = a\n    return [c, d, c, d]",
        ("[1, 2], 2",),
    ),
    "a global is written before a call": (
        "def f(a, b):\n    global shared\n    shared = a\n    b()",
        "def f(a, b):\n    global shared\n    b()\n    shared = a",
        ("1, lambda: log(globals().get('shared'))", "1, lambda: 1 // 0"),
    ),
    "else of a try": (
        "def f(a, b):\n    try:\n        log(a)\n    except ZeroDivisionError:\n        return 0\n    else:\n        b = 1 / b\n    return b",
        "def f(a, b):\n    try:\n        log(a)\n        b = 1 / b\n    except ZeroDivisionError:\n        return 0\n    return b",
        NUMBERS,
    ),
    "what a try protects": (
        "def f(a, b):\n    try:\n        a = log(a)\n        b = 1 / b\n    except ZeroDivisionError:\n        return 0\n    return [a, b]",
        "def f(a, b):\n    try:\n        a = log(a)\n    except ZeroDivisionError:\n        return 0\n    b = 1 / b\n    return [a, b]",
        NUMBERS,
    ),
    "what a with holds": (
        "def f(a, b):\n    with suppress(ZeroDivisionError):\n        log(a)\n        log(1 / b)\n",
        "def f(a, b):\n    with suppress(ZeroDivisionError):\n        log(a)\n    log(1 / b)\n",
        NUMBERS,
    ),
    "what a class holds": (
        "def f(a, b):\n    class C:\n        c = a\n        d = b\n    return hasattr(C, 'd')",
        "def f(a, b):\n    class C:\n        c = a\n    d = b\n    return hasattr(C, 'd')",
        NUMBERS,
    ),
    "what a finally holds": (
        "def f(a, b):\n    try:\n        log(a)\n    except ValueError:\n        raise\n    finally:\n        log(1)\n        log(2 / a)\n    return b",
        "def f(a, b):\n    try:\n        log(a)\n    except ValueError:\n        raise\n    finally:\n        log(1)\n    log(2 / b)\n    return b",
        NUMBERS,
    ),
    "finally runs in any case": (
        "def f(a, b):\n    try:\n        return 1 / a\n    finally:\n        log(b)",
        "def f(a, b):\n    c = 1 / a\n    log(b)\n    return c",
        NUMBERS,
    ),
    "return in finally": (
        "def f(a, b):\n    try:\n        return 1 / a\n    finally:\n        return log(b)",
        "def f(a, b):\n    try:\n        return 1 / a\n    finally:\n        log(b)",
        NUMBERS,
    ),
    "del": ("def f(a, b):\n    del a\n    return a", "def f(a, b):\n    del b\n    return a", NUMBERS),
    "nonlocal": (
        "def f(a, b):\n    def g():\n        nonlocal a\n        a = b\n    g()\n    return a",
        "def f(a, b):\n    def g():\n        a = b\n    g()\n    return a",
        NUMBERS,
    ),
    "yield is not return": ("def f(a, b):\n    yield a", "def f(a, b):\n    return a", NUMBERS),
    "yield from is not yield": ("def f(a, b):\n    yield from a", "def f(a, b):\n    yield a", LISTS),
    "another handler": (
        "def f(a, b):\n    try:\n        return a / b\n    except ZeroDivisionError:\n        return 0",
        "def f(a, b):\n    try:\n        return a / b\n    except ValueError:\n        return 0",
        NUMBERS,
    ),
    "which of the unpacked values": (
        "def f(a, b):\n    c, d = log((a, b))\n    return c",
        "def f(a, b):\n    c, d = log((a, b))\n    return d",
        NUMBERS,
    ),
    "which of the imported names": (
        "def f(a, b):\n    from math import floor, ceil\n    return floor(a / 2)",
        "def f(a, b):\n    from math import floor, ceil\n    return ceil(a / 2)",
        NUMBERS,
    ),
    "which of a pattern's names": (
        "def f(a, b):\n    match (a, b):\n        case [c, d]:\n            return c",
        "def f(a, b):\n    match (a, b):\n        case [c, d]:\n            return d",
        NUMBERS,
    ),
    "which of a pattern's attributes": (
        "def f(box):\n    match box:\n        case Box(value=c, items=d):\n            return c",
        "def f(box):\n    match box:\n        case Box(value=d, items=c):\n            return c",
        ("Box(4)",),
    ),
    "which of a loop's variables": (
        "def f(a, b):\n    for c, d in [(a, b)]:\n        log(c)",
        "def f(a, b):\n    for c, d in [(a, b)]:\n        log(d)",
        NUMBERS,
    ),
    "the order of handlers": (
        "def f(a, b):\n    try:\n        return a / b\n    except ZeroDivisionError:\n        return 0\n    except Exception:\n        return 1",
        "def f(a, b):\n    try:\n        return a / b\n    except Exception:\n        return 1\n    except ZeroDivisionError:\n        return 0",
        NUMBERS,
    ),
    "the order of cases": (
        "def f(a, b):\n    match a:\n        case int():\n            return 0\n        case 1:\n            return 1",
        "def f(a, b):\n    match a:\n        case 1:\n            return 1\n        case int():\n            return 0",
        NUMBERS,
    ),
    "the exception's cause": (
        "def f(a, b):\n    raise ValueError(a) from TypeError(b)",
        "def f(a, b):\n    raise TypeError(b) from ValueError(a)",
        NUMBERS,
    ),
}


@pytest.mark.parametrize(("before", "after", "calls"), EQUAL.values(), ids=EQUAL.keys())
def test_the_rule_makes_them_one(before: str, after: str, calls: tuple[str, ...]) -> None:
    assert behaviour(before, calls) == behaviour(after, calls)
    assert hash_of(before) == hash_of(after)


@pytest.mark.parametrize(("before", "after", "calls"), GUARDED.values(), ids=GUARDED.keys())
def test_the_guard_keeps_them_apart(before: str, after: str, calls: tuple[str, ...]) -> None:
    assert behaviour(before, calls) != behaviour(after, calls)
    assert hash_of(before) != hash_of(after)
