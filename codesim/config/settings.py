"""Settings: what the user may change, and where each value came from.

In: the folder where a run starts and the flags that were given. Out: `LoadedSettings`: a frozen `Settings` and the
origin of each value. A flag wins over the nearest `pyproject.toml` or `codesim.toml`, which wins over the default.
One idea: a setting is declared once, as a field with its `Rule`; checks, flags and help are derived from it. The
configuration of a scanned repository is as untrusted as its code: paths it names must stay inside it.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from types import MappingProxyType

from codesim.config.ignores import ClassIgnore, FileIgnore, read_class_ignores, read_file_ignores
from codesim.errors import ConfigError

CONFIG_FILES = ("codesim.toml", "pyproject.toml")
"""In one folder the first of these that configures codesim is used."""

BASELINE = "codesim-baseline.json"

DEFAULT_EXCLUDE = (
    ".bzr",
    ".codesim_cache",
    ".direnv",
    ".eggs",
    ".git",
    ".hg",
    ".ipynb_checkpoints",
    ".mypy_cache",
    ".nox",
    ".pants.d",
    ".pyenv",
    ".pytest_cache",
    ".pytype",
    ".ruff_cache",
    ".svn",
    ".tox",
    ".venv",
    "__pycache__",
    "__pypackages__",
    "*.egg-info",
    "build",
    "dist",
    "node_modules",
    "site-packages",
    "venv",
)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a setting means and which values it takes; `path` marks one that names a place on disk.

    optional: the empty text is a value, and its flag is `--no-NAME`. read: checks and converts a value that is no
    plain one; called with the value, its origin and its key. flag: whether the command line has it.
    """

    doc: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    path: bool = False
    optional: bool = False
    read: Callable[[object, str, str], object] | None = None
    flag: bool = True


def _rule(
    doc: str,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
    path: bool = False,
) -> dict[str, Rule]:
    return {"rule": Rule(doc, low, high, choices, path)}


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, with its default; the rule of each is in `RULES`, its key in a file is its name in kebab-case."""

    exclude: tuple[str, ...] = field(
        default=DEFAULT_EXCLUDE,
        metadata=_rule("Leave out what matches this pattern (gitignore syntax); given, it replaces the defaults."),
    )
    extend_exclude: tuple[str, ...] = field(
        default=(), metadata=_rule("Leave out what matches this pattern too, besides what exclude names.")
    )
    respect_gitignore: bool = field(default=True, metadata=_rule("Leave out what .gitignore files name."))
    min_lines: int = field(default=6, metadata=_rule("Shortest function to compare, in lines.", low=1))
    min_nodes: int = field(default=30, metadata=_rule("Smallest function to compare, in graph nodes.", low=1))
    min_block_lines: int = field(
        default=5,
        metadata=_rule("Shortest run of statements to compare, in lines; 0 compares whole functions only.", low=0),
    )
    neighbours: int = field(
        default=12, metadata=_rule("How many most similar functions to retrieve for each function.", low=1, high=1000)
    )
    min_similarity: float = field(
        default=0.35, metadata=_rule("Least cosine similarity of a pair that is worth verifying.", low=0.0, high=1.0)
    )
    min_score: float = field(
        default=0.0, metadata=_rule("Least score of a clone pair that is reported; 0 reports all.", low=0.0, high=1.0)
    )
    min_value: float = field(
        default=0.75,
        metadata=_rule("Least value of a candidate, in lines gained; 0 reports every class of clones.", low=0.0),
    )
    scope: str = field(
        default="all",
        metadata=_rule("What to compare: production code, tests, or all of it.", choices=("prod", "tests", "all")),
    )
    rejected: bool = field(
        default=False, metadata=_rule("List what was found similar and is left out, each with the rule and the reason.")
    )
    jobs: int = field(default=0, metadata=_rule("Worker processes; 0 is one per core.", low=0, high=1024))
    cache: bool = field(default=True, metadata=_rule("Keep what was computed about unchanged files for the next run."))
    cache_dir: str = field(
        default=".codesim_cache", metadata=_rule("Folder of the cache, seen from the project's root.", path=True)
    )
    format: str = field(default="text", metadata=_rule("Form of the report.", choices=("text", "json", "html")))
    output: str = field(default="-", metadata=_rule("File to write the report to; - is standard output.", path=True))
    color: str = field(
        default="auto", metadata=_rule("When to colour the terminal.", choices=("auto", "always", "never"))
    )
    limit: int = field(
        default=20, metadata=_rule("Show at most this many candidates in a text report; 0 shows all.", low=0)
    )
    stats: bool = field(default=False, metadata=_rule("Report the time that each stage took."))
    baseline: str = field(
        default=BASELINE,
        metadata={
            "rule": Rule(
                "File of known clone classes, which are not reported; used if it exists.", path=True, optional=True
            )
        },
    )
    per_file_ignores: tuple[FileIgnore, ...] = field(
        default=(),
        metadata={"rule": Rule("Report no such findings in files that match this pattern.", read=read_file_ignores)},
    )
    ignore: tuple[ClassIgnore, ...] = field(
        default=(),
        metadata={"rule": Rule("Clone classes that are not reported, by id.", read=read_class_ignores, flag=False)},
    )
    fail_on: str = field(
        default="new",
        metadata=_rule(
            "Exit with 1 on: new candidates, any (those known in the baseline too), or none.",
            choices=("any", "new", "none"),
        ),
    )
    threshold: int = field(
        default=0, metadata=_rule("Exit with 1 only when there are more candidates than this to fail on.", low=0)
    )


RULES: Mapping[str, Rule] = MappingProxyType({item.name: item.metadata["rule"] for item in fields(Settings)})
"""The rule of each setting, by field name, in the order of declaration."""

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


def kebab(name: str) -> str:
    """Spell a field's name as its key in a file, and as its flag without the dashes."""
    return name.replace("_", "-")


def repository_root(start: Path) -> Path | None:
    """Find the nearest folder, from `start` upward, that holds a `.git` entry; None when there is none.

    Args:
        start: an absolute path; it need not exist.
    """
    return next((folder for folder in (start, *start.parents) if (folder / ".git").exists()), None)


def load_settings(start: Path, overrides: Mapping[str, object] | None = None) -> LoadedSettings:
    """Merge the defaults, the nearest configuration file, and the given flags.

    The search goes upward from `start` and stops at the root of the repository, so that a stranger's file above it
    has no say. A relative path in a file counts from the file's folder, one in `overrides` from the working directory.

    Args:
        start: the folder (or file) where the run starts.
        overrides: values by field name; they win over the file.

    Returns:
        LoadedSettings: checked values, with the origin of each in words.

    Raises:
        ConfigError: unreadable file, unknown key, or a value of the wrong type or out of range.
    """
    start = Path.cwd() / start
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
                values[name] = _inside(str(values[name]), root, origin, kebab(name))
            origins[name] = origin
    for name, value in (overrides or {}).items():
        if name not in RULES:
            raise ConfigError("command line", f"there is no setting {name!r}", _nearest(name, list(RULES)))
        values[name] = _checked(name, value, "command line", f"--{kebab(name)}")
        if RULES[name].path and value not in {"", "-"}:
            values[name] = str(Path.cwd() / str(value))
        origins[name] = "command line"
    settings = replace(_DEFAULTS, **values)  # type: ignore[arg-type]  # each value was checked against its field
    return LoadedSettings(settings, MappingProxyType(origins), config_file, root)


def _find_table(start: Path, repository: Path | None) -> tuple[Path, str, dict[str, object]] | None:
    for folder in (start, *start.parents):
        for name in CONFIG_FILES:
            file = folder / name
            if not file.is_file():
                continue
            document = _read_toml(file)
            if name == "codesim.toml":
                return file, str(file), document
            tools = document.get("tool")
            table = tools.get("codesim") if isinstance(tools, dict) else None
            if isinstance(table, dict):
                return file, f"{file} [tool.codesim]", table
            if table is not None:
                raise ConfigError(str(file), "tool.codesim is not a table", "write [tool.codesim]")
        if folder == repository:
            break
    return None


def _read_toml(file: Path) -> dict[str, object]:
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
    problem = f"{shown} is {value!r}"
    if isinstance(default, bool):
        if isinstance(value, bool):
            return value
        raise ConfigError(origin, problem, f"{shown} is either true or false")
    if isinstance(default, tuple):
        if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
            return tuple(value)
        raise ConfigError(origin, problem, f'{shown} is a list of patterns, such as ["generated", "*_pb2.py"]')
    if isinstance(default, str):
        stated = isinstance(value, str) and (value or rule.optional) and "\0" not in value
        if stated and (not rule.choices or value in rule.choices):
            return value
        remedy = f"{shown} is one of {', '.join(rule.choices)}" if rule.choices else f"{shown} is a path"
        raise ConfigError(origin, problem, remedy)
    kinds = (int,) if isinstance(default, int) else (int, float)
    if isinstance(value, kinds) and not isinstance(value, bool) and _in_range(value, rule):
        return type(default)(value)  # type: ignore[call-arg]  # int or float
    words = "a whole number" if isinstance(default, int) else "a number"
    upper = "" if rule.high is None else f" and at most {rule.high}"
    raise ConfigError(origin, problem, f"{shown} is {words}, at least {rule.low}{upper}")


def _in_range(value: float, rule: Rule) -> bool:
    above = rule.low is None or value >= rule.low  # NaN compares false: rejected wherever there is a bound
    return above and (rule.high is None or value <= rule.high)


def _inside(value: str, root: Path, origin: str, key: str) -> str:
    if value == "-":
        return value
    place = (root / value).resolve()
    home = root.resolve()
    if not place.is_relative_to(home) or ".git" in place.relative_to(home).parts:
        raise ConfigError(origin, f"{key} leads out of the project: {value!r}", f"to write there, use --{key}")
    return str(root / value)
