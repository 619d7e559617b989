"""Subjects: from a record and its file's text, whatever the record's cache entry claims."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cases import READER, subject_of

from codesim.config import Settings
from codesim.errors import StoreError
from codesim.parse import pack_tree
from codesim.pipeline.analysis import Analyser
from codesim.pipeline.subjects import Subjects
from codesim.source import Fragment, SourceFile
from codesim.store import FragmentRecord


@pytest.fixture(scope="module")
def record() -> FragmentRecord:
    found = Analyser(Settings()).analyse(SourceFile("a.py", READER, "0" * 64, READER.count("\n"))).record
    assert found is not None
    return found.fragments[0]


def test_a_subject_is_what_its_source_gives(record: FragmentRecord) -> None:
    subject, expected = Subjects({"a.py": READER}).get(record), subject_of(READER)
    for name in ("fragment", "tree", "units", "bag", "locals", "lines", "mass", "substance", "faithful"):
        assert getattr(subject, name) == getattr(expected, name)


def test_a_subject_is_prepared_once(record: FragmentRecord) -> None:
    subjects = Subjects({"a.py": READER})
    subjects.prefetch([record])
    assert subjects.get(record) is subjects.get(record)
    assert subjects.enclosing(record).faithful is subjects.get(record).faithful


def test_a_forged_tree_gives_way_to_the_source(record: FragmentRecord) -> None:
    subject = Subjects({"a.py": READER}).get(replace(record, tree=record.tree[:-1]))
    assert subject.units == subject_of(READER).units
    assert pack_tree(subject.tree) == record.tree


def test_a_forged_place_is_an_error(record: FragmentRecord) -> None:
    elsewhere = replace(record, tree=b"", fragment=Fragment("a.py", "save", record.fragment.span))
    with pytest.raises(StoreError, match=r"a\.py: .*save"):
        Subjects({"a.py": READER}).get(elsewhere)
