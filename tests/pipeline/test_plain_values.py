"""Plain values: there and back, and what is none of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import pytest

from codesim.pipeline.plain_values import from_plain, to_plain


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Point(NamedTuple):
    x: int
    y: float


@dataclass(frozen=True)
class Leaf:
    name: str
    colour: Colour
    point: Point | None
    marks: frozenset[str] = frozenset()


@dataclass
class Tree:
    leaves: tuple[Leaf, ...]
    pair: tuple[int, str]
    notes: list[str]
    below: tuple[Tree, ...] = ()
    done: bool = True


LEAF = Leaf("größe \ud800 \x00", Colour.BLUE, Point(3, 0.1), frozenset({"b", "a"}))
TREE = Tree((LEAF, Leaf("", Colour.RED, None)), (7, "x"), ["n"], (Tree((), (0, ""), []),), False)


def test_there_and_back() -> None:
    data = json.loads(json.dumps(to_plain(TREE)))
    assert from_plain(Tree, data) == TREE
    assert to_plain(from_plain(Tree, data)) == data


@pytest.mark.parametrize(
    "data",
    [
        None,
        3,
        "text",
        [],
        [[], [7, "x"], ["n"], []],
        [[], [7, "x"], ["n"], [], 1],
        [[], [7, "x"], ["n"], [], True, 0],
        [[], [True, "x"], ["n"], [], True],
        [[], [7, "x", 1], ["n"], [], True],
        [[], [7, 8], ["n"], [], True],
        [[], [7, "x"], [1], [], True],
        [[["a", "green", None, []]], [7, "x"], [], [], True],
        [[["a", "red", [1.5, 2], []]], [7, "x"], [], [], True],
        [[["a", "red", [1, "2"], []]], [7, "x"], [], [], True],
        [{}, [7, "x"], [], [], True],
    ],
    ids=repr,
)
def test_data_of_another_shape_is_refused(data: object) -> None:
    with pytest.raises(ValueError, match=r"is no|not a valid|argument"):
        from_plain(Tree, data)


def test_a_value_that_is_not_plain_is_refused() -> None:
    for value in (Path(), object(), {"a": 1}, b""):
        with pytest.raises(TypeError, match="no plain value"):
            to_plain(value)
    with pytest.raises(TypeError, match="no plain type"):
        from_plain(Path, "a")
