"""Drivers: calls into the standard library's modules for command lines.

In: an empty folder. Out: nothing; what counts is the code that runs. Many inputs are wrong on purpose, for the error
paths.
"""

from __future__ import annotations

import argparse
import contextlib
import getopt
import io
import optparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from graph.dynamic.library import attempt, each


def _argument_parser(**options: Any) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("tool", description="d " * 50, epilog="end", exit_on_error=False, **options)
    parser.add_argument("-v", "--verbose", action="count", default=0, help="talk %(default)s")
    parser.add_argument("-n", "--number", type=int, choices=[1, 2, 3], metavar="N", help=argparse.SUPPRESS)
    parser.add_argument("--flag", action=argparse.BooleanOptionalAction)
    parser.add_argument("--add", action="append", nargs=2)
    parser.add_argument("--const", action="append_const", const=5, dest="consts")
    parser.add_argument("--ext", action="extend", nargs="+", type=float)
    parser.add_argument("--maybe", nargs="?", const="c", default="d")
    parser.add_argument("--version", action="version", version="%(prog)s 1")
    group = parser.add_argument_group("group", "of things")
    exclusive = group.add_mutually_exclusive_group(required=False)
    exclusive.add_argument("--on", action="store_true")
    exclusive.add_argument("--off", dest="on", action="store_false")
    parser.add_argument("first", help="the first one, " * 9)
    parser.add_argument("rest", nargs="*")
    return parser


_LINES = """a
a b c -v -vv
-n 2 a
-n 9 a
-n x a
--num=3 a
--add 1 2 a --add 3 4
--add 1
--ext 1 2 -- a b
--maybe a
--maybe=x a
--on --off a
--no-flag a
--unknown a
-vn2 a
--ver
--v a
@file a
-x
--const --const a -- -v
-h
--flag=3 a
-1 a
--ext a"""


def drive_argparse(folder: Path) -> None:
    (folder / "file").write_text("-v\nq\n")
    formatters = (
        argparse.HelpFormatter, argparse.RawTextHelpFormatter, argparse.ArgumentDefaultsHelpFormatter,
        argparse.RawDescriptionHelpFormatter, argparse.MetavarTypeHelpFormatter,
    )  # fmt: skip
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        for formatter in formatters:
            parser = _argument_parser(formatter_class=formatter, fromfile_prefix_chars="@")
            attempt(parser.format_help)
            attempt(parser.format_usage)
        for line in _LINES.split("\n"):
            words = line.replace("@file", f"@{folder / 'file'}").split(" ")
            for method in ("parse_args", "parse_known_args", "parse_intermixed_args"):
                with contextlib.suppress(SystemExit):
                    attempt(getattr(_argument_parser(fromfile_prefix_chars="@", allow_abbrev=True), method), words)
        parser = argparse.ArgumentParser(
            add_help=False, parents=[argparse.ArgumentParser(add_help=False)], argument_default=3
        )
        parsers = parser.add_subparsers(dest="command", required=True, title="commands", metavar="C")
        one = parsers.add_parser("one", aliases=["1"], help="first")
        one.add_argument("x", type=argparse.FileType("r"))
        parsers.add_parser("two").set_defaults(y=1)
        for line in ("one -", "two", "three", "", "1 /none", "two extra"):
            with contextlib.suppress(SystemExit):
                attempt(parser.parse_args, line.split())
        parser.print_help()
    for names, options in ((["-a", "b"], {}), (["x"], {"required": True}), (["-v"], {"action": "none"}),
        (["-q"], {"nargs": 0}),
                           ([], {}), (["--w"], {"type": "int"}),
                           (["-c"], {"choices": [1], "metavar": ("a", "b")})):  # fmt: skip
        attempt(argparse.ArgumentParser().add_argument, *names, **options)
    each(repr, (_argument_parser(), argparse.Namespace(a=1, **{"b c": 2})))


def drive_optparse_and_getopt(_folder: Path) -> None:
    parser = optparse.OptionParser(usage="%prog [x]", version="%prog 1", description="d " * 40, epilog="e")
    parser.add_option("-a", "--all", action="store_true", help="all %default")
    parser.add_option("-n", type="int", dest="number", default=3, metavar="N")
    parser.add_option("-f", "--file", action="append", type="string", nargs=1)
    parser.add_option("-c", type="choice", choices=["x", "y"])
    parser.add_option("-q", action="count")
    parser.add_option("--pair", nargs=2, type="float")
    parser.add_option("--call", action="callback", callback=lambda *_: None, type="string")
    parser.add_option("--hide", help=optparse.SUPPRESS_HELP, action="append_const", const=1)
    group = optparse.OptionGroup(parser, "group", "of things")
    group.add_option("-z", type="complex")
    parser.add_option_group(group)
    lines = ("-a b -n 4", "-n x", "-c z", "-c x --fi=q", "-qqa", "--pair 1 2", "--pair 1", "--all=3", "--none", "-k",
        "-f", "-- -a",
             "--call x", "--version", "-h", "-n0x1F", "-n 0b1", "--hide", "-z 1j", "--p", "-", "x -a")  # fmt: skip
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        for interspersed in (True, False):
            parser.allow_interspersed_args = interspersed
            for line in lines:
                with contextlib.suppress(SystemExit):
                    attempt(parser.parse_args, line.split())
    parser.format_help(optparse.TitledHelpFormatter(width=50))
    for names, options in ((["-a"], {}), (["a"], {}), (["--"], {}), ([], {}), (["-w"], {"type": "none"}),
        (["-w"], {"action": "q"}),
                           (["-w"], {"choices": 3}), (["-w"], {"nargs": 1, "action": "store_true"}),
                           (["-w"], {"callback": 3})):  # fmt: skip
        attempt(parser.add_option, *names, **options)
    parser.remove_option("-q")
    attempt(parser.remove_option, "-q")
    for function in (getopt.getopt, getopt.gnu_getopt):
        for line in (
            "-a b",
            "-b",
            "-bx --long y",
            "--lon=3",
            "--none",
            "--flag=1",
            "-- -a",
            "x -a",
            "--fl",
            "-",
            "-ab c",
            "--l",
        ):
            attempt(function, line.split(), "ab:", ["long=", "flag", "lonely"])


DRIVERS: tuple[Callable[[Path], None], ...] = (
    drive_argparse,
    drive_optparse_and_getopt,
)
