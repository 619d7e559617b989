"""Scan reports whose every text tries to break out of the format it is put into."""

from __future__ import annotations

from hypothesis import strategies as st

from codesim.refactor import (
    CandidateKind,
    ClassDifference,
    Gain,
    Helper,
    Member,
    RankPart,
    RefactoringCandidate,
    Site,
    Verdict,
)
from codesim.report import Checkout, ScanReport, Summary
from codesim.source import Skipped
from codesim.verify import DifferenceKind

CHECKOUT = Checkout("/work/shop", "/work/shop")

PIECES = (
    *("a", "Ünï", " ", "\t", "\r", "\n", "\x1b[31m", "\x07", "\u202e", "\u2028", "\ufeff", "\udc80", "🙂", "\0"),
    *("`", "``", "```", "~~~", "|", "\\", "\\`", "*", "__", "[x](http://evil.invalid)", "](", "](1)", "[", "]", "!["),
    *("<script>alert(1)</script>", "</details>", "</summary>", "<!--", "-->", "&lt;", "&", "'", '"', "<b>", "{{0}}"),
    *("@admin", "#1", "!2", "http://evil.invalid", "www.evil.invalid", "a@evil.invalid", "%0A", "%", "%25", "/", ".."),
    *("::error::", "::", "::add-mask::x", "##[command]", ":", ",", "=", "file=", "- ", "1. ", "+", "{", "}", "$HOME"),
)
texts = st.lists(st.sampled_from(PIECES), max_size=6).map("".join) | st.text(max_size=12)
names = texts.filter(lambda text: bool(text.strip("/. \t\r\n\0")))


@st.composite
def members(draw: st.DrawFn) -> Member:
    lines = draw(st.lists(texts, min_size=1, max_size=4))
    start = draw(st.integers(1, 5000))
    return Member(draw(names), draw(names), start, start + len(lines) - 1, tuple(lines), draw(st.booleans()))


@st.composite
def candidates(draw: st.DrawFn) -> RefactoringCandidate:
    copies = draw(st.lists(members(), min_size=2, max_size=5))
    left, right = copies[:2]
    sites = tuple(Site(copy.path, copy.start_line, draw(texts)) for copy in copies)
    helper = Helper(draw(names), (draw(texts),), (), draw(texts)) if draw(st.booleans()) else None
    gain = Gain.SMALL if draw(st.booleans()) else Gain.CLEAR
    return RefactoringCandidate(
        id=f"{draw(st.integers(0, 2**64 - 1)):016x}",
        kind=draw(st.sampled_from(CandidateKind)),
        clone_type=draw(st.integers(1, 4)),
        score=draw(st.floats(0, 1)),
        similarity=1.0,
        lines_saved=draw(st.integers(-5, 50)),
        verdict=Verdict(draw(st.booleans()), tuple(draw(st.lists(texts, max_size=2)))),
        helper=helper,
        members=tuple(copies),
        differences=(ClassDifference(DifferenceKind.LITERAL, sites),),
        correspondence=((left.start_line, right.start_line), (left.end_line, None), (None, right.end_line)),
        advice=draw(texts.map("Extract `{}` and".format) | texts),
        rank_parts=(RankPart("gain", 1.0, ""),) if gain is Gain.SMALL else (),
    )


@st.composite
def reports(draw: st.DrawFn) -> ScanReport:
    found = tuple(draw(st.lists(candidates(), max_size=3, unique_by=lambda candidate: candidate.id)))
    skipped = tuple(draw(st.lists(st.builds(Skipped, names, texts), max_size=2)))
    return ScanReport("1.2.3", "weights", Summary(3, 100, 10, skipped), found)
