"""How long codesim takes in first and second runs, and other clone detectors beside it.

    python benchmarks/warm_runs.py FOLDER [--rivals RIVALS] [--runs 5] [--changed FILE]

Works on a copy of FOLDER: a scan without a cache, a scan of which nothing changed, a check of one changed file of
middle size (or FILE) and one of the largest file. Each round runs every command once, so that a busy machine slows all
of them alike; the medians of the rounds are printed, and the peak memory (resident, all processes together, looked at
every 50 ms). RIVALS as in benchmarks/rivals.py, with codeclone and lizard in its environment; caches are removed before
their runs. codesim runs from bytecode, as after `pip install`. Needs Linux.
"""

from __future__ import annotations

import argparse
import compileall
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

import codesim

CACHES = (".codesim_cache", ".cache")  # of codesim and of codeclone
OWN = (sys.executable, "-P", "-m", "codesim")
SYMILAR = ("-d", "4", "-i", "--ignore-docstrings", "--ignore-imports", "--ignore-signatures")
PYSCN = ("analyze", "--select", "clones", "--json", "--no-open", "--output", "pyscn.json", ".")


@dataclass(frozen=True)
class Command:
    """A command of each round; changed: a file that has one more function each time. cold: without its cache."""

    name: str
    words: Sequence[str]
    changed: Path | None = None
    cold: bool = False


def own_commands(folder: Path, named: Path | None) -> list[Command]:
    """First and second runs of codesim; the first of them fills the cache for the others."""
    scan = (*OWN, "scan", ".", "--fail-on", "none")
    files = sorted(folder.rglob("*.py"), key=lambda file: (_lines(file), file))
    files = [file for file in files if b"def " in file.read_bytes()]
    middle, largest = folder / named if named else files[len(files) // 2], files[-1]
    return [
        Command("first scan", scan, cold=True),
        Command("scan, nothing changed", scan),
        *(
            Command(f"check, {_lines(file):,} lines", (*OWN, "check", str(file), "--fail-on", "none"), file)
            for file in (middle, largest)
        ),
        Command("import numpy", (sys.executable, "-c", "import numpy")),
    ]


def rival_commands(folder: Path, rivals: Path) -> list[Command]:
    """Whole scans of the others, at their defaults; symilar and pyscn as in benchmarks/rivals.py."""
    installed, npm = rivals.absolute() / "venv" / "bin", rivals.absolute() / "npm" / "node_modules" / ".bin"
    files = sorted(str(file.relative_to(folder)) for file in folder.rglob("*.py"))
    return [
        Command("jscpd", (str(npm / "jscpd"), ".", "--silent", "--format", "python"), cold=True),
        Command("find-dup-defs", (str(installed / "find-dup-defs"), "."), cold=True),
        Command("codeclone", (str(installed / "codeclone"), ".", "--quiet"), cold=True),
        Command("pyscn", (str(installed / "pyscn"), *PYSCN), cold=True),
        Command("lizard -Eduplicate", (str(installed / "lizard"), "-Eduplicate", "-l", "python", "."), cold=True),
        Command("symilar", (str(installed / "symilar"), *SYMILAR, *files), cold=True),
    ]


def run(command: Command, folder: Path, number: int) -> tuple[float, float]:
    """Run a command in a folder, its output thrown away.

    Returns:
        Wall time in seconds, and the largest resident memory of the process in MB.
    """
    if command.cold:
        for name in CACHES:
            shutil.rmtree(folder / name, ignore_errors=True)
    with nullcontext() if command.changed is None else _one_more_function(command.changed, number):
        begin = time.perf_counter()
        none = subprocess.DEVNULL
        process = subprocess.Popen(command.words, cwd=folder, start_new_session=True, stdout=none, stderr=none)
        with _watched(process.pid) as peaks:
            code = process.wait()
        seconds = time.perf_counter() - begin
    if code not in (0, 1):  # 1: it found something
        print(f"{command.name} ended with exit code {code}", file=sys.stderr)
    return seconds, max(peaks, default=0) / 2**20


@contextmanager
def _watched(session: int) -> Iterator[list[int]]:
    """The resident bytes of all processes of a session, again and again until the block ends."""
    peaks: list[int] = []
    ended = Event()

    def watch() -> None:
        while not ended.wait(0.05):
            peaks.append(sum(_resident(place) for place in Path("/proc").glob("[0-9]*") if _is_of(place, session)))

    thread = Thread(target=watch)
    thread.start()
    yield peaks
    ended.set()
    thread.join()


def _is_of(place: Path, session: int) -> bool:
    try:
        return os.getsid(int(place.name)) == session
    except OSError:
        return False  # it has ended


def _resident(place: Path) -> int:
    try:
        return int((place / "statm").read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


@contextmanager
def _one_more_function(file: Path, number: int) -> Iterator[None]:
    text = file.read_bytes()
    file.write_bytes(text + b"\n\ndef added(value):\n    return value + %d\n" % number)
    try:
        yield
    finally:
        file.write_bytes(text)


def _lines(file: Path) -> int:
    return file.read_bytes().count(b"\n")


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rivals", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--changed", type=Path, help="the file that check is about, seen from FOLDER")
    options = parser.parse_args()
    compileall.compile_dir(Path(codesim.__path__[0]), quiet=1)  # an editable install has none, an installed one has
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / options.folder.resolve().name
        shutil.copytree(options.folder, folder, ignore=shutil.ignore_patterns(*CACHES))
        commands = own_commands(folder, options.changed)
        if options.rivals is not None:
            commands += rival_commands(folder, options.rivals)
        rounds = [[run(command, folder, number) for command in commands] for number in range(options.runs)]
    print(f"{'':24s} {'median':>8s} {'least':>7s} {'most':>7s} {'peak':>7s}")
    for command, figures in zip(commands, zip(*rounds, strict=True), strict=True):
        times, peaks = zip(*figures, strict=True)
        row = f"{statistics.median(times):6.2f} s {min(times):7.2f} {max(times):7.2f} {max(peaks):4.0f} MB"
        print(f"{command.name:24s} {row}")


if __name__ == "__main__":
    main()
