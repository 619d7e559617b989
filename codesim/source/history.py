"""What git remembers of functions: which commits changed them.

In: the folder of a repository and the files of interest. Out: a `History`: for each of HEAD's latest commits that touch
these files, the functions that it changed, by file and name (git names the definition above each hunk). It depends on
HEAD alone, never on the clock. A scanned repository is untrusted: its configuration must not run anything, so hooks,
monitors, pagers, external diffs, text conversion, signatures and every transport are switched off, time and output
are bounded, and where git is missing or refuses there is simply no history. Source: our own.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

MOST_COMMITS = 400
MOST_FILES = 400
MOST_FILES_OF_A_COMMIT = 40  # a commit that touches more is a reformatting or a move, and ties nothing together
_MOST_BYTES = 24 * 2**20
_SECONDS = 20.0
_DEFINITION = r"^[ \t]*((async[ \t]+)?def[ \t].*|class[ \t].*)$"
_SAFE = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.pager=cat",
    "core.attributesFile=/dev/null",
    "core.alternateRefsCommand=",
    "core.quotePath=false",
    "protocol.allow=never",
    "log.showSignature=false",
    "log.mailmap=false",
    "diff.external=",
    "diff.orderFile=/dev/null",
    "diff.noprefix=false",
    "diff.mnemonicPrefix=false",
    "diff.renames=false",
    "diff.algorithm=myers",
    "diff.indentHeuristic=true",
    "diff.suppressBlankEmpty=false",
    "diff.interHunkContext=0",
    "submodule.recurse=false",
    "color.ui=never",
    f"diff.default.xfuncname={_DEFINITION}",
)
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
    """The output of git, at most `_MOST_BYTES` of it; empty if it fails or takes too long."""
    settings = [part for setting in _SAFE for part in ("-c", setting)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    environment |= {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "",
        "GIT_ATTR_NOSYSTEM": "1",
        "LC_ALL": "C",
    }
    command = ["git", "--no-pager", "--no-optional-locks", "--no-replace-objects", *settings, *arguments]
    try:
        with subprocess.Popen(  # noqa: S603  # a fixed program and no shell
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as process:  # fmt: skip
            timer = Timer(_SECONDS, process.kill)
            timer.start()
            try:
                data = process.stdout.read(_MOST_BYTES) if process.stdout else b""
                cut = len(data) == _MOST_BYTES
                if cut:
                    process.kill()
                code = process.wait()
            finally:
                timer.cancel()
    except OSError:
        return ""
    if code != 0 and not cut:
        return ""
    text = data.decode("utf-8", errors="replace")
    return text.rpartition("\0")[0] if cut else text
