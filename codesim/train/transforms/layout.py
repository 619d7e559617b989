"""Another layout of the same text: comments, blank lines, indentation, broken lines; nothing that Python would see.

In: the text of one function. Out: the text laid out otherwise, None where it cannot be done safely; what comes out is
parsed and compared with what went in. This makes type-1 clones.

Source: Roy and Cordy, 2007 (type 1: differences in layout and comments only).
"""

from __future__ import annotations

import ast
import io
import tokenize
from random import Random

REMARKS = ("TODO: look at this again", "see above", "as before", "keep in step with the caller", "noqa", "fast path")
INDENTATIONS = (1, 2, 3, 8)
SKIPPED = (tokenize.INDENT, tokenize.DEDENT, tokenize.NL, tokenize.COMMENT)


def relayout(source: str, rng: Random) -> str | None:
    """Lay a text out otherwise.

    Args:
        source: a function as `ast.unparse` writes it: no comments, four spaces a level.
        rng: the random source.

    Returns:
        The new text, of the same syntax; None if it would be another, or nothing came out changed.
    """
    lines = source.split("\n")
    starts, ends, commas = _marks(source)
    width = rng.choice(INDENTATIONS)
    written: list[str] = []
    for number, line in enumerate(lines, start=1):
        stripped = line.lstrip(" ")
        level = (len(line) - len(stripped)) // 4
        head = " " * (width * level) if number in starts else line[: len(line) - len(stripped)]
        if number in starts and number > 1 and rng.random() < 0.25:
            written += [""] * rng.randrange(3) + [f"{head}# {rng.choice(REMARKS)}"]
        column = next((c for c in commas.get(number, ()) if rng.random() < 0.3), None)
        remark = f"  # {rng.choice(REMARKS)}" if number in ends and rng.random() < 0.2 else ""
        if column is None:
            written.append(f"{head}{stripped}{remark}")
        else:
            first, rest = line[:column].lstrip(" "), line[column:].lstrip(" ")
            written += [f"{head}{first}", f"{head}{' ' * (2 * width)}{rest}{remark}"]
    changed = "\n".join(written)
    try:
        same = ast.dump(ast.parse(changed)) == ast.dump(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return changed if same and changed != source else None


def _marks(source: str) -> tuple[set[int], set[int], dict[int, list[int]]]:
    """Return the lines where statements start and end, and the columns after commas in brackets, by line."""
    starts: set[int] = set()
    ends: set[int] = set()
    commas: dict[int, list[int]] = {}
    fresh, depth, inside = True, 0, 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        kind = tokenize.tok_name[token.type]
        inside += (kind == "FSTRING_START") - (kind == "FSTRING_END")  # from Python 3.12 on
        if token.type == tokenize.NEWLINE:
            ends.add(token.start[0])
            fresh = True
        elif token.type not in SKIPPED:
            if fresh:
                starts.add(token.start[0])
            fresh = False
            depth += (token.string in "([{") - (token.string in ")]}") if token.type == tokenize.OP else 0
            if token.string == "," and token.type == tokenize.OP and depth and not inside:
                commas.setdefault(token.end[0], []).append(token.end[1])
    return starts, ends, commas
