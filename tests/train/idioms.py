"""More small functions for the transformation tests, one for each idiom that has several spellings."""

from __future__ import annotations

import os

IDIOMS: dict[str, tuple[str, list[tuple[object, ...]]]] = {
    "positions": (
        """
def positions(text, wanted):
    parts = text.split(",")
    found = []
    for part in parts:
        if part == wanted:
            continue
        found.append(part.strip())
    for i, part in enumerate(parts):
        if not part:
            break
        found.append((i, part))
    for number, item in enumerate(found, start=1):
        print(number, item)
    else:
        print("done")
    return found
""",
        [("a,b, c", "b"), ("", "x"), (",a", "a"), (None, "a")],
    ),
    "growing": (
        """
def growing(limit):
    queue = [limit]
    seen = []
    for item in queue:
        seen.append(item)
        if item > 0:
            queue.append(item - 1)
    return seen, item
""",
        [(3,), (0,), ("a",)],
    ),
    "indexed": (
        """
def indexed(xs, ys):
    pairs = []
    for i in range(len(xs)):
        if xs[i] > i:
            pairs.append((i, xs[i], ys[i]))
    n = 0
    for x in xs:
        print(n, x)
        n += 1
    return pairs
""",
        [([1, 0, 5], "abc"), ([], ""), ([3], ""), ("ab", "cd")],
    ),
    "asked": (
        """
def asked(lines):
    while True:
        if not lines:
            break
        line = lines.pop()
        if line == "stop":
            break
        print(line)
    while len(lines) > 1:
        lines.pop()
    return lines
""",
        [(["a", "stop", "b"],), ([],), (["x", "y", "stop"],), (None,)],
    ),
    "hit": (
        """
def hit(rows, limit):
    big = False
    for row in rows:
        if sum(row) > limit:
            big = True
            break
    for row in rows:
        for cell in row:
            if cell is None:
                return False
    return True
""",
        [([[1, 2], [3]], 2), ([[None]], 1), ([], 0), ([[0], [None]], 5), ([1], 0)],
    ),
    "every": (
        """
def every(words):
    fine = True
    for word in words:
        if word != word.strip():
            fine = False
            break
    for word in words:
        if not word:
            return False, fine
    same = any(word == words[0] for word in words[1:])
    if not all(word for word in words):
        fine = None
    return same, fine
""",
        [(["a", "b"],), ([" a"],), ([],), ([""],), ([1],)],
    ),
    "first_even": (
        """
def first_even(numbers):
    for number in numbers:
        if number % 2 == 0:
            return number
    return None
""",
        [([1, 2, 4],), ([1],), ([],), (["%"],)],
    ),
    "negatives": (
        """
def negatives(numbers):
    for number in numbers:
        if number >= 0:
            return False
    return True
""",
        [([1],), ([-1, -2],), ([],), ([None],)],
    ),
    "looked_for": (
        """
def looked_for(names, wanted):
    place = -1
    for number, name in enumerate(names):
        if name == wanted:
            place = number
            break
    return place
""",
        [(["a", "b"], "b"), ([], "x"), (["a"], "x")],
    ),
    "graded": (
        """
def graded(points):
    if points is None:
        return "none"
    if points > 90:
        grade = "a"
    elif points > 50:
        grade = "b"
        print(points)
    else:
        grade = "c"
    return grade
""",
        [(None,), (95,), (60,), (1,), ("x",)],
    ),
    "sorted_out": (
        """
def sorted_out(kind):
    if not kind:
        raise ValueError(kind)
    if kind == "a":
        return 1
    elif kind == "b":
        print("b")
        if len(kind) > 3:
            return 2
        return 3
    else:
        print("else")
""",
        [("a",), ("b",), ("c",), ("",)],
    ),
    "added": (
        """
def added(words):
    size = sum(len(first) for first in words if first)
    letters = "".join(second[0] for second in words if second)
    count = 0
    for third in words:
        if third:
            count += 1
    text = ""
    for fourth in words:
        text += fourth.upper()
    return size, letters, count, text
""",
        [(["ab", "", "c"],), ([],), ([1],), ((),)],
    ),
    "mapped": (
        """
def mapped(values):
    texts = list(map(str, values))
    longer = list(filter(lambda text: len(text) > 1, texts))
    doubled = list(map(lambda value: value * 2, values))
    kept = list(filter(None, values))
    sizes = [len(text) for text in texts]
    ordered = sorted(sizes, key=lambda size: -size)
    spare = list(sizes)
    spare.sort(reverse=True)
    return texts, longer, doubled, kept, ordered, spare, sorted(values)
""",
        [([3, 10, 0],), ([],), (["b", "aa"],), ([None],)],
    ),
    "counted_words": (
        """
def counted_words(words, known: dict):
    counts = {}
    places = {}
    groups = defaultdict(list)
    totals = defaultdict(int)
    for place, word in enumerate(words):
        counts[word] = counts.get(word, 0) + 1
        places.setdefault(word, []).append(place)
        groups[len(word)].append(word)
        totals[word[0]] += len(word)
        if word not in places:
            places[word] = []
        places[word].append(-1)
        weight = known.get(word)
        if word in known:
            label = known[word]
        else:
            label = "none"
        try:
            again = counts[word]
        except KeyError:
            again = 0
        print(weight, label, again)
    return counts, places, sorted(groups.items()), dict(totals)
""",
        [(["a", "bb", "a"], {"a": 1}), ([], {}), ([""], {}), ([None], {})],
    ),
    "made": (
        """
def made(name, size):
    options = dict(name=name, size=size)
    other = {"left": size, "right": name}
    return options, other
""",
        [("a", 1), (None, [])],
    ),
    "asked_kinds": (
        """
def asked_kinds(kind, seen, size):
    stack = []
    if kind in ("a", "b", 3):
        stack.append(kind)
    if size == 1 or size == 2:
        stack.append(size)
    if kind != "a" and kind != "c" and kind not in seen:
        stack.append("x")
    if len(stack) == 0:
        return None
    while stack:
        print(stack.pop())
    if not stack and kind is not seen:
        return "empty"
    return kind not in ["a", "b"]
""",
        [("a", [], 1), (3, [3], 5), ("z", ["z"], 0), ("c", [], 2), ([], [], 1)],
    ),
    "spelled": (
        """
def spelled(name, size):
    text = f"{name} has {size!r} bytes"
    other = "<" + str(name) + "> " + repr(size)
    return text, other, f"{text}!"
""",
        [("a", 1), (None, "b"), (1.5, [2])],
    ),
    "unpacked": (
        """
def unpacked(mapping, text, n):
    found = []
    for key, value in mapping.items():
        found.append(f"{key}={value}")
    for left, right in zip(found, text):
        left = left + right
        print(left)
    head, mark, tail = text.partition(":")
    hours, minutes = divmod(n, 60)
    for pair in sorted(mapping.items()):
        print(pair[0], pair[1])
    parts = divmod(hours, 24)
    return head, mark, tail, hours, minutes, parts[0] + parts[1]
""",
        [({"a": 1, "b": 2}, "x:y", 125), ({}, "", 0), ({1: 2}, "z", 3000), ({1: 2, "a": 1}, "z", 1)],
    ),
    "callables": (
        """
def callables(items, n):
    key = lambda item: item % n
    def double(x):
        return x * 2
    best = max(items, key=lambda item: -item)
    return sorted(items, key=key), list(map(double, items)), best
""",
        [([1, 2, 3], 2), ([], 2), ([1], 0)],
    ),
    "euclid": (
        '''
def euclid(a, b):
    """Doc."""
    if b == 0:
        return a
    elif b < 0:
        return euclid(a, -b)
    return euclid(b, a % b)
''',
        [(12, 18), (0, 0), (7, -3), ("a", 1)],
    ),
    "walked": (
        """
def walked(tree, seen):
    out = []
    def visit(node, depth):
        if node is None:
            return
        out.append((depth, node[0]))
        for child in node[1]:
            if child not in seen:
                visit(child, depth)
    visit(tree, 7)
    return out
""",
        [((1, [(2, []), (3, [(4, [])]), None]), []), ((1, [(2, [])]), [(2, [])]), (None, []), ((1, 2), [])],
    ),
    "generated_walk": (
        """
def generated_walk(node):
    yield node[0]
    for child in node[1]:
        yield from generated_walk(child)
""",
        [((1, [(2, [(3, [])]), (4, [])]),), ((1, []),), ((1,),)],
    ),
    "opened": (
        """
def opened(path, log):
    from contextlib import nullcontext
    with open(path) as stream:
        text = stream.read()
        log.append(text)
    handle = open(path)
    try:
        log.append(handle.readline())
        if len(log) > 3:
            return "many"
    finally:
        handle.close()
    with nullcontext(1) as a, nullcontext(a) as b:
        log.append(a + b)
    with nullcontext(2) as c:
        with nullcontext(c) as d:
            log.append(c + d)
    return handle.closed, text
""",
        [(os.devnull, []), (os.devnull, [1, 2]), ("", [])],
    ),
}
