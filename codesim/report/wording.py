"""The words that the text and the HTML report share: clone types, counts, and the summary in figures.

In: numbers and values of a report. Out: short English phrases. One wording in one place keeps the reporters from
drifting apart. Source: our own; the clone types are those of Roy and Cordy, 2009.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from codesim.refactor import CandidateKind, ClassDifference, Gain, Member, RefactoringCandidate
from codesim.report.explanation import Standing
from codesim.report.scan_report import Rejected, ScanReport, Timings

_MOST_PLACES = 4
CLONE_TYPES = {1: "exact copy", 2: "renamed copy", 3: "near-miss copy", 4: "same behaviour"}


def clone_type(candidate: RefactoringCandidate) -> str:
    """Name a clone type in words.

    Args:
        candidate: its `clone_type` is 1 to 4.

    Returns:
        Such as `near-miss copy (type 3)`.
    """
    return f"{CLONE_TYPES[candidate.clone_type]} (type {candidate.clone_type})"


def counted(number: int, noun: str) -> str:
    """Put a number and its noun together.

    Args:
        number: how many; thousands are set off by commas.
        noun: in the singular; the plural adds an s.

    Returns:
        Such as `1 file` or `1,204 files`.
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def member_name(candidate: RefactoringCandidate, member: Member) -> str:
    """Name a copy: its function, and for a block the lines inside it.

    Args:
        candidate: the copy's candidate.
        member: the copy.

    Returns:
        Such as `Cart.total` or `Cart.total, lines 12-19`.
    """
    if candidate.kind is not CandidateKind.BLOCK:
        return member.qualname
    return f"{member.qualname}, lines {member.start_line}-{member.end_line}"


def gained(candidate: RefactoringCandidate) -> str:
    """Say which copies are new in a class that the baseline knows.

    Args:
        candidate: any candidate.

    Returns:
        Such as `new since the baseline: a.py:10 f, b.py:3 g`; empty if the whole class is new, or there is no baseline.
    """
    places = [f"{member.path}:{member.start_line} {member_name(candidate, member)}" for member in candidate.gained]
    return f"new since the baseline: {', '.join(places)}" if places else ""


def saving(candidate: RefactoringCandidate) -> str:
    """Say what merging a candidate saves.

    Args:
        candidate: its `lines_saved` may be zero or negative.

    Returns:
        Such as `saves 14 lines`.
    """
    return f"saves {counted(candidate.lines_saved, 'line')}" if candidate.lines_saved > 0 else "saves no lines"


def verdict(candidate: RefactoringCandidate) -> str:
    """Say whether a candidate's copies can be merged; the reasons stand in its verdict.

    Args:
        candidate: any candidate.

    Returns:
        A clause, with a colon if reasons follow.
    """
    clause = "can be merged" if candidate.verdict.extractable else "cannot be merged as it stands"
    return clause + (":" if candidate.verdict.reasons else "")


def standing(found: Standing) -> str:
    """Say whether a scan of two functions alone would report them.

    Args:
        found: with the rule that keeps them out, if there is one.

    Returns:
        One sentence without its stop.
    """
    if not found.rule:
        return (
            "a scan of these two alone would report them; in a code base, statements that are common there weigh less"
        )
    return f"a scan would not report these two, by the rule {found.rule}: {found.reason}"


def rules(rejected: Sequence[Rejected]) -> str:
    """Count what was left out by rule, most first.

    Args:
        rejected: at least one.

    Returns:
        Such as `value 12, twin 3`.
    """
    counts = Counter(each.rule.partition(":")[0] for each in rejected)
    return ", ".join(
        f"{rule} {count:,}" for rule, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )


def places(members: Sequence[Member]) -> str:
    """Name where the members of a class stand, the first few of many.

    Args:
        members: at least one.

    Returns:
        Such as `a.py:1-9, b.py:4-12 and 3 more`.
    """
    named = ", ".join(f"{member.path}:{member.start_line}-{member.end_line}" for member in members[:_MOST_PLACES])
    return f"{named} and {len(members) - _MOST_PLACES:,} more" if len(members) > _MOST_PLACES else named


def lines_to_save(report: ScanReport) -> int:
    """Sum what the candidates save; one that would cost lines counts as zero.

    Args:
        report: the scan's result.

    Returns:
        Lines.
    """
    return sum(max(0, candidate.lines_saved) for candidate in report.candidates)


def summary_sentence(report: ScanReport) -> str:
    """Put the result of a scan in one line.

    Args:
        report: the scan's result.

    Returns:
        Candidates and lines to save; files, lines and fragments seen; files skipped, if any.
    """
    summary = report.summary
    found = "no candidates" if report.known is None else "no new candidates"
    if report.candidates:
        noun = "candidate" if report.known is None else "new candidate"
        found = f"{counted(len(report.candidates), noun)}, {counted(lines_to_save(report), 'line')} to save"
        small = sum(candidate.gain is Gain.SMALL for candidate in report.candidates)
        found += f" ({small:,} with a small gain)" if small else ""
    seen = (counted(summary.files, "file"), counted(summary.lines, "line"), counted(summary.fragments, "fragment"))
    if report.known is not None:
        found += f"; {report.known:,} known in the baseline"
    if report.ignored:
        found += f"; {report.ignored:,} ignored"
    sentence = f"{found}; {', '.join(seen)}"
    return f"{sentence}; {counted(len(summary.skipped), 'file')} skipped" if summary.skipped else sentence


def nothing_found(report: ScanReport) -> str:
    """Say why a report without candidates is empty: nothing was found, or nothing could be read.

    Args:
        report: the scan's result, without candidates.

    Returns:
        One sentence.
    """
    if report.summary.files == 0:
        return "No Python file could be analysed, so nothing can be said about clones."
    if report.summary.fragments < 2:
        return "Fewer than two functions were found, so there was nothing to compare."
    if report.known or report.ignored:
        return "No new refactoring candidates."
    return "No refactoring candidates: nothing here is written twice that would be better written once."


def stages(timings: Timings) -> str:
    """Put the timings in one line.

    Args:
        timings: seconds per stage.

    Returns:
        Such as `total 3.10 s (source 0.42, graph 1.20, embed 0.81, index 0.02, verify 0.50, group 0.01)`.
    """
    names = ("source", "graph", "embed", "index", "verify", "group")
    each = ", ".join(f"{name} {getattr(timings, name):.2f}" for name in names)
    return f"total {timings.total:.2f} s ({each}; summed over workers)"


def distinct_texts(difference: ClassDifference) -> tuple[str, tuple[str, ...]]:
    """Split a difference into the representative's text and the distinct texts of the other copies.

    Args:
        difference: a difference with at least one site.

    Returns:
        The first site's text, and the others without repetition, in order; the first is left out of the others
        unless nothing else would remain.
    """
    first, *others = (site.text for site in difference.where)
    distinct = tuple(dict.fromkeys(text for text in others if text != first))
    return first, distinct or tuple(others[:1])
