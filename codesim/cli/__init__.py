"""The command line: `codesim COMMAND`, one file per command.

In: arguments. Out: an exit code (see `ExitCode`), findings on stdout, everything else on stderr. A command's module is
imported when it is asked for, and imports its rooms when it runs, so that `codesim --help` does not wait for them.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import io
import os
import sys
import traceback
from typing import NoReturn

import click

from codesim.errors import CodesimError, ExitCode

COMMANDS = {
    "scan": "codesim.cli.scan:command",
    "check": "codesim.cli.check:command",
    "compare": "codesim.cli.compare:command",
    "explain": "codesim.cli.explain:command",
    "baseline": "codesim.cli.baseline:command",
    "graph": "codesim.cli.graph:command",
    "embed": "codesim.cli.embed:command",
    "config": "codesim.cli.config:command",
    "train": "codesim.cli.train:command",
    "evaluate": "codesim.cli.evaluate:command",
    "calibrate": "codesim.cli.calibrate:command",
}
"""Where each command lives, in the order in which they are listed."""

TRACEBACK_VARIABLE = "CODESIM_TRACEBACK"
INTERRUPTED = 128 + 2
BROKEN_PIPE = 128 + 13


class CodesimGroup(click.Group):
    """A click group that imports its commands late and turns every failure into a message and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands without importing them."""
        return [*COMMANDS, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; click itself handles usage errors (exit code 2)."""
        _tolerate_any_character()
        try:
            result = self._invoke_and_flush(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except BrokenPipeError:
            _silence_stdout()
            ctx.exit(BROKEN_PIPE)
        except KeyboardInterrupt:
            click.echo("codesim: interrupted", err=True)
            ctx.exit(INTERRUPTED)
        except CodesimError as error:
            _fail(ctx, f"error: {error}")
        except Exception as error:  # the last line of defence
            _fail(ctx, _internal(error))
        return result

    def _invoke_and_flush(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        finally:  # after `ctx.exit` too: here a broken pipe can still be handled, on Python's way out it cannot
            sys.stdout.flush()


def _fail(ctx: click.Context, message: str) -> NoReturn:
    from codesim.source.paths import printable

    if os.environ.get(TRACEBACK_VARIABLE):
        traceback.print_exc()
    click.echo(printable(f"codesim: {message}"), err=True)
    ctx.exit(ExitCode.FAILURE)


def _internal(error: Exception) -> str:
    text = " ".join(str(error).split())
    return (
        f"internal error: {type(error).__name__}: {text}\n"
        f"Please report this as a bug, with the traceback that {TRACEBACK_VARIABLE}=1 shows."
    )


def _tolerate_any_character() -> None:
    """Scanned code may hold characters that the terminal's encoding lacks; they are escaped, never a crash."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _silence_stdout() -> None:
    """Keep Python from complaining when it flushes stdout on its way out (documented in Python's `signal` page)."""
    try:
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, sys.stdout.fileno())
    except (OSError, ValueError):  # stdout is no real file
        return


def _print_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(f"codesim {version()}")
        ctx.exit()


def version() -> str:
    """Tell the installed version; "unknown" when codesim runs from a checkout that was never installed."""
    try:
        return importlib.metadata.version("codesim")
    except importlib.metadata.PackageNotFoundError:
        return "unknown"


@click.group(cls=CodesimGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
def main() -> None:
    """Find what is written twice in Python code and would be better written once."""
