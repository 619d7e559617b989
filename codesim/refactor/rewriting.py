"""The helper's text by libcst: edits at exact positions, a new signature, everything else as it was.

In: the representative, the plan, a name. Out: the text of one function, or "" if any edit did not find its place.
This module and `formatted` import libcst; they are imported when a helper is written, not before. Source: our own.
"""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from typing import TypeGuard

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from codesim.refactor.formatted import Formatted, as_template, with_piece
from codesim.refactor.located import locate, wrapped_source
from codesim.refactor.plan import Edit, Form, Naming, Plan
from codesim.refactor.signature import unread_parameters
from codesim.refactor.surroundings import is_method, own_name
from codesim.source import Span
from codesim.verify import Subject

Place = tuple[int, int, int, int]
_BINDING = frozenset({"staticmethod", "classmethod"})  # without these a method would take other arguments
_STATEMENT = (cst.SimpleStatementLine, cst.BaseCompoundStatement)
_EDITABLE = (*_STATEMENT, cst.BaseExpression)
_WHOLE = (Form.DROP, Form.STEP, Form.INSERT)  # edits of whole statements
_Made = tuple[Edit, str]  # with the parameter that it puts in place
_Left = cst.CSTNode | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNode]


def rewrite_function(representative: Subject, plan: Plan, naming: Naming) -> str:
    """The representative's source with the plan carried out.

    Args:
        representative: whose source is used.
        plan: every edit has an exact span.
        naming: what the helper is called, and what it takes the place of; the function can be renamed.

    Returns:
        The text without indentation in front and without a line end behind, or "".

    Source: our own.
    """
    name = naming.name
    old = "" if is_method(representative) or naming.in_place else own_name(representative)
    text, shift = wrapped_source(representative.lines)
    added = [(p.name, p.annotation if _is_annotated(representative) else "") for p in plan.added]
    try:
        places = _places(representative, plan, shift)
        wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)  # what was just parsed is used once
        module = wrapper.module
        if places or (old and text.count(old) > 1):
            names, indent = [parameter for parameter, _ in added], _inner_indent(representative)
            rewriter = _Rewriter(wrapper, places, old=old, new=name, added=names, indent=indent)
            module = rewriter.rewritten()
            if rewriter.done != sum(len(edits) for edits in places.values()):
                return ""
    except (cst.ParserSyntaxError, cst.CSTValidationError, RecursionError):
        return ""
    function = _function_of(module, shift)
    if function is None:
        return ""
    kept = [d for d in function.decorators if naming.in_place or _decorator_name(d) in _BINDING]
    function = function.with_changes(name=cst.Name(name), decorators=kept, leading_lines=[], lines_after_decorators=[])
    function = _outdented(function, representative.lines[0]) if shift else function
    unread = unread_parameters(representative, plan)
    parameters = _with_parameters(function.params, added)
    return _text(
        module, function.with_changes(params=_without_parameters(parameters, unread) if unread else parameters)
    )


class _Rewriter(cst.CSTTransformer):
    """Carries out the edits; `done` counts those that found their place.

    Only what lies around a place is visited: most of a function has nothing to change.
    """

    def __init__(
        self,
        wrapper: MetadataWrapper,
        places: Mapping[Place, Sequence[_Made]],
        *,
        old: str,
        new: str,
        added: list[str],
        indent: str,
    ) -> None:
        super().__init__()
        self.wrapper, self.old, self.new, self.added, self.indent = wrapper, old, new, added, indent
        self.ranges: Mapping[cst.CSTNode, CodeRange] = wrapper.resolve(PositionProvider)
        self.edits: dict[cst.CSTNode, list[_Made]] = {}
        lines = {self.ranges[node].start.line for node in self.ranges if self._is_own_call(node)}
        for node in self.ranges:
            found = places.get(self._position(node), ()) if isinstance(node, _EDITABLE) else ()
            own = [made for made in found if isinstance(node, _STATEMENT) == (made[0].form in _WHOLE)]
            if own:
                self.edits[node] = own
                lines.add(self.ranges[node].start.line)
        self.lines = sorted(lines)
        self.done = 0

    def rewritten(self) -> cst.Module:
        """The module with all edits made."""
        return self.wrapper.module.visit(self)

    def on_visit(self, node: cst.CSTNode) -> bool:
        """Whether something changes on one of the node's lines."""
        around = self.ranges.get(node)
        return around is None or bisect_left(self.lines, around.start.line) < bisect_right(self.lines, around.end.line)

    def on_leave(self, original_node: cst.CSTNodeT, updated_node: cst.CSTNodeT) -> _Left:  # type: ignore[override] # another kind of node
        """Apply the edit that belongs to this node, if there is one."""
        if self._is_own_call(updated_node):
            return self._own_call(updated_node)
        made = self.edits.get(original_node, [])
        out: _Left = updated_node
        for edit, parameter in made:
            if edit.form is not Form.INSERT and isinstance(out, cst.CSTNode):
                changed = self._changed(edit, parameter, out)
                self.done += changed is not None
                out = out if changed is None else changed
        inserted = [
            (edit.detail[0], self._step(edit, parameter)) for edit, parameter in made if edit.form is Form.INSERT
        ]
        if not inserted:
            return out
        self.done += len(inserted)
        before = [step for side, step in inserted if side == "before"]
        behind = [step for side, step in inserted if side == "behind"]
        return cst.FlattenSentinel([*before, *([out] if isinstance(out, cst.CSTNode) else []), *behind])

    def _step(self, edit: Edit, parameter: str) -> cst.If:
        """The statements of another copy under a flag; the comment above the first stands above the flag."""
        blocks = [cst.parse_module(text).body[0] for text in edit.detail[1:]]
        suites = [block.body for block in blocks if isinstance(block, cst.If)]
        first, *others = [part for suite in suites if isinstance(suite, cst.IndentedBlock) for part in suite.body]
        above = first.leading_lines if isinstance(first, _STATEMENT) else ()
        inner = [first.with_changes(leading_lines=[]), *others]
        return cst.If(cst.Name(parameter), cst.IndentedBlock(inner, indent=self.indent), leading_lines=above)

    def _is_own_call(self, node: cst.CSTNode) -> TypeGuard[cst.Call]:
        return isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value == self.old

    def _own_call(self, node: cst.Call) -> cst.Call:
        arguments = [cst.Arg(cst.Name(name), keyword=cst.Name(name), equal=_TIGHT) for name in self.added]
        return node.with_changes(func=cst.Name(self.new), args=[*node.args, *arguments])

    def _position(self, node: cst.CSTNode) -> Place:
        """Where a node begins and ends, as Python's own tree has it: with the parentheses of a tuple or generator."""
        start, end = self.ranges[node].start, self.ranges[node].end
        if isinstance(node, cst.Tuple | cst.GeneratorExp) and node.lpar:
            start, end = self.ranges[node.lpar[0]].start, self.ranges[node.rpar[-1]].end
        if isinstance(node, cst.BaseCompoundStatement):  # its end may include what follows the last statement
            return start.line, start.column, -1, -1
        return start.line, start.column, end.line, end.column

    def _changed(self, edit: Edit, parameter: str, node: cst.CSTNode) -> cst.CSTNode | cst.RemovalSentinel | None:
        if edit.form is Form.VALUE:
            return cst.Name(parameter)
        if edit.form is Form.CALL:
            return cst.Call(cst.Name(parameter), [cst.Arg(cst.Name(name)) for name in edit.detail])
        if edit.form is Form.ATTRIBUTE and isinstance(node, cst.Attribute):
            return cst.Call(cst.Name("getattr"), [cst.Arg(node.value), cst.Arg(cst.Name(parameter))])
        if edit.form is Form.PIECE and isinstance(node, Formatted):
            return with_piece(node, edit, parameter)
        if edit.form is Form.TEMPLATE and isinstance(node, Formatted):
            return as_template(node, parameter)
        if edit.form is Form.DROP and isinstance(node, cst.SimpleStatementLine) and len(node.body) == 1:
            return cst.RemoveFromParent()
        if edit.form is Form.STEP and isinstance(node, cst.SimpleStatementLine | cst.BaseCompoundStatement):
            leading = node.leading_lines
            inner = node.with_changes(leading_lines=[])
            return cst.If(cst.Name(parameter), cst.IndentedBlock([inner], indent=self.indent), leading_lines=leading)
        return None


def _inner_indent(subject: Subject) -> str:
    """What the body of a function is indented by more than its header."""
    source = locate(subject).function
    if source is None or source.body[0].lineno == source.lineno:
        return "    "
    header, first = (subject.lines[0], source.body[0].col_offset)
    return " " * max(1, first - (len(header) - len(header.lstrip())))


_TIGHT = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))


def _places(subject: Subject, plan: Plan, shift: int) -> dict[Place, list[_Made]]:
    """Every edit of a plan, by its place, with the parameter that it puts there."""
    out: dict[Place, list[_Made]] = {}
    for parameter in plan.parameters:
        for edit in parameter.edits:
            out.setdefault(_place(subject, edit.span, shift), []).append((edit, parameter.name))
    return out


def _place(subject: Subject, span: Span, shift: int) -> Place:
    """A span as libcst counts it: lines of the wrapped text, columns in characters."""
    first = subject.fragment.span.start_line
    start = _characters(subject.lines[span.start_line - first], span.start_column)
    end = _characters(subject.lines[span.end_line - first], span.end_column)
    offset = 1 - first + shift
    statement = locate(subject).statements.get(span)
    if statement is not None and hasattr(statement, "body"):
        return span.start_line + offset, start, -1, -1
    return span.start_line + offset, start, span.end_line + offset, end


def _characters(line: str, column: int) -> int:
    return len(line.encode()[:column].decode(errors="replace"))


def _function_of(module: cst.Module, shift: int) -> cst.FunctionDef | None:
    statement = module.body[0] if module.body else None
    if shift and isinstance(statement, cst.If):
        block = statement.body
        statement = block.body[0] if isinstance(block, cst.IndentedBlock) else None  # type: ignore[assignment]
    return statement if isinstance(statement, cst.FunctionDef) else None


def _text(module: cst.Module, function: cst.FunctionDef) -> str:
    """The function's text, or "" if it is not Python (a check on ourselves)."""
    out = module.with_changes(header=[], footer=[], body=[function]).code.strip("\n")
    try:
        ast.parse(out)
    except (SyntaxError, ValueError):
        return ""
    return out


def _decorator_name(decorator: cst.Decorator) -> str:
    return decorator.decorator.value if isinstance(decorator.decorator, cst.Name) else ""


def _outdented(function: cst.FunctionDef, first_line: str) -> cst.FunctionDef:
    """The function with its docstring moved to the left as far as the function is."""
    indent = first_line[: len(first_line) - len(first_line.lstrip())]
    suite = function.body
    first = suite.body[0] if isinstance(suite, cst.IndentedBlock) and suite.body else None
    if not isinstance(first, cst.SimpleStatementLine) or not isinstance(first.body[0], cst.Expr):
        return function
    string = first.body[0].value
    if not isinstance(string, cst.SimpleString):
        return function
    start, *rest = string.value.split("\n")
    value = "\n".join([start, *[line.removeprefix(indent) for line in rest]])
    return function.with_deep_changes(string, value=value)


def _is_annotated(subject: Subject) -> bool:
    """Whether the function annotates all its parameters but the first of a method, and has any."""
    function = locate(subject).function
    if function is None:
        return False
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    own = [argument for argument in arguments if argument.arg not in ("self", "cls")]
    return function.returns is not None and all(argument.annotation for argument in own)


def _with_parameters(parameters: cst.Parameters, added: list[tuple[str, str]]) -> cst.Parameters:
    """The parameters with new ones behind: by position where that is allowed, else by keyword only."""
    if not added:
        return parameters
    new = [cst.Param(cst.Name(name), cst.Annotation(cst.Name(kind)) if kind else None) for name, kind in added]
    positional, keyword = list(parameters.params), list(parameters.kwonly_params)
    last = keyword or positional
    if last and not parameters.star_kwarg:  # a comma at the end, and the line break behind it, stay at the end
        new[-1] = new[-1].with_changes(comma=last[-1].comma)
        last[-1] = last[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    defaults = any(parameter.default is not None for parameter in [*parameters.posonly_params, *positional])
    starred = isinstance(parameters.star_arg, cst.Param | cst.ParamStar)
    if not defaults and not starred and not keyword:
        return parameters.with_changes(params=[*positional, *new])
    star = parameters.star_arg if starred else cst.ParamStar()
    return parameters.with_changes(params=positional, star_arg=star, kwonly_params=[*keyword, *new])


def _without_parameters(parameters: cst.Parameters, unused: frozenset[str]) -> cst.Parameters:
    def left(group: object) -> list[cst.Param]:
        return [p for p in group if isinstance(p, cst.Param) and p.name.value not in unused]  # type: ignore[attr-defined]

    keyword = left(parameters.kwonly_params)
    star = parameters.star_arg
    changed = parameters.with_changes(
        params=left(parameters.params),
        posonly_params=left(parameters.posonly_params),
        kwonly_params=keyword,
        star_arg=cst.MaybeSentinel.DEFAULT if isinstance(star, cst.ParamStar) and not keyword else star,
    )
    return changed if changed.posonly_params else changed.with_changes(posonly_ind=cst.MaybeSentinel.DEFAULT)
