"""The way back: a helper with one member's values put in for its parameters must be that member again."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from cases import subject_of

from codesim.refactor.antiunify import find_spots
from codesim.refactor.build import plan_merge
from codesim.refactor.located import locate
from codesim.refactor.matching import match_members
from codesim.refactor.plan import Form, Parameter, Plan
from codesim.source import Span
from codesim.verify import Difference, DifferenceKind, PairVerdict, Subject, align


def plan_of(members: Sequence[Subject], verdicts: Sequence[PairVerdict]) -> Plan:
    alignments = [verdict.alignment for verdict in verdicts]
    matches = [match_members(members[0], member, a) for member, a in zip(members[1:], alignments, strict=True)]
    return plan_merge(members, alignments, matches, find_spots(members, alignments, matches))


def filled_in(text: str, plan: Plan, members: Sequence[Subject], k: int) -> str:
    """The helper as member k would run it: every parameter replaced by what that member passes."""
    module = ast.parse(text)
    function = module.body[0]
    assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    module = _Filler(plan, k, function.name).visit(module)
    function = module.body[0]
    assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    own = locate(members[0]).function
    assert own is not None
    function.args = own.args
    dropped = [p for p in plan.parameters if any(edit.form is Form.DROP for edit in p.edits)]
    starts = [ast.parse(f"{parameter.name} = {parameter.values[k]}").body[0] for parameter in dropped]
    at = 1 if ast.get_docstring(function) is not None else 0
    function.body[at:at] = starts
    return ast.unparse(ast.fix_missing_locations(module))


def leftover(text: str, plan: Plan, members: Sequence[Subject], k: int) -> list[Difference]:
    """What still differs between the filled-in helper and member k, the defaults of parameters aside."""
    filled = subject_of(filled_in(text, plan, members, k))
    alignment = align(filled, members[k])
    defaults = [d.span for p in filled.tree.children[0].children for d in p.children]
    dropped = [p for p in plan.parameters if any(edit.form is Form.DROP for edit in p.edits)]
    starts = {f"{parameter.name} = {parameter.values[k]}" for parameter in dropped}  # now set before anything else
    return [
        d
        for d in alignment.differences
        if not any(_within(d.left.span, span) for span in defaults)
        and not (d.left.text in starts and d.kind in (DifferenceKind.ORDER, DifferenceKind.GUARD))
        and not (d.left.text == d.right.text and d.kind is DifferenceKind.NAME)  # a parameter that only k has
    ]


def _within(inner: Span, outer: Span) -> bool:
    return outer[:2] <= inner[:2] and inner[2:] <= outer[2:]


class _Filler(ast.NodeTransformer):
    def __init__(self, plan: Plan, k: int, own: str) -> None:
        self.k, self.own = k, own
        self.parameters: dict[str, Parameter] = {
            p.name: p for p in plan.parameters if not any(edit.form is Form.DROP for edit in p.edits)
        }

    def value(self, name: str) -> ast.expr:
        return ast.parse(self.parameters[name].values[self.k], mode="eval").body

    def visit_Name(self, node: ast.Name) -> ast.AST:
        known = node.id in self.parameters and isinstance(node.ctx, ast.Load)
        return self.value(node.id) if known else node

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        if (
            isinstance(node.test, ast.Name)
            and node.test.id in self.parameters
            and self.parameters[node.test.id].is_flag
        ):
            on = self.parameters[node.test.id].values[self.k] == "True"
            kept = ast.Module([self.visit(statement) for statement in node.body], [])
            return kept.body if on else []
        return self.generic_visit(node)

    def given(self, node: ast.expr, form: Form) -> str | None:
        """The value of a parameter that an edit of this form put here."""
        parameter = self.parameters.get(node.id) if isinstance(node, ast.Name) else None
        known = parameter is not None and any(edit.form is form for edit in parameter.edits)
        return parameter.values[self.k] if parameter is not None and known else None

    def visit_Call(self, node: ast.Call) -> ast.AST:
        called = node.func
        if isinstance(called, ast.Attribute) and called.attr == "format":
            template = self.given(called.value, Form.TEMPLATE)
            if template is not None:
                method = ast.Attribute(ast.Constant(ast.literal_eval(template)), "format", ast.Load())
                return ast.Call(method, [self.visit(argument) for argument in node.args], [])
        if isinstance(called, ast.Name) and called.id == "getattr":
            name = self.given(node.args[1], Form.ATTRIBUTE)
            if name is not None:
                return ast.Attribute(self.visit(node.args[0]), ast.literal_eval(name), ast.Load())
        text = self.given(called, Form.CALL)
        if text is not None:
            value = ast.parse(text, mode="eval").body
            assert isinstance(value, ast.Lambda)
            names = [argument.arg for argument in value.args.args]
            arguments = dict(zip(names, [self.visit(argument) for argument in node.args], strict=True))
            return _Arguments(arguments).visit(value.body)
        if isinstance(called, ast.Name) and called.id == self.own:  # it hands its parameters on to itself
            node.keywords = [k for k in node.keywords if k.arg not in self.parameters]
        return self.generic_visit(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        pieces = {
            index
            for index, part in enumerate(node.values)
            if isinstance(part, ast.FormattedValue) and self.given(part.value, Form.PIECE) is not None
        }
        self.generic_visit(node)
        for index in pieces:
            part = node.values[index]
            assert isinstance(part, ast.FormattedValue)
            node.values[index] = part.value
        return node


class _Arguments(ast.NodeTransformer):
    def __init__(self, given: dict[str, ast.expr]) -> None:
        self.given = given

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return self.given.get(node.id, node)
