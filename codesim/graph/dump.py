"""Forms of a graph for people and other tools: text, JSON, DOT and networkx.

In: a `Pdg`. Out: a string or a `networkx.MultiDiGraph`. Nothing here feeds the encoder.
"""

from __future__ import annotations

import json

import networkx as nx

from codesim.graph.schema import EdgeKind, NodeKind, Pdg

_STYLE = {
    EdgeKind.CONTROL: 'color="#b45309"',
    EdgeKind.DATA: 'color="#1d4ed8"',
    EdgeKind.OPERAND: 'color="#9ca3af"',
    EdgeKind.ORDER: 'color="#047857" style=dashed',
}


def to_text(pdg: Pdg) -> str:
    """One line per node (number, position, kind, label) and one per edge, in the graph's order."""
    lines = [f"{pdg.qualname}: {len(pdg.kinds)} nodes, {len(pdg.edges)} edges"]
    width = len(str(len(pdg.kinds)))
    for number, (kind, label, span) in enumerate(zip(pdg.kinds, pdg.labels, pdg.spans, strict=True)):
        place = f"{span.start_line}:{span.start_column}"
        lines.append(f"{number:>{width}}  {place:<8} {kind.name.lower():<13} {_printable(label)}".rstrip())
    for edge in pdg.edges:
        carried = " (loop)" if edge.loop_carried else ""
        detail = f" {_printable(edge.detail)}" if edge.detail else ""
        lines.append(f"{edge.source:>{width}} -> {edge.target:<{width}} {edge.kind.name.lower()}{detail}{carried}")
    return "\n".join(lines) + "\n"


def to_json(pdg: Pdg) -> str:
    """The graph as one JSON object: qualname, nodes (id, kind, label, place) and edges (ends, kind, variable, ...)."""
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
            "branch": edge.detail if edge.kind is EdgeKind.CONTROL else None,
            "position": edge.detail if edge.kind is EdgeKind.OPERAND else None,
            "loop_carried": edge.loop_carried,
        }
        for edge in pdg.edges
    ]
    return json.dumps({"qualname": pdg.qualname, "nodes": nodes, "edges": edges}, ensure_ascii=False) + "\n"


def to_dot(pdg: Pdg) -> str:
    """The graph in Graphviz' DOT language; labels are quoted, so that source text cannot break out of them."""
    lines = ["digraph pdg {", '  node [shape=box fontname="monospace" fontsize=10];', "  edge [fontsize=9];"]
    for number, (kind, label) in enumerate(zip(pdg.kinds, pdg.labels, strict=True)):
        shape = " style=filled fillcolor=lightgrey" if kind <= NodeKind.CLASS else ""
        lines.append(f"  n{number} [label={_quoted(f'{kind.name.lower()} {label}'.strip())}{shape}];")
    for edge in pdg.edges:
        label = f"{edge.kind.name.lower()} {edge.detail}".strip()
        lines.append(f"  n{edge.source} -> n{edge.target} [label={_quoted(label)} {_STYLE[edge.kind]}];")
    return "\n".join([*lines, "}"]) + "\n"


def to_networkx(pdg: Pdg) -> nx.MultiDiGraph[int]:
    """The graph as networkx sees it: node attributes kind, label, span; edge attributes kind, detail, loop_carried."""
    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph(qualname=pdg.qualname)
    for number, (kind, label, span) in enumerate(zip(pdg.kinds, pdg.labels, pdg.spans, strict=True)):
        graph.add_node(number, kind=kind.name.lower(), label=label, span=tuple(span))
    for edge in pdg.edges:
        graph.add_edge(
            edge.source, edge.target, kind=edge.kind.name.lower(), detail=edge.detail, loop_carried=edge.loop_carried
        )
    return graph


def _printable(text: str) -> str:
    """Source text without control characters, which a terminal would obey."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)


def _quoted(text: str) -> str:
    return '"' + _printable(text).replace("\\", "\\\\").replace('"', '\\"') + '"'
