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
    "match: values": (
        """
        def f(a, b):
            match a:
                case 1 | 2:
                    return b
                case -1 if b:
                    return 7
                case None:
                    return 8
                case _:
                    return a
        """,
        """
        def f(a, b):
            if a in (1, 2):
                return b
            elif a == -1 and b:
                return 7
            elif a is None:
                return 8
            else:
                return a
        """,
        (*NUMBERS, "-1, 0", "None, 1", "1.0, 3"),
    ),
    "match: a computed subject of one test": (
        """
        def f(a, b):
            match log(a):
                case 1 if log(b):
                    return 0
            return b
        """,
        """
        def f(a, b):
            if log(a) == 1 and log(b):
                return 0
            return b
        """,
        NUMBERS,
    ),
    "match: a subject that is computed": (
        """
        def f(a, b):
            match log(a):
                case 1:
                    log(b)
                case 2:
                    log(a)
            return b
        """,
        """
        def f(a, b):
            found = log(a)
            if found == 1:
                log(b)
            elif found == 2:
                log(a)
            return b
        """,
        NUMBERS,
    ),
    "noise: docstring": (
        '''
        def f(a, b):
            """Doc."""
            return a
        ''',
        """
        def f(a, b):
            return a
        """,
        NUMBERS,
    ),
    "noise: pass and constants": (
        """
        def f(a, b):
            pass
            ...
            return a
        """,
        """
        def f(a, b):
            return a
        """,
        NUMBERS,
    ),
    "noise: final return": (
        """
        def f(a, b):
            log(a)
            return
        """,
        """
        def f(a, b):
            log(a)
        """,
        NUMBERS,
    ),
    "noise: final return None": (
        """
        def f(a, b):
            log(a)
            return None
        """,
        """
        def f(a, b):
            log(a)
        """,
        NUMBERS,
    ),
    "noise: annotations": (
        """
        def f(a: int, b) -> int:
            c: int = a
            return c + c
        """,
        """
        def f(a, b):
            c = a
            return c + c
        """,
        NUMBERS,
    ),
    "noise: what is never run": (
        """
        def f(a, b):
            return a
            log(b)
        """,
        """
        def f(a, b):
            return a
        """,
        NUMBERS,
    ),
    "augmented": (
        """
        def f(a, b):
            a += b
            return a * a
        """,
        """
        def f(a, b):
            a = a + b
            return a * a
        """,
        NUMBERS,
    ),
    "augmented: element": (
        """
        def f(a, b):
            a[0] += b
        """,
        """
        def f(a, b):
            a[0] = a[0] + b
        """,
        LISTS,
    ),
    "unpack": (
        """
        def f(a, b):
            c, d = a, b
            return c * d * c * d
        """,
        """
        def f(a, b):
            c = a
            d = b
            return c * d * c * d
        """,
        NUMBERS,
    ),
    "unpack: calls": (
        """
        def f(a, b):
            c, d = log(a), log(b)
            return c * d * c * d
        """,
        """
        def f(a, b):
            c = log(a)
            d = log(b)
            return c * d * c * d
        """,
        NUMBERS,
    ),
    "chain of targets": (
        """
        def f(a, b):
            c = d = 0
            return [c, c, d, d]
        """,
        """
        def f(a, b):
            c = 0
            d = 0
            return [c, c, d, d]
        """,
        NUMBERS,
    ),
    "choose: assigned": (
        """
        def f(a, b):
            c = a if a > b else b
            return c * c
        """,
        """
        def f(a, b):
            if a > b:
                c = a
            else:
                c = b
            return c * c
        """,
        NUMBERS,
    ),
    "choose: returned": (
        """
        def f(a, b):
            return log(a) if a > b else log(b)
        """,
        """
        def f(a, b):
            if a > b:
                return log(a)
            return log(b)
        """,
        NUMBERS,
    ),
    "guard": (
        """
        def f(a, b):
            if a:
                return log(b)
            log(a)
            return a
        """,
        """
        def f(a, b):
            if a:
                return log(b)
            else:
                log(a)
                return a
        """,
        NUMBERS,
    ),
    "guard: elif": (
        """
        def f(a, b):
            if a:
                return 1
            elif b:
                return 2
            return 3
        """,
        """
        def f(a, b):
            if a:
                return 1
            if b:
                return 2
            return 3
        """,
        NUMBERS,
    ),
    "guard: raise": (
        """
        def f(a, b):
            if a:
                raise ValueError(a)
            return log(b)
        """,
        """
        def f(a, b):
            if not a:
                return log(b)
            raise ValueError(a)
        """,
        NUMBERS,
    ),
    "loop guard": (
        """
        def f(a, b):
            for x in a:
                if x == b:
                    continue
                log(x)
        """,
        """
        def f(a, b):
            for x in a:
                if x != b:
                    log(x)
        """,
        LISTS,
    ),
    "polarity": (
        """
        def f(a, b):
            if not a:
                log(1)
            else:
                log(2)
        """,
        """
        def f(a, b):
            if a:
                log(2)
            else:
                log(1)
        """,
        NUMBERS,
    ),
    "polarity: empty branch": (
        """
        def f(a, b):
            if a:
                pass
            else:
                log(2)
        """,
        """
        def f(a, b):
            if not a:
                log(2)
        """,
        NUMBERS,
    ),
    "order polarity": (
        """
        def f(a, b):
            if a < b:
                log(1)
                log(2)
            else:
                log(3)
        """,
        """
        def f(a, b):
            if not a < b:
                log(3)
            else:
                log(1)
                log(2)
        """,
        NUMBERS,
    ),
    "order polarity: smaller first": (
        """
        def f(a, b):
            if a < b:
                log(1)
            else:
                log(3)
                log(2)
        """,
        """
        def f(a, b):
            if not a < b:
                log(3)
                log(2)
            else:
                log(1)
        """,
        NUMBERS,
    ),
    "nested if": (
        """
        def f(a, b):
            if a:
                if b:
                    log(1)
            return a
        """,
        """
        def f(a, b):
            if a and b:
                log(1)
            return a
        """,
        NUMBERS,
    ),
    "loop exit": (
        """
        def f(a, b):
            while True:
                if a > 5:
                    break
                a = a + log(a) + 1
            return a
        """,
        """
        def f(a, b):
            while not a > 5:
                a = a + log(a) + 1
            return a
        """,
        ("0, 1", "3, 0", "9, 9"),
    ),
    "result": (
        """
        def f(a, b):
            if a:
                c = log(1)
            else:
                c = log(2)
            return c
        """,
        """
        def f(a, b):
            if a:
                return log(1)
            return log(2)
        """,
        NUMBERS,
    ),
    "result: elif": (
        """
        def f(a, b):
            if a:
                c = 1
            elif b:
                c = 2
            else:
                c = 3
            return c
        """,
        """
        def f(a, b):
            if a:
                return 1
            if b:
                return 2
            return 3
        """,
        NUMBERS,
    ),
    "result: default": (
        """
        def f(a, b):
            c = 0
            if log(a):
                c = log(b)
            return c
        """,
        """
        def f(a, b):
            if log(a):
                return log(b)
            return 0
        """,
        NUMBERS,
    ),
    "flag": (
        """
        def f(a, b):
            found = False
            for x in a:
                if x == b:
                    found = True
                    break
            return found
        """,
        """
        def f(a, b):
            for x in a:
                if x == b:
                    return True
            return False
        """,
        LISTS,
    ),
    "temporary: read by two assignments in one": (
        """
        def f(a, b):
            t = log(a)
            x = y = t
            return [x, y]
        """,
        """
        def f(a, b):
            t = log(a)
            x = t
            y = t
            return [x, y]
        """,
        NUMBERS,
    ),
    "temporary: a literal into a statement that then does nothing": (
        """
        def f(a, b):
            t = 5
            t
            return a
        """,
        """
        def f(a, b):
            return a
        """,
        NUMBERS,
    ),
    "temporary": (
        """
        def f(a, b):
            c = log(a)
            return c + b
        """,
        """
        def f(a, b):
            return log(a) + b
        """,
        NUMBERS,
    ),
    "temporary: as an argument": (
        """
        def f(a, b):
            c = log(a)
            log(c)
        """,
        """
        def f(a, b):
            log(log(a))
        """,
        NUMBERS,
    ),
    "temporary: two": (
        """
        def f(a, b):
            c = log(a)
            d = log(c)
            return d
        """,
        """
        def f(a, b):
            return log(log(a))
        """,
        NUMBERS,
    ),
    "temporary: in a test": (
        """
        def f(a, b):
            c = log(a)
            if c:
                log(b)
        """,
        """
        def f(a, b):
            if log(a):
                log(b)
        """,
        NUMBERS,
    ),
    "temporary: in a loop's head": (
        """
        def f(a, b):
            c = log(a)
            for x in c:
                log(x)
        """,
        """
        def f(a, b):
            for x in log(a):
                log(x)
        """,
        LISTS,
    ),
    "temporary: own variables pass a call": (
        """
        def f(a, b):
            c = a + b
            return log(a) + c
        """,
        """
        def f(a, b):
            return log(a) + (a + b)
        """,
        NUMBERS,
    ),
    "temporary: a lambda's parameter of that name": (
        """
        def f(a, b):
            x = log(a)
            return sorted(x, key=lambda y: -y)
        """,
        """
        def f(a, b):
            return sorted(log(a), key=lambda z: -z)
        """,
        LISTS,
    ),
    "with": (
        """
        def f(a, b):
            with suppress(KeyError), suppress(ValueError):
                int(log('x'))
            return a
        """,
        """
        def f(a, b):
            with suppress(KeyError):
                with suppress(ValueError):
                    int(log('x'))
            return a
        """,
        NUMBERS,
    ),
}

GUARDED = {
    "match: a singleton is compared by identity": (
        """
        def f(a, b):
            match a:
                case True:
                    return 0
            return b
        """,
        """
        def f(a, b):
            if a == True:
                return 0
            return b
        """,
        NUMBERS,
    ),
    "match: a computed subject is evaluated once": (
        """
        def f(a, b):
            match log(a):
                case 1:
                    return 0
                case 2:
                    return 1
            return b
        """,
        """
        def f(a, b):
            if log(a) == 1:
                return 0
            elif log(a) == 2:
                return 1
            return b
        """,
        NUMBERS,
    ),
    "match: a guard may change the subject": (
        """
        def f(a, b):
            match a:
                case 5 if (a := 2) < b:
                    return 0
                case 2:
                    return 1
            return a
        """,
        """
        def f(a, b):
            if a == 5 and (a := 2) < b:
                return 0
            elif a == 2:
                return 1
            return a
        """,
        ("5, 0", "2, 0", "5, 2"),
    ),
    "noise: a return in the middle": (
        """
        def f(a, b):
            if a:
                return
            log(b)
        """,
        """
        def f(a, b):
            if a:
                pass
            log(b)
        """,
        NUMBERS,
    ),
    "noise: a dead yield makes a generator": (
        """
        def f(a, b):
            return
            yield a
        """,
        """
        def f(a, b):
            return
        """,
        NUMBERS,
    ),
    "noise: a returned value": (
        """
        def f(a, b):
            log(a)
            return 0
        """,
        """
        def f(a, b):
            log(a)
        """,
        NUMBERS,
    ),
    "augmented: the target's call runs once": (
        """
        def f(a, b):
            a[log(0)] += b
        """,
        """
        def f(a, b):
            a[log(0)] = a[log(0)] + b
        """,
        ("[1], 2",),
    ),
    "augmented: a list changes in place": (
        """
        def f(a, b):
            a += [b]
            return a
        """,
        """
        def f(a, b):
            a = a + [b]
            return a
        """,
        LISTS,
    ),
    "augmented: another operator": (
        """
        def f(a, b):
            a += b
            return a
        """,
        """
        def f(a, b):
            a -= b
            return a
        """,
        NUMBERS,
    ),
    "unpack: a set has no order": (
        """
        def f(a, b):
            x, y = {b, a}
            return [x, y]
        """,
        """
        def f(a, b):
            x = b
            y = a
            return [x, y]
        """,
        NUMBERS,
    ),
    "unpack: a swap": (
        """
        def f(a, b):
            a, b = b, a
            return [a, a, b, b]
        """,
        """
        def f(a, b):
            a = b
            b = a
            return [a, a, b, b]
        """,
        NUMBERS,
    ),
    "unpack: a global that the second value reads": (
        """
        def f(a, b):
            global shared
            def g():
                return shared
            shared = 7
            shared, c = a, g()
            return [c, c]
        """,
        """
        def f(a, b):
            global shared
            def g():
                return shared
            shared = 7
            shared = a
            c = g()
            return [c, c]
        """,
        NUMBERS,
    ),
    "unpack: seen by a handler": (
        """
        def f(a, b):
            c = 5
            try:
                c, d = log(a), int('x')
            except ValueError:
                log(c)
            return c
        """,
        """
        def f(a, b):
            c = 5
            try:
                c = log(a)
                d = int('x')
            except ValueError:
                log(c)
            return c
        """,
        NUMBERS,
    ),
    "chain of targets: one value": (
        """
        def f(a, b):
            c = d = []
            c.append(a)
            return [c, c, d, d]
        """,
        """
        def f(a, b):
            c = []
            d = []
            c.append(a)
            return [c, c, d, d]
        """,
        NUMBERS,
    ),
    "chain of targets: the value's name is a target": (
        """
        def f(a, b):
            (a, b) = c = a
            return [a, b, c]
        """,
        """
        def f(a, b):
            (a, b) = a
            c = a
            return [a, b, c]
        """,
        ("(1, 2), 0",),
    ),
    "chain of targets: a comprehension": (
        """
        def f(a, b):
            c = d = [x for x in a]
            return [c, d]
        """,
        """
        def f(a, b):
            c = [x for x in a]
            d = 0
            return [c, d]
        """,
        LISTS,
    ),
    "guard: one that does not end": (
        """
        def f(a, b):
            if a:
                log(b)
            log(a)
            return a
        """,
        """
        def f(a, b):
            if a:
                log(b)
            else:
                log(a)
            return a
        """,
        NUMBERS,
    ),
    "loop guard: break is not continue": (
        """
        def f(a, b):
            for x in a:
                if x == b:
                    break
                log(x)
        """,
        """
        def f(a, b):
            for x in a:
                if x != b:
                    log(x)
        """,
        LISTS,
    ),
    "polarity: branches changed": (
        """
        def f(a, b):
            if a:
                log(1)
            else:
                log(2)
        """,
        """
        def f(a, b):
            if a:
                log(2)
            else:
                log(1)
        """,
        NUMBERS,
    ),
    "nested if: with an else": (
        """
        def f(a, b):
            if a:
                if b:
                    log(1)
                else:
                    log(2)
            return a
        """,
        """
        def f(a, b):
            if a and b:
                log(1)
            else:
                log(2)
            return a
        """,
        NUMBERS,
    ),
    "nested if: more than the if": (
        """
        def f(a, b):
            if a:
                log(0)
                if b:
                    log(1)
            return a
        """,
        """
        def f(a, b):
            if a and b:
                log(0)
                log(1)
            return a
        """,
        NUMBERS,
    ),
    "loop exit: not at the start": (
        """
        def f(a, b):
            while True:
                a = a + log(a) + 1
                if a > 5:
                    break
            return a
        """,
        """
        def f(a, b):
            while not a > 5:
                a = a + log(a) + 1
            return a
        """,
        ("9, 9",),
    ),
    "loop exit: the else of an endless loop": (
        """
        def f(a, b):
            while True:
                if a > 5:
                    break
                a = a + log(a) + 1
            else:
                log('end')
            return a
        """,
        """
        def f(a, b):
            while not a > 5:
                a = a + log(a) + 1
            else:
                log('end')
            return a
        """,
        ("0, 1",),
    ),
    "result: seen by finally": (
        """
        def f(a, b):
            c = None
            try:
                if a:
                    c = 1
                else:
                    c = 2
                return c
            finally:
                log(c)
        """,
        """
        def f(a, b):
            c = None
            try:
                if a:
                    return 1
                return 2
            finally:
                log(c)
        """,
        NUMBERS,
    ),
    "result: seen by a closure": (
        """
        def f(a, b):
            c = 0
            def g():
                return log(c)
            if a:
                c = g
            else:
                c = g
            return c
        """,
        """
        def f(a, b):
            c = 0
            def g():
                return log(c)
            if a:
                return g
            return g
        """,
        NUMBERS,
    ),
    "result: the default is read before the test changes it": (
        """
        def f(box):
            c = box.value
            if box.bump() > 5:
                c = 0
            return c
        """,
        """
        def f(box):
            if box.bump() > 5:
                return 0
            return box.value
        """,
        ("Box(1)",),
    ),
    "result: a branch without it": (
        """
        def f(a, b):
            c = 7
            if a:
                c = 1
            else:
                log(2)
            return c
        """,
        """
        def f(a, b):
            if a:
                return 1
            return log(2)
        """,
        NUMBERS,
    ),
    "flag: the break of an inner loop": (
        """
        def f(a, b):
            found = 0
            for x in a:
                for y in a:
                    if log(y) == b:
                        found = x
                        break
            return found
        """,
        """
        def f(a, b):
            for x in a:
                for y in a:
                    if log(y) == b:
                        return x
            return 0
        """,
        LISTS,
    ),
    "flag: no break": (
        """
        def f(a, b):
            found = False
            for x in a:
                if log(x) == b:
                    found = True
            return found
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
    "flag: an else": (
        """
        def f(a, b):
            found = False
            for x in a:
                if x == b:
                    found = True
                    break
            else:
                found = None
            return found
        """,
        """
        def f(a, b):
            for x in a:
                if x == b:
                    return True
            return False
        """,
        LISTS,
    ),
    "flag: read inside": (
        """
        def f(a, b):
            found = 0
            for x in a:
                if x == b:
                    found = 9
                    break
                log(found)
            return found
        """,
        """
        def f(a, b):
            for x in a:
                if x == b:
                    return 9
                log(9)
            return 0
        """,
        LISTS,
    ),
    "flag: seen by finally": (
        """
        def f(a, b):
            try:
                found = False
                for x in a:
                    if x == b:
                        found = True
                        break
                return found
            finally:
                log(found)
        """,
        """
        def f(a, b):
            found = None
            try:
                for x in a:
                    if x == b:
                        return True
                return False
            finally:
                log(found)
        """,
        LISTS,
    ),
    "temporary: another call comes first": (
        """
        def f(a, b):
            c = log(a)
            return log(b) + c
        """,
        """
        def f(a, b):
            return log(b) + log(a)
        """,
        NUMBERS,
    ),
    "temporary: an attribute that the call changes": (
        """
        def f(box):
            c = box.bump()
            return box.value + c
        """,
        """
        def f(box):
            return box.value + box.bump()
        """,
        ("Box(1)",),
    ),
    "temporary: an attribute read before the call": (
        """
        def f(box):
            c = box.value
            return box.bump() + c
        """,
        """
        def f(box):
            return box.bump() + box.value
        """,
        ("Box(1)",),
    ),
    "temporary: a global that the call changes": (
        """
        shared = 1
        def f(a, b):
            global shared
            def g():
                global shared
                shared += 1
                return shared
            c = shared
            return g() + c
        """,
        """
        shared = 1
        def f(a, b):
            global shared
            def g():
                global shared
                shared += 1
                return shared
            return g() + shared
        """,
        NUMBERS,
    ),
    "temporary: a closure's variable": (
        """
        def f(a, b):
            def g():
                nonlocal a
                a += 1
                return a
            c = a
            return g() + c
        """,
        """
        def f(a, b):
            def g():
                nonlocal a
                a += 1
                return a
            return g() + a
        """,
        NUMBERS,
    ),
    "temporary: behind and": (
        """
        def f(a, b):
            c = log(a)
            return b and c
        """,
        """
        def f(a, b):
            return b and log(a)
        """,
        NUMBERS,
    ),
    "temporary: in a branch": (
        """
        def f(a, b):
            c = log(a)
            return [c if b else 0]
        """,
        """
        def f(a, b):
            return [log(a) if b else 0]
        """,
        NUMBERS,
    ),
    "temporary: at the end of a chain": (
        """
        def f(a, b):
            c = log(a)
            return 0 < b < c
        """,
        """
        def f(a, b):
            return 0 < b < log(a)
        """,
        NUMBERS,
    ),
    "temporary: in a lambda": (
        """
        def f(a, b):
            c = log(a)
            return lambda: c
        """,
        """
        def f(a, b):
            return lambda: log(a) + log(a)
        """,
        NUMBERS,
    ),
    "temporary: in a comprehension": (
        """
        def f(a, b):
            c = log(b)
            return [x + c for x in a]
        """,
        """
        def f(a, b):
            return [x + log(b) for x in a]
        """,
        LISTS,
    ),
    "temporary: in a loop's test": (
        """
        def f(a, b):
            c = log(a)
            while b < c:
                b += 1
            return b
        """,
        """
        def f(a, b):
            while b < log(a):
                b += 1
            return b
        """,
        ("3, 1",),
    ),
    "temporary: used twice": (
        """
        def f(a, b):
            c = log(a)
            return c + c
        """,
        """
        def f(a, b):
            return log(a) + log(a)
        """,
        NUMBERS,
    ),
    "temporary: in an augmented element": (
        """
        def f(a, b):
            c = log(0)
            a[c] += b
        """,
        """
        def f(a, b):
            a[log(0)] = a[log(0)] + b
        """,
        ("[1], 2",),
    ),
    "temporary: past a walrus": (
        """
        def f(a, b):
            c = a
            return [(a := b), c]
        """,
        """
        def f(a, b):
            return [(a := b), a]
        """,
        ("1, 2",),
    ),
    "temporary: seen by finally": (
        """
        def f(a, b):
            try:
                c = log(a)
                return c
            finally:
                log(c)
        """,
        """
        def f(a, b):
            c = 0
            try:
                return log(a)
            finally:
                log(c)
        """,
        ("1, 2",),
    ),
    "order of effects": (
        """
        def f(a, b):
            log(a)
            log(b)
        """,
        """
        def f(a, b):
            log(b)
            log(a)
        """,
        NUMBERS,
    ),
    "an attribute is read before it is written": (
        """
        def f(box):
            c = box.value
            box.value = 5
            return c
        """,
        """
        def f(box):
            box.value = 5
            c = box.value
            return c
        """,
        ("Box(1)",),
    ),
    "an attribute is read before a call": (
        """
        def f(box):
            c = box.value
            box.bump()
            return [c, c]
        """,
        """
        def f(box):
            box.bump()
            c = box.value
            return [c, c]
        """,
        ("Box(1)",),
    ),
    "a length is taken before a list grows": (
        """
        def f(a, b):
            c = len(a)
            a.append(b)
            return [c, c]
        """,
        """
        def f(a, b):
            a.append(b)
            c = len(a)
            return [c, c]
        """,
        LISTS,
    ),
    "a loop runs before a list grows": (
        """
        def f(a, b):
            c = 0
            for x in a:
                c = c + x
            a.append(b)
            return c
        """,
        """
        def f(a, b):
            a.append(b)
            c = 0
            for x in a:
                c = c + x
            return c
        """,
        ("[1], 2",),
    ),
    "a membership test before a list grows": (
        """
        def f(a, b):
            c = b in a
            a.append(b)
            return [c, c]
        """,
        """
        def f(a, b):
            a.append(b)
            c = b in a
            return [c, c]
        """,
        ("[1], 2",),
    ),
    "unpacking before a list changes": (
        """
        def f(a, b):
            c, d = a
            a.reverse()
            return [c, d, c, d]
        """,
        """
        def f(a, b):
            a.reverse()
            c, d = a
            return [c, d, c, d]
        """,
        ("[1, 2], 2",),
    ),
    "a global is written before a call": (
        """
        def f(a, b):
            global shared
            shared = a
            b()
        """,
        """
        def f(a, b):
            global shared
            b()
            shared = a
        """,
        ("1, lambda: log(globals().get('shared'))", "1, lambda: 1 // 0"),
    ),
    "else of a try": (
        """
        def f(a, b):
            try:
                log(a)
            except ZeroDivisionError:
                return 0
            else:
                b = 1 / b
            return b
        """,
        """
        def f(a, b):
            try:
                log(a)
                b = 1 / b
            except ZeroDivisionError:
                return 0
            return b
        """,
        NUMBERS,
    ),
    "what a try protects": (
        """
        def f(a, b):
            try:
                a = log(a)
                b = 1 / b
            except ZeroDivisionError:
                return 0
            return [a, b]
        """,
        """
        def f(a, b):
            try:
                a = log(a)
            except ZeroDivisionError:
                return 0
            b = 1 / b
            return [a, b]
        """,
        NUMBERS,
    ),
    "what a with holds": (
        """
        def f(a, b):
            with suppress(ZeroDivisionError):
                log(a)
                log(1 / b)
        """,
        """
        def f(a, b):
            with suppress(ZeroDivisionError):
                log(a)
            log(1 / b)
        """,
        NUMBERS,
    ),
    "what a class holds": (
        """
        def f(a, b):
            class C:
                c = a
                d = b
            return hasattr(C, 'd')
        """,
        """
        def f(a, b):
            class C:
                c = a
            d = b
            return hasattr(C, 'd')
        """,
        NUMBERS,
    ),
    "what a finally holds": (
        """
        def f(a, b):
            try:
                log(a)
            except ValueError:
                raise
            finally:
                log(1)
                log(2 / a)
            return b
        """,
        """
        def f(a, b):
            try:
                log(a)
            except ValueError:
                raise
            finally:
                log(1)
            log(2 / b)
            return b
        """,
        NUMBERS,
    ),
    "finally runs in any case": (
        """
        def f(a, b):
            try:
                return 1 / a
            finally:
                log(b)
        """,
        """
        def f(a, b):
            c = 1 / a
            log(b)
            return c
        """,
        NUMBERS,
    ),
    "return in finally": (
        """
        def f(a, b):
            try:
                return 1 / a
            finally:
                return log(b)
        """,
        """
        def f(a, b):
            try:
                return 1 / a
            finally:
                log(b)
        """,
        NUMBERS,
    ),
    "del": (
        """
        def f(a, b):
            del a
            return a
        """,
        """
        def f(a, b):
            del b
            return a
        """,
        NUMBERS,
    ),
    "nonlocal": (
        """
        def f(a, b):
            def g():
                nonlocal a
                a = b
            g()
            return a
        """,
        """
        def f(a, b):
            def g():
                a = b
            g()
            return a
        """,
        NUMBERS,
    ),
    "yield is not return": (
        """
        def f(a, b):
            yield a
        """,
        """
        def f(a, b):
            return a
        """,
        NUMBERS,
    ),
    "yield from is not yield": (
        """
        def f(a, b):
            yield from a
        """,
        """
        def f(a, b):
            yield a
        """,
        LISTS,
    ),
    "another handler": (
        """
        def f(a, b):
            try:
                return a / b
            except ZeroDivisionError:
                return 0
        """,
        """
        def f(a, b):
            try:
                return a / b
            except ValueError:
                return 0
        """,
        NUMBERS,
    ),
    "which of the unpacked values": (
        """
        def f(a, b):
            c, d = log((a, b))
            return c
        """,
        """
        def f(a, b):
            c, d = log((a, b))
            return d
        """,
        NUMBERS,
    ),
    "which of the imported names": (
        """
        def f(a, b):
            from math import floor, ceil
            return floor(a / 2)
        """,
        """
        def f(a, b):
            from math import floor, ceil
            return ceil(a / 2)
        """,
        NUMBERS,
    ),
    "which of a pattern's names": (
        """
        def f(a, b):
            match (a, b):
                case [c, d]:
                    return c
        """,
        """
        def f(a, b):
            match (a, b):
                case [c, d]:
                    return d
        """,
        NUMBERS,
    ),
    "which of a pattern's attributes": (
        """
        def f(box):
            match box:
                case Box(value=c, items=d):
                    return c
        """,
        """
        def f(box):
            match box:
                case Box(value=d, items=c):
                    return c
        """,
        ("Box(4)",),
    ),
    "which of a loop's variables": (
        """
        def f(a, b):
            for c, d in [(a, b)]:
                log(c)
        """,
        """
        def f(a, b):
            for c, d in [(a, b)]:
                log(d)
        """,
        NUMBERS,
    ),
    "the order of handlers": (
        """
        def f(a, b):
            try:
                return a / b
            except ZeroDivisionError:
                return 0
            except Exception:
                return 1
        """,
        """
        def f(a, b):
            try:
                return a / b
            except Exception:
                return 1
            except ZeroDivisionError:
                return 0
        """,
        NUMBERS,
    ),
    "the order of cases": (
        """
        def f(a, b):
            match a:
                case int():
                    return 0
                case 1:
                    return 1
        """,
        """
        def f(a, b):
            match a:
                case 1:
                    return 1
                case int():
                    return 0
        """,
        NUMBERS,
    ),
    "the exception's cause": (
        """
        def f(a, b):
            raise ValueError(a) from TypeError(b)
        """,
        """
        def f(a, b):
            raise TypeError(b) from ValueError(a)
        """,
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
