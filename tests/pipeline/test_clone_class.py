"""Classes of functions: a copy that does something else is taken out where the others can be merged without it."""

from __future__ import annotations

from collections.abc import Sequence

from cases import subject_of

from codesim.pipeline.clone_class import CloneClass, build_classes
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


def built(*texts: str, folder: str = "") -> list[CloneClass]:
    members: Sequence[Subject] = [subject_of(text, None, f"{folder}{k}.py") for k, text in enumerate(texts)]
    verdicts = [score_pair(members[0], member, 0.95) for member in members[1:]]
    return build_classes(members, verdicts, {member.fragment: f"{k:032}" for k, member in enumerate(members)})


def test_a_copy_that_does_something_else_is_taken_out() -> None:
    assert not built(FRAME, EXEMPT)[0].candidate.verdict.extractable
    part, whole = built(FRAME, EXEMPT, SAME)
    assert part.candidate.verdict.extractable
    assert part.rule is None
    assert [(member.path, member.graph[-1]) for member in part.candidate.members] == [("0.py", "0"), ("2.py", "2")]
    assert [member.fragment.path for member in part.members] == ["0.py", "2.py"]
    assert len(part.verdicts) == 1
    assert [member.path for member in whole.candidate.members] == ["0.py", "1.py", "2.py"]
    assert whole.rule is not None
    assert whole.rule.name == "different"
    assert whole.rule.reason.startswith("2 of the 3 copies can be merged; ")
    assert part.candidate.id != whole.candidate.id


def test_a_class_that_can_be_merged_stays_whole() -> None:
    (only,) = built(FRAME, SAME, SAME.replace("same", "other"))
    assert (len(only.members), only.rule) == (3, None)


def test_a_class_stays_whole_where_no_part_of_it_can_be_merged() -> None:
    (only,) = built(FRAME, EXEMPT, EXEMPT.replace("exempt", "other"))
    assert (len(only.members), only.rule) == (3, None)
    assert len(built(FRAME, EXEMPT)) == 1


def test_classes_of_tests_stay_whole() -> None:
    (only,) = built(FRAME, EXEMPT, SAME, folder="tests/test_")
    assert len(only.members) == 3
