# ruff: noqa: N815  # the names of a visitor's methods are Python's
"""An oracle for control and data flow: what CPython's own bytecode says, from 3.11 to 3.14.

In: a code object. Out: where each instruction may continue, and all pairs (write, read, variable) of local variables,
by line or by position; a parameter is written on line 0. Instructions are nodes, jumps and the exception table are
edges; nothing of the project is used. Two conventions are shared with the project, since the bytecode of one code
object cannot decide them: a nested function, lambda or generator reads and writes the variables around it where it is
created, and its writes are not sure to happen.
"""

from __future__ import annotations

import ast
import copy
import dis
import re
import warnings
from collections import defaultdict
from dataclasses import dataclass
from types import CodeType

Pair = tuple[int, int, str]
Place = tuple[int, int]
_LEAVE = {
    "RETURN_VALUE", "RETURN_CONST", "RAISE_VARARGS", "RERAISE", "JUMP_FORWARD", "JUMP_BACKWARD",
    "JUMP_BACKWARD_NO_INTERRUPT", "INTERPRETER_EXIT",
}  # fmt: skip
_LOADS = (
    "LOAD_FAST",
    "LOAD_FAST_CHECK",
    "LOAD_FAST_BORROW",
    "LOAD_DEREF",
    "LOAD_CLASSDEREF",
    "LOAD_FROM_DICT_OR_DEREF",
)
_STORES = ("STORE_FAST", "STORE_FAST_MAYBE_NULL", "STORE_DEREF")
_ONLY_STORES = re.compile("STORE_(FAST|DEREF)(_STORE_FAST)?")  # they cannot fail, though the table has a row for them
_KINDS = (("load", _LOADS), ("store", _STORES), ("delete", ("DELETE_FAST", "DELETE_DEREF")))
_UNKNOWN = (0, 0)


@dataclass(frozen=True)
class Action:
    """What an instruction does to a variable: kind is "load", "store", "maybe store" or "delete"."""

    kind: str
    name: str
    place: Place


def functions_of(module: CodeType) -> list[CodeType]:
    """All code objects of functions below a module's, comprehensions and lambdas left out."""
    return [code for code in codes_of(module) if code.co_flags & 0x2 and not code.co_name.startswith("<")]


def codes_of(module: CodeType) -> list[CodeType]:
    """All code objects below a module's."""
    out: list[CodeType] = []
    stack = [module]
    while stack:
        for constant in stack.pop().co_consts:
            if isinstance(constant, CodeType):
                out.append(constant)
                stack.append(constant)
    return out


def def_use_lines(code: CodeType) -> set[Pair]:
    """All def-use pairs of a function's own variables, by line."""
    return {(write[0], read[0], name) for write, read, name in _pairs(code, nested=False)}


def def_use_places(code: CodeType) -> set[tuple[Place, Place, str]]:
    """All def-use pairs of a function's or class's own variables, by (line, column); also reads in nested code."""
    return _pairs(code, nested=True)


def _pairs(code: CodeType, nested: bool) -> set[tuple[Place, Place, str]]:
    actions = actions_of(code, nested)
    ordinary, exceptional = edges_of(code)
    before: dict[int, set[tuple[str, Place]]] = defaultdict(set)
    before[0] = {(name, _UNKNOWN) for name in _parameters(code)}
    pairs: set[tuple[Place, Place, str]] = set()
    seen: set[int] = set()
    work = [0]
    while work:
        offset = work.pop()
        seen.add(offset)
        state = set(before[offset])
        for action in actions.get(offset, ()):
            if action.kind == "load":
                pairs |= {(written, action.place, action.name) for name, written in state if name == action.name}
                continue
            if action.kind != "maybe store":
                state = {one for one in state if one[0] != action.name}
            if action.kind != "delete":
                state.add((action.name, action.place))
        reached = [(target, state) for target in ordinary[offset]]
        reached += [(target, before[offset]) for target in exceptional[offset]]
        for target, incoming in reached:
            if target not in seen or not incoming <= before[target]:
                before[target] |= incoming
                work.append(target)
    return pairs


def _parameters(code: CodeType) -> tuple[str, ...]:
    if not code.co_flags & 0x2:  # the body of a class
        return ()
    count = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & 4) + bool(code.co_flags & 8)
    return code.co_varnames[:count]


def actions_of(code: CodeType, nested: bool) -> dict[int, list[Action]]:
    """What each instruction (by offset) does to the variables of this code object, in order."""
    free, cells = set(code.co_freevars), {*code.co_cellvars, *code.co_freevars}
    is_class = not code.co_flags & 0x1  # CO_OPTIMIZED
    out: dict[int, list[Action]] = {}
    places = places_of(code)
    for instruction in dis.get_instructions(code):
        place = places[instruction.offset]
        found = [Action(kind, name, place) for kind, name in _own(instruction, is_class, cells)]
        if nested and isinstance(instruction.argval, CodeType):
            found = _inside(instruction.argval)
        found = [action for action in found if action.name not in free]
        if found:
            out[instruction.offset] = found
    return out


def places_of(code: CodeType) -> dict[int, Place]:
    """The (line, column) of each instruction, by offset; where there is none, that of the one before it."""
    out: dict[int, Place] = {}
    last = _UNKNOWN
    for index, (line, _, column, _) in enumerate(code.co_positions()):
        if line is not None:
            last = (line, column or 0)
        out[2 * index] = last
    return out


def _own(instruction: dis.Instruction, is_class: bool, cells: set[str]) -> list[tuple[str, str]]:
    name, value = instruction.opname, instruction.argval
    found: list[tuple[str, str]] = []
    if name.count("_FAST") == 2:  # "STORE_FAST_LOAD_FAST" and its like, since 3.13
        first, second = (part.strip("_").lower() for part in name.replace("_BORROW", "").split("_FAST")[:2])
        found = list(zip((first, second), value, strict=True))
    elif is_class and name in ("LOAD_NAME", "STORE_NAME", "DELETE_NAME"):
        found = [(name.partition("_")[0].lower(), value)]
    else:
        found = [(kind, value) for kind, names in _KINDS if name in names]
    if "_FAST" in name:  # a cell itself, handed to nested code, since 3.13
        found = [(kind, variable) for kind, variable in found if kind != "load" or variable not in cells]
    return found


def _inside(code: CodeType) -> list[Action]:
    """What nested code does to the variables around it, as if it ran where it is created."""
    free = set(code.co_freevars)
    places = places_of(code)
    out: list[Action] = []
    for instruction in dis.get_instructions(code):
        for kind, name in _own(instruction, False, free):
            if name in free and kind != "delete":
                out.append(Action("maybe store" if kind == "store" else kind, name, places[instruction.offset]))
        if isinstance(instruction.argval, CodeType):
            out.extend(action for action in _inside(instruction.argval) if action.name in free)
    stores = [action for action in out if action.kind != "load"]
    return [*stores, *out] if not code.co_name.startswith("<") else out


def edges_of(code: CodeType) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """Where control goes from each instruction, by offset: ordinarily, and when it raises."""
    instructions = list(dis.get_instructions(code))
    ordinary: dict[int, list[int]] = {}
    exceptional: dict[int, list[int]] = {}
    table = dis._parse_exception_table(code)  # type: ignore[attr-defined]
    following = [instruction.offset for instruction in instructions[1:]]
    for position, instruction in enumerate(instructions):
        targets: list[int] = []
        if instruction.opcode in dis.hasjrel or instruction.opcode in dis.hasjabs:
            targets.append(instruction.argval)
        if instruction.opname not in _LEAVE and position < len(following):
            targets.append(following[position])
        ordinary[instruction.offset] = targets
        can_fail = not _ONLY_STORES.fullmatch(instruction.opname)
        exceptional[instruction.offset] = [
            e.target for e in table if can_fail and e.start <= instruction.offset < e.end
        ]
    return ordinary, exceptional


class _Spread(ast.NodeTransformer):
    """Undoes by source what the compiler joins or hides, so that each read of the source is one of the bytecode.

    The variables of each comprehension get names of their own, "x" becomes "x#1": since 3.12 they are put into
    the function. A `super()` becomes `super(*())`: the compiler reads the first parameter for it, the source does not.
    A name `__x` becomes "-__x", which is not mangled in a class. Annotations, which the graph leaves out, are dropped.
    """

    def __init__(self) -> None:
        self.count = 0
        self.renamed: list[dict[str, str]] = []

    def comprehension(self, node: ast.AST) -> ast.AST:
        generators = node.generators  # type: ignore[attr-defined]
        generators[0].iter = self.visit(generators[0].iter)  # belongs to the scope around
        self.count += 1
        targets = [name for part in generators for name in ast.walk(part.target) if isinstance(name, ast.Name)]
        stored = {name.id for name in targets if isinstance(name.ctx, ast.Store)}
        self.renamed.append({name: f"{name}#{self.count}" for name in stored})
        for field in ("elt", "key", "value"):
            if hasattr(node, field):
                setattr(node, field, self.visit(getattr(node, field)))
        for place, part in enumerate(generators):
            part.target = self.visit(part.target)
            part.ifs = [self.visit(test) for test in part.ifs]
            if place:
                part.iter = self.visit(part.iter)
        self.renamed.pop()
        return node

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = comprehension

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Name) and node.func.id == "super" and not node.args:
            nothing = ast.copy_location(ast.Tuple([], ast.Load()), node)
            node.args = [ast.copy_location(ast.Starred(nothing, ast.Load()), node)]
        return self.generic_visit(node)

    def visit_Lambda(self, node: ast.Lambda) -> ast.Lambda:
        node.args = self.visit(node.args)  # the defaults
        own = {arg.arg for arg in ast.walk(node.args) if isinstance(arg, ast.arg)}
        self.renamed.append({name: name for name in own})
        node.body = self.visit(node.body)
        self.renamed.pop()
        return node

    def visit_Name(self, node: ast.Name) -> ast.Name:
        for names in reversed(self.renamed):
            if node.id in names:
                node.id = names[node.id]
                break
        node.id = _not_mangled(node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.arg, node.annotation = _not_mangled(node.arg), None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.annotation = ast.copy_location(ast.Constant(None), node.annotation)
        return self.generic_visit(node)


def _not_mangled(name: str) -> str:
    return "-" + name if name.startswith("__") and not name.endswith("__") else name


def compiled(tree: ast.Module) -> CodeType:
    """Compile a module so that its bytecode reads and writes what its source does, on every Python."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of code like `x is 1`
        return compile(_Spread().visit(copy.deepcopy(tree)), "<module>", "exec", dont_inherit=True)


def plain(name: str) -> str:
    """The name in the source of a variable of `compiled` code."""
    return name.removeprefix("-").partition("#")[0]
