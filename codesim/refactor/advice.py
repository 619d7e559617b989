"""Say in one sentence what to do with a class.

In: the members, the verdict and the helper. Out: the sentence that a report shows first. Source: our own.
"""

from __future__ import annotations

from collections.abc import Sequence

from codesim.refactor.bases import base_of_others, share_base
from codesim.refactor.candidate import Helper, Verdict
from codesim.refactor.plan import counted
from codesim.refactor.surroundings import captured, home, is_method, needs_receiver, own_name, prefix
from codesim.refactor.verdict import same_place
from codesim.verify import Subject


def advise(
    members: Sequence[Subject],
    verdict: Verdict,
    helper: Helper | None,
    *,
    identical: bool,
    is_tests: bool,
    parametrized: bool,
) -> str:
    """Say what to do.

    Args:
        members: the representative first.
        verdict: whether they can be merged.
        helper: the proposal, if any.
        identical: the copies do exactly the same, so that one of them can stay for all.
        is_tests: they belong to a test suite.
        parametrized: they are tests that become one parametrized test.

    Returns:
        One sentence with its full stop.
    """
    if not verdict.extractable or helper is None:
        return f"Not mergeable as it stands: {verdict.reasons[0]}."
    if identical:
        return _keep_one(members, is_tests)
    inside = home(captured(member, decorated=False) for member in members)
    placing = f" inside `{inside}`" if inside else ""
    added = len(helper.new_parameters)
    if parametrized:
        return f"Parametrize these {len(members)} tests with pytest.mark.parametrize ({counted(added, 'value')})."
    noun = "test" if is_tests else "method" if all(is_method(member) for member in members) else "function"
    adding = f" with {counted(added, 'new parameter')}" if added else ""
    return f"Extract `{helper.signature}`{adding}{placing} and call it from {counted(len(members), noun)}."


def _keep_one(members: Sequence[Subject], is_tests: bool) -> str:
    first = members[0]
    others = len(members) - 1
    kept = _named(first)
    if is_tests and all(own_name(member).startswith("test") for member in members):
        return f"Keep {kept} and drop {_others(others, 'test')}, if their fixtures are the same."
    if all(is_method(member) for member in members):
        if same_place(members):
            return f"Keep `{first.fragment.qualname}` and let {_others(others, 'method')} call it."
        return _bring_together(members)
    verb = "use" if len({member.fragment.path for member in members}) == 1 else "import"
    inside = home(captured(member, decorated=True) for member in members)
    seen = [member for member in members if prefix(member) == inside]  # by all copies
    if not seen and not same_place(members):
        where = f"into `{inside}`" if inside else "to the top of its module"
        return f"Move {kept} {where} and {verb} it in {_others(others, 'place')}."
    return f"Keep {_named((*seen, first)[0])} and {verb} it in {_others(others, 'place')}."


def _bring_together(members: Sequence[Subject]) -> str:
    """What to do with one method in several classes."""
    others = _others(len(members) - 1, "method")
    classes = len({(member.fragment.path, prefix(member)) for member in members})
    base = base_of_others(members)
    only = [member.surroundings.bases for member in members if member is not base]
    if base and len({own_name(member) for member in members}) == 1 and all(len(bases) == 1 for bases in only):
        return f"Keep {_named(base)} and drop {others}, which then {'is' if classes == 2 else 'are'} inherited."
    dropping = "" if classes == len(members) else f" and drop {others}"
    if base or share_base(members):
        return f"Move the method to a common base class{dropping}."
    if not any(needs_receiver(member) for member in members):
        return f"Make it one function, outside the classes, and call it from {counted(len(members), 'method')}."
    sharing = "both classes" if classes == 2 else f"all {classes} classes"
    return f"Move the method to a base class for {sharing}{dropping}, or make it a function that takes the object."


def _named(subject: Subject) -> str:
    return f"`{subject.fragment.path}::{subject.fragment.qualname}`"


def _others(number: int, noun: str) -> str:
    return f"the other {noun}" if number == 1 else f"the other {number} {noun}s"
