"""Run clone detectors on a folder and write what they find, best first, in one form (`codesim.evaluate.Finding`).

    python benchmarks/rivals.py FOLDER [--package NAME] [--tools jscpd,pyscn] [--top 20] [--rivals DIR] -o OUT_DIR

Writes OUT_DIR/TOOL.jsonl. Each tool runs in FOLDER with its default settings and keeps its own order. The exceptions:
jscpd and find-dup-defs report in file order; jscpd's findings are taken by tokens, find-dup-defs' by its severity and
then its `thickness`. symilar gets what pylint's R0801 does by default: 4 lines; without comments, docstrings, imports
and signatures. pyscn's findings are its groups. Programs: --rivals names the folder with the environment (venv/bin)
and the npm project (npm/node_modules/.bin); without it they come from PATH.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from codesim.evaluate import CODESIM, CODESIM_WHOLE, Finding, Place, findings_of_report, make_findings

Classes = list[list[Place]]
ROOT = Path(__file__).resolve().parent.parent
SEVERITIES = ("ERROR", "WARNING", "INFO")
_SYMILAR_HEAD = re.compile(r"^\d+ similar lines in \d+ files$")
_SYMILAR_PLACE = re.compile(r"^==(?P<path>.+):\[(?P<start>\d+):(?P<end>\d+)\]$")


def of_jscpd(report: Any) -> Classes:
    """The pairs of jscpd's JSON report, by tokens; it has no ranking of its own."""
    pairs = sorted(report["duplicates"], key=lambda pair: -pair["tokens"])
    return [[_place(side["name"], side["start"], side["end"]) for side in _sides(pair)] for pair in pairs]


def of_symilar(text: str) -> Classes:
    """The blocks that symilar prints, in its order: by lines."""
    classes: Classes = []
    inside = False
    for line in text.splitlines():
        if _SYMILAR_HEAD.match(line):
            classes.append([])
            inside = True
        elif inside and (found := _SYMILAR_PLACE.match(line)):
            classes[-1].append(_place(found["path"], int(found["start"]) + 1, int(found["end"])))
        else:
            inside = False
    return classes


def of_pyscn(report: Any) -> Classes:
    """The groups of pyscn's JSON report, in its order: by clone type and similarity."""
    groups = report["clone"]["clone_groups"] or []
    places = [[clone["location"] for clone in group["clones"]] for group in groups]
    return [[_place(each["file_path"], each["start_line"], each["end_line"]) for each in group] for group in places]


def of_find_dup_defs(report: Any, end_of: Callable[[str, int], int]) -> Classes:
    """The groups of find-dup-defs' JSON report, by severity and thickness; it prints them by kind and name."""
    groups = sorted(report["groups"], key=lambda group: (SEVERITIES.index(group["severity"]), -group["thickness"]))
    return [
        [_place(each["file"], each["line"], end_of(each["file"], each["line"])) for each in group["members"]]
        for group in groups
    ]


class Ends:
    """The last lines of definitions, which find-dup-defs does not report."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.known: dict[str, dict[int, int]] = {}

    def __call__(self, path: str, line: int) -> int:
        """The last line of the statement that begins (or whose decorators begin) at a line; that line if none does."""
        if path not in self.known:
            self.known[path] = statement_ends((self.folder / path).read_text(encoding="utf-8", errors="replace"))
        return self.known[path].get(line, line)


def statement_ends(text: str) -> dict[int, int]:
    """First line of each statement, with its decorators or without, to its last line."""
    ends: dict[int, int] = {}
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return ends
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            starts = [node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))]
            for start in starts:
                ends[start] = max(ends.get(start, 0), node.end_lineno or node.lineno)
    return ends


class Programs:
    """Runs the tools in a folder."""

    def __init__(self, folder: Path, rivals: Path | None) -> None:
        self.folder = folder
        bins = [rivals / "venv/bin", rivals / "npm/node_modules/.bin"] if rivals else []
        path = os.pathsep.join([*map(str, bins), os.environ["PATH"]])
        source = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
        self.environment = {**os.environ, "PATH": path, "PYTHONPATH": source, "NO_COLOR": "1"}

    def jscpd(self) -> Classes:
        """Run jscpd at its defaults, on Python."""
        with tempfile.TemporaryDirectory() as out:
            self._run("jscpd", "--silent", "-f", "python", "-r", "json", "-o", out, ".")
            return of_jscpd(_json(Path(out) / "jscpd-report.json"))

    def symilar(self) -> Classes:
        """Run pylint's symilar as R0801 does by default."""
        files = sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*.py"))
        ignored = ("-i", "--ignore-docstrings", "--ignore-imports", "--ignore-signatures")
        return of_symilar(self._run("symilar", "-d", "4", *ignored, *files))

    def pyscn(self) -> Classes:
        """Run pyscn's clone analysis at its defaults."""
        with tempfile.TemporaryDirectory() as out:
            report = Path(out) / "report.json"
            self._run("pyscn", "analyze", "--select", "clones", "--json", "--no-open", "--output", str(report), ".")
            return of_pyscn(_json(report))

    def find_dup_defs(self) -> Classes:
        """Run find-dup-defs at its defaults."""
        return of_find_dup_defs(json.loads(self._run("find-dup-defs", "--json", ".")), Ends(self.folder))

    def codesim(self, *flags: str) -> Any:
        """Run codesim, at its defaults but for some flags, and return its report."""
        with tempfile.TemporaryDirectory() as out:
            report = Path(out) / "report.json"
            options = ("--no-cache", "--fail-on", "none", "-f", "json", "-o", str(report), *flags)
            self._run(sys.executable, "-m", "codesim", "scan", ".", *options)
            return _json(report)

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode not in (0, 1):  # 1: findings
            raise RuntimeError(f"{command[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
        return done.stdout


RUNNERS: dict[str, Callable[[Programs], Classes]] = {
    "jscpd": Programs.jscpd,
    "symilar": Programs.symilar,
    "pyscn": Programs.pyscn,
    "find-dup-defs": Programs.find_dup_defs,
}


def find(
    tool: str,
    folder: Path,
    package: str,
    rivals: Path | None = None,
    *,
    top: int | None = None,
    flags: Sequence[str] = (),
) -> list[Finding]:
    """Run one tool on a folder.

    Args:
        tool: a key of `RUNNERS`, or codesim.
        folder: what to look at; paths are relative to it.
        package: its name in the findings.
        rivals: folder of the programs; None takes them from PATH.
        top: how many findings to keep; None keeps all.
        flags: of codesim, beside those that make it write its report.

    Returns:
        The findings, best first.

    Raises:
        RuntimeError: the tool failed.
    """
    programs = Programs(folder, rivals)
    if tool == CODESIM:
        found = findings_of_report(programs.codesim(*flags), package, CODESIM)
        return [replace(one, tool=CODESIM) for one in found if one.tool == CODESIM_WHOLE][:top]
    return make_findings(tool, package, RUNNERS[tool](programs), top)


def write_findings(path: Path, findings: Iterable[Finding]) -> None:
    """Write findings as JSON lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{finding.as_line()}\n" for finding in findings), encoding="utf-8")


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _sides(pair: dict[str, Any]) -> Iterator[Any]:
    yield pair["firstFile"]
    yield pair["secondFile"]


def _place(path: str, start: int, end: int) -> Place:
    return Place(path.removeprefix("./"), start, max(start, end))


def main() -> None:
    """Parse the arguments, run, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--package", help="name in the findings; default: the folder's")
    parser.add_argument("--tools", default=",".join([*RUNNERS, CODESIM]))
    parser.add_argument("--top", type=int, default=20)
    parser.add_argument("--rivals", type=Path)
    parser.add_argument("-o", "--out", type=Path, required=True)
    options = parser.parse_args()
    rivals = options.rivals.resolve() if options.rivals else None
    folder = options.folder.resolve()
    package = options.package or folder.name
    for tool in options.tools.split(","):
        findings = find(tool, folder, package, rivals, top=options.top)
        write_findings(options.out / f"{tool}.jsonl", findings)
        print(f"{package}  {tool}: {len(findings)} findings")


if __name__ == "__main__":
    main()
