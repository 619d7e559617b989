"""`codesim check`: what given files, or what was just written, shares with the rest of the repository.

In: files, or what to compare with. Out: only the candidates that concern them, each with the original to reuse.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from codesim.cli.options import scan_options, settings_from, stdin_option
from codesim.config import LoadedSettings
from codesim.errors import ConfigError, ExitCode

if TYPE_CHECKING:
    from codesim.source import Discovery


@click.command("check", short_help="Report only what the given files share with each other and with the repository.")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--staged", is_flag=True, help="Judge what is staged: the lines that the next commit would add.")
@click.option("--since", metavar="REF", help="Judge the lines written since HEAD left REF, uncommitted ones included.")
@stdin_option
@scan_options
@click.pass_context
def command(
    ctx: click.Context, /, files: tuple[Path, ...], *, staged: bool, since: str | None, stdin_filename: Path | None,
    **options: object,
) -> None:  # fmt: skip
    """Check FILES (and folders) against the whole project: its root folder is searched for copies of what is in them.

    With --staged or --since, only the changed lines are judged, of all files or of FILES. The file - is read from
    standard input, and judged in place of what is on disk. What the settings exclude is not checked.

    Made for pre-commit: no files is no finding, and nothing is printed when there is nothing to say. Exit codes as
    for `scan`.
    """
    from codesim.cli.reporting import focus_notes, is_silent_when_clean, run_scan, tell, warn
    from codesim.cli.standard_input import read_standard_input
    from codesim.source import discover_files, focus_on_files, focus_on_staged, focus_since, shown_path

    if staged and since is not None:
        raise ConfigError("--staged", "does not go with --since", "--since judges what is staged as well")
    files, given = read_standard_input(files, stdin_filename, named_only=True)
    if staged and given is not None:
        raise ConfigError("--staged", "does not go with -", "what is staged is not what standard input holds")
    named = (*files, given.path) if given else files
    if not named and not staged and since is None:
        ctx.exit(ExitCode.CLEAN)
    loaded = settings_from(options, named)
    found = discover_files((loaded.root, *_from_elsewhere(files, loaded)), loaded.settings, loaded.root)
    found = given.laid_over(found) if given else found
    if staged:
        found, focus = focus_on_staged(found, loaded.settings, loaded.root)
    elif since is not None:
        focus = focus_since(found, since)
    else:
        focus = focus_on_files(found, _named_files(named, found))
    if named:
        wanted = set(map(shown_path, _named_files(named, found)))
        focus = replace(focus, changed={path: runs for path, runs in focus.changed.items() if path in wanted})
    if not loaded.settings.quiet:
        gone = [file for file in files if not os.path.lexists(file) and not _named_files([file], found)]
        warn(f"not checked: {file}: no such file" for file in gone)
    if loaded.settings.verbose:
        tell(focus_notes(focus))
    if not focus.changed and is_silent_when_clean(loaded.settings) and not loaded.settings.report:
        ctx.exit(ExitCode.CLEAN)
    ctx.exit(run_scan(found, loaded, focus))


def _from_elsewhere(files: Sequence[Path], loaded: LoadedSettings) -> list[Path]:
    """What the user named and a walk of the project would not find, by its place or its name."""
    from codesim.source import SUFFIXES, is_excluded

    absolute = [Path(os.path.abspath(file)) for file in files if file.exists()]  # noqa: PTH100  # drops `..` by name
    return [
        file
        for file in absolute
        if not file.is_relative_to(loaded.root)
        or (file.is_file() and file.suffix not in SUFFIXES and not is_excluded(file, loaded.settings, loaded.root))
    ]


def _named_files(named: Sequence[Path], found: Discovery) -> set[Path]:
    """The scanned files among those that the user named, or below the folders that he named."""
    absolute = {Path(os.path.abspath(path)) for path in named}  # noqa: PTH100  # drops `..` by name, as discovery does
    folders = [path for path in absolute if path.is_dir()]
    return {file for file in found.files if file in absolute or any(file.is_relative_to(folder) for folder in folders)}
