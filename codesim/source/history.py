"""What git remembers of functions: which commits changed them.

In: the folder of a repository and the files of interest. Out: a `History`: for each of HEAD's latest commits that touch
these files, the functions that it changed, by file and name (git names the definition above each hunk). It depends on
HEAD alone, never on the clock, and where git is missing or refuses there is simply no history. Source: our own.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from codesim.config import repository_root
from codesim.source.git import run_git

MOST_COMMITS = 400
MOST_FILES = 400
MOST_FILES_OF_A_COMMIT = 40  # a commit that touches more is a reformatting or a move, and ties nothing together
_FILE = re.compile(r"^(?:---|\+\+\+) (?:[ab]/)?(.*?)\t?$")
_HUNK = re.compile(r"^@@ -\S+ \+\S+ @@ ?[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)")
_NEW = re.compile(r"^[-+][ \t]*(?:async[ \t]+)?def[ \t]+(\w+)")

Function = tuple[str, str]
"""A function as a commit names it: the file's absolute path, and its own name."""


@dataclass(frozen=True, slots=True)
class History:
    """The functions that each commit changed, the latest commit first; commits of sweeping changes are left out."""

    commits: tuple[frozenset[Function], ...] = ()

    def changes(self, functions: Sequence[Function]) -> tuple[int, int]:
        """Count commits that changed at least two of the functions, and commits that changed just one.

        Args:
            functions: of one clone class.
        """
        wanted = frozenset(functions)
        hits = [len(wanted & commit) for commit in self.commits]
        return sum(hit > 1 for hit in hits), sum(hit == 1 for hit in hits)


def read_history(root: Path, files: Sequence[Path]) -> History:
    """Read the history of some files.

    Not promised: a history, for git may be missing, the folder no repository, or owned by someone else.

    Args:
        root: a folder inside the repository, absolute.
        files: absolute paths; of more than `MOST_FILES` the first ones count.

    Returns:
        History: empty where there is none.

    Source: our own.
    """
    if not files:
        return History()
    top = _run(root, ["rev-parse", "--show-toplevel"])
    if not top.strip():
        return History()
    folder = Path(top.strip("\r\n"))
    inside = [Path(os.path.realpath(file)) for file in files[:MOST_FILES]]
    names = {file.relative_to(folder).as_posix(): str(given) for file, given in zip(inside, files, strict=False)
             if file.is_relative_to(folder)}  # fmt: skip
    if not names:
        return History()
    command = [
        "log", "HEAD", f"--max-count={MOST_COMMITS}", "--no-merges", "--no-show-signature", "--no-color",
        "--no-ext-diff", "--no-textconv", "--no-renames", "--patch", "--unified=0", "--src-prefix=a/",
        "--dst-prefix=b/", "--format=%x00", "--", *(f":(top,literal){name}" for name in names),
    ]  # fmt: skip
    text = _run(folder, command)
    found = [_functions(part, names) for part in text.split("\0")[1:]]
    return History(tuple(changed for changed in found if changed))


def history_state(root: Path) -> str:
    """Tell what the history of files below a folder depends on: HEAD, how far back it reaches, git's attributes.

    Args:
        root: an absolute path.

    Returns:
        The same text as long as the history is the same; empty where there is none.
    """
    if repository_root(root) is None:
        return ""
    places = ["--git-path", "shallow", "--git-path", "info/attributes"]
    said = _run(root, ["rev-parse", "HEAD", "--show-toplevel", *places]).split("\n")
    if len(said) < len(places):
        return ""
    files = [root / said[2], root / said[3], Path(said[1]) / ".gitattributes"]
    read = [hashlib.sha256(file.read_bytes() if file.is_file() else b"").hexdigest() for file in files]
    return " ".join([said[0], *read])


def _functions(patch: str, names: dict[str, str]) -> frozenset[Function]:
    """The functions that one commit's patch names: above a hunk, or defined in it."""
    out: set[Function] = set()
    files: set[str] = set()
    path = ""
    for line in patch.split("\n"):
        if line.startswith(("--- ", "+++ ")) and (header := _FILE.match(line)):
            path = names.get(header[1], path if line.startswith("+++") else "")
            files.add(path)
        elif path and ((hunk := _HUNK.match(line)) or (hunk := _NEW.match(line))):
            out.add((path, hunk[1]))
    return frozenset() if len(files) > MOST_FILES_OF_A_COMMIT else frozenset(out)


def _run(folder: Path, arguments: Sequence[str]) -> str:
    """The output of git as text, as much of it as whole commits allow; empty if it fails or takes too long."""
    answer = run_git(folder, arguments)
    if answer.code != 0 and not answer.cut:
        return ""
    text = answer.output.decode("utf-8", errors="replace")
    return text.rpartition("\0")[0] if answer.cut else text
