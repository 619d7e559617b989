"""`codesim evaluate judged`: how a ranking scores against the findings that readers judged.

In: folders of judged findings, and reports of `codesim scan --format json` or the packages to scan now; the findings of
rivals come from the same folder. Out: one table of precision and recall by tool and package, the findings that nobody
judged, and with `--json` all of it in a file.
"""

from __future__ import annotations

import contextlib
import json
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.table import Table

    from codesim.evaluate import Finding, Judged, Scored, Standing

DEFAULT_SET = Path("fixtures/judged")
RIVALS = "rivals"
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command(name="judged")
@click.argument("reports", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--set", "folder", type=FOLDER, default=DEFAULT_SET, show_default=True, help="Folder of the judged findings."
)
@click.option(
    "--packages", type=FOLDER, help="Scan the packages found here (a folder each) instead of reading REPORTS."
)
@click.option("--rivals/--no-rivals", default=True, show_default=True, help="Score the rivals' lists of the set too.")
@click.option(
    "--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write figures and unjudged ones here."
)
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True)
def command(
    reports: tuple[Path, ...], *, folder: Path, packages: Path | None, rivals: bool, json_file: Path | None, color: str
) -> None:
    """Score rankings against judged findings: precision at 10 and 20, recall of the known merges.

    REPORTS are JSON reports, one for each package, named PACKAGE.json; paths in them must be relative to the package's
    folder, as a scan from inside that folder writes them. A finding takes the label of the judged finding with its id,
    or with half of its lines in common.
    """
    from codesim.cli.options import make_console
    from codesim.evaluate import judged_record

    judged = {file.stem: _judged(file) for file in sorted(folder.glob("*.jsonl"))}
    if not judged:
        raise click.UsageError(f"{folder} holds no judged findings (PACKAGE.jsonl)")
    findings = [each for path in reports for each in _reported(path)]
    if packages is not None:
        findings += [each for name in judged if (packages / name).is_dir() for each in _scanned(name, packages / name)]
    if rivals:
        findings += [each for file in sorted((folder / RIVALS).glob("*.jsonl")) for each in _findings(file)]
    if not findings:
        raise click.UsageError("nothing to score: give REPORTS or --packages")
    standing, scored = _scored(findings, judged)
    if json_file is not None:
        json_file.write_text(json.dumps(judged_record(standing, scored), indent=2) + "\n", encoding="utf-8")
    make_console(color).print(judged_table(standing))
    for one in _unjudged(scored):
        click.echo(f"unjudged: {one}")


def _scored(findings: Sequence[Finding], judged: dict[str, list[Judged]]) -> tuple[list[Standing], list[Scored]]:
    from codesim.evaluate import score_findings, standings

    by_tool: dict[str, dict[str, list[Finding]]] = defaultdict(lambda: defaultdict(list))
    for finding in findings:
        if finding.package not in judged:
            raise click.UsageError(f"no judged findings of {finding.package}")
        by_tool[finding.tool][finding.package].append(finding)
    standing: list[Standing] = []
    scored: list[Scored] = []
    for tool, packages in by_tool.items():
        found = {name: score_findings(one, judged[name]) for name, one in sorted(packages.items())}
        standing += standings(found, judged, tool)
        scored += [each for one in found.values() for each in one]
    return standing, scored


def _unjudged(scored: Iterable[Scored]) -> list[str]:
    from codesim.evaluate import CODESIM, DEPTHS

    return [
        f"{one.finding.package} #{one.finding.rank} {one.finding.id} {', '.join(map(str, one.finding.fragments))}"
        for one in scored
        if one.finding.tool == CODESIM and one.counted == "unjudged" and one.finding.rank <= DEPTHS[-1]
    ]


def judged_table(standing: Sequence[Standing]) -> Table:
    """Lay out the figures: a row for each tool and package, and one for all packages of a tool.

    Args:
        standing: by tool and package.

    Returns:
        The table; shares are shown times 100.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from codesim.evaluate import ALL_PACKAGES, DEPTHS

    table = Table(title=Text("judged findings, shares x 100"), box=box.SIMPLE_HEAD, padding=(0, 0, 0, 1))
    table.add_column("tool, package")
    heads = [f"P@{depth}" for depth in DEPTHS] + [f"or MAYBE\nP@{depth}" for depth in DEPTHS]
    for head in [*heads, "ACT", "MAYBE", "REJECT", "un-\njudged", f"recall\n@{DEPTHS[-1]}", "recall"]:
        table.add_column(Text(head), justify="right")
    for one in standing:
        shares = [one.precision[depth] for depth in DEPTHS] + [one.with_maybe[depth] for depth in DEPTHS]
        cells = [*map(_points, shares), *map(str, one.counts.values()), _points(one.recall), _points(one.full_recall)]
        table.add_row(Text(f"{one.tool} {one.package}"), *map(Text, cells))
        if one.package == ALL_PACKAGES:
            table.add_section()
    return table


def _points(share: float) -> str:
    return "-" if math.isnan(share) else f"{100 * share:.0f}"


def _judged(file: Path) -> list[Judged]:
    from codesim.evaluate import read_judged

    return read_judged(_lines(file), str(file))


def _findings(file: Path) -> list[Finding]:
    from codesim.evaluate import read_findings

    return read_findings(_lines(file), str(file))


def _reported(path: Path) -> list[Finding]:
    from codesim.errors import SourceError
    from codesim.evaluate import findings_of_report

    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise SourceError(str(path), None, f"not JSON: {error}") from error
    return findings_of_report(report, path.stem, str(path))


def _scanned(package: str, folder: Path) -> list[Finding]:
    """Scan a package at the defaults from inside its folder."""
    from codesim.config import Settings
    from codesim.evaluate import findings_of_report
    from codesim.pipeline import scan
    from codesim.report import render_json

    with contextlib.chdir(folder):
        report = scan([Path()], Settings(cache=False), Path.cwd()).report
    return findings_of_report(json.loads(render_json(report)), package, str(folder))


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").split("\n")
