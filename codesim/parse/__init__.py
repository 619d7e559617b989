"""Parse: Python's `ast` to a small normalised tree, faithful first, then canonical.

`parse_function` keeps every construct of the source; `lower` absorbs differences of representation; `outline`
hashes statements, by which equal runs of them are found; `pack_tree` and `unpack_tree` keep a tree as bytes. The kinds
of node and the layout of their children are in `tree`, the lowering rules in the tables of `lower`, `expressions` and
`loops`.
"""

from typing import TYPE_CHECKING

from codesim.rooms import import_late

if TYPE_CHECKING:
    from codesim.parse.captures import surroundings_of
    from codesim.parse.from_ast import parse_function
    from codesim.parse.lower import lower
    from codesim.parse.outline import SHAPE_COLUMNS, Outline, outline
    from codesim.parse.packed import pack_tree, unpack_tree
    from codesim.parse.scopes import bound_names, captured_names, declared_names, outer_names, parameters
    from codesim.parse.tree import STATEMENTS, Kind, Node

__all__ = [
    "SHAPE_COLUMNS",
    "STATEMENTS",
    "Kind",
    "Node",
    "Outline",
    "bound_names",
    "captured_names",
    "declared_names",
    "lower",
    "outer_names",
    "outline",
    "pack_tree",
    "parameters",
    "parse_function",
    "surroundings_of",
    "unpack_tree",
]

import_late(
    __name__,
    {
        "captures": "surroundings_of",
        "from_ast": "parse_function",
        "lower": "lower",
        "outline": "SHAPE_COLUMNS Outline outline",
        "packed": "pack_tree unpack_tree",
        "scopes": "bound_names captured_names declared_names outer_names parameters",
        "tree": "STATEMENTS Kind Node",
    },
)
