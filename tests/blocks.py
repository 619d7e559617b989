"""Blocks from source texts, and the cases of fixtures/blocks."""

from __future__ import annotations

import ast
import tomllib
from dataclasses import dataclass
from pathlib import Path

from cases import FIXTURES

from codesim.parse import parse_function, surroundings_of
from codesim.source import cut_fragments
from codesim.verify import Block, Enclosing, cut_block


@dataclass(frozen=True)
class BlockCase:
    """One folder of fixtures/blocks; places are `file:first-last`."""

    folder: Path
    places: tuple[str, ...]
    extractable: bool

    @property
    def name(self) -> str:
        return f"{self.folder.parent.name}/{self.folder.name}"


def load_block_cases() -> list[BlockCase]:
    cases = []
    for file in sorted(FIXTURES.glob("blocks/*/*/case.toml")):
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        cases.append(BlockCase(file.parent, tuple(data.get("blocks", ())), data.get("extractable", False)))
    return cases


def enclosing_of(text: str, qualname: str | None = None, path: str = "a.py") -> Enclosing:
    """A function of a text as what stands around a block."""
    cuts = cut_fragments(path, ast.parse(text))
    cut = next(cut for cut in cuts if qualname in (None, cut.fragment.qualname))
    span = cut.fragment.span
    lines = tuple(text.split("\n")[span.start_line - 1 : span.end_line])
    faithful = parse_function(cut.node)
    return Enclosing(cut.fragment, surroundings_of(cut, faithful), faithful, lines)


def block_of(text: str, qualname: str | None = None, path: str = "a.py") -> Block:
    """The block of a function between the lines `# <` and `# >`."""
    around = enclosing_of(text, qualname, path)
    marks = [number for number, line in enumerate(text.split("\n"), 1) if line.strip() in ("# <", "# >")]
    start, end = around.fragment.span.start_line, around.fragment.span.end_line
    first, last = (number for number in marks if start <= number <= end + 1)
    block = cut_block(around, first + 1, last - 1)
    assert block is not None
    return block
