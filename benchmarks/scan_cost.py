"""What a scan costs: wall time, time per stage, and peak memory, as whole processes.

    python benchmarks/scan_cost.py PATH [--runs 3] [--jobs 2]

Prints one line per run, the minimum, median and maximum, and what is spent on pairs (verify and group, with verdicts
and helpers) as a share of what is spent on functions (graph and embed): seconds of one run, summed over processes.
On a shared machine compare only runs of one session.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def run(path: str, jobs: int) -> tuple[float, dict[str, float], dict[str, object]]:
    """One cold scan: wall seconds, seconds per stage, and the summary."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "report.json"
        command = [
            sys.executable,
            "-m",
            "codesim",
            "scan",
            path,
            "--no-cache",
            "--stats",
            "--fail-on",
            "none",
            "-f",
            "json",
        ]
        begin = time.perf_counter()
        subprocess.run([*command, "-o", str(out), "--jobs", str(jobs)], check=True)
        wall = time.perf_counter() - begin
        report = json.loads(out.read_text(encoding="utf-8"))
    return wall, report["timings"], report["summary"]


def main() -> None:
    """Parse the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    walls, shares = [], []
    for _ in range(options.runs):
        wall, stages, summary = run(options.path, options.jobs)
        walls.append(wall)
        shares.append((stages["verify"] + stages["group"]) / max(stages["graph"] + stages["embed"], 1e-9))
        shown = "  ".join(f"{stage} {seconds:.2f}" for stage, seconds in stages.items())
        print(f"wall {wall:.2f} s  ({shown})  {summary['files']} files, {summary['fragments']} fragments")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"wall min {min(walls):.2f}, median {statistics.median(walls):.2f}, max {max(walls):.2f} s")
    print(f"verify and group take {statistics.median(shares):.2f} of graph and embed (median)")
    print(f"peak memory of the largest process {peak:.0f} MiB")


if __name__ == "__main__":
    main()
