"""git, asked safely: the one place that starts it.

In: a folder and arguments. Out: what git wrote, as bytes. A scanned repository is untrusted: its configuration must not
run anything, so hooks, monitors, pagers, external diffs, text conversion, signatures and every transport are switched
off, and time and output are bounded. Callers ask for nothing that compares the working tree, as that would run the
repository's filters. Source: our own.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Thread, Timer
from typing import IO

MOST_BYTES = 24 * 2**20
_MOST_ERROR_BYTES = 4096
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


@dataclass(frozen=True, slots=True)
class GitAnswer:
    """What git said.

    code: its exit code; 127 if it could not be started. cut: True if it had more to say than was taken. errors: the
    beginning of its stderr.
    """

    code: int
    output: bytes
    errors: str = ""
    cut: bool = False


def run_git(folder: Path, arguments: Sequence[str], given: bytes = b"") -> GitAnswer:
    """Run git in a folder.

    Folders that the user's own configuration calls safe are safe here too, whoever owns them.

    Args:
        folder: where it runs.
        arguments: the command and its arguments.
        given: its stdin.

    Returns:
        GitAnswer: at most `MOST_BYTES` of its output; never an exception for what git does.

    Source: our own.
    """
    answer = _run(folder, arguments, given, _SAFE)
    if answer.code == 0 or "dubious ownership" not in answer.errors:
        return answer
    owners = [f"safe.directory={name}" for name in _safe_folders()]
    return _run(folder, arguments, given, (*_SAFE, *owners)) if owners else answer


def _safe_folders() -> list[str]:
    """What the configuration of the user or of the machine, not the repository's, names as safe."""
    found: list[str] = []
    for scope in ("--system", "--global"):
        command = ["git", "config", scope, "--get-all", "safe.directory"]
        try:
            done = subprocess.run(command, cwd=os.sep, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603
        except (OSError, subprocess.TimeoutExpired):
            continue
        found += done.stdout.decode("utf-8", errors="surrogateescape").splitlines()
    return found


def _run(folder: Path, arguments: Sequence[str], given: bytes, settings: Sequence[str]) -> GitAnswer:
    options = [part for setting in settings for part in ("-c", setting)]
    command = ["git", "--no-pager", "--no-optional-locks", "--no-replace-objects", *options, *arguments]
    try:
        with subprocess.Popen(  # noqa: S603  # a fixed program and no shell
            command, cwd=folder, env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:  # fmt: skip
            return _talk(process, given)
    except OSError as error:
        return GitAnswer(127, b"", f"git cannot be started: {error.strerror}")


def _talk(process: subprocess.Popen[bytes], given: bytes) -> GitAnswer:
    errors: list[bytes] = []
    if process.stdin is None or process.stdout is None or process.stderr is None:
        raise RuntimeError("git was started without pipes")
    timer = Timer(_SECONDS, process.kill)
    writer = Thread(target=_write, args=(process.stdin, given))
    listener = Thread(target=_listen, args=(process.stderr, errors))
    for thread in (timer, writer, listener):
        thread.start()
    try:
        output = process.stdout.read(MOST_BYTES)
        cut = len(output) == MOST_BYTES
        if cut:
            process.kill()
        code = process.wait()
    finally:
        timer.cancel()
        process.kill()  # an interrupt may have come while it ran
        writer.join()
        listener.join()
    return GitAnswer(code, output, b"".join(errors).decode("utf-8", errors="replace").strip(), cut)


def _write(stream: IO[bytes], data: bytes) -> None:
    try:
        stream.write(data)
        stream.close()
    except OSError:  # it ended without listening
        return


def _listen(stream: IO[bytes], heard: list[bytes]) -> None:
    """Keep the beginning, and read on: git must not wait for us."""
    heard.append(stream.read(_MOST_ERROR_BYTES))
    while stream.read(_MOST_ERROR_BYTES):
        pass


def _environment() -> dict[str, str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    index = os.environ.get("GIT_INDEX_FILE")  # `git commit -a` lets its hooks see an index of its own
    return environment | {
        **({"GIT_INDEX_FILE": os.path.abspath(index)} if index else {}),  # noqa: PTH100  # the link may be meant
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "",
        "GIT_ATTR_NOSYSTEM": "1",
        "LC_ALL": "C",
    }
