"""`codesim config`: which settings are in force, and where each came from."""

from __future__ import annotations

from pathlib import Path

import click

from codesim.cli.options import scan_options, settings_from
from codesim.config import RULES, ClassIgnore, FileIgnore, LoadedSettings, kebab
from codesim.source.paths import printable, shown_path


@click.command("config", short_help="Show the settings in force, and where each came from.")
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option("--show", is_flag=True, help="Print every setting, with its origin, in the form of a codesim.toml.")
@scan_options
def command(path: Path | None, show: bool, **options: object) -> None:
    """Show which configuration file is used for PATH (default: the working directory), and the project's root.

    The flags of a scan are understood here as well, to see what they would change.
    """
    loaded = settings_from(options, (path,) if path else ())
    file = shown_path(loaded.config_file) if loaded.config_file else "none"
    click.echo(f"# configuration file: {file}")
    click.echo(f"# root: {printable(loaded.root.as_posix())}")
    if show:
        for line in _settings_lines(loaded):
            click.echo(line)


def _settings_lines(loaded: LoadedSettings) -> list[str]:
    assignments = [f"{kebab(name)} = {_toml(getattr(loaded.settings, name))}" for name in RULES]
    width = max(len(text) for text in assignments if len(text) < 60)
    origins = [printable(loaded.origins[name]) for name in RULES]
    return [f"{text:<{width}}  # {origin}" for text, origin in zip(assignments, origins, strict=True)]


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, ClassIgnore):
        table = {name: part for name, part in value._asdict().items() if part}
        return f"{{{', '.join(f'{name} = {_toml(part)}' for name, part in table.items())}}}"
    if isinstance(value, FileIgnore):
        return _toml(":".join([value.pattern, *value.codes]))
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, str):
        return f'"{"".join(map(_toml_character, value))}"'
    return str(value)


def _toml_character(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    return char if char.isprintable() else f"\\U{ord(char):08x}"
