"""Make the lists that readers judge without knowing the tool, and collect what they say into fixtures/judged.

    python benchmarks/judging_pool.py pool FINDINGS_DIR --sources DIR -o POOL_DIR [--judged fixtures/judged]
    python benchmarks/judging_pool.py collect POOL_DIR LABELS... --findings FINDINGS_DIR [--judged fixtures/judged]

FINDINGS_DIR holds PACKAGE/TOOL.jsonl, as benchmarks/rivals.py writes them. `pool` merges the findings of all tools that
have the same fragments, leaves out what is judged already, shuffles (seeded by the package's name) and writes
POOL_DIR/PACKAGE.jsonl: `{"id", "package", "fragments", "open"}`. Readers answer in JSON lines `{"id", "label",
"reason"}`; `collect` appends them, and stops where two answers differ, unless the last file settles it (--settled).
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from codesim.evaluate import (
    CODESIM,
    Finding,
    Judged,
    Label,
    Place,
    fragments_id,
    match,
    read_findings,
    read_judged,
    read_places,
    same_fragments,
)

JUDGED = Path(__file__).resolve().parent.parent / "fixtures/judged"
Answer = tuple[Label, str]


def read_tools(folder: Path) -> list[Finding]:
    """The findings of all tools on one package, by tool and rank."""
    return [one for file in sorted(folder.glob("*.jsonl")) for one in read_findings(_lines(file), str(file))]


def read_package(folder: Path, package: str) -> list[Judged]:
    """What is judged of a package; nothing if it has no file yet."""
    file = folder / f"{package}.jsonl"
    return read_judged(_lines(file), str(file)) if file.exists() else []


def pooled(findings: Iterable[Finding]) -> list[tuple[Place, ...]]:
    """The distinct sets of fragments; of those that are the same but for a line or so, the one with the most lines."""
    ordered = sorted({one.fragments for one in findings}, key=lambda places: (-sum(p.lines for p in places), places))
    kept: list[tuple[Place, ...]] = []
    for places in ordered:
        if not any(same_fragments(places, other) for other in kept):
            kept.append(places)
    return kept


def make_pool(package: str, findings: Sequence[Finding], judged: Sequence[Judged]) -> list[tuple[Place, ...]]:
    """What readers have to judge of a package, shuffled."""
    pool = sorted(pooled(one for one in findings if match(one, judged) is None))
    random.Random(package).shuffle(pool)  # noqa: S311 -- an order that tells nothing, the same each time
    return pool


def pool_line(package: str, fragments: tuple[Place, ...], sources: Path) -> str:
    """One line of a pool; `open` names files and lines as editors take them."""
    record = {
        "id": fragments_id(fragments),
        "package": package,
        "fragments": [asdict(place) for place in fragments],
        "open": [f"{sources / package / place.path}:{place.start_line}-{place.end_line}" for place in fragments],
    }
    return json.dumps(record, ensure_ascii=False)


def read_answers(files: Sequence[Path], settled: bool) -> dict[str, Answer]:
    """What readers said, by the id of the pool; with `settled` the last file has the last word.

    Raises:
        SystemExit: an answer has no known label, or two readers differ and nothing settles it.
    """
    answers: dict[str, Answer] = {}
    differing: dict[str, set[Label]] = {}
    for place, file in enumerate(files):
        for number, line in enumerate(_lines(file), start=1):
            if not line.strip():
                continue
            record = json.loads(line)
            if record["label"] not in list(Label):
                sys.exit(f"{file}:{number}: {record['label']!r} is no label")
            answer = Label(record["label"]), str(record["reason"])
            before = answers.setdefault(record["id"], answer)
            if settled and place == len(files) - 1:
                answers[record["id"]] = answer
                differing.pop(record["id"], None)
            elif before[0] is not answer[0]:
                differing[record["id"]] = {before[0], answer[0]}
    if differing:
        sys.exit("\n".join(f"{key}: {' or '.join(sorted(both))}" for key, both in sorted(differing.items())))
    return answers


def collect(
    pool: Iterable[dict[str, object]], answers: dict[str, Answer], findings: Sequence[Finding], version: str
) -> list[Judged]:
    """Join pool, answers and findings to judged findings; those without an answer are left out."""
    judged = []
    for record in pool:
        answer = answers.get(str(record["id"]))
        if answer is None:
            continue
        places = read_places(record["fragments"])  # type: ignore[arg-type]
        found = [one for one in findings if same_fragments(one.fragments, places)]
        ranks: dict[str, int] = {}
        for one in found:
            ranks[one.tool] = min(one.rank, ranks.get(one.tool, one.rank))
        identity = next((one.id for one in found if one.tool == CODESIM), str(record["id"]))
        judged.append(Judged(str(record["package"]), version, identity, places, *answer, dict(sorted(ranks.items()))))
    return judged


def package_versions(manifest: Path) -> dict[str, str]:
    """Package to version, from the manifest of the judged set."""
    return {one["name"]: one["version"] for one in tomllib.loads(manifest.read_text(encoding="utf-8"))["package"]}


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").split("\n")


def _write(file: Path, lines: Iterable[str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _pool(options: argparse.Namespace) -> None:
    for folder in sorted(path for path in options.findings.iterdir() if path.is_dir()):
        findings = read_tools(folder)
        pool = make_pool(folder.name, findings, read_package(options.judged, folder.name))
        _write(options.out / f"{folder.name}.jsonl", (pool_line(folder.name, each, options.sources) for each in pool))
        print(f"{folder.name}: {len(pool)} to judge, of {len(findings)} findings")


def _collect(options: argparse.Namespace) -> None:
    answers = read_answers(options.labels, options.settled)
    versions = package_versions(options.judged / "manifest.toml")
    for file in sorted(options.pool.glob("*.jsonl")):
        pool = [json.loads(line) for line in _lines(file) if line.strip()]
        known = read_package(options.judged, file.stem)
        new = collect(pool, answers, read_tools(options.findings / file.stem), versions[file.stem])
        new = [one for one in new if one.id not in {each.id for each in known}]
        _write(options.judged / file.name, (one.as_line() for one in [*known, *new]))
        print(f"{file.stem}: {len(new)} new of {len(pool)} in the pool, {len(known)} before")


def main() -> None:
    """Parse the arguments and do what they ask."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    pool = commands.add_parser("pool")
    pool.add_argument("findings", type=Path)
    pool.add_argument("--sources", type=Path, required=True, help="folder of the packages' folders")
    pool.add_argument("-o", "--out", type=Path, required=True)
    pool.set_defaults(run=_pool)
    gather = commands.add_parser("collect")
    gather.add_argument("pool", type=Path)
    gather.add_argument("labels", type=Path, nargs="+")
    gather.add_argument("--findings", type=Path, required=True)
    gather.add_argument("--settled", action="store_true", help="the last file of labels has the last word")
    gather.set_defaults(run=_collect)
    for command in (pool, gather):
        command.add_argument("--judged", type=Path, default=JUDGED)
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
