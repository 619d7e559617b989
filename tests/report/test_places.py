from __future__ import annotations

from dataclasses import replace

import pytest

from codesim.refactor import Member
from codesim.report import Checkout, ScanReport
from codesim.report.message import MOST_NAMED, advice_in, sentence
from codesim.report.places import Arranged, arrange, encoded
from codesim.source import Age


@pytest.mark.parametrize(
    ("here", "shown", "path"),
    [
        ("/w/shop", "a.py", "a.py"),
        ("/w/shop/src/x", "a b/ü.py", "src/x/a b/ü.py"),
        ("/w/shop/src", "/w/shop/a.py", "a.py"),
        ("/w/shop", "/w/shop2/a.py", "/w/shop2/a.py"),
        ("/w/shop", "/etc/a.py", "/etc/a.py"),
        ("/w/shop/src", "./../a.py", "a.py"),
    ],
)
def test_paths_count_from_the_root_of_the_repository(here: str, shown: str, path: str) -> None:
    assert Checkout("/w/shop", here).path_of(shown) == path


def test_a_repository_may_be_the_root_of_the_disk() -> None:
    assert Checkout("/", "/src").path_of("a.py") == "src/a.py"


def test_a_link_names_the_lines_and_escapes_the_path(report: ScanReport) -> None:
    member = replace(report.candidates[0].members[1], path="a (b)/c#d?e%:é.py")
    checkout = Checkout("/w", "/w", "https://example.org/o/r/blob/0a1b/")
    assert checkout.link_to(member) == ("https://example.org/o/r/blob/0a1b/a%20%28b%29/c%23d%3Fe%25%3A%C3%A9.py#L8-L22")
    assert Checkout("/w", "/w").link_to(member).startswith("a%20%28b%29/")
    assert encoded("\udc80") == "%3F"


def test_without_a_focus_a_finding_stands_at_the_copy_that_changed_most(report: ScanReport) -> None:
    users, orders, items = report.candidates[0].members
    assert arrange(report.candidates[0]) == (orders, (users, items))
    literal, _, statement = report.candidates[0].differences
    alike = replace(literal.where[1], text=literal.where[0].text)
    literal = replace(literal, where=(literal.where[0], alike, literal.where[2]))
    fewer = replace(report.candidates[0], differences=(literal, statement))
    assert arrange(fewer) == (items, (users, orders))


def test_in_a_check_it_stands_at_a_copy_in_focus_and_the_original_comes_next(report: ScanReport) -> None:
    users, orders, items = report.candidates[0].members
    new_users, new_items = (replace(member, in_focus=True) for member in (users, items))
    assert arranged(report, users, orders, new_items) == (new_items, (users, orders))
    assert arranged(report, new_users, orders, items) == (new_users, (orders, items))
    assert arranged(report, new_users, orders, new_items) == (new_users, (orders, new_items))


def test_in_a_check_the_original_is_the_one_that_stood_there_before(report: ScanReport) -> None:
    users, orders, items = report.candidates[0].members
    new_users, new_items = (replace(member, in_focus=True, age=Age.NEW) for member in (users, items))
    old = replace(orders, age=Age.OLD)
    assert arranged(report, new_users, old, new_items) == (new_users, (old, new_items))


def arranged(report: ScanReport, *members: Member) -> Arranged:
    return arrange(replace(report.candidates[0], members=members))


def test_copies_in_one_file_that_are_equal_in_all_are_told_apart(report: ScanReport) -> None:
    member = report.candidates[0].members[0]
    twin = replace(member)
    both = replace(report.candidates[0], members=(member, twin), differences=())
    first, others = arrange(both)
    assert first is twin
    assert others[0] is member
    assert len(others) == 1


def test_advice_names_the_copy_to_keep_from_the_root_of_the_repository(report: ScanReport) -> None:
    path = report.candidates[0].members[0].path
    kept = replace(report.candidates[0], advice=f"Keep `{path}::Importer.read_users` and import it elsewhere.")
    advice = advice_in(Checkout("/w", "/w/src"), kept)
    assert advice == "Keep `src/shop/users.py::Importer.read_users` and import it elsewhere."


def test_a_sentence_names_a_few_copies_and_counts_the_others(report: ScanReport) -> None:
    said = sentence(report.candidates[0], [f"c{number}" for number in range(MOST_NAMED + 3)], "Merge.")
    assert said == "Near-miss copy (type 3) of c0, c1, c2, c3, c4 and 3 more; saves 24 lines. Merge."
    assert sentence(report.candidates[2], ["c"], "M.") == "Same behaviour (type 4) as c; saves no lines. M."
