# ruff: noqa: S311  # seeds make tests repeatable, nothing here is secret
"""Each transformation is run: both forms of every sample must return, print, raise and mutate the same."""

from __future__ import annotations

import ast
import contextlib
import copy
import io
import logging
from collections import defaultdict
from random import Random

import pytest
from train.idioms import IDIOMS
from train.samples import SAMPLES as BASIC

from codesim.train.augment import augment, edit, rewrite
from codesim.train.transforms import EDITS, NEEDS, REWRITES, may_apply
from codesim.train.transforms.edits import donor_statements

SAMPLES = BASIC | IDIOMS
SEEDS = range(8)


def parse(source: str) -> ast.FunctionDef:
    node = ast.parse(source).body[0]
    assert isinstance(node, ast.FunctionDef)
    return node


def behaviour(node: ast.FunctionDef, calls: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Run a function of these tests (never one of a corpus) and record all that a caller can see."""
    namespace: dict[str, object] = {"logger": logging.getLogger("tests.quiet"), "defaultdict": defaultdict}
    exec(compile(ast.Module([node], []), "<sample>", "exec"), namespace)  # noqa: S102
    seen: list[tuple[object, ...]] = []
    for call in calls:
        arguments, printed = copy.deepcopy(call), io.StringIO()
        with contextlib.redirect_stdout(printed):
            try:
                result = namespace[node.name](*arguments)  # type: ignore[operator]
                result = list(result) if hasattr(result, "__next__") else result
                outcome: tuple[object, ...] = ("returned", repr(result))
            except Exception as error:
                outcome = ("raised", type(error).__name__)
        seen.append((*outcome, repr(arguments), printed.getvalue()))
    return seen


@pytest.mark.parametrize("sample", SAMPLES)
def test_behaviour_is_kept(sample: str) -> None:
    source, calls = SAMPLES[sample]
    node = parse(source)
    expected = behaviour(node, calls)
    for name in REWRITES:
        tried = set()
        for seed in SEEDS:
            changed = rewrite(node, name, Random(seed))
            if changed is None:
                break  # where a transformation applies does not depend on the seed
            text = ast.unparse(changed)
            if text not in tried:
                tried.add(text)
                assert behaviour(changed, calls) == expected, f"{name}: {text}"  # type: ignore[arg-type]


@pytest.mark.parametrize("name", REWRITES)
def test_every_rewrite_changes_some_sample_and_leaves_the_given_function_alone(name: str) -> None:
    changed = 0
    for source, _ in SAMPLES.values():
        node = parse(source)
        before = ast.dump(node)
        result = rewrite(node, name, Random(1))
        assert ast.dump(node) == before
        if result is not None:
            assert ast.dump(result) != before
            changed += 1
    assert changed


def test_what_is_not_tried_would_not_apply() -> None:
    assert set(NEEDS) <= set(REWRITES)
    skipped = set()
    for source, _ in SAMPLES.values():
        node = parse(source)
        for name in set(REWRITES) - set(may_apply(node)):
            skipped.add(name)
            assert rewrite(node, name, Random(1)) is None
    assert len(skipped) > len(NEEDS) / 2


REFUSED = {
    "rename-locals": ["def f(x):\n    y = x\n    return locals()", "def f(self):\n    return self"],
    "swap-independent": [
        "def f(a):\n    x = a.pop()\n    y = a.pop()\n    return x, y",
        "def f(a):\n    x = 1\n    y = x\n    return y",
        "def f(a):\n    x = g(a)\n    y = a.b\n    return x, y",
        "def f(a):\n    x = 1\n    return lambda: x",
    ],
    "plain-to-augmented": ["def f(x):\n    x = x + [1]\n    return x"],
    "augmented-to-plain": ["def f(x, e):\n    x += e\n    return x"],
    "comprehension-to-loop": [
        "def f(xs, n):\n    x = [n for n in xs]\n    return x, n",
        "def f(xs):\n    xs = [x for x in xs]\n    return xs",
        "def f(xs):\n    fs = [lambda: x for x in xs]\n    return fs",
    ],
    "loop-to-comprehension": [
        "def f(xs):\n    out = []\n    for x in xs:\n        out.append(len(out))\n    return out",
        "def f(xs):\n    out = []\n    for x in xs:\n        out.append(x)\n    return out, x",
    ],
    "range-to-while": [
        "def f(n):\n    for i in range(n):\n        if i:\n            continue\n        print(i)",
        "def f(n):\n    for i in range(n):\n        i = 3\n        print(i)",
        "def f(n):\n    for i in range(n):\n        print(i)\n    return i",
        "def f(n):\n    for i in range(0, n, 2):\n        print(i)",
    ],
    "while-to-range": [
        "def f(xs):\n    i = 0\n    while i < len(xs):\n        xs.pop()\n        i += 1",
        "def f(n):\n    i = 0\n    while i < n:\n        print(i)\n        i += 1",
        "def f():\n    i = 0\n    while i < 3:\n        i += 1\n    return i",
    ],
    "guard-to-nested": ["def f(x):\n    if x:\n        print(x)\n    return x"],
    "nested-to-guard": ["def f(x):\n    if x:\n        print(x)\n    else:\n        x = 1\n    return x"],
    "mirror-comparison": ["def f(x):\n    return x.pop() < x.pop()"],
    "split-chain": ["def f(x):\n    return 0 < x.pop() < 3"],
    "split-tuple": ["def f(a, b):\n    a, b = b, a\n    return a, b"],
    "format-to-fstring": ['def f(a):\n    return "{0} {0}".format(a)', 'def f(a):\n    return "{:{}}".format(a, 3)'],
    "percent-to-format": ['def f(a):\n    return "%s" % a', 'def f(a):\n    return "%d" % (a,)'],
    "empty-display": ["def f(dict):\n    return dict()"],
    "inline-temporary": ["def f(x):\n    t = x + 1\n    print(x)\n    return t"],
    "quantifier-to-loop": ["def f(xs, x):\n    if any(x for x in xs):\n        return x"],
    "loop-to-quantifier": [
        "def f(xs):\n    for x in xs:\n        if next(x):\n            return True\n    return False",
        "def f(xs):\n    for x in xs:\n        if x:\n            return True\n    return True",
        "def f(xs):\n    a = 0\n    for x in xs:\n        if x:\n            a = True\n            break\n    return a",
    ],
    "sum-to-loop": ["def f(xs):\n    return sum(x for x in xs)"],
    "loop-to-sum": [
        "def f(xs):\n    t = 0\n    for x in xs:\n        t += x\n    return t",
        "def f(xs):\n    t = 0.0\n    for x in xs:\n        t += 1\n    return t",
        "def f(xs):\n    t = 0\n    for x in xs:\n        t += len(x) + t\n    return t",
    ],
    "loop-to-join": ["def f(xs):\n    t = ''\n    for x in xs:\n        t += x\n        print(t)\n    return t"],
    "for-to-index": [
        "def f(xs):\n    for x in xs:\n        print(x)",
        "def f(n):\n    xs = {n}\n    for x in xs:\n        print(x)",
        "def f(n):\n    xs = [n]\n    for x in xs:\n        xs = [x]",
    ],
    "index-to-enumerate": [
        "def f(xs):\n    for i in range(len(xs)):\n        xs[i] = 1",
        "def f(xs):\n    for i in range(len(xs)):\n        print(xs[i])\n        xs.pop()",
        "def f(xs: dict):\n    for i in range(len(xs)):\n        print(xs[i])",
    ],
    "enumerate-to-counter": ["def f(xs):\n    for i, x in enumerate(xs):\n        print(x)\n    return i"],
    "counter-to-enumerate": [
        "def f(xs):\n    i = 0\n    for x in xs:\n        print(i)\n        i += 1\n    return i",
        "def f(xs):\n    i = 0\n    for x in xs:\n        if x:\n            continue\n        i += 1",
    ],
    "get-to-branch": [
        "def f(session, url):\n    return session.get(url)",
        "def f(d: dict, k):\n    return d.get(k, g())",
        "def f(d: dict, it):\n    return d.get(next(it))",
    ],
    "branch-to-get": [
        "def f(d: dict, k):\n    return d[k] if k in d else g()",
        "def f(d, k):\n    return d[k] if k in d else 0",
    ],
    "try-to-get": [
        "def f(d, k):\n    try:\n        x = d[k]\n    except KeyError:\n        x = 0\n    return x",
        "def f(k):\n    d = {}\n    try:\n        x = d[g(k)]\n    except KeyError:\n        x = 0\n    return x",
    ],
    "defaultdict-to-setdefault": [
        "def f(xs):\n    d = defaultdict(list)\n    for x in xs:\n        d[x].append(x)\n    return d",
        "def f(xs):\n    d = defaultdict(list)\n    for x in xs:\n        d[x].append(x)\n    return d[0]",
    ],
    "in-to-or": ["def f(x):\n    return x in (None, 1)", "def f(x):\n    return x.pop() in (1, 2)"],
    "or-to-in": ["def f(x, y):\n    return x == 1 or y == 2", "def f(x, y):\n    return x == 1 or x == y"],
    "length-to-truth": ["def f(xs):\n    if len(xs) == 0:\n        return 1"],
    "truth-to-length": ["def f(xs):\n    if not xs:\n        return 1", "def f(n):\n    xs = [n]\n    return xs or 1"],
    "move-not": ["def f(x):\n    return x is not None"],
    "return-to-result": [
        "def f(xs):\n    for x in xs:\n        return x\n    return 1",
        "def f(x):\n    if x:\n        return 1\n    yield x\n    return 2",
    ],
    "return-to-break": [
        "def f(xs, d):\n    for x in xs:\n        if x:\n            return x\n    return d",
        "def f(xs):\n    for x in xs:\n        for y in x:\n            return y\n    return 0",
    ],
    "break-to-return": [
        "def f(xs):\n    r = 0\n    for x in xs:\n        r += x\n        if r:\n            r = 2\n            break",
    ],
    "unpack-to-index": ["def f(xs):\n    for a, b in xs:\n        print(a)\n    c, d = xs\n    return c"],
    "index-to-unpack": [
        "def f(d):\n    for p in d.items():\n        print(p, p[0])",
        "def f(xs):\n    for p in xs:\n        print(p[0])",
    ],
    "lambda-to-def": [
        "def f(xs):\n    return [g(lambda: x) for x in xs]",
        "def f(n):\n    return lambda x=n: x",
    ],
    "def-to-lambda": [
        "def f():\n    def g():\n        yield 1\n    return g",
        "def f():\n    @h\n    def g():\n        return 1\n    return g",
    ],
    "recursion-to-loop": [
        "def f(n):\n    if n == 0:\n        return 1\n    return n * f(n - 1)",
        "def f(n):\n    if n == 0:\n        return f\n    return f(n - 1)",
        "def f(n):\n    try:\n        return f(n - 1)\n    except ValueError:\n        return 0",
        "def f(n, g=None):\n    if n:\n        return f(n - 1, lambda: n)\n    return g",
    ],
    "recursion-to-stack": [
        "def f(t):\n    for c in t:\n        f(c)\n    print(t)",
        "def f(t):\n    total = t[0]\n    for c in t[1]:\n        total += f(c)\n    return total",
        "def f(t, d):\n    print(d)\n    for c in t:\n        f(c, d + 1)",
    ],
    "split-condition": ["def f(a, b):\n    if a and b:\n        return 1\n    else:\n        return 2"],
}


@pytest.mark.parametrize(("name", "source"), [(name, source) for name, all_ in REFUSED.items() for source in all_])
def test_guard_refuses(name: str, source: str) -> None:
    assert all(rewrite(parse(source), name, Random(seed)) is None for seed in SEEDS)


@pytest.mark.parametrize("sample", SAMPLES)
def test_compositions_keep_behaviour(sample: str) -> None:
    source, calls = SAMPLES[sample]
    node = parse(source)
    expected = behaviour(node, calls)
    for seed in range(25):
        changed = augment(node, Random(seed))
        assert behaviour(changed, calls) == expected, ast.unparse(changed)  # type: ignore[arg-type]


def test_same_seed_same_view() -> None:
    node = parse(SAMPLES["evens"][0])
    views = [ast.dump(augment(node, Random(3))) for _ in range(2)]
    assert views[0] == views[1]
    assert len({ast.dump(augment(node, Random(seed))) for seed in range(20)}) > 5


@pytest.mark.parametrize("kind", EDITS)
@pytest.mark.parametrize("sample", SAMPLES)
def test_edits_change_the_function_and_still_compile(sample: str, kind: str) -> None:
    node = parse(SAMPLES[sample][0])
    donors = [donor for source, _ in SAMPLES.values() for donor in donor_statements(parse(source))]
    before = ast.dump(node)
    for seed in SEEDS:
        changed = edit(node, Random(seed), donors, kind)
        assert ast.dump(node) == before
        if changed is not None:
            compile(ast.Module([changed], []), "<edited>", "exec")
            assert kind == "replace" or ast.dump(changed) != before
