"""Drivers: calls into the standard library's modules for source code and what runs it.

In: an empty folder. Out: nothing; what counts is the code that runs. Many inputs are wrong on purpose, for the error
paths.
"""

# ruff: noqa: ARG001, F821  (functions that are only looked at, or fail)
from __future__ import annotations

import argparse
import ast
import contextlib
import dis
import doctest
import inspect
import io
import pickle
import pickletools
import subprocess
import symtable
import tabnanny
import traceback
import types
import unittest
import unittest.mock
from collections.abc import Callable
from pathlib import Path
from typing import Any

from graph.dynamic.library import attempt, each

_CODE = '''
"""doc"""
import os, sys as s
from .a import (b as c)
@d(1)
class E(F, metaclass=G):
    """doc "quoted"
    second"""
    x: int = 3
async def f(a, /, b: int = 1, *args, c, d=2, **kw) -> "r":
    async with a as b, c: pass
    async for x in y: await z
    return [i async for i in j if k]
def g():
    global q; nonlocal_ = 1
    try:
        yield
        x = yield from y
    except (A, B) as e: raise C from e
    except: raise
    else: del a, b[0]
    finally: assert x, "m"
    while not a and b or c: break
    else: continue_ = 1
    for (a, *b), c in d: continue
    with (a): x += 1
    lambda x, *y, z=1, **k: (x if y else z)
    f"{a!r:>{w}}{{}} {b=} {'q'} {d['e']}" "y\\n\\"'"; b"x"
    x[1:2, ::3, ...]; x[a:b]; {**a, 'b': c, d: e}; {1, 2}; {k: v for k, v in z}; (i for i in j); [*a, b]
    a < b <= c is not d not in e; -a ** -b; not (a, ); (a := 1); ~a @ b // c << 1 | 2 ^ 3 & 4; 1e309; -1j; (1).real
    if a: pass
    elif b: pass
    else: pass
    match x:
        case [1, *rest] | [*rest, 2] | {"k": _, **rest}: pass
        case C(a, b=c) as d if e: pass
        case None | -1 | 1+2j | "s" | a.b: pass
        case _: pass
    try: pass
    except* E: pass
    return
'''


def drive_ast(_folder: Path) -> None:
    tree = ast.parse(_CODE)
    ast.dump(tree, indent=2, include_attributes=True)
    ast.dump(tree, annotate_fields=False)
    ast.unparse(tree)
    ast.increment_lineno(ast.fix_missing_locations(tree))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Name)]
    each(ast.get_docstring, functions)
    each(lambda node: ast.get_source_segment(_CODE, node, padded=True), functions)
    texts = (
        "[1, -2, {'a': (None, b'x')}, {1}]",
        "1+2j",
        "f()",
        "a",
        "-'x'",
        "{**a}",
        "set()",
        "1 - 2",
        " 3",
        "{1: 2}",
        "x +",
    )
    each(ast.literal_eval, texts)

    class Change(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> Any:
            return {"a": None, "b": [node, node]}.get(node.id, node) if isinstance(node.ctx, ast.Load) else node

        def visit_Expr(self, node: ast.Expr) -> Any:
            return [node, node]

    Change().visit(ast.parse("f(b, c)\nx = [b, c]\ny"))
    ast.NodeVisitor().visit(tree)


def drive_dis_and_symtable(_folder: Path) -> None:
    code = compile(_CODE, "<code>", "exec", dont_inherit=True)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        dis.dis(code, show_caches=True)
        dis.show_code(code)
        each(dis.dis, ("x = 1", dis.Instruction, lambda: 1, 3, code.co_code))
        attempt(dis.distb)
    dis.Bytecode(code, first_line=5, current_offset=4).dis()
    dis.code_info(code)
    list(dis.findlinestarts(code))
    dis.findlabels(code.co_code)
    each(dis.pretty_flags, (0, 3, 1 << 20))
    table = symtable.symtable(_CODE, "<code>", "exec")
    for child in (table, *table.get_children()):
        each(lambda name, child=child: getattr(child, name)(), (
            "get_type", "get_id", "get_name", "get_lineno", "is_optimized", "is_nested", "has_children",
            "get_identifiers",
            "get_parameters", "get_locals", "get_globals", "get_nonlocals", "get_frees", "get_methods", "__repr__",
        ))  # fmt: skip
        for symbol in child.get_symbols():
            each(lambda name, symbol=symbol: getattr(symbol, name)(), (
                "is_referenced", "is_parameter", "is_global", "is_nonlocal", "is_free", "is_local", "is_imported",
                "is_assigned",
                "is_namespace", "get_namespaces", "get_namespace", "is_annotated", "is_declared_global", "__repr__",
            ))  # fmt: skip


def _sample(a: int, /, b: str = "x", *c: int, d: float, e: Any = None, **f: Any) -> list[int]:
    """A function to look at."""

    def inner() -> int:
        return a

    return [inner()]


def drive_inspect(_folder: Path) -> None:
    things = (_sample, argparse.ArgumentParser, argparse.ArgumentParser.add_argument, int, len, ast,
        doctest.DocTestFinder, 3, dict.get,
              unittest.mock.Mock(), types.SimpleNamespace(a=1), lambda x: x, ast.NodeVisitor().visit, dis.Bytecode,
              print)  # fmt: skip
    names = ("getsource", "getsourcelines", "getdoc", "getcomments", "signature", "getmodule", "getfile",
        "getfullargspec", "getmembers",
             "classify_class_attrs", "getmro", "unwrap", "isroutine", "getclosurevars", "get_annotations", "cleandoc",
             "getmembers_static")  # fmt: skip
    for name in names:
        each(getattr(inspect, name), things)
    signature = inspect.signature(_sample)
    for arguments, keywords in (
        ((1, "y", 2), {"d": 3.0, "z": 4}),
        ((), {}),
        ((1,), {}),
        ((1,), {"a": 2, "d": 1}),
        ((1, 2), {"b": 1, "d": 2}),
    ):
        bound = attempt(signature.bind, *arguments, **keywords)
        attempt(lambda bound=bound: (bound.apply_defaults(), bound.args, bound.kwargs))
        attempt(signature.bind_partial, *arguments, **keywords)
        attempt(inspect.getcallargs, _sample, *arguments, **keywords)
    parameters = list(signature.parameters.values())
    each(
        lambda change: parameters[1].replace(**change),
        ({"name": "3"}, {"kind": 9}, {"default": 4}, {"name": "if"}, {"kind": 2}),
    )
    each(signature.replace, (), parameters=parameters[::-1])
    each(lambda some: signature.replace(parameters=some), (parameters[::-1], parameters[:2], parameters[:1] * 2))
    each(inspect.formatannotation, (int, list[int], "x", type(None)))
    with contextlib.suppress(AttributeError):
        each(
            lambda text: inspect._signature_fromstr(inspect.Signature, len, text),
            ("($self, a, b=1, /, *c)", "(", "(a=q)"),
        )
    frame = inspect.currentframe()
    each(lambda function: function(frame), (inspect.getframeinfo, inspect.getargvalues, inspect.getouterframes))
    inspect.getclasstree([int, bool, str], unique=True)
    attempt(inspect.getattr_static, argparse.ArgumentParser(), "prog")
    attempt(inspect.getattr_static, 3, "none", None)
    inspect.indentsize("\t  x")


def drive_traceback(_folder: Path) -> None:
    def fail(depth: int) -> None:
        if depth:
            return fail(depth - 1)
        try:
            raise KeyError("inner")
        except KeyError as error:
            raise ValueError("outer\nlines") from error

    def group() -> None:
        raise ExceptionGroup("many", [ValueError(1), ExceptionGroup("deep", [TypeError("x")]), KeyError()])

    failures = (
        lambda: fail(3), lambda: fail(12), group, lambda: compile("x = (\n", "<f>", "exec"),
        lambda: compile("x y", "<f>", "exec"), lambda: {}["é"],
        lambda: undefined_name, lambda: [].appendd, lambda: int("x") + (1 / 0),
        lambda: compile("  x\n y", "f.py", "exec"),
    )  # fmt: skip
    for error in [attempt(failure) for failure in failures]:
        error.__notes__ = ["a note", 3]
        for options in (
            {},
            {"capture_locals": True, "limit": 2},
            {"compact": True, "lookup_lines": False, "limit": -1},
        ):
            one = traceback.TracebackException.from_exception(error, **options)
            for chain in (True, False):
                attempt(lambda one=one, chain=chain: list(one.format(chain=chain)))
            list(one.format_exception_only())
        traceback.format_exception(error)
        traceback.print_exception(error, file=io.StringIO())
        frames = traceback.extract_tb(error.__traceback__)
        traceback.format_list([*frames, ("f", 1, "n", "t")])
        traceback.walk_tb(error.__traceback__)
        each(repr, frames)
    traceback.format_stack(limit=3)
    attempt(lambda: list(traceback.walk_stack(None)))


def drive_pickles_and_commands(folder: Path) -> None:
    shared: list[Any] = [
        1,
        2.5,
        "é",
        b"x",
        None,
        True,
        2**70,
        {"a": (1, 2, 3, 4)},
        {3},
        frozenset(),
        types.SimpleNamespace(a=1),
        int,
    ]
    shared.append(shared)
    for protocol in range(6):
        data = pickle.dumps(shared, protocol)
        out = io.StringIO()
        pickletools.dis(data, out, annotate=30)
        pickletools.optimize(data)
        attempt(pickletools.dis, data[:-3], out)
    each(
        lambda data: pickletools.dis(data, io.StringIO()),
        (b"x", b"(.", b"0.", b"Vq\n.", b"I01\n.", b"S'a\n.", b"g1\n.", b"N.N"),
    )
    for words in (["a b", 'c"d', "e\\", "", "f\\\\ g", "t\tx", 'h\\"i'], []):
        subprocess.list2cmdline(words)
    path = folder / "bad.py"
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        for text in (
            "if 1:\n\tx\n        y\n",
            "if 1:\n\tx\n\ty\n    z\n",
            "(",
            "def f():\n    if 1:\n        x\n\tif 2:\n\t\ty\n",
        ):
            path.write_text(text)
            with contextlib.suppress(SystemExit):
                attempt(tabnanny.check, str(folder))


DRIVERS: tuple[Callable[[Path], None], ...] = (
    drive_ast,
    drive_dis_and_symtable,
    drive_inspect,
    drive_traceback,
    drive_pickles_and_commands,
)
