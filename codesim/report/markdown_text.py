"""Markdown that scanned text cannot break out of: code spans, code blocks, and our own sentences that quote code.

In: untrusted text. Out: Markdown (GitHub's and GitLab's) in which it has no effect: no markup, no HTML, no link, nobody
is mentioned and no issue is referred to. One idea: only inside code does a forge leave text alone, so all scanned text
stands in code.
Source: CommonMark 0.31, sections 4.5 and 6.1; GitHub Flavored Markdown.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from codesim.report.visible import visible

_BACKTICKS = re.compile("`+")
_QUOTED = re.compile("(`[^`]+`)")
# outside code these can mention, refer, link or begin markup that no backslash stops
_LIVE = re.compile(r"[@#!~$&<>`\\]|%\w|://|www\.", re.IGNORECASE)
_MARKUP = re.compile(r"([*_\[\]|])")


def code(text: str) -> str:
    """Put text into a code span.

    Args:
        text: any text; what cannot be seen is spelled out.

    Returns:
        A span with a fence longer than any run of backticks in the text.
    """
    shown = visible(text) or " "
    fence = "`" * (_longest_run(shown) + 1)
    pad = " " if shown.strip() and (shown[0] in "` " or shown[-1] in "` ") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def code_block(lines: Sequence[str], language: str) -> str:
    """Put lines into a fenced block.

    Args:
        lines: printable, without line ends.
        language: what the block is coloured as.

    Returns:
        The block, with its line end.
    """
    body = "\n".join(lines)
    fence = "`" * max(3, _longest_run(body) + 1)
    return f"{fence}{language}\n{body}\n{fence}\n"


def prose(text: str) -> str:
    """Make a sentence of ours fit that quotes scanned names in backticks.

    Args:
        text: such as advice, or the reason of a verdict.

    Returns:
        Its quotations as code spans, the rest as plain text; all of it as one span if the rest could do anything.
    """
    shown = visible(text)
    parts = _QUOTED.split(shown)
    if any(_LIVE.search(part) for part in parts[::2]):
        return code(shown)
    plain = [_MARKUP.sub(r"\\\1", part) for part in parts[::2]]
    spans = [*(code(part[1:-1]) for part in parts[1::2]), ""]
    return "".join(piece for pair in zip(plain, spans, strict=True) for piece in pair)


def html_code(text: str) -> str:
    """Put text into `<code>`, for places where HTML is written out."""
    return f"<code>{html.escape(visible(text), quote=True)}</code>"


def _longest_run(text: str) -> int:
    return max((len(run) for run in _BACKTICKS.findall(text)), default=0)
