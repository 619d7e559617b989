"""Printed forms of a graph: complete, marked, and safe with hostile text in the source."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from behaviour import faithful

from codesim.graph import Edge, EdgeKind, NodeKind, Pdg, build_pdg, to_dot, to_json, to_networkx, to_text
from codesim.source import Span

HOSTILE = 'def f(a):\n    return a["\\x1b[31m]\\"; evil [label=x]\\n"] + "\\\\"\n'
TEXT = '"; evil [label=x] </title><script>x()</script>]]>&amp;\\\n\r\x00\x1b[31m\x85\u2028\u202e\ud800\ufffe\uffff'
EDGE_KINDS = ["control", "data", "operand", "order"]
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["qualname", "nodes", "edges"],
    "additionalProperties": False,
    "properties": {
        "qualname": {"type": "string"},
        "nodes": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "kind", "label", "line", "column", "end_line", "end_column"],
                "additionalProperties": False,
                "properties": {
                    "id": {"type": "integer", "minimum": 0},
                    "kind": {"enum": [kind.name.lower() for kind in NodeKind]},
                    "label": {"type": "string"},
                    "line": {"type": "integer", "minimum": 1},
                    "column": {"type": "integer", "minimum": 0},
                    "end_line": {"type": "integer", "minimum": 1},
                    "end_column": {"type": "integer", "minimum": 0},
                },
            },
        },
        "edges": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["source", "target", "kind", "variable", "may", "loop_carried"],
                "additionalProperties": False,
                "properties": {
                    "source": {"type": "integer", "minimum": 0},
                    "target": {"type": "integer", "minimum": 0},
                    "kind": {"enum": EDGE_KINDS},
                    "variable": {"type": ["string", "null"]},
                    "may": {"type": "boolean"},
                    "loop_carried": {"type": "boolean"},
                    "branch": {"type": ["string", "null"]},
                    "position": {"type": ["string", "null"]},
                },
                "if": {"properties": {"kind": {"const": "data"}}},
                "then": {"properties": {"variable": {"type": "string"}}},
                "else": {"properties": {"variable": {"type": "null"}}},
            },
        },
    },
}


def graph(source: str = "def f(a):\n    for x in a:\n        g(x)\n") -> Pdg:
    return build_pdg(faithful(source), "module.f")


def marked() -> Pdg:
    """Every kind of edge with every combination of marks, between two statements."""
    edges = tuple(
        Edge(0, 1, kind, "x", loop_carried, may)
        for kind in EdgeKind
        for loop_carried in (False, True)
        for may in (False, True)
    )
    return Pdg("f", (NodeKind.ENTRY, NodeKind.PASS), ("", ""), (Span(1, 0, 2, 8), Span(2, 4, 2, 8)), edges)


def hostile() -> Pdg:
    """Every kind of node and of edge, with a text everywhere that no form may obey."""
    count = len(NodeKind)
    edges = tuple(Edge(n, n + 1, kind, TEXT, False, False) for n in range(count - 1) for kind in EdgeKind)
    return Pdg(TEXT, tuple(NodeKind), (TEXT,) * count, (Span(1, 0, 1, 9),) * count, edges)


def test_text_has_a_line_for_each_node_and_edge() -> None:
    pdg = graph()
    lines = to_text(pdg).splitlines()
    assert lines[0] == f"module.f: {len(pdg.kinds)} nodes, {len(pdg.edges)} edges"
    assert len(lines) == 1 + len(pdg.kinds) + len(pdg.edges)


def test_text_tells_the_marks_of_each_edge() -> None:
    lines = to_text(marked()).splitlines()[3:]
    assert [line.removeprefix("0 -> 1 data x") for line in lines[4:8]] == ["", " (may)", " (loop)", " (loop) (may)"]


@pytest.mark.parametrize("pdg", [graph(HOSTILE), hostile()], ids=["source", "labels"])
def test_text_holds_no_control_characters(pdg: Pdg) -> None:
    text = to_text(pdg)
    assert all(char.isprintable() or char == "\n" for char in text)
    assert text.count("\n") == 1 + len(pdg.kinds) + len(pdg.edges)


@pytest.mark.parametrize(
    "source", ["def f(a):\n    return a\n", "def f(a):\n    for x in a:\n        a.b = x\n", HOSTILE]
)
def test_json_holds_all_nodes_and_edges(source: str) -> None:
    pdg = graph(source)
    read = json.loads(to_json(pdg))
    jsonschema.validate(read, SCHEMA)
    assert read["qualname"] == "module.f"
    assert [node["id"] for node in read["nodes"]] == list(range(len(pdg.kinds)))
    assert [node["label"] for node in read["nodes"]] == list(pdg.labels)
    assert [node["kind"] for node in read["nodes"]] == [kind.name.lower() for kind in pdg.kinds]
    places = [(node["line"], node["column"], node["end_line"], node["end_column"]) for node in read["nodes"]]
    assert places == [tuple(span) for span in pdg.spans]
    assert [(edge["source"], edge["target"]) for edge in read["edges"]] == [edge[:2] for edge in pdg.edges]
    for edge, one in zip(pdg.edges, read["edges"], strict=True):
        told = [one["variable"], one["branch"], one["position"]]
        assert [text for text in told if text is not None] == [edge.detail] * (edge.kind.name != "ORDER")


def test_json_tells_the_marks_of_each_edge() -> None:
    read = json.loads(to_json(marked()))
    jsonschema.validate(read, SCHEMA)
    told = [(edge["kind"], edge["loop_carried"], edge["may"]) for edge in read["edges"]]
    assert told == [(kind, carried, may) for kind in EDGE_KINDS for carried in (False, True) for may in (False, True)]


def test_json_is_one_line_for_every_reader() -> None:
    text = to_json(hostile())
    assert text.isascii()
    assert len(text.splitlines()) == 1
    assert json.loads(text)["nodes"][0]["label"] == TEXT


@pytest.mark.parametrize("pdg", [graph(HOSTILE), hostile()], ids=["source", "labels"])
def test_dot_labels_cannot_be_left(pdg: Pdg) -> None:
    lines = to_dot(pdg).splitlines()
    assert lines[0] == "digraph pdg {"
    assert lines[-1] == "}"
    assert len(lines) == 4 + len(pdg.kinds) + len(pdg.edges)
    for line in lines[3:-1]:
        text = line.replace("\\\\", "").replace('\\"', "")
        label = text[text.index('label="') + len('label="') :]
        rest = label[label.index('"') + 1 :]
        assert "evil" not in rest
        assert all(char.isprintable() for char in line)


def test_dot_draws_marked_edges_differently() -> None:
    lines = [line for line in to_dot(marked()).splitlines() if "data" in line]
    plain, may, loop, both = lines
    assert "style" not in plain
    assert "style=dotted" in may
    assert "style=dashed" in loop
    assert "style=dotted" in both
    assert "constraint=false" in both


def test_networkx_has_the_same_nodes_and_edges() -> None:
    pdg = graph()
    drawn = to_networkx(pdg)
    assert drawn.number_of_nodes() == len(pdg.kinds)
    assert drawn.number_of_edges() == len(pdg.edges)
    assert drawn.nodes[0]["kind"] == "entry"


def test_networkx_edges_carry_their_marks() -> None:
    told = [(mark["loop_carried"], mark["may"]) for *_, mark in to_networkx(marked()).edges(data=True)]
    assert told == [(False, False), (False, True), (True, False), (True, True)] * 4
