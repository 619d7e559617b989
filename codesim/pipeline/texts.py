"""The texts of scanned files, read when someone asks for one.

In: where files are and the digests that their records are of. Out: texts. Most files of a scan whose records are in the
cache are never looked into; what is looked into must still be what it was when its digest was taken. Source: our own.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from codesim.errors import SourceError
from codesim.source import SourceFile, read_source


class FileChangedError(SourceError):
    """A file is no longer what its record was made of: the scan has to begin anew."""


class Texts:
    """Texts by shown path.

    Args:
        places: where each file is on disk.
        digests: of each file's content.
        contents: what counts as a file's content in place of what is on disk.
    """

    def __init__(self, places: Mapping[str, Path], digests: Mapping[str, str], contents: Mapping[Path, bytes]) -> None:
        self._places, self._digests, self._contents = places, dict(digests), contents
        self._held: dict[str, str] = {}

    def __reduce__(self) -> tuple[type[Texts], tuple[object, ...]]:
        """Another process reads what it needs."""
        return Texts, (self._places, self._digests, dict(self._contents))

    def hold(self, source: SourceFile) -> None:
        """Keep the text of a file that was read anyway."""
        self._held[source.path] = source.text
        self._digests[source.path] = source.digest

    def __getitem__(self, path: str) -> str:
        if path in self._held:
            return self._held[path]
        place = self._places[path]
        source = read_source(place, path, data=self._contents.get(place))
        if not isinstance(source, SourceFile) or source.digest != self._digests[path]:
            raise FileChangedError(path, None, "changed again and again while it was being read")
        return source.text
