"""From clone classes to the list that the user reads: fold, rank, leave out.

In: prospects (candidates with what their copies share), copied files, and where files are on disk. Out: candidates in
rank order. A file that stands here twice is one finding; tests that repeat in the same places are one family; and
the history is read for the files of the most promising candidates only. Source: our own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import prod
from pathlib import Path

from codesim.pipeline.copied_files import FileCopies
from codesim.pipeline.rank import Prospect, Ranking, rank_candidates, rank_parts
from codesim.refactor import CandidateKind, Member, RefactoringCandidate, Verdict
from codesim.source import Function, History, read_history

_MOST_WITH_HISTORY = 120  # candidates: no one reads on, and git takes its time for each file


def select_candidates(
    prospects: Sequence[Prospect], copies: Sequence[FileCopies], places: Mapping[str, Path], root: Path | None,
    min_value: float,
) -> Ranking:  # fmt: skip
    """Fold what belongs together and rank the rest.

    Args:
        prospects: in any order; those that a rule keeps out are neither folded nor looked up in the history.
        copies: files that stand in the scanned code twice.
        places: where each shown path is on disk.
        root: a folder in the repository, if there is one; None to do without the history.
        min_value: least value of a candidate; 0 leaves nothing out.

    Returns:
        Candidates in rank order, and what is left out.

    Source: our own.
    """
    open_ = [prospect for prospect in prospects if prospect.rule is None]
    folded = _fold_families(_fold_copied_files(open_, copies))
    plain = [rank_parts(prospect) for prospect in folded]
    order = sorted(range(len(folded)), key=lambda k: -prod(part.value for part in plain[k]))[:_MOST_WITH_HISTORY]
    files = sorted({places[member.path] for k in order for member in folded[k].candidate.members})
    history = History() if root is None else read_history(root, files)
    changes = [history.changes([_function(member, places) for member in p.candidate.members]) for p in folded]
    ruled = [prospect for prospect in prospects if prospect.rule is not None]
    return rank_candidates([*folded, *ruled], [*changes, *[(0, 0)] * len(ruled)], min_value)


def _function(member: Member, places: Mapping[str, Path]) -> Function:
    return str(places[member.path]), member.qualname.rpartition(".")[2].partition("#")[0]


def _fold_copied_files(prospects: Sequence[Prospect], copies: Sequence[FileCopies]) -> list[Prospect]:
    """One prospect for all functions of a file, or a folder, that was copied as a whole."""
    out = list(prospects)
    for copied in copies:
        pairs = {frozenset(pair) for pair in copied.files}
        inside = [p for p in out if frozenset(member.path for member in p.candidate.members) in pairs]
        if len(inside) > 1:
            out = [p for p in out if p not in inside]
            out.append(_copied_file(inside, copied))
    return out


def _copied_file(inside: Sequence[Prospect], copied: FileCopies) -> Prospect:
    """The largest of the prospects, speaking for all."""
    best = _largest(inside)
    (kept, copy), count = copied.files[0], len(copied.files)
    what = f"the file `{copy}` is for the most part a copy of `{kept}`: {copied.shared} functions are the same"
    if copied.folders:
        kept, copy = copied.folders
        what = (
            f"the folder `{copy}` is for the most part a copy of `{kept}`: {copied.shared} functions of {count} files"
        )
    verdict = Verdict(True, (what, *best.candidate.verdict.reasons[:1]))
    advice = f"Keep one of `{kept}` and `{copy}`, import it in the other place, or move what they share."
    saved = sum(p.candidate.lines_saved for p in inside)
    return _speaking_for(best, inside, replace(best.candidate, lines_saved=saved, verdict=verdict, advice=advice))


def _fold_families(prospects: Sequence[Prospect]) -> list[Prospect]:
    """One prospect for all mergeable tests that repeat in the same places."""
    out: list[Prospect] = []
    families: dict[frozenset[tuple[str, str]], list[Prospect]] = defaultdict(list)
    for prospect in prospects:
        candidate = prospect.candidate
        if candidate.kind is CandidateKind.TESTS and candidate.verdict.extractable:
            places = frozenset((member.path, member.qualname.rpartition(".")[0]) for member in candidate.members)
            families[places].append(prospect)
        else:
            out.append(prospect)
    return out + [_family(members) for members in families.values()]


def _family(members: Sequence[Prospect]) -> Prospect:
    best = _largest(members)
    if len(members) == 1:
        return best
    candidate = best.candidate
    more = len(members) - 1
    others = f"{more} more {'group' if more == 1 else 'groups'} of tests in the same place can be merged too"
    verdict = Verdict(True, (*candidate.verdict.reasons[:3], others))
    saved = sum(p.candidate.lines_saved for p in members)
    advice = f"{candidate.advice} {others[0].upper()}{others[1:]}."
    return _speaking_for(best, members, replace(candidate, lines_saved=saved, verdict=verdict, advice=advice))


def _speaking_for(best: Prospect, members: Sequence[Prospect], candidate: RefactoringCandidate) -> Prospect:
    others = tuple(prospect.candidate for prospect in members if prospect is not best)
    return replace(best, candidate=replace(candidate, covers=others))


def _largest(prospects: Sequence[Prospect]) -> Prospect:
    def order(prospect: Prospect) -> tuple[bool, int, str, int]:
        candidate = prospect.candidate
        first = candidate.members[0]
        return not candidate.verdict.extractable, -candidate.lines_saved, first.path, first.start_line

    return min(prospects, key=order)
