"""The style sheet of the picture: colours for light and dark, text sizes, the strokes of the kinds of edge.

In: nothing. Out: `STYLE`, plain CSS without references. Colours are spelled out twice instead of by variables, which
not every program that shows SVG knows. Colour is never the only mark: dashes, dots and names say the same.
Source: our own; text colours keep a contrast of 4.5 to 1 or better (WCAG 2.2, 1.4.3).
"""

STYLE = """
text { font: 13px ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  fill: #1b1f24; white-space: pre; }
.title { font-size: 16px; font-weight: 600; }
.small { font-size: 11px; }
.end { text-anchor: end; }
text.order, text.control { font-style: italic; }
.quiet { fill: #59626e; }
.word { font-weight: 700; }
.paper { fill: #ffffff; }
.card { fill: #f6f7f9; stroke: #d9dde3; }
.pill { fill: #fdf0dc; }
.line { fill: none; stroke-width: 1.5; }
.control { stroke: #b45309; } .data { stroke: #1d4ed8; } .order { stroke: #047857; }
.tip.control, text.control { fill: #9a4607; stroke: none; }
.tip.data, text.data { fill: #1d4ed8; stroke: none; }
.tip.order, text.order { fill: #046c4e; stroke: none; }
.loop { stroke-dasharray: 5 3; }
.may { stroke-width: 1; stroke-dasharray: 1 3; stroke-linecap: round; }
.loop.may { stroke-dasharray: 5 3 1 3; }
.arc:hover .line { stroke-width: 3; }
@media (prefers-color-scheme: dark) {
  text { fill: #e4e8ee; }
  .quiet { fill: #a0a9b6; }
  .paper { fill: #14171b; }
  .card { fill: #1c2026; stroke: #343b45; }
  .pill { fill: #3a2d0c; }
  .control { stroke: #e8a13c; } .data { stroke: #85b9ff; } .order { stroke: #6ed6a4; }
  .tip.control, text.control { fill: #ffc46b; }
  .tip.data, text.data { fill: #85b9ff; }
  .tip.order, text.order { fill: #6ed6a4; }
}
"""
