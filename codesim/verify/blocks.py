"""A run of statements as a function of its own: what it takes in, so that all that compares functions compares it.

In: a function, and the first and last line of a run inside it. Out: a `Block`: a subject made of `def block(inputs):`
and the run's own lines, with the spans of the file, so that alignment, anti-unification and rewriting see nothing
special. Source: our own; the parameters are those of Extract Method (Fowler, Refactoring, 1999).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from codesim.graph import Pdg, build_pdg, parameter_uses
from codesim.parse import Kind, Node, outer_names
from codesim.source import Fragment, Span, Surroundings
from codesim.verify.bags import bag_similarity
from codesim.verify.decide import PairVerdict, verify_pair
from codesim.verify.differences import Axis, Difference, DifferenceKind
from codesim.verify.subject import Subject, prepare

NAME = "block"
_NAMED = frozenset({Kind.NAME, Kind.STORE})
_BINDING = frozenset({Kind.STORE, Kind.PARAMETER, Kind.VARARGS, Kind.KWARGS, Kind.FUNCTION, Kind.CLASS})


@dataclass(frozen=True, eq=False)
class Enclosing:
    """The function around a run: its fragment, what stands around that, its faithful tree, its lines."""

    fragment: Fragment
    surroundings: Surroundings
    faithful: Node
    lines: tuple[str, ...]

    def between(self, first_line: int, last_line: int) -> tuple[str, ...]:
        """Its source lines from one line of the file to another, inclusive."""
        start = self.fragment.span.start_line
        return self.lines[first_line - start : last_line - start + 1]

    @cached_property
    def pdg(self) -> Pdg:
        """The dependence graph of its faithful tree; several runs of a function share it."""
        return build_pdg(self.faithful, self.fragment.qualname)

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name that the function or one inside it binds."""
        return frozenset(
            node.label for node in self.faithful.walk() if node.kind in _BINDING and node is not self.faithful
        )


@dataclass(frozen=True, slots=True)
class Block:
    """A run of statements, ready to be compared.

    subject: its fragment has the qualified name of the function around it; its first line is the made-up header, one
    line above the run. enclosing: that function. first_line, last_line: of the run, inclusive. inputs: variables of
    the function that it reads before it sets them, in order of appearance, `self` first.
    """

    subject: Subject
    enclosing: Enclosing
    first_line: int
    last_line: int
    inputs: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """The run's own source lines."""
        return self.enclosing.between(self.first_line, self.last_line)


def cut_block(enclosing: Enclosing, first_line: int, last_line: int) -> Block | None:
    """Cut a run of statements out of a function.

    Args:
        enclosing: the function around it.
        first_line: where the run's first statement begins; 1-based, in the file.
        last_line: where its last statement ends, inclusive.

    Returns:
        Block | None: None where the lines hold more or less than whole statements.

    Source: our own.
    """
    tree = block_tree(enclosing, first_line, last_line)
    if tree is None:
        return None
    body = enclosing.between(first_line, last_line)
    inputs = _inputs(tree, enclosing.faithful)
    parameters = Node(Kind.PARAMETERS, "", tuple(_parameter(name, tree.span) for name in inputs), tree.span)
    faithful = tree._replace(children=(parameters, *tree.children[1:]))
    span = Span(first_line - 1, 0, last_line, len(body[-1].encode()))
    fragment = Fragment(enclosing.fragment.path, enclosing.fragment.qualname, span)
    subject = prepare(fragment, faithful, (block_header(body, inputs), *body), _surroundings(enclosing, faithful))
    nothing = subject.tree.children[0]._replace(children=())  # inputs meet by use, not by position
    tree_without = subject.tree._replace(children=(nothing, *subject.tree.children[1:]))
    subject = replace(subject, tree=tree_without, locals=subject.locals | frozenset(inputs))
    return Block(subject, enclosing, first_line, last_line, inputs)


def _surroundings(enclosing: Enclosing, block: Node) -> Surroundings:
    """What stands around the function around, less what only the rest of that function takes from there."""
    around = enclosing.surroundings
    if not around.captured:
        return around
    names = outer_names(block)
    return around._replace(captured=tuple([one for one in around.captured if one.name in names]))


def verify_blocks(left: Block, right: Block, min_score: float) -> PairVerdict | None:
    """Verify two blocks.

    In place of the cosine of embeddings stands the share of common features; both lie in [0, 1] for near copies.
    Inputs that a one-to-one renaming does not explain are values to pass, not variables used differently.

    Args:
        left: one block.
        right: the other.
        min_score: as for `verify_pair`.

    Returns:
        The verdict, or None for a pair that is no clone.

    Source: our own.
    """
    similarity = round(bag_similarity(left.subject.bag, right.subject.bag), 4)
    verdict = verify_pair(left.subject, right.subject, similarity, min_score)
    if verdict is None:
        return None
    free = [constant_inputs(block) for block in (left, right)]
    differences = tuple(
        replace(found, axis=Axis.HOLE) if _is_value(found, *free) else found for found in verdict.alignment.differences
    )
    return replace(verdict, alignment=replace(verdict.alignment, differences=differences))


def constant_inputs(block: Block) -> frozenset[str]:
    """The inputs that the run never sets."""
    stored = {node.label for node in block.subject.faithful.children[1].walk() if node.kind is Kind.STORE}
    return frozenset(block.inputs) - stored


def _is_value(difference: Difference, left: frozenset[str], right: frozenset[str]) -> bool:
    return difference.kind is DifferenceKind.NAME and difference.left.text in left and difference.right.text in right


def block_header(body: tuple[str, ...], parameters: tuple[str, ...], is_async: bool = False) -> str:
    """The made-up first line: `def block(...):`, indented one step less than the run."""
    indent = body[0][: len(body[0]) - len(body[0].lstrip())]
    outer = indent[:-4] if indent.endswith("    ") else indent[:-1]
    return f"{outer}{'async ' if is_async else ''}def {NAME}({', '.join(parameters)}):"


def block_tree(enclosing: Enclosing, first_line: int, last_line: int) -> Node | None:
    """The faithful tree of a run as a function of every name around it; None if the lines cut a statement in two."""
    statements = _statements(enclosing.faithful.children[1], first_line, last_line)
    body = enclosing.between(first_line, last_line)
    if not statements or not _stands_alone(statements, body):
        return None
    header = block_header(body, ())
    end = statements[-1].span[2:]
    span = Span(first_line - 1, len(header) - len(header.lstrip()), *end)
    parameters = tuple([_parameter(name, span) for name in sorted(enclosing.names)])
    suite = Node(Kind.SUITE, "", statements, Span(*statements[0].span[:2], *end))
    return Node(Kind.FUNCTION, NAME, (Node(Kind.PARAMETERS, "", parameters, span), suite), span)


def _statements(suite: Node, first_line: int, last_line: int) -> tuple[Node, ...]:
    """The statements on these lines and on no others; none if they cut a statement in two."""
    while True:
        found = tuple([s for s in suite.children if s.span.start_line <= last_line and first_line <= s.span.end_line])
        if found and found[0].span.start_line == first_line and found[-1].span.end_line == last_line:
            return found
        if len(found) != 1:
            return ()
        inner = [
            part if part.kind is Kind.SUITE else next(child for child in part.children if child.kind is Kind.SUITE)
            for part in found[0].children
            if part.kind in (Kind.SUITE, Kind.HANDLER, Kind.CASE)
        ]
        around = [s for s in inner if s.children and s.span.start_line <= first_line and last_line <= s.span.end_line]
        if len(around) != 1:
            return ()
        suite = around[0]


def _stands_alone(statements: tuple[Node, ...], body: tuple[str, ...]) -> bool:
    """Whether nothing else stands on the lines: no header in front, no `elif`, no statement behind."""
    indent = len(body[0]) - len(body[0].lstrip())
    tail = body[-1].encode()[statements[-1].span.end_column :].decode(errors="replace").strip()
    return (
        indent > 0
        and statements[0].span.start_column == indent
        and not body[0].startswith("elif", indent)
        and (not tail.strip(";") or tail.lstrip("; ").startswith("#"))
    )


def _parameter(name: str, span: Span) -> Node:
    return Node(Kind.PARAMETER, name, (), Span(*span[:2], *span[:2]))


def _inputs(tree: Node, function: Node) -> tuple[str, ...]:
    """The names whose value from before the run is read in it."""
    read = {name for name, _ in parameter_uses(tree)}
    places: dict[str, tuple[int, int]] = {}
    for node in tree.children[1].walk():
        if node.kind in _NAMED and node.label in read:
            places[node.label] = min(places.get(node.label, node.span[:2]), node.span[:2])
    first = function.children[0].children[:1]
    receiver = first[0].label if first and first[0].label in ("self", "cls") else ""
    if receiver and any(node[:2] == (Kind.NAME, "super") for node in tree.children[1].walk()):
        places.setdefault(receiver, (0, 0))  # super() takes it from the frame
    return tuple(sorted(places, key=lambda name: (name != receiver, places[name])))
