"""Random programs that run: each operation works on `Value`, which answers, raises or swallows by a throw of dice.

In: dice. Out: the source of one function over a few variables, so that writes and reads of one name meet often, and a
way to run it. It holds what matters for data flow: loops with else, try in all forms, with, match, del, walrus,
comprehensions, closures with nonlocal writes, generators, classes, jumps. Unbound names are a part of the game.

Templates: {n} a name, {c} one that `nonlocal` may name, {e} an expression, {x} one without comprehension or walrus, {s}
a suite, {l} a suite of a loop, {f} a suite of a nested function."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

from hypothesis import strategies as st

NAMES = ("a", "b", "c", "d")
_CAPTURED = ("a", "b", "c")
_STEPS = 120

_FLAT = (
    "{n}",
    "{n}",
    "value()",
    "{n} + {n}",
    "{n}[{n}]",
    "({n} and {n})",
    "(not {n})",
    "({n} if {n} else {n})",
    "{n}.field",
)
_EXPRESSIONS = (
    "{n}", "{n}", "value()", "{e} + {e}", "{n}[{e}]", "value({e}, k={e})", "({e} and {e})", "({e} or {e})", "(not {e})",
    "({e} if {e} else {e})", "({n} := {e})", "({e} < {e} < {e})", "f'{{x}}'", "{n}.field", "[{x} for {n} in {x}]",
    "[{x} for {n} in {x} if {x}]", "[({n} := {x}) for x in {x}]", "[x for x in {x} if ({n} := {x})]",
    "list({x} for {n} in {x})",
    "{{x}: {x} for {n}, *x in [value()] for {n} in {x}}", "(lambda {n}={e}: {e})()", "(lambda: {e})()", "{*{e}, {e}}",
    "any(({n} := {x}) for x in {x})",
)  # fmt: skip
_SIMPLE = (
    "{n} = {e}", "{n} = {e}", "{n} = {n} = {e}", "{n} += {e}", "{n}, {n} = {e}, {n}", "[{n}, *{n}] = {e}, {n}, {n}",
    "del {n}",
    "{n}[{n}] = {e}", "{n}.field = {e}", "return {e}", "raise KeyError", "value({e})", "import sys as {n}",
    "d: int = {e}",
    "assert {e}, {n}", "yield {e}", "{n} = yield {n}", "inner()", "{n} = inner", "({n}, {n}), {n} = ({e}, {n}), {n}",
    "{n}, {n}[{n}] = {e}, {n}",
    "del {n}, {n}[{n}]", "pass",
)  # fmt: skip
_JUMPS = ("break", "continue", "break", "continue")
_COMPOUND = (
    "if {e}:\n {s}", "if {e}:\n {s}\nelse:\n {s}", "if {e}:\n {s}\nelif {e}:\n {s}\nelse:\n {s}",
    "while value() and {e}:\n {l}", "while value() and {e}:\n {l}\nelse:\n {s}", "while True:\n value()\n {l}",
    "for {n} in {e}:\n {l}", "for {n} in {e}:\n {l}\nelse:\n {s}", "for {n}, *{n} in {e}:\n {l}",
    "for {n}[{n}] in {e}:\n {l}",
    "try:\n {s}\nexcept KeyError as {n}:\n {s}",
    "try:\n {s}\nexcept KeyError:\n {s}\nexcept ValueError as {n}:\n {s}\nelse:\n {s}",
    "try:\n {s}\nexcept Exception:\n {s}\nfinally:\n {s}", "try:\n {s}\nfinally:\n {s}",
    "try:\n {s}\nexcept ({n}, {n}):\n {s}",
    "try:\n {s}\nexcept KeyError:\n {s}\nelse:\n {s}\nfinally:\n {s}",
    "try:\n value()\nexcept* KeyError as {n}:\n value({n})\nexcept* ValueError:\n {n} = {e}",
    "with value() as {n}, {e} as {n}:\n {s}", "with {e}:\n {s}", "with value() as ({n}, {n}):\n {s}",
    "match {e}:\n case [{n}, *_] if {e}:\n  {s}\n case {n} if {n}:\n  {s}\n case _:\n  {s}",
    ("match ({e}, {n}):\n case [a, None] | [None, a]:\n  {s}\n case [_, str() as b] | [b, _] if {e}:\n  {s}\n"
    " case {'k': {n}}:\n  {s}"),
    "match ({e}, {n}):\n case [a, b] if {e}:\n  {s}\n case [b, *a]:\n  {s}",
    "def inner():\n nonlocal {c}\n {f}\ninner()", "def inner({n}={e}):\n {f}\n{n} = inner()",
    "def inner():\n nonlocal a, b\n {f}",
    "def inner():\n nonlocal {c}\n {f}\nfor x in {e}:\n {l}\n inner()", "class {n}:\n x = {e}",
    "class {n}({e}):\n pass",
)  # fmt: skip
_PLACE = re.compile(r"\{([nexc])\}")


class OutOfSteps(BaseException):
    """The program has run long enough."""


class Value:
    """An operand for everything. Each operation costs a step and may raise; tests and lengths of loops are thrown."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.left = _STEPS

    def step(self, *_: object, **__: object) -> Value:
        self.left -= 1
        if self.left < 0:
            raise OutOfSteps
        if self.dice.random() < 0.05:
            raise self.dice.choice((KeyError, ValueError))("thrown")
        return self

    def __bool__(self) -> bool:
        self.step()
        return self.dice.random() < 0.5

    def __iter__(self) -> Iterator[Value]:
        self.step()
        return iter([self] * self.dice.randrange(4))

    def __setitem__(self, key: object, value: object) -> None:
        self.step()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        self.step()
        return kind is not None and issubclass(kind, Exception) and self.dice.random() < 0.5

    __call__ = __enter__ = __add__ = __radd__ = __getitem__ = __lt__ = __gt__ = __delitem__ = step
    field = property(step, step)


@st.composite
def expressions(draw: st.DrawFn, depth: int) -> str:
    """An expression over the names; at depth 0 without walrus and comprehension."""
    return _filled(draw, draw(st.sampled_from(_EXPRESSIONS if depth else _FLAT)), depth - 1)


def _filled(draw: st.DrawFn, template: str, depth: int) -> str:
    """A line of a template with names and expressions put in."""

    def fill(place: re.Match[str]) -> str:
        match place[1]:
            case "n":
                return draw(st.sampled_from(NAMES))
            case "c":
                return draw(st.sampled_from(_CAPTURED))
            case "x":
                return draw(expressions(0))
            case _:
                return draw(expressions(max(depth, 0)))

    return _PLACE.sub(fill, template)


def _statement(draw: st.DrawFn, depth: int, loop: bool, nested: bool) -> list[str]:
    """The lines of one statement."""
    compounds = [one for one in _COMPOUND if not (nested and "inner" in one)] if depth else []
    templates = [*_SIMPLE, *(_JUMPS if loop else ()), *compounds]
    lines: list[str] = []
    for line in draw(st.sampled_from(templates)).split("\n"):
        margin = line[: len(line) - len(line.lstrip())]
        kind = line.strip()
        if kind in ("{s}", "{l}", "{f}"):
            in_loop = kind == "{l}" or (loop and kind == "{s}")
            for _ in range(draw(st.integers(1, 3))):
                lines += [margin + one for one in _statement(draw, depth - 1, in_loop, nested or kind == "{f}")]
        else:
            lines.append(_filled(draw, line, 2))
    return lines


@st.composite
def programs(draw: st.DrawFn) -> str:
    """The source of a function `program(a, b, value)`; it writes all of the names, so that none is a global."""
    body = [f" {line}" for _ in range(draw(st.integers(2, 4))) for line in _statement(draw, 3, False, False)]
    head = draw(st.sampled_from(("def program(a, b, value):", "def program(a, *b, value, **c):")))
    return "\n".join([head, " if value:", "  a = b = c = d = value", *body, " return a, b, c, d", ""])


def run(program: Callable[..., object], seed: int) -> None:
    """Call a program once; whatever it raises is a part of it."""
    value = Value(random.Random(seed))  # noqa: S311
    try:
        result = program(value, b=value, value=value)
        if isinstance(result, Iterator):
            for _ in zip(range(20), result, strict=False):
                pass
    except (Exception, OutOfSteps):
        return
