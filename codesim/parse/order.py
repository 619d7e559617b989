"""Evaluation order: what may be moved past what, and what stays the same while a loop runs.

In: expressions and statements of the normalised tree. Out: yes or no, to the guards of the lowering rules. The idea: a
value that reads only the function's own variables may pass everything that runs; a value with a call, or one that reads
an attribute, an element or a global, may pass nothing that could notice.

Taken for granted: operators and looking up an attribute have no effect, and what operators work on does not change; two
variables do not share one mutable value unless one is assigned from the other; a callee's name, and a global in
capitals, keep their value. Source: our own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

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
_GUARDED = frozenset({Kind.CONDITIONAL, Kind.LAMBDA, Kind.COMPREHENSION})
_SURE_OPERANDS = {Kind.BOOLEAN: 1, Kind.COMPARE: 2}  # how many are evaluated in any case
_CALLEE, _PERHAPS = "callee", "perhaps"
_BINDING = frozenset({Kind.STORE, Kind.FUNCTION, Kind.CLASS})
_READERS = frozenset({
    "capitalize", "copy", "count", "decode", "encode", "endswith", "find", "format", "get", "group", "index", "isalnum",
    "isalpha", "isascii", "isdecimal", "isdigit", "isidentifier", "islower", "isnumeric", "isspace", "istitle",
    "isupper", "items", "join", "keys", "lower", "lstrip", "match", "partition", "replace", "rfind", "rindex",
    "rpartition", "rsplit", "rstrip", "split", "splitlines", "startswith", "strip", "title", "translate", "upper",
    "values",
})  # fmt: skip


def is_pure(node: Node) -> bool:
    """Whether evaluating the expression runs no call, yield, await or assignment (attribute look-ups count as pure)."""
    return not any(inner.kind in _IMPURE for inner in node.walk())


def is_quiet(node: Node, rebound: frozenset[str]) -> bool:
    """Whether the expression is pure but for calls of builtins without effects; `rebound` are names that are none."""
    return all(
        inner.kind not in _IMPURE
        or (
            inner.kind is Kind.CALL
            and is_name(inner.children[0], PURE_BUILTINS)
            and inner.children[0].label not in rebound
        )
        for inner in node.walk()
    )


def is_name(node: Node, names: Iterable[str]) -> bool:
    """Whether the node reads one of these variables."""
    return node.kind is Kind.NAME and node.label in names


def depends_on_own(node: Node, private: frozenset[str]) -> bool:
    """Whether the value is pure and depends on literals and on variables that nobody else can change."""
    return is_pure(node) and not any(
        inner.kind in _LOOKS
        or (inner.kind is Kind.COMPARE and "in" in inner.label)
        or (inner.kind is Kind.NAME and inner.label not in private)
        for inner in node.walk()
    )


def may_pass(value: Node, other: Node, private: frozenset[str]) -> bool:
    """Whether evaluating `value` after `other` instead of before it gives the same result and the same effects."""
    if not is_pure(value):
        return False
    if is_pure(other) and not any(True for _ in _stored(other)):
        return True
    names = {node.label for node in value.walk() if node.kind is Kind.NAME}
    return depends_on_own(value, private) and not names & set(_stored(other))


def reached_first(node: Node, name: str, value: Node, private: frozenset[str], rebound: frozenset[str]) -> bool:
    """Whether the expression reads the variable, once and surely, before anything that its value must not pass."""
    if sum(inner.label == name and inner.kind in (Kind.NAME, Kind.STORE) for inner in node.walk()) != 1:
        return False
    movable, quiet = depends_on_own(value, private), is_quiet(value, rebound)
    names = {inner.label for inner in value.walk() if inner.kind is Kind.NAME}
    for inner, role in _in_order(node, ""):
        if inner.kind is Kind.NAME and inner.label == name:
            return True
        if role == _PERHAPS or (inner.kind is Kind.WALRUS and inner.children[0].label in names):
            return False
        if movable or (quiet and is_quiet(inner, rebound)) or inner.kind in (Kind.CONSTANT, Kind.NOTHING, Kind.STORE):
            continue
        if inner.kind is Kind.NAME and (role == _CALLEE or inner.label in private or inner.label.isupper()):
            continue
        if inner.kind is Kind.ATTRIBUTE and role == _CALLEE:
            continue
        return False
    return False


def _in_order(node: Node, role: str) -> Iterator[tuple[Node, str]]:
    """The nodes below in the order in which evaluation finishes them, each with its role.

    Callees, and what they are attributes of, have that role. Before what may not run, or may run more than once, the
    node that decides about it comes with the role `perhaps`.
    """
    if node.kind in _GUARDED:
        yield node, _PERHAPS
    for position, child in enumerate(node.children):
        if position == _SURE_OPERANDS.get(node.kind):
            yield node, _PERHAPS
        is_callee = position == 0 and (node.kind is Kind.CALL or (role == _CALLEE and node.kind is Kind.ATTRIBUTE))
        yield from _in_order(child, _CALLEE if is_callee else "")
    yield node, role


def written(statements: Iterable[Node]) -> set[str]:
    """Names that the statements bind, delete, or store into by subscript or attribute."""
    return {name for statement in statements for name in _stored(statement)}


def _stored(tree: Node) -> Iterator[str]:
    for node in tree.walk():
        if node.kind in _BINDING:
            yield node.label
        elif node.kind in (Kind.ASSIGN, Kind.DELETE, Kind.AUGMENT, Kind.FOR, Kind.ITEM):
            targets = {Kind.DELETE: node.children, Kind.FOR: node.children[:1], Kind.ITEM: node.children[1:]}
            for target in targets.get(node.kind, node.children[:-1]):
                yield from _bases(target)


def _bases(target: Node) -> Iterator[str]:
    """The variables that a target binds or reaches into."""
    if target.kind in (Kind.COLLECTION, Kind.STARRED):
        for child in target.children:
            yield from _bases(child)
        return
    while target.kind in _PLACES:
        target = target.children[0]
    if target.label:
        yield target.label


def stays(value: Node, statements: Sequence[Node], private: frozenset[str], rebound: frozenset[str]) -> bool:
    """Whether no statement changes what `value` evaluates to, so that evaluating it once is as good as every round.

    A value that reads an attribute, an element or a length is changed by stores into its variables, by calls of their
    methods that are not known to be harmless, and by calls that the variables are handed to.
    """
    names = {node.label for node in value.walk() if node.kind is Kind.NAME}
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


def _hands_over(node: Node, parts: list[Node]) -> bool:
    if node.kind in (Kind.KEYWORD, Kind.STARRED, Kind.COLLECTION, Kind.PAIR):
        return any(_hands_over(child, parts) for child in node.children)
    return any(same(node, part) for part in parts)


def same(left: Node, right: Node) -> bool:
    """Whether two trees are equal but for their spans."""
    stack = [(left, right)]
    while stack:
        a, b = stack.pop()
        if a.kind is not b.kind or a.label != b.label or len(a.children) != len(b.children):
            return False
        stack.extend(zip(a.children, b.children, strict=True))
    return True
