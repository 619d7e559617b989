"""Drivers: calls into the standard library's modules for numbers, sequences and chance.

In: an empty folder. Out: nothing; what counts is the code that runs. Many inputs are wrong on purpose, for the error
paths.
"""

from __future__ import annotations

import fractions
import graphlib
import random
import statistics
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from graph.dynamic.library import attempt, each, optional, python_form

_OPERATIONS = (
    "__add__", "__radd__", "__sub__", "__rsub__", "__mul__", "__rmul__", "__truediv__", "__rtruediv__", "__floordiv__",
    "__rfloordiv__", "__mod__", "__rmod__", "__divmod__", "__rdivmod__", "__pow__", "__rpow__", "__eq__", "__lt__",
    "__ge__",
)  # fmt: skip


def drive_statistics(_folder: Path) -> None:
    samples: tuple[Any, ...] = (
        [1, 2, 3.5, 4], [fractions.Fraction(1, 3), fractions.Fraction(5, 3)],
        [Decimal("1.5"), Decimal("2"), Decimal(9)],
        [], [1], [1, 1, 2, 2], ["a", "b", "a"], [-1.0, 2.0], [0.0, 3.0], [float("nan"), 1.0], [float("inf"), 1.0],
        [1, "x"],
        iter([3, 1, 2]), [1, Decimal(2), 0.5],
    )  # fmt: skip
    for name in statistics.__all__:
        function = getattr(statistics, name)
        if name not in ("NormalDist", "StatisticsError"):
            each(function, samples)
            each(function, samples, [1.0, 2.5, 3.0, 7.0])
            each(function, samples, n=3, method="inclusive")
    attempt(statistics.quantiles, [1, 2, 3], n=0)
    attempt(statistics.quantiles, [1, 2, 3], method="x")
    attempt(statistics.linear_regression, [1, 2, 3], [2, 4, 7], proportional=True)
    attempt(statistics.fmean, [1, 2], weights=[1])
    attempt(statistics.correlation, [1, 2, 3], [3, 1, 2], method="ranked")
    if hasattr(statistics, "kde"):
        for kernel in ("normal", "logistic", "triangular", "cosine", "x"):
            each(attempt(statistics.kde, [1.0, 2.0, 5.0], 0.7, kernel), (0.5, 2.0))
            attempt(statistics.kde_random, [1.0, 2.0], 0.5, kernel, seed=3)
    one, two = statistics.NormalDist(1, 2), statistics.NormalDist.from_samples([1, 2, 4])
    for name in (
        "cdf",
        "pdf",
        "inv_cdf",
        "zscore",
        "overlap",
        "quantiles",
        "__add__",
        "__sub__",
        "__mul__",
        "__truediv__",
        "__eq__",
    ):
        each(getattr(one, name), (0.1, 0.5, 0.99, 2, two, 0, 3))
    one.samples(3, seed=1)
    attempt(statistics.NormalDist, 0, -1)
    each(statistics.NormalDist(0, 0).cdf, (1,))


def drive_fractions(_folder: Path) -> None:
    texts = ("3/4", " -7 ", "1.5e2", "1_0/3", "x", "1/0", ".5", "1e-3", "+2.", "")
    found = each(fractions.Fraction, (*texts, 3, 2.5, Decimal("0.1"), float("nan"), 3j, fractions.Fraction(2, 3)))
    attempt(fractions.Fraction, 6, -4)
    attempt(fractions.Fraction, 1, 0)
    attempt(fractions.Fraction, "1", 2)
    numbers = [one for one in found if isinstance(one, fractions.Fraction)]
    for one in numbers[:6]:
        for name in _OPERATIONS:
            each(getattr(one, name), (*numbers[:4], 2, 0, 1.5, 2j, -3, "x"))
        for name in ("limit_denominator", "__floor__", "__ceil__", "__hash__", "__abs__", "__neg__", "__trunc__",
            "__bool__",
                     "__reduce__", "__round__", "__repr__", "as_integer_ratio"):  # fmt: skip
            attempt(getattr(one, name))
        each(one.__round__, (1, -1, 5))
        each(one.limit_denominator, (1, 10, 0))
        each(one.__format__, ("", ".2f", "+,.3e", "010.1%", ".3g", "#x", "_>12", "z.1f", "<9"))
    each(fractions.Fraction.from_float, (0.5, 3, "x"))
    each(fractions.Fraction.from_decimal, (Decimal("0.25"), 3, "x"))


_DECIMALS = (
    "0", "1", "-1.50", "2.5E+10", "9.99999e-8", "NaN", "sNaN12", "Infinity", "-Inf", "1e999999", "1E-999999",
    "123456789012",
    "0.1", "-0", "x", "7", "0E+3", "1_000.5", "16", "100",
)  # fmt: skip
_LEFT_OUT = {"shift", "rotate", "scaleb", "copy_sign", "fma", "quantize", "from_float"}


def drive_decimal(_folder: Path) -> None:
    decimal = python_form("_pydecimal")
    before = decimal.getcontext().copy()
    contexts = [
        decimal.Context(prec=9, rounding=decimal.ROUND_HALF_EVEN, traps=[]),
        decimal.Context(prec=5, rounding=decimal.ROUND_UP, Emin=-20, Emax=20, capitals=0, clamp=1, traps=[]),
    ]
    numbers = [one for one in each(decimal.Decimal, _DECIMALS) if isinstance(one, decimal.Decimal)]
    small = [one for one in numbers if not one.is_finite() or abs(one.adjusted()) < 100]
    names = [name for name in dir(decimal.Decimal) if not name.startswith("_")]
    for context in contexts:
        decimal.setcontext(context)
        for name in names:
            function = getattr(decimal.Decimal, name)
            each(lambda one, function=function: function(one), small)
            each(lambda one, function=function: [attempt(function, one, other) for other in small[:9]], small[:7])
        for name in _OPERATIONS:
            each(lambda one, name=name: [attempt(getattr(one, name), other) for other in (*small[:8], 2, 2.5)], small)
        for rounding in (
            "ROUND_DOWN",
            "ROUND_UP",
            "ROUND_HALF_UP",
            "ROUND_HALF_DOWN",
            "ROUND_CEILING",
            "ROUND_FLOOR",
            "ROUND_05UP",
        ):
            each(lambda one, rounding=rounding: one.quantize(decimal.Decimal("0.1"), rounding=rounding), small)
        for name in [
            name for name in dir(context) if not name.startswith("_") and name not in ("clear_traps", "clear_flags")
        ]:
            attempt(getattr(context, name), decimal.Decimal("2.5"))
            attempt(getattr(context, name), decimal.Decimal("2.5"), 3)
        each(
            lambda one: [
                attempt(format, one, spec) for spec in ("", ".2f", "+12,.3e", "<9.1%", "010", "^8n", "_", "q")
            ],
            small,
        )
        each(
            lambda one: [attempt(function, one) for function in (int, float, hash, str, round, bool, complex)],
            numbers[:5],
        )
        attempt(repr, context)
    decimal.setcontext(decimal.Context(prec=6))
    for arguments in (("1", "0"), ("0", "0"), ("sNaN", "1"), ("Inf", "Inf")):
        one, other = map(decimal.Decimal, arguments)
        each(lambda name, one=one, other=other: getattr(one, name)(other), _OPERATIONS)
    each(decimal.Decimal, ((0, (1, 2), -1), (2, (1,), 0), (0, (11,), 0), (0, (), "F"), (0, (), "x"), [1], 3.5, 7, 2j))
    with decimal.localcontext() as local:
        local.prec = 3
        attempt(decimal.Decimal(2).sqrt)
        attempt(setattr, local, "prec", "x")
        attempt(setattr, local, "rounding", "x")
    decimal.setcontext(before)


def drive_random(_folder: Path) -> None:
    chance = random.Random(5)  # noqa: S311
    calls: tuple[tuple[str, tuple[Any, ...]], ...] = (
        ("randrange", (10,)), ("randrange", (1, 9, 3)), ("randrange", (9, 1, -2)), ("randrange", (5, 5)),
        ("randrange", (1.5,)),
        ("randrange", (1, 2, 0)), ("randint", (1, 3)), ("choice", ([],)), ("choice", ("abc",)),
        ("choices", ("abc", [1, 2, 3])),
        ("choices", ("abc",)), ("choices", ("abc", [1])), ("choices", ("ab", [0, 0])), ("sample", (range(100), 5)),
        ("sample", (range(9), 8)), ("sample", ([1], 2)), ("sample", ({1}, 1)), ("shuffle", ([1, 2, 3],)),
        ("uniform", (1, 2)),
        ("triangular", (0, 1, 0.9)), ("triangular", (0, 0)), ("betavariate", (1, 2)), ("expovariate", (2,)),
        ("gauss", (0, 1)),
        ("gammavariate", (0.5, 1)), ("gammavariate", (1, 1)), ("gammavariate", (3, 1)), ("gammavariate", (0, 1)),
        ("lognormvariate", (0, 1)), ("vonmisesvariate", (0, 4)), ("vonmisesvariate", (0, 0)), ("paretovariate", (3,)),
        ("weibullvariate", (1, 2)), ("normalvariate", (0, 1)), ("randbytes", (4,)), ("getstate", ()),
        ("seed", ("x", 1)),
        ("seed", (b"y",)), ("seed", (None,)), ("seed", ([],)), ("setstate", ((9, (), None),)),
        ("binomialvariate", (5, 0.3)),
        ("binomialvariate", (100, 0.6)), ("binomialvariate", (1, 0.5)), ("binomialvariate", (-1,)),
        ("setstate", ((2, (), 0),)),
    )  # fmt: skip
    for name, arguments in calls * 5:
        attempt(lambda name=name, arguments=arguments: getattr(chance, name)(*arguments))
    chance.sample(["a", "b"], counts=[3, 2], k=4)
    attempt(chance.sample, ["a", "b"], counts=[3], k=4)
    each(
        lambda weights: chance.choices("abc", **weights),
        ({"cum_weights": [1, 2, 3]}, {"weights": [1], "cum_weights": [1]}),
    )

    class Poor(random.Random):
        def random(self) -> float:
            return 0.5

    each(lambda name: getattr(Poor(), name)("abc", *([2] if name == "sample" else [])), ("choice", "sample"))


def drive_heaps_and_searches(_folder: Path) -> None:
    heapq, bisect = python_form("heapq"), python_form("bisect")
    data = [5, 2, 8, 1, 9, 3, 7, 2]
    for heapify, pop, replace in (
        ("heapify", "heappop", "heapreplace"),
        ("_heapify_max", "_heappop_max", "_heapreplace_max"),
    ):
        heap = list(data)
        if hasattr(heapq, heapify):
            getattr(heapq, heapify)(heap)
            each(lambda item, heap=heap, replace=replace: getattr(heapq, replace)(heap, item), (4, 10, 0))
            each(lambda _, heap=heap, pop=pop: getattr(heapq, pop)(heap), range(9))
    heap = []
    each(lambda item: heapq.heappush(heap, item), data)
    each(lambda item: heapq.heappushpop(heap, item), (0, 4))
    for key in (None, lambda x: -x):
        for count in (0, 1, 3, 20):
            heapq.nlargest(count, data, key=key)
            heapq.nsmallest(count, iter(data), key=key)
        for reverse in (False, True):
            list(heapq.merge([1, 4], [2], [], [0, 9, 9], key=key, reverse=reverse))
            list(heapq.merge([1, 4], key=key, reverse=reverse))
    attempt(heapq.nsmallest, 1, [])
    for name in ("bisect_left", "bisect_right", "insort_left", "insort_right"):
        for key in (None, lambda x: x * 2):
            each(lambda x, name=name, key=key: getattr(bisect, name)(sorted(data), x, key=key), (0, 2, 5, 99))
        attempt(getattr(bisect, name), data, 3, -1)
    for edges in ({"a": "bc", "b": "c", "d": ""}, {"a": "b", "b": "c", "c": "a"}, {}):
        sorter = graphlib.TopologicalSorter(edges)
        attempt(lambda sorter=sorter: list(sorter.static_order()))
        attempt(sorter.add, "z")
        attempt(sorter.prepare)
    sorter = graphlib.TopologicalSorter({"x": ["y", "z"]})
    attempt(sorter.get_ready)
    sorter.prepare()
    each(sorter.done, (*sorter.get_ready(), "x", "q", "y"))
    each(lambda _: (bool(sorter), sorter.get_ready()), (1, 2))


def drive_operator_and_long(_folder: Path) -> None:
    operator, long = python_form("operator"), optional("_pylong")
    attempt(operator.countOf, [1, 2, 1], 1)
    each(lambda x: operator.indexOf([1, 2], x), (2, 3))
    each(operator.length_hint, ([1], iter([1]), 3, range(4)))
    attempt(operator.length_hint, [], "x")
    each(lambda get: [attempt(get, one) for one in (["a", "b", "c"], {"a": 1}, 3j)], (
        operator.itemgetter(1), operator.itemgetter(0, 2), operator.attrgetter("real"),
        operator.attrgetter("real.imag", "imag"),
        operator.methodcaller("index", "b"), operator.methodcaller("get", "a"), operator.itemgetter("a"),
    ))  # fmt: skip
    each(operator.attrgetter, (3,))
    attempt(operator.concat, 1, 2)
    attempt(operator.iconcat, [1], [2])
    if long:
        each(long.int_to_decimal_string, (10**300, -(7**500), 0, 2**5000))
        each(long.int_from_string, ("123456789" * 40, "-1_000", "0"))
        each(lambda b: long.int_divmod(3**3000, b), (7**900, -(7**900), 5))


DRIVERS: tuple[Callable[[Path], None], ...] = (
    drive_statistics,
    drive_fractions,
    drive_decimal,
    drive_random,
    drive_heaps_and_searches,
    drive_operator_and_long,
)
