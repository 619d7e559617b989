"""Control flow of one function, as the graph builder records it: points, edges between them, and the frames of jumps.

A point is a place where control can be: the entry (0), the exit (1), and one per statement or test. Ordinary edges
carry the branch ("true", "false", ""); exceptional edges, from inside a `try` or `with` to where an exception goes on,
are kept apart: reaching definitions follow both, control dependence only the ordinary ones (an exception at every
statement would make each statement of a `try` depend on each before it).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from codesim.source import Span

ENTRY, EXIT = 0, 1

Pending = list[tuple[int, str]]
"""Edges whose target is not known yet: (point, branch)."""


@dataclass(slots=True)
class Frame:
    """What encloses the statement being built and catches jumps: a loop, a try, a finally, or a nested function.

    kind: "loop", "try", "finally", "function". header: the loop's point. breaks, returns: edges that leave it.
    raises: points inside it from which an exception may continue at its handlers. jumps: jumps held up by a `finally`.
    """

    kind: str
    header: int = -1
    breaks: Pending = field(default_factory=list)
    returns: Pending = field(default_factory=list)
    raises: list[int] = field(default_factory=list)
    jumps: list[str] = field(default_factory=list)
    held: Pending = field(default_factory=list)


class FlowGraph:
    """The control-flow graph under construction.

    successors[p]: ordinary edges (target, branch). exceptional[p]: targets of exceptional edges. node[p]: the graph
    node of the point, -1 for a mere join. spans[p]: where it stands in the source, None for a join.

    uses, definitions: (point, variable, graph node) in the order of evaluation. reads: (point, variable or place, node,
    node of the variable it starts at, whether it looks at all that is inside) of what looks at the content of an
    object; node -1 for a place that is stored. changes: (point, variable or place, node, whether it is a store to that
    very place) of what changes an object. A point reads before it changes, and changes before it binds.

    weak: definitions (graph nodes) that may not happen when their point runs; on_true: those that happen only on the
    way along "true" (a loop's target); tried: points that leave along "false" with some of these done, some not (a
    pattern that fails); late: uses that may run at any later time (in a nested function); lasting: definitions made
    there, which no later one overwrites for sure; shared: definitions of globals, which any call may overwrite.
    """

    def __init__(self) -> None:
        self.successors: list[Pending] = [[], []]
        self.exceptional: list[list[int]] = [[], []]
        self.node: list[int] = [0, -1]
        self.spans: list[Span | None] = [None, None]
        self.uses: list[tuple[int, int, int]] = []
        self.definitions: list[tuple[int, int, int]] = []
        self.reads: list[tuple[int, int, int, int, bool]] = []
        self.changes: list[tuple[int, int, int, bool]] = []
        self.weak: set[int] = set()
        self.on_true: set[int] = set()
        self.tried: set[int] = set()
        self.late: set[int] = set()
        self.lasting: set[int] = set()
        self.shared: set[int] = set()
        self.frames: list[Frame] = []

    def add_point(self, node: int, span: Span | None, pending: Pending) -> int:
        """A new point for a graph node, entered by the pending edges; exceptions from it go to the frames around it."""
        point = len(self.node)
        self.successors.append([])
        self.exceptional.append([])
        self.node.append(node)
        self.spans.append(span)
        for source, branch in pending:
            self.successors[source].append((point, branch))
        for frame in reversed(self.frames):
            kind = frame.kind
            if kind == "function":
                break
            if kind != "loop":
                frame.raises.append(point)
        return point

    def connect(self, pending: Pending, target: int) -> None:
        """Let each pending edge end at the target."""
        for point, branch in pending:
            self.successors[point].append((target, branch))

    def jump(self, kind: str, pending: Pending) -> None:
        """Send control away: kind is "break", "continue", "return" or "raise"."""
        for frame in reversed(self.frames):
            if frame.kind == "finally":
                frame.jumps.append(kind)
                frame.held.extend(pending)
                return
            if frame.kind == "loop" and kind == "break":
                frame.breaks.extend(pending)
                return
            if frame.kind == "loop" and kind == "continue":
                self.connect(pending, frame.header)
                return
            if frame.kind == "function" and kind in ("return", "raise"):
                frame.returns.extend(pending)
                return
            if frame.kind == "try" and kind == "raise":
                continue  # its point is among the frame's `raises` already; it may also not be caught
        self.connect(pending, EXIT)
