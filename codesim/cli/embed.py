"""`codesim embed`: the vectors of functions, for whoever wants to search, cluster or measure them himself.

In: Python files and folders, or a JSONL file of functions. Out: an npz file with `ids` and `vectors` (float32), no
pickle. Cosine of two rows is the similarity that a scan starts from.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

import click

from codesim.cli.options import setting_options, settings_from
from codesim.config import Settings

MOST_PROBLEMS = 10


@click.command("embed", short_help="Write the vectors of functions to an npz file.")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--jsonl", type=click.File("r", encoding="utf-8", errors="surrogateescape"), help="Lines instead of paths."
)
@click.option("-o", "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="npz file to write.")
@click.option("--mask", type=click.Choice(["own", "locals", "none"]), help="Names to hide; with --jsonl only.")
@click.option("--weights", type=click.Path(exists=True, path_type=Path), help="Weights to use; default: shipped.")
@setting_options("jobs")
def command(
    paths: tuple[Path, ...],
    *,
    jsonl: IO[str] | None,
    out: Path,
    mask: str | None,
    weights: Path | None,
    jobs: int | None,
) -> None:
    r"""Embed all functions of PATHS, or the lines of a JSONL file, into OUT.

    OUT holds the arrays `ids` and `vectors` (float32, a row for each id). Of PATHS, ids are path::qualname. A line of a
    JSONL file is {"id", "source"}; other fields are passed over. Where a source holds more than one function, the
    first one counts, methods included. Every line has its row: one that cannot be read is a row of zeros, counted on
    stderr, and if its id cannot be read either, has an empty id.
    """
    import numpy as np

    from codesim.embed import Encoder
    from codesim.evaluate import Mask, embed_chunks, file_chunks, line_chunks

    if (jsonl is None) is not bool(paths):
        raise click.UsageError("name PATHS, or a file with --jsonl.")
    if jsonl is None and mask is not None:
        raise click.UsageError("--mask belongs to --jsonl.")
    problems: list[str] = []
    settings = settings_from({"jobs": jobs}, paths).settings
    chunks = line_chunks(jsonl) if jsonl is not None else file_chunks(_files(paths, settings, problems))
    ids: list[str] = []
    vectors = [np.zeros((0, Encoder.load(weights).dim), dtype=np.float32)]
    for found in embed_chunks(chunks, weights, Mask(mask or "none"), settings.jobs or os.cpu_count() or 1):
        ids += found.ids
        vectors.append(found.vectors)
        problems += found.problems
    rows = np.concatenate(vectors)
    with out.open("wb") as stream:  # given a name, numpy would add an ending
        np.savez(stream, ids=np.array(ids, dtype=np.str_), vectors=rows)
    _tell(problems)
    zero = int((~rows.any(axis=1)).sum())
    click.echo(f"{out}: {len(ids):,} rows, {zero:,} of them zero", err=True)


def _files(paths: tuple[Path, ...], settings: Settings, problems: list[str]) -> tuple[Path, ...]:
    from codesim.source import discover_files

    found = discover_files(paths, settings)
    problems += [f"{skipped.path}: {skipped.reason}" for skipped in found.skipped]
    return found.files


def _tell(problems: list[str]) -> None:
    from codesim.source import printable

    for problem in problems[:MOST_PROBLEMS]:
        click.echo(printable(f"codesim: {' '.join(problem.split())}"), err=True)
    if problems:
        click.echo(f"codesim: {len(problems):,} could not be read", err=True)
