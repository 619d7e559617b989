"""Options that commands share: a flag for each setting, and the console.

In: the fields of `Settings` with their rules, and what the user typed. Out: click options, `LoadedSettings`, a rich
console. The flags are derived, never listed: a new setting gets its flag, its key and its help in one place.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

import click

from codesim.config import RULES, LoadedSettings, Settings, kebab, load_settings

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem
    from rich.console import Console

Decorated = TypeVar("Decorated", bound=Callable[..., object])

SHORT_FLAGS = {"format": "-f", "jobs": "-j", "output": "-o", "quiet": "-q", "verbose": "-v"}
PLAIN_WIDTH = 120
"""Columns off a terminal: fixed, so that the same scan prints the same bytes everywhere."""


def setting_options(*names: str) -> Callable[[Decorated], Decorated]:
    """Give a command the flags of some settings; without names, of all.

    Each is passed to the command under its field's name, as None (or an empty tuple) when the user did not give it.

    Args:
        names: fields of `Settings`.
    """

    def decorate(command: Decorated) -> Decorated:
        for name in reversed([name for name in names or RULES if RULES[name].flag]):
            command = _option(name)(command)
        return command

    return decorate


def complete_files(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Let the shell complete the name of a file, where the value is no `click.Path`."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


stdin_option = click.option(
    "--stdin-filename",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Name of the file that - reads from standard input; it need not exist.",
)

scan_options = setting_options()
"""The flags of every setting, for a command that scans."""


def settings_from(options: Mapping[str, object], paths: Sequence[Path] = ()) -> LoadedSettings:
    """Load the settings for a command.

    Args:
        options: the command's keyword arguments; what is no setting is passed over.
        paths: what the user named; the configuration nearest to all of it is used. None means the working directory.

    Returns:
        LoadedSettings: flags over file over defaults.

    Raises:
        ConfigError: a value does not fit, or the configuration file is wrong.
    """
    given = {name: value for name, value in options.items() if name in RULES and value is not None and value != ()}
    return load_settings(_start(paths), given)


def make_console(color: str, stderr: bool = False) -> Console:
    """Make a console that prints text as it is: markup in scanned code has no effect.

    `--color` decides; left at `auto`, a non-empty NO_COLOR and then FORCE_COLOR decide, then whether it is a terminal.

    Args:
        color: "auto", "always" or "never".
        stderr: write to stderr in place of stdout.

    Returns:
        Console: without any ANSI code if there is to be no colour; off a terminal, `PLAIN_WIDTH` columns wide.
    """
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    terminal = stream.isatty()
    colored = color == "always"
    if color == "auto":
        dumb = os.environ.get("TERM", "").lower() in {"dumb", "unknown"}
        colored = not os.environ.get("NO_COLOR") and (bool(os.environ.get("FORCE_COLOR")) or (terminal and not dumb))

    def build(color_system: Literal["auto", "standard"] | None) -> Console:
        return Console(
            stderr=stderr,
            color_system=color_system,
            force_terminal=colored,
            no_color=not colored,
            width=None if terminal else PLAIN_WIDTH,
            markup=False,
            emoji=False,
            highlight=False,
        )

    console = build("auto" if colored else None)
    # colour may be asked for where rich finds no terminal that has it
    return build("standard") if colored and console.color_system is None else console


def _option(name: str) -> Callable[[Decorated], Decorated]:
    rule = RULES[name]
    default = next(item.default for item in fields(Settings) if item.name == name)
    flag = f"--{kebab(name)}"
    short = (SHORT_FLAGS[name],) if name in SHORT_FLAGS else ()
    if isinstance(default, bool):
        shown = "on" if default else "off"
        text = f"{rule.doc}  [default: {shown}]"
        return click.option(f"{flag}/--no-{kebab(name)}", *short, name, default=None, help=text)
    if rule.read:
        return click.option(flag, name, multiple=True, metavar="PATTERN:CODE", help=f"{rule.doc} May be repeated.")
    if isinstance(default, tuple):
        item = "FORMAT=FILE" if rule.path else "PATTERN"
        return click.option(flag, name, multiple=True, metavar=item, help=f"{rule.doc} May be repeated.")
    text = f"{rule.doc}  [default: {default}]"
    if rule.choices:
        return click.option(flag, *short, name, type=click.Choice(rule.choices), default=None, help=text)
    if rule.optional:
        return _optional(flag, name, text)
    if rule.path:
        return click.option(flag, *short, name, default=None, metavar="PATH", help=text, shell_complete=complete_files)
    return click.option(flag, *short, name, type=type(default), default=None, help=text)


def _optional(flag: str, name: str, text: str) -> Callable[[Decorated], Decorated]:
    """A flag with a path, and the flag that empties it."""
    filled = click.option(flag, name, default=None, metavar="PATH", help=text, shell_complete=complete_files)
    emptied = click.option(f"--no-{kebab(name)}", name, flag_value="", default=None, help=f"Do without {flag}.")
    return lambda command: filled(emptied(command))


def _start(paths: Sequence[Path]) -> Path:
    if not paths:
        return Path.cwd()
    absolute = [os.path.abspath(path) for path in paths]  # noqa: PTH100  # drops `..` by name, as discovery does
    try:
        return Path(os.path.commonpath(absolute))
    except ValueError:  # several drives on Windows
        return Path(absolute[0])
