"""What was found similar and is left out on purpose: places, the rule that keeps them out, and the reason in words.

In: what the ranking leaves out, and what the stages before it turned away. Out: `Rejected`s for the reporters. A
ledger is kept only where the user asks for the list (`--rejected`), and nothing that is reported depends on it. What
the report or another entry tells of already has no entry of its own. Source: our own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

from codesim.index import Run, RunLimits, RunPair, ShortPair
from codesim.pipeline.rank import Ranking, Rule
from codesim.refactor import CandidateKind, Member
from codesim.report import Rejected
from codesim.store import FragmentRecord
from codesim.verify import Axis, PairVerdict

_APART = Rule("other-class", "a clone, but each is in a class with closer copies, or not close to all of the other's")
_OVERLAP = Rule("overlap", "a class that saves more takes some of these lines")
_PASSED = {
    "no-gain": "too few lines to pay for a helper and its calls",
    "other-class": "one of the two is far closer to other copies",
}
_MOST_KINDS = 3
NEAR = 0.8
"""Cosine of the learned part from which a pair that is no clone is worth a line."""
_Pair = tuple[Member, Member]


def rejected_by(ranking: Ranking) -> list[Rejected]:
    """What the ranking leaves out."""
    return [Rejected(candidate.members, rule.name, rule.reason) for candidate, rule in ranking.left_out]


def not_a_clone(verdict: PairVerdict) -> Rule:
    """The rule that two functions are similar, but no clones: what differs most often, behaviour first."""
    counts = Counter((d.axis is not Axis.BEHAVIOUR, d.kind.value) for d in verdict.alignment.differences)
    kinds = sorted(counts, key=lambda item: (item[0], -counts[item], item[1]))
    named = list(dict.fromkeys(kind for _, kind in kinds))[:_MOST_KINDS]
    said = ", ".join(f"{count} {kind}" for (_, kind), count in sorted(counts.items()))
    share = f"{verdict.alignment.aligned_share:.0%} of the statements correspond"
    return Rule(
        f"not-a-clone:{'+'.join(named) or 'size'}", f"closeness {verdict.closeness:.2f}, {share}; differences: {said}"
    )


def pairs_apart(
    records: Sequence[FragmentRecord],
    closeness: Mapping[tuple[int, int], float | None],
    classes: Sequence[Sequence[int]],
    compare: Callable[[int, int], PairVerdict | None],
) -> list[Rejected]:
    """Pairs of functions that were verified and are in no class together, the closest first.

    Args:
        records: one for each number; copies that are equal have one number.
        closeness: of pairs (i, j), i < j; None for one that was turned away.
        classes: numbers that are told of together.
        compare: the verdict of a pair, whatever comes out; None where its vectors are not near, or one holds the other.
    """
    together = {pair for numbers in classes for pair in combinations(sorted(numbers), 2)}
    found: list[tuple[float, Rejected]] = []
    for pair in sorted(set(closeness) - together):
        close, rule = closeness[pair], _APART
        if close is None:
            verdict = compare(*pair)
            if verdict is None:
                continue
            close, rule = verdict.closeness, not_a_clone(verdict)
        members = tuple(_whole(records[k]) for k in pair)
        found.append((-close, Rejected(members, rule.name, rule.reason)))
    return [rejected for _, rejected in sorted(found, key=lambda item: item[0])]


class RunLedger:
    """Runs of statements that were matched and end in no candidate."""

    def __init__(self) -> None:
        self._records: Sequence[FragmentRecord] = ()
        self._limits = RunLimits(0, 0, 0)
        self._pairs: Sequence[RunPair] = ()
        self._short: Sequence[ShortPair] = ()
        self._rules: dict[frozenset[Run], Rule] = {}

    def open(
        self, records: Sequence[FragmentRecord], limits: RunLimits, pairs: Sequence[RunPair], short: Sequence[ShortPair]
    ) -> None:
        """Begin with what was matched.

        Args:
            records: the functions, by number.
            limits: the least size of a run.
            pairs: runs that correspond.
            short: what is no run by these limits.
        """
        self._records, self._limits, self._pairs, self._short = records, limits, pairs, short

    def passed(self, template: Run, copy: Run, name: str) -> None:
        """Note what the grouping passed by, for one of its reasons."""
        self.refused((template, copy), Rule(name, _PASSED[name]))

    def refused(self, members: Sequence[Run], rule: Rule) -> None:
        """Note why a template and its copies are no class."""
        for copy in members[1:]:
            self._rules[frozenset((members[0], copy))] = rule

    def rejected(self, ranking: Ranking) -> list[Rejected]:
        """What ends in no candidate, the largest first; what half lies in a class that is told of has no entry."""
        found: list[tuple[int, _Pair, Rule]] = [
            (one.mass, self._members(one), self._rules.get(frozenset((one.left, one.right)), _OVERLAP))
            for one in self._pairs
        ]
        found += [(one.mass, self._members(one), self._short_rule(one)) for one in self._short]
        found.sort(key=lambda item: (-item[0], [_key(member) for member in item[1]], item[2].name, item[2].reason))
        cover = _Cover()
        blocks = [candidate for candidate, _ in ranking.left_out if candidate.kind is CandidateKind.BLOCK]
        for candidate in [*ranking.candidates, *blocks]:
            cover.add(candidate.members)
        out: list[Rejected] = []
        for _, pair, rule in found:
            if not cover.holds(*pair):
                cover.add(pair)
                out.append(Rejected(pair, rule.name, rule.reason))
        return out

    def _members(self, pair: RunPair | ShortPair) -> _Pair:
        return self._member(pair.left), self._member(pair.right)

    def _member(self, run: Run) -> Member:
        fragment = self._records[run.function].fragment
        return Member(fragment.path, fragment.qualname, run.first_line, run.last_line, ())

    def _short_rule(self, short: ShortPair) -> Rule:
        limits = self._limits
        if not short.whole:
            return Rule(
                "no-whole-statements", f"{short.statements} statements correspond, but no whole ones of one suite"
            )
        return Rule(
            "too-short",
            f"whole statements that correspond: {short.statements} on {short.lines} lines, of {short.mass} tree nodes; "
            f"compared are {limits.statements}, {limits.lines} and {limits.mass} at least",
        )


class _Cover:
    """Classes that are told of."""

    def __init__(self) -> None:
        self._by_path: dict[str, list[tuple[Member, int]]] = {}
        self._count = 0

    def add(self, members: Sequence[Member]) -> None:
        """Add a class."""
        self._count += 1
        for member in members:
            self._by_path.setdefault(member.path, []).append((member, self._count))

    def holds(self, left: Member, right: Member) -> bool:
        """Whether two members of one class hold half of the lines of one each."""
        classes: dict[int, list[Member]] = {}
        for member, number in self._by_path.get(left.path, ()):
            if _is_half(member, left):
                classes.setdefault(number, []).append(member)
        return any(
            member is not other
            for member, number in self._by_path.get(right.path, ())
            if number in classes and _is_half(member, right)
            for other in classes[number]
        )


def _is_half(around: Member, place: Member) -> bool:
    common = min(around.end_line, place.end_line) - max(around.start_line, place.start_line) + 1
    return 2 * common >= place.end_line - place.start_line + 1


def _whole(record: FragmentRecord) -> Member:
    fragment = record.fragment
    return Member(fragment.path, fragment.qualname, fragment.span.start_line, fragment.span.end_line, ())


def _key(member: Member) -> tuple[str, int, int]:
    return member.path, member.start_line, member.end_line
