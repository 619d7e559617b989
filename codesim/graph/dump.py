"""Forms of a graph for people and other tools: text, JSON, DOT and networkx (SVG is drawn in `draw`).

In: a `Pdg`. Out: a string or a `networkx.MultiDiGraph`, complete: every node, every edge, in the graph's order. Labels
are text from untrusted source, so each form spells out what a reader could not see or a format could not hold.
Nothing here feeds the encoder.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from codesim.graph.schema import Edge, EdgeKind, NodeKind, Pdg

if TYPE_CHECKING:
    import networkx as nx

_COLOUR = {
    EdgeKind.CONTROL: "#b45309",
    EdgeKind.DATA: "#1d4ed8",
    EdgeKind.OPERAND: "#9ca3af",
    EdgeKind.ORDER: "#047857",
}


def to_text(pdg: Pdg) -> str:
    """Write one line per node (number, place, kind, label) and one per edge (ends, kind, detail, marks).

    Args:
        pdg: any graph.

    Returns:
        str: a headline and the lines, without control characters; a mark is `(loop)` or `(may)`.
    """
    lines = [f"{one_line(pdg.qualname)}: {len(pdg.kinds)} nodes, {len(pdg.edges)} edges"]
    width = len(str(len(pdg.kinds)))
    for number, (kind, label, span) in enumerate(zip(pdg.kinds, pdg.labels, pdg.spans, strict=True)):
        place = f"{span.start_line}:{span.start_column}"
        lines.append(f"{number:>{width}}  {place:<8} {kind.name.lower():<13} {one_line(label)}".rstrip())
    lines += [f"{edge.source:>{width}} -> {edge.target:<{width}} {_sentence(edge)}" for edge in pdg.edges]
    return "\n".join(lines) + "\n"


def to_json(pdg: Pdg) -> str:
    """Write the graph as one JSON object on one line.

    Args:
        pdg: any graph.

    Returns:
        str: `qualname`; `nodes` with `id` (from 0), `kind`, `label`, `line` and `end_line` (from 1), `column` and
        `end_column` (from 0, UTF-8 bytes, end exclusive); `edges` with `source`, `target`, `kind`, `variable` (of data
        edges, else null), `may`, `loop_carried`, `branch` (of control edges, else null) and `position` (of operand
        edges, else null). ASCII, so that no encoding of a stream and no odd line separator can damage a line.
    """
    nodes = [
        {
            "id": number,
            "kind": kind.name.lower(),
            "label": label,
            "line": span.start_line,
            "column": span.start_column,
            "end_line": span.end_line,
            "end_column": span.end_column,
        }
        for number, (kind, label, span) in enumerate(zip(pdg.kinds, pdg.labels, pdg.spans, strict=True))
    ]
    edges = [
        {
            "source": edge.source,
            "target": edge.target,
            "kind": edge.kind.name.lower(),
            "variable": edge.detail if edge.kind is EdgeKind.DATA else None,
            "may": edge.may,
            "loop_carried": edge.loop_carried,
            "branch": edge.detail if edge.kind is EdgeKind.CONTROL else None,
            "position": edge.detail if edge.kind is EdgeKind.OPERAND else None,
        }
        for edge in pdg.edges
    ]
    return json.dumps({"qualname": pdg.qualname, "nodes": nodes, "edges": edges}) + "\n"


def to_dot(pdg: Pdg) -> str:
    """Write the graph in Graphviz' DOT language.

    Args:
        pdg: any graph.

    Returns:
        str: statements grey, loop-carried edges dashed, may-edges thin and dotted; labels are quoted, so that source
        text cannot break out of them.
    """
    lines = ["digraph pdg {", '  node [shape=box fontname="monospace" fontsize=10];', "  edge [fontsize=9];"]
    for number, (kind, label) in enumerate(zip(pdg.kinds, pdg.labels, strict=True)):
        shape = " style=filled fillcolor=lightgrey" if kind <= NodeKind.CLASS else ""
        lines.append(f"  n{number} [label={_quoted(f'{kind.name.lower()} {label}'.strip())}{shape}];")
    for edge in pdg.edges:
        style = f'color="{_COLOUR[edge.kind]}"'
        if edge.may:
            style += " style=dotted penwidth=0.7"
        elif edge.loop_carried:
            style += " style=dashed"
        if edge.loop_carried:  # a layout from top to bottom should follow the other edges
            style += " constraint=false"
        lines.append(f"  n{edge.source} -> n{edge.target} [label={_quoted(_sentence(edge))} {style}];")
    return "\n".join([*lines, "}"]) + "\n"


def to_networkx(pdg: Pdg) -> nx.MultiDiGraph[int]:
    """Give the graph to networkx.

    Args:
        pdg: any graph.

    Returns:
        nx.MultiDiGraph[int]: node attributes kind, label, span; edge attributes kind, detail, loop_carried, may.
    """
    import networkx as nx  # noqa: PLC0415  # 0.1 s that the other forms do not need

    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph(qualname=pdg.qualname)
    for number, (kind, label, span) in enumerate(zip(pdg.kinds, pdg.labels, pdg.spans, strict=True)):
        graph.add_node(number, kind=kind.name.lower(), label=label, span=tuple(span))
    for edge in pdg.edges:
        graph.add_edge(
            edge.source,
            edge.target,
            kind=edge.kind.name.lower(),
            detail=edge.detail,
            loop_carried=edge.loop_carried,
            may=edge.may,
        )
    return graph


def one_line(text: str) -> str:
    """Spell out control characters, line ends and whatever else does not print, which a terminal might obey."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)


def _sentence(edge: Edge) -> str:
    detail = f" {one_line(edge.detail)}" if edge.detail else ""
    return f"{edge.kind.name.lower()}{detail}{' (loop)' * edge.loop_carried}{' (may)' * edge.may}"


def _quoted(text: str) -> str:
    return '"' + one_line(text).replace("\\", "\\\\").replace('"', '\\"') + '"'
