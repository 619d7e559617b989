"""Control flow of one function, as the graph builder records it: points, edges between them, and the frames of jumps.

A point is a place where control can be: the entry (0), the exit (1), and one per statement or test. Ordinary edges
carry the branch ("true", "false", ""); exceptional edges, from inside a `try` or `with` to where an exception goes on,
are kept apart: reaching definitions follow both, control dependence only the ordinary ones (an exception at every
statement would make each statement of a `try` depend on each before it).
"""

from __future__ import annotations

from dataclasses import dataclass, field

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

    successors[p]: ordinary edges (target, branch); exceptional[p]: targets of exceptional edges; node[p]: the graph
    node of the point; uses[p], definitions[p]: (variable, graph node) in evaluation order. weak: definitions (graph
    nodes) that may not happen when their point runs; on_true: those that happen only on the way along "true" (a loop's
    target); tried: points that leave along "false" with some of these done, some not (a pattern that fails).
    """

    def __init__(self) -> None:
        self.successors: list[list[tuple[int, str]]] = [[], []]
        self.exceptional: list[list[int]] = [[], []]
        self.node: list[int] = [0, -1]
        self.uses: list[list[tuple[int, int]]] = [[], []]
        self.definitions: list[list[tuple[int, int]]] = [[], []]
        self.weak: set[int] = set()
        self.on_true: set[int] = set()
        self.tried: set[int] = set()
        self.frames: list[Frame] = []

    def add_point(self, node: int, pending: Pending) -> int:
        """A new point for a graph node, entered by the pending edges; exceptions from it go to the frames around it."""
        point = len(self.node)
        self.successors.append([])
        self.exceptional.append([])
        self.node.append(node)
        self.uses.append([])
        self.definitions.append([])
        self.connect(pending, point)
        for frame in reversed(self.frames):
            if frame.kind == "function":
                break
            if frame.kind in ("try", "finally"):
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
