"""Weak groups: rare names that say the same, from several packages; never two functions of one package."""

from __future__ import annotations

import numpy as np

from codesim.train.examples import NO_TASK, Example
from codesim.train.weak_groups import MOST_PACKAGES, own_name, weak_groups

SAME, NEAR, FAR = (np.array(row, dtype=np.float16) for row in ([1, 0], [0.9, 0.436], [0, 1]))
TEXTS = {"cuts text": SAME, "cuts a text": NEAR, "sends mail": FAR}


def example(package: str, name: str, about: str, held_out: bool = False, task: str = "") -> Example:
    return Example(package, f"m.py::C.{name}", "", held_out, task, about)


def groups(*examples: Example) -> list[int]:
    return weak_groups(examples, TEXTS, 0.8).tolist()


def test_equal_names_that_say_the_same_are_a_group() -> None:
    found = groups(
        example("a", "_slugify", "cuts text"),
        example("b", "slugify", "cuts a text"),
        example("c", "slugify", "sends mail"),
        example("d", "shorten", "cuts text"),
    )
    assert found == [0, 0, NO_TASK, NO_TASK]


def test_a_package_is_in_a_group_once() -> None:
    found = groups(
        example("a", "slugify", "cuts text"),
        example("a", "slugify", "cuts text"),
        example("b", "slugify", "cuts text"),
        example("b", "slugify", "cuts text"),
    )
    assert found == [0, 1, 0, 1]


def test_what_is_held_out_or_a_solution_or_says_nothing_stays_alone() -> None:
    known = example("a", "slugify", "cuts text")
    for other in (
        example("b", "slugify", "cuts text", held_out=True),
        example("b", "slugify", "cuts text", task="texts/slugify"),
        example("b", "slugify", ""),
        example("b", "run", "cuts text"),
    ):
        assert groups(known, other) == [NO_TASK, NO_TASK]


def test_a_name_of_many_packages_says_nothing() -> None:
    found = groups(*(example(f"p{number}", "slugify", "cuts text") for number in range(MOST_PACKAGES + 1)))
    assert set(found) == {NO_TASK}


def test_own_name() -> None:
    assert own_name("a/b.py::Outer.<locals>.inner_name") == "inner_name"
    assert own_name("b.py::__init__") == "init"
