"""Features that the non-neural baselines count: words of identifiers, node-type paths, subtrees, tokens.

In: a function. Out: a bag (or set) of hashable features. All come from Python's own `ast` and `tokenize`, none from our
lowered trees or graphs: a baseline must not borrow what it is compared with.

Source: identifier words and n-grams of node types as in common use; Weisfeiler-Lehman subtree labels after Shervashidze
et al., Weisfeiler-Lehman Graph Kernels, 2011, on the syntax tree.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import Counter
from collections.abc import Hashable
from functools import lru_cache

from codesim.evaluate.functions import Function

WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\dA-Za-z_]+")
ROUNDS = 3
"""Rounds of Weisfeiler-Lehman relabelling: what a label knows of below it (3 was best on the training tasks)."""
_LAYOUT = frozenset(
    {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
)
_CONTEXTS = (ast.Load, ast.Store, ast.Del)


@lru_cache(maxsize=65536)
def identifier_words(name: str) -> tuple[str, ...]:
    """Split an identifier at underscores and capitals, in lower case: "readCSV_file" gives read, csv, file."""
    return tuple(word.lower() for word in WORD.findall(name))


def identifiers(function: Function) -> Counter[Hashable]:
    """Count the words of all names in a function: variables, parameters, attributes, keywords, imports."""
    words: Counter[Hashable] = Counter()
    for node in ast.walk(function.node):
        for name in _names(node):
            words.update(identifier_words(name))
    return words


def path_ngrams(function: Function) -> Counter[Hashable]:
    """Count node types, parent and child types, and those of three generations, along the paths of the syntax tree."""
    found: Counter[Hashable] = Counter()
    stack: list[tuple[ast.AST, tuple[str, ...]]] = [(function.node, ())]
    while stack:
        node, above = stack.pop()
        path = (*above[-2:], type(node).__name__)
        for length in range(1, len(path) + 1):
            found[path[-length:]] += 1
        stack.extend((child, path) for child in _children(node))
    return found


def text_tokens(function: Function) -> Counter[Hashable]:
    """Count the tokens of the text, strings and docstrings whole; comments and layout are left out."""
    tokens = tokenize.generate_tokens(io.StringIO(function.text).readline)
    return Counter(token.string for token in tokens if token.type not in _LAYOUT)


class SubtreeLabels:
    """Counts Weisfeiler-Lehman labels; they are numbered as they are met, over all functions that one object reads."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[Hashable, ...], int] = {}

    def __call__(self, function: Function) -> Counter[Hashable]:
        """Count the labels of all rounds in one function."""
        nodes: list[ast.AST] = [function.node]
        children: list[list[int]] = []
        for node in nodes:  # grows while it is walked: breadth first
            below = _children(node)
            children.append(list(range(len(nodes), len(nodes) + len(below))))
            nodes.extend(below)
        labels = [self._number(type(node).__name__) for node in nodes]
        found: Counter[Hashable] = Counter(labels)
        for _ in range(ROUNDS):
            labels = [
                self._number(label, *sorted(labels[child] for child in below))
                for label, below in zip(labels, children, strict=True)
            ]
            found.update(labels)
        return found

    def _number(self, *label: Hashable) -> int:
        return self._numbers.setdefault(label, len(self._numbers))


def _children(node: ast.AST) -> list[ast.AST]:
    """The nodes below, without the mark for reading or writing a name."""
    return [child for child in ast.iter_child_nodes(node) if not isinstance(child, _CONTEXTS)]


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute):
        return [node.attr]
    if isinstance(node, ast.arg | ast.keyword):
        return [node.arg] if node.arg else []
    if isinstance(node, ast.alias):
        return [node.name, *([node.asname] if node.asname else [])]
    if isinstance(node, ast.ImportFrom):
        return [node.module] if node.module else []
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    return []
