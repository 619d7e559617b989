"""`codesim train data`: data sets that teach and measure the encoder, as JSON lines.

In: folders of packages, releases of them, or the same-task set. Out: files for `codesim evaluate`: retrieval
(`transformed`, `evolution`) and pairs (`behaviour`, `judgements`, `weak`, `twins`). Nothing is fetched. The solutions
of the same-task set, which is trusted, are run; of packages nothing is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Protocol

import click

from codesim.cli.train_options import FOLDER, folders_argument, seed_option

if TYPE_CHECKING:
    from codesim.train.corpus import SourceFunction
    from codesim.train.evolution import PlacedFunction

per_kind_option = click.option(
    "--per-kind",
    type=click.IntRange(0),
    default=100,
    show_default=True,
    help="Most queries of one kind, 0: all.",
)
out_option = click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="JSONL file to write."
)


class Line(Protocol):
    """What a file of data consists of."""

    @property
    def kind(self) -> str:
        """What was done to the function."""
        ...

    def as_line(self) -> str:
        """Render it as one JSON line."""
        ...


@click.group(name="data", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Write data sets that teach or measure the encoder."""


@command.command()
@folders_argument
@click.option("--functions", type=click.IntRange(1), default=20_000, show_default=True, help="To hide the twins among.")
@per_kind_option
@seed_option
@out_option
def transformed(folders: tuple[Path, ...], functions: int, per_kind: int, seed: int, out: Path) -> None:
    """Hide transformed functions among those of the packages in FOLDERS."""
    from codesim.train.pairs import make_pairs

    found = _read(folders, seed)
    if len(found) < functions:
        click.echo(f"only {len(found)} functions found, {functions} asked for", err=True)
    found = Random(seed).sample(found, min(functions, len(found)))  # noqa: S311
    _write(out, make_pairs(found, len(found), seed, per_kind))


@command.command()
@folders_argument
@click.option(
    "--release", "releases", nargs=2, multiple=True, required=True, type=FOLDER, metavar="OLD NEW",
    help="The folders of one package in two releases. May be repeated.",
)  # fmt: skip
@click.option("--originals", type=click.IntRange(1), default=8000, show_default=True, help="To hide among, in all.")
@per_kind_option
@seed_option
@out_option
def evolution(
    folders: tuple[Path, ...], *, releases: tuple[tuple[Path, Path], ...], originals: int, per_kind: int, seed: int,
    out: Path,
) -> None:  # fmt: skip
    """Ask for functions of newer releases among those of older ones and of the packages in FOLDERS."""
    from codesim.train.evolution import make_evolution

    _write(out, make_evolution(releases, folders, per_kind, originals, seed))


@command.command()
@folders_argument
@click.option("--same-task", type=FOLDER, help="The same-task set; its solutions are RUN to try the mutants.")
@click.option("--only", type=click.Choice(["held-out", "training", "all"]), default="all", show_default=True)
@click.option("--functions", type=click.IntRange(1), default=1000, show_default=True, help="To take from FOLDERS.")
@seed_option
@out_option
def behaviour(
    folders: tuple[Path, ...], *, same_task: Path | None, only: str, functions: int, seed: int, out: Path
) -> None:
    """Pair functions with their mutants (label 0) and their transformed twins (label 1)."""
    from codesim.train.behaviour import BehaviourPair, Tried, function_pairs, task_pairs

    tried = Tried.empty()
    pairs: list[BehaviourPair] = []
    for task, name in _tasks(same_task, only) if same_task else ():
        pairs += task_pairs(task, name, seed, tried)
    found = _read(folders, seed) if folders else []
    found = Random(seed).sample(found, min(functions, len(found)))  # noqa: S311
    pairs += function_pairs([(f"{one.package}/{one.place}", one.node) for one in found], seed)
    for kind, made in sorted(tried.made.items()):
        click.echo(f"{kind}: {tried.killed[kind]} of {made} mutants fail a case ({tried.killed[kind] / made:.1%})")
    _write(out, pairs)


@command.command()
@folders_argument
@click.option("--cases", type=FOLDER, multiple=True, help="A folder of fixture cases to add. May be repeated.")
@click.option(
    "--per-package", type=click.IntRange(1), default=150, show_default=True, help="Functions of each package."
)
@seed_option
@out_option
def judgements(folders: tuple[Path, ...], *, cases: tuple[Path, ...], per_package: int, seed: int, out: Path) -> None:
    """Label pairs for `codesim calibrate`: alike up to names and values (1), or changed, or merely near (0)."""
    from codesim.train.corpus import describe_package, read_functions
    from codesim.train.judgements import case_pairs, make_judgements

    seen: set[str] = set()
    packages = [describe_package(folder.resolve(), held_out=True) for folder in folders]
    found = [function for package in packages for function in read_functions(package, seen, per_package, seed)]
    _write(out, [*[pair for folder in cases for pair in case_pairs(folder)], *make_judgements(found, seed)])


@command.command()
@folders_argument
@click.option("--limit", type=click.IntRange(0), default=0, show_default=True, help="Most pairs, 0: all.")
@seed_option
@out_option
def weak(folders: tuple[Path, ...], limit: int, seed: int, out: Path) -> None:
    """Pair functions of unrelated packages in FOLDERS: one rare name, like docstrings or signatures."""
    from codesim.train.mining import weak_pairs

    _write(out, weak_pairs([one for folder in folders for one in _placed(folder)], limit, seed))


@command.command()
@folders_argument
@out_option
def twins(folders: tuple[Path, ...], out: Path) -> None:
    """Pair sync and async twins within each of the packages in FOLDERS."""
    from codesim.train.behaviour import BehaviourPair
    from codesim.train.evolution import async_twins

    found = [pair for folder in folders for pair in async_twins(_placed(folder))]
    _write(out, [BehaviourPair(plain.text, later.text, 1, "twin-async", plain.id) for plain, later in found])


def _read(folders: Iterable[Path], seed: int) -> list[SourceFunction]:
    from codesim.train.corpus import describe_package, read_functions

    seen: set[str] = set()
    packages = [describe_package(folder.resolve(), held_out=True) for folder in folders]
    return [function for package in packages for function in read_functions(package, seen, 0, seed)]


def _placed(folder: Path) -> list[PlacedFunction]:
    from codesim.train.evolution import placed_functions

    return list(placed_functions(folder))


def _tasks(folder: Path, only: str) -> list[tuple[Path, str]]:
    from codesim.evaluate import held_out_tasks

    tasks = [(path, f"{path.parent.name}/{path.stem}") for path in sorted(folder.glob("*/*.py"))]
    if only == "all":
        return tasks
    held_out = held_out_tasks(folder)
    wanted: Callable[[str], bool] = held_out.__contains__ if only == "held-out" else lambda name: name not in held_out
    return [(path, name) for path, name in tasks if wanted(name)]


def _write(out: Path, lines: Iterable[Line]) -> None:
    kinds: Counter[str] = Counter()
    with out.open("w", encoding="utf-8", newline="\n") as stream:
        for line in lines:
            kinds[line.kind] += 1
            stream.write(f"{line.as_line()}\n")
    for kind, count in sorted(kinds.items()):
        click.echo(f"{kind}: {count}")
    click.echo(f"{out}: {kinds.total()} rows")
