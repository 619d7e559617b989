"""An oracle for data dependence: reaching definitions computed on the bytecode of CPython 3.11.

In: a code object. Out: all pairs (line of the write, line of the read, variable) of its local variables; a parameter is
written on line 0. Instructions are nodes, jumps and the exception table are edges; nothing of the project is used.
Variables written by nested functions are followed only through the writes that the function makes itself.
"""

from __future__ import annotations

import dis
from collections import defaultdict
from types import CodeType

Pair = tuple[int, int, str]
_LEAVE = {"RETURN_VALUE", "RAISE_VARARGS", "RERAISE", "JUMP_FORWARD", "JUMP_BACKWARD", "JUMP_BACKWARD_NO_INTERRUPT"}
_LOADS = {"LOAD_FAST", "LOAD_DEREF"}
_STORES = {"STORE_FAST", "STORE_DEREF"}
_DELETES = {"DELETE_FAST", "DELETE_DEREF"}


def functions_of(module: CodeType) -> list[CodeType]:
    """All code objects of functions below a module's, comprehensions and lambdas left out."""
    out: list[CodeType] = []
    stack = [module]
    while stack:
        code = stack.pop()
        stack.extend(constant for constant in code.co_consts if isinstance(constant, CodeType))
        if code.co_flags & 0x2 and not code.co_name.startswith("<"):  # CO_NEWLOCALS: no class body
            out.append(code)
    return out


def def_use_lines(code: CodeType) -> set[Pair]:
    """All def-use pairs of a function's own variables."""
    instructions = list(dis.get_instructions(code))
    lines = [position[0] for position in code.co_positions()]
    actions = {i.offset: _actions(i) for i in instructions}
    ordinary, exceptional = _edges(code, instructions)
    arguments = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & 4) + bool(code.co_flags & 8)
    before: dict[int, set[tuple[str, int]]] = defaultdict(set)
    before[0] = {(name, 0) for name in code.co_varnames[:arguments]}
    pairs: set[Pair] = set()
    seen: set[int] = set()
    work = [0]
    while work:
        offset = work.pop()
        seen.add(offset)
        state = set(before[offset])
        line = lines[offset // 2] or 0
        for action, name in actions[offset]:
            if name in code.co_freevars:
                continue
            if action == "load":
                pairs |= {(written, line, name) for variable, written in state if variable == name}
            else:
                state = {one for one in state if one[0] != name}
                if action == "store":
                    state.add((name, line))
        reached = [(target, state) for target in ordinary[offset]]
        reached += [(target, before[offset]) for target in exceptional[offset]]
        for target, incoming in reached:
            if target not in seen or not incoming <= before[target]:
                before[target] |= incoming
                work.append(target)
    return pairs


def _actions(instruction: dis.Instruction) -> list[tuple[str, str]]:
    name = instruction.opname
    for kind, names in (("load", _LOADS), ("store", _STORES), ("delete", _DELETES)):
        if name in names:
            return [(kind, instruction.argval)]
    return []


def _edges(code: CodeType, instructions: list[dis.Instruction]) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
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
        exceptional[instruction.offset] = [e.target for e in table if e.start <= instruction.offset < e.end]
    return ordinary, exceptional
