"""Turn holes into parameters: what each member would pass, and what to do at the place.

In: the spots of a class and the members' sources. Out: parameters, and the holes that cannot become one, with the reason. Holes with equal values
in all members share a parameter. Source: our own; the parameter grouping follows anti-unification with shared variables (Plotkin, 1970).
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from codesim.parse import Kind
from codesim.refactor.antiunify import Spot
from codesim.refactor.located import LocatedSource, identifiers, span_of
from codesim.refactor.matching import Match
from codesim.refactor.naming import free_name, place_name
from codesim.refactor.plan import Edit, Form, Parameter, quoted
from codesim.refactor.reading import Reading, constant_parameters, read_expression
from codesim.refactor.templates import Piece, unescaped, varying_piece
from codesim.source import Span
from codesim.verify import Axis, DifferenceKind, Subject

_LITERALS = (ast.Constant, ast.UnaryOp, ast.JoinedStr, ast.BinOp, ast.Call)
_TYPES = ("str", "bytes", "bool", "int", "float")


class Hole(NamedTuple):
    """A hole that can become a parameter: what each member passes, the edit, whether it is a function, and a name to wish for."""

    values: tuple[str, ...]
    edit: Edit
    is_function: bool
    wish: str
    expressions: tuple[ast.expr, ...]
    editable: bool = True


@dataclass(slots=True)
class HoleFinder:
    """Makes holes of the spots of one class; `blockers` collects why some cannot be filled."""

    members: Sequence[Subject]
    sources: Sequence[LocatedSource]
    matches: Sequence[Match]
    blockers: list[str] = field(default_factory=list)

    def find(self, spots: Sequence[Spot]) -> list[Hole]:
        """The holes among the spots, in order; a spot inside another hole is part of that one."""
        wanted = [spot for spot in spots if is_hole(spot) and not self._in_signature(spot)]
        outer = [spot for spot in wanted if not any(_inside(spot, other) for other in wanted)]
        holes = [hole for spot in outer if (hole := self._hole(spot, wanted)) is not None]
        return holes

    def _in_signature(self, spot: Spot) -> bool:
        """Whether it is a parameter's default: each copy keeps its own signature, so nothing has to be passed."""
        defaults = [d for parameter in self.members[0].tree.children[0].children for d in parameter.children]
        span = spot.spans[0]
        return span is not None and any(d.span[:2] <= span[:2] and span[2:] <= d.span[2:] for d in defaults)

    def _hole(self, spot: Spot, wanted: Sequence[Spot]) -> Hole | None:
        found = self._expressions(spot, wanted)
        if found is None:
            self.blockers.append(f"the copies differ in a part that cannot be passed in: {quoted(*spot.texts)}")
            return None
        expressions, readings = found
        first = expressions[0]
        if not isinstance(getattr(first, "ctx", ast.Load()), ast.Load):
            self.blockers.append(f"the copies write to different places: {quoted(*spot.texts)}")
            return None
        if spot.kind is DifferenceKind.LITERAL and not isinstance(first, ast.Constant | ast.UnaryOp):
            hole = self._formatted(spot, expressions)
            if hole is not None:
                return hole
        return self._plain(spot, expressions, readings, self._same_base(spot, wanted))

    def _expressions(self, spot: Spot, wanted: Sequence[Spot]) -> tuple[tuple[ast.expr, ...], tuple[Reading, ...]] | None:
        """What each member has at the spot, and what it reads; None where a place is no expression of the source."""
        inner = [other for other in wanted if _inside(other, spot)]
        expressions: list[ast.expr] = []
        readings: list[Reading] = []
        for k, span in enumerate(spot.spans):
            own = not spot.agrees[k] or any(not other.agrees[k] for other in inner)
            speaker = k if own else 0
            place = span if own else spot.spans[0]
            expression = self.sources[speaker].expressions.get(place) if place else None
            if expression is None or place is None or place in self.sources[speaker].in_patterns:
                return None
            if not _fits(spot.kind, expression) or not _is_written_there(self.members[speaker], place, expression):
                return None
            expressions.append(expression)
            readings.append(read_expression(expression, self.members[speaker]))
        return tuple(expressions), tuple(readings)

    def _same_base(self, spot: Spot, wanted: Sequence[Spot]) -> bool:
        return not any(_inside(other, spot) for other in wanted)

    def _formatted(self, spot: Spot, expressions: tuple[ast.expr, ...]) -> Hole | None:
        """A formatted string: the piece of text that varies, or the whole template where it is a literal of its own."""
        templates = [_template(member, span) for member, span in zip(self.members, spot.spans, strict=True)]
        known = [templates[0] if agrees else template for template, agrees in zip(templates, spot.agrees, strict=True)]
        piece = varying_piece([t for t in known if t is not None]) if None not in known else None
        first = expressions[0]
        if isinstance(first, ast.JoinedStr):
            return self._piece_hole(spot, piece, expressions) if piece else None
        literals = [_format_literal(expression) for expression in expressions]
        plain = tuple(literal for literal in literals if literal is not None)
        if len(plain) == len(literals):
            edit = Edit(self._span(plain[0]), Form.VALUE)
            return Hole(_texts(plain), edit, False, self._wish(first, ()) or "template", plain)
        return self._piece_hole(spot, piece, expressions, editable=False) if piece else None

    def _piece_hole(
        self, spot: Spot, piece: Piece, expressions: tuple[ast.expr, ...], editable: bool = True
    ) -> Hole | None:
        if spot.spans[0] is None:
            return None
        detail = (str(piece.fields_before), piece.before, piece.middles[0], piece.behind)
        values = tuple(repr(unescaped(middle)) for middle in piece.middles)
        literals = tuple(ast.parse(value, mode="eval").body for value in values)
        whole = not piece.before and not piece.behind
        wish = place_name(expressions[0], self.sources[0].parents, ()) if whole else "label"
        return Hole(values, Edit(spot.spans[0], Form.PIECE, detail), False, wish, literals, editable)

    def _plain(
        self, spot: Spot, expressions: tuple[ast.expr, ...], readings: tuple[Reading, ...], same_base: bool
    ) -> Hole | None:
        place = spot.spans[0]
        first = expressions[0]
        if place is None:
            return None
        wish = self._wish(first, expressions)
        is_callee = spot.kind is DifferenceKind.CALLEE
        if all(reading.is_value for reading in readings):
            wish = "function" if is_callee and wish == "value" else wish
            return Hole(_texts(expressions), Edit(place, Form.VALUE), is_callee, wish, expressions)
        if not all(reading.movable for reading in readings):
            self.blockers.append(f"what differs has to run where it stands: {quoted(*spot.texts)}")
            return None
        if spot.kind is DifferenceKind.ATTRIBUTE and same_base:
            names = tuple(repr(expression.attr) for expression in expressions if isinstance(expression, ast.Attribute))
            literals = tuple(ast.parse(name, mode="eval").body for name in names)
            return Hole(names, Edit(place, Form.ATTRIBUTE), False, "attribute", literals)
        if is_callee:
            self.blockers.append(f"the copies call different methods of their own objects: {quoted(*spot.texts)}")
            return None
        if spot.kind is DifferenceKind.NAME:
            self.blockers.append(f"variables are used differently: {quoted(*spot.texts)}")
            return None
        return self._function(place, expressions, readings, wish, spot)

    def _function(
        self, place: Span, expressions: tuple[ast.expr, ...], readings: tuple[Reading, ...], wish: str, spot: Spot
    ) -> Hole:
        """An expression that needs variables of the function, as a function of them."""
        arguments: dict[str, None] = {}
        complete = True
        own: list[list[str]] = []
        for k, reading in enumerate(readings):
            speaks = 0 if spot.agrees[k] else k
            renaming = self.matches[speaks - 1].renaming if speaks else {}
            names = [*reading.variables, *(reading.inputs if speaks else ())]
            known = {name: renaming.get(name, "") if speaks else name for name in names}
            complete = complete and all(known.values())
            arguments.update(dict.fromkeys(name for name in known.values() if name))
            own.append([name for name, mapped in known.items() if mapped])
        values = []
        for k, expression in enumerate(expressions):
            back = {} if spot.agrees[k] else {v: n for n, v in (self.matches[k - 1].renaming if k else {}).items()}
            names = [back.get(name, name) for name in arguments]
            values.append(f"lambda {', '.join(names)}: {ast.unparse(expression)}" if names else f"lambda: {ast.unparse(expression)}")
        name = f"make_{wish}" if not arguments else f"{wish}_of"
        return Hole(tuple(values), Edit(place, Form.CALL, tuple(arguments)), True, name, expressions, complete)

    def _wish(self, first: ast.expr, expressions: tuple[ast.expr, ...]) -> str:
        return place_name(first, self.sources[0].parents, expressions)

    def _span(self, node: ast.expr) -> Span:
        return next(span for span, other in self.sources[0].expressions.items() if other is node)


def is_hole(spot: Spot) -> bool:
    """Whether a spot may become a parameter: a hole of the verifier, or a callee, which can be passed as a function."""
    return spot.spans[0] is not None and all(spot.texts) and (spot.axis is Axis.HOLE or spot.kind is DifferenceKind.CALLEE)


def group_holes(holes: Sequence[Hole], representative: Subject, source: LocatedSource) -> tuple[Parameter, ...]:
    """Parameters for holes: equal values share one; names are unique and free.

    Args:
        holes: in the order of the source.
        representative: the first member.
        source: its located source.

    Returns:
        Parameters in the order in which they are first needed.
    """
    groups: dict[tuple[str, ...], list[Hole]] = {}
    for hole in holes:
        arguments = hole.edit.detail if hole.edit.form is Form.CALL else ()
        groups.setdefault((*hole.values, *arguments), []).append(hole)
    taken = set(identifiers(source)) - _replaced_names(holes, source)
    out: list[Parameter] = []
    for group in groups.values():
        first = group[0]
        edits = tuple(hole.edit for hole in group)
        function = any(hole.is_function for hole in group)
        existing = _existing(group, representative, source)
        if existing:
            out.append(Parameter(existing, first.values, (), function, exists=True))
            continue
        dropped = _initial_assignment(group, source)
        if dropped is not None:
            name, edits = dropped[0], (dropped[1],)
        else:
            wish = next((hole.wish for hole in group if hole.wish not in ("value", "text", "attribute", "label")), first.wish)
            name = free_name(wish, taken)
        taken.add(name)
        out.append(Parameter(name, first.values, edits, function, annotation="" if function else _annotation(group)))
    return tuple(out)


def _replaced_names(holes: Sequence[Hole], source: LocatedSource) -> set[str]:
    """Names of the representative of which every occurrence is replaced, so that a parameter may take them."""
    replaced = Counter(
        hole.expressions[0].id for hole in holes if hole.edit.form is Form.VALUE and isinstance(hole.expressions[0], ast.Name)
    )
    present = Counter(node.id for node in ast.walk(source.function) if isinstance(node, ast.Name)) if source.function else Counter[str]()
    own = {node.arg for node in ast.walk(source.function) if isinstance(node, ast.arg)} if source.function else set[str]()
    return {name for name, count in replaced.items() if present[name] == count and name not in own}


def _existing(group: Sequence[Hole], representative: Subject, source: LocatedSource) -> str:
    """The parameter of the representative that already is what the group needs, if every use of it is in the group."""
    names = {hole.expressions[0].id for hole in group if isinstance(hole.expressions[0], ast.Name)}
    if len(names) != 1 or source.function is None or any(hole.edit.form is not Form.VALUE for hole in group):
        return ""
    name = names.pop()
    uses = sum(isinstance(node, ast.Name) and node.id == name for part in source.function.body for node in ast.walk(part))
    return name if uses == len(group) and name in constant_parameters(representative) else ""


def _initial_assignment(group: Sequence[Hole], source: LocatedSource) -> tuple[str, Edit] | None:
    """For a hole that only starts a variable (`limit = 5`, before any other use): the variable becomes the parameter."""
    hole = group[0]
    node = hole.expressions[0]
    statement = source.parents.get(node)
    if len(group) != 1 or hole.edit.form is not Form.VALUE or source.function is None or statement not in source.function.body:
        return None
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
    elif isinstance(statement, ast.AnnAssign):
        target = statement.target
    else:
        return None
    if not isinstance(target, ast.Name) or statement.value is not node:
        return None
    place = span_of(statement)
    for other in ast.walk(source.function):
        if isinstance(other, ast.arg) and other.arg == target.id:
            return None
        if isinstance(other, ast.Global | ast.Nonlocal) and target.id in other.names:
            return None
        if isinstance(other, ast.Name) and other.id == target.id and span_of(other)[:2] < place[:2]:
            return None
    span = next(span for span, found in source.statements.items() if found is statement)
    return target.id, Edit(span, Form.DROP)


def _annotation(group: Sequence[Hole]) -> str:
    """The type of the values where all are literals of the same one."""
    types = {
        type(expression.value).__name__ if isinstance(expression, ast.Constant) else ""
        for hole in group
        for expression in hole.expressions
    }
    found = types.pop() if len(types) == 1 else ""
    return found if found in _TYPES else ""


def _texts(expressions: tuple[ast.expr, ...]) -> tuple[str, ...]:
    return tuple(ast.unparse(expression) for expression in expressions)


def _inside(inner: Spot, outer: Spot) -> bool:
    a, b = inner.spans[0], outer.spans[0]
    return inner is not outer and a is not None and b is not None and a != b and b[:2] <= a[:2] and a[2:] <= b[2:]


def _fits(kind: DifferenceKind, expression: ast.expr) -> bool:
    """Whether the source has at the place what the canonical tree says: lowered code may have lent its span to something else."""
    if kind is DifferenceKind.LITERAL:
        return isinstance(expression, _LITERALS) and (not isinstance(expression, ast.Call) or _format_literal(expression) is not None)
    if kind is DifferenceKind.NAME:
        return isinstance(expression, ast.Name)
    if kind is DifferenceKind.ATTRIBUTE:
        return isinstance(expression, ast.Attribute)
    return True


def _is_written_there(subject: Subject, span: Span, expression: ast.expr) -> bool:
    """A name in the source must be a name in the canonical tree: an inlined temporary leaves its name where its value now is."""
    if not isinstance(expression, ast.Name):
        return True
    return any(node.span == span and node.label == expression.id for node in subject.tree.walk() if node.kind in (Kind.NAME, Kind.STORE))


def _template(subject: Subject, span: Span | None) -> str | None:
    return next((node.label for node in subject.tree.walk() if node.span == span and node.kind is Kind.FORMAT), None)


def _format_literal(expression: ast.expr) -> ast.Constant | None:
    """The literal template of `"..." % x` and `"...".format(x)`."""
    if isinstance(expression, ast.BinOp) and isinstance(expression.op, ast.Mod):
        literal: ast.expr = expression.left
    elif isinstance(expression, ast.Call) and isinstance(expression.func, ast.Attribute) and expression.func.attr == "format":
        literal = expression.func.value
    else:
        return None
    return literal if isinstance(literal, ast.Constant) and isinstance(literal.value, str) else None
