"""Names for what a merge creates: its parameters and its helper.

In: where a parameter feeds in, what the copies are called. Out: valid, free identifiers. A parameter takes the name
of the keyword, target, key or attribute that it stands beside; a helper the words that the copies' names share.
Source: our own.
"""

from __future__ import annotations

import ast
import builtins
import keyword
import re
from collections.abc import Collection, Iterable, Sequence

from codesim.refactor.templates import common_ends

_WORD = re.compile(r"[A-Z]+(?![a-z])\d*|[A-Z]?[a-z]+\d*|\d+|[^\W\d_]+")
_WEAK = frozenset(
    ("get", "set", "to", "is", "do", "run", "test", "tests", "on", "of", "the", "a", "an", "in", "by", "for", "make")
) | {"add", "from", "has", "new", "init", "call"}
_ARGUMENT_OF = {
    "startswith": "prefix", "endswith": "suffix", "removeprefix": "prefix", "removesuffix": "suffix",
    "split": "separator", "rsplit": "separator", "partition": "separator", "join": "separator", "get": "key",
    "pop": "key", "setdefault": "key", "group": "group", "encode": "encoding", "decode": "encoding", "open": "mode",
    "strftime": "date_format", "strptime": "date_format", "sleep": "delay", "round": "digits", "range": "count",
    "getattr": "attribute", "setattr": "attribute",
}  # fmt: skip
_MESSAGE = re.compile(r"debug|info|warn(ing)?|error|exception|critical|log|print|fail|\w*(Error|Exception)")
_PATTERN_METHODS = frozenset({"match", "fullmatch", "search", "finditer", "findall", "sub", "subn"})
_MOST_WORDS = 4


def words_of(name: str) -> list[str]:
    """The words of an identifier, in lower case."""
    return [word.lower() for word in _WORD.findall(name)]


def shared_words(names: Sequence[str]) -> list[str]:
    """The words that all names begin with, and those that all end with."""
    split = [words_of(name) for name in names]
    head, tail = common_ends(split)
    return split[0][:head] + split[0][len(split[0]) - tail :]


def helper_name(names: Sequence[str], private: bool) -> str:
    """Name the helper of functions with these names.

    Args:
        names: the copies' own names, the representative's first.
        private: put an underscore before it, because the copies stay and call it.

    Returns:
        The shared words, or the representative's name where they say too little.
    """
    shared = shared_words(names)
    telling = [word for word in shared if word not in _WEAK]
    if not telling or (len(shared) == 1 and len(shared[0]) < 4):
        shared = words_of(names[0])
    name = "_".join(shared) or "shared"
    if any(character.isupper() for character in names[0]) and "_" not in names[0].strip("_"):
        first, *rest = shared or ["shared"]
        name = first + "".join(word.capitalize() for word in rest)
    if name[0].isdigit() or keyword.iskeyword(name):
        name = f"helper_{name}"
    return f"_{name}" if private else name


def free_name(wanted: str, taken: Collection[str]) -> str:
    """A valid identifier like the wanted one that is not taken and hides no builtin."""
    wanted = wanted.strip("_")
    name = wanted if wanted.isidentifier() and wanted.isascii() else "value"
    if keyword.iskeyword(name) or hasattr(builtins, name):
        name += "_"
    if name not in taken:
        return name
    longer = f"{name.rstrip('_')}_value"
    if longer not in taken and not name.endswith("value"):
        return longer
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"


def place_names(node: ast.expr, parents: dict[ast.AST, ast.AST], expressions: Iterable[ast.expr]) -> tuple[str, ...]:
    """Names for the parameter that would stand at a place.

    Args:
        node: the representative's expression there.
        parents: the node around each node.
        expressions: what all members have there.

    Returns:
        One or two, the better one first, not yet checked against others.
    """
    found = _by_surroundings(node, parents.get(node)), _by_content([node, *expressions])
    return tuple(name for name in found if name)


def _by_surroundings(node: ast.expr, parent: ast.AST | None) -> str:
    match parent:
        case ast.keyword(arg=str(name)):
            return name
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
        case ast.Assign(targets=[ast.Attribute(attr=name)]) | ast.AugAssign(target=ast.Name(id=name)):
            return name
        case ast.Assign(targets=[ast.Subscript(slice=ast.Constant(value=str(name)))]) if name.isidentifier():
            return name
        case ast.Dict(keys=keys, values=values) if node in values:
            key = keys[values.index(node)]
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                return key.value
            return ""
        case ast.Subscript(slice=inner) if inner is node:
            return "index" if isinstance(node, ast.Constant) and isinstance(node.value, int) else "key"
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            if isinstance(operator, ast.Lt | ast.LtE | ast.Gt | ast.GtE):
                return "limit"
            other = right if left is node else left
            return other.attr if isinstance(other, ast.Attribute) else ""
        case ast.Call(func=callee, args=arguments) if node in arguments:
            called = callee.attr if isinstance(callee, ast.Attribute) else getattr(callee, "id", "")
            is_text = isinstance(node, ast.JoinedStr) or (
                isinstance(node, ast.Constant) and isinstance(node.value, str)
            )
            if _MESSAGE.fullmatch(called) and is_text:
                return "message"
            return _ARGUMENT_OF.get(called, "")
        case ast.Attribute(attr=method) if method in _PATTERN_METHODS:
            return "pattern"
        case ast.ExceptHandler(type=inner) if inner is node:
            return "error"
        case _:
            return ""


def _by_content(expressions: list[ast.expr]) -> str:
    first = expressions[0]
    if all(isinstance(expression, ast.Constant) for expression in expressions):
        values = [expression.value for expression in expressions if isinstance(expression, ast.Constant)]
        if all(isinstance(value, bool) for value in values):
            return "flag"
        if all(isinstance(value, str | bytes) for value in values):
            return "text"
        return "value"
    if isinstance(first, ast.JoinedStr):
        return "text"
    last = [_last_name(expression) for expression in expressions]
    named = [name for name in last if name]
    if len(named) == len(last):
        shared = shared_words(named)
        if len(shared) <= _MOST_WORDS and not _WEAK.issuperset(shared):
            return "_".join(shared)
        plain = next((name for name in named if name.islower()), "")
        if plain:
            return plain
        return "kind" if all(name[0].isupper() and not name.isupper() for name in named) else "value"
    if named:  # a variable of one copy names what is a fixed value in the other
        plain = next((name for name in named if name.islower()), "")
        return "_".join(words_of(plain)) if plain and len(named) < len(last) else "value"
    return "value"


def _last_name(expression: ast.expr) -> str:
    if isinstance(expression, ast.Attribute):
        return expression.attr
    return expression.id if isinstance(expression, ast.Name) else ""
