"""Decide on a candidate pair: clone or not, of which type, with what score.

In: two subjects and the cosine similarity of their embeddings. Out: a `PairVerdict`, or None where the pair is
rejected. Two questions: are they close enough to be a clone (`closeness`), and would they be merged as equals (the
score)? Cheap tests come first: most candidate pairs are rejected by their bags of features before anything is
aligned, and most others by how much corresponds, before or while they are compared. Source: the clone types are those
of Roy and Cordy, A Survey on Software Clone Detection Research, 2007, section 7.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from codesim.parse import Kind, Node
from codesim.verify.align import Alignment, align, compare_units
from codesim.verify.annotations import annotation_differences
from codesim.verify.bags import Bag, bag_similarity, make_bag, numbers
from codesim.verify.closeness import LEAST_CLOSENESS, closeness, most_cost
from codesim.verify.differences import Axis, DifferenceKind
from codesim.verify.evidence import Evidence, evidence
from codesim.verify.pairing import pair_units
from codesim.verify.score import score
from codesim.verify.subject import Subject

_BAG_FLOOR = 0.55  # two fragments that share less than this of their features cannot be close enough
_SPELLING = (
    0.8  # faithful trees less alike than this share of what is aligned: an edited copy in another spelling, type 4
)
_REORDERED = 0.97  # faithful trees more alike than this: only statements changed places
_RENAMING = (DifferenceKind.NAME, DifferenceKind.LITERAL)


@dataclass(frozen=True, slots=True)
class PairVerdict:
    """A verified pair: its alignment and clone type 1..4, and what is thought of it.

    score: calibrated probability in [0, 1] that the two would be merged as equals; features: what it was made of.
    closeness: in [0, 1], from `LEAST_CLOSENESS` on the pair is a clone. similarity: cosine of the embeddings.
    """

    alignment: Alignment
    clone_type: int
    score: float
    closeness: float
    similarity: float
    features: Evidence


def verify_pair(left: Subject, right: Subject, similarity: float, min_score: float) -> PairVerdict | None:
    """Verify one candidate pair; annotations are not looked at.

    Args:
        left: one fragment.
        right: the other.
        similarity: cosine of their embeddings, in [-1, 1].
        min_score: least score of a clone that is wanted, in [0, 1].

    Returns:
        The verdict, or None for a pair that is no clone, or not wanted.

    Source: our own.
    """
    clone = _clone(left, right, similarity)
    if clone is None:
        return None
    verdict = _verdict(left, right, *clone, similarity)
    return verdict if verdict.score >= min_score else None


def pair_closeness(left: Subject, right: Subject, similarity: float, min_score: float) -> float | None:
    """The closeness of the verdict that `verify_pair` would give: no faithful tree is needed to type the pair."""
    clone = _clone(left, right, similarity)
    if clone is None or round(score(evidence(left, right, clone[0], similarity)), 4) < min_score:
        return None
    return clone[1]


def _clone(left: Subject, right: Subject, similarity: float) -> tuple[Alignment, float] | None:
    """The alignment and closeness of a pair that is a clone."""
    if nested(left, right) or bag_similarity(left.bag, right.bag) < _BAG_FLOOR:
        return None
    pairing = pair_units(left, right)
    most = most_cost(left, right, pairing, similarity)
    alignment = compare_units(left, right, pairing, most) if most >= 0.0 else None
    if alignment is None:
        return None
    near = closeness(left, right, alignment, similarity)
    return (alignment, near) if near >= LEAST_CLOSENESS else None


def score_pair(left: Subject, right: Subject, similarity: float) -> PairVerdict:
    """Align, score and type a pair, whatever comes out, annotations too; arguments as for `verify_pair`."""
    alignment = align(left, right)
    verdict = _verdict(left, right, alignment, closeness(left, right, alignment, similarity), similarity)
    found = annotation_differences(left, right, verdict.alignment.pairs)
    if not found:
        return verdict
    differences = sorted([*verdict.alignment.differences, *found], key=lambda d: (d.left.span, d.right.span, d.kind))
    return replace(verdict, alignment=replace(verdict.alignment, differences=tuple(differences)))


def _verdict(left: Subject, right: Subject, alignment: Alignment, near: float, similarity: float) -> PairVerdict:
    features = evidence(left, right, alignment, similarity)
    kind = clone_type(left, right, alignment)
    return PairVerdict(alignment, kind, round(score(features), 4), near, similarity, features)


def nested(left: Subject, right: Subject) -> bool:
    """Whether one fragment stands inside the other."""
    a, b = left.fragment, right.fragment
    if a.path != b.path:
        return False
    inside = a.span[:2] >= b.span[:2] and a.span[2:] <= b.span[2:]
    return inside or (b.span[:2] >= a.span[:2] and b.span[2:] <= a.span[2:])


def clone_type(left: Subject, right: Subject, alignment: Alignment) -> int:
    """The clone type of an aligned pair.

    1: equal but for layout, comments and docstrings. 2: equal in shape; names and literals differ. 3: statements were
    added, removed, moved or changed. 4: the same canonical statements in another spelling.
    """
    return explain_type(left, right, alignment)[0]


def explain_type(left: Subject, right: Subject, alignment: Alignment) -> tuple[int, str]:
    """The clone type of an aligned pair, and why it is that one: a clause in words and figures."""
    one, two = _without_docstring(left.faithful), _without_docstring(right.faithful)
    names_differ, shapes_differ = _compare_shape(one, two)
    renamed = all(d.kind in _RENAMING and d.axis is Axis.HOLE for d in alignment.differences)
    if not shapes_differ:
        if not renamed:
            kinds = sorted({d.kind.value for d in alignment.differences if d.kind not in _RENAMING})
            what = ", ".join(kinds) or "the use of names"
            return 3, f"the syntax has the same shape, but more than names and literals differs: {what}"
        if names_differ:
            return 2, "the syntax has the same shape; only names and literals differ"
        return 1, "equal but for layout, comments and docstrings"
    spelling = _spelling(one, two)
    alike = f"{spelling:.0%} of the syntax is alike"
    if renamed:
        if alignment.moved and spelling > _REORDERED:
            return 3, f"no statement was added or changed, some stand in another order; {alike}"
        return 4, f"no statement was added or changed, yet the spelling is another: {alike}"
    bar = _SPELLING * alignment.aligned_share
    counted = f"{alike}, {alignment.aligned_share:.0%} of the statements correspond"
    if spelling < bar:
        return 4, f"another spelling with changes: {counted} (type 4 below {bar:.0%})"
    return 3, f"statements were added, removed, moved or changed: {counted} (type 4 below {bar:.0%})"


def _without_docstring(function: Node) -> tuple[Node, ...]:
    """Parameters, statements and decorators of a function without its docstring."""
    parameters, suite, *decorators = function.children
    statements = suite.children
    if statements and statements[0].kind is Kind.EXPRESSION and statements[0].children[0].kind is Kind.CONSTANT:
        statements = statements[1:]
    return (parameters, *statements, *decorators)


def _compare_shape(left: tuple[Node, ...], right: tuple[Node, ...]) -> tuple[bool, bool]:
    """(names or literals differ, shape differs) of two faithful functions."""
    if len(left) != len(right):
        return True, True
    names = False
    stack = list(zip(left, right, strict=True))
    while stack:
        a, b = stack.pop()
        if a.kind is not b.kind or len(a.children) != len(b.children):
            return True, True
        names = names or a.label != b.label
        stack.extend(zip(a.children, b.children, strict=True))
    return names, False


def _spelling(left: tuple[Node, ...], right: tuple[Node, ...]) -> float:
    """How alike the faithful trees are: the Dice coefficient of their parent-child kinds."""
    return bag_similarity(_links(left), _links(right))


def _links(trees: tuple[Node, ...]) -> Bag:
    nodes = [node for tree in trees for node in tree.walk()]
    tops = [numbers[tree.kind,] for tree in trees]
    return make_bag(tops + [numbers[n.kind, child.kind] for n in nodes for child in n.children])
