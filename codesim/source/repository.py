"""A git repository as a store of texts: its trees, its index, its blobs.

In: the root folder. Out: the hash of each file's content in a revision or in the index, and contents by hash. No
command here looks at the working tree. What git refuses becomes a `ConfigError` that says what to do. Source: our own.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from codesim.errors import ConfigError
from codesim.source.git import MOST_BYTES, run_git
from codesim.source.reading import MAX_BYTES

_WHOLE_HISTORY = "fetch the whole history: git fetch --unshallow, or fetch-depth: 0 in CI"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the index: a path below the repository's root, its mode, its blob; `stage` is 0 outside a conflict."""

    path: str
    mode: str
    blob: str
    stage: int

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file, not a link or another repository, and in no conflict."""
        return self.mode.startswith("100") and not self.stage


class Repository:
    """Reads one repository.

    Args:
        top: its root folder.
        origin: what to call the reader in messages, such as "--since".

    Raises:
        ConfigError: git is missing or refuses.
    """

    def __init__(self, top: Path, origin: str) -> None:
        self.top, self._origin = top, origin
        self._hash, shallow = self._ask("rev-parse", "--show-object-format", "--is-shallow-repository").split()
        self._is_shallow = shallow == b"true"

    def blob_id(self, data: bytes) -> str:
        """The hash by which the repository would know a content."""
        algorithm = hashlib.sha256 if self._hash == b"sha256" else hashlib.sha1
        return algorithm(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()

    def tree(self, revision: str) -> dict[str, str]:
        """The blob of each regular file of a revision, by path; no files for "", which stands for no revision.

        Raises:
            ConfigError: git is missing or refuses.
        """
        if not revision:
            return {}
        found: dict[str, str] = {}
        for record in _records(self._ask("ls-tree", "-r", "-z", "--full-tree", revision)):
            described, _, name = record.partition("\t")
            mode, _, blob = described.split(" ")
            if mode.startswith("100"):
                found[name] = blob
        return found

    def index(self) -> list[Entry]:
        """The index, in order of paths.

        Raises:
            ConfigError: git is missing or refuses.
        """
        found: list[Entry] = []
        for record in _records(self._ask("ls-files", "--stage", "-z", "--full-name")):
            described, _, name = record.partition("\t")
            mode, blob, stage = described.split(" ")
            found.append(Entry(name, mode, blob, int(stage)))
        return found

    def head(self) -> str:
        """HEAD's commit; "" before the first one."""
        return self._commit("HEAD")

    def merge_base(self, reference: str) -> str:
        """The commit where HEAD and another revision parted.

        Args:
            reference: the name of a branch, a tag or a commit.

        Raises:
            ConfigError: no such commit, or none that both share; a shallow clone may be the reason.
        """
        commit, head = self._commit(reference), self._commit("HEAD")
        if not commit:
            remedy = _WHOLE_HISTORY if self._is_shallow else "see git branch --all; git fetch brings what is not here"
            raise ConfigError(self._origin, f"there is no commit {reference!r} in this repository", remedy)
        if not head:
            raise ConfigError(self._origin, "HEAD has no commit yet", "name files, or use --staged")
        answer = run_git(self.top, ["merge-base", commit, head])
        if answer.code == 0:
            return answer.output.decode("ascii").split()[0]
        if self._is_shallow:
            problem = f"this clone is shallow, and does not reach the merge base of {reference!r} and HEAD"
            raise ConfigError(self._origin, problem, _WHOLE_HISTORY)
        problem = f"{reference!r} and HEAD have no commit in common"
        raise ConfigError(self._origin, problem, "name a branch that HEAD came from")

    def texts(self, blobs: Iterable[str]) -> dict[str, bytes]:
        """Read blobs; those larger than any file that is scanned are left out.

        Raises:
            ConfigError: git is missing or refuses, or does not have a blob.
        """
        wanted = sorted(set(blobs))
        if not wanted:
            return {}
        sizes: dict[str, int] = {}
        for line in self._ask("cat-file", "--batch-check", given=_lines(wanted)).decode("ascii").splitlines():
            blob, kind, *size = line.split(" ")
            if kind != "blob":
                raise ConfigError(self._origin, "git lacks the text of some files", "clone without --filter")
            sizes[blob] = int(size[0])
        found: dict[str, bytes] = {}
        for part in _parts(sizes):
            output = self._ask("cat-file", "--batch", given=_lines(part))
            at = 0
            for blob in part:
                at = output.index(b"\n", at) + 1
                found[blob] = output[at : at + sizes[blob]]
                at += sizes[blob] + 1
        return found

    def _commit(self, reference: str) -> str:
        command = ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{reference}^{{commit}}"]
        answer = run_git(self.top, command)
        return answer.output.decode("ascii").strip() if answer.code == 0 else ""

    def _ask(self, *arguments: str, given: bytes = b"") -> bytes:
        answer = run_git(self.top, [f"--work-tree={self.top}", *arguments], given)
        if answer.cut:
            raise ConfigError(self._origin, f"git {arguments[0]} has too much to say", "name files")
        if answer.code:
            said = answer.errors.partition("\n")[0].removeprefix("fatal: ") or f"git {arguments[0]} failed"
            remedy = f"git config --global --add safe.directory {self.top}" if "dubious" in said else ""
            raise ConfigError(self._origin, said, remedy)
        return answer.output


def _records(output: bytes) -> list[str]:
    return [os.fsdecode(record) for record in output.split(b"\0") if record]


def _lines(blobs: Sequence[str]) -> bytes:
    return "".join(f"{blob}\n" for blob in blobs).encode("ascii")


def _parts(sizes: dict[str, int]) -> Iterator[list[str]]:
    """Blobs that fit into one answer of git, again and again; without those that are too large for any file."""
    part: list[str] = []
    total = 0
    for blob, size in sizes.items():
        if size > MAX_BYTES:
            continue
        if part and total + size > MOST_BYTES // 2:
            yield part
            part, total = [], 0
        part.append(blob)
        total += size + 100  # with the line before it
    if part:
        yield part
