"""The settings that leave findings out: files by pattern, and clone classes by id.

In: what a configuration file or a flag holds for `per-file-ignores` and `ignore`. Out: `FileIgnore`s and
`ClassIgnore`s. Every one names a code or an id, and a class its reason too: what is left out without one would also
hide what is written later. Source: our own; the first follows ruff, the second is a list that a team can review.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import NamedTuple

from codesim.errors import ConfigError

CODES = ("clone",)
"""What can be left out, in suppress comments and in settings."""

_ID = re.compile("[0-9a-f]{16}")
_KEYS = ("id", "reason", "owner", "expires")


class FileIgnore(NamedTuple):
    """Files, as a pattern in gitignore syntax from the project's root, and the codes that are not reported there."""

    pattern: str
    codes: tuple[str, ...]


class ClassIgnore(NamedTuple):
    """A clone class that is not reported: its id, why, who answers for it, and the last day on which it holds.

    owner is empty, and expires is None, where nothing is said.
    """

    id: str
    reason: str
    owner: str
    expires: date | None


def read_file_ignores(value: object, origin: str, key: str) -> tuple[FileIgnore, ...]:
    """Read `per-file-ignores`.

    Args:
        value: a table of patterns with a list of codes each, or (of a flag) a list of `PATTERN:CODE`.
        origin: where it stands, for the message.
        key: how it is spelled there.

    Returns:
        In the order given.

    Raises:
        ConfigError: it is neither, or names a code that there is not.
    """
    if isinstance(value, Mapping):
        pairs = list(value.items())
    elif isinstance(value, list | tuple) and all(isinstance(item, str) and ":" in item for item in value):
        pairs = [(pattern, [code]) for pattern, _, code in (item.rpartition(":") for item in value)]
    else:
        raise ConfigError(origin, f"{key} is {value!r}", 'write {"tests/**" = ["clone"]}, as a flag "tests/**:clone"')
    found = []
    for pattern, codes in pairs:
        if not isinstance(codes, list) or not codes or not set(codes) <= {*CODES}:
            raise ConfigError(origin, f"{key} has {codes!r} for {pattern!r}", f"name the codes: {[*CODES]}")
        found.append(FileIgnore(pattern, tuple(codes)))
    return tuple(found)


def read_class_ignores(value: object, origin: str, key: str) -> tuple[ClassIgnore, ...]:
    """Read `ignore`: the list of clone classes that are not reported.

    Args:
        value: a list of tables with `id` and `reason`, and maybe `owner` and `expires`.
        origin: where it stands, for the message.
        key: how it is spelled there.

    Returns:
        In the order given.

    Raises:
        ConfigError: it is no such list, or an entry has no id, no reason, or a key that there is not.
    """
    if not isinstance(value, list | tuple) or not all(isinstance(item, Mapping) for item in value):
        raise ConfigError(origin, f"{key} is {value!r}", "write [[tool.codesim.ignore]] with id and reason")
    return tuple(_class_ignore(item, origin, f"{key}, entry {number}") for number, item in enumerate(value, 1))


def _class_ignore(table: Mapping[str, object], origin: str, shown: str) -> ClassIgnore:
    for unknown in table.keys() - {*_KEYS}:
        raise ConfigError(origin, f"{shown} has the unknown key {unknown!r}", f"the keys are {', '.join(_KEYS)}")
    identity, reason, owner = (table.get(name, "") for name in _KEYS[:3])
    expires = table.get("expires")
    if not isinstance(identity, str) or not _ID.fullmatch(identity):
        raise ConfigError(origin, f"{shown} has the id {identity!r}", "an id is the 16 hexadecimal digits of a report")
    if not isinstance(reason, str) or not reason.strip():
        raise ConfigError(origin, f"{shown} ({identity}) has no reason", 'say why: reason = "..."')
    if not isinstance(owner, str):
        raise ConfigError(origin, f"{shown} ({identity}) has the owner {owner!r}", "owner is a text")
    if isinstance(expires, str):
        with suppress(ValueError):  # said below
            expires = date.fromisoformat(expires)
    if expires is not None and type(expires) is not date:  # a date with a time of day is another type
        raise ConfigError(origin, f"{shown} ({identity}) expires {expires!r}", "a day is written 2031-12-31")
    return ClassIgnore(identity, reason.strip(), owner, expires)
