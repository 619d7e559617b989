"""Suppress comments: how a maintainer says "this is known, do not report it".

In: a file's text. Out: `Suppressions`: which lines of code each `codesim: ignore[clone]` comment speaks of, alone, as a
block (`off[clone]` to `on`) or for the whole file (`ignore-file[clone]`), and the comments that say nothing valid. The
code in brackets is mandatory, as a blanket ignore would also silence what is added later; what follows is the reason.

Source: our own; the form follows ruff and mypy.
"""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import dataclass, field
from typing import NamedTuple

from codesim.config import CODES

_COMMENT = re.compile(r"(?:^|\s)#\s*codesim:\s*(?P<verb>[\w-]*)\s*(?:\[(?P<codes>[^\]]*)\])?")
_LAYOUT = frozenset({tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT})
_VERBS = frozenset({"ignore", "ignore-file", "off", "on"})
_LAST_LINE = 2**31 - 1


class Mark(NamedTuple):
    """A valid suppress comment: its own line, and the first and last line of code that it speaks of; all 1-based.

    The lines are the comment's own when code stands before it, else the line of code below; those of a block; or all.
    """

    line: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Suppressions:
    """What the suppress comments of one file say.

    marks: in order of lines. invalid: (line, what is wrong), likewise.
    """

    marks: tuple[Mark, ...] = ()
    invalid: tuple[tuple[int, str], ...] = ()

    def speaks_of(self, lines: range) -> int:
        """The line of the first comment that speaks of one of these lines of code; 0 if there is none."""
        return next((mark.line for mark in self.marks if mark.first < lines.stop and lines.start <= mark.last), 0)

    def __contains__(self, line: object) -> bool:
        """Whether a comment speaks of a line of code."""
        return isinstance(line, int) and bool(self.speaks_of(range(line, line + 1)))


NO_SUPPRESSIONS = Suppressions()


@dataclass(slots=True)
class _Reader:
    marks: list[Mark] = field(default_factory=list)
    invalid: list[tuple[int, str]] = field(default_factory=list)
    pending: list[int] = field(default_factory=list)
    off: int = 0  # the line of the comment that opened a block

    def comment(self, token: tokenize.TokenInfo) -> None:
        found = _COMMENT.search(token.string)
        if found is None:
            return
        line, column = token.start
        verb = found["verb"]
        problem = _problem(verb, found["codes"])
        if problem:
            self.invalid.append((line, problem))
        elif verb in {"off", "on"}:
            self.switch(verb, line)
        elif verb == "ignore-file":
            self.marks.append(Mark(line, 1, _LAST_LINE))
        elif token.line[:column].strip():
            self.marks.append(Mark(line, line, line))
        else:
            self.pending.append(line)

    def switch(self, verb: str, line: int) -> None:
        if verb == "off" and not self.off:
            self.off = line
        elif verb == "off":
            self.invalid.append((line, f"line {self.off} switched off already: write `# codesim: on` between the two"))
        elif self.off:
            self.marks.append(Mark(self.off, self.off, line))
            self.off = 0
        else:
            self.invalid.append((line, "switches on what is on: write `# codesim: off[clone]` where the block begins"))

    def blank(self) -> None:
        self.marks += [Mark(line, line, line) for line in self.pending]  # it speaks of no code, and is never used
        self.pending.clear()

    def code(self, line: int) -> None:
        self.marks += [Mark(pending, line, line) for pending in self.pending]
        self.pending.clear()

    def end(self) -> None:
        if self.off:
            problem = "is never switched on again: write `# codesim: on` below the block, or `ignore-file[clone]`"
            self.invalid.append((self.off, problem))


def read_suppressions(text: str) -> Suppressions:
    """Find the suppress comments of a file; comments only, never strings that look like one.

    Args:
        text: the file's text, with line ends as `SourceFile` has them.

    Returns:
        Suppressions: of what stands before the first token error, if the file has one.
    """
    if "codesim:" not in text:  # tokenizing costs more than parsing; almost no file needs it
        return NO_SUPPRESSIONS
    reader = _Reader()
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                reader.comment(token)
            elif token.type == tokenize.ENDMARKER or (token.type == tokenize.NL and not token.line.strip()):
                reader.blank()
            elif token.type not in _LAYOUT and token.type != tokenize.NL:
                reader.code(token.start[0])
        reader.end()
    except (tokenize.TokenError, SyntaxError):
        pass  # the parser tells of it
    return Suppressions(tuple(sorted(reader.marks)), tuple(sorted(reader.invalid)))


def _problem(verb: str, codes: str | None) -> str:
    if verb not in _VERBS:
        return f"unknown suppress comment {verb!r}: write `# codesim: ignore[clone]`"
    if codes is None:
        blanket = f"a suppress comment names what it ignores: write `# codesim: {verb}[clone]`"
        return "" if verb == "on" else blanket
    unknown = [code for code in (part.strip() for part in codes.split(",")) if code not in CODES]
    return f"unknown code {unknown[0]!r}: write `# codesim: {verb}[clone]`" if unknown else ""
