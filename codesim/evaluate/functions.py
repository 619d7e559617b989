"""Functions from the texts of data sets: read, masked, and turned into what the systems look at.

In: a text that holds a function. Out: a `Function`: its own text, its syntax, its graph. The first function of the text
counts, methods included; texts that stand indented are moved to the left. Nothing of it is run.

Source: our own.
"""

from __future__ import annotations

import ast
import tokenize
import warnings
from collections.abc import Callable
from dataclasses import dataclass

from codesim.errors import GraphError, SourceError
from codesim.evaluate.masking import Mask, mask_locals, mask_own_name
from codesim.graph import Pdg, build_pdg
from codesim.parse import lower, parse_function
from codesim.parse.depth import deep_recursion
from codesim.source import cut_fragments

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
_MASKING: dict[Mask, Callable[[str, FunctionNode], str]] = {
    Mask.OWN: lambda text, node: mask_own_name(text, node.name),
    Mask.LOCALS: lambda _text, node: mask_locals(node),
}

_UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


@dataclass(frozen=True, slots=True)
class Function:
    """A function as the systems see it: its text without indentation, its syntax and its graph, all masked alike."""

    text: str
    node: FunctionNode
    graph: Pdg


def function_graph(node: FunctionNode) -> Pdg:
    """Return the program dependence graph of a function's canonical tree.

    Raises:
        GraphError: the graph cannot be built.
    """
    return build_pdg(lower(parse_function(node)), node.name)


def first_function(source: str) -> FunctionNode:
    """Return the first function of a text, in the order of the text; methods count.

    Raises:
        SourceError: the text does not parse, or holds no function.
    """
    return _found(source)[1]


def only_function(source: str) -> FunctionNode:
    """Return the function that a text consists of.

    Raises:
        SourceError: the text does not parse, or is anything but one function.
    """
    try:
        body = _parse(source).body
    except _UNREADABLE as error:
        raise SourceError("source", None, f"does not parse: {error}") from error
    if len(body) != 1 or not isinstance(body[0], ast.FunctionDef | ast.AsyncFunctionDef):
        raise SourceError("source", None, "is not one function")
    return body[0]


def read_graph(source: str) -> Pdg:
    """Return the graph of the function that a text consists of.

    Raises:
        SourceError: the text does not parse, or is anything but one function.
        GraphError: the graph cannot be built.
    """
    return function_graph(only_function(source))


def read_function(source: str, mask: Mask = Mask.NONE) -> Function:
    """Read the first function of a text.

    Args:
        source: a function, or a text in which the first one counts.
        mask: which names to hide before anything looks at it.

    Returns:
        The function. Its text is the source's own wording and layout, but written anew with `Mask.LOCALS`.

    Raises:
        SourceError: the text does not parse, or holds no function.
        GraphError: the graph cannot be built.
    """
    text, node = _found(source)
    text = _own_text(text, node)
    try:
        with deep_recursion():
            if mask is not Mask.NONE:
                text = _MASKING[mask](text, node)
                node = first_function(text)
            return Function(text, node, function_graph(node))
    except (RecursionError, ValueError, SyntaxError, tokenize.TokenError) as error:
        # before Python 3.12 some f-strings have no spelling
        raise GraphError(node.name, f"cannot be analysed: {error}") from error


def _parse(source: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes and `is` with a literal: not our business
        return ast.parse(source)


def _found(source: str) -> tuple[str, FunctionNode]:
    """The text, moved to the left if need be, and its first function."""
    text = source.replace("\r\n", "\n").replace("\r", "\n")
    try:
        try:
            module = _parse(text)
        except IndentationError:
            text = _moved_left(text)
            module = _parse(text)
    except _UNREADABLE as error:
        raise SourceError("source", None, f"does not parse: {error}") from error
    cuts = cut_fragments("", module)
    if not cuts:
        raise SourceError("source", None, "holds no function")
    return text, cuts[0].node


def _own_text(text: str, node: FunctionNode) -> str:
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return _moved_left("\n".join(text.split("\n")[first - 1 : node.end_lineno]) + "\n")


def _moved_left(text: str) -> str:
    """Take the indentation of the first line of code off all lines; inside strings lines may stand further left."""
    lines = text.split("\n")
    code = next((line for line in lines if line.strip() and not line.lstrip().startswith("#")), "")
    indent = code[: len(code) - len(code.lstrip())]
    return "\n".join(line.removeprefix(indent) for line in lines)
