"""`codesim train`: from folders of Python packages to the weights that a scan runs.

In: folders, then the files of the step before. Out: `corpus.npz` and `corpus.json`, `checkpoint.npz` and
`training.json`, `encoder.onnx` and `encoder.json`; none of them holds pickled objects. `pairs` writes a data set for
`codesim evaluate retrieval`. What needs torch is imported when it runs.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import click

from codesim.errors import ConfigError

if TYPE_CHECKING:
    from rich.progress import Progress

    from codesim.train.corpus import Package, SourceFunction

CORPUS, MANIFEST = "corpus.npz", "corpus.json"
CHECKPOINT, TRAINING = "checkpoint.npz", "training.json"
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
folders_argument = click.argument("folders", nargs=-1, type=FOLDER)
stdlib_option = click.option("--stdlib/--no-stdlib", default=True, help="Take the standard library as well.")
held_out_option = click.option(
    "--held-out", multiple=True, metavar="NAME", help="Validate on this package, train on the others. May be repeated."
)
out_option = click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder to write to."
)
seed_option = click.option("--seed", type=int, default=0, show_default=True, help="Of every random choice.")


@click.group(name="train", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Train the encoder: corpus, fit, export, or all three by run; pairs, to measure it."""


@command.command()
@folders_argument
@stdlib_option
@held_out_option
@click.option("--limit", type=click.IntRange(0), default=1200, show_default=True, help="Functions per package, 0: all.")
@click.option("--views", type=click.IntRange(1), default=2, show_default=True, help="Rewritten views per function.")
@seed_option
@out_option
def corpus(
    *, folders: tuple[Path, ...], stdlib: bool, held_out: tuple[str, ...], limit: int, views: int, seed: int, out: Path
) -> None:
    """Read the functions of packages in FOLDERS and compute their views."""
    import numpy as np

    from codesim.train.views import build_views

    packages = _packages(folders, stdlib, held_out)
    functions = _read_all(packages, limit, seed)
    if not functions:
        raise ConfigError("codesim train corpus", "no functions found", "name folders of Python packages")
    with _progress() as progress:
        shown = progress.track(functions, description="views")
        store = build_views(shown, {package.name for package in packages if package.held_out}, views, seed)
    out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(out / CORPUS, **store.as_arrays())  # type: ignore[arg-type]
    manifest = {
        "seed": seed,
        "functions": len(store.package),
        "views": len(store.role),
        "packages": [_described(package, functions) for package in packages],
    }
    _write_json(out / MANIFEST, manifest)
    click.echo(f"{out / CORPUS}: {len(store.package)} functions, {len(store.role)} views, {len(store.kind)} nodes")


@command.command()
@click.argument("folder", type=FOLDER)
@click.option("--epochs", type=click.IntRange(1), default=12, show_default=True, help="At most.")
@click.option("--seconds", type=float, default=0.0, help="Stop after the epoch that passes this; 0: no limit.")
@click.option("--learning-rate", type=float, default=2e-3, show_default=True)
@click.option("--patience", type=click.IntRange(1), default=4, show_default=True, help="Epochs without a better one.")
@click.option("--form", type=click.Choice(["auto", "dgl", "plain"]), default="auto", help="How messages are summed.")
@seed_option
def fit(
    *, folder: Path, epochs: int, seconds: float, learning_rate: float, patience: int, form: str, seed: int
) -> None:
    """Train on the corpus in FOLDER; the best weights so far are kept there."""
    _need("torch")
    import numpy as np

    from codesim.train.loop import TORCH_VERSION, EpochReport, TrainingOptions, train_encoder
    from codesim.train.views import ViewStore

    with np.load(folder / CORPUS, allow_pickle=False) as arrays:
        store = ViewStore.from_arrays(arrays)
    options = TrainingOptions(epochs, seconds, learning_rate, patience=patience, seed=seed, form=form)
    started = time.monotonic()
    reports: list[EpochReport] = []
    with _progress() as progress:
        task = progress.add_task("steps", total=None)

        def after_epoch(report: EpochReport, best: dict[str, Any]) -> None:
            reports.append(report)
            np.savez(folder / CHECKPOINT, **{name: value.numpy() for name, value in best.items()})
            summary = _training_summary(folder, asdict(options), reports, time.monotonic() - started)
            _write_json(folder / TRAINING, {**summary, "torch": TORCH_VERSION})
            progress.console.print(
                f"epoch {report.epoch}: loss {report.loss:.4f}, recall@1 {report.recall_kept:.4f} (names kept) "
                f"{report.recall_masked:.4f} (masked), {report.seconds:.0f} s"
            )

        train_encoder(store, options, after_epoch, _stepper(progress, task))
    click.echo(str(folder / CHECKPOINT))


@command.command()
@click.argument("folder", type=FOLDER)
@out_option
def export(folder: Path, out: Path) -> None:
    """Write the trained weights of FOLDER as encoder.onnx and encoder.json."""
    _need("torch", "onnx")
    import numpy as np

    from codesim.embed.weights import MODEL_FILE, RECORD_FILE
    from codesim.train.export import encoder_onnx, weights_record

    with np.load(folder / CHECKPOINT, allow_pickle=False) as arrays:
        model = encoder_onnx({name: arrays[name] for name in arrays.files})
    record = weights_record(model, json.loads((folder / TRAINING).read_text(encoding="utf-8")))
    out.mkdir(parents=True, exist_ok=True)
    (out / MODEL_FILE).write_bytes(model)
    (out / RECORD_FILE).write_text(record.as_json(), encoding="utf-8")
    click.echo(f"{out / MODEL_FILE}: {record.version}, {len(model):,} bytes")


@command.command()
@click.pass_context
@folders_argument
@stdlib_option
@held_out_option
@click.option("--epochs", type=click.IntRange(1), default=12, show_default=True, help="At most.")
@seed_option
@click.option("--work", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder for the steps.")
@out_option
def run(
    ctx: click.Context, folders: tuple[Path, ...], *, stdlib: bool, held_out: tuple[str, ...], epochs: int, seed: int,
    work: Path, out: Path,
) -> None:  # fmt: skip
    """Corpus, fit and export in one go, with their defaults."""
    _need("torch", "onnx")
    ctx.invoke(corpus, folders=folders, stdlib=stdlib, held_out=held_out, seed=seed, out=work)
    ctx.invoke(fit, folder=work, epochs=epochs, seed=seed)
    ctx.invoke(export, folder=work, out=out)


@command.command()
@folders_argument
@click.option("--functions", type=click.IntRange(1), default=5000, show_default=True, help="To hide the twins among.")
@click.option("--twins", type=click.IntRange(1), default=3000, show_default=True, help="Functions that get a twin.")
@seed_option
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="JSONL file to write.")
def pairs(folders: tuple[Path, ...], functions: int, twins: int, seed: int, out: Path) -> None:
    """Write transformed functions among others, from packages in FOLDERS that no training saw."""
    from codesim.train.pairs import make_pairs

    packages = _packages(folders, stdlib=False, held_out=())
    found = _read_all(packages, functions, seed)
    if len(found) < functions:
        click.echo(f"only {len(found)} functions found, {functions} asked for", err=True)
    found = Random(seed).sample(found, min(functions, len(found)))  # noqa: S311
    rows = list(make_pairs(found, twins, seed))
    with out.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(f"{row.as_line()}\n" for row in rows)
    click.echo(f"{out}: {len(rows)} rows")


def _packages(folders: Sequence[Path], stdlib: bool, held_out: Sequence[str]) -> list[Package]:
    from codesim.train.corpus import describe_package, standard_library

    packages = [describe_package(folder.resolve(), folder.name in held_out) for folder in folders]
    if stdlib:
        packages.insert(0, standard_library("stdlib" in held_out))
    unknown = set(held_out) - {package.name for package in packages}
    if unknown:
        raise ConfigError("--held-out", f"no such package among the folders: {', '.join(sorted(unknown))}")
    return packages


def _read_all(packages: Sequence[Package], limit: int, seed: int) -> list[SourceFunction]:
    from codesim.train.corpus import read_functions

    seen: set[str] = set()
    with _progress() as progress:
        shown = progress.track(packages, description="packages")
        return [function for package in shown for function in read_functions(package, seen, limit, seed)]


def _described(package: Package, functions: Sequence[SourceFunction]) -> dict[str, object]:
    taken = sum(function.package == package.name for function in functions)
    facts = {"name": package.name, "version": package.version, "licence": package.licence}
    return {**facts, "held_out": package.held_out, "functions": taken}


def _training_summary(
    folder: Path, options: dict[str, Any], reports: Sequence[Any], seconds: float
) -> dict[str, object]:
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    best = max(reports, key=lambda report: report.score)
    return {
        "corpus": manifest,
        "options": options,
        "epochs": len(reports),
        "best_epoch": best.epoch,
        "validation": {"recall_at_1_kept": best.recall_kept, "recall_at_1_masked": best.recall_masked},
        "seconds": round(seconds),
    }


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


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
