"""A file that is read from standard input: `-` among the paths, with `--stdin-filename` for its name.

In: the paths that the user named. Out: the paths without `-`, and what was read as a text that counts in place of the
file on disk. Made for editors, which hold what was not saved yet. Source: our own; the flag is that of black and ruff.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from codesim.errors import ConfigError

if TYPE_CHECKING:
    from codesim.source import Discovery

_DASH = Path("-")
_NAMELESS = Path("<stdin>")


@dataclass(frozen=True, slots=True)
class StandardInput:
    """A file that is judged by what standard input holds."""

    path: Path
    data: bytes

    def laid_over(self, found: Discovery) -> Discovery:
        """The discovery with the file in it, whatever is on disk."""
        return found.with_contents({self.path: self.data})


def read_standard_input(
    paths: tuple[Path, ...], name: Path | None, named_only: bool = False
) -> tuple[tuple[Path, ...], StandardInput | None]:
    """Take `-` out of the paths, and read standard input if it was there.

    Args:
        paths: as typed.
        name: what to call the file; "<stdin>" if None.
        named_only: there must be a name.

    Returns:
        The other paths, and the file.

    Raises:
        ConfigError: a name without `-`, or `-` without a name that is needed.
    """
    if _DASH not in paths:
        if name is not None:
            raise ConfigError("--stdin-filename", "nothing is read from standard input", "name - as the file")
        return paths, None
    if name is None and named_only:
        raise ConfigError("-", "the file on standard input has no name", "give it with --stdin-filename PATH")
    path = Path(os.path.abspath(name or _NAMELESS))  # noqa: PTH100  # drops `..` by name, as discovery does
    from codesim.source.reading import MAX_BYTES

    data = sys.stdin.buffer.read(MAX_BYTES + 1)  # one more: reading says that it is too large
    return tuple(each for each in paths if each != _DASH), StandardInput(path, data)
