"""The vocabulary of a merge: its parameters, and the edits that put them into the representative's source.

In: nothing. Out: `Edit`, `Parameter`, `Plan`, the values that `holes` and `steps` make, `verdict` judges and
`propose` carries out.
Source: our own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from codesim.source import Span


class Form(StrEnum):
    """How an edit puts a parameter in its place."""

    VALUE = "value"  # the expression becomes the parameter
    ATTRIBUTE = "attribute"  # `x.name` becomes `getattr(x, parameter)`
    CALL = "call"  # the expression becomes a call of the parameter; detail: its arguments
    PIECE = "piece"  # a part of an f-string; detail: fields before, text before, the part, text behind
    TEMPLATE = "template"  # an f-string becomes `parameter.format(...)` with the same fields
    DROP = "drop"  # the statement `name = value` goes, since the parameter has its name
    STEP = "step"  # the statement comes under `if parameter:`
    INSERT = "insert"  # beside the statement, others under `if parameter:`; detail: "behind" or "before", their texts


class Edit(NamedTuple):
    """One place in the representative's source (its span in the file) and what happens there."""

    span: Span
    form: Form
    detail: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter for what differs.

    values: per member, the source text that it would pass. edits: where the parameter goes. is_function: it takes a
    function.
    exists: the representative has this parameter already. annotation: its type, empty if unknown. is_flag: it
    switches a step on.
    """

    name: str
    values: tuple[str, ...]
    edits: tuple[Edit, ...]
    is_function: bool = False
    exists: bool = False
    annotation: str = ""
    is_flag: bool = False

    @property
    def is_indirect(self) -> bool:
        """Whether it says less than a value: a flag, the name of an attribute, a function made for the call."""
        return self.is_flag or any(edit.form in (Form.ATTRIBUTE, Form.CALL) for edit in self.edits)


class Naming(NamedTuple):
    """What the helper is called.

    in_place: it takes the place of the copies, decorators and all; else they stay as thin callers. same_names: all
    copies have one name.
    """

    name: str
    in_place: bool
    same_names: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What a merge would do.

    parameters: in the order of the representative's source. blockers: why it cannot be done, empty if it can. notes:
    what to know.
    unwritten: why the helper cannot be written down exactly, empty if it can.
    """

    parameters: tuple[Parameter, ...]
    blockers: tuple[str, ...]
    notes: tuple[str, ...]
    unwritten: str = ""

    @property
    def added(self) -> tuple[Parameter, ...]:
        """The parameters that the representative does not have yet."""
        return tuple(parameter for parameter in self.parameters if not parameter.exists)


def quoted(*texts: str, longest: int = 40) -> str:
    """Texts of source as they stand in a sentence: each in backquotes, cut to a length, with slashes between."""
    cut = [text if len(text) <= longest else text[: longest - 1] + "…" for text in dict.fromkeys(texts)]
    return " / ".join(f"`{text}`" if text else "nothing" for text in cut)


def listed(*names: str) -> str:
    """Names as a sentence lists them: each in backquotes, with commas between."""
    return ", ".join(f"`{name}`" for name in names)


def counted(number: int, noun: str) -> str:
    """A number with its noun, in the plural where it is not one."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
