"""The report as one self-contained HTML page, fit to be kept as a CI artifact.

In: a `ScanReport`. Out: a page without script, image, font or any other request: its security policy admits one
inline style sheet, by hash, and nothing else. Everything from the scanned repository goes through `escaped`, which
spells out the unprintable and escapes the rest; equal reports give equal bytes.
Source: our own; the policy follows Content Security Policy Level 3 (W3C).
"""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Iterable, Sequence

from codesim.refactor import ClassDifference, Member, RefactoringCandidate
from codesim.report import wording
from codesim.report.page_rows import LONGEST_LINE, escaped, render_rows
from codesim.report.page_style import STYLE
from codesim.report.rows import Cell, align_rows, cut_cell, shown_source
from codesim.report.scan_report import ScanReport
from codesim.report.visible import visible_brief, visible_code

LONGEST_DIFFERENCE = 300  # characters; the whole text stands in the columns above and in the JSON report
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'"

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<a class="skip" href="#candidates">Skip to the candidates</a>
<header>
<h1>Code written twice</h1>
<p class="quiet">{sentence}</p>
{figures}
</header>
<main id="candidates">
{body}
</main>
<footer>
<p>codesim {version}, weights {weights}</p>
</footer>
</body>
</html>
"""

_CANDIDATE = """<section class="candidate" id="candidate-{rank}" aria-labelledby="title-{rank}">
<h2 id="title-{rank}"><span class="quiet">{rank}.</span> {title}</h2>
<ul class="badges">{badges}</ul>
<h3>Where</h3>
{where}
<h3>Side by side</h3>
{side_by_side}
{differs}
<h3>What to do</h3>
{remedy}
</section>
"""


def render_html(report: ScanReport) -> str:
    """Render a report as one HTML page.

    Args:
        report: the scan's result.

    Returns:
        The page; it makes no request and holds no script and no time of day.
    """
    candidates = report.candidates
    body = f"<p>{escaped(wording.nothing_found(report))}</p>\n"
    if candidates:
        body = _contents(candidates) + _key()
        body += "".join(_candidate(rank, candidate) for rank, candidate in enumerate(candidates, start=1))
    return _PAGE.format(
        policy=html.escape(_POLICY, quote=True),
        title=escaped(f"codesim: {wording.summary_sentence(report).partition(';')[0]}"),
        style=STYLE,
        sentence=escaped(wording.summary_sentence(report)),
        figures=_figures(report),
        body=body + _skipped(report) + _timings(report),
        version=escaped(report.version),
        weights=escaped(report.weights),
    )


def _figures(report: ScanReport) -> str:
    summary = report.summary
    figures = (
        (len(report.candidates), "candidates", ""),
        (wording.lines_to_save(report), "lines to save", ' class="lead"' if wording.lines_to_save(report) else ""),
        (summary.files, "files", ""),
        (summary.lines, "lines", ""),
        (summary.fragments, "fragments", ""),
        (len(summary.skipped), "files skipped", ""),
    )
    items = "".join(f"<li{style}><b>{number:,}</b>{escaped(name)}</li>" for number, name, style in figures)
    return f'<ul class="figures" aria-label="Summary">{items}</ul>'


def _contents(candidates: Sequence[RefactoringCandidate]) -> str:
    rows = []
    for rank, candidate in enumerate(candidates, start=1):
        first = candidate.members[0]
        rows.append(
            f'<tr><td class="number">{rank}</td>'
            f'<th scope="row"><a href="#candidate-{rank}"><code>{escaped(first.qualname)}</code></a>'
            f'<code class="place">{_place(first)}</code></th>'
            f'<td class="wide">{escaped(wording.clone_type(candidate))}</td>'
            f'<td class="number">{len(candidate.members)}</td>'
            f'<td class="number wide">{candidate.score:.2f}</td>'
            f'<td class="number">{candidate.lines_saved:,}</td></tr>\n'
        )
    return (
        '<h2 id="contents">Candidates</h2>\n<table class="contents"><thead><tr><th class="number" scope="col">#</th>'
        '<th scope="col">First copy</th><th scope="col" class="wide">Clone type</th>'
        '<th class="number" scope="col">Copies</th><th class="number wide" scope="col">Score</th>'
        f'<th class="number" scope="col">Lines saved</th></tr></thead>\n<tbody>{"".join(rows)}</tbody></table>\n'
    )


def _key() -> str:
    return (
        '<p class="key">Signs: <code>≠</code> <mark class="d">differs</mark> (it matters when merging), '
        '<code>~</code> <mark class="r">spelled otherwise</mark> (the same to codesim), '
        "<code>&lt;</code> only on the left, <code>&gt;</code> only on the right.</p>\n"
    )


def _candidate(rank: int, candidate: RefactoringCandidate) -> str:
    first = candidate.members[0]
    more = len(candidate.members) - 1
    return _CANDIDATE.format(
        rank=rank,
        title=f'<code>{escaped(first.qualname)}</code> <span class="quiet">and '
        f"{wording.counted(more, 'copy') if more == 1 else f'{more:,} copies'}</span>",
        badges=_badges(candidate),
        where=_where(candidate),
        side_by_side=render_rows(align_rows(candidate), candidate.members[:2]),
        differs=_differs(candidate.differences),
        remedy=_remedy(candidate),
    )


def _badges(candidate: RefactoringCandidate) -> str:
    extractable = candidate.verdict.extractable
    badges = (
        ("good" if extractable else "caution", "can be merged" if extractable else "cannot be merged as it stands"),
        ("good" if candidate.lines_saved > 0 else "", wording.saving(candidate)),
        ("", wording.clone_type(candidate)),
        ("", f"closeness {candidate.closeness:.2f}"),
        ("", f"score {candidate.score:.2f}"),
        ("", f"similarity {round(candidate.similarity, 2) + 0.0:.2f}"),
        ("", candidate.kind.value),
        ("", f"id {candidate.id}"),
    )
    return "".join(f'<li class="{style}">{escaped(text)}</li>' for style, text in badges)


def _where(candidate: RefactoringCandidate) -> str:
    members = candidate.members
    items = [f"<li>{_named(candidate, member)}</li>\n" for member in members[:2]]
    items += [
        f"<li><details><summary>{_named(candidate, member)}</summary>{_numbered(member)}</details></li>\n"
        for member in members[2:]
    ]
    new = f"<p><strong>{escaped(wording.gained(candidate))}</strong></p>" if candidate.gained else ""
    return f'<ol class="copies">\n{"".join(items)}</ol>{new}'


def _named(candidate: RefactoringCandidate, member: Member) -> str:
    return f'<code>{_place(member)}</code> <code class="quiet">{escaped(wording.member_name(candidate, member))}</code>'


def _place(member: Member) -> str:
    return escaped(f"{member.path}:{member.start_line}")


def _numbered(member: Member) -> str:
    cells = (cut_cell(Cell(line, text, ()), LONGEST_LINE) for line, text in shown_source(member))
    rows = "".join(f"<tr><td>{cell.line}</td><td>{escaped(cell.text)}</td></tr>" for cell in cells)
    return f'<table class="source numbered" dir="ltr" translate="no"><tbody>{rows}</tbody></table>'


def _differs(differences: Sequence[ClassDifference]) -> str:
    items = "".join(f"<li>{_difference(difference)}</li>\n" for difference in differences if difference.where)
    return f'<h3>What differs</h3>\n<ul class="differences">\n{items}</ul>' if items else ""


def _difference(difference: ClassDifference) -> str:
    first, others = wording.distinct_texts(difference)
    sides = _source(first)
    if others:
        sides += ' <span class="quiet">→</span> ' + ' <span class="quiet">or</span> '.join(map(_source, others))
    places = ", ".join(f"{site.path}:{site.line}" for site in difference.where)
    return (
        f'<span class="kind">{escaped(difference.kind.value)}</span> {sides} '
        f'<br><code class="quiet">{escaped(places)}</code>'
    )


def _source(text: str) -> str:
    if not text.strip():
        return '<em class="quiet">nothing</em>'
    shown = html.escape(visible_brief(text, longest=LONGEST_DIFFERENCE), quote=True)
    return f'<code class="source" dir="ltr" translate="no">{shown}</code>'


def _remedy(candidate: RefactoringCandidate) -> str:
    parts = [f"<p>{escaped(candidate.advice)}</p>\n"]
    if candidate.verdict.reasons:
        reasons = "".join(f"<li>{escaped(reason)}</li>" for reason in candidate.verdict.reasons)
        parts.append(f"<p>{escaped(wording.verdict(candidate).capitalize())}</p>\n<ul>{reasons}</ul>\n")
    helper = candidate.helper
    if helper is None:
        parts.append('<p class="quiet">No helper is proposed.</p>')
    else:
        added = wording.counted(candidate.parameters, "new parameter")
        parts.append(
            f"<details open><summary>Proposed helper <code>{escaped(helper.signature)}</code> ({added})</summary>"
            f'<pre class="source" dir="ltr" translate="no">{_lines(helper.text.splitlines())}</pre></details>'
        )
    return "".join(parts)


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(html.escape(visible_code(line), quote=True) for line in lines)


def _skipped(report: ScanReport) -> str:
    skipped = report.summary.skipped
    if not skipped:
        return ""
    items = "".join(f"<li><code>{escaped(each.path)}</code>: {escaped(each.reason)}</li>\n" for each in skipped)
    return (
        f"<h2>Skipped</h2>\n<p>Clones in these files, if any, are not in this report.</p>\n"
        f"<details{' open' if len(skipped) <= 10 else ''}><summary>{wording.counted(len(skipped), 'file')}</summary>"
        f"\n<ul>{items}</ul></details>\n"
    )


def _timings(report: ScanReport) -> str:
    if report.timings is None:
        return ""
    return f"<h2>Time</h2>\n<p>{escaped(wording.stages(report.timings))}</p>\n"
