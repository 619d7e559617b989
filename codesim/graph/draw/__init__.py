"""Draw: a graph as a picture that stands for itself, one SVG file without scripts and without references.

In: a `Pdg`. Out: SVG text, or the layout alone. The rows are the layout: each statement is a row, in the order of the
graph, so that the picture reads as the function does and costs time in proportion to its size. `spelling` writes a
statement's operations in one line, `layout` finds rows, arcs and lanes, `svg` writes them down.
Source: our own; arcs beside lines of code after arc diagrams (Wattenberg, 2002), lanes by interval colouring.
"""

from codesim.graph.draw.layout import Layout, lay_out
from codesim.graph.draw.svg import to_svg

__all__ = ["Layout", "lay_out", "to_svg"]
