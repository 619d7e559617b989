"""Suppress comments: how a maintainer says "this is known, do not report it".

In: a file's text. Out: the lines of code that a `codesim: ignore[clone]` comment speaks of, whether the whole file is
meant (`codesim: ignore-file[clone]`), and comments that were meant so but say nothing valid. The code in brackets is
mandatory, as a blanket ignore would also silence what is added later.

Source: our own; the form follows ruff and mypy.
"""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import dataclass, field

CODES = frozenset({"clone"})

_COMMENT = re.compile(r"(?:^|\s)#\s*codesim:\s*(?P<verb>[\w-]*)\s*(?:\[(?P<codes>[^\]]*)\])?")
_LAYOUT = frozenset({tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT})


@dataclass(frozen=True, slots=True)
class Suppressions:
    """What the suppress comments of one file say.

    lines: 1-based lines of code that are spoken of: the comment's own line when code stands before it, else the line
    below. whole_file: True if the file is left out. invalid: (line, what is wrong), in order of lines.
    """

    lines: frozenset[int] = frozenset()
    whole_file: bool = False
    invalid: tuple[tuple[int, str], ...] = ()


NO_SUPPRESSIONS = Suppressions()


@dataclass(slots=True)
class _Reader:
    lines: set[int] = field(default_factory=set)
    invalid: list[tuple[int, str]] = field(default_factory=list)
    pending: list[int] = field(default_factory=list)
    whole_file: bool = False

    def comment(self, token: tokenize.TokenInfo) -> None:
        found = _COMMENT.search(token.string)
        if found is None:
            return
        line, column = token.start
        problem = _problem(found["verb"], found["codes"])
        if problem:
            self.invalid.append((line, problem))
        elif found["verb"] == "ignore-file":
            self.whole_file = True
        elif token.line[:column].strip():
            self.lines.add(line)
        else:
            self.pending.append(line)

    def blank(self) -> None:
        self.invalid += [(line, "suppresses nothing: no code on the line below") for line in self.pending]
        self.pending.clear()

    def code(self, line: int) -> None:
        if self.pending:
            self.lines.add(line)
            self.pending.clear()


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
    except (tokenize.TokenError, SyntaxError):
        pass  # the parser tells of it
    return Suppressions(frozenset(reader.lines), reader.whole_file, tuple(sorted(reader.invalid)))


def _problem(verb: str, codes: str | None) -> str:
    if verb not in {"ignore", "ignore-file"}:
        return f"unknown suppress comment {verb!r}: write `# codesim: ignore[clone]`"
    if codes is None:
        return f"a suppress comment names what it ignores: write `# codesim: {verb}[clone]`"
    unknown = [code for code in (part.strip() for part in codes.split(",")) if code not in CODES]
    return f"unknown code {unknown[0]!r}: write `# codesim: {verb}[clone]`" if unknown else ""
