"""`codesim config`: which settings are in force, and where each came from."""

from __future__ import annotations

import json
from pathlib import Path

import click

from codesim.cli.options import scan_options, settings_from
from codesim.config import RULES, ClassIgnore, FileIgnore, LoadedSettings, kebab


@click.command("config", short_help="Show the settings in force, and where each came from.")
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option("--show", is_flag=True, help="Print every setting, with its origin, in the form of a codesim.toml.")
@click.option("--json", "as_json", is_flag=True, help="Print every setting with its origin as JSON, for other tools.")
@scan_options
def command(path: Path | None, show: bool, as_json: bool, **options: object) -> None:
    """Show which configuration file is used for PATH (default: the working directory), and the project's root.

    The flags of a scan are understood here as well, to see what they would change.
    """
    from codesim.source import shown_path

    loaded = settings_from(options, (path,) if path else ())
    if as_json:
        click.echo(_settings_json(loaded))
        return
    file = shown_path(loaded.config_file) if loaded.config_file else "none"
    click.echo(_comment(f"configuration file: {file}"))
    if loaded.passed_over:
        click.echo(_comment(f"passed over, codesim.toml stands beside it: {shown_path(loaded.passed_over)}"))
    click.echo(_comment(f"root: {loaded.root.as_posix()}"))
    if show:
        for line in _settings_lines(loaded):
            click.echo(line)


def _settings_json(loaded: LoadedSettings) -> str:
    settings = {
        kebab(name): {"value": getattr(loaded.settings, name), "origin": loaded.origins[name]} for name in RULES
    }
    file = str(loaded.config_file) if loaded.config_file else None
    return json.dumps(
        {"configuration_file": file, "root": str(loaded.root), "settings": settings}, indent=2, default=str
    )


def _settings_lines(loaded: LoadedSettings) -> list[str]:
    assignments = [f"{kebab(name)} = {toml_value(getattr(loaded.settings, name))}" for name in RULES]
    width = max(len(text) for text in assignments if len(text) < 60)
    comments = [_comment(loaded.origins[name]) for name in RULES]
    return [f"{text:<{width}}  {comment}" for text, comment in zip(assignments, comments, strict=True)]


def _comment(text: str) -> str:
    """A comment of one line, whatever the names of files hold."""
    from codesim.source import printable

    return "# " + printable(text).replace("\n", "\\n")


def toml_value(value: object) -> str:
    """Spell the value of a setting in TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, ClassIgnore):
        table = {name: part for name, part in value._asdict().items() if part}
        return f"{{{', '.join(f'{name} = {toml_value(part)}' for name, part in table.items())}}}"
    if isinstance(value, FileIgnore):
        return toml_value(":".join([value.pattern, *value.codes]))
    if isinstance(value, tuple):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, str):
        return f'"{"".join(map(_toml_character, value))}"'
    return str(value)


def _toml_character(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    return char if char.isprintable() else f"\\U{ord(char):08x}"
