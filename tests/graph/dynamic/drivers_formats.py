"""Drivers: calls into the standard library's modules for JSON, INI files and printed data.

In: an empty folder. Out: nothing; what counts is the code that runs. Many inputs are wrong on purpose, for the error
paths.
"""

from __future__ import annotations

import collections
import configparser
import dataclasses
import io
import pprint
import reprlib
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

from graph.dynamic.library import attempt, each, python_form

_JSON = (
    ' {"a": [1, -2.5e3, true, false, null, NaN, Infinity, -Infinity], "b": {"c": "\\u0041\\n\\ud83d\\ude00"}, "d": {}, '
    '"e": [ ] } '
)


_BAD_JSON = """[1,
[1 2]
{
{"a"
{"a":
{"a": 1
{"a": 1,
{"a": 1 "b"}
{1: 2}
"abc
"\\x"
"\\u12"
tru
[1] x
-
{"a":1,}
[,]
"\\
"""


def drive_json_decoder(_folder: Path) -> None:
    decoder, scanner = python_form("json.decoder"), python_form("json.scanner")
    options: list[dict[str, Any]] = [
        {},
        {"object_pairs_hook": list, "parse_int": str, "parse_float": str, "strict": False},
        {"object_hook": sorted},
    ]
    for option in options:
        one = decoder.JSONDecoder(**option)
        one.parse_string = decoder.py_scanstring
        one.scan_once = scanner.py_make_scanner(one)
        each(one.decode, [_JSON, '"\n"', *_BAD_JSON.split("\n")])
        attempt(one.raw_decode, _JSON, 1)
    for start in range(3):
        attempt(decoder.py_scanstring, 'x"\\u00e9\\ud83d" tail', start)


def drive_json_encoder(_folder: Path) -> None:
    encoder = python_form("json.encoder")
    data = {"a": [1, 2.5, True, None, float("nan"), float("inf")], 3: {"x": 'é\n"\\'}, None: (), 1.5: [], True: {}}
    options: list[dict[str, Any]] = [
        {},
        {"indent": 2},
        {"indent": "\t"},
        {"ensure_ascii": False, "separators": (",", ":")},
        {"skipkeys": True, "sort_keys": True},
        {"allow_nan": False},
        {"default": str},
    ]
    loop: list[object] = []
    loop.append(loop)
    values = (data, {"k": {1, 2}, (1, 2): 3}, [[[]], {}, "x", 1, object()], loop, "a", 1, 1.0, None, "\0é\U0001f600")
    for option in options:
        writer = encoder.JSONEncoder(**option)
        each(writer.encode, values)
        each(lambda value, writer=writer: list(writer.iterencode(value)), values)
    each(encoder.py_encode_basestring_ascii, ("a", "\x00é\U0001f600"))


_INI = """[DEFAULT]
base = /x
[a]
path = %(base)s/y ; note
num = 3
flag: yes
multi =
  one

  two
empty
# c
[b]
ref = ${a:num}
percent = 5%%
"""


_BAD_INI = ("x = 1\n", "[a]\n[a]\n", "[a]\nx=1\nx=2\n", "[a]\n= 3\n", "[a\n", "[a]\n  cont\nx = 1\n  more\n y\n")


def _parsers() -> list[configparser.ConfigParser]:
    return [
        configparser.ConfigParser(allow_no_value=True),
        configparser.ConfigParser(allow_no_value=True, interpolation=configparser.ExtendedInterpolation()),
        configparser.ConfigParser(
            allow_no_value=True, interpolation=None, inline_comment_prefixes=";", empty_lines_in_values=False
        ),
        configparser.ConfigParser(
            strict=False, allow_no_value=True, delimiters=("=", ":"), comment_prefixes="#", default_section="z"
        ),
    ]


def drive_configparser_reading(folder: Path) -> None:
    for parser in _parsers():
        parser.read_string(_INI)
        for section in (*parser.sections(), "none"):
            for option in ("path", "num", "flag", "multi", "empty", "ref", "percent", "none"):
                attempt(parser.get, section, option)
                attempt(parser.get, section, option, raw=True, vars={"num": "9"}, fallback="f")
                attempt(parser.getint, section, option, fallback=3)
                attempt(parser.getboolean, section, option)
        each(parser.items, ("a", "b", "none"))
        each(parser.options, ("a", "none"))
        parser.read([folder / "none.ini"])
        parser.has_option("", "base")
        parser.has_option("a", "w")
    for wrong in _BAD_INI:
        each(lambda parser, wrong=wrong: parser.read_string(wrong), _parsers())
    parser = configparser.ConfigParser()
    parser.read_string("[a]\nx=%(y)s\ny=%(x)s\nz=%(none)s\nw=%(\nv=%q\n")
    each(lambda option: parser.get("a", option), "xyzwv")
    extended = configparser.ConfigParser(interpolation=configparser.ExtendedInterpolation())
    extended.read_string("[a]\nx=${y}\ny=${x}\nz=${none}\nw=${\nv=$q\nu=${b:c:d}\nt=$$\n")
    each(lambda option: extended.get("a", option), "xyzwvut")


def drive_configparser_writing(_folder: Path) -> None:
    for parser in _parsers():
        parser.read_string(_INI)
        for arguments in (("a", "new", "%(x)s"), ("q", "w", "e"), ("a", "n", 3), ("a", "m", "${")):
            attempt(parser.set, *arguments)
        each(parser.add_section, ("a", "DEFAULT", "extra", 3))
        parser.remove_option("a", "num")
        each(parser.remove_section, ("extra", "none"))
        attempt(parser.write, io.StringIO())
        attempt(parser.write, io.StringIO(), space_around_delimiters=False)
        each(parser.read_dict, ({"s": {"k": "v", "n": 1}, "t": {}}, {"s": {"k": 1}}))
        parser["m"] = {"x": "1"}
        attempt(parser.__setitem__, "DEFAULT", {"y": "2"})
        attempt(parser.__delitem__, "none")
        each(lambda one: dict(one.items()), (parser["m"], parser))
        attempt(lambda parser=parser: parser["m"].getint("x"))
        attempt(parser.popitem)


@dataclasses.dataclass
class _Point:
    x: int
    y: list[str] = dataclasses.field(default_factory=lambda: ["text"] * 30)


def _values() -> list[object]:
    return [
        {"key": list(range(40)), "b": {"c": (1, 2), "d": {3, 1}}, 3: frozenset([1])}, "long text " * 20, b"bytes" * 30,
        bytearray(b"x" * 90), collections.OrderedDict(a=1, b="x" * 90), collections.Counter("hello" * 9),
        collections.defaultdict(list, a=[1] * 50), collections.deque(range(50), maxlen=60), (x for x in ()),
        collections.ChainMap({"a": 1}, {"b": "y" * 90}), types.SimpleNamespace(a=1, b="z" * 90), ("ab" * 60, "cd"),
        types.MappingProxyType({"q": "w" * 90}), collections.UserDict(a="v" * 90), collections.UserList(range(60)),
        collections.UserString("u" * 99), _Point(1), [], {}, (), (1,), set(), "multi\nline\ntext " * 9, [[[[[[1]]]]]],
        {"a": {"b": {"c": {"d": 1}}}}, {1: "x", "y": 2}, 10**60, 1234567, object(), collections.deque([1] * 9),
    ]  # fmt: skip


def drive_pprint_and_reprlib(_folder: Path) -> None:
    data = _values()
    data.append(data)
    options: list[dict[str, Any]] = [
        {},
        {"width": 20, "indent": 2},
        {"depth": 2, "compact": True},
        {"sort_dicts": False, "underscore_numbers": True},
    ]
    for option in options:
        printer = pprint.PrettyPrinter(stream=io.StringIO(), **option)
        for value in (*data, data):
            printer.pprint(value)
            printer.isrecursive(value)
            printer.isreadable(value)
    attempt(pprint.PrettyPrinter, indent=-1)
    attempt(pprint.PrettyPrinter, depth=0)
    attempt(pprint.PrettyPrinter, width=0)
    each(reprlib.repr, data)
    short = reprlib.Repr()
    short.maxlevel = 2
    short.indent = 3
    each(short.repr, data)


DRIVERS: tuple[Callable[[Path], None], ...] = (
    drive_json_decoder,
    drive_json_encoder,
    drive_configparser_reading,
    drive_configparser_writing,
    drive_pprint_and_reprlib,
)
