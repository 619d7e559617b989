"""`codesim train`: from pinned packages, or folders of packages, to the weights that a scan runs.

In: packages, then the files of the step before. Out: `shards/` and `corpus.json`, `examples.npz`, `checkpoint.npz` and
`training.json`, `encoder.onnx` and `encoder.json`; none of them holds pickled objects. `data` writes data sets for
`codesim evaluate`. What needs torch or pyarrow is imported when it runs.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from codesim.cli import train_data
from codesim.cli.train_options import (
    FOLDER,
    config_option,
    folders_argument,
    held_out_option,
    jobs_option,
    out_option,
    processes_option,
    same_task_option,
    stdlib_option,
    teacher_option,
)
from codesim.errors import ConfigError

if TYPE_CHECKING:
    from rich.progress import Progress

    from codesim.train.checkpoint import Checkpoint
    from codesim.train.corpus import Package
    from codesim.train.loop import Report
    from codesim.train.manifest import Manifest

EXAMPLES = "examples.npz"
SAME_TASK = Path("fixtures/same_task")


@click.group(name="train", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Train the encoder: corpus, examples, fit, export, or all four by run; data, to measure it."""


@command.command()
@folders_argument
@click.option(
    "--manifest",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Pinned packages to take; the shipped ones, where neither this nor FOLDERS are given.",
)
@click.option(
    "--downloads",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="SM_CHANNEL_DOWNLOADS",
    help="Folder of the packages' archives; pip brings what is missing. Default: downloads, in the folder of --out.",
)
@stdlib_option
@held_out_option
@jobs_option
@out_option
def corpus(
    *, folders: tuple[Path, ...], manifest: Path | None, downloads: Path | None, stdlib: bool,
    held_out: tuple[str, ...], jobs: int, out: Path,
) -> None:  # fmt: skip
    """Read the functions of pinned packages, or of those in FOLDERS, into shards; goes on where it stopped."""
    _need("pyarrow")
    from codesim.train.build import build_shards, join_shards, missing_shards
    from codesim.train.manifest import SHIPPED, read_manifest
    from codesim.train.packages import corpus_packages

    folders = folders or _channel()
    downloads = downloads or out / "downloads"
    pinned = read_manifest(manifest or SHIPPED) if manifest or not folders else None
    packages = corpus_packages(pinned, folders, downloads, stdlib, held_out)
    missing = missing_shards(packages, out)
    if pinned is not None:
        _fetch(pinned, missing, downloads)
    with _progress() as progress:
        whole = progress.add_task("packages", total=len(packages), completed=len(packages) - len(missing))
        part = progress.add_task("files", total=None)

        def begin(package: Package) -> Callable[[int, int], None]:
            progress.update(whole, completed=len(packages) - len(missing) + missing.index(package))
            progress.update(part, description=package.name, completed=0)
            return _stepper(progress, part)

        build_shards(missing, out, jobs or os.cpu_count() or 1, begin)
        record = join_shards(packages, out)
    if not record["functions"]:
        raise ConfigError("codesim train corpus", "no functions found", "name folders of Python packages")
    click.echo(f"{out}: {record['functions']} functions of {len(packages)} packages, {len(missing)} of them read anew")


@command.command()
@click.argument("folder", type=FOLDER)
@config_option
@same_task_option
@teacher_option
@jobs_option
def examples(*, folder: Path, config: Path | None, same_task: Path | None, teacher: Path | None, jobs: int) -> None:
    """Choose functions of the corpus in FOLDER, compute their views, ask the teacher what they are about."""
    _need("pyarrow", "torch")
    import numpy as np

    from codesim.train.configuration import SHIPPED, read_recipe
    from codesim.train.recipe import make_store
    from codesim.train.teacher import PACKAGE, Teacher, installed_teacher

    recipe = read_recipe(config or SHIPPED)
    same_task = same_task or (SAME_TASK if SAME_TASK.is_dir() else None)
    if teacher is None and find_spec(PACKAGE) is not None:
        teacher = installed_teacher()
    for what, found in (("same-task set", same_task), ("teacher", teacher)):
        if found is None:
            click.echo(f"without a {what}: see --help", err=True)
    with _progress() as progress:
        store = make_store(
            folder,
            same_task,
            Teacher(teacher) if teacher else None,
            selection=recipe.selection,
            seed=recipe.seed,
            jobs=jobs or os.cpu_count() or 1,
            advance=_stepper(progress, progress.add_task("views", total=None)),
        )
    np.savez_compressed(folder / EXAMPLES, **store.as_arrays())  # type: ignore[arg-type]
    solutions = int((store.task >= 0).sum())
    click.echo(
        f"{folder / EXAMPLES}: {len(store)} functions, {len(store.role)} views, {len(store.graphs.kind)} nodes, "
        f"{len(store.texts)} texts, {solutions} solutions"
    )


@command.command()
@click.argument("folder", type=FOLDER)
@config_option
@click.option("--steps", type=click.IntRange(1), help="At most; default: what the configuration says.")
@click.option("--seconds", type=float, help="Begin no round after these; 0: no limit.")
@click.option("--form", type=click.Choice(["auto", "dgl", "plain"]), help="How messages are summed.")
@processes_option
def fit(
    *, folder: Path, config: Path | None, steps: int | None, seconds: float | None, form: str | None, processes: int
) -> None:
    """Train on the examples in FOLDER; the best weights so far are kept there. Goes on where it was interrupted."""
    _need("torch", "pyarrow", "matplotlib")
    import numpy as np

    from codesim.train.configuration import SHIPPED, read_recipe
    from codesim.train.examples import ExampleStore
    from codesim.train.loop import train_encoder
    from codesim.train.record import CHECKPOINT, interrupted_run, write_run
    from codesim.train.workers import started_workers

    with np.load(folder / EXAMPLES, allow_pickle=False) as arrays:
        store = ExampleStore.from_arrays(arrays)
    flags = (("steps", steps), ("seconds", seconds), ("form", form))
    given: dict[str, Any] = {name: value for name, value in flags if value is not None}
    options = replace(read_recipe(config or SHIPPED).training, **given)
    resume = interrupted_run(folder, asdict(options))
    reports: list[Report] = list(resume[1]) if resume else []
    command_line = ["-m", "codesim", "train", "fit", str(folder), *_as_flags(config=config, **given)]
    with _progress() as progress, started_workers(max(1, processes), command_line):
        task = progress.add_task("steps", total=None)

        def after_round(report: Report, state: Checkpoint) -> None:
            reports.append(report)
            write_run(folder, asdict(options), reports, state)
            progress.console.print(
                f"step {report.step}: losses {report.twins:.3f} {report.mutants:.3f} {report.texts:.3f} "
                f"{report.tasks_loss:.3f}, recall@1 {report.recall_kept:.4f} (names kept) "
                f"{report.recall_masked:.4f} (masked), tasks MAP@R {report.tasks:.4f}, "
                f"mutants AUC {report.behaviour:.4f}, {report.seconds:.0f} s"
            )

        train_encoder(store, options, after_round, _stepper(progress, task), resume)
    click.echo(str(folder / CHECKPOINT))


@command.command()
@click.argument("folder", type=FOLDER)
@out_option
def export(folder: Path, out: Path) -> None:
    """Write the trained weights of FOLDER as encoder.onnx, encoder.json and sketch.npy."""
    _need("torch", "onnx", "pyarrow", "matplotlib")
    import numpy as np

    from codesim.embed.weights import MODEL_FILE, RECORD_FILE, TABLE_FILE
    from codesim.train.examples import ExampleStore
    from codesim.train.export import encoder_onnx, weights_record
    from codesim.train.record import CHECKPOINT, TRAINING
    from codesim.train.sketch_table import countable_views, sketch_record, sketch_table, table_bytes

    with np.load(folder / CHECKPOINT, allow_pickle=False) as arrays:
        model = encoder_onnx({name: arrays[name] for name in arrays.files})
    with np.load(folder / EXAMPLES, allow_pickle=False) as arrays:
        store = ExampleStore.from_arrays(arrays)
    table = table_bytes(sketch_table(store.graphs, countable_views(store)))
    training = json.loads((folder / TRAINING).read_text(encoding="utf-8"))
    record = weights_record(model, training, sketch_record(table))
    out.mkdir(parents=True, exist_ok=True)
    (out / MODEL_FILE).write_bytes(model)
    (out / TABLE_FILE).write_bytes(table)
    (out / RECORD_FILE).write_text(record.as_json(), encoding="utf-8")
    click.echo(f"{out / MODEL_FILE}: {record.version}, {len(model):,} bytes")


@command.command()
@click.pass_context
@folders_argument
@stdlib_option
@held_out_option
@config_option
@same_task_option
@teacher_option
@jobs_option
@processes_option
@click.option(
    "--work",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    envvar="SM_OUTPUT_DATA_DIR",
    help="Folder for the steps.",
)
@out_option
def run(
    ctx: click.Context, folders: tuple[Path, ...], *, stdlib: bool, held_out: tuple[str, ...], config: Path | None,
    same_task: Path | None, teacher: Path | None, jobs: int, processes: int, work: Path, out: Path,
) -> None:  # fmt: skip
    """Corpus, examples, fit and export in one go."""
    _need("torch", "onnx", "pyarrow", "matplotlib")
    ctx.invoke(corpus, folders=folders, stdlib=stdlib, held_out=held_out, jobs=jobs, out=work)
    ctx.invoke(examples, folder=work, config=config, same_task=same_task, teacher=teacher, jobs=jobs)
    ctx.invoke(fit, folder=work, config=config, processes=processes)
    ctx.invoke(export, folder=work, out=out)


command.add_command(train_data.command)


def _fetch(manifest: Manifest, packages: Sequence[Package], downloads: Path) -> None:
    """Fetch the archives of those of the packages that the manifest pins."""
    from codesim.train.packages import fetch_package

    wanted = {package.name for package in packages if package.sha256}
    with _progress() as progress:
        for pinned in progress.track([p for p in manifest.packages if p.name in wanted], description="downloads"):
            fetch_package(pinned, manifest.target, downloads)


def _channel() -> tuple[Path, ...]:
    """The packages that a managed training service hands over: the folders in its channel "packages"."""
    channel = os.environ.get("SM_CHANNEL_PACKAGES", "")
    return tuple(sorted(folder for folder in Path(channel).iterdir() if folder.is_dir())) if channel else ()


def _as_flags(**options: object) -> list[str]:
    return [text for name, value in options.items() if value is not None for text in (f"--{name}", str(value))]


def _stepper(progress: Progress, task: Any) -> Callable[[int, int], None]:
    def after_step(step: int, steps: int) -> None:
        progress.update(task, completed=step, total=steps)

    return after_step


def _progress() -> Progress:
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    return Progress(console=console, transient=True, disable=not console.is_terminal)


def _need(*modules: str) -> None:
    missing = [name for name in modules if find_spec(name) is None]
    if missing:
        raise ConfigError("codesim train", f"{' and '.join(missing)} missing", "pip install 'codesim[train]'")
