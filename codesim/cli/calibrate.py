"""`codesim calibrate`: fit the score on labelled pairs, and say how far it can be trusted.

In: JSONL files of pairs. Out: the figures on stdout, and where asked for the fitted model as JSON and the calibration
curve as SVG. Without pairs to measure on, every package is measured by a model that was fitted without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from codesim.evaluate import Calibration, EvidenceTable, Pair
    from codesim.verify import ScoreModel

PAIRS = click.Path(exists=True, dir_okay=False, path_type=Path)
WRITTEN = click.Path(dir_okay=False, path_type=Path)


@click.command(short_help="Fit the score on labelled pairs, and measure it.")
@click.argument("files", metavar="PAIRS...", nargs=-1, required=True, type=PAIRS)
@click.option("--test", "tests", multiple=True, type=PAIRS, help="Pairs to measure on, not fitted on. May be repeated.")
@click.option("--keep", is_flag=True, help="Fit nothing: measure the shipped score on PAIRS.")
@click.option("-o", "--out", type=WRITTEN, help="Write the fitted model here, as JSON.")
@click.option("--curve", type=WRITTEN, help="Write the calibration curve here, as SVG.")
def command(
    files: tuple[Path, ...], *, tests: tuple[Path, ...], keep: bool, out: Path | None, curve: Path | None
) -> None:
    r"""Fit the score on PAIRS, and print how well it ranks pairs and holds as a probability.

    A line of a file is {"a", "b", "label", "kind"}: the texts of two functions, 1 if they should be merged as
    equals, else 0, and what makes them a pair. A "group" of the form "PACKAGE/..." tells packages apart: give
    --test files of other packages, or none, for five-fold cross-validation over packages. `codesim train data
    judgements` writes such files.
    """
    from codesim.evaluate import cross_validated, draw_curve, fit_model, measure_scores, scores_of
    from codesim.verify import shipped_model

    if keep and (out is not None or tests):
        raise click.UsageError("--keep fits nothing: it goes with neither --out nor --test")
    table = _read_table(files)
    model = shipped_model() if keep else fit_model(table)
    measured = _read_table(tests) if tests else table
    across = not keep and not tests
    scores = cross_validated(table) if across else scores_of(model, measured)
    figures = measure_scores(scores, measured)
    shared = set(table.packages) & set(measured.packages) if tests else set()
    if shared:
        click.echo(f"codesim: fitted and measured on the same package: {', '.join(sorted(shared))}", err=True)
    how = "shipped score" if keep else "held-out folds of packages" if across else "pairs that were not fitted on"
    _print_figures(figures, how)
    _print_model(model)
    if out is not None:
        record = {
            "pairs": len(table.labels),
            "packages": sorted(set(table.packages)),
            "sha256": _digest(files),
            "measured_on": {"packages": sorted(set(measured.packages)), "how": how, **figures.as_record()},
        }
        out.write_text(replace(model, fitted=record).as_json(), encoding="utf-8")
    if curve is not None:
        curve.write_text(draw_curve(figures.bins, f"{figures.pairs} pairs: {how}"), encoding="utf-8")


def _read_table(files: Sequence[Path]) -> EvidenceTable:
    from rich.console import Console
    from rich.progress import Progress

    from codesim.embed import Encoder
    from codesim.errors import SourceError
    from codesim.evaluate import Pair, read_data, read_evidence

    pairs: list[Pair] = []
    for file in files:
        with file.open(encoding="utf-8", newline="\n") as lines:
            for row in read_data(lines, str(file)):
                if not isinstance(row, Pair):
                    raise SourceError(str(file), None, "holds no pairs")
                pairs.append(row)
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("aligning", total=len(pairs))
        table = read_evidence(pairs, Encoder.load(), lambda count: progress.advance(task, count))
    if table.unread:
        click.echo(f"codesim: {table.unread} pairs cannot be read and are left out", err=True)
    return table


def _digest(files: Sequence[Path]) -> str:
    """One hash of all files, whatever their names."""
    import hashlib

    parts = sorted(hashlib.sha256(file.read_bytes()).hexdigest() for file in files)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _print_figures(figures: Calibration, how: str) -> None:
    click.echo(f"{figures.pairs} pairs, {how}")
    click.echo(f"ROC-AUC                     {figures.roc_auc:.4f}")
    click.echo(f"expected calibration error  {figures.error_width:.4f}  (15 bins of equal width)")
    click.echo(f"                            {figures.error_mass:.4f}  (15 bins of equal mass)")
    click.echo("\n  pairs  mean score  share alike")
    for part in figures.bins:
        click.echo(f"{part.count:7}  {part.score:10.3f}  {part.alike:11.3f}")
    click.echo(f"\n{'kind':<28} label  pairs  mean score  >= 0.5  ROC-AUC")
    for kind in figures.kinds:
        click.echo(
            f"{kind.kind:<28} {int(kind.alike):5}  {kind.count:5}  {kind.mean:10.3f}  {kind.above_even:6.3f}"
            f"  {kind.roc_auc:7.3f}"
        )


def _print_model(model: ScoreModel) -> None:
    click.echo("\nweight  feature")
    for item in fields(model.weights):
        click.echo(f"{getattr(model.weights, item.name):6.2f}  {item.name}")
    click.echo(f"{model.bias:6.2f}  bias")
    for name, number in model.correction._asdict().items():
        click.echo(f"{number:6.2f}  {name} (correction)")
