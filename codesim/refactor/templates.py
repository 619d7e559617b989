"""Where formatted strings differ: the one piece of text that varies, if there is just one.

In: the templates of the copies, as the labels of FORMAT nodes give them ("user {} is {:d}"). Out: what is common
before, what differs, and what is common behind; so `f"user {x}"` and `f"order {x}"` need one parameter for a word,
not one for a sentence. Source: our own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

# `{{` and `}}` are text; a field may hold a format specification with fields inside.
_TOKEN = re.compile(r"\{\{|\}\}|(?P<field>\{(?:[^{}]|\{[^{}]*\})*\})|\w+|.", re.DOTALL)


class Piece(NamedTuple):
    """The text that varies.

    fields_before: how many fields stand before it. before: the text from the last of them. middles: each copy's own
    text.
    behind: the text up to the next field.
    """

    fields_before: int
    before: str
    middles: tuple[str, ...]
    behind: str


def common_ends(rows: Sequence[Sequence[str]]) -> tuple[int, int]:
    """How many items all rows begin with, and how many of the rest they all end with."""
    shortest = min(len(row) for row in rows)
    head = next((i for i in range(shortest) if any(row[i] != rows[0][i] for row in rows)), shortest)
    rest = shortest - head
    tail = next((i for i in range(rest) if any(row[-1 - i] != rows[0][-1 - i] for row in rows)), rest)
    return head, tail


def varying_piece(templates: Sequence[str]) -> Piece | None:
    """Find the one stretch of text in which templates differ.

    Args:
        templates: one per copy; `{}` marks a field, `{{` and `}}` are braces.

    Returns:
        The piece, in whole words, or None where a field is among what differs.
    """
    split = [[match.group() for match in _TOKEN.finditer(template)] for template in templates]
    head, tail = common_ends(split)
    middles = [tokens[head : len(tokens) - tail] for tokens in split]
    if any(_is_field(token) for tokens in middles for token in tokens):
        return None
    before, behind = split[0][:head], split[0][len(split[0]) - tail :]
    last = max((i for i, token in enumerate(before) if _is_field(token)), default=-1)
    following = next((i for i, token in enumerate(behind) if _is_field(token)), len(behind))
    return Piece(
        fields_before=sum(_is_field(token) for token in before),
        before="".join(before[last + 1 :]),
        middles=tuple("".join(tokens) for tokens in middles),
        behind="".join(behind[:following]),
    )


def same_fields(templates: Sequence[str]) -> bool:
    """Whether one list of values fits all templates: equally many fields, none with a field inside its format."""
    fields = [[match.group() for match in _TOKEN.finditer(template) if match["field"]] for template in templates]
    return all(len(found) == len(fields[0]) and all("{" not in field[1:] for field in found) for found in fields)


def unescaped(text: str) -> str:
    """A piece of a template as the text that it stands for."""
    return text.replace("{{", "{").replace("}}", "}")


def _is_field(token: str) -> bool:
    found = _TOKEN.match(token)
    return found is not None and found["field"] is not None
