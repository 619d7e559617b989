"""Look at every place where the copies differ: what each member would pass, and what to do there.

In: the spots of a class and the members' sources. Out: a `Hole` for each place that can be filled from outside, and
the reasons for those that cannot.
Source: our own.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from codesim.parse import Kind
from codesim.refactor.antiunify import Spot
from codesim.refactor.located import LocatedSource
from codesim.refactor.matching import Match
from codesim.refactor.naming import place_names
from codesim.refactor.plan import Edit, Form, quoted
from codesim.refactor.reading import Reading, local_names, read_expression
from codesim.refactor.templates import Piece, same_fields, unescaped, varying_piece
from codesim.source import Span
from codesim.verify import Axis, DifferenceKind, Subject

_OTHER_FORMAT = "the copies format the same text in different ways"
_LITERALS = (ast.Constant, ast.UnaryOp, ast.JoinedStr, ast.BinOp, ast.Call)


class Hole(NamedTuple):
    """A hole that can become a parameter.

    values: what each member passes. is_function: whether that is a function. wishes: names for it, the best first.
    expressions: what stands there in each member. unwritten: why the edit cannot be written down, empty if it can.
    """

    values: tuple[str, ...]
    edit: Edit
    is_function: bool
    wishes: tuple[str, ...]
    expressions: tuple[ast.expr, ...]
    unwritten: str = ""


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
        holes: list[Hole] = []
        covered: list[Span] = []
        for spot in sorted(wanted, key=_outer_first):
            place = spot.spans[0]
            if place is None or any(_within(place, span) for span in covered):
                continue
            hole = self._hole(spot, wanted)
            if hole is not None:
                holes.append(hole)
            if hole is None or hole.edit.form in (Form.VALUE, Form.CALL):
                covered.append(place if hole is None else hole.edit.span)
        return holes

    def _in_signature(self, spot: Spot) -> bool:
        """Whether it is a parameter's default: each copy keeps its own signature, so nothing has to be passed."""
        defaults = [d for parameter in self.members[0].tree.children[0].children for d in parameter.children]
        span = spot.spans[0]
        return span is not None and any(_within(span, default.span) for default in defaults)

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

    def _expressions(
        self, spot: Spot, wanted: Sequence[Spot]
    ) -> tuple[tuple[ast.expr, ...], tuple[Reading, ...]] | None:
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
            whole = [template for template in known if template is not None]
            if piece is None and len(whole) == len(known) and same_fields(whole) and self._same_count(spot):
                return self._template_hole(spot, whole, first)
            return self._piece_hole(spot, piece, expressions) if piece else None
        literals = [_format_literal(expression) for expression in expressions]
        plain = tuple(literal for literal in literals if literal is not None)
        if len(plain) == len(literals):
            edit = Edit(self._span(plain[0]), Form.VALUE)
            return Hole(_texts(plain), edit, False, self._wishes(first, ()), plain)
        return self._piece_hole(spot, piece, expressions, _OTHER_FORMAT) if piece else None

    def _template_hole(self, spot: Spot, templates: list[str], first: ast.expr) -> Hole | None:
        """An f-string whose text varies around its fields: the caller passes a template for `str.format`."""
        if spot.spans[0] is None:
            return None
        values = tuple(repr(template) for template in templates)
        literals = tuple(ast.parse(value, mode="eval").body for value in values)
        wishes = (*[wish for wish in self._wishes(first, ()) if wish != "text"], "template")
        return Hole(values, Edit(spot.spans[0], Form.TEMPLATE), False, wishes, literals)

    def _same_count(self, spot: Spot) -> bool:
        """Whether every member interpolates as many values, so that the others are compared one by one."""
        nodes = [
            node
            for member, span, agrees in zip(self.members, spot.spans, spot.agrees, strict=True)
            for node in member.tree.walk()
            if not agrees and node.span == span and node.kind is Kind.FORMAT
        ]
        own = next((n for n in self.members[0].tree.walk() if n.span == spot.spans[0] and n.kind is Kind.FORMAT), None)
        return own is not None and all(len(node.children) == len(own.children) for node in nodes)

    def _piece_hole(
        self, spot: Spot, piece: Piece, expressions: tuple[ast.expr, ...], unwritten: str = ""
    ) -> Hole | None:
        if spot.spans[0] is None:
            return None
        detail = (str(piece.fields_before), piece.before, piece.middles[0], piece.behind)
        values = tuple(repr(unescaped(middle)) for middle in piece.middles)
        literals = tuple(ast.parse(value, mode="eval").body for value in values)
        whole = not piece.before and not piece.behind
        wishes = self._wishes(expressions[0], ()) if whole else ("label",)
        if not any(character.isalnum() for middle in piece.middles for character in middle):
            wishes = ("separator",)
        return Hole(values, Edit(spot.spans[0], Form.PIECE, detail), False, wishes, literals, unwritten)

    def _plain(
        self, spot: Spot, expressions: tuple[ast.expr, ...], readings: tuple[Reading, ...], same_base: bool
    ) -> Hole | None:
        place = spot.spans[0]
        first = expressions[0]
        if place is None:
            return None
        wishes = self._wishes(first, expressions)
        is_callee = spot.kind is DifferenceKind.CALLEE
        if all(reading.is_value for reading in readings):
            wishes = ("function",) if is_callee and wishes == ("value",) else wishes
            return Hole(_texts(expressions), Edit(place, Form.VALUE), is_callee, wishes, expressions)
        if not all(reading.movable for reading in readings):
            self.blockers.append(f"what differs has to run where it stands: {quoted(*spot.texts)}")
            return None
        if spot.kind is DifferenceKind.ATTRIBUTE and same_base:
            names = tuple(repr(expression.attr) for expression in expressions if isinstance(expression, ast.Attribute))
            literals = tuple(ast.parse(name, mode="eval").body for name in names)
            return Hole(names, Edit(place, Form.ATTRIBUTE), False, ("attribute",), literals)
        if is_callee:
            self.blockers.append(f"the copies call different methods of their own objects: {quoted(*spot.texts)}")
            return None
        if spot.kind is DifferenceKind.NAME:
            self.blockers.append(f"variables are used differently: {quoted(*spot.texts)}")
            return None
        return self._function(place, expressions, readings, wishes[0], spot)

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
            values.append(
                f"lambda {', '.join(names)}: {ast.unparse(expression)}"
                if names
                else f"lambda: {ast.unparse(expression)}"
            )
        name = f"make_{wish}" if not arguments else f"{wish}_of"
        unwritten = "" if complete else "what differs reads a variable that has no counterpart in each copy"
        return Hole(tuple(values), Edit(place, Form.CALL, tuple(arguments)), True, (name,), expressions, unwritten)

    def _wishes(self, first: ast.expr, expressions: tuple[ast.expr, ...]) -> tuple[str, ...]:
        return place_names(first, self.sources[0].parents, expressions)

    def _span(self, node: ast.expr) -> Span:
        return next(span for span, other in self.sources[0].expressions.items() if other is node)


def is_hole(spot: Spot) -> bool:
    """Whether a spot may become a parameter: a hole of the verifier, or a function or exception class to pass in."""
    passed = spot.axis is Axis.HOLE or spot.kind in (DifferenceKind.CALLEE, DifferenceKind.EXCEPTION)
    return spot.spans[0] is not None and all(spot.texts) and passed


def _texts(expressions: tuple[ast.expr, ...]) -> tuple[str, ...]:
    return tuple(ast.unparse(expression) for expression in expressions)


def _inside(inner: Spot, outer: Spot) -> bool:
    a, b = inner.spans[0], outer.spans[0]
    return inner is not outer and a is not None and b is not None and a != b and _within(a, b)


def _within(inner: Span, outer: Span) -> bool:
    return outer[:2] <= inner[:2] and inner[2:] <= outer[2:]


def _outer_first(spot: Spot) -> tuple[int, int, int, int, str]:
    span = spot.spans[0] or Span(spot.line, 0, spot.line, 0)
    return span.start_line, span.start_column, -span.end_line, -span.end_column, spot.kind


def _fits(kind: DifferenceKind, expression: ast.expr) -> bool:
    """Whether the source has what the canonical tree says: lowered code may have lent its span to something else."""
    if kind is DifferenceKind.LITERAL:
        return isinstance(expression, _LITERALS) and (
            not isinstance(expression, ast.Call) or _format_literal(expression) is not None
        )
    if kind is DifferenceKind.NAME:
        return isinstance(expression, ast.Name)
    if kind is DifferenceKind.ATTRIBUTE:
        return isinstance(expression, ast.Attribute)
    return True


def _is_written_there(subject: Subject, span: Span, expression: ast.expr) -> bool:
    """Whether the canonical tree has the same names: an inlined temporary leaves its name where its value now is."""
    inlined = local_names(subject) - subject.locals
    if any(isinstance(node, ast.Name) and node.id in inlined for node in ast.walk(expression)):
        return False
    if not isinstance(expression, ast.Name):
        return True
    nodes = (node for node in subject.tree.walk() if node.kind in (Kind.NAME, Kind.STORE))
    return any(node.span == span and node.label == expression.id for node in nodes)


def _template(subject: Subject, span: Span | None) -> str | None:
    return next((node.label for node in subject.tree.walk() if node.span == span and node.kind is Kind.FORMAT), None)


def _format_literal(expression: ast.expr) -> ast.Constant | None:
    """The literal template of `"..." % x` and `"...".format(x)`."""
    if isinstance(expression, ast.BinOp) and isinstance(expression.op, ast.Mod):
        literal: ast.expr = expression.left
    elif (
        isinstance(expression, ast.Call)
        and isinstance(expression.func, ast.Attribute)
        and expression.func.attr == "format"
    ):
        literal = expression.func.value
    else:
        return None
    return literal if isinstance(literal, ast.Constant) and isinstance(literal.value, str) else None
