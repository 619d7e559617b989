"""Line hashes: how GitHub's code scanning knows a line again after edits above it.

In: a file. Out: one hash per line, of its first hundred characters that are neither blank nor tab, running on into the
lines below; of equal hashes each has its number. The report that is uploaded must carry the hash that GitHub's own
upload step would compute, so the arithmetic is exactly theirs.
Source: the fingerprints of `github/codeql-action` (a rolling hash, base 37, modulo 2**64), here as a polynomial.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from operator import mul
from pathlib import Path

from codesim.source.reading import MAX_BYTES

_WINDOW = 100
_POWERS = tuple(37 ** (_WINDOW - 1 - place) for place in range(_WINDOW))
_MODULUS = 2**64
_END = (65535, *[0] * _WINDOW)  # what stands behind the last character
_LINE_END = re.compile("\r\n|\r")
_BLANKS = re.compile("[ \t]+")


def line_hashes(file: Path) -> tuple[str, ...]:
    """Hash every line of a file as GitHub does.

    Args:
        file: the file; it is read as UTF-8, whatever it declares, as GitHub's step reads it.

    Returns:
        The hash of line 1 first, such as `a7f2ff13bc495cf2:1`; a file that ends in a line end has one for the empty
        line behind it. Nothing if the file cannot be read, or is too large to have been scanned.
    """
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError):
        return ()
    return () if len(data) > MAX_BYTES else hash_lines(codecs.decode(data, "utf-8", "replace"))


def hash_lines(text: str) -> tuple[str, ...]:
    """Hash every line of a text; see `line_hashes`.

    Args:
        text: any text, with any line ends.

    Returns:
        One hash per line, in order.
    """
    units = _utf16(_BLANKS.sub("", _LINE_END.sub("\n", text)))
    starts = [0, *(place + 1 for place, unit in enumerate(units) if unit == ord("\n"))]
    units.extend(_END)
    seen: Counter[str] = Counter()
    hashes = []
    for start in starts:
        value = format(sum(map(mul, units[start : start + _WINDOW], _POWERS)) % _MODULUS, "x")
        seen[value] += 1
        hashes.append(f"{value}:{seen[value]}")
    return tuple(hashes)


def _utf16(text: str) -> list[int]:
    """The code units that a JavaScript string of the text has."""
    data = text.encode("utf-16-le", "surrogatepass")
    return [low | high << 8 for low, high in zip(data[::2], data[1::2], strict=True)]
