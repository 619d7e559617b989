"""The command line: `codesim COMMAND`, one file per command.

In: arguments. Out: an exit code (see `ExitCode`), findings on stdout, everything else on stderr. A command's module is
imported when it is asked for, and imports its rooms when it runs, so that `codesim --help` does not wait for them.
"""

from __future__ import annotations

import importlib
import io
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import click

from codesim import __version__
from codesim.errors import CodesimError, ExitCode

COMMANDS = {
    "scan": "codesim.cli.scan:command",
    "check": "codesim.cli.check:command",
    "compare": "codesim.cli.compare:command",
    "explain": "codesim.cli.explain:command",
    "baseline": "codesim.cli.baseline:command",
    "cache": "codesim.cli.cache:command",
    "graph": "codesim.cli.graph:command",
    "embed": "codesim.cli.embed:command",
    "config": "codesim.cli.config:command",
    "train": "codesim.cli.train:command",
    "evaluate": "codesim.cli.evaluate:command",
    "calibrate": "codesim.cli.calibrate:command",
    "completion": "codesim.cli.completion:command",
}
"""Where each command lives, in the order in which they are listed."""

TRACEBACK_VARIABLE = "CODESIM_TRACEBACK"
INTERRUPTED = 128 + 2
BROKEN_PIPE = 128 + 13
TERMINATED = 128 + 15


class _Terminated(BaseException):
    """SIGTERM came; an exception, so that what is open is closed and worker processes end."""


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
            with _terminable():
                result = self._invoke_and_flush(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except BrokenPipeError:
            _silence_stdout()
            ctx.exit(BROKEN_PIPE)
        except (KeyboardInterrupt, _Terminated) as ended:
            ctx.exit(_ended_by(ended))
        except CodesimError as error:
            _fail(ctx, f"error: {error}")
        except OSError as error:  # what the system refused is no bug of ours
            _fail(ctx, f"error: {_refused(error)}")
        except Exception as error:  # the last line of defence
            behind = _signal_behind(error)
            if behind is not None:
                ctx.exit(_ended_by(behind))
            _fail(ctx, _internal(error))
        return result

    def _invoke_and_flush(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        finally:  # after `ctx.exit` too: here a broken pipe can still be handled, on Python's way out it cannot
            sys.stdout.flush()


@contextmanager
def _terminable() -> Iterator[None]:
    """Let SIGTERM end the block as Ctrl-C does; a second signal ends the process there and then."""
    if threading.current_thread() is not threading.main_thread():  # signals belong to the main thread
        yield
        return

    def end(number: int, _: FrameType | None) -> NoReturn:
        for each in handled:
            handled[each] = signal.SIG_DFL
            signal.signal(each, signal.SIG_DFL)
        raise _Terminated if number == signal.SIGTERM else KeyboardInterrupt

    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    # what is ignored stays so, as Ctrl-C is in the background of a shell
    handled = {number: handler for number, handler in before.items() if handler is not signal.SIG_IGN}
    for number in handled:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in handled.items():
            signal.signal(number, handler)


def _signal_behind(error: BaseException) -> BaseException | None:
    """The signal that came while a compiled library was loaded, which made an ImportError of it."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        if isinstance(cause, (KeyboardInterrupt, _Terminated)):
            return cause
        seen.add(id(cause))
        cause = cause.__cause__ or cause.__context__
    return None


def _ended_by(ended: BaseException) -> int:
    if isinstance(ended, _Terminated):
        return TERMINATED
    click.echo("codesim: interrupted", err=True)
    # CPython kills itself by the signal in the end if the interrupt left an `exec`, as in the making of a dataclass,
    # unless there was another one since
    exec("")  # noqa: S102
    return INTERRUPTED


def _fail(ctx: click.Context, message: str) -> NoReturn:
    from codesim.source.paths import printable

    if os.environ.get(TRACEBACK_VARIABLE):
        import traceback

        traceback.print_exc()
    click.echo(printable(f"codesim: {message}"), err=True)
    ctx.exit(ExitCode.FAILURE)


def _refused(error: OSError) -> str:
    if isinstance(error, FileNotFoundError) and error.filename is None:
        return "the working directory is gone"
    place = f"{error.filename}: " if error.filename is not None else ""
    return f"{place}{error.strerror or error}"


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
        click.echo(f"codesim {__version__}")
        ctx.exit()


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


def run() -> NoReturn:
    """Run the command line as a process of its own: what the installed script and `python -m codesim` call.

    Processes that it starts do not look for modules in the working directory, where the scanned code is. Python's own
    way out would first free every object of a scan, one by one; the process ends without. What has to be closed was
    closed before.
    """
    os.environ["PYTHONSAFEPATH"] = "1"
    code: object = 0
    try:
        main(prog_name="codesim")
    except SystemExit as end:
        code = end.code
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))
