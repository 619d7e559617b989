"""Make untrusted text fit to be shown: every character that a reader cannot see is spelled out.

In: source text, paths, names and reasons from scanned repositories. Out: the same text with control characters (ESC,
BEL, C1), invisible and direction-changing characters, odd spaces and lone surrogates written as Python would escape
them. One rule for all reporters: what is not printable never reaches a terminal or a page.
Source: our own; the attack by direction controls is Boucher and Anderson, Trojan Source, 2021.
"""

from __future__ import annotations

TAB_WIDTH = 4


def visible(text: str, encoding: str = "utf-8") -> str:
    """Spell out unprintable characters, and those that an encoding lacks, as backslash escapes.

    Not reversible: a backslash that already stands in the text stays single.

    Args:
        text: any text; line ends and tabs count as unprintable.
        encoding: the encoding that the text will be written in.

    Returns:
        One line of printable text that `encoding` can hold.
    """
    if text.isascii() and text.isprintable():
        return text
    shown = "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )
    return shown.encode(encoding, "backslashreplace").decode(encoding)


def visible_code(line: str, encoding: str = "utf-8") -> str:
    """Make one source line fit to be shown: tabs become spaces, the rest is `visible`, trailing blanks go.

    Args:
        line: one line of source, with or without its line end.
        encoding: the encoding that the text will be written in.

    Returns:
        One line of printable text.
    """
    return visible(line.rstrip().expandtabs(TAB_WIDTH), encoding)


def visible_brief(text: str, encoding: str = "utf-8", longest: int | None = None) -> str:
    """Make a piece of source fit for a list: its lines joined by single blanks, and cut at `longest` characters.

    Args:
        text: source text of one or more lines.
        encoding: the encoding that the text will be written in.
        longest: characters to keep, at least 4; None keeps all.

    Returns:
        One line of printable text.
    """
    shown = visible(" ".join(line.strip() for line in text.expandtabs(TAB_WIDTH).splitlines()), encoding)
    if longest is None or len(shown) <= longest:
        return shown
    return shown[: longest - 3].rstrip() + "..."
