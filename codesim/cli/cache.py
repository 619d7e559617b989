"""`codesim cache`: what is kept for the next run, and how to be rid of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from codesim.cli.options import setting_options, settings_from
from codesim.errors import ConfigError, ExitCode

_path = click.argument("path", required=False, type=click.Path(path_type=Path))
_options = setting_options("cache_dir", "cache_size")


@click.group(
    "cache",
    short_help="Say what is kept for the next run, or remove it.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
def command() -> None:
    """Look at the cache, or remove it: it only saves time, and is filled again by the next scan."""


@command.command()
@_path
@_options
@click.pass_context
def info(ctx: click.Context, /, path: Path | None, **options: object) -> None:
    """Say where the cache of the project at PATH is, how large, and when it was used.

    PATH is the working directory if none is given.
    """
    from codesim.source import printable, shown_path
    from codesim.store import CACHE_VERSION, Cache, has_cache

    loaded = settings_from(options, [path] if path else [])
    folder = loaded.cache_folder
    click.echo(printable(f"folder: {shown_path(folder)}"))
    if not has_cache(folder):
        click.echo("no cache: nothing was kept yet")
        ctx.exit(ExitCode.CLEAN)
    with Cache(folder) as cache:
        if cache.notice:
            click.echo(printable(f"codesim: warning: {cache.notice}"), err=True)
        size, day = cache.size(), cache.last_use()
        on_disk = sum(file.stat().st_size for file in folder.glob(f"{cache.file.name}*"))
    click.echo(f"size: {_megabytes(on_disk)} on disk; at most {loaded.settings.cache_size:,} MB are kept")
    click.echo(f"entries: {size.entries:,}, {_megabytes(size.bytes)}")
    last = "never" if day is None else datetime.fromtimestamp(86400 * day, tz=UTC).date().isoformat()
    click.echo(f"last use: {last}")
    click.echo(f"schema: {CACHE_VERSION}")
    ctx.exit(ExitCode.CLEAN)


@command.command()
@_path
@_options
@click.pass_context
def clear(ctx: click.Context, /, path: Path | None, **options: object) -> None:
    """Remove the cache of the project at PATH (default: the working directory).

    A folder that holds anything else is left alone.
    """
    from codesim.source import printable, shown_path
    from codesim.store import is_cache_folder, remove_cache

    loaded = settings_from(options, [path] if path else [])
    folder = loaded.cache_folder
    if not folder.exists() and not folder.is_symlink():
        click.echo(printable(f"{shown_path(folder)}: there is no cache"))
        ctx.exit(ExitCode.CLEAN)
    if not is_cache_folder(folder):
        problem = "is no folder that holds codesim's cache and nothing else; it was left as it is"
        raise ConfigError(shown_path(folder), problem, "remove what is yours, or the folder, by hand")
    remove_cache(folder)
    click.echo(printable(f"{shown_path(folder)}: removed"))
    ctx.exit(ExitCode.CLEAN)


def _megabytes(count: int) -> str:
    return f"{count / 2**20:,.1f} MB"
