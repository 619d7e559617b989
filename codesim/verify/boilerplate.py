"""Boilerplate: functions whose shape the language or a framework dictates, so that likeness says nothing.

In: a `Subject`. Out: the name of the rule that it meets, or None. Each rule asks what the statements *are*, never how
many lines they take: an initialiser that only fills attributes, a body that only hands its parameters on, a table of
registrations or of cases, a comparison or representation of a few fields, a lazy property, a stub. Loops, and whatever
computes, are no boilerplate. Source: our own, from the reasons by which findings were refused (docs/ranking.md).
"""

from __future__ import annotations

from codesim.parse import STATEMENTS, Kind, Node
from codesim.verify.subject import Subject, Unit

_INITIALISERS = frozenset({"__init__", "__new__", "__post_init__", "__init_subclass__", "setUp", "setup_method"})
_FIELD_METHODS = frozenset(
    {
        "__repr__", "__str__", "__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__", "__bool__",
        "__getstate__", "__setstate__", "__reduce__", "__copy__", "__deepcopy__", "__len__", "__iter__", "__contains__",
    }
)  # fmt: skip
_FEW_FIELDS = 4  # statements that such a method may have
_FEW_IN_PROPERTY = 3
_PROPERTIES = frozenset({"property", "cached_property", "setter", "getter", "deleter", "hybrid_property"})
_STUBS = frozenset({"overload", "abstractmethod", "abstractproperty"})
_LOOPS = frozenset({Kind.FOR, Kind.WHILE})
_REGISTERS = frozenset(
    {
        "add_argument", "add_option", "add_parser", "add_url_rule", "add_route", "add_command", "register", "connect",
        "add_config_value", "add_node", "add_directive", "add_role", "setdefault", "append_option", "add_typer",
    }
)  # fmt: skip
_MOSTLY = 0.7  # share of statements of one kind from which they are what the function is about
_SMALL_CASE = 14  # tree nodes of a branch that only answers for its case
_FEWEST_CASES = 3


def boilerplate(subject: Subject) -> str | None:
    """Name the rule by which a function is boilerplate.

    Args:
        subject: the function.

    Returns:
        One of the rules of docs/ranking.md in words, or None.

    Source: our own.
    """
    units = _without_docstring(subject.units)
    name = subject.fragment.qualname.rpartition(".")[2].partition("#")[0]
    marks = {node.label for mark in subject.faithful.children[2:] for node in mark.walk()}
    own = [unit for unit in units if unit.node.kind in STATEMENTS]
    if not own or marks & _STUBS or _is_stub(own):
        return "stub"
    if name in _INITIALISERS and _is_initialiser(own):
        return "initialiser"
    if name in _FIELD_METHODS and len(own) <= _FEW_FIELDS and not any(unit.node.kind in _LOOPS for unit in own):
        return "method of fields"
    if name == subject.fragment.qualname == "__getattr__" and _warns(own):
        return "deprecation"
    if marks & _PROPERTIES and len(own) <= _FEW_IN_PROPERTY:
        return "property"
    if _is_delegation(subject.tree, own):
        return "delegation"
    if _is_registration(own):
        return "registration"
    if _is_case_table(own):
        return "table of cases"
    return None


def _without_docstring(units: tuple[Unit, ...]) -> tuple[Unit, ...]:
    if units and units[0].node.kind is Kind.EXPRESSION and units[0].expressions[0].kind is Kind.CONSTANT:
        return units[1:]
    return units


def _is_stub(own: list[Unit]) -> bool:
    """Only `pass`, `...`, or `raise NotImplementedError`."""
    last = own[-1].node
    raises = last.kind is Kind.RAISE and any(n.label in ("NotImplementedError", "NotImplemented") for n in last.walk())
    return len(own) == 1 and (raises or not own[0].substance)


def _is_initialiser(own: list[Unit]) -> bool:
    """Attributes are filled and the base class is initialised; a default (`x if x is None else y`) may be chosen."""
    filling = [unit for unit in own if _fills_attribute(unit) or _calls_base(unit) or _chooses_default(unit)]
    return len(filling) >= _MOSTLY * len(own) and not any(unit.node.kind in (*_LOOPS, Kind.TRY) for unit in own)


def _fills_attribute(unit: Unit) -> bool:
    if unit.node.kind is not Kind.ASSIGN:
        return False
    *targets, value = unit.expressions
    computes = any(node.kind in (Kind.COMPREHENSION, Kind.LAMBDA) for node in value.walk())
    return not computes and all(target.kind is Kind.ATTRIBUTE for target in targets)


def _calls_base(unit: Unit) -> bool:
    if unit.node.kind is not Kind.EXPRESSION or unit.expressions[0].kind is not Kind.CALL:
        return False
    callee = unit.expressions[0].children[0]
    return callee.kind is Kind.ATTRIBUTE and callee.label in _INITIALISERS


def _chooses_default(unit: Unit) -> bool:
    """`if x is None:`, with what it holds counted on its own."""
    return unit.node.kind is Kind.IF and unit.mass <= 4  # a comparison with None, and no more


def _warns(own: list[Unit]) -> bool:
    """A warning is given: in a module's `__getattr__`, a name that is on its way out."""
    calls = [node.children[0] for unit in own for part in unit.expressions for node in part.walk()
             if node.kind is Kind.CALL]  # fmt: skip
    return any("warn" in callee.label or "deprecat" in callee.label.lower() for callee in calls)


def _is_delegation(tree: Node, own: list[Unit]) -> bool:
    """The body hands the function's own parameters on to one call, and does nothing else."""
    if len(own) > 1 or own[0].node.kind not in (Kind.RETURN, Kind.EXPRESSION):
        return False
    call = own[0].expressions[0]
    if call.kind is Kind.AWAIT and call.children:
        call = call.children[0]
    if call.kind is not Kind.CALL:
        return False
    names = {parameter.label for parameter in tree.children[0].children}
    return all(
        leaf.kind is Kind.CONSTANT or leaf.label in names
        for argument in call.children[1:]
        for leaf in argument.walk()
        if leaf.kind in (Kind.NAME, Kind.CALL, Kind.CONSTANT)
    )


def _is_registration(own: list[Unit]) -> bool:
    """Most statements register something with an object: `parser.add_argument(...)`."""
    count = 0
    for unit in own:
        value = unit.expressions[-1] if unit.expressions else None
        if value is not None and value.kind is Kind.CALL:
            callee = value.children[0]
            count += callee.kind is Kind.ATTRIBUTE and callee.label in _REGISTERS
    return count >= _FEWEST_CASES and count >= _MOSTLY * len(own)


def _is_case_table(own: list[Unit]) -> bool:
    """A chain of cases of one subject, each of which only gives an answer."""
    tests = [unit for unit in own if unit.node.kind is Kind.IF and _is_case(unit)]
    answers = [unit for unit in own if unit.node.kind in (Kind.RETURN, Kind.ASSIGN, Kind.RAISE)]
    if len(tests) < _FEWEST_CASES or any(unit.mass > _SMALL_CASE for unit in answers):
        return False
    subjects = {unit.expressions[0].children[0][:2] for unit in tests}
    return len(subjects) == 1 and len(tests) + len(answers) >= len(own) - 1


def _is_case(unit: Unit) -> bool:
    """`x == "a"` or `x in ("a", "b")`."""
    test = unit.expressions[0]
    if test.kind is not Kind.COMPARE or test.label not in ("==", "is", "in"):
        return False
    return all(node.kind in (Kind.CONSTANT, Kind.COLLECTION) for node in test.children[1].walk())
