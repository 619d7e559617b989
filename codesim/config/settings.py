"""Settings: what the user may change.

One idea: a setting is declared once, as a field with its `Rule`; checks, flags and help are derived from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType

from codesim.config.ignores import ClassIgnore, FileIgnore, read_class_ignores, read_file_ignores

FORMATS = ("full", "concise", "json", "sarif", "gitlab", "github", "markdown", "html")
"""The forms of a report."""

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
    """What a setting means and which values it takes.

    path marks one that names a place on disk; a list of such has items like `choice=path`. optional: the empty text is
    a value, and its flag is `--no-NAME`. read: checks and converts a value that is no plain one; called
    with the value, its origin and its key. form: what such a value is, in words. flag: whether the command line has it.
    """

    doc: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    path: bool = False
    optional: bool = False
    read: Callable[[object, str, str], object] | None = None
    form: str = ""
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
        default=False,
        metadata=_rule("In text and JSON, list what was found similar and is left out, with the rule and the reason."),
    )
    jobs: int = field(default=0, metadata=_rule("Worker processes; 0 is one per core.", low=0, high=1024))
    cache: bool = field(default=True, metadata=_rule("Keep what was computed about unchanged files for the next run."))
    cache_dir: str = field(
        default=".codesim_cache", metadata=_rule("Folder of the cache, seen from the project's root.", path=True)
    )
    cache_size: int = field(
        default=512,
        metadata=_rule("Most that the cache may hold, in megabytes; what was not used for longest goes first.", low=1),
    )
    format: str = field(default="full", metadata=_rule("Form of the report.", choices=FORMATS))
    output: str = field(default="-", metadata=_rule("File to write the report to; - is standard output.", path=True))
    report: tuple[str, ...] = field(
        default=(),
        metadata=_rule("Write the report to this file too, in a form that --format takes.", choices=FORMATS, path=True),
    )
    color: str = field(
        default="auto", metadata=_rule("When to colour the terminal.", choices=("auto", "always", "never"))
    )
    limit: int = field(
        default=20,
        metadata=_rule(
            "Show at most this many candidates in a text report, and of what is rejected; 0 shows all.", low=0
        ),
    )
    verbose: bool = field(
        default=False,
        metadata=_rule("Fold and shorten nothing, show each helper's text; tell on stderr what is done."),
    )
    quiet: bool = field(
        default=False,
        metadata=_rule("Print no report and no warnings: the exit code tells. Errors are still told."),
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
        metadata={
            "rule": Rule(
                "Report no such findings in files that match this pattern.",
                read=read_file_ignores,
                form="table of patterns, each with a list of codes",
            )
        },
    )
    ignore: tuple[ClassIgnore, ...] = field(
        default=(),
        metadata={
            "rule": Rule(
                "Clone classes that are not reported, by id.",
                read=read_class_ignores,
                form="list of tables with `id` and `reason`, and maybe `owner` and `expires`",
                flag=False,
            )
        },
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

    @property
    def forms(self) -> frozenset[str]:
        """Every form that a report is wanted in."""
        return frozenset({self.format, *(item.partition("=")[0] for item in self.report)})


RULES: Mapping[str, Rule] = MappingProxyType({item.name: item.metadata["rule"] for item in fields(Settings)})
"""The rule of each setting, by field name, in the order of declaration."""
