"""One file at a time: what a record holds, and that it does not depend on what else the file holds."""

from __future__ import annotations

import ast
import sys
from dataclasses import replace

import numpy as np
import pytest
from cases import FIXTURES

from codesim.config import Settings
from codesim.embed import graph_arrays
from codesim.graph import build_pdg, canonical_hash
from codesim.parse import lower, parse_function
from codesim.pipeline.analysis import Analyser
from codesim.source import SourceFile
from codesim.store import FileRecord
from codesim.verify import substance

TEXTS = [path.read_text(encoding="utf-8") for path in sorted((FIXTURES / "clones").glob("type3/*/a.py"))]


@pytest.fixture(scope="module")
def analyser() -> Analyser:
    return Analyser(Settings())


def record(analyser: Analyser, text: str) -> FileRecord:
    result = analyser.analyse(SourceFile("a.py", text, "0" * 64, text.count("\n")))
    assert result.skipped == ()
    assert result.record is not None
    return result.record


def test_a_fragment_is_the_same_alone_and_among_others(analyser: Analyser) -> None:
    together = record(analyser, "\n".join(TEXTS)).fragments
    alone = [fragment for text in TEXTS for fragment in record(analyser, text).fragments]
    assert len(alone) == len(together) > 5
    for one, other in zip(alone, together, strict=True):
        assert (one.canonical_hash, one.nodes, one.substance) == (other.canonical_hash, other.nodes, other.substance)
        np.testing.assert_allclose(one.vector, other.vector, atol=1e-6)


def test_a_record_holds_what_each_room_says_of_the_function(analyser: Analyser) -> None:
    (fragment,) = record(analyser, TEXTS[0]).fragments
    (node,) = [node for node in ast.parse(TEXTS[0]).body if isinstance(node, ast.FunctionDef)]
    tree = lower(parse_function(node))
    pdg = build_pdg(tree, node.name)
    assert fragment.canonical_hash == canonical_hash(pdg)
    assert (fragment.nodes, fragment.substance) == (len(pdg.kinds), substance(tree))
    np.testing.assert_allclose(fragment.vector, analyser.encoder.embed([graph_arrays(pdg)])[0], atol=1e-6)


def test_small_functions_are_left_out_by_lines_and_by_nodes(analyser: Analyser) -> None:
    (fragment,) = record(analyser, TEXTS[0]).fragments
    span = fragment.fragment.span
    lines = span.end_line - span.start_line + 1
    for limits, kept in (
        ({"min_lines": lines, "min_nodes": fragment.nodes}, 1),
        ({"min_lines": lines + 1, "min_nodes": 1}, 0),
        ({"min_lines": 1, "min_nodes": fragment.nodes + 1}, 0),
    ):
        other = Analyser(replace(Settings(), **limits))
        assert len(record(other, TEXTS[0]).fragments) == kept


@pytest.mark.parametrize("text", ["", "x = 1\n", "def f():\n    pass\n"])
def test_a_file_without_functions_to_compare_has_an_empty_record(analyser: Analyser, text: str) -> None:
    assert record(analyser, text).fragments == ()


def test_the_recursion_limit_is_as_before(analyser: Analyser) -> None:
    before = sys.getrecursionlimit()
    Analyser(Settings())
    record(analyser, TEXTS[0])
    assert sys.getrecursionlimit() == before
