"""Data edges against real runs of the standard library: no definition-use pair that was observed may be missing."""

from __future__ import annotations

import contextlib
import importlib
import sys
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from graph.dynamic.comparison import Summary, compare
from graph.dynamic.library import StandardLibrary, load_python_forms
from graph.dynamic.tracer import ROUNDS, Tracer

Driver = Callable[[Path], None]
SMALL = ("encodings", "formats", "text")
ALL = (
    *SMALL,
    "archives",
    "checks",
    "classes",
    "containers",
    "dates",
    "files",
    "mail",
    "numbers",
    "places",
    "runtime",
    "source",
    "tools",
    "web",
)
pytestmark = pytest.mark.skipif(
    sys.gettrace() is not None, reason="a debugger or coverage traces already: only one can see the instructions"
)


def drivers_of(groups: Iterable[str]) -> list[Driver]:
    """The drivers of some groups; each group is a module `drivers_<group>`."""
    modules = [importlib.import_module(f"graph.dynamic.drivers_{group}") for group in groups]
    return [driver for module in modules for driver in module.DRIVERS]


def observed(drivers: list[Driver], folder: Path) -> Summary:
    """Run the drivers under the tracer, each in a folder of its own, and compare with the graphs."""
    tracer = Tracer(StandardLibrary())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # old modules and error paths warn
        load_python_forms()
        for driver in drivers:
            for turn in range(ROUNDS):
                own = folder / f"{driver.__name__}-{turn}"
                own.mkdir()
                with contextlib.chdir(own), tracer.active():  # relative names must not end up in the checkout
                    driver(own)
        return compare(tracer)


def say(capsys: pytest.CaptureFixture[str], summary: Summary) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\n{summary.line()}\n")


def test_a_part_of_the_standard_library(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    summary = observed(drivers_of(SMALL), tmp_path)
    say(capsys, summary)
    assert summary.missing == []
    assert summary.nested_missing == []
    assert summary.functions >= 500
    assert summary.pairs >= 7_000


@pytest.mark.slow
def test_the_standard_library(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    summary = observed(drivers_of(ALL), tmp_path)
    say(capsys, summary)
    assert summary.missing == []
    assert summary.nested_missing == []
    assert summary.functions >= 3_500
    assert summary.pairs >= 35_000
