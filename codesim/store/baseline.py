"""The baseline: the clone classes that a project knows of, in one file that is reviewed and merged like code.

In: a file's text. Out: a `Baseline`, and back. One class stands on one line, sorted by id, without line numbers or
times, so that two branches seldom touch the same line and an edit of the code changes nothing here. A copy is known by
the hash of its graph; its place is there for the reader, to name what is new, and for graphs that another version of
codesim hashed. The file comes from a repository and is not trusted: every field is checked.
Source: our own (docs/baseline.md).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, NoReturn

from codesim.errors import ConfigError
from codesim.store.whole_file import write_whole_file

BASELINE_VERSION = 1
_CONFLICT = re.compile(r"(<{7}|={7}|>{7}|\|{7})( |$)")
_COPY = re.compile(r"([0-9a-f]{16})(?:@([0-9a-f]{16}))? (.+::.+)", re.DOTALL)
_ID = re.compile("[0-9a-f]{16}")
_AGAIN = "write it anew with `codesim baseline write`"


class Copy(NamedTuple):
    """A member of a known class.

    graph: hash of its canonical graph. around: likewise of the function around a block, empty for a whole function.
    place: `path::qualname` from the project's root, when it was written.
    """

    graph: str
    around: str
    place: str


@dataclass(frozen=True, slots=True)
class KnownClass:
    """A clone class of the baseline; copies are in order."""

    id: str
    copies: tuple[Copy, ...]


@dataclass(frozen=True, slots=True)
class Baseline:
    """The known classes, in order of id; `graphs` names the version of the graphs that the hashes are of."""

    graphs: str
    classes: tuple[KnownClass, ...] = ()


def read_baseline(file: Path) -> Baseline:
    """Read a baseline.

    Args:
        file: one that exists.

    Returns:
        Baseline: classes of one id, which a merge may leave behind, are joined.

    Raises:
        ConfigError: it cannot be read, is broken, holds a merge conflict, or is of a newer version; with the line.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ConfigError(str(file), f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(str(file), "is not UTF-8", _AGAIN) from None
    return parse_baseline(text, str(file))


def parse_baseline(text: str, origin: str) -> Baseline:
    """Read a baseline's text; as `read_baseline`, `origin` names the file."""
    for number, line in enumerate(text.splitlines(), 1):
        if _CONFLICT.match(line):
            remedy = "keep the lines of both sides, separated by commas, then run `codesim baseline prune`"
            raise ConfigError(f"{origin}:{number}", "a merge conflict", remedy)
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        _broken(f"{origin}:{error.lineno}", f"is not valid JSON: {error.msg}")
    except (RecursionError, ValueError):
        _broken(f"{origin}:1", "is nested too deeply")
    if not isinstance(content, dict) or type(content.get("schema_version")) is not int:
        _broken(f"{origin}:1", "is no baseline: it has no schema_version")
    if content["schema_version"] > BASELINE_VERSION:
        problem = f"is of schema version {content['schema_version']}; this codesim knows {BASELINE_VERSION}"
        raise ConfigError(f"{origin}:{_line_of(text, 'schema_version')}", problem, f"upgrade codesim, or {_AGAIN}")
    graphs, rows = content.get("graphs"), content.get("classes")
    if not isinstance(graphs, str) or not isinstance(rows, list):
        _broken(f"{origin}:1", "is no baseline: it has no graphs or no classes")
    known: dict[str, Counter[Copy]] = {}
    for row in rows:
        one = _known_class(row, text, origin)
        # what both sides of a merge wrote is there once; what one class holds twice stays twice
        known[one.id] = known.get(one.id, Counter()) | Counter(one.copies)
    return Baseline(graphs, tuple(KnownClass(key, tuple(sorted(known[key].elements()))) for key in sorted(known)))


def baseline_text(baseline: Baseline) -> str:
    """Write a baseline as text: equal baselines give equal bytes.

    Args:
        baseline: classes and copies in any order.

    Returns:
        JSON with one class on a line.
    """
    head = f'{{\n"schema_version": {BASELINE_VERSION},\n"graphs": {json.dumps(baseline.graphs)},\n"classes": ['
    rows = [_row(one) for one in sorted(baseline.classes, key=lambda one: one.id)]
    return f"{head}{','.join(f'{chr(10)}{row}' for row in rows)}\n]\n}}\n"


def write_baseline(file: Path, baseline: Baseline) -> None:
    """Write a baseline, as a whole or not at all.

    Args:
        file: its folder exists.
        baseline: see `baseline_text`.

    Raises:
        ConfigError: it cannot be written.
    """
    try:
        write_whole_file(file, baseline_text(baseline).encode())
    except OSError as error:
        remedy = "name another place with --baseline"
        raise ConfigError(str(file), f"cannot be written: {error.strerror}", remedy) from None


def _row(one: KnownClass) -> str:
    ordered = sorted(one.copies, key=lambda copy: (copy.place, copy.graph, copy.around))
    copies = [f"{copy.graph}{'@' if copy.around else ''}{copy.around} {copy.place}" for copy in ordered]
    return json.dumps({"id": one.id, "copies": copies}, ensure_ascii=False)


def _known_class(row: object, text: str, origin: str) -> KnownClass:
    identity = row.get("id") if isinstance(row, dict) else None
    if not isinstance(row, dict) or not isinstance(identity, str) or not _ID.fullmatch(identity):
        _broken(f"{origin}:{_line_of(text, json.dumps(identity))}", "an entry has no id of 16 hexadecimal digits")
    place = f"{origin}:{_line_of(text, identity)}"
    rows = row.get("copies")
    if not isinstance(rows, list) or not rows:
        _broken(place, f"{identity} has no copies")
    copies = []
    for shown in rows:
        found = _COPY.fullmatch(shown) if isinstance(shown, str) else None
        if found is None:
            _broken(place, f"{identity} has {shown!r} among its copies")
        copies.append(Copy(found[1], found[2] or "", found[3]))
    return KnownClass(identity, tuple(copies))


def _line_of(text: str, word: str) -> int:
    """The first line that holds a word; 1 if none does."""
    return next((number for number, line in enumerate(text.splitlines(), 1) if word in line), 1)


def _broken(place: str, problem: str) -> NoReturn:
    raise ConfigError(place, problem, f"mend it, or {_AGAIN}") from None
