"""Joined graphs hold what the graphs held, graph by graph."""

from __future__ import annotations

import pytest
from graph.random_pdgs import random_pdgs

from codesim.graph import Edge, join_graphs


@pytest.mark.parametrize("count", [0, 1, 2, 50])
def test_every_node_and_edge_is_found_again(count: int) -> None:
    pdgs = random_pdgs(count)
    joined = join_graphs(pdgs)
    for number, pdg in enumerate(pdgs):
        first, end = joined.node_ends[number : number + 2]
        assert tuple(joined.kind[first:end]) == pdg.kinds
        assert tuple(joined.labels[label] for label in joined.label[first:end]) == pdg.labels
        places = range(*joined.edge_ends[number : number + 2])
        edges = [
            Edge(joined.source[k] - first, joined.target[k] - first, *joined.forms[joined.form[k]]) for k in places
        ]
        assert tuple(edges) == pdg.edges
    assert joined.node_ends[-1] == sum(len(pdg.kinds) for pdg in pdgs)
    assert joined.edge_ends[-1] == sum(len(pdg.edges) for pdg in pdgs)
    assert len(set(joined.labels)) == len(joined.labels)
    assert len(set(joined.forms)) == len(joined.forms)
