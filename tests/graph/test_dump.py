"""Printed forms of a graph: complete, and safe with hostile text in the source."""

from __future__ import annotations

import json

from behaviour import faithful

from codesim.graph import Pdg, build_pdg, to_dot, to_json, to_networkx, to_text

HOSTILE = 'def f(a):\n    return a["\\x1b[31m]\\"; evil [label=x]\\n"] + "\\\\"\n'


def graph(source: str = "def f(a):\n    for x in a:\n        g(x)\n") -> Pdg:
    return build_pdg(faithful(source), "module.f")


def test_text_has_a_line_for_each_node_and_edge() -> None:
    pdg = graph()
    lines = to_text(pdg).splitlines()
    assert lines[0] == f"module.f: {len(pdg.kinds)} nodes, {len(pdg.edges)} edges"
    assert len(lines) == 1 + len(pdg.kinds) + len(pdg.edges)


def test_text_holds_no_control_characters() -> None:
    text = to_text(graph(HOSTILE))
    assert all(char.isprintable() or char == "\n" for char in text)


def test_json_holds_all_nodes_and_edges() -> None:
    for source in ("def f(a):\n    return a\n", HOSTILE):
        pdg = graph(source)
        read = json.loads(to_json(pdg))
        assert read["qualname"] == "module.f"
        assert [node["label"] for node in read["nodes"]] == list(pdg.labels)
        assert [node["kind"] for node in read["nodes"]] == [kind.name.lower() for kind in pdg.kinds]
        assert [(edge["source"], edge["target"]) for edge in read["edges"]] == [edge[:2] for edge in pdg.edges]
        for edge, one in zip(pdg.edges, read["edges"], strict=True):
            told = [one["variable"], one["branch"], one["position"]]
            assert [text for text in told if text is not None] == [edge.detail] * (edge.kind.name != "ORDER")


def test_dot_labels_cannot_be_left() -> None:
    pdg = graph(HOSTILE)
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


def test_networkx_has_the_same_nodes_and_edges() -> None:
    pdg = graph()
    drawn = to_networkx(pdg)
    assert drawn.number_of_nodes() == len(pdg.kinds)
    assert drawn.number_of_edges() == len(pdg.edges)
    assert drawn.nodes[0]["kind"] == "entry"
