"""Graph: the program dependence graph of a function, its canonical hash, and its printed forms.

The room is entered here; what it is made of (flow, dominance, data flow) stays inside.
"""

from typing import TYPE_CHECKING

from codesim.rooms import import_late

if TYPE_CHECKING:
    from codesim.graph.canonical import canonical_hash, canonical_hashes
    from codesim.graph.draw import Layout, lay_out, to_svg
    from codesim.graph.dump import to_dot, to_json, to_networkx, to_text
    from codesim.graph.joined import EdgeForm, JoinedGraphs, join_graphs
    from codesim.graph.pdg import build_pdg, may_reach_size, parameter_uses
    from codesim.graph.schema import SCHEMA_VERSION, Edge, EdgeKind, NodeKind, Pdg

__all__ = [
    "SCHEMA_VERSION",
    "Edge",
    "EdgeForm",
    "EdgeKind",
    "JoinedGraphs",
    "Layout",
    "NodeKind",
    "Pdg",
    "build_pdg",
    "canonical_hash",
    "canonical_hashes",
    "join_graphs",
    "lay_out",
    "may_reach_size",
    "parameter_uses",
    "to_dot",
    "to_json",
    "to_networkx",
    "to_svg",
    "to_text",
]

import_late(
    __name__,
    {
        "canonical": "canonical_hash canonical_hashes",
        "draw": "Layout lay_out to_svg",
        "dump": "to_dot to_json to_networkx to_text",
        "joined": "EdgeForm JoinedGraphs join_graphs",
        "pdg": "build_pdg may_reach_size parameter_uses",
        "schema": "SCHEMA_VERSION Edge EdgeKind NodeKind Pdg",
    },
)
