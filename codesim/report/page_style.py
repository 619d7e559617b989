"""The style sheet of the HTML report; its hash is the only thing that the page's security policy lets in.

In: nothing. Out: `STYLE`, plain CSS without any external reference, for light and dark, wide and narrow, screen and
print. Colour never carries a meaning alone: every marked row has a sign in its gutter too.
Source: our own; text colours keep a contrast of 4.5 to 1 or better (WCAG 2.2, 1.4.3).
"""

STYLE = """
:root {
  color-scheme: light dark;
  --paper: #ffffff; --panel: #f6f7f9; --line: #d9dde3; --ink: #1b1f24; --quiet: #59626e; --link: #0b57b0;
  --differs: #fff3cf; --differs-part: #ffd766; --differs-sign: #7a4b00;
  --respelled: #f0f6ff; --respelled-part: #cfe3ff; --respelled-sign: #1e558f;
  --good: #11672f; --good-paper: #dff5e5; --caution: #7a4b00; --caution-paper: #fff0cc;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171b; --panel: #1c2026; --line: #343b45; --ink: #e4e8ee; --quiet: #a0a9b6; --link: #85b9ff;
    --differs: #372c0f; --differs-part: #74580c; --differs-sign: #ffcf5c;
    --respelled: #17222f; --respelled-part: #234a75; --respelled-sign: #8fc0ff;
    --good: #83dca0; --good-paper: #15331f; --caution: #ffcf5c; --caution-paper: #3a2d0c;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
main, header, footer { max-width: 92rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 2rem; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .25rem; }
h2 { font-size: 1.2rem; line-height: 1.3; margin: 2.5rem 0 .75rem; }
h3 { font-size: .95rem; margin: 1.4rem 0 .5rem; }
p { margin: .4rem 0; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible, .scroll:focus-visible {
  outline: 3px solid var(--link); outline-offset: 2px; border-radius: 3px;
}
code, pre, .code { font-family: var(--mono); font-size: .8125rem; }
code { overflow-wrap: anywhere; }
.quiet { color: var(--quiet); }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .4rem .8rem; }
.unseen {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}

.figures { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.25rem 0 0; padding: 0; list-style: none; }
.figures li {
  background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: .55rem .9rem; min-width: 7.5rem;
}
.figures b { display: block; font-size: 1.35rem; line-height: 1.25; font-variant-numeric: tabular-nums; }
.figures .lead { border-color: var(--good); }
.figures .lead b { color: var(--good); }

table { border-collapse: collapse; width: 100%; }
.contents th, .contents td {
  text-align: left; vertical-align: top; padding: .45rem .75rem .45rem 0; border-bottom: 1px solid var(--line);
}
.contents thead th { font-size: .8125rem; color: var(--quiet); font-weight: 600; }
.contents tbody th { font-weight: 600; }
.contents .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.contents tbody tr:hover { background: var(--panel); }
.contents .place { display: block; color: var(--quiet); font-weight: 400; }

.candidate {
  border: 1px solid var(--line); border-radius: 10px; margin: 2rem 0; padding: 1.1rem 1.25rem 1.25rem;
  scroll-margin-top: 1rem;
}
.candidate:target { border-color: var(--link); box-shadow: 0 0 0 1px var(--link); }
.candidate h2 { margin: 0 0 .4rem; overflow-wrap: anywhere; }
.candidate h2 code { font-size: 1.05rem; }
.badges { display: flex; flex-wrap: wrap; gap: .4rem; margin: 0; padding: 0; list-style: none; font-size: .8125rem; }
.badges li { border: 1px solid var(--line); border-radius: 99px; padding: .05rem .65rem; background: var(--panel); }
.badges .good { color: var(--good); background: var(--good-paper); border-color: transparent; font-weight: 600; }
.badges .caution {
  color: var(--caution); background: var(--caution-paper); border-color: transparent; font-weight: 600;
}
.copies { margin: .25rem 0; padding-left: 1.6rem; }
.copies details { margin: .2rem 0; }

.diff { border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
.diff table { table-layout: fixed; }
.diff .line { width: 4.2rem; }
.diff .sign { width: 1.9rem; }
.diff td, .diff th { padding: 0 .6rem; vertical-align: top; text-align: left; font-weight: 400; }
.diff thead th {
  background: var(--panel); padding: .4rem .6rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere;
}
.diff .n {
  text-align: right; color: var(--quiet); user-select: none; -webkit-user-select: none;
  font: .75rem/1.65 var(--mono); font-variant-numeric: tabular-nums;
}
.diff .g {
  text-align: center; padding: 0; font: 700 .8125rem/1.5 var(--mono); user-select: none; -webkit-user-select: none;
}
.diff .c, .source {
  font: .8125rem/1.55 var(--mono); white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate;
}
.differs { background: var(--differs); }
.differs .g { color: var(--differs-sign); }
.respelled { background: var(--respelled); }
.respelled .g { color: var(--respelled-sign); }
.diff td.none { background: var(--panel); }
mark { color: inherit; border-radius: 3px; padding: 1px 0; }
.differs mark, .key .d { background: var(--differs-part); font-weight: 600; }
.respelled mark, .key .r { background: var(--respelled-part); }
.fold summary { padding: .2rem .9rem; background: var(--panel); color: var(--quiet); font-size: .8125rem; }
.fold, .fold + table, table + .fold { border-top: 1px solid var(--line); }
.fold[open] summary { border-bottom: 1px solid var(--line); }
.key { font-size: .8125rem; color: var(--quiet); }
.key mark { padding: 0 .3rem; color: var(--ink); }
.key code { font-weight: 700; }

.source {
  margin: .4rem 0; padding: .7rem .9rem; background: var(--panel); border: 1px solid var(--line); border-radius: 8px;
}
.numbered { padding: 0; display: block; }
.numbered td { vertical-align: top; padding: 0 .6rem; }
.numbered td:first-child {
  width: 4.2rem; text-align: right; color: var(--quiet); user-select: none; -webkit-user-select: none;
}
.differences { margin: .25rem 0; padding: 0; list-style: none; }
.differences li { padding: .3rem 0; border-bottom: 1px solid var(--line); }
.differences li:last-child { border-bottom: 0; }
.differences .kind { display: inline-block; min-width: 6rem; font-weight: 600; }
.differences .source { display: inline; padding: .05rem .35rem; border: 0; margin: 0; background: var(--panel); }
summary { cursor: pointer; }
footer { padding-top: 1rem; padding-bottom: 3rem; color: var(--quiet); font-size: .8125rem; }

@media (max-width: 50rem) {
  main, header, footer { padding-left: .8rem; padding-right: .8rem; }
  .candidate { padding: .9rem .8rem; }
  .figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(8rem, 1fr)); gap: .5rem; }
  .figures li { min-width: 0; }
  .contents .wide { display: none; }
  .diff table, .diff tbody, .diff thead { display: block; }
  .diff colgroup { display: none; }
  .diff tr { display: grid; grid-template-columns: 1.5rem 3rem minmax(0, 1fr); }
  .diff thead tr { display: block; }
  .diff thead th { display: block; }
  .diff thead .g { display: none; }
  .diff .n { padding: 0 .4rem; }
  .diff .c { padding-left: .2rem; }
  .diff .g { grid-column: 1; grid-row: 1 / span 2; }
  .diff .n.left { grid-column: 2; grid-row: 1; }
  .diff .c.left { grid-column: 3; grid-row: 1; }
  .diff .n.right { grid-column: 2; grid-row: 2; }
  .diff .c.right { grid-column: 3; grid-row: 2; }
  .diff tr.same .right, .diff td.none { display: none; }
  .diff tr + tr.differs, .diff tr + tr.respelled { border-top: 1px solid var(--line); }
}
@media print {
  .candidate { break-inside: auto; }
  .fold summary, .skip { display: none; }
}
"""
