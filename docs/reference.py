"""The reference of commands and settings, written from the program itself.

In: the click commands, and the rules of `codesim.config`. Out: `reference/commands.md` and `reference/settings.md`
beside this file; with `--check` nothing is written, and what is out of date ends in exit code 1. Source: our own; of
click only the names and help texts are used, not its layout, so that another version of it changes no page.
"""

from __future__ import annotations

import difflib
import inspect
import sys
from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path

import click

from codesim.cli import main
from codesim.cli.config import toml_value
from codesim.config import RULES, Settings, kebab

FOLDER = Path(__file__).parent / "reference"
HEADER = "<!-- Written by docs/reference.py from the program; change the program, then run it. -->\n"


def commands_page() -> str:
    """Every command with its usage, its arguments and its options."""
    lines = [
        HEADER,
        "# Commands\n",
        "Options that are settings are linked to their [settings](settings.md): each has a key of the same name in a",
        "configuration file.\n",
    ]
    context = click.Context(main, info_name="codesim")
    for name in main.list_commands(context):
        if command := main.get_command(context, name):
            lines += _command(command, f"codesim {name}", 2)
    return "\n".join(lines)


def _command(command: click.Command, name: str, level: int) -> Iterator[str]:
    yield f"{'#' * level} {name}\n"
    context = click.Context(command, info_name=name)
    arguments = [item for item in command.params if isinstance(item, click.Argument)]
    options = [item for item in command.params if isinstance(item, click.Option) and not item.hidden]
    nested = command.commands if isinstance(command, click.Group) else {}
    words = ["[OPTIONS]"] * bool(options) + [_argument(item) for item in arguments] + ["COMMAND"] * bool(nested)
    yield f"```text\n{' '.join([name, *words])}\n```\n"
    yield f"{_prose(command.help or '')}\n"
    if options:
        yield "| option | meaning |\n|---|---|"
        yield from (_option(item, context) for item in options)
        yield ""
    for child, inner in nested.items():
        yield from _command(inner, f"{name} {child}", level + 1)


def _argument(item: click.Argument) -> str:
    shown = item.metavar or (item.name or "").upper()
    if isinstance(item.type, click.Choice) and not item.metavar:
        shown = "|".join(map(str, item.type.choices))
    many = "" if item.nargs == 1 or shown.endswith("...") else "..."
    return f"{shown}{many}" if item.required else f"[{shown}]{many}"


def _option(item: click.Option, context: click.Context) -> str:
    flags = ", ".join(item.opts)
    if item.secondary_opts:
        flags += f" / {', '.join(item.secondary_opts)}"
    said = (item.help or "").replace("  [default", " [default")
    if isinstance(item.type, click.Choice) and not item.is_flag:
        flags += " VALUE"
        said = f"{said} One of {_choices(item.type.choices)}."
    elif not (item.is_flag or item.count):
        flags += f" {item.metavar or item.type.name.upper()}"
    if item.show_default and (default := item.get_default(context)) is not None:
        said += f" [default: {default}]"
    if item.required:
        said += " [required]"
    shown = f"[`{flags}`](settings.md#{kebab(str(item.name))})" if _is_setting(item) else f"`{flags}`"
    return f"| {shown} | {_cell(said)} |"


def _is_setting(item: click.Option) -> bool:
    """Whether a flag is that of a setting: `graph` has a `--format` of its own."""
    rule = RULES.get(item.name or "")
    return rule is not None and (item.help or "").startswith(rule.doc)


def _choices(values: Iterable[object]) -> str:
    return ", ".join(f"`{value}`" for value in values)


def _prose(text: str) -> str:
    """Help as Markdown: what click keeps line by line becomes a listing."""
    parts = []
    for part in inspect.cleandoc(text).split("\n\n"):
        plain = part.removeprefix("\b\n")
        parts.append(_escaped(part) if plain == part else f"```text\n{plain}\n```")
    return "\n\n".join(parts)


def settings_page() -> str:
    """Every setting with its key, flag, type, default and meaning."""
    lines = [
        HEADER,
        "# Settings\n",
        "A key stands in `[tool.codesim]` of `pyproject.toml`, or at the top of `codesim.toml`; see",
        "[configuration](../configuration.md). `codesim config --show` prints the values in force.\n",
    ]
    for item in fields(Settings):
        rule, key = RULES[item.name], kebab(item.name)
        flags = [f"`--{key}`"] * rule.flag
        flags += [f"`--no-{key}`"] * (rule.optional or isinstance(item.default, bool))
        lines += [
            f"## {key}\n",
            f"{_escaped(rule.doc)}\n",
            f"- type: {_type_of(item.name)}",
            f"- default: `{toml_value(item.default)}`",
            f"- flag: {', '.join(flags) or 'none'}\n",
        ]
    return "\n".join(lines)


def _type_of(name: str) -> str:
    rule, default = RULES[name], getattr(Settings(), name)
    if isinstance(default, bool):
        return "true or false"
    if rule.form:
        return rule.form
    if isinstance(default, tuple):
        return f"list of FORMAT=FILE, FORMAT one of {_choices(rule.choices)}" if rule.choices else "list of texts"
    if rule.choices:
        return f"one of {_choices(rule.choices)}"
    if isinstance(default, str):
        return ("path" if rule.path else "text") + (", may be empty" if rule.optional else "")
    words = "whole number" if isinstance(default, int) else "number"
    bounds = []
    if rule.low is not None:
        bounds.append(f"at least {rule.low:g}")
    if rule.high is not None:
        bounds.append(f"at most {rule.high:g}")
    return ", ".join([words, *bounds])


def _cell(text: str) -> str:
    return _escaped(" ".join(text.split())).replace("|", "\\|")


def _escaped(text: str) -> str:
    """Plain text as Markdown, its code in backticks left alone."""
    parts = text.split("`")
    for k in range(0, len(parts), 2):
        for char in "\\*_<[":
            parts[k] = parts[k].replace(char, f"\\{char}")
    return "`".join(parts)


def run(check: bool) -> int:
    """Write the pages, or with `check` compare them; the exit code."""
    stale = 0
    for name, text in (("commands.md", commands_page()), ("settings.md", settings_page())):
        file = FOLDER / name
        old = file.read_text(encoding="utf-8") if file.exists() else ""
        if old == text:
            continue
        if not check:
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
            continue
        stale = 1
        sys.stdout.writelines(difflib.unified_diff(old.splitlines(True), text.splitlines(True), str(file), "program"))
        print(f"{file} is out of date: run python docs/reference.py")
    return stale


if __name__ == "__main__":
    sys.exit(run("--check" in sys.argv[1:]))
