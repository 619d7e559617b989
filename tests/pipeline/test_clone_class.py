"""Classes of functions: a copy that does something else is taken out where the others can be merged without it."""

from __future__ import annotations

from collections.abc import Sequence

from cases import subject_of

from codesim.pipeline.clone_class import CloneClass, build_class
from codesim.verify import Subject, score_pair

FRAME = '''
def deny(view):
    """Wrap a view."""
    if is_coroutine(view):

        async def wrapper(*args, **kwargs):
            response = await view(*args, **kwargs)
            if response.get("frame") is None:
                response["frame"] = "deny"
            return response

    else:

        def wrapper(*args, **kwargs):
            response = view(*args, **kwargs)
            if response.get("frame") is None:
                response["frame"] = "deny"
            return response

    return wraps(view)(wrapper)
'''
SAME = FRAME.replace("deny", "same")
EXEMPT = (
    FRAME.replace("def deny", "def exempt")
    .replace('            if response.get("frame") is None:\n                response["frame"] = "deny"\n', "MARK")
    .replace("MARK", "            response.exempt = True\n")
)


def built(*texts: str, folder: str = "") -> CloneClass:
    members: Sequence[Subject] = [subject_of(text, None, f"{folder}{k}.py") for k, text in enumerate(texts)]
    verdicts = [score_pair(members[0], member, 0.95) for member in members[1:]]
    return build_class(members, verdicts, {member.fragment: f"{k:032}" for k, member in enumerate(members)})


def test_a_copy_that_does_something_else_is_taken_out() -> None:
    assert not built(FRAME, EXEMPT).candidate.verdict.extractable
    found = built(FRAME, EXEMPT, SAME)
    assert found.candidate.verdict.extractable
    assert [member.path for member in found.candidate.members] == ["0.py", "2.py"]
    assert [member.fragment.path for member in found.members] == ["0.py", "2.py"]
    assert len(found.verdicts) == 1
    assert found.odd is not None
    assert [member.path for member in found.odd.members] == ["0.py", "1.py"]
    assert (found.odd.rule, bool(found.odd.reason)) == ("different", True)


def test_a_class_that_can_be_merged_stays_whole() -> None:
    found = built(FRAME, SAME, SAME.replace("same", "other"))
    assert (len(found.members), found.odd) == (3, None)


def test_a_class_stays_whole_where_no_part_of_it_can_be_merged() -> None:
    assert len(built(FRAME, EXEMPT, EXEMPT.replace("exempt", "other")).members) == 3
    assert built(FRAME, EXEMPT).odd is None


def test_classes_of_tests_stay_whole() -> None:
    found = built(FRAME, EXEMPT, SAME, folder="tests/test_")
    assert (len(found.members), found.odd) == (3, None)
