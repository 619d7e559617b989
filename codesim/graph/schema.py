"""The vocabulary of the program dependence graph: node kinds, edge kinds, and the graph value itself.

A PDG holds one node per statement, operation and variable occurrence of one function; its edges are the dependences
between them. `SCHEMA_VERSION` names the meaning of kinds and edges: it is part of the cache key and of the encoder's
weights, so that neither is ever read with another meaning.

Source: Ferrante, Ottenstein, Warren, The Program Dependence Graph and Its Use in Optimization, 1987 (control and data
dependence); operand edges with positions after ProGraML (Cummins et al., ICML 2021); the kinds are our own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from codesim.source import Span

SCHEMA_VERSION = 2


class NodeKind(IntEnum):
    """What a node stands for: the entry, a statement, an operation, or an occurrence of a variable or constant."""

    ENTRY = 0
    PARAMETER = 1
    # statements
    ASSIGN = 2
    EXPRESSION = 3
    RETURN = 4
    RAISE = 5
    IF = 6
    FOR = 7
    WHILE = 8
    TRY = 9
    HANDLER = 10
    WITH = 11
    MATCH = 12
    CASE = 13
    IMPORT = 14
    DELETE = 15
    SCOPE = 16
    PASS = 17
    BREAK = 18
    CONTINUE = 19
    ASSERT = 20
    FUNCTION = 21
    CLASS = 22
    # occurrences of variables and constants
    USE = 23
    DEFINITION = 24
    GLOBAL = 25
    CONSTANT = 26
    # operations
    CALL = 27
    KEYWORD = 28
    STARRED = 29
    ATTRIBUTE = 30
    SUBSCRIPT = 31
    SLICE = 32
    OPERATOR = 33
    COMPARE = 34
    BOOLEAN = 35
    CONDITIONAL = 36
    COLLECTION = 37
    PAIR = 38
    FORMAT = 39
    LAMBDA = 40
    COMPREHENSION = 41
    GENERATOR = 42
    YIELD = 43
    AWAIT = 44
    WALRUS = 45
    PATTERN = 46


class EdgeKind(IntEnum):
    """How the target depends on the source.

    CONTROL: the source decides whether the target runs (`detail`: "true", "false" or ""), or the target stands in a
        part of the source that is no branch (`detail`: "try", "else", "finally", "with", "class", a parameter's kind).
    DATA: a value written at the source may be read at the target (`detail`: the variable, or the place in its object,
        such as "self.x"; `may` for objects and for what is not sure to run).
    OPERAND: the source is an operand of the target (`detail`: its position, from 0; "=" for a value and the target
        that it is written to).
    ORDER: two statements of one suite that may not change places: both have effects, or one has and the other looks
        at what effects may change (an attribute, an element, what a container holds). From the last one with effects
        in a loop to the loop itself: the next round comes after it.
    """

    CONTROL = 0
    DATA = 1
    OPERAND = 2
    ORDER = 3


class Edge(NamedTuple):
    """One dependence between two nodes, by their index in the graph.

    loop_carried: only another round of a loop brings the source before the target. may: the write is not sure to
    happen, or not sure to be one of that variable or place (a call may change its argument, a nested function may run).
    """

    source: int
    target: int
    kind: EdgeKind
    detail: str
    loop_carried: bool
    may: bool = False


@dataclass(frozen=True, slots=True)
class Pdg:
    """The program dependence graph of one function.

    kinds, labels, spans: one entry per node, in the order of the source (node 0 is the entry).
    edges: sorted by (source, target, kind, detail).
    """

    qualname: str
    kinds: tuple[NodeKind, ...]
    labels: tuple[str, ...]
    spans: tuple[Span, ...]
    edges: tuple[Edge, ...]
