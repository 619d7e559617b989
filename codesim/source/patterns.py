"""Patterns of gitignore: one line of an ignore file as a regular expression.

In: a line. Out: a `Pattern`, which says of one path whether it matches *that path itself*, not a folder above it. That
is git's own rule: it prunes folders, then asks about each path alone. Libraries that match a path together with the
folders above it (pathspec 1.1 does) lose every subfolder under the common whitelist `*`, `!*/`, `!*.py`.

Source: gitignore(5) and git's wildmatch.c; the tests compare with git itself. Known difference: git takes the stars of
`a**/b` for a leading `**/`, as it strips the literal `a` first; here they are one `*`, as its manual says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_POSIX = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": " \\t",
    "cntrl": "\\x00-\\x1f\\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-\\/:-@\\[-`{-~",
    "space": "\\s",
    "upper": "A-Z",
    "xdigit": "0-9a-fA-F",
}
_PLAIN = re.compile(r"[\w. -]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line: what it matches, whether only folders, and whether it ignores (or, after `!`, takes back in).

    regex: what a path must match; None where it is enough that its last part is `name`.
    """

    name: str
    regex: re.Pattern[str] | None
    folders_only: bool
    ignores: bool

    def matches(self, path: str, name: str) -> bool:
        """Whether it speaks of a path whose last part is `name`."""
        return self.name == name if self.regex is None else self.regex.fullmatch(path) is not None


@dataclass(frozen=True, slots=True)
class Patterns:
    """The lines of one ignore file, in order.

    names: those that lines without wildcards speak of. others: the lines with wildcards or folders.
    """

    lines: tuple[Pattern, ...]
    names: frozenset[str]
    others: tuple[Pattern, ...]

    def verdict(self, path: str, is_folder: bool) -> bool | None:
        """Tell what the last line that matches says.

        Args:
            path: POSIX, relative to the folder of the ignore file, without a slash at its end.
            is_folder: whether it is a folder.

        Returns:
            bool | None: True to ignore it, False to take it back in, None if no line matches.
        """
        name = path[path.rfind("/") + 1 :]
        for line in reversed(self.lines if name in self.names else self.others):
            if (is_folder or not line.folders_only) and line.matches(path, name):
                return line.ignores
        return None


def compile_patterns(lines: Iterable[str]) -> Patterns:
    """Compile the lines of an ignore file; blank lines, comments and lines that can match nothing are left out."""
    found = tuple(pattern for line in lines if (pattern := compile_pattern(line)))
    names = frozenset(pattern.name for pattern in found if pattern.regex is None)
    return Patterns(found, names, tuple(pattern for pattern in found if pattern.regex is not None))


def compile_pattern(line: str) -> Pattern | None:
    """Compile one line, or return None if it is blank, a comment, or not valid.

    Args:
        line: without its line end.
    """
    if line.startswith("#"):
        return None
    text = _without_trailing_spaces(line)
    ignores = not text.startswith("!")
    text = text.removeprefix("!")
    folders_only = text.endswith("/")
    text = text.removesuffix("/")
    anchored = "/" in text
    text = text.removeprefix("/")
    body = _translate(text)
    if not text or body is None:
        return None
    if not anchored and _PLAIN.fullmatch(text):  # most lines; a path is compared with all of them at once
        return Pattern(text, None, folders_only, ignores)
    return Pattern(text, re.compile(body if anchored else f"(?:.*/)?{body}", re.DOTALL), folders_only, ignores)


def _without_trailing_spaces(line: str) -> str:
    stripped = line.rstrip(" ")
    escapes = len(stripped) - len(stripped.rstrip("\\"))
    return stripped + " " if escapes % 2 and stripped != line else stripped


def _translate(text: str) -> str | None:
    parts: list[str] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char == "*":
            end = at + len(text[at:]) - len(text[at:].lstrip("*"))
            starts, ends = at == 0 or text[at - 1] == "/", end == len(text) or text[end] == "/"
            if end - at == 1 or not (starts and ends):
                parts.append("[^/]*")
            elif end == len(text):
                parts.append(".*")
            else:
                if parts[-1:] != ["(?:.*/)?"]:  # two in a row say no more, and backtrack without need
                    parts.append("(?:.*/)?")
                end += 1
            at = end
        elif char == "?":
            parts.append("[^/]")
            at += 1
        elif char == "[":
            found = _translate_set(text, at + 1)
            if found is None:
                return None
            part, at = found
            parts.append(part)
        elif char == "\\" and at + 1 == len(text):
            return None
        else:
            at += char == "\\"
            parts.append(re.escape(text[at]))
            at += 1
    return "".join(parts)


def _translate_set(text: str, at: int) -> tuple[str, int] | None:
    """Translate `[...]` from behind its bracket; None if it never closes."""
    negated = text[at : at + 1] in {"!", "^"}
    at += negated
    first = at
    items: list[str] = []
    while at < len(text):
        if text[at] == "]" and at > first:
            inside = "".join(items)
            return f"[^/{inside}]" if negated else f"(?!/)[{inside}]", at + 1
        posix = re.compile(r"\[:(\w*):\]").match(text, at)
        if posix:
            if posix[1] not in _POSIX:
                return None
            items.append(_POSIX[posix[1]])
            at = posix.end()
            continue
        low, at = _literal(text, at)
        if text[at : at + 1] == "-" and text[at + 1 : at + 2] not in {"", "]"}:
            high, at = _literal(text, at + 1)
            # of an inverted range git matches the first character
            items.append(f"{re.escape(low)}-{re.escape(high)}" if low <= high else re.escape(low))
        else:
            items.append(re.escape(low))
    return None


def _literal(text: str, at: int) -> tuple[str, int]:
    at += text[at] == "\\" and at + 1 < len(text)
    return text[at], at + 1
