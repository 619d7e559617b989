"""What makes a site of this folder: a hook of mkdocs.

In: the README and the changelog beside this folder, and pages that also link to files of the repository. Out: the
README as the first page, the changelog as another, and links that lead somewhere in the site. One idea: every text
stands once, in the place where a reader of the repository looks for it. Source: our own, by mkdocs' events.
"""

from __future__ import annotations

import posixpath
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File, Files

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).parent.parent
BORROWED = {"README.md": "index.md", "CHANGELOG.md": "changelog.md"}
"""Pages whose text stands at the root of the repository."""

_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the borrowed pages."""
    for source, page in BORROWED.items():
        text = _LINK.sub(_from_the_root, (ROOT / source).read_text(encoding="utf-8"))
        files.append(File.generated(config, page, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001
    """Name the files of the repository that are no part of the site, in place of a link to them."""
    return _LINK.sub(partial(_outside, folder=posixpath.dirname(page.file.src_uri)), markdown)


def _from_the_root(match: re.Match[str]) -> str:
    image, text, target = match.groups()
    place, _, anchor = target.partition("#")
    place = BORROWED.get(place, place.removeprefix("docs/"))
    return f"{image}[{text}]({place}{'#' * bool(anchor)}{anchor})"


def _outside(match: re.Match[str], folder: str) -> str:
    _, text, target = match.groups()
    place = posixpath.normpath(posixpath.join(folder, target))
    return f"{text} (`{place.removeprefix('../')}`)" if place.startswith("../") else match.group()
