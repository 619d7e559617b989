"""Drivers: calls into the standard library's modules for small data formats and encodings.

In: an empty folder. Out: nothing; what counts is the code that runs. Many inputs are wrong on purpose, for the error
paths.
"""

from __future__ import annotations

import base64
import csv
import io
import netrc
import plistlib
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from graph.dynamic.library import attempt, each, optional, python_form


def drive_base_encodings(_folder: Path) -> None:
    raw = bytes(range(0, 256, 5))
    for name in ("b16", "b32", "b64", "b85", "a85", "b32hex"):
        encoded = getattr(base64, name + "encode")(raw)
        each(getattr(base64, name + "decode"), (encoded, encoded[:-1], encoded.lower(), b"!!", b"", "é"))
    base64.a85encode(b"\0\0\0\0    x", foldspaces=True, wrapcol=5, pad=True, adobe=True)
    for option in ({"adobe": True}, {"foldspaces": True}):
        each(base64.a85decode, (b"<~87cUR~>", b"z y", b"<~x", b"vvvvvv", b"uuuuu", b"zz\x00"), **option)
    attempt(base64.b32decode, b"MZXW6===", map01=b"L")
    attempt(base64.b64decode, b"a-_/", altchars=b"-_", validate=True)
    base64.encode(io.BytesIO(raw), io.BytesIO())
    base64.decode(io.BytesIO(b"YWJj\n"), io.BytesIO())
    base64.decodebytes(base64.encodebytes(raw))
    quoted = python_form("quopri")
    for text in (b"a=b \n\tc\xe9 long " * 9, b".\n", b"x\t\n", b"=3D=\n=zz x_y", b"a=", b""):
        quoted.encodestring(text, quotetabs=True)
        quoted.encodestring(text, header=True)
        quoted.decodestring(text)
        quoted.decodestring(text, header=True)
    uu = optional("uu")
    if uu:
        out = io.BytesIO()
        uu.encode(io.BytesIO(raw), out, "name", 0o644, backtick=True)
        for text in (out.getvalue(), b"none", b"begin 644 x\n#!!!\n"):
            attempt(uu.decode, io.BytesIO(text), io.BytesIO())


_TOML = '''title = "x"
[a.b]
c = [1, 2.5, -0x1F, 1e3, inf, nan, true, 0o7, 0b1, 1_000]
d = {x = 1, y.z = "q"}
e = """multi
 line \\
   end \\u0041"""
f = \'\'\'lit\'\'\'
g = 1979-05-27T07:32:00.5Z
h = 07:32:00
i = 1979-05-27
j = 'l'
k = 1979-05-27T07:32:00-08:00
[[t]]
n = 1
[[t]]
"quoted key" = 2
'''


_BAD_TOML = """a =
a = 1 b
[a
[[a]
a = "x
a = [1
a = {b = 1,}
a = tru
= 1
a.b = 1\n a = 2
a = "\\q"
a = "\\ud800"
a = 1979-13-01
a = '''x
[a]\n[a]
a = {b = 1\n}
a = [1,,]
a = 2024-01-01 99:00
[t]\n[[t]]
a = {x.y = 1, x = 2}
a = 1\na = 2"""


def drive_small_formats(folder: Path) -> None:
    attempt(tomllib.loads, _TOML)
    each(tomllib.loads, _BAD_TOML.split("\n"))
    each(tomllib.loads, ("[t]\n[[t]]", "a.b = 1\na = 2", "[a]\n[a]", "a = 1\r\n", "a = {\n}", 3))
    sniffer = csv.Sniffer()
    samples = ("a;b;c\n1;2;3\n4;5;6\n", "'a','b'\n'c''x','d'\n", "a b\nc d\n", "", "x\ty\n1\t2\n", "name,n\nx,1\ny,2\n")
    each(sniffer.sniff, samples)
    each(sniffer.sniff, samples, ";,")
    each(sniffer.has_header, samples)
    rows = csv.DictReader(io.StringIO("a,b\n1\n\n1,2,3\n"), restkey="more", restval="less")
    list(rows)
    writer = csv.DictWriter(io.StringIO(), ["a", "b"])
    writer.writeheader()
    each(writer.writerow, ({"a": 1}, {"c": 2}))
    value: Any = {"a": [1, 2.5, True, b"x" * 90, "s<&>"], "d": {"k": -3}, "u": plistlib.UID(3), "big": 2**40}
    for kind in (plistlib.FMT_BINARY, plistlib.FMT_XML):
        data = attempt(plistlib.dumps, value, fmt=kind)
        plain = plistlib.dumps({"a": [1, 2.5, True, b"x" * 90], "k": {"z": "é" * 20}}, fmt=kind, sort_keys=False)
        each(
            plistlib.loads,
            [one for one in (data, plain, plain[:-9], b"bplist00" + b"x" * 40) if isinstance(one, bytes)],
        )
    each(
        plistlib.loads, (b"<plist><dict><key>a</key></dict></plist>", b"<plist><integer>0x1</integer></plist>", b"none")
    )
    for text in (
        "machine a login b password c\n",
        "default login x password 'y z'\n",
        "macdef m\n ls\n\n",
        "machine\n",
        "q",
    ):
        path = folder / "netrc"
        path.write_text(text)
        found = attempt(netrc.netrc, str(path))
        attempt(lambda found=found: (found.authenticators("a"), repr(found)))


DRIVERS: tuple[Callable[[Path], None], ...] = (
    drive_base_encodings,
    drive_small_formats,
)
