"""How long the second run takes: a scan of which nothing changed, a check of one changed file, and others beside them.

    python benchmarks/warm_runs.py FOLDER [--rivals RIVALS] [--runs 5] [--changed FILE]

Works on a copy of FOLDER. Each round runs every command once, so that a busy machine slows all of them alike; the
medians of the rounds and the peak memory are printed. RIVALS as in benchmarks/rivals.py; without it jscpd is left out.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path


def run(command: Sequence[str], folder: Path) -> tuple[float, float]:
    """Run a command in a folder, its output thrown away.

    Returns:
        Wall time in seconds, and the largest resident memory of the process in MB.
    """
    begin = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0  # it was waited for
    return time.perf_counter() - begin, usage.ru_maxrss / 1024


def measure(commands: dict[str, list[str]], folder: Path, changed: Path, rounds: int) -> dict[str, list[float]]:
    """Run every command once a round; `check` finds one more function in its file each time.

    Returns:
        Per command its times in seconds, and last its peak memory in MB.
    """
    text = changed.read_text(encoding="utf-8")
    figures: dict[str, list[float]] = {name: [] for name in commands}
    memory = dict.fromkeys(commands, 0.0)
    for number in range(rounds):
        for name, command in commands.items():
            if name == "check":
                changed.write_text(f"{text}\n\ndef added(value):\n    return value + {number}\n", encoding="utf-8")
            seconds, peak = run(command, folder)
            changed.write_text(text, encoding="utf-8")
            figures[name].append(seconds)
            memory[name] = max(memory[name], peak)
    return {name: [*times, memory[name]] for name, times in figures.items()}


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rivals", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--changed", type=Path, help="the file that check is about, seen from FOLDER")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / options.folder.resolve().name
        shutil.copytree(options.folder, folder)
        changed = folder / (options.changed or max(folder.rglob("*.py"), key=lambda file: file.stat().st_size))
        codesim = [sys.executable, "-P", "-m", "codesim"]
        scan = [*codesim, "scan", ".", "--fail-on", "none"]
        check = [*codesim, "check", str(changed), "--fail-on", "none"]
        commands = {"warm scan": scan, "check": check, "import numpy": [sys.executable, "-c", "import numpy"]}
        if options.rivals is not None:
            jscpd = options.rivals / "npm" / "node_modules" / ".bin" / "jscpd"
            commands["jscpd"] = [str(jscpd.absolute()), ".", "--silent", "--format", "python"]
        seconds, peak = run(scan, folder)
        print(f"{'cold scan':14s} {seconds:7.2f} s  {peak:5.0f} MB")
        run(check, folder)
        for name, (*times, memory) in measure(commands, folder, changed, options.runs).items():
            spread = f"{min(times):.2f} to {max(times):.2f}"
            print(f"{name:14s} {statistics.median(times):7.2f} s  {memory:5.0f} MB  ({spread})")


if __name__ == "__main__":
    main()
