"""Write the helper: the representative's own source, with the parameters put where the copies differ.

In: the members, the plan and a name. Out: the helper's parameters and its source text, formatted as the
representative is. Edits are made at exact positions by libcst, which keeps every comment, until those go that are
about one copy; where one place cannot be found again, there is no text, never a wrong one. Decorators stay with the
copies, which go on as thin callers; only `staticmethod` and `classmethod` are kept, and all of them where the helper
replaces the copies.
Source: our own; concrete syntax trees by libcst, which is imported when first needed, since it takes 0.3 s.
"""

from __future__ import annotations

from collections.abc import Sequence

from codesim.refactor.plan import Form, Naming, Parameter, Plan
from codesim.refactor.remarks import without_remarks_of_one
from codesim.refactor.signature import can_rename, expected_parameters, shown_parameters
from codesim.verify import Subject


def write_helper(members: Sequence[Subject], plan: Plan, naming: Naming) -> tuple[tuple[str, ...], str, str]:
    """Write the helper of a class.

    Not promised: a text for every class that can be merged; it is empty where an edit has no exact place.

    Args:
        members: the representative, whose source is used, first.
        plan: without blockers.
        naming: what the helper is called, and whether it takes the place of the copies.

    Returns:
        The parameters in order, as a call signature shows them (`*args`, `**kwargs` and a lone `*` included); the text
        or ""; why there is none, or "".

    Source: our own.
    """
    representative, text, why = members[0], "", plan.unwritten
    if not why and not naming.in_place and not can_rename(representative, naming.same_names):
        why = "the function speaks of itself by its name"
    if not why:
        from codesim.refactor.rewriting import rewrite_function  # noqa: PLC0415 (libcst takes 0.3 s to import)

        text = rewrite_function(representative, plan, naming)
        why = "" if text else "a place that differs has no exact counterpart in the source"
    if text:
        text = without_remarks_of_one(text, [member.lines for member in members], _steps(representative, plan))
    shown = shown_parameters(text) if text else expected_parameters(representative, plan)
    return shown, text, why


def with_reason(advice: str, why: str) -> str:
    """The advice; where the helper could not be written down, it says why."""
    return f"{advice.removesuffix('.')}; its text is not shown, because {why}." if why else advice


def _steps(representative: Subject, plan: Plan) -> list[str]:
    """The source of the steps that come under a flag, with the comment above each."""
    first = representative.fragment.span.start_line
    out = []
    edits = [edit for parameter in plan.parameters for edit in parameter.edits]
    for edit in (edit for edit in edits if edit.form is Form.STEP):
        start = edit.span.start_line - first
        while start and representative.lines[start - 1].lstrip().startswith("#"):
            start -= 1
        out.append("\n".join(representative.lines[start : edit.span.end_line - first + 1]))
    return [*out, *[text for edit in edits if edit.form is Form.INSERT for text in edit.detail[1:]]]


def parametrized_text(text: str, parameters: Sequence[Parameter], cases: int) -> str:
    """Put `pytest.mark.parametrize` with one row per copy before a test.

    Args:
        text: the test with its new parameters.
        parameters: these.
        cases: how many copies there are.
    """
    names = ", ".join(parameter.name for parameter in parameters)
    rows = [[parameter.values[k] for parameter in parameters] for k in range(cases)]
    values = [row[0] if len(row) == 1 else f"({', '.join(row)})" for row in rows]
    listed = "".join(f"        {value},\n" for value in values)
    return f'@pytest.mark.parametrize(\n    "{names}",\n    [\n{listed}    ],\n)\n{text}'
