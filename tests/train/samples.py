"""Small functions that the transformation tests run before and after, each with the arguments of several calls."""

from __future__ import annotations

SAMPLES: dict[str, tuple[str, list[tuple[object, ...]]]] = {
    "evens": (
        """
def evens(numbers, limit=10):
    found = []
    for number in numbers:
        if number % 2 == 0 and number < limit:
            found.append(number * 2)
    return found
""",
        [([1, 2, 3, 4, 20],), ([], 3), ([2, "a"],)],
    ),
    "squares": (
        """
def squares(numbers):
    squared = [n * n for n in numbers if n]
    total = 0
    for value in squared:
        total = total + value
    return total, squared
""",
        [([1, 2, 3],), ([0],), ([None, 2],), (["x"],)],
    ),
    "collected": (
        """
def collected(words):
    lengths = {word: len(word) for word in words if word}
    letters = {letter for word in words for letter in word}
    return sorted(lengths.items()), sorted(letters)
""",
        [(["a", "bcd", ""],), ([],), ([1],)],
    ),
    "any_negative": (
        """
def any_negative(rows):
    return any(cell < 0 for row in rows for cell in row if cell is not None)
""",
        [([[1, 2], [None, -1]],), ([],), ([[1], 2],)],
    ),
    "all_short": (
        """
def all_short(words, limit):
    return all(len(word) <= limit for word in words)
""",
        [(["a", "bb"], 2), (["abc"], 2), ([], 1), ([1], 1)],
    ),
    "counted": (
        """
def counted(items, n):
    total = 0
    for i in range(n):
        if i >= len(items):
            break
        total += items[i]
    else:
        total += 100
    return total
""",
        [([1, 2, 3], 2), ([1, 2, 3], 5), ([], 0), (["a"], 1)],
    ),
    "ranged": (
        """
def ranged(items, low):
    out = ""
    for i in range(low, len(items) - 1):
        out += items[i]
        items[i] = out
    return out, items
""",
        [(["a", "b", "c"], 0), (["a"], 0), (["a", "b"], -3), ([1, 2], 0)],
    ),
    "scanned": (
        """
def scanned(items):
    i = 0
    best = None
    count = 0
    while count < len(items):
        if best is None or items[count] > best:
            best = items[count]
        count += 1
    return best
""",
        [([3, 1, 4],), ([],), (["a", "c", "b"],)],
    ),
    "guarded": (
        """
def guarded(value, log):
    if value is None:
        return
    log.append(value)
    if value > 10:
        log.append("big")
        raise ValueError(value)
    log.append("small")
""",
        [(None, []), (5, []), (11, [])],
    ),
    "nested": (
        """
def nested(a, b):
    if a > 0:
        return "positive"
    else:
        result = b if b else "empty"
        if not (a and b):
            result += "!"
    return result
""",
        [(1, ""), (0, "x"), (-1, ""), (-1, "y")],
    ),
    "branches": (
        """
def branches(kind, size):
    if kind == "square":
        area = size * size
    else:
        area = 0
    if size in (1, 2, 3):
        label = "small"
    elif not size or not kind:
        label = "none"
    else:
        label = "large"
    return area, label
""",
        [("square", 2), ("disc", 9), ("", 9), ("square", 0)],
    ),
    "conditions": (
        """
def conditions(x, y, seen):
    if x and y:
        seen.append(x)
    if x:
        if y > 1:
            seen.append(y)
    return not x or not y, seen
""",
        [(1, 2, []), (0, 2, []), (1, 0, [])],
    ),
    "within": (
        """
def within(x, low, high):
    if low <= x < high:
        return True
    return x == high
""",
        [(1, 0, 2), (2, 0, 2), (3, 0, 2), ("a", 0, 1)],
    ),
    "written": (
        """
def written(name, size, share):
    text = f"{name!r} has {size} bytes {{x}} ({share:.1f})"
    other = "{} and {!r:>8}".format(size, name)
    third = "%s is %r" % (name, size)
    wide = f"<{name!s:>{len(other)}}>"
    return text, other, third, wide
""",
        [("a", 3, 0.25), (None, "b", 1), ("{}", 2, "x")],
    ),
    "initialised": (
        """
def initialised(pairs):
    first = 0
    seen = {}
    order = list()
    index = dict()
    low, high = 0, len(pairs)
    for key, value in pairs:
        seen[key] = value
        order.append(key)
        index[value] = key
    return first, seen, order, index, low, high
""",
        [([(1, 2), (3, 4)],), ([],), ([1],)],
    ),
    "temporaries": (
        """
def temporaries(words):
    ordered = sorted(words)
    for word in ordered:
        print(word.upper())
    short = len(ordered) < 3
    if short:
        return ordered
    last = ordered[-1] + "!"
    return last
""",
        [(["b", "a"],), (["b", "a", "c"],), ([1],)],
    ),
    "swapped": (
        """
def swapped(a, b):
    total = a + b
    product = a * b
    a, b = b, a
    state = []
    difference = a - b
    state.append(difference)
    return total, product, state
""",
        [(1, 2), (3, 3), ("a", 2)],
    ),
    "aliased": (
        """
def aliased(rows):
    same = rows
    rows = rows + [0]
    rows += [1]
    return same, rows
""",
        [([],), ([5],)],
    ),
    "tried": (
        """
def tried(mapping, key):
    found = []
    try:
        value = mapping[key]
        size = len(value)
    except KeyError as error:
        return str(error)
    finally:
        found.append(1)
    return value, size, found
""",
        [({"a": "x"}, "a"), ({}, "a"), ({"a": 1}, "a")],
    ),
    "closures": (
        """
def closures(n):
    makers = []
    for i in range(n):
        makers.append(lambda: i)
    result = [make() for make in makers]
    return result
""",
        [(3,), (0,)],
    ),
    "generated": (
        """
def generated(items):
    total = 0
    for i in range(len(items)):
        if not items[i]:
            continue
        total += 1
        yield total, items[i]
""",
        [([1, 0, 2],), ([],)],
    ),
    "named": (
        '''
def named(value, *rest, flag=False, **options):
    """Doc."""
    import math
    size = len(rest)
    def inner(size):
        return size + value
    total = inner(size) + math.floor(1.5)
    return f"{total=}", total, flag, sorted(options)
''',
        [(1,), (1, 2, 3), ("a",)],
    ),
    "matched": (
        """
def matched(command):
    amount = 0
    match command:
        case ["go", where]:
            amount = len(where)
            result = where
        case {"stop": when, **rest}:
            result = when, sorted(rest)
        case _:
            result = None
    return amount, result
""",
        [(["go", "up"],), ({"stop": 1, "x": 2},), (3,)],
    ),
    "leaking": (
        """
def leaking(items):
    i = 7
    out = []
    for i in range(len(items)):
        out.append(items[i])
    word = "kept"
    lengths = [len(word) for word in out]
    return i, word, lengths
""",
        [(["a", "bc"],), ([],), ([1],)],
    ),
    "recursive": (
        """
def recursive(n, acc=1):
    if n <= 1:
        return acc
    if n > 50:
        raise ValueError("too big")
    return recursive(n - 1, acc=acc * n)
""",
        [(5,), (1,), (51,)],
    ),
}
