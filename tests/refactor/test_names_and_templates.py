"""Names for helpers and parameters, and the varying piece of a template."""

from __future__ import annotations

import pytest

from codesim.refactor.naming import free_name, helper_name, shared_words
from codesim.refactor.templates import same_fields, varying_piece


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["read_users", "read_orders"], "_read"),
        (["parse_user_row", "parse_order_row"], "_parse_row"),
        (["parse", "parse"], "_parse"),
        (["get_users", "get_orders"], "_get_users"),
        (["alpha", "beta"], "_alpha"),
        (["_load", "_load"], "_load"),
        (["__init__", "__init__"], "_init"),
        (["testFooBar", "testFooBaz"], "_testFoo"),
        (["p4_path", "c4_path"], "_path"),
        (["class_", "class_"], "_helper_class"),
    ],
)
def test_a_helper_takes_the_words_that_names_share(names: list[str], expected: str) -> None:
    assert helper_name(names, private=True) == expected


def test_shared_words_do_not_overlap() -> None:
    assert shared_words(["a_b_a", "a_a"]) == ["a", "a"]
    assert shared_words(["read", "write"]) == []


@pytest.mark.parametrize(
    ("wanted", "taken", "expected"),
    [
        ("limit", set(), "limit"),
        ("limit", {"limit"}, "limit_value"),
        ("limit", {"limit", "limit_value"}, "limit_2"),
        ("type", set(), "type_"),
        ("class", set(), "class_"),
        ("_points_", set(), "points"),
        ("not a name", set(), "value"),
        ("größe", set(), "value"),
        ("value", {"value"}, "value_2"),
    ],
)
def test_names_are_free_valid_and_hide_no_builtin(wanted: str, taken: set[str], expected: str) -> None:
    assert free_name(wanted, taken) == expected


@pytest.mark.parametrize(
    ("templates", "expected"),
    [
        (["user {} lost", "order {} lost"], (0, "", ("user", "order"), " ")),
        (["{} user lost", "{} order lost"], (1, " ", ("user", "order"), " lost")),
        (["{}:{}", "{}-{}"], (1, "", (":", "-"), "")),
        (["{{a}} {}", "{{b}} {}"], (0, "{{", ("a", "b"), "}} ")),
        (["{:d}", "{}"], None),
        (["{} {}", "{}"], None),
    ],
)
def test_the_varying_piece_of_a_template(templates: list[str], expected: tuple[object, ...] | None) -> None:
    assert varying_piece(templates) == expected


def test_templates_take_the_same_values_if_they_have_as_many_fields() -> None:
    assert same_fields(["{} of {!r:>5}", "{}{}"])
    assert not same_fields(["{}", "{}{}"])
    assert not same_fields(["{:{}}", "{:{}}"])
