"""Fragments that the user names on the command line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from codesim.errors import SourceError
from codesim.source import (
    CutFragment,
    Skipped,
    cut_fragments,
    find_fragment,
    parse_fragment_name,
    parse_module,
    read_source,
    read_suppressions,
    shown_path,
)


@dataclass(frozen=True, slots=True)
class NamedFragment:
    """A fragment that the user named, and the source lines of its span."""

    cut: CutFragment
    lines: tuple[str, ...]


def load_fragment(text: str) -> NamedFragment:
    """Read the fragment that `path.py::Qual.name` or `path.py:LINE` names.

    Raises:
        SourceError: no such file or function, or the file cannot be read or parsed.
    """
    name = parse_fragment_name(text)
    path = Path(name.path)
    if not path.exists():
        raise SourceError(name.path, None, "no such file")
    source = read_source(path.absolute(), shown_path(path.absolute()))
    module = source if isinstance(source, Skipped) else parse_module(source)
    if isinstance(source, Skipped) or isinstance(module, Skipped):
        reason = source.reason if isinstance(source, Skipped) else module.reason  # type: ignore[union-attr]
        raise SourceError(name.path, None, reason)
    marks = read_suppressions(source.text)
    cut = find_fragment(name, cut_fragments(source.path, module, marks))
    span = cut.fragment.span
    return NamedFragment(cut, tuple(source.text.split("\n")[span.start_line - 1 : span.end_line]))
