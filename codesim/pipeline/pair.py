"""Compare two fragments that the user named: the corridor for one pair, without retrieval and without a threshold."""

from __future__ import annotations

from codesim.embed import Encoder, graph_arrays, learned_cosine
from codesim.errors import SourceError
from codesim.graph import build_pdg, canonical_hash
from codesim.parse import parse_function
from codesim.pipeline.corridor import tool_version
from codesim.pipeline.identity import class_id
from codesim.pipeline.reasons import Explained, explain_candidate
from codesim.refactor import build_candidate
from codesim.report import ScanReport, Summary
from codesim.source import CutFragment, is_test_path
from codesim.verify import Subject, nested, prepare, score_pair

CutSource = tuple[CutFragment, tuple[str, ...]]


def compare(left: CutSource, right: CutSource) -> Explained:
    """Compare two fragments.

    Args:
        left: one fragment and its source lines.
        right: the other.

    Returns:
        A report with exactly one candidate, however low its score, and its explanation.

    Raises:
        SourceError: one fragment stands inside the other, or nests too deeply.
    """
    try:
        return _compare(left, right)
    except RecursionError:
        first = left[0].fragment
        raise SourceError(first.path, first.span.start_line, "one of the two functions is nested too deeply") from None


def _compare(left: CutSource, right: CutSource) -> Explained:
    subjects = [prepare(cut.fragment, parse_function(cut.node), lines) for cut, lines in (left, right)]
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
    report = ScanReport(tool_version(), encoder.name, summary, (candidate,))
    return Explained(report, explain_candidate(candidate))


def _lines(subject: Subject) -> int:
    return len(subject.lines)
