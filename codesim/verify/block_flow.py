"""What extracting a run of statements would have to hand over: results, jumps, and what ties it to its place.

In: a `Block`. Out: a `BlockFlow`. The data flow of the function around it tells which variables that the run sets are
read later (also in the next round of a loop, also in a handler), and its syntax which jumps leave it. Source: our own;
the preconditions are those of Extract Method (Opdyke, Refactoring Object-Oriented Frameworks, 1992).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from codesim.graph import EdgeKind, NodeKind, parameter_uses
from codesim.parse import Kind, Node, bound_names, declared_names
from codesim.source import Span
from codesim.verify.blocks import Block, block_header, block_tree

_LOOPS = frozenset({Kind.FOR, Kind.WHILE})
_SCOPES = frozenset({Kind.FUNCTION, Kind.CLASS, Kind.LAMBDA})
_FRAME_READERS = frozenset({"locals", "vars", "exec", "eval", "dir"})
_BINDS = frozenset({NodeKind.DEFINITION, NodeKind.FUNCTION, NodeKind.CLASS})


@dataclass(frozen=True, slots=True)
class BlockFlow:
    """How a run is tied to the function around it.

    outputs: variables that it sets and that are read after it, in order of appearance. inputs: as `Block.inputs`, and
    those whose old value may still be wanted at its end. leaves: whether nothing of the function runs after it but by
    an exception. returns: whether it has a `return`. awaits: whether it waits. problems: why it cannot be extracted.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    leaves: bool
    returns: bool
    awaits: bool
    problems: tuple[str, ...]


@lru_cache(maxsize=2048)  # a block is tried in class after class
def block_flow(block: Block) -> BlockFlow:
    """Look at what ties a run to its place.

    Not promised: what happens when it fails half-way inside a `try` of the function around it, unless a handler reads
    what it sets.

    Source: our own.
    """
    suite = block.subject.faithful.children[1]
    function = block.enclosing.faithful
    nodes = list(_own_nodes(suite))
    returns = any(node.kind is Kind.RETURN for node in nodes)
    leaves = returns and (_never_ends(suite.children) or _is_tail(block, function))
    bound = {node.label for node in suite.walk() if node.kind is Kind.STORE}
    outputs = () if leaves else _outputs(block, bound)
    problems = list(_jumps(suite, nodes, returns and not leaves))
    problems += _ties(nodes, function, bound)
    problems += [f"a handler reads `{name}`" for name in sorted(_read_by_handlers(block, bound))]
    problems += [f"a nested function shares `{name}` with it" for name in _shared_with_nested(block, bound)[:1]]
    awaits = any(
        node.kind is Kind.AWAIT or (node.kind in (Kind.FOR, Kind.WITH) and node.label == "async") for node in nodes
    )
    flow = BlockFlow(block.inputs, (), leaves, returns, awaits, tuple(dict.fromkeys(problems)))
    return returning(block, flow, outputs)


def returning(block: Block, flow: BlockFlow, outputs: tuple[str, ...]) -> BlockFlow:
    """The flow with other outputs: what a class returns is what any of its copies needs.

    Args:
        block: whose flow it is.
        flow: of that block.
        outputs: variables that it sets.
    """
    if not outputs:
        return replace(flow, outputs=())
    inputs, unbound = _with_old_values(block, outputs)
    problems = [*flow.problems, *[f"`{name}` may be unbound behind it" for name in unbound]]
    return replace(flow, inputs=inputs, outputs=outputs, problems=tuple(dict.fromkeys(problems)))


def _outputs(block: Block, bound: set[str]) -> tuple[str, ...]:
    """The variables set in the run and read after it."""
    pdg = block.enclosing.pdg

    def inside(node: int) -> bool:
        return block.first_line <= pdg.spans[node].start_line <= block.last_line

    found: set[str] = set()
    for edge in pdg.edges:
        name = edge.detail
        if edge.kind is not EdgeKind.DATA or name not in bound or not inside(edge.source):
            continue
        if pdg.kinds[edge.source] in _BINDS and pdg.kinds[edge.target] is NodeKind.USE:
            again = edge.loop_carried and name in block.inputs  # read before it is set, in the next round
            if not inside(edge.target) or again:
                found.add(name)
    order = _first_places(block.subject.faithful.children[1])
    return tuple(sorted(found, key=lambda name: order[name]))


def _shared_with_nested(block: Block, bound: set[str]) -> list[str]:
    """Variables of the run that a function nested in the enclosing one may read or write at any later time."""
    inside: set[str] = set()
    outside: set[str] = set()
    stored_outside: set[str] = set()
    for node in block.enclosing.faithful.walk():
        if node is block.enclosing.faithful:
            continue
        here = block.first_line <= node.span.start_line <= block.last_line
        if node.kind in (Kind.FUNCTION, Kind.LAMBDA, Kind.CLASS):
            labels = {inner.label for inner in node.walk() if inner.kind in (Kind.NAME, Kind.STORE)}
            (inside if here else outside).update(labels if node.kind is Kind.CLASS else labels - bound_names(node))
        elif node.kind is Kind.STORE and not here:
            stored_outside.add(node.label)
    late = (outside & bound) | (inside & stored_outside & (bound | set(block.inputs)))
    return sorted(late - set(_constant(block, stored_outside, inside)))


def _constant(block: Block, stored_outside: set[str], inside: set[str]) -> Iterator[str]:
    """Inputs that a nested function of the run captures, but that are only set before it: it sees the same value."""
    for name in inside & set(block.inputs) & stored_outside:
        places = [node.span for node in block.enclosing.faithful.walk() if node[:2] == (Kind.STORE, name)]
        if all(place.start_line < block.first_line for place in places) and not _in_loop(block):
            yield name


def _in_loop(block: Block) -> bool:
    return any(
        node.kind in _LOOPS and node.span.start_line < block.first_line and block.last_line <= node.span.end_line
        for node in block.enclosing.faithful.walk()
    )


def _first_places(suite: Node) -> dict[str, tuple[int, ...]]:
    out: dict[str, tuple[int, ...]] = {}
    for node in suite.walk():
        if node.kind is Kind.STORE:
            out[node.label] = min(out.get(node.label, node.span[:2]), node.span[:2])
    return out


def _jumps(suite: Node, nodes: list[Node], returns: bool) -> Iterator[str]:
    """What would leave the run otherwise than at its end."""
    if returns:
        yield "a return inside, with statements after it"
    if any(_free_jumps(statement) for statement in suite.children):
        yield "a break or continue to a loop around it"
    if any(node.kind is Kind.YIELD for node in nodes):
        yield "a yield inside"


def _free_jumps(node: Node) -> bool:
    if node.kind in (Kind.BREAK, Kind.CONTINUE):
        return True
    if node.kind in _SCOPES:
        return False
    children = node.children[-1:] if node.kind in _LOOPS else node.children  # of a loop only its `else`
    return any(_free_jumps(child) for child in children)


def _ties(nodes: list[Node], function: Node, bound: set[str]) -> Iterator[str]:
    """Declarations and calls that mean something else in another function."""
    declared = declared_names(function, Kind.GLOBAL) | declared_names(function, Kind.NONLOCAL)
    if names := sorted(declared & bound):
        yield f"it sets `{names[0]}`, which is global or nonlocal"
    for node in nodes:
        if node.kind in (Kind.GLOBAL, Kind.NONLOCAL):
            yield "it declares a global or nonlocal name"
        elif node.kind is Kind.CALL and node.children[0].label in _FRAME_READERS:
            yield f"it calls {node.children[0].label}()"
    if any(node.kind is Kind.DELETE and child.kind is Kind.STORE for node in nodes for child in node.children):
        yield "it deletes a variable"


def _read_by_handlers(block: Block, bound: set[str]) -> set[str]:
    """Variables of the run that a handler or `finally` around it reads: it may have failed half-way."""
    out: set[str] = set()
    for node in block.enclosing.faithful.walk():
        if node.kind is not Kind.TRY or not _holds(node.children[0], block):
            continue
        for part in node.children[2:]:
            out |= {inner.label for inner in part.walk() if inner.kind is Kind.NAME} & bound
    return out


def _holds(suite: Node, block: Block) -> bool:
    return bool(suite.children) and suite.span.start_line <= block.first_line and block.last_line <= suite.span.end_line


def _with_old_values(block: Block, outputs: tuple[str, ...]) -> tuple[tuple[str, ...], list[str]]:
    """The inputs once the outputs are returned at the end; and the outputs that may have no value there."""
    tree = block_tree(block.enclosing, block.first_line, block.last_line)
    if tree is None:
        raise ValueError("a block that was cut can be cut again")
    behind = Span(block.last_line + 1, 0, block.last_line + 1, 0)
    values = tuple([Node(Kind.NAME, name, (), behind) for name in outputs])
    parameters, suite = tree.children
    suite = suite._replace(children=(*suite.children, Node(Kind.RETURN, "", values, behind)))
    old = {name for name, place in parameter_uses(tree._replace(children=(parameters, suite))) if place == behind}
    added = tuple(name for name in outputs if name in old and name not in block.inputs)
    before = {node.label for node in block.enclosing.faithful.children[0].walk()}
    before |= {
        node.label
        for node in block.enclosing.faithful.walk()
        if node.kind is Kind.STORE and node.span.start_line < block.first_line
    }
    return (*block.inputs, *added), [name for name in added if name not in before]


def returned_line(body: tuple[str, ...], outputs: tuple[str, ...]) -> str:
    """The line that hands over the outputs at the end of a run."""
    indent = body[0][: len(body[0]) - len(body[0].lstrip())]
    return f"{indent}return {', '.join(outputs)}"


def helper_lines(block: Block, flow: BlockFlow) -> tuple[str, ...]:
    """The run as a function that can be written down: header, its own lines, and the return of its outputs."""
    header = block_header(block.lines, flow.inputs, flow.awaits)
    tail = (returned_line(block.lines, flow.outputs),) if flow.outputs else ()
    return (header, *block.lines, *tail)


def _is_tail(block: Block, function: Node) -> bool:
    """Whether the run ends the function, so that falling off its end is falling off the function's."""
    return any(
        statement.span.start_line >= block.first_line and statement.span.end_line == block.last_line
        for statement in function.children[1].children[-1:]
    )


def _never_ends(statements: tuple[Node, ...]) -> bool:
    """Whether control never reaches the end of these statements."""
    if not statements:
        return False
    last = statements[-1]
    if last.kind in (Kind.RETURN, Kind.RAISE):
        return True
    if last.kind is Kind.IF:
        return _never_ends(last.children[1].children) and _never_ends(last.children[2].children)
    if last.kind is Kind.TRY:
        body, orelse, final, *handlers = last.children
        if _never_ends(final.children):
            return True
        through = _never_ends(orelse.children) or _never_ends(body.children)
        return through and all(_never_ends(handler.children[0].children) for handler in handlers)
    return False  # a `with` may swallow an exception; loops and matches are not looked into


def _own_nodes(suite: Node) -> Iterator[Node]:
    """All nodes but those inside nested functions, classes and lambdas."""
    stack = [suite]
    while stack:
        node = stack.pop()
        yield node
        if node.kind not in _SCOPES:
            stack.extend(node.children)
