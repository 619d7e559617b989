"""Data sets: functions that say the same thing, and pairs that do or do not, as JSON lines.

In: lines `{"id", "group", "source", "kind"}` (retrieval: rows of one group are relevant to each other) or
`{"a", "b", "label", "kind"}` (pairs: label 1 means the same behaviour, 0 another). Out: `Row`s or `Pair`s. Rows of kind
"original" are the corpus that is searched; every other row is a query, and its kind says what was done to it. Without
originals every row searches all others. The form of a file is recognised by the fields of its lines.

Source: our own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from codesim.errors import SourceError

ORIGINAL = "original"
FIELDS = ("id", "group", "source", "kind")
PAIR_FIELDS = ("a", "b", "label", "kind")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a retrieval data set; `source` is the text of one function."""

    id: str
    group: str
    source: str
    kind: str

    def as_line(self) -> str:
        """Render the row as one JSON line, without the line end."""
        return json.dumps({name: getattr(self, name) for name in FIELDS}, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Pair:
    """One line of a pair data set: two functions' texts, whether they behave alike, and what makes them a pair.

    group: pairs of one group are drawn together by the bootstrap; a line without it is grouped by its `a`.
    """

    a: str
    b: str
    alike: bool
    kind: str
    group: str


def read_rows(lines: Iterable[str], origin: str) -> list[Row]:
    """Parse the lines of a retrieval data set.

    Args:
        lines: the lines of the file; blank ones are passed over.
        origin: the file, for messages.

    Returns:
        The rows in order.

    Raises:
        SourceError: a line is no JSON object with the four fields as strings, or an id comes twice.
    """
    return _rows(_records(lines, origin), origin)


def read_data(lines: Iterable[str], origin: str) -> list[Row] | list[Pair]:
    """Parse the lines of a data set of either form; the first line's fields say which.

    Args:
        lines: the lines of the file; blank ones are passed over.
        origin: the file, for messages.

    Returns:
        Rows or pairs in order.

    Raises:
        SourceError: a line is of neither form, or of another form than the first; or there is none.
    """
    records = list(_records(lines, origin))
    if not records:
        raise SourceError(origin, None, "holds no lines")
    number, first = records[0]
    if isinstance(first, dict) and first.keys() >= set(PAIR_FIELDS):
        return [_pair(record, number, origin) for number, record in records]
    if isinstance(first, dict) and first.keys() >= set(FIELDS):
        return _rows(records, origin)
    wanted = f"neither {', '.join(FIELDS)} nor {', '.join(PAIR_FIELDS)}"
    raise SourceError(origin, number, f"not a line of a data set: it has {wanted}")


def _records(lines: Iterable[str], origin: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield number, json.loads(line)
        except (ValueError, RecursionError) as error:
            raise SourceError(origin, number, f"not a line of a data set: {error!r}") from error


def _rows(records: Iterable[tuple[int, Any]], origin: str) -> list[Row]:
    rows: list[Row] = []
    seen: set[str] = set()
    for number, record in records:
        try:
            row = Row(*(record[name] for name in FIELDS))
        except (KeyError, TypeError) as error:
            raise SourceError(origin, number, f"not a row of a retrieval data set: {error!r}") from error
        if not all(isinstance(getattr(row, name), str) for name in FIELDS):
            raise SourceError(origin, number, f"{', '.join(FIELDS)} must be strings")
        if row.id in seen:
            raise SourceError(origin, number, f"the id {row.id!r} comes twice")
        seen.add(row.id)
        rows.append(row)
    return rows


def _pair(record: Any, number: int, origin: str) -> Pair:
    try:
        a, b, label, kind = (record[name] for name in PAIR_FIELDS)
        group = record.get("group", a)
    except (KeyError, TypeError, AttributeError) as error:
        raise SourceError(origin, number, f"not a line of a pair data set: {error!r}") from error
    if not all(isinstance(text, str) for text in (a, b, kind, group)):
        raise SourceError(origin, number, "a, b, kind and group must be strings")
    if label not in (0, 1):
        raise SourceError(origin, number, f"the label must be 0 or 1, not {label!r}")
    return Pair(a, b, bool(label), kind, group)
