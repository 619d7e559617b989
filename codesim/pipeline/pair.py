"""Compare two fragments that the user named: the corridor for one pair, without retrieval and without a threshold.

In: two fragments with their lines. Out: their candidate with its explanation, and whether a scan would report it: each
rule of the scan is asked in the order in which the scan meets it. Source: our own.
"""

from __future__ import annotations

from dataclasses import replace

from codesim import __version__
from codesim.config import Settings
from codesim.embed import Encoder, graph_arrays, learned_cosine
from codesim.errors import SourceError
from codesim.graph import Pdg, build_pdg, canonical_hash
from codesim.parse import parse_function, surroundings_of
from codesim.pipeline.analysis import line_count
from codesim.pipeline.identity import class_id
from codesim.pipeline.rank import Rule, boilerplate_rule, rule_against, work_rule
from codesim.pipeline.reasons import Explained, explain_candidate, lone_prospect
from codesim.pipeline.rejected import not_a_clone
from codesim.refactor import RefactoringCandidate, build_candidate
from codesim.report import ScanReport, Standing, Summary
from codesim.source import CutFragment, is_test_path
from codesim.verify import LEAST_CLOSENESS, PairVerdict, Subject, nested, prepare, score_pair

CutSource = tuple[CutFragment, tuple[str, ...]]


def compare(left: CutSource, right: CutSource, settings: Settings) -> Explained:
    """Compare two fragments.

    Args:
        left: one fragment and its source lines.
        right: the other.
        settings: the least sizes, cosine, score and value say whether a scan would report the pair.

    Returns:
        A report with exactly one candidate, however low its score, and its explanation, with its standing.

    Raises:
        SourceError: one fragment stands inside the other, or nests too deeply.
    """
    try:
        return _compare(left, right, settings)
    except RecursionError:
        first = left[0].fragment
        raise SourceError(first.path, first.span.start_line, "one of the two functions is nested too deeply") from None


def _compare(left: CutSource, right: CutSource, settings: Settings) -> Explained:
    subjects = [_prepared(*side) for side in (left, right)]
    one, two = subjects
    if nested(one, two):
        raise SourceError(
            one.fragment.path, one.fragment.span.start_line, "one of the two functions stands inside the other"
        )
    graphs = [build_pdg(subject.tree, subject.fragment.qualname) for subject in subjects]
    encoder = Encoder.load()
    first, second = encoder.embed([graph_arrays(graph) for graph in graphs])
    cosine = learned_cosine(first, second, encoder.learned_dim)
    verdict = score_pair(one, two, cosine)
    identity = class_id([canonical_hash(graph) for graph in graphs])
    tests = all(is_test_path(subject.fragment.path) for subject in subjects)
    candidate = build_candidate(subjects, [verdict], identity, tests)
    paths = {subject.fragment.path for subject in subjects}
    summary = Summary(len(paths), sum(map(_lines, subjects)), len(subjects), ())
    report = ScanReport(__version__, encoder.name, summary, (candidate,))
    sides = zip((left[0], right[0]), subjects, graphs, strict=True)
    too_small = next((rule for side in sides if (rule := _size_rule(*side, settings)) is not None), None)
    rule = too_small or _pair_rule(candidate, verdict, float(first @ second), settings)
    standing = Standing(rule.name, rule.reason) if rule else Standing("", "")
    return Explained(report, replace(explain_candidate(candidate), standing=standing))


def _prepared(cut: CutFragment, lines: tuple[str, ...]) -> Subject:
    faithful = parse_function(cut.node)
    return prepare(cut.fragment, faithful, lines, surroundings_of(cut, faithful))


def _lines(subject: Subject) -> int:
    return len(subject.lines)


def _size_rule(cut: CutFragment, subject: Subject, graph: Pdg, settings: Settings) -> Rule | None:
    """The rule by which a function is not compared at all."""
    name = cut.fragment.qualname
    if cut.suppressed:
        return Rule("suppressed", f"a comment keeps `{name}` out")
    if line_count(cut) < settings.min_lines:
        return Rule("small", f"`{name}` has {line_count(cut)} lines; from {settings.min_lines} on they are compared")
    nodes = len(graph.kinds)
    if nodes < settings.min_nodes:
        return Rule("small", f"`{name}` has {nodes} graph nodes; from {settings.min_nodes} on they are compared")
    return work_rule(subject.substance)


def _pair_rule(candidate: RefactoringCandidate, verdict: PairVerdict, cosine: float, settings: Settings) -> Rule | None:
    """The rule by which two functions that are compared are not reported."""
    if cosine < settings.min_similarity:
        return Rule(
            "not-near", f"cosine {cosine:.2f} of the vectors; from {settings.min_similarity:g} on it is verified"
        )
    if verdict.closeness < LEAST_CLOSENESS:
        return not_a_clone(verdict)
    if verdict.score < settings.min_score:
        return Rule("score", f"score {verdict.score:.2f}; from {settings.min_score:g} on it is reported")
    if candidate.basis is None:
        raise ValueError("a candidate that was just built keeps its basis")
    prospect = replace(lone_prospect(candidate, candidate.basis), rule=boilerplate_rule(candidate.basis.subjects))
    return rule_against(prospect, settings.min_value)
