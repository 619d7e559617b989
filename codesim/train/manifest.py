"""The manifest: which packages the corpus is made of, each pinned by version, file and hash.

In: a TOML file; without one, the manifest that ships beside this module. Out: a checked `Manifest`. Files are pinned
for one fixed target (Python, implementation, platforms), so that every machine reads the same ones.

Source: hash checking after pip's "Secure installs"; the format is our own.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from codesim.errors import ConfigError

TRAIN, HELD_OUT = "train", "held_out"
ROLES = (TRAIN, HELD_OUT)
SHIPPED = Path(__file__).with_name("manifest.toml")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FILE = re.compile(r"[A-Za-z0-9][\w.+-]*\.(whl|zip|tar\.gz)")


@dataclass(frozen=True, slots=True)
class PinnedPackage:
    """One package: the file that holds it, the file's SHA-256 in hex, its licence, and its role, one of `ROLES`."""

    name: str
    version: str
    file: str
    sha256: str
    licence: str
    role: str
    domain: str


@dataclass(frozen=True, slots=True)
class Target:
    """What wheels are chosen for; it need not be the machine that reads them."""

    python: str
    implementation: str
    platforms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """The packages in the order of the file, and the role of the standard library, "" to leave it out."""

    target: Target
    stdlib: str
    packages: tuple[PinnedPackage, ...]


def read_manifest(path: Path = SHIPPED) -> Manifest:
    """Read and check a manifest.

    Args:
        path: a TOML file with a table `target`, a table `stdlib` or none, and tables `package`.

    Returns:
        The manifest.

    Raises:
        ConfigError: it cannot be read, lacks something, names a package twice, or has a hash or role that is none.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(str(path), f"cannot be read as a manifest: {error}") from error
    target = table.get("target", {})
    packages = tuple(_package(entry, str(path)) for entry in table.get("package", []))
    names = [package.name for package in packages]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ConfigError(str(path), f"names a package twice: {', '.join(sorted(twice))}")
    stdlib = table.get("stdlib", {"role": ""})["role"]
    if stdlib not in ("", *ROLES):
        raise ConfigError(str(path), f"stdlib: role {stdlib!r} is none of {', '.join(ROLES)}")
    try:
        chosen = Target(target["python"], target["implementation"], tuple(target["platforms"]))
    except KeyError as error:
        raise ConfigError(str(path), f"the table target lacks {error}") from error
    return Manifest(chosen, stdlib, packages)


def _package(entry: Mapping[str, object], origin: str) -> PinnedPackage:
    name = entry.get("name", "a package without a name")
    try:
        values = {field.name: entry[field.name] for field in fields(PinnedPackage)}
    except KeyError as error:
        raise ConfigError(origin, f"{name}: lacks {error}") from error
    if not all(isinstance(value, str) for value in values.values()):
        raise ConfigError(origin, f"{name}: every value must be a string")
    package = PinnedPackage(**{key: str(value) for key, value in values.items()})
    if not _SHA256.fullmatch(package.sha256):
        raise ConfigError(origin, f"{name}: sha256 is not 64 lower-case hex digits")
    if not _FILE.fullmatch(package.file):
        raise ConfigError(origin, f"{name}: {package.file!r} is not the name of a wheel or source archive")
    if package.role not in ROLES:
        raise ConfigError(origin, f"{name}: role {package.role!r} is none of {', '.join(ROLES)}")
    return package
