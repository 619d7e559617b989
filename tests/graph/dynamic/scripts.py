"""What each code object of a source file does to its local variables, decoded once from its bytecode.

In: the text of a source file. Out: a `Script` for each of its code objects: at which offset which variable is read,
written or deleted, where that stands in the source, which code object owns a captured variable, and which `def`s stand
around it. Understands CPython 3.11 to 3.14: comprehensions inlined since 3.12 save and restore the names that they
borrow, and joined instructions since 3.13 act on two variables on one line.
"""

from __future__ import annotations

import ast
import dis
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import CodeType
from typing import NamedTuple

FunctionAst = ast.FunctionDef | ast.AsyncFunctionDef


class Site(NamedTuple):
    """A place in the source: line from 1; column in bytes from 0, or -1 where the bytecode does not tell."""

    line: int
    column: int


PARAMETER = Site(0, 0)
"""Where a parameter is written, as far as a running frame can tell."""
UNKNOWN = Site(-1, -1)
"""Who wrote the variable cannot be told."""

USE, WRITE, DELETE, SAVE, USE_OUTSIDE, WRITE_OUTSIDE = range(6)


class Action(NamedTuple):
    """One access: of an own variable, or (OUTSIDE) of one that belongs to a function around."""

    kind: int
    name: str
    site: Site


_READS = {"LOAD_FAST", "LOAD_FAST_CHECK", "LOAD_FAST_BORROW", "LOAD_DEREF"}
_CLASS_READS = {"LOAD_CLASSDEREF", "LOAD_FROM_DICT_OR_DEREF"}
_WRITES = {"STORE_FAST", "STORE_FAST_MAYBE_NULL", "STORE_DEREF"}
_DELETES = {"DELETE_FAST", "DELETE_DEREF"}
_JOINED = {
    "LOAD_FAST_LOAD_FAST": (USE, USE),
    "LOAD_FAST_BORROW_LOAD_FAST_BORROW": (USE, USE),
    "STORE_FAST_LOAD_FAST": (WRITE, USE),
    "STORE_FAST_STORE_FAST": (WRITE, WRITE),
}
_COMPREHENSIONS = {"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"}
NEW_LOCALS = 0x2
"""Set for functions and comprehensions, not for class bodies."""


@dataclass(slots=True, eq=False)
class Script:
    """One code object of a file.

    functions: the `def`s that it is the code of or stands in, innermost first. owners: for each captured variable the
    script whose variable it is. immediate: a comprehension or class body, which runs where it stands. starts: offsets
    where a call (not a resumed generator) begins; ends: where it returns. entangled: its variables are written by
    functions inside it, or it writes those of functions around it.
    """

    filename: str
    code: CodeType
    parent: Script | None
    functions: tuple[FunctionAst, ...]
    owners: dict[str, Script] = field(default_factory=dict)
    actions: dict[int, tuple[Action, ...]] = field(default_factory=dict)
    parameters: tuple[str, ...] = ()
    immediate: bool = False
    starts: frozenset[int] = frozenset()
    ends: frozenset[int] = frozenset()
    entangled: bool = False

    @property
    def is_function(self) -> bool:
        """Whether it is the code of a `def`."""
        return bool(self.functions) and _first_line(self.functions[0]) == (self.code.co_name, self.code.co_firstlineno)


def scripts_of(source: str, filename: str) -> dict[CodeType, Script]:
    """A script for each code object of a source file; equal code objects share one."""
    tree = ast.parse(source, filename)
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    occurrences = {(Site(n.lineno, column), n.id) for n in names for column in (n.col_offset, -1)}
    definitions = {_first_line(node): node for node in ast.walk(tree) if isinstance(node, FunctionAst)}
    out: dict[CodeType, Script] = {}
    stack: list[tuple[CodeType, Script | None]] = [(compile(tree, filename, "exec", dont_inherit=True), None)]
    while stack:
        code, parent = stack.pop()
        around = parent.functions if parent else ()
        own = definitions.get((code.co_name, code.co_firstlineno))
        script = Script(filename, code, parent, (own, *around) if own else around)
        _decode(script, occurrences)
        out[code] = script
        stack.extend((constant, script) for constant in code.co_consts if isinstance(constant, CodeType))
    return out


def plain_name(name: str, code: CodeType) -> str:
    """A variable's name as the source has it: in a class, the compiler mangles `__name`."""
    for around in code.co_qualname.split("."):
        if name.startswith(f"_{around.lstrip('_')}__"):
            return name.removeprefix(f"_{around.lstrip('_')}")
    return name


def _first_line(node: FunctionAst) -> tuple[str, int]:
    """A function's name and first line, as its code object has them."""
    return node.name, min([node.lineno, *[decorator.lineno for decorator in node.decorator_list]])


def _decode(script: Script, occurrences: set[tuple[Site, str]]) -> None:
    code = script.code
    count = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & 0x4) + bool(code.co_flags & 0x8)
    script.parameters = code.co_varnames[:count]
    is_class = not code.co_flags & NEW_LOCALS
    script.immediate = is_class or code.co_name in _COMPREHENSIONS
    script.owners = {name: owner for name in code.co_freevars if (owner := _owner(script.parent, name))}
    sites = [Site(line or -1, -1 if column is None else column) for line, _, column, _ in code.co_positions()]
    starts, ends, prefix = set(), set(), list[int]()
    for instruction in dis.get_instructions(code):
        offset = instruction.offset
        if instruction.opname == "EXTENDED_ARG":  # what it prefixes may be announced at either offset
            prefix.append(offset)
            continue
        if instruction.opname == "RESUME" and not (instruction.arg or 0) & 3:
            starts.add(offset)
        elif instruction.opname.startswith(("RETURN_VALUE", "RETURN_CONST")):
            ends.add(offset)
        actions = tuple(
            action
            for action in _actions(script, instruction, sites[offset // 2])
            if action.kind not in (USE, USE_OUTSIDE) or (action.site, plain_name(action.name, code)) in occurrences
        )  # no name stands where `super()` reads the first parameter
        if actions:
            script.actions.update(dict.fromkeys([*prefix, offset], actions))
        prefix = []
    script.starts, script.ends = frozenset(starts), frozenset(ends)
    for action in [action for actions in script.actions.values() for action in actions]:
        if action.kind == WRITE_OUTSIDE:
            script.entangled = script.owners[action.name].entangled = True


def _owner(script: Script | None, name: str) -> Script | None:
    """The nearest function around whose own variable a captured name is."""
    while script is not None:
        if name in script.code.co_cellvars:
            return script if script.code.co_flags & NEW_LOCALS else None
        script = script.parent
    return None


def _actions(script: Script, instruction: dis.Instruction, site: Site) -> Iterator[Action]:
    opname, name = instruction.opname, instruction.argval
    code = script.code
    if opname in _JOINED:
        for kind, one in zip(_JOINED[opname], name, strict=True):
            if kind != USE or one not in (*code.co_cellvars, *code.co_freevars):
                yield Action(kind, one, Site(site.line, -1))
        return
    if "_FAST" in opname and name in code.co_freevars:
        return  # a class body keeps a slot of that name for a comprehension; the variable itself is not touched
    if opname in _READS:
        kind = USE
        if opname != "LOAD_DEREF" and name in (*code.co_cellvars, *code.co_freevars):
            return  # since 3.13 this is how a nested function gets hold of the variable: nothing is read yet
    elif opname in _CLASS_READS and name not in code.co_names:  # else it may be the class's own
        kind = USE
    elif opname in _WRITES:
        kind = WRITE
    elif opname in _DELETES:
        kind = DELETE
    elif opname == "LOAD_FAST_AND_CLEAR":
        kind = SAVE
    else:
        return
    if name in code.co_freevars:
        if name in script.owners:
            yield Action(USE_OUTSIDE if kind == USE else WRITE_OUTSIDE, name, UNKNOWN if kind == DELETE else site)
    elif not name.startswith("."):  # `.0` is the iterator that a comprehension is given
        yield Action(kind, name, site)
