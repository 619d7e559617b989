"""Drivers: calls into the standard library's modules for tests.

In: an empty folder. Out: nothing; what counts is the code that runs. Many inputs are wrong on purpose, for the error
paths.
"""

# ruff: noqa: ARG001, PT009, PT027  (the test framework itself is driven)
from __future__ import annotations

import argparse
import ast
import contextlib
import doctest
import io
import unittest
import unittest.mock
from collections.abc import Callable
from pathlib import Path
from typing import Any

from graph.dynamic.library import attempt, each


def _sample(a: int, /, b: str = "x", *c: int, d: float, e: Any = None, **f: Any) -> list[int]:
    """A function to look at."""

    def inner() -> int:
        return a

    return [inner()]


class _Doc:
    """A class to test.

    >>> 1 + 1
    2
    >>> print("a\\n\\nb")
    a
    <BLANKLINE>
    b
    >>> 1 / 0
    Traceback (most recent call last):
    ZeroDivisionError: division by zero
    >>> [1, 2, 3]  # doctest: +ELLIPSIS
    [1, ..., 3]
    >>> "wrong"
    'right'
    >>> None.x  # doctest: +IGNORE_EXCEPTION_DETAIL, +SKIP
    >>> {1: 2}   # doctest: +NORMALIZE_WHITESPACE
    {1:
     2}
    """


def drive_doctest(_folder: Path) -> None:
    out = io.StringIO()
    for flags in (
        0,
        doctest.REPORT_NDIFF | doctest.ELLIPSIS,
        doctest.REPORT_UDIFF,
        doctest.REPORT_CDIFF | doctest.FAIL_FAST,
    ):
        runner = doctest.DocTestRunner(optionflags=flags, verbose=bool(flags & 1))
        for test in doctest.DocTestFinder().find(_Doc, "Doc", globs={}):
            attempt(runner.run, test, out=out.write)
        with contextlib.redirect_stdout(out):
            runner.summarize(verbose=True)
    parser = doctest.DocTestParser()
    each(
        parser.parse,
        (
            "text\n>>> x\n... y\nz\n",
            ">>>x",
            ">>> x\n  y",
            "  >>> a\n b",
            ">>> x # doctest: +NONE",
            ">>> # doctest: +SKIP",
        ),
    )
    doctest.script_from_examples("text\n>>> 1\n1\n>>> 2\n")


def drive_unittest(_folder: Path) -> None:
    out = io.StringIO()

    class Case(unittest.TestCase):
        def test_pass(self) -> None:
            self.assertEqual({"a": 1}, {"a": 1})

        def test_fail(self) -> None:
            self.assertEqual([1, 2, 3], [1, 3])

        def test_text(self) -> None:
            self.assertMultiLineEqual("a\nb\n", "a\nc\n")

        def test_dict(self) -> None:
            self.assertDictEqual({"a": 1}, {"a": 2, "b": 1})

        def test_set(self) -> None:
            self.assertSetEqual({1}, {2})

        def test_error(self) -> None:
            raise KeyError

        @unittest.skip("why")
        def test_skip(self) -> None: ...

        @unittest.expectedFailure
        def test_expected(self) -> None:
            self.assertTrue(0)

        def test_more(self) -> None:
            with self.subTest(i=1), self.assertRaisesRegex(ValueError, "x"):
                raise ValueError("x")
            with self.assertLogs("q") as logs:
                __import__("logging").getLogger("q").warning("m")
            self.assertCountEqual([1, 1, 2], [2, 1])
            self.assertAlmostEqual(1.0, 1.1, delta=0.2)
            self.assertEqual(len(logs.records), 2)

    for verbosity in (0, 2):
        suite = unittest.defaultTestLoader.loadTestsFromTestCase(Case)
        unittest.TextTestRunner(out, verbosity=verbosity, tb_locals=True, warnings="ignore").run(suite)


def drive_mock(_folder: Path) -> None:
    mock = unittest.mock.MagicMock(side_effect=[1, KeyError, 3], name="m", **{"a.b.return_value": 4})
    each(mock, (1, 2, 3, 4), key="v")
    mock.x.y().z[3].d(x=1)
    calls = unittest.mock.call
    checks: tuple[tuple[str, tuple[Any, ...]], ...] = (
        ("assert_called_with", (4,)), ("assert_called_once", ()), ("assert_any_call", (9,)),
        ("assert_not_called", ()), ("assert_called", ()),
        ("assert_has_calls", ([calls(1, key="v"), calls(2, key="v")],)), ("assert_has_calls", ([calls(9)], True)),
        ("assert_misspelt", ()),
        ("assert_called_once_with", (1,)), ("configure_mock", ()), ("mock_add_spec", (["x"],)), ("reset_mock", ()),
        ("__repr__", ()),
    )  # fmt: skip
    for name, arguments in checks:
        attempt(lambda name=name, arguments=arguments: getattr(mock, name)(*arguments))
    for spec in (_sample, argparse.ArgumentParser, ["a", "b"], ast.NodeVisitor(), len):
        auto = attempt(unittest.mock.create_autospec, spec)
        for arguments in ((), (1,), (1, 2)):
            attempt(auto, *arguments, d=1)
        attempt(lambda auto=auto: auto.none)
        attempt(unittest.mock.Mock, spec=spec, wraps=spec)
    for target, options in (("argparse.ArgumentError", {}), ("argparse.none", {}),
        ("argparse.none", {"create": True}), ("bad", {}),
                            ("argparse._sys", {"autospec": True}),
                            ("argparse.ArgumentParser", {"spec": True, "new_callable": dict})):  # fmt: skip
        attempt(lambda target=target, options=options: unittest.mock.patch(target, **options)(lambda *_: 1)())
    with (
        unittest.mock.patch.dict({"a": 1}, {"b": 2}, clear=True),
        unittest.mock.patch.multiple(argparse, ONE_OR_MORE="+"),
    ):
        pass
    opened = unittest.mock.mock_open(read_data="a\nb\n")
    each(
        lambda action: action(opened()),
        (lambda f: f.read(1), lambda f: f.readline(), list, lambda f: f.readlines(), lambda f: f.write("x")),
    )
    each(
        repr,
        (
            calls(1).a(b=3),
            unittest.mock.ANY,
            unittest.mock.sentinel.x,
            calls.a.b(1) == calls.a.b(1),
            calls.x(1).call_list(),
        ),
    )
    unittest.mock.seal(mock)
    attempt(lambda: mock.zzz)


DRIVERS: tuple[Callable[[Path], None], ...] = (
    drive_doctest,
    drive_unittest,
    drive_mock,
)
