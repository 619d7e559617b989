"""The rules for loops: pairs that become one form, and pairs that a guard must keep apart.

Of an equal pair both versions do the same on every call; of an unequal pair they do not, on at least one call, which
proves that the guard is needed.
"""

from __future__ import annotations

import pytest
from behaviour import behaviour, hash_of

LISTS = ("[], 1", "[1], 1", "[1, 2, 3], 2", "[3, 1], 1", "[0, 0], 0", "[4, 5, 6], 9")

EQUAL = {
    "sum: two in a row": (
        """
        def f(a, b):
            c = sum(x + 1 for x in a)
            d = sum(x + b for x in a)
            return [c - d, c]
        """,
        """
        def f(a, b):
            c = 0
            for x in a:
                c += x + 1
            d = 0
            for x in a:
                d += x + b
            return [c - d, c]
        """,
    ),
    "comprehension: list": (
        """
        def f(a, b):
            c = [log(x) for x in a if x > b]
            return [c, c]
        """,
        """
        def f(a, b):
            c = []
            for x in a:
                if x > b:
                    c.append(log(x))
            return [c, c]
        """,
    ),
    "comprehension: set": (
        """
        def f(a, b):
            c = {x + b for x in a}
            return [c, c]
        """,
        """
        def f(a, b):
            c = set()
            for x in a:
                c.add(x + b)
            return [c, c]
        """,
    ),
    "comprehension: dict": (
        """
        def f(a, b):
            c = {x: x + b for x in a}
            return [c, c]
        """,
        """
        def f(a, b):
            c = {}
            for x in a:
                c[x] = x + b
            return [c, c]
        """,
    ),
    "comprehension: two loops": (
        """
        def f(a, b):
            return [x * y for x in a for y in a if x < y]
        """,
        """
        def f(a, b):
            c = []
            for x in a:
                for y in a:
                    if x < y:
                        c.append(x * y)
            return c
        """,
    ),
    "comprehension: the name is used outside": (
        """
        def f(a, x):
            return [[x for x in a], x]
        """,
        """
        def f(a, x):
            return [[y for y in a], x]
        """,
    ),
    "comprehension: hoisted, the name is used outside": (
        """
        def f(a, x):
            c = [x for x in a]
            return [c, x, c]
        """,
        """
        def f(a, x):
            c = []
            for y in a:
                c.append(y)
            return [c, x, c]
        """,
    ),
    "comprehension: the iterable has the target's name": (
        """
        def f(x, b):
            c = [x + b for x in x]
            return [c, c]
        """,
        """
        def f(a, b):
            c = []
            for x in a:
                c.append(x + b)
            return [c, c]
        """,
    ),
    "comprehension: collected": (
        """
        def f(a, b):
            return sorted(x + b for x in a)
        """,
        """
        def f(a, b):
            c = []
            for x in a:
                c.append(x + b)
            return sorted(c)
        """,
    ),
    "comprehension: joined": (
        """
        def f(a, b):
            return '-'.join(str(x) for x in a)
        """,
        """
        def f(a, b):
            return '-'.join([str(x) for x in a])
        """,
    ),
    "any": (
        """
        def f(a, b):
            return any(log(x) == b for x in a)
        """,
        """
        def f(a, b):
            for x in a:
                if log(x) == b:
                    return True
            return False
        """,
    ),
    "any: several generators": (
        """
        def f(a, b):
            return any(log(x) == y + b for x in a for y in a)
        """,
        """
        def f(a, b):
            for x in a:
                for y in a:
                    if log(x) == y + b:
                        return True
            return False
        """,
    ),
    "any: assigned": (
        """
        def f(a, b):
            c = any(log(x) == b for x in a)
            return [c, c]
        """,
        """
        def f(a, b):
            c = False
            for x in a:
                if log(x) == b:
                    c = True
                    break
            return [c, c]
        """,
    ),
    "any: as a guard": (
        """
        def f(a, b):
            if any(log(x) == b for x in a):
                return 5
            return b
        """,
        """
        def f(a, b):
            for x in a:
                if log(x) == b:
                    return 5
            return b
        """,
    ),
    "any: as a guard, the name is used outside": (
        """
        def f(a, x):
            if any(log(x) == 2 for x in a):
                return x
            return 0
        """,
        """
        def f(a, x):
            for y in a:
                if log(y) == 2:
                    return x
            return 0
        """,
    ),
    "all": (
        """
        def f(a, b):
            return all(log(x) < b for x in a)
        """,
        """
        def f(a, b):
            for x in a:
                if not log(x) < b:
                    return False
            return True
        """,
    ),
    "all: several generators": (
        """
        def f(a, b):
            return all(x == y for x in a for y in a)
        """,
        """
        def f(a, b):
            for x in a:
                for y in a:
                    if x != y:
                        return False
            return True
        """,
    ),
    "sum": (
        """
        def f(a, b):
            return sum(x * b for x in a)
        """,
        """
        def f(a, b):
            c = 0
            for x in a:
                c += x * b
            return c
        """,
    ),
    "counter": (
        """
        def f(a, b):
            i = 0
            while i < len(a):
                log(a[i] + i)
                i += 1
        """,
        """
        def f(a, b):
            for i in range(len(a)):
                log(a[i] + i)
        """,
    ),
    "counter: from a start to a bound": (
        """
        def f(a, b):
            i = 1
            while b > i:
                log(i)
                i = i + 1
        """,
        """
        def f(a, b):
            for i in range(1, b):
                log(i)
        """,
    ),
    "counter: break": (
        """
        def f(a, b):
            i = 0
            while i < 9:
                if log(i) > b:
                    break
                i += 1
        """,
        """
        def f(a, b):
            for i in range(9):
                if log(i) > b:
                    break
        """,
    ),
    "index": (
        """
        def f(a, b):
            for i in range(len(a)):
                log(a[i] + b)
        """,
        """
        def f(a, b):
            for x in a:
                log(x + b)
        """,
    ),
    "index: with the index": (
        """
        def f(a, b):
            for i in range(len(a)):
                log(a[i] + i)
        """,
        """
        def f(a, b):
            for i, x in enumerate(a):
                log(x + i)
        """,
    ),
    "index: from a while": (
        """
        def f(a, b):
            i = 0
            while i < len(a):
                log(a[i] + b)
                i += 1
        """,
        """
        def f(a, b):
            for x in a:
                log(x + b)
        """,
    ),
    "index: a harmless method": (
        """
        def f(a, b):
            for i in range(len(a)):
                log(a.index(a[i]))
        """,
        """
        def f(a, b):
            for x in a:
                log(a.index(x))
        """,
    ),
    "enumerate": (
        """
        def f(a, b):
            for i, x in enumerate(a):
                log(x + b)
        """,
        """
        def f(a, b):
            for x in a:
                log(x + b)
        """,
    ),
}

GUARDED = {
    "comprehension: reads the variable that it fills": (
        """
        def f(a, b):
            c = [5]
            c = [len(c) for x in a]
            return [c, c]
        """,
        """
        def f(a, b):
            c = []
            for x in a:
                c.append(len(c))
            return [c, c]
        """,
        LISTS,
    ),
    "comprehension: several targets": (
        """
        def f(a, b):
            c = d = [x for x in a]
            c.append(b)
            return [c, d]
        """,
        """
        def f(a, b):
            d = 0
            c = [x for x in a]
            c.append(b)
            return [c, d]
        """,
        LISTS,
    ),
    "comprehension: a handler sees what was there before": (
        """
        def f(a, b):
            c = None
            try:
                c = [1 // x for x in a]
            except ZeroDivisionError:
                log(c)
            return c
        """,
        """
        def f(a, b):
            c = None
            try:
                c = []
                for x in a:
                    c.append(1 // x)
            except ZeroDivisionError:
                log(c)
            return c
        """,
        LISTS,
    ),
    "comprehension: suppress lets one see what was there before": (
        """
        def f(a, b):
            c = None
            with suppress(ZeroDivisionError):
                c = [1 // x for x in a]
            return [c, c]
        """,
        """
        def f(a, b):
            c = None
            with suppress(ZeroDivisionError):
                c = []
                for x in a:
                    c.append(1 // x)
            return [c, c]
        """,
        LISTS,
    ),
    "comprehension: a closure sees what was there before": (
        """
        def f(a, b):
            c = None
            def g():
                return log(c)
            c = [g() for x in a]
            return c
        """,
        """
        def f(a, b):
            c = None
            def g():
                return log(c)
            c = []
            for x in a:
                c.append(g())
            return c
        """,
        LISTS,
    ),
    "comprehension: a global": (
        """
        shared = 0
        def f(a, b):
            global shared
            shared = [1 // x for x in a]
        """,
        """
        shared = 0
        def f(a, b):
            global shared
            shared = []
            for x in a:
                shared.append(1 // x)
        """,
        LISTS,
    ),
    "comprehension: its variable does not leak": (
        """
        def f(a, x):
            c = [x for x in a]
            return [c, x]
        """,
        """
        def f(a, x):
            c = []
            for x in a:
                c.append(x)
            return [c, x]
        """,
        LISTS,
    ),
    "comprehension: a lambda's parameter of the same name": (
        """
        def f(a, x):
            c = [(lambda x: x + 1)(x) for x in a]
            return [c, x]
        """,
        """
        def f(a, x):
            c = [(lambda y: x + 1)(y) for y in a]
            return [c, x]
        """,
        LISTS,
    ),
    "comprehension: another order of its loops": (
        """
        def f(a, b):
            return [log(x) for x in a for y in (1, 2)]
        """,
        """
        def f(a, b):
            return [log(x) for y in (1, 2) for x in a]
        """,
        LISTS,
    ),
    "any: of a list looks at all": (
        """
        def f(a, b):
            return any([log(x) == b for x in a])
        """,
        """
        def f(a, b):
            for x in a:
                if log(x) == b:
                    return True
            return False
        """,
        LISTS,
    ),
    "any: several generators, assigned": (
        """
        def f(a, b):
            c = any(log(x) == b for x in a for y in a)
            return [c, c]
        """,
        """
        def f(a, b):
            c = False
            for x in a:
                for y in a:
                    if log(x) == b:
                        c = True
                        break
            return [c, c]
        """,
        LISTS,
    ),
    "any: rebound": (
        """
        def f(a, any):
            return any(x == 1 for x in a)
        """,
        """
        def f(a, any):
            for x in a:
                if x == 1:
                    return True
            return False
        """,
        ("[1], list",),
    ),
    "any: a guard that continues the loop around": (
        """
        def f(a, b):
            for y in a:
                if any(x == b for x in a):
                    log(y)
                    if y:
                        continue
                    return 1
                log(0)
        """,
        """
        def f(a, b):
            for y in a:
                for x in a:
                    if x == b:
                        log(y)
                        if y:
                            continue
                        return 1
                log(0)
        """,
        LISTS,
    ),
    "any: as a guard, the outer variable of the same name": (
        """
        def f(a, x):
            if any(log(x) == 2 for x in a):
                return x
            return 0
        """,
        """
        def f(a, b):
            for x in a:
                if log(x) == 2:
                    return x
            return 0
        """,
        ("[1, 2, 3], 5",),
    ),
    "any is not all": (
        """
        def f(a, b):
            return any(x == b for x in a)
        """,
        """
        def f(a, b):
            return all(x == b for x in a)
        """,
        LISTS,
    ),
    "sum: a start": (
        """
        def f(a, b):
            return sum((x for x in a), b)
        """,
        """
        def f(a, b):
            c = 0
            for x in a:
                c += x
            return c
        """,
        LISTS,
    ),
    "counter: continue": (
        """
        def f(a, b):
            i = 0
            while i < 3:
                if log(b):
                    b = b - 1
                    continue
                log(i)
                i += 1
        """,
        """
        def f(a, b):
            for i in range(3):
                if log(b):
                    b = b - 1
                    continue
                log(i)
        """,
        LISTS,
    ),
    "counter: read after the loop": (
        """
        def f(a, b):
            i = 0
            while i < b:
                log(i)
                i += 1
            return i
        """,
        """
        def f(a, b):
            for i in range(b):
                log(i)
            return i
        """,
        LISTS,
    ),
    "counter: else": (
        """
        def f(a, b):
            i = 0
            while i < b:
                log(i)
                i += 1
            else:
                log('end')
        """,
        """
        def f(a, b):
            for i in range(b):
                log(i)
        """,
        LISTS,
    ),
    "counter: the bound is written inside": (
        """
        def f(a, b):
            i = 0
            while i < b:
                b = b - 1
                log(i)
                i += 1
        """,
        """
        def f(a, b):
            for i in range(b):
                b = b - 1
                log(i)
        """,
        LISTS,
    ),
    "counter: the bound grows inside": (
        """
        def f(a, b):
            i = 0
            while i < len(a):
                if i < 5:
                    a.append(i)
                log(i)
                i += 1
        """,
        """
        def f(a, b):
            for i in range(len(a)):
                if i < 5:
                    a.append(i)
                log(i)
        """,
        LISTS,
    ),
    "counter: the bound is handed over inside": (
        """
        def f(a, b):
            i = 0
            while i < len(a):
                list.pop(a)
                log(i)
                i += 1
        """,
        """
        def f(a, b):
            for i in range(len(a)):
                list.pop(a)
                log(i)
        """,
        LISTS,
    ),
    "counter: the bound has another name inside": (
        """
        def f(a, b):
            i = 0
            while i < len(a):
                c = a
                c.pop()
                log(c)
                i += 1
        """,
        """
        def f(a, b):
            for i in range(len(a)):
                c = a
                c.pop()
                log(c)
        """,
        LISTS,
    ),
    "counter: the bound is an attribute that a method changes": (
        """
        def f(box):
            i = 0
            while i < box.value:
                box.bump(-1)
                log(i)
                i += 1
        """,
        """
        def f(box):
            for i in range(box.value):
                box.bump(-1)
                log(i)
        """,
        ("Box(4)",),
    ),
    "counter: the bound is a closure's variable": (
        """
        def f(a, b):
            def g():
                nonlocal b
                b -= 1
            i = 0
            while i < b:
                g()
                log(i)
                i += 1
        """,
        """
        def f(a, b):
            def g():
                nonlocal b
                b -= 1
            for i in range(b):
                g()
                log(i)
        """,
        LISTS,
    ),
    "counter: the bound depends on the counter": (
        """
        def f(a, b):
            i = 0
            while i < 6 - i:
                log(i)
                i += 1
        """,
        """
        def f(a, b):
            i = 0
            for i in range(6 - i):
                log(i)
        """,
        LISTS,
    ),
    "counter: written inside": (
        """
        def f(a, b):
            i = 0
            while i < 9:
                if b:
                    i = i + 2
                log(i)
                i += 1
        """,
        """
        def f(a, b):
            for i in range(9):
                if b:
                    i = i + 2
                log(i)
        """,
        LISTS,
    ),
    "counter: a closure sees its last value": (
        """
        def f(a, b):
            c = []
            i = 0
            while i < 3:
                c.append(lambda: i)
                i += 1
            return c
        """,
        """
        def f(a, b):
            c = []
            for i in range(3):
                c.append(lambda: i)
            return c
        """,
        LISTS,
    ),
    "counter: the start changes before the loop": (
        """
        def f(a, b):
            i = b
            b = 0
            while i < 4:
                log(i)
                i += 1
            return b
        """,
        """
        def f(a, b):
            b = 0
            for i in range(b, 4):
                log(i)
            return b
        """,
        LISTS,
    ),
    "counter: another step": (
        """
        def f(a, b):
            i = 0
            while i < 9:
                log(i)
                i += 2
        """,
        """
        def f(a, b):
            for i in range(9):
                log(i)
        """,
        LISTS,
    ),
    "counter: a fraction": (
        """
        def f(a, b):
            i = 0
            while i < b / 2:
                log(i)
                i += 1
        """,
        """
        def f(a, b):
            for i in range(b / 2):
                log(i)
        """,
        LISTS,
    ),
    "counter: <=": (
        """
        def f(a, b):
            i = 0
            while i <= b:
                log(i)
                i += 1
        """,
        """
        def f(a, b):
            for i in range(b):
                log(i)
        """,
        LISTS,
    ),
    "index: elements are written": (
        """
        def f(a, b):
            for i in range(len(a)):
                a[-1] = 7
                log(a[i])
        """,
        """
        def f(a, b):
            for x in a:
                a[-1] = 7
                log(x + 0)
        """,
        LISTS,
    ),
    "index: the sequence is rebound": (
        """
        def f(a, b):
            for i in range(len(a)):
                log(a[i])
                a = [8, 8, 8]
        """,
        """
        def f(a, b):
            for x in a:
                log(x)
                a = [8, 8, 8]
        """,
        LISTS,
    ),
    "index: the sequence grows": (
        """
        def f(a, b):
            for i in range(len(a)):
                log(a[i])
                if len(a) < 5:
                    a.append(b)
        """,
        """
        def f(a, b):
            for x in a:
                log(x)
                if len(a) < 5:
                    a.append(b)
        """,
        LISTS,
    ),
    "index: the sequence is handed over": (
        """
        def f(a, b):
            for i in range(len(a)):
                log(a[i])
                list.reverse(a)
        """,
        """
        def f(a, b):
            for x in a:
                log(x)
                list.reverse(a)[0]
        """,
        LISTS,
    ),
    "index: a method of its owner": (
        """
        def f(box):
            for i in range(len(box.items)):
                log(box.items[i])
                box.grow()
        """,
        """
        def f(box):
            for x in box.items:
                log(x)
                box.grow()
        """,
        ("Box(0, [1, 2])",),
    ),
    "index: read after the loop": (
        """
        def f(a, b):
            i = None
            for i in range(len(a)):
                log(a[i])
            return i
        """,
        """
        def f(a, b):
            i = None
            for x in a:
                log(x)
            return i
        """,
        LISTS,
    ),
    "index: another sequence": (
        """
        def f(a, b):
            c = [7] * 9
            for i in range(len(a)):
                log(c[i])
            return c
        """,
        """
        def f(a, b):
            c = [7] * 9
            for x in a:
                log(x)
            return c
        """,
        LISTS,
    ),
    "index: a shifted index": (
        """
        def f(a, b):
            for i in range(len(a)):
                log(a[i - 1])
        """,
        """
        def f(a, b):
            for x in a:
                log(x - 1)
        """,
        LISTS,
    ),
    "index: else": (
        """
        def f(a, b):
            for i in range(len(a)):
                log(a[i])
            else:
                log(i)
        """,
        """
        def f(a, b):
            for x in a:
                log(x)
            else:
                log(x)
        """,
        ("[1, 2, 3], 2",),
    ),
    "enumerate: the index is read after the loop": (
        """
        def f(a, b):
            i = None
            for i, x in enumerate(a):
                log(x)
            return i
        """,
        """
        def f(a, b):
            i = None
            for x in a:
                log(x)
            return i
        """,
        LISTS,
    ),
    "enumerate: the index is global": (
        """
        shared = 0
        def f(a, b):
            global shared
            for shared, x in enumerate(a):
                log(x)
        """,
        """
        shared = 0
        def f(a, b):
            global shared
            for x in a:
                log(x)
        """,
        LISTS,
    ),
    "enumerate: rebound": (
        """
        def f(a, enumerate):
            for i, x in enumerate(a):
                log(x)
        """,
        """
        def f(a, enumerate):
            for x in a:
                log(x)
        """,
        ("[1], lambda a: [(2, 3)]",),
    ),
}


@pytest.mark.parametrize(("before", "after"), EQUAL.values(), ids=EQUAL.keys())
def test_the_rule_makes_them_one(before: str, after: str) -> None:
    assert behaviour(before, LISTS) == behaviour(after, LISTS)
    assert hash_of(before) == hash_of(after)


@pytest.mark.parametrize(("before", "after", "calls"), GUARDED.values(), ids=GUARDED.keys())
def test_the_guard_keeps_them_apart(before: str, after: str, calls: tuple[str, ...]) -> None:
    assert behaviour(before, calls) != behaviour(after, calls)
    assert hash_of(before) != hash_of(after)
