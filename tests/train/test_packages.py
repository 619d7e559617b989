"""Manifests and archives: what is refused, what pip is asked for, and what is taken out of an archive."""

from __future__ import annotations

import hashlib
import io
import subprocess
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from codesim.errors import ConfigError, SourceError
from codesim.train import packages
from codesim.train.manifest import HELD_OUT, PinnedPackage, Target, read_manifest
from codesim.train.packages import fetch_package, unpack_sources

PERMISSIVE = {
    "0BSD", "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "Biopython", "CC0-1.0", "ISC", "MIT", "MPL-2.0",
    "PSF-2.0", "Repoze (BSD-derived)", "Zlib",
}  # fmt: skip
PINNED = PinnedPackage("shop", "1.0", "shop-1.0-py3-none-any.whl", "0" * 64, "MIT", "train", "shops")
TARGET = Target("3.11", "cp", ("one", "two"))
GOOD = """
[target]
python = "3.11"
implementation = "cp"
platforms = ["any"]
[[package]]
name = "shop"
version = "1.0"
file = "shop-1.0.tar.gz"
sha256 = "{digest}"
licence = "MIT"
role = "train"
domain = "shops"
""".format(digest="0" * 64)


def test_shipped_manifest() -> None:
    manifest = read_manifest()
    held_out = {package.name for package in manifest.packages if package.role == HELD_OUT}
    assert len(manifest.packages) >= 60
    assert {"django", "networkx", "click", "rich", "jinja2", "hypothesis"} <= held_out
    assert len(held_out) >= 12
    assert len({package.domain for package in manifest.packages}) >= 14
    for package in manifest.packages:
        licences = {part for words in package.licence.split(" AND ") for part in words.split(" OR ")}
        assert licences <= PERMISSIVE, package
        assert package.version in package.file, package


def test_page_about_the_corpus_names_every_package() -> None:
    page = (Path(__file__).parents[2] / "docs" / "corpus.md").read_text(encoding="utf-8")
    for one in read_manifest().packages:
        assert f"| {one.name} | {one.version} | {one.licence} | {one.domain} | {one.role} |" in page


def test_manifest_without_standard_library(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text(GOOD, encoding="utf-8")
    manifest = read_manifest(tmp_path / "m.toml")
    assert manifest.stdlib == ""
    assert manifest.packages[0].name == "shop"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("[target]", "[target", "cannot be read"),
        ('python = "3.11"', "", "lacks 'python'"),
        ('version = "1.0"', "", "shop: lacks 'version'"),
        ('version = "1.0"', "version = 1.0", "must be a string"),
        ("0" * 64, "0" * 63, "not 64 lower-case hex digits"),
        ("shop-1.0.tar.gz", "../shop-1.0.tar.gz", "not the name of a wheel"),
        ('role = "train"', 'role = "test"', "none of train, held_out"),
        ("[[package]]", "[stdlib]\nrole = 'x'\n[[package]]", "none of train, held_out"),
        ("[[package]]", GOOD[GOOD.index("[[") :] + "[[package]]", "names a package twice: shop"),
    ],
)
def test_bad_manifests_are_refused(tmp_path: Path, before: str, after: str, said: str) -> None:
    assert before in GOOD
    (tmp_path / "m.toml").write_text(GOOD.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(ConfigError, match=said.replace("[", r"\[")):
        read_manifest(tmp_path / "m.toml")


def test_archive_that_is_there_is_not_downloaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages.subprocess, "run", None)
    (tmp_path / PINNED.file).write_bytes(b"data")
    digest = hashlib.sha256(b"data").hexdigest()
    assert fetch_package(replace(PINNED, sha256=digest), TARGET, tmp_path) == tmp_path / PINNED.file
    with pytest.raises(ConfigError, match=f"has SHA-256 {digest}, not 000"):
        fetch_package(PINNED, TARGET, tmp_path)


def test_pip_is_asked_for_the_pinned_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def pip(command: list[str], **_options: object) -> subprocess.CompletedProcess[str]:
        asked.extend(command)
        wanted = Path(command[command.index("--requirement") + 1]).read_text(encoding="utf-8")
        assert wanted == f"shop==1.0 --hash=sha256:{digest}\n"
        (Path(command[command.index("--dest") + 1]) / PINNED.file).write_bytes(b"data")
        return subprocess.CompletedProcess(command, 0, "", "")

    digest = hashlib.sha256(b"data").hexdigest()
    monkeypatch.setattr(packages.subprocess, "run", pip)
    assert fetch_package(replace(PINNED, sha256=digest), TARGET, tmp_path / "new").read_bytes() == b"data"
    assert asked[1:4] == ["-m", "pip", "download"]
    assert {"--no-deps", "--require-hashes", "--only-binary"} <= set(asked), "never built, never another file"
    assert [asked[place + 1] for place, word in enumerate(asked) if word == "--platform"] == ["one", "two"]


@pytest.mark.parametrize(("code", "said"), [(1, "no such version"), (0, "pip brought another file")])
def test_failing_download_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, said: str) -> None:
    done = subprocess.CompletedProcess([], code, "", "WARNING: a\nERROR: no such version\nnotice: b\n")
    monkeypatch.setattr(packages.subprocess, "run", lambda *_args, **_options: done)
    with pytest.raises(ConfigError, match=said):
        fetch_package(PINNED, TARGET, tmp_path)


def wheel(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def sdist(path: Path, files: dict[str, bytes], link: str) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        member = tarfile.TarInfo(link)
        member.type, member.linkname = tarfile.SYMTYPE, "/etc/hostname"
        archive.addfile(member)
    return path


def written(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


FILES = {
    "shop-1/a.py": b"x = 1\n",
    "shop-1/data.json": b"{}",
    "../escaped.py": b"",
    "shop-1/../../escaped.py": b"",
    "/escaped.py": b"",
    "shop-1/large.py": b"#" * (packages.MAX_BYTES + 1),
}


def test_only_python_files_are_unpacked_and_none_escapes(tmp_path: Path) -> None:
    for archive, expected in (
        (wheel(tmp_path / "shop.whl", FILES), {"shop-1/a.py": b"x = 1\n"}),
        (sdist(tmp_path / "shop.tar.gz", FILES, "shop-1/link.py"), {"a.py": b"x = 1\n"}),
    ):
        folder = tmp_path / f"{archive.name}.out" / "inner"
        folder.mkdir(parents=True)
        assert unpack_sources(archive, folder) == len(expected)
        assert written(folder.parent) == {f"inner/{name}": data for name, data in expected.items()}


def test_damaged_archive_is_named(tmp_path: Path) -> None:
    whole = wheel(tmp_path / "a.whl", {"a.py": b"x = 1\n" * 99}).read_bytes()
    for name, data in (
        ("cut.whl", whole[:-40]),
        ("flipped.whl", whole.replace(b"x = 1", b"x = 2", 1)),
        ("b.tar.gz", b"?"),
    ):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(SourceError, match=name):
            unpack_sources(tmp_path / name, tmp_path)
