"""Recall of codesim and jscpd on real copies written out as modules among distractors, at equal numbers of pairs.

    python benchmarks/evolution_recall.py --rows evolution.jsonl --rows transformed.jsonl --pairs twins.jsonl \
        --vendored OLD NEW [--per-bucket 200] [--distractors 3000] [--rivals DIR] [--json FILE]

Planted are functions of two releases of a package (rows of the kind evolution-*), renamed copies (type2-rename-*), sync
and async twins (a file of pairs), and functions of a vendored package beside those of its release; `codesim train data`
writes such files. Each of the two functions has a file of its own in one folder; distractors stand together by module.
Both tools scan the folder at their defaults, codesim also with `--min-value 0 --scope all`, where no clone that it
verified is left out. Its rankings are cut where they have named as many pairs as jscpd reports; a class of n fragments
names n(n-1)/2.

A pair is *covered* if half of the lines of code of both functions are reported together (for jscpd the union of all
that links the two files), and *linked* if anything is, such as a docstring. Similarity is difflib's ratio of tokens;
equal texts are left out. With --why it tells by which rule codesim keeps out the pairs that it does not report at all.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from tokenize import TokenError

from function_bodies import function_bodies
from jscpd_cuts import Side, Sources
from jscpd_reasons import standing
from rivals import find

from codesim.config import Settings
from codesim.evaluate import CODESIM, ORIGINAL, Finding, Place, Row, read_data
from codesim.train.evolution import placed_functions, token_similarity, tokens_of

BORDERS = ((0.9, "0.9 and up"), (0.7, "0.7-0.9"), (0.5, "0.5-0.7"), (0.0, "below 0.5"))
RENAMED = "renamed"
FAMILIES = ("evolution", "vendored", "async", RENAMED)
EVERY = ("--min-value", "0", "--scope", "all")
Links = dict[tuple[str, str], list[tuple[Place, Place]]]


@dataclass(frozen=True, slots=True)
class Planted:
    """A pair of functions to be found: its family, bucket of similarity, and both texts."""

    family: str
    bucket: str
    old: str
    new: str


def bucket(old: str, new: str) -> str:
    """The bucket of similarity of two texts; "" for texts of equal tokens and for what is no Python."""
    try:
        ratio = token_similarity(tokens_of(old), tokens_of(new))
    except (SyntaxError, TokenError):
        return ""
    return "" if ratio == 1.0 else next(name for low, name in BORDERS if ratio >= low)


def family(kind: str) -> str:
    """The family of a row's kind; "" for kinds that are not planted."""
    if kind.startswith("evolution-"):
        return "evolution"
    return RENAMED if kind.startswith("type2-rename-") else ""


def from_rows(rows: Sequence[Row]) -> Iterator[Planted]:
    """Pairs of an original and what became of it."""
    originals = {row.group: row.source for row in rows if row.kind == ORIGINAL}
    for row in rows:
        if (name := family(row.kind)) and row.group in originals:
            yield Planted(name, bucket(originals[row.group], row.source), originals[row.group], row.source)


def from_vendored(old: Path, new: Path) -> Iterator[Planted]:
    """Functions of one place in a vendored package and in its release."""
    later = {one.place: one.text for one in placed_functions(new)}
    for one in placed_functions(old):
        if one.place in later:
            yield Planted("vendored", bucket(one.text, later[one.place]), one.text, later[one.place])


def lines_of_code(text: str) -> int:
    """How many lines of code the body of the function in a text has: no docstring, no comment."""
    return next((len(body.lines) for body in function_bodies(text)), 0)


def chosen(planted: Sequence[Planted], per_bucket: int, least_code: int, rng: random.Random) -> list[Planted]:
    """Draw pairs.

    Args:
        planted: all there are.
        per_bucket: most of one family and bucket; renamed copies count as one bucket.
        least_code: least lines of code of both functions, 1 and up.
        rng: of the draw.

    Returns:
        Pairs by family and bucket; no text comes twice.
    """
    pools: dict[tuple[str, str], list[Planted]] = defaultdict(list)
    for one in planted:
        if one.bucket:
            pools[one.family, "" if one.family == RENAMED else one.bucket].append(one)
    out: list[Planted] = []
    seen: set[str] = set()
    for key in sorted(pools):
        rng.shuffle(pools[key])
        fresh: list[Planted] = []
        for one in pools[key]:
            if len(fresh) == per_bucket:
                break
            short = min(lines_of_code(one.old), lines_of_code(one.new)) < least_code
            if not short and not {one.old, one.new} & seen:
                seen |= {one.old, one.new}
                fresh.append(one)
        out += fresh
    return out


def write_folder(
    folder: Path, planted: Sequence[Planted], distractors: Sequence[Row], rng: random.Random
) -> list[Place]:
    """Write all modules under names that tell nothing.

    Returns:
        Where the functions of the pairs stand: old and new of the first pair, of the second, and so on.
    """
    modules: dict[str, list[str]] = defaultdict(list)
    for row in distractors:
        modules[row.id.partition("::")[0]].append(row.source)
    texts = [text for one in planted for text in (one.old, one.new)]
    files = texts + ["\n\n".join(functions) for _, functions in sorted(modules.items())]
    names = [f"m{number:05d}.py" for number in range(len(files))]
    rng.shuffle(names)
    for name, text in zip(names, files, strict=True):
        (folder / name).write_text(text.rstrip("\n") + "\n", encoding="utf-8")
    pairs = zip(names, texts, strict=False)
    return [Place(name, 1, text.rstrip("\n").count("\n") + 1) for name, text in pairs]


def pairs_named(finding: Finding) -> int:
    """How many pairs a class names."""
    count = len(finding.fragments)
    return count * (count - 1) // 2


def cut_at(findings: Sequence[Finding], pairs: int) -> list[Finding]:
    """The first findings that name no more than so many pairs."""
    kept: list[Finding] = []
    for finding in findings:
        pairs -= pairs_named(finding)
        if pairs < 0:
            break
        kept.append(finding)
    return kept


def links(findings: Sequence[Finding]) -> Links:
    """What is reported together, by pairs of different files."""
    found: Links = defaultdict(list)
    for finding in findings:
        for one, other in combinations(sorted(finding.fragments), 2):
            if one.path != other.path:
                found[one.path, other.path].append((one, other))
    return found


def covered(pair: tuple[Place, Place], found: Links, code: dict[str, frozenset[int]]) -> bool:
    """Whether half of the lines of code of both functions are reported together, in one finding or in several."""
    one, other = sorted(pair)
    sides = found.get((one.path, other.path), [])
    parts = zip((one, other), ([a for a, _ in sides], [b for _, b in sides]), strict=True)
    return all(2 * len(_lines(places) & code[whole.path]) >= len(code[whole.path]) for whole, places in parts)


def _lines(places: Sequence[Place]) -> set[int]:
    return {line for place in places for line in range(place.start_line, place.end_line + 1)}


def rows_of(
    planted: Sequence[Planted], places: Sequence[Place], found: dict[str, Links], code: dict[str, frozenset[int]]
) -> Iterator[tuple[str, int, dict[str, int], dict[str, int]]]:
    """For each family and bucket, and for the buckets of all but the renamed: pairs, covered and linked by tool."""
    pairs = list(zip(places[::2], places[1::2], strict=True))

    def row(name: str, wanted: Sequence[int]) -> tuple[str, int, dict[str, int], dict[str, int]]:
        both = {tool: [covered(pairs[k], links, code) for k in wanted] for tool, links in found.items()}
        any_ = {tool: [_key(pairs[k]) in links for k in wanted] for tool, links in found.items()}
        return name, len(wanted), {t: sum(v) for t, v in both.items()}, {t: sum(v) for t, v in any_.items()}

    for _, name in BORDERS:
        yield row(f"all, {name}", [k for k, one in enumerate(planted) if one.bucket == name and one.family != RENAMED])
    yield row(RENAMED, [k for k, one in enumerate(planted) if one.family == RENAMED])
    for kind in FAMILIES[:-1]:
        for _, name in BORDERS:
            wanted = [k for k, one in enumerate(planted) if (one.family, one.bucket) == (kind, name)]
            if wanted:
                yield row(f"{kind}, {name}", wanted)


def reasons(
    planted: Sequence[Planted], places: Sequence[Place], ours: Sequence[Finding], folder: Path
) -> Iterator[tuple[str, str]]:
    """The family and bucket of each pair that codesim does not report, and the rule that keeps it out."""
    sources, settings, found = Sources(folder), replace(Settings(), min_value=0.0), links(ours)
    for one, *pair in zip(planted, places[::2], places[1::2], strict=True):
        if _key((pair[0], pair[1])) not in found:
            left, right = (Side(place, sources.bodies(place.path)[0]) for place in pair)
            name = RENAMED if one.family == RENAMED else f"{one.family}, {one.bucket}"
            said = standing((left, right), sources, settings)
            rule = said.rule.partition(":")[0] if said else ""
            yield name, rule or "in other candidates"


def _key(pair: tuple[Place, Place]) -> tuple[str, str]:
    one, other = sorted(pair)
    return one.path, other.path


def _read(path: Path) -> Sequence[object]:
    with path.open(encoding="utf-8", newline="\n") as lines:
        return read_data(lines, str(path))


def _planted(options: argparse.Namespace) -> tuple[list[Planted], list[Row]]:
    rows = [[row for row in _read(path) if isinstance(row, Row)] for path in options.rows]
    planted = [one for each in rows for one in from_rows(each)]
    for path in options.pairs:
        planted += [Planted("async", bucket(one.a, one.b), one.a, one.b) for one in _read(path) if hasattr(one, "b")]  # type: ignore[attr-defined]
    for old, new in options.vendored:
        planted += from_vendored(old, new)
    return planted, [row for each in rows for row in each if row.kind == ORIGINAL]


def main() -> None:
    """Parse the arguments, write the modules, run both tools, print recall."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=Path, action="append", default=[])
    parser.add_argument("--pairs", type=Path, action="append", default=[])
    parser.add_argument("--vendored", type=Path, nargs=2, action="append", default=[], metavar=("OLD", "NEW"))
    parser.add_argument("--per-bucket", type=int, default=200)
    parser.add_argument("--least-code", type=int, default=1, help="least lines of code of both functions of a pair")
    parser.add_argument("--distractors", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rivals", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--why", action="store_true")
    options = parser.parse_args()
    rng = random.Random(options.seed)  # noqa: S311
    drawn, originals = _planted(options)
    planted = chosen(drawn, options.per_bucket, max(1, options.least_code), rng)
    taken = {text for one in drawn for text in (one.old, one.new)}
    spare = {row.source: row for row in originals if row.source not in taken}
    distractors = rng.sample(list(spare.values()), min(options.distractors, len(spare)))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        places = write_folder(folder, planted, distractors, rng)
        rivals = options.rivals.resolve() if options.rivals else None
        theirs, ours = find("jscpd", folder, "planted", rivals), find(CODESIM, folder, "planted")
        every = find(CODESIM, folder, "planted", flags=EVERY)
        code = {one.path: function_bodies((folder / one.path).read_text(encoding="utf-8"))[0].lines for one in places}
        missed = list(reasons(planted, places, every, folder)) if options.why else []
    lists = {"codesim": ours, "codesim, all": every}
    cuts = {name: cut_at(findings, len(theirs)) for name, findings in lists.items()}
    found = {"jscpd": links(theirs)} | {name: links(cut) for name, cut in cuts.items()}
    print(f"{len(planted)} pairs among {len(distractors)} distractors; jscpd reports {len(theirs)} pairs")
    for name, cut in cuts.items():
        named = sum(map(pairs_named, lists[name]))
        print(f"{name}: {len(cut)} of {len(lists[name])} candidates name as many; all of them name {named} pairs")
    record = []
    for name, count, both, any_ in rows_of(planted, places, found, code):
        shown = "   ".join(
            f"{tool} {100 * both[tool] / max(count, 1):5.1f} (linked {100 * any_[tool] / max(count, 1):5.1f})"
            for tool in found
        )
        print(f"{name:22} {count:5}   {shown}")
        record.append({"name": name, "pairs": count, "covered": both, "linked": any_})
    for (name, rule), count in sorted(Counter(missed).items()):
        print(f"not reported, {name}: {count} {rule}")
    if options.json:
        options.json.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
