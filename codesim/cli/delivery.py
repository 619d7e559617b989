"""Bring a report to where it was asked for: standard output or a file, and every further file of `--report`.

In: a report and the settings. Out: texts, each rendered when its form is wanted. Here is also what the forges' formats
need to know of the surroundings: where the repository begins, where its files stand on the web, and the line hashes of
a file.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import click

from codesim.cli.options import PLAIN_WIDTH, make_console
from codesim.config import Settings, repository_root
from codesim.errors import ConfigError
from codesim.source import line_hashes
from codesim.store import write_whole_file

if TYPE_CHECKING:
    from rich.console import Console

    from codesim.report import Checkout, Explanation, ScanReport

TEXT_FORMS = ("full", "concise")
"""Forms for people, of which nothing is printed where there is nothing to say."""

Draw = Callable[["Console"], None]


def deliver(
    report: ScanReport,
    draw: Draw,
    settings: Settings,
    explanation: Explanation | None = None,
    silent: bool = False,
) -> None:
    """Write a report in every form, and to every place, that the settings name.

    Args:
        report: the result of a scan.
        draw: prints the full text on a console.
        settings: `format`, `output`, `report`, `color` and `limit`.
        explanation: of the report's only candidate, for JSON.
        silent: leave out what `format` and `output` name.

    Raises:
        ConfigError: a file cannot be written.
    """
    for form, _, file in (item.partition("=") for item in settings.report):
        write_whole(Path(file), _text(form, report, draw, settings, explanation), "--report")
    if silent:
        return
    if settings.output != "-":
        write_whole(Path(settings.output), _text(settings.format, report, draw, settings, explanation), "--output")
    elif settings.format == "full":
        draw(make_console(settings.color))
    else:
        click.echo(_text(settings.format, report, draw, settings, explanation), nl=False)


def _text(form: str, report: ScanReport, draw: Draw, settings: Settings, explanation: Explanation | None) -> str:
    from codesim import report as reporters  # each form is loaded when it is asked for

    forms: dict[str, Callable[[], str]] = {
        "full": lambda: _as_plain_text(draw),
        "concise": lambda: reporters.render_concise(report, settings.limit or None),
        "json": lambda: reporters.render_json(report, explanation),
        "sarif": lambda: reporters.render_sarif(report, find_checkout(os.environ), _line_hash),
        "gitlab": lambda: reporters.render_gitlab(report, find_checkout(os.environ)),
        "github": lambda: reporters.render_github(report, find_checkout(os.environ)),
        "markdown": lambda: reporters.render_markdown(report, find_checkout(os.environ)),
        "html": lambda: reporters.render_html(report),
    }
    return forms[form]()


def find_checkout(environment: Mapping[str, str]) -> Checkout:
    """Find the repository around the working directory, and its place on the web where a CI job tells it.

    Args:
        environment: GitHub's or GitLab's variables of a job; without them, links are relative.
    """
    from codesim.report import Checkout

    here = Path.cwd()
    root = repository_root(here) or here
    web = ""
    if environment.get("GITHUB_REPOSITORY") and environment.get("GITHUB_SHA"):
        server = environment.get("GITHUB_SERVER_URL") or "https://github.com"
        web = f"{server}/{environment['GITHUB_REPOSITORY']}/blob/{environment['GITHUB_SHA']}/"
    elif environment.get("CI_PROJECT_URL") and environment.get("CI_COMMIT_SHA"):
        web = f"{environment['CI_PROJECT_URL']}/-/blob/{environment['CI_COMMIT_SHA']}/"
    known = re.fullmatch(r"https?://[\w.:/~%-]+", web, re.ASCII)
    return Checkout(root.as_posix(), here.as_posix(), web if known else "")


def write_whole(file: Path, text: str, flag: str) -> None:
    """Write a report to a file, the whole of it or nothing; folders on the way are made.

    Args:
        file: an absolute path; see `codesim.store.write_whole_file`.
        text: what to write, as UTF-8.
        flag: the flag to name in an error.

    Raises:
        ConfigError: it cannot be written.
    """
    try:
        file.resolve().parent.mkdir(parents=True, exist_ok=True)
        write_whole_file(file, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise ConfigError(flag, f"{file} cannot be written: {error.strerror}") from None


def _as_plain_text(draw: Draw) -> str:
    from rich.console import Console

    sink = io.StringIO()
    console = Console(file=sink, width=PLAIN_WIDTH, color_system=None, markup=False, emoji=False, highlight=False)
    draw(console)
    return sink.getvalue()


def _line_hash(path: str, line: int) -> str | None:
    hashes = _file_hashes(path)
    return hashes[line - 1] if line <= len(hashes) else None


@lru_cache(maxsize=16)  # several candidates often stand in one file
def _file_hashes(path: str) -> tuple[str, ...]:
    return line_hashes(Path(path))
