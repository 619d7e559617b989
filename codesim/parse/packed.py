"""A tree as bytes, and back: what a scan keeps of a function between its graph and its verification.

In: a tree. Out: bytes that hold its labels and, column by column, the kinds, labels, numbers of children and spans of
its nodes, level by level. Unpacking takes a tenth of the time that parsing and lowering the function again would. Bytes
from a cache may be damaged or forged, so unpacking checks that they are a tree in which every node has the children
that our code counts on. Source: our own; the order is that of a breadth-first walk.
"""

from __future__ import annotations

import json
import struct
import sys
from array import array
from collections.abc import Sequence

from codesim.parse.tree import Kind, Node
from codesim.source import Span

_HEAD = struct.Struct("<II7s")  # nodes, bytes of the labels, the type of each column
_WIDTHS = "BHI"  # one, two and four bytes
_KINDS = tuple(Kind)
_LEAST = {  # children that the layout of `codesim.parse.tree` promises; other kinds promise none
    Kind.FUNCTION: 2, Kind.CLASS: 1, Kind.ASSIGN: 2, Kind.AUGMENT: 2, Kind.EXPRESSION: 1, Kind.DELETE: 1,
    Kind.ASSERT: 1, Kind.IF: 3, Kind.WHILE: 3, Kind.FOR: 4, Kind.TRY: 3, Kind.HANDLER: 1, Kind.WITH: 1, Kind.ITEM: 1,
    Kind.MATCH: 1, Kind.CASE: 2, Kind.CALL: 1, Kind.KEYWORD: 1, Kind.STARRED: 1, Kind.ATTRIBUTE: 1, Kind.SUBSCRIPT: 2,
    Kind.SLICE: 3, Kind.COMPARE: 2, Kind.BOOLEAN: 1, Kind.CONDITIONAL: 3, Kind.PAIR: 2, Kind.LAMBDA: 2,
    Kind.COMPREHENSION: 1, Kind.GENERATOR: 2, Kind.AWAIT: 1, Kind.WALRUS: 2,
}  # fmt: skip
_FEWEST = tuple([_LEAST.get(kind, 0) for kind in _KINDS])
_new = tuple.__new__


def pack_tree(tree: Node) -> bytes:
    """Write a tree as bytes.

    Args:
        tree: of any depth.

    Returns:
        bytes: the same for equal trees, on every machine.

    Source: our own.
    """
    nodes = [tree]
    for node in nodes:
        nodes += node[2]  # they come behind all nodes of this level
    labels = list(dict.fromkeys([node[1] for node in nodes]))
    places = {label: place for place, label in enumerate(labels)}
    text = json.dumps(labels, separators=(",", ":")).encode()
    own: list[list[int]] = [[node[0] for node in nodes], [places[node[1]] for node in nodes]]
    own.append([len(node[2]) for node in nodes])
    columns = [_narrowest(values) for values in (*own, *zip(*[node[3] for node in nodes], strict=True))]
    head = _HEAD.pack(len(nodes), len(text), "".join([column.typecode for column in columns]).encode())
    return b"".join([head, text, *map(_little, columns)])


def unpack_tree(data: bytes) -> Node:
    """Read a tree back.

    Args:
        data: from `pack_tree`.

    Returns:
        Node: equal to the one that was packed.

    Raises:
        ValueError: the data is damaged.
    """
    nodes: list[Node] = []  # the last one first, so that children are there before their parents
    taken = 0
    try:
        labels, (kinds, places, counts, *spans) = _columns(data)
        for kind, place, count, span in zip(kinds, places, counts, zip(*spans, strict=True), strict=True):
            children: tuple[Node, ...] = ()
            if count:
                children = tuple(nodes[taken : taken + count][::-1])
                taken += count
            if len(children) != count or count < _FEWEST[kind]:
                raise ValueError("a node lacks children")
            nodes.append(_new(Node, (_KINDS[kind], labels[place], children, _new(Span, span))))
        if taken != len(nodes) - 1:
            raise ValueError("it has not one root")
    except (ValueError, IndexError, RecursionError, struct.error) as error:
        raise ValueError(f"no tree: {error}") from None
    return nodes[-1]


def _narrowest(values: Sequence[int]) -> array[int]:
    for width in _WIDTHS[:-1]:
        try:
            return array(width, values)
        except OverflowError:
            continue
    return array(_WIDTHS[-1], values)


def _little(column: array[int]) -> bytes:
    if sys.byteorder == "big":
        column = column[:]
        column.byteswap()
    return column.tobytes()


def _columns(data: bytes) -> tuple[list[str], list[list[int]]]:
    """The labels and the columns of a packed tree, the last node first."""
    nodes, size, widths = _HEAD.unpack_from(data)
    start = _HEAD.size + size
    labels = json.loads(data[_HEAD.size : start])
    if not isinstance(labels, list) or not all(type(label) is str for label in labels):
        raise ValueError("its labels are none")
    columns: list[list[int]] = []
    for width in widths.decode():
        if width not in _WIDTHS:
            raise ValueError("its columns are none")
        column = array(width)
        end = start + nodes * column.itemsize
        column.frombytes(data[start:end])
        if len(column) != nodes:
            raise ValueError("its end is missing")
        if sys.byteorder == "big":
            column.byteswap()
        column.reverse()
        columns.append(column.tolist())
        start = end
    return labels, columns
