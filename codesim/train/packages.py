"""Packages as archives: fetched by pip, checked against their pinned hash, and unpacked as plain text.

In: a manifest, folders of packages, and a folder for downloads. Out: the `Package`s of a corpus, the wheel or source
archive of each that is pinned, and the Python files inside.
One idea: an archive is data. pip only downloads; nothing is installed, built or run, and nothing is written outside
the folder given, whatever names an archive holds.

Source: pip's hash-checking mode, "Secure installs" in its manual.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO

from codesim.errors import ConfigError, SourceError
from codesim.train.corpus import Package, describe_package, standard_library
from codesim.train.manifest import HELD_OUT, TRAIN, Manifest, PinnedPackage, Target

MAX_BYTES = 2_000_000
"""Larger files are data; `codesim.source` would leave them out as well."""


def corpus_packages(
    manifest: Manifest | None, folders: Sequence[Path], downloads: Path, stdlib: bool, held_out: Collection[str]
) -> list[Package]:
    """Describe the packages of a corpus: the standard library, those of a manifest, those in folders.

    Args:
        manifest: pinned packages, or None.
        folders: of packages; trained on unless `held_out` names them.
        downloads: where archives are kept, whether they are there yet or not.
        stdlib: False leaves out the standard library, True takes it in its role in the manifest.
        held_out: names of packages that are held out, whatever the manifest says.

    Returns:
        The packages, each of another name.

    Raises:
        ConfigError: two have one name, or a name in `held_out` is none of theirs.
    """
    role = manifest.stdlib if manifest is not None else TRAIN
    found = [standard_library(role == HELD_OUT)] if stdlib and role else []
    for one in manifest.packages if manifest is not None else ():
        archive = downloads / one.file
        found.append(Package(one.name, archive, one.version, one.licence, one.role == HELD_OUT, one.sha256))
    found += [describe_package(folder.resolve(), held_out=False) for folder in folders]
    names = [package.name for package in found]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ConfigError("codesim train corpus", f"two packages have one name: {', '.join(sorted(twice))}")
    if unknown := set(held_out) - set(names):
        raise ConfigError("--held-out", f"no such package: {', '.join(sorted(unknown))}")
    return [replace(package, held_out=package.held_out or package.name in held_out) for package in found]


def fetch_package(pinned: PinnedPackage, target: Target, downloads: Path) -> Path:
    """Return the archive of a package, downloaded by pip if it is not there yet.

    Args:
        pinned: what to fetch.
        target: what a wheel is chosen for.
        downloads: where archives are kept; made if need be.

    Returns:
        The archive, whose SHA-256 is the pinned one.

    Raises:
        ConfigError: pip cannot get the file, or what lies there has another hash.
    """
    archive = downloads / pinned.file
    if not archive.is_file():
        _download(pinned, target, downloads)
    if not archive.is_file():
        raise ConfigError(pinned.name, f"pip brought another file than {pinned.file}", "see the manifest's target")
    with archive.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != pinned.sha256:
        raise ConfigError(str(archive), f"has SHA-256 {found}, not {pinned.sha256}", "delete it and fetch it again")
    return archive


def _download(pinned: PinnedPackage, target: Target, downloads: Path) -> None:
    downloads.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary", ":all:", "--python-version", target.python, "--implementation", target.implementation]
    command += [word for platform in target.platforms for word in ("--platform", platform)]
    with TemporaryDirectory() as folder:
        wanted = Path(folder) / "wanted.txt"  # hashes are accepted in a requirements file only
        wanted.write_text(f"{pinned.name}=={pinned.version} --hash=sha256:{pinned.sha256}\n", encoding="utf-8")
        command += ["--require-hashes", "--requirement", str(wanted), "--dest", str(downloads)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines()
        reason = said[-1] if said else f"exit code {done.returncode}"
        raise ConfigError(pinned.name, f"pip could not download {pinned.file}: {reason}")


def unpack_sources(archive: Path, folder: Path) -> int:
    """Write the Python files of a wheel or source archive below a folder.

    Args:
        archive: a `.whl`, `.zip` or `.tar.gz`; the one folder around all of a source archive is dropped.
        folder: an empty folder.

    Returns:
        How many files were written; links, other files, large ones and names that lead elsewhere are passed over.

    Raises:
        SourceError: the archive is damaged.
    """
    strip = 0 if archive.suffix == ".whl" else 1
    count = 0
    try:
        for name, stream in _members(archive):
            path = PurePosixPath(name)
            parts = path.parts[strip:]
            if (
                not parts
                or path.is_absolute()
                or any(part == ".." or ":" in part or "\\" in part for part in path.parts)
            ):
                continue
            data = stream.read(MAX_BYTES + 1)
            if len(data) <= MAX_BYTES:
                place = folder.joinpath(*parts)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(data)
                count += 1
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, OSError, NotImplementedError) as error:
        raise SourceError(str(archive), None, f"cannot be unpacked: {error}") from error
    return count


def _members(archive: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """The regular files of an archive whose names end in .py, opened one at a time."""
    if archive.name.endswith(".tar.gz"):
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:
                opened = tar.extractfile(member) if member.isreg() and member.name.endswith(".py") else None
                if opened is not None:
                    yield member.name, opened
        return
    with zipfile.ZipFile(archive) as packed:
        for info in packed.infolist():
            if info.filename.endswith(".py"):
                with packed.open(info) as stream:
                    yield info.filename, stream
