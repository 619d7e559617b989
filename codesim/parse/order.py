"""Evaluation order: what may be moved past what, and what stays the same while a loop runs.

In: expressions and statements of the normalised tree. Out: yes or no, to the guards of the lowering rules. The idea: a
value that reads only the function's own variables may pass everything that runs; a value with a call, or one that reads
an attribute, an element or a global, may pass nothing that could notice.

Taken for granted: operators and looking up an attribute have no effect, and what operators work on does not change; two
variables do not share one mutable value unless one is assigned from the other; a callee's name, and a global in
capitals, keep their value. Source: our own.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from codesim.parse.tree import Kind, Node

PURE_BUILTINS = frozenset({
    "abs", "all", "any", "bool", "bytes", "chr", "dict", "divmod", "enumerate", "float", "frozenset", "hasattr", "hash",
    "id", "int", "isinstance", "issubclass", "len", "list", "max", "min", "ord", "pow", "range", "repr", "reversed",
    "round", "set", "sorted", "str", "sum", "super", "tuple", "type", "zip",
})  # fmt: skip
"""Builtins that have no effect of their own."""
_IMPURE = frozenset({Kind.CALL, Kind.YIELD, Kind.AWAIT, Kind.WALRUS, Kind.COMPREHENSION})
_PLACES = frozenset({Kind.ATTRIBUTE, Kind.SUBSCRIPT})
_LOOKS = _PLACES | {Kind.STARRED}  # these look into what an object holds
_CALL, _NAME, _STORE, _COMPARE, _ATTRIBUTE = Kind.CALL, Kind.NAME, Kind.STORE, Kind.COMPARE, Kind.ATTRIBUTE
_GUARDED = frozenset({Kind.CONDITIONAL, Kind.LAMBDA, Kind.COMPREHENSION})
_SURE_OPERANDS = {Kind.BOOLEAN: 1, Kind.COMPARE: 2}  # how many are evaluated in any case
_EMPTY = frozenset({Kind.CONSTANT, Kind.NOTHING, Kind.STORE})
_ENTER, _LEAVE, _PERHAPS = range(3)
_BINDING = frozenset({Kind.STORE, Kind.FUNCTION, Kind.CLASS})
_TARGETS = {  # which children of a statement are its targets
    Kind.ASSIGN: slice(-1), Kind.AUGMENT: slice(-1), Kind.FOR: slice(1), Kind.ITEM: slice(1, None),
    Kind.DELETE: slice(None),
}  # fmt: skip
_HOLDERS = frozenset({Kind.KEYWORD, Kind.STARRED, Kind.COLLECTION, Kind.PAIR})
_READERS = frozenset({
    "capitalize", "copy", "count", "decode", "encode", "endswith", "find", "format", "get", "group", "index", "isalnum",
    "isalpha", "isascii", "isdecimal", "isdigit", "isidentifier", "islower", "isnumeric", "isspace", "istitle",
    "isupper", "items", "join", "keys", "lower", "lstrip", "match", "partition", "replace", "rfind", "rindex",
    "rpartition", "rsplit", "rstrip", "split", "splitlines", "startswith", "strip", "title", "translate", "upper",
    "values",
})  # fmt: skip


def is_pure(node: Node) -> bool:
    """Whether evaluating the expression runs no call, yield, await or assignment (attribute look-ups count as pure)."""
    stack = [node]
    while stack:
        kind, _, children, _ = stack.pop()
        if kind in _IMPURE:
            return False
        if children:
            stack.extend(children)
    return True


def is_quiet(node: Node, rebound: frozenset[str]) -> bool:
    """Whether the expression is pure but for calls of builtins without effects; `rebound` are names that are none."""
    stack = [node]
    while stack:
        kind, _, children, _ = inner = stack.pop()
        if kind in _IMPURE and not _calls_pure_builtin(inner, rebound):
            return False
        if children:
            stack.extend(children)
    return True


def _calls_pure_builtin(node: Node, rebound: frozenset[str]) -> bool:
    if node.kind is not _CALL:
        return False
    callee = node.children[0]
    return callee.kind is _NAME and callee.label in PURE_BUILTINS and callee.label not in rebound


def is_name(node: Node, names: Container[str]) -> bool:
    """Whether the node reads one of these variables."""
    return node.kind is _NAME and node.label in names


def mentions(node: Node, name: str) -> bool:
    """Whether a variable of this name is read or written anywhere below."""
    stack = [node]
    while stack:
        kind, label, children, _ = stack.pop()
        if children:
            stack.extend(children)
        elif label == name and (kind is _NAME or kind is _STORE):
            return True
    return False


def mentions_count(node: Node, name: str) -> int:
    """How often a variable of this name is read or written below."""
    count = 0
    stack = [node]
    while stack:
        kind, label, children, _ = stack.pop()
        if children:
            stack.extend(children)
        elif label == name and (kind is _NAME or kind is _STORE):
            count += 1
    return count


def names_read(node: Node) -> set[str]:
    """The variables that are read below."""
    return {inner.label for inner in node.walk() if inner.kind is _NAME}


def depends_on_own(node: Node, private: frozenset[str]) -> bool:
    """Whether the value is pure and depends on literals and on variables that nobody else can change."""
    stack = [node]
    while stack:
        kind, label, children, _ = stack.pop()
        if kind is _NAME:
            if label not in private:
                return False
        elif kind in _IMPURE or kind in _LOOKS or (kind is _COMPARE and "in" in label):
            return False
        elif children:
            stack.extend(children)
    return True


def may_pass(value: Node, other: Node, private: frozenset[str]) -> bool:
    """Whether evaluating `value` after `other` instead of before it gives the same result and the same effects."""
    if not is_pure(value):
        return False
    stored = written((other,))
    if not stored and is_pure(other):
        return True
    return depends_on_own(value, private) and not names_read(value) & stored


def reached_first(node: Node, name: str, value: Node, private: frozenset[str], rebound: frozenset[str]) -> bool:
    """Whether the expression reads the variable, once and surely, before anything that its value must not pass.

    The walk meets the nodes in the order in which evaluation finishes them. What may not run, or may run more than
    once, ends it, and so does the first node that the value must not pass.
    """
    movable = depends_on_own(value, private)
    quiet = movable or is_quiet(value, rebound)
    stack = [(node, False, _ENTER)]
    while stack:
        inner, is_callee, step = stack.pop()
        kind, label, children, _ = inner
        if step == _PERHAPS or kind in _GUARDED:
            return False
        if children and step == _ENTER:
            stack.append((inner, is_callee, _LEAVE))
            sure = _SURE_OPERANDS.get(kind, 0)
            for position in range(len(children) - 1, 0, -1):
                stack.append((children[position], False, _ENTER))
                if position == sure:
                    stack.append((inner, False, _PERHAPS))
            stack.append((children[0], kind is _CALL or (is_callee and kind is _ATTRIBUTE), _ENTER))
            continue
        if kind is _NAME and label == name:
            return mentions_count(node, name) == 1
        if kind is Kind.WALRUS and children[0].label in names_read(value):
            return False
        if movable or kind in _EMPTY or (quiet and (kind not in _IMPURE or _calls_pure_builtin(inner, rebound))):
            continue
        if kind is _NAME and (is_callee or label in private or (label.isupper() and label not in rebound)):
            continue
        if kind is not _ATTRIBUTE or not is_callee:
            return False
    return False


def written(statements: Iterable[Node]) -> set[str]:
    """Names that the statements bind, delete, or store into by subscript or attribute."""
    out: set[str] = set()
    stack = list(statements)
    while stack:
        kind, label, children, _ = stack.pop()
        if kind in _BINDING:
            out.add(label)
        elif kind in _TARGETS:
            out.update(_bases(children[_TARGETS[kind]]))
        if children:
            stack.extend(children)
    return out


def _bases(targets: Iterable[Node]) -> list[str]:
    """The variables that targets bind or reach into."""
    out: list[str] = []
    stack = list(targets)
    while stack:
        target = stack.pop()
        if target.kind in (Kind.COLLECTION, Kind.STARRED):
            stack.extend(target.children)
            continue
        while target.kind in _PLACES:
            target = target.children[0]
        if target.label:
            out.append(target.label)
    return out


def stays(value: Node, statements: Sequence[Node], private: frozenset[str], rebound: frozenset[str]) -> bool:
    """Whether no statement changes what `value` evaluates to, so that evaluating it once is as good as every round.

    A value that reads an attribute, an element or a length is changed by stores into its variables, by calls of their
    methods that are not known to be harmless, and by calls that the variables are handed to.
    """
    names = names_read(value)
    if names & written(statements):
        return False
    nodes = [node for statement in statements for node in statement.walk()]
    if depends_on_own(value, private):
        return True
    if any(node.kind in (Kind.YIELD, Kind.AWAIT) for node in nodes):
        return False
    variables = {name for name in names if name not in PURE_BUILTINS or name in rebound}
    if any(name in rebound and name not in private for name in variables):  # another function may write it when called
        return not any(node.kind is Kind.CALL and not is_quiet(node, rebound) for node in nodes)
    parts = [node for node in value.walk() if node.kind in _PLACES or is_name(node, variables)]
    return not any(_may_touch(node, variables, parts, rebound) for node in nodes)


def _may_touch(node: Node, variables: set[str], parts: list[Node], rebound: frozenset[str]) -> bool:
    if node.kind in (Kind.FUNCTION, Kind.LAMBDA, Kind.CLASS):
        return any(is_name(inner, variables) for inner in node.walk())
    if node.kind is Kind.ASSIGN:  # another name for the same object
        return _hands_over(node.children[-1], parts)
    if node.kind is not Kind.CALL:
        return False
    callee, *arguments = node.children
    if (
        callee.kind is Kind.ATTRIBUTE
        and callee.label not in _READERS
        and any(same(callee.children[0], part) for part in parts)
    ):
        return True
    if is_name(callee, PURE_BUILTINS) and callee.label not in rebound:
        return False
    return any(_hands_over(argument, parts) for argument in arguments)


def _hands_over(value: Node, parts: list[Node]) -> bool:
    stack = [value]
    while stack:
        node = stack.pop()
        if node.kind in _HOLDERS:
            stack.extend(node.children)
        elif any(same(node, part) for part in parts):
            return True
    return False


def same(left: Node, right: Node) -> bool:
    """Whether two trees are equal but for their spans."""
    stack = [(left, right)]
    while stack:
        a, b = stack.pop()
        if a is b:
            continue
        if a.kind is not b.kind or a.label != b.label or len(a.children) != len(b.children):
            return False
        stack.extend(zip(a.children, b.children, strict=True))
    return True
