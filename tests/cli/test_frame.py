"""The frame of the command line: lazy commands, failures as exit codes, flags of settings, and the console."""

from __future__ import annotations

import importlib.util
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

import codesim
from codesim.cli import COMMANDS, CodesimGroup, main
from codesim.cli.options import make_console, scan_options, setting_options, settings_from
from codesim.config import RULES, Settings, kebab
from codesim.errors import CodesimError, ExitCode, SourceError

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(codesim.__path__[0]).parent)}


def run_group(function: Callable[..., object], *args: str) -> Result:
    group = CodesimGroup(name="codesim")
    group.add_command(click.command("act")(function))
    return CliRunner().invoke(group, ["act", *args])


def test_every_command_is_there_and_says_what_it_does() -> None:
    context = click.Context(main)
    assert main.list_commands(context) == list(COMMANDS)
    for name in COMMANDS:
        command = main.get_command(context, name)
        assert command is not None
        assert command.get_short_help_str()


def test_each_command_lives_in_a_module_of_its_name() -> None:
    for name, place in COMMANDS.items():
        module, _, attribute = place.partition(":")
        assert (module, attribute) == (f"codesim.cli.{name}", "command")
        assert importlib.util.find_spec(module) is not None


def test_help_lists_the_commands() -> None:
    for flag in ("-h", "--help"):
        result = CliRunner().invoke(main, [flag])
        assert result.exit_code == 0
        assert all(f"\n  {name} " in result.output for name in COMMANDS)


def test_no_help_waits_for_a_room_or_a_library() -> None:
    """`--help` takes 0.1 s because of this: of the group, and of every command."""
    code = (
        "import sys, json\nfrom click.testing import CliRunner\nfrom codesim.cli import COMMANDS, main\n"
        "seen = {'': CliRunner().invoke(main, ['--help']).exit_code}\n"
        "for name in COMMANDS: seen[name] = CliRunner().invoke(main, [name, '--help']).exit_code\n"
        "print(json.dumps([seen, sorted(sys.modules)]))"
    )
    result = subprocess.run([sys.executable, "-c", code], env=ENVIRONMENT, capture_output=True, check=True)
    seen, modules = json.loads(result.stdout)
    assert set(seen) == {"", *COMMANDS}
    assert set(seen.values()) == {0}
    rooms = {name.split(".")[1] for name in modules if name.startswith("codesim.")}
    assert rooms <= {"cli", "config", "errors", "rooms"}
    loaded = {name.partition(".")[0] for name in modules}
    assert loaded.isdisjoint({"numpy", "rich", "onnxruntime", "faiss", "libcst", "networkx", "torch", "dgl"})
    assert "importlib.metadata" not in modules


def test_version() -> None:
    result = CliRunner().invoke(main, ["--version"])
    assert result.exit_code == 0
    assert result.stdout.startswith("codesim ")


def test_usage_errors_end_in_2() -> None:
    for args in (["nonsense"], ["config", "--nonsense"], ["config", "--jobs", "many"], ["config", "--format", "xml"]):
        assert CliRunner().invoke(main, args).exit_code == ExitCode.FAILURE


def test_an_expected_error_is_a_message() -> None:
    def act() -> None:
        raise SourceError("a\x1b[31m.py", 3, "does not fit")

    result = run_group(act)
    assert result.exit_code == ExitCode.FAILURE
    assert result.stdout == ""
    assert result.stderr == "codesim: error: a\\x1b[31m.py:3: does not fit\n"


def test_an_unexpected_error_is_a_message_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def act() -> None:
        raise TypeError("not\nthat")

    monkeypatch.delenv("CODESIM_TRACEBACK", raising=False)
    result = run_group(act)
    assert result.exit_code == ExitCode.FAILURE
    assert result.stderr.splitlines()[0] == "codesim: internal error: TypeError: not that"
    assert "report" in result.stderr
    assert "Traceback" not in result.stderr
    monkeypatch.setenv("CODESIM_TRACEBACK", "1")
    assert "Traceback (most recent call last)" in run_group(act).stderr


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt(), 130), (BrokenPipeError(), 141), (MemoryError(), 2)])
def test_other_ends(error: BaseException, code: int) -> None:
    def act() -> None:
        raise error

    assert run_group(act).exit_code == code


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OSError(36, "File name too long", "xx\x1b"), "xx\\x1b: File name too long"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (OSError("odd"), "odd"),
        (FileNotFoundError(2, "No such file or directory"), "the working directory is gone"),
    ],
)
def test_what_the_system_refuses_is_no_internal_error(error: OSError, message: str) -> None:
    def act() -> None:
        raise error

    result = run_group(act)
    assert result.exit_code == ExitCode.FAILURE
    assert result.stderr == f"codesim: error: {message}\n"


def test_a_working_directory_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    result = CliRunner().invoke(main, ["config"])
    assert (result.exit_code, result.stderr) == (2, "codesim: error: the working directory is gone\n")


def test_exit_codes_of_commands_pass_through() -> None:
    def act() -> None:
        click.get_current_context().exit(ExitCode.FINDINGS)

    assert run_group(act).exit_code == ExitCode.FINDINGS


@pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")
@pytest.mark.parametrize("lines", [10, 100_000])
def test_a_closed_pipe_is_silent(lines: int) -> None:
    code = (
        "import click, sys\nfrom codesim.cli import CodesimGroup\ngroup = CodesimGroup(name='codesim')\n"
        "@group.command()\n@click.pass_context\ndef act(ctx):\n    sys.stdin.readline()\n"
        f"    for _ in range({lines}): sys.stdout.write('x' * 100)\n    ctx.exit(1)\n"
        "group(['act'])"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()  # before the command writes, which waits for a line
    process.stdout = None
    _, errors = process.communicate(b"\n", timeout=30)
    assert process.returncode == 141
    assert errors == b""


def test_a_character_that_the_terminal_lacks_is_escaped() -> None:
    code = (
        "import click, sys\nfrom codesim.cli import CodesimGroup\ngroup = CodesimGroup(name='codesim')\n"
        "@group.command()\ndef act(): sys.stdout.write('größe \\udcff')\n"
        "group(['act'])"
    )
    environment = {**ENVIRONMENT, "PYTHONIOENCODING": "ascii"}
    result = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=False)
    assert result.stdout.split() == [b"gr\\xf6\\xdfe", b"\\udcff"]


def test_python_dash_m() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "codesim", "--version"], env=ENVIRONMENT, capture_output=True, check=True
    )
    assert result.stdout.startswith(b"codesim ")


def given(*args: str) -> dict[str, object]:
    seen: dict[str, object] = {}

    @scan_options
    def act(**options: object) -> None:
        seen.update(options)

    result = run_group(act, *args)
    assert result.exit_code == 0, result.output
    return seen


def test_every_setting_has_its_flag_and_flags_not_given_do_not_override(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    options = given()
    assert list(options) == [name for name in RULES if RULES[name].flag]
    assert settings_from(options).settings == Settings()
    assert set(settings_from(options).origins.values()) == {"default"}


@pytest.mark.parametrize("name", ["scan", "check", "explain", "compare", "config"])
def test_every_flag_is_a_setting_or_says_what_to_do_now(name: str) -> None:
    """What a user may want each time has a key in the configuration."""
    now = {"member", "staged", "since", "stdin_filename", "show", "as_json"}
    command = main.get_command(click.Context(main), name)
    assert command is not None
    flags = {item.name for item in command.params if isinstance(item, click.Option)}
    assert flags - now <= set(RULES)


def test_short_flags_are_those_of_settings() -> None:
    options = given("-q", "-v", "-j", "3", "-f", "json", "-o", "x")
    assert [options[name] for name in ("quiet", "verbose", "jobs", "format", "output")] == [True, True, 3, "json", "x"]
    assert given("--no-quiet")["quiet"] is False


def test_flags_override(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    args = ["--min-lines", "8", "--no-cache", "-j", "2", "-f", "json", "-o", "out.json", "--color", "never", "--stats"]
    args += [
        "--exclude",
        "a",
        "--exclude",
        "b",
        "--extend-exclude",
        "c",
        "--no-respect-gitignore",
        "--min-score",
        "0.7",
    ]
    loaded = settings_from({**given(*args), "unrelated": 1})
    assert loaded.settings == Settings(
        min_lines=8,
        cache=False,
        jobs=2,
        format="json",
        output=str(tmp_path / "out.json"),
        color="never",
        stats=True,
        exclude=("a", "b"),
        extend_exclude=("c",),
        respect_gitignore=False,
        min_score=0.7,
    )


def test_a_flag_out_of_range_is_a_message() -> None:
    result = CliRunner().invoke(main, ["config", "--min-lines", "0"])
    assert result.exit_code == ExitCode.FAILURE
    assert "--min-lines is a whole number, at least 1" in result.stderr


def test_help_shows_defaults() -> None:
    text = " ".join(CliRunner().invoke(main, ["config", "--help"]).output.split())
    assert "--min-lines INTEGER Shortest function to compare, in lines. [default: 6]" in text
    for name in (name for name in RULES if RULES[name].flag):
        assert f"--{kebab(name)}" in text


def test_some_flags_only() -> None:
    @setting_options("color", "jobs")
    def act(**options: object) -> None:
        click.echo(",".join(options))

    assert run_group(act).output == "color,jobs\n"
    assert run_group(act, "--stats").exit_code == 2


def test_settings_from_paths_uses_the_nearest_file_to_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, limit in (("a", 1), ("a/b", 2)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "codesim.toml").write_text(f"limit = {limit}\n", encoding="utf-8")
    assert settings_from({}, [Path("a/b")]).settings.limit == 2
    assert settings_from({}, [Path("a/b"), Path("a/c.py")]).settings.limit == 1
    assert settings_from({}, [Path("a/b"), Path("d")]).settings.limit == Settings().limit


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("color", "terminal", "environment", "colored"),
    [
        ("auto", False, {}, False),
        ("auto", True, {"TERM": "xterm"}, True),
        ("auto", True, {"TERM": "dumb"}, False),
        ("auto", True, {"TERM": "xterm", "NO_COLOR": "1"}, False),
        ("auto", True, {"TERM": "xterm", "NO_COLOR": ""}, True),
        ("auto", False, {"FORCE_COLOR": "1"}, True),
        ("auto", False, {"FORCE_COLOR": ""}, False),
        ("auto", True, {"FORCE_COLOR": "1", "NO_COLOR": "1", "TERM": "xterm"}, False),
        ("always", False, {"NO_COLOR": "1"}, True),
        ("always", False, {"TERM": "dumb"}, True),
        ("never", True, {"FORCE_COLOR": "1", "TERM": "xterm"}, False),
    ],
)
@pytest.mark.parametrize("stderr", [False, True])
def test_color(  # noqa: PLR0917  # one table
    color: str,
    terminal: bool,
    environment: dict[str, str],
    colored: bool,
    stderr: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM", "COLORTERM", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    stream = Terminal() if terminal else io.StringIO()
    monkeypatch.setattr(sys, "stderr" if stderr else "stdout", stream)
    make_console(color, stderr).print("[red]text[/red]", style="bold red")
    assert ("\x1b[" in stream.getvalue()) is colored
    assert "[red]text[/red]" in stream.getvalue()


def test_width_off_a_terminal_does_not_depend_on_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "33")
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert make_console("auto").width == 120


def test_codesim_errors_are_the_only_ones_shown_plainly() -> None:
    def act() -> None:
        raise CodesimError("plain")

    assert run_group(act).stderr == "codesim: error: plain\n"
