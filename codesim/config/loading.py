"""Where each setting comes from: the defaults, the nearest configuration file, and the flags that were given.

In: the folder where a run starts and the flags. Out: `LoadedSettings`: a frozen `Settings` and the origin of each
value. A flag wins over the nearest `pyproject.toml` or `codesim.toml`, which wins over the default. The configuration
of a scanned repository is as untrusted as its code: paths it names must stay inside it.
"""

from __future__ import annotations

import difflib
import os
import reprlib
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType

from codesim.config.settings import RULES, Rule, Settings
from codesim.errors import ConfigError

CONFIG_FILES = ("codesim.toml", "pyproject.toml")
"""In one folder the first of these that configures codesim is used."""

_DEFAULTS = Settings()


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """Settings in force, the origin of each, the file that was read (if any), and the project's root folder.

    root: the folder of the configuration file, or else of the repository, or else the working directory.
    """

    settings: Settings
    origins: Mapping[str, str]
    config_file: Path | None
    root: Path

    @property
    def cache_folder(self) -> Path:
        """Where the cache lives, as an absolute path."""
        return self.root / self.settings.cache_dir

    @property
    def baseline_file(self) -> Path | None:
        """The file of the baseline, as an absolute path, whether it exists or not; None when it is switched off."""
        return self.root / self.settings.baseline if self.settings.baseline else None

    @property
    def names_baseline(self) -> bool:
        """Whether the user named the baseline: then it must exist."""
        return self.origins["baseline"] != "default"

    @property
    def passed_over(self) -> Path | None:
        """The `pyproject.toml` whose table has no say, since a `codesim.toml` stands beside it."""
        if self.config_file is None or self.config_file.name == CONFIG_FILES[-1]:
            return None
        other = self.config_file.with_name(CONFIG_FILES[-1])
        try:
            return other if other.is_file() and _tool_table(_read_toml(other)) is not None else None
        except ConfigError:  # a file that is not read may be broken
            return None


def kebab(name: str) -> str:
    """Spell a field's name as its key in a file, and as its flag without the dashes."""
    return name.replace("_", "-")


def repository_root(start: Path) -> Path | None:
    """Find the nearest folder, from `start` upward, that holds a `.git` entry; None when there is none.

    Args:
        start: an absolute path; it need not exist.
    """
    # not Path.exists: it fails on a name that is too long, or below a folder that may not be searched
    return next((folder for folder in (start, *start.parents) if os.path.exists(folder / ".git")), None)  # noqa: PTH110


def load_settings(start: Path, overrides: Mapping[str, object] | None = None) -> LoadedSettings:
    """Merge the defaults, the nearest configuration file, and the given flags.

    The search goes upward from `start` and stops at the root of the repository, so that a stranger's file above it
    has no say. A relative path in a file counts from the file's folder, one in `overrides` from the working directory.
    A list in `overrides` takes the place of the file's, but what is named `extend_...` is added to it.

    Args:
        start: the folder (or file) where the run starts.
        overrides: values by field name; they win over the file.

    Returns:
        LoadedSettings: checked values, with the origin of each in words.

    Raises:
        ConfigError: unreadable file, unknown key, or a value of the wrong type or out of range.
    """
    start = Path(os.path.abspath(start))  # noqa: PTH100  # drops `..` by name, as discovery does
    repository = repository_root(start)
    found = _find_table(start, repository)
    config_file = found[0] if found else None
    root = config_file.parent if config_file else repository or Path.cwd()
    values: dict[str, object] = {}
    origins = dict.fromkeys(RULES, "default")
    if found:
        _, origin, table = found
        for key, value in table.items():
            name = _field_of(key, origin)
            values[name] = _checked(name, value, origin, kebab(name))
            if RULES[name].path and values[name]:
                values[name] = _placed(values[name], partial(_inside, root=root, origin=origin, key=kebab(name)))
            origins[name] = origin
    for name, value in (overrides or {}).items():
        if name not in RULES:
            raise ConfigError("command line", f"there is no setting {name!r}", _nearest(name, list(RULES)))
        before, origin = values.get(name), "command line"
        values[name] = _checked(name, value, origin, f"--{kebab(name)}")
        if RULES[name].path and values[name]:
            values[name] = _placed(values[name], lambda place: place if place == "-" else str(Path.cwd() / place))
        if name.startswith("extend_") and isinstance(before, tuple):
            values[name] = (*before, *values[name])  # type: ignore[misc]  # a list by its rule
            origin = f"{origins[name]} and command line"
        origins[name] = origin
    settings = replace(_DEFAULTS, **values)  # type: ignore[arg-type]  # each value was checked against its field
    _need_distinct_files(settings, origins["report"])
    return LoadedSettings(settings, MappingProxyType(origins), config_file, root)


def _find_table(start: Path, repository: Path | None) -> tuple[Path, str, dict[str, object]] | None:
    for folder in (start, *start.parents):
        for name in CONFIG_FILES:
            file = folder / name
            if not os.path.lexists(file) or os.path.isdir(file):  # noqa: PTH112  # see repository_root
                continue
            document = _read_toml(file)
            if name == "codesim.toml":
                return file, str(file), document
            table = _tool_table(document)
            if isinstance(table, dict):
                return file, f"{file} [tool.codesim]", table
            if table is not None:
                raise ConfigError(str(file), "tool.codesim is not a table", "write [tool.codesim]")
        if folder == repository:
            break
    return None


def _tool_table(document: Mapping[str, object]) -> object:
    tools = document.get("tool")
    return tools.get("codesim") if isinstance(tools, dict) else None


def _read_toml(file: Path) -> dict[str, object]:
    if os.path.lexists(file) and not os.path.isfile(file):  # noqa: PTH113  # a link into nothing, or to a device
        raise ConfigError(str(file), "is no regular file", "where it is a link, see what it leads to")
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise ConfigError(str(file), f"cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:  # both of TOML and of UTF-8
        raise ConfigError(str(file), f"is not valid TOML: {error}") from None


def _field_of(key: str, origin: str) -> str:
    keys = {kebab(name): name for name in RULES}
    if key in keys:
        return keys[key]
    if key == "tool":
        raise ConfigError(origin, "unknown key 'tool'", "in codesim.toml the keys stand at the top, without a table")
    raise ConfigError(origin, f"unknown key {key!r}", _nearest(key, list(keys)))


def _nearest(key: str, known: list[str]) -> str:
    close = difflib.get_close_matches(key, known, n=1, cutoff=0.4)
    return f"did you mean {close[0]}?" if close else f"the keys are {', '.join(known)}"


def _checked(name: str, value: object, origin: str, shown: str) -> object:
    rule = RULES[name]
    default: object = getattr(_DEFAULTS, name)
    if rule.read:
        return rule.read(value, origin, shown)
    problem = f"{shown} is {_told(value)}"
    if isinstance(default, bool):
        if isinstance(value, bool):
            return value
        raise ConfigError(origin, problem, f"{shown} is either true or false")
    if isinstance(default, tuple):
        if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
            if rule.choices:
                _need_pairs(value, rule.choices, origin, shown)
            return tuple(value)
        if rule.choices:
            raise ConfigError(origin, problem, f'{shown} is a list such as ["{rule.choices[0]}=FILE"]')
        raise ConfigError(origin, problem, f'{shown} is a list of patterns, such as ["generated", "*_pb2.py"]')
    if isinstance(default, str):
        stated = isinstance(value, str) and (value or rule.optional) and "\0" not in value
        if stated and (not rule.choices or value in rule.choices):
            return value
        if not rule.choices:
            raise ConfigError(origin, problem, f"{shown} is a path")
        close = difflib.get_close_matches(str(value).lower(), rule.choices, n=1) if isinstance(value, str) else []
        meant = f"did you mean {close[0]}? " if close else ""
        raise ConfigError(origin, problem, f"{meant}{shown} is one of {', '.join(rule.choices)}")
    kinds = (int,) if isinstance(default, int) else (int, float)
    if isinstance(value, kinds) and not isinstance(value, bool) and _in_range(value, rule):
        return type(default)(value)  # type: ignore[call-arg]  # int or float
    words = "a whole number" if isinstance(default, int) else "a number"
    upper = "" if rule.high is None else f" and at most {rule.high}"
    raise ConfigError(origin, problem, f"{shown} is {words}, at least {rule.low}{upper}")


def _told(value: object) -> str:
    """A value as a message shows it: in one line, and not longer than a line."""
    try:
        return reprlib.repr(value)
    except ValueError:  # Python spells no number of more than 4,300 digits
        return "a number of thousands of digits"


def _in_range(value: float, rule: Rule) -> bool:
    above = rule.low is None or value >= rule.low  # NaN compares false: rejected wherever there is a bound
    below = value < 2**63 if rule.high is None else value <= rule.high  # the whole numbers of TOML have 64 bits
    return above and below


def _need_pairs(items: Sequence[str], choices: Sequence[str], origin: str, shown: str) -> None:
    """Refuse an item that is not of the form `choice=path`."""
    for item in items:
        choice, sign, place = item.partition("=")
        problem = f"{shown} is {item!r}"
        if choice not in choices or not sign:
            close = difflib.get_close_matches(choice, choices, n=1)
            meant = f"did you mean {close[0]}=FILE? " if close and close[0] != choice else ""
            raise ConfigError(origin, problem, f"{meant}it is FORMAT=FILE, FORMAT one of {', '.join(choices)}")
        if place in ("", "-") or "\0" in place:
            raise ConfigError(origin, problem, "name a file; what goes to standard output is set by --format")


def _placed(value: object, place: Callable[[str], str]) -> object:
    """Settle a path, or the path in each `choice=path` of a list."""
    if isinstance(value, tuple):
        pairs = (item.partition("=") for item in value)
        return tuple(f"{choice}={place(file)}" for choice, _, file in pairs)
    return place(str(value))


def _need_distinct_files(settings: Settings, origin: str) -> None:
    """Refuse reports that would overwrite each other."""
    files = [settings.output, *(item.partition("=")[2] for item in settings.report)]
    for file in files:
        if files.count(file) > 1:
            raise ConfigError(origin, f"two reports go to {file}", "give each a file of its own")


def _inside(value: str, root: Path, origin: str, key: str) -> str:
    if value == "-":
        return value
    place, home = (root / value).resolve(), root.resolve()
    if place == home:
        raise ConfigError(origin, f"{key} is the project's root: {value!r}", "name a place in it")
    inside = place.is_relative_to(home)
    if not inside or ".git" in map(str.casefold, place.relative_to(home).parts):  # .GIT is .git on many disks
        raise ConfigError(origin, f"{key} leads out of the project: {value!r}", f"to write there, use --{key}")
    return str(root / value)
