"""Parse: Python's `ast` to a small normalised tree, faithful first, then canonical.

`parse_function` keeps every construct of the source; `lower` absorbs differences of representation. The kinds of node
and the layout of their children are in `tree`, the lowering rules in the tables of `lower`, `expressions` and `loops`.
"""

from codesim.parse.from_ast import parse_function
from codesim.parse.lower import lower
from codesim.parse.scopes import bound_names, captured_names, declared_names, parameters
from codesim.parse.tree import STATEMENTS, Kind, Node

__all__ = [
    "STATEMENTS",
    "Kind",
    "Node",
    "bound_names",
    "captured_names",
    "declared_names",
    "lower",
    "parameters",
    "parse_function",
]
