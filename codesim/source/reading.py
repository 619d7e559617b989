"""Reading: one file's bytes, decoded as Python decodes them, and its syntax tree.

In: a path. Out: a `SourceFile` and its `ast.Module`, or a `Skipped` that says why not and on which line. A scan meets
every kind of file, so nothing here raises for what a file holds, and nothing of it is imported or run.

Source: the encoding rules are PEP 263, by the standard library's tokenize.detect_encoding.
"""

from __future__ import annotations

import ast
import codecs
import hashlib
import io
import stat
import tokenize
import warnings
from dataclasses import dataclass
from pathlib import Path

from codesim.source.paths import printable

MAX_BYTES = 2_000_000
"""Larger files are data or generated code; the largest file of CPython's library has 0.8 MB."""

_SLOW_CODECS = frozenset({"idna", "punycode"})  # quadratic decoders: 2 MB would hold up a scan for hours
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_PYTHON_2 = (
    "Missing parentheses in call to 'print'",
    "Missing parentheses in call to 'exec'",
    "multiple exception types must be parenthesized",
    "leading zeros in decimal integer literals",
)


@dataclass(frozen=True, slots=True, order=True)
class Skipped:
    """A file that was left out: its path and why (with the line, where there is one)."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class SourceFile:
    r"""A file that was read.

    path: as shown to the user. text: decoded, every line end as `\n`, no byte order mark. digest: SHA-256 of the bytes,
    in hex. lines: how many lines the text has; a last line without a line end counts.
    """

    path: str
    text: str
    digest: str
    lines: int


def read_bytes(path: Path, shown: str, max_bytes: int = MAX_BYTES) -> bytes | Skipped:
    """Read one file as it is.

    Args:
        path: where the file is.
        shown: the path to name it by.
        max_bytes: size from which a file is left out, in bytes.

    Returns:
        bytes | Skipped: its content, or the reason why it cannot be used.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            return Skipped(shown, "a folder, not a file")
        if not stat.S_ISREG(mode):  # reading a pipe or a device would block
            return Skipped(shown, "not a regular file")
        with path.open("rb") as stream:
            data = stream.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        return Skipped(shown, f"cannot be read: {getattr(error, 'strerror', None) or error}")
    return data if len(data) <= max_bytes else too_large(shown, max_bytes)


def too_large(shown: str, max_bytes: int = MAX_BYTES) -> Skipped:
    """Say that a file is left out for its size."""
    return Skipped(shown, f"larger than {max_bytes:,} bytes")


def read_source(path: Path, shown: str, max_bytes: int = MAX_BYTES, data: bytes | None = None) -> SourceFile | Skipped:
    """Read and decode one file.

    Args:
        path: where the file is.
        shown: the path to name it by.
        max_bytes: size from which a file is left out, in bytes.
        data: what counts as its content in place of what is on disk.

    Returns:
        SourceFile | Skipped: the file, or the reason why it cannot be used.
    """
    if data is None:
        read = read_bytes(path, shown, max_bytes)
        if isinstance(read, Skipped):
            return read
        data = read
    if len(data) > max_bytes:
        return too_large(shown, max_bytes)
    decoded = _decode(data)
    if isinstance(decoded, Skipped):
        return Skipped(shown, decoded.reason)
    text = decoded.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.count("\n") + (1 if text and not text.endswith("\n") else 0)
    return SourceFile(shown, text, hashlib.sha256(data).hexdigest(), lines)


def _decode(data: bytes) -> str | Skipped:
    if data.startswith(_UTF16_MARKS):
        return Skipped("", "line 1: UTF-16 text, which Python does not accept as source")
    zero = data.find(b"\0")
    if zero >= 0:
        return Skipped("", f"line {_line_of(data, zero)}: a null byte; this is no Python source")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    except SyntaxError as error:
        return Skipped("", printable(_encoding_problem(data, error)))
    try:
        if codecs.lookup(encoding).name in _SLOW_CODECS:
            return Skipped("", f"encoding {encoding} is not supported")
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        return Skipped("", f"line {_line_of(data, error.start)}: not valid {encoding}")
    except (LookupError, ValueError):  # codecs that do not yield text, such as `hex`
        return Skipped("", printable(f"encoding {encoding} is not one for text"))


def _encoding_problem(data: bytes, error: SyntaxError) -> str:
    if data.startswith(codecs.BOM_UTF8) and str(error).startswith("encoding problem"):
        return "line 1: declares another encoding than its UTF-8 byte order mark"
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        if "unknown encoding" not in str(error):
            return f"line {_line_of(data, wrong.start)}: not valid utf-8, and no encoding is declared"
    return str(error)


def _line_of(data: bytes, offset: int) -> int:
    before = data[:offset].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return before.count(b"\n") + 1


def parse_module(source: SourceFile) -> ast.Module | Skipped:
    """Parse a file with Python's own parser, in the grammar of the Python that runs codesim.

    Args:
        source: the file, as `read_source` gives it.

    Returns:
        ast.Module | Skipped: the tree, or the line and the parser's own words.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes and `is` with a literal: not our business
            return ast.parse(source.text, filename=source.path)
    except SyntaxError as error:
        place = f"line {error.lineno}: " if error.lineno else ""
        hint = " (this looks like Python 2)" if error.msg.startswith(_PYTHON_2) else ""
        return Skipped(source.path, printable(f"{place}syntax error: {error.msg}{hint}"))
    except (RecursionError, MemoryError):
        return Skipped(source.path, "nested too deeply for Python's parser")
    except ValueError as error:
        return Skipped(source.path, printable(f"cannot be parsed: {error}"))
