"""What must hold for any graph: it is well formed, repeatable, and blind to what is no part of the meaning."""

from __future__ import annotations

import ast

import pytest
from behaviour import faithful, hash_of
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from property.programs import CALLEES, LOCALS, expressions, functions, indented, suites

from codesim.embed import graph_arrays
from codesim.graph import EdgeKind, NodeKind, Pdg, build_pdg, canonical_hash, may_reach_size
from codesim.parse import Kind, lower

EFFECTS = (*CALLEES, "find(", "store(", " for ")  # a comprehension fills a list, step by step
LOOKS = (".", "[", " in ")
COMMON = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
RENAMED = {name: f"{name}_{place}" for place, name in enumerate((*LOCALS[::-1], "inner", "other", "rest", "error"))}


class Renaming(ast.NodeTransformer):
    """Gives every local variable another name."""

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = RENAMED.get(node.id, node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.arg = RENAMED.get(node.arg, node.arg)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.name = RENAMED.get(node.name, node.name)
        self.generic_visit(node)
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.ExceptHandler:
        node.name = RENAMED.get(node.name or "", node.name)
        self.generic_visit(node)
        return node


def graphs_of(source: str) -> tuple[Pdg, Pdg]:
    tree = faithful(source)
    return build_pdg(tree, "function"), build_pdg(lower(tree), "function")


@COMMON
@given(functions())
def test_two_builds_are_equal(source: str) -> None:
    assert graphs_of(source) == graphs_of(source)


@COMMON
@given(functions())
def test_names_of_locals_do_not_count(source: str) -> None:
    renamed = ast.unparse(Renaming().visit(ast.parse(source)))
    assert renamed != source
    assert hash_of(renamed) == hash_of(source)


@COMMON
@given(functions(), st.randoms(use_true_random=False))
def test_comments_and_blank_lines_do_not_count(source: str, random: object) -> None:
    lines: list[str] = []
    for line in source.splitlines():
        lines.append(line + "  # a remark" * random.randrange(2))  # type: ignore[attr-defined]
        lines.extend(["", "        # another"][: random.randrange(3)])  # type: ignore[attr-defined]
    assert hash_of("\n".join(lines)) == hash_of(source)


@COMMON
@given(suites(1), expressions(1), expressions(1), suites(1))
@example(["pass"], "alpha", "beta", ["emit(first)", "emit(second)"])
@example(["pass"], "alpha", "load(beta, 1)", ["emit(first, second)"])
def test_two_independent_assignments_may_change_places(before: list[str], one: str, two: str, after: list[str]) -> None:
    effects = [any(text in value for text in EFFECTS) for value in (one, two)]
    if all(effects) or (any(effects) and any(text in one + two for text in LOOKS)):
        return  # their order is part of the meaning
    if any(effects) and any("def " in line for line in (*before, *after)):
        return  # a nested function may read the one variable when the other is computed
    if any(effects) and any(name in one and name in two for name in LOCALS):
        return  # a call may change the object that the other is handed
    after = [line.replace("gamma", "first").replace("delta", "second") for line in after]
    first, second = f"first = {one}", f"second = {two}"
    head = "gamma = delta = result = check(alpha, beta)"  # else a call might change these, as globals
    there = "\n".join(["def function(alpha, beta):", *indented([head, *before, first, second, *after])])
    back = "\n".join(["def function(alpha, beta):", *indented([head, *before, second, first, *after])])
    assert hash_of(there) == hash_of(back)


CHANGES = {
    "operator": ("alpha + 1", "alpha - 1"),
    "operands": ("alpha - beta", "beta - alpha"),
    "comparison": ("alpha < 1", "alpha <= 1"),
    "callee": ("load(alpha)", "check(alpha)"),
    "constant": ("alpha * 2", "alpha * 3"),
    "attribute": ("alpha.size", "alpha.items"),
    "method": ("alpha.find(1)", "alpha.store(1)"),
    "keyword": ("load(size=alpha)", "load(items=alpha)"),
    "connective": ("alpha and beta", "alpha or beta"),
    "negation": ("load(alpha)", "not load(alpha)"),
    "index": ("alpha[0]", "alpha[1]"),
    "text": ("'text' + alpha", "'test' + alpha"),
    "type of constant": ("load(1)", "load('1')"),
    "which variable": ("load(alpha)", "load(beta)"),
}


@pytest.mark.parametrize(("one", "other"), CHANGES.values(), ids=CHANGES.keys())
@settings(max_examples=15, deadline=None)
@given(before=suites(1), form=st.sampled_from(["emit({})", "gamma = {}; emit(gamma); emit(gamma)", "alpha.size = {}"]))
def test_what_is_computed_counts(one: str, other: str, before: list[str], form: str) -> None:
    if any(line.lstrip().startswith(("return", "raise")) for line in before):
        before = ["pass"]  # else what follows might never run, and is then no part of the graph
    head = ["def function(alpha, beta):", *indented(["alpha, beta = load(1), check(2)", *before])]
    head.append("    alpha, beta = load(3), check(4)")  # else both names may stand for one value
    assert hash_of("\n".join([*head, f"    {form.format(one)}"])) != hash_of(
        "\n".join([*head, f"    {form.format(other)}"])
    )


@COMMON
@given(functions())
def test_edges_are_well_formed(source: str) -> None:
    for pdg in graphs_of(source):
        count = len(pdg.kinds)
        assert count == len(pdg.labels) == len(pdg.spans)
        assert list(pdg.edges) == sorted(set(pdg.edges))
        for edge in pdg.edges:
            assert 0 <= edge.source < count
            assert 0 <= edge.target < count
            if edge.kind is EdgeKind.DATA:
                written = (NodeKind.DEFINITION, NodeKind.PARAMETER, NodeKind.WALRUS, NodeKind.FUNCTION, NodeKind.CLASS)
                changed = (NodeKind.CALL, NodeKind.ATTRIBUTE, NodeKind.SUBSCRIPT, NodeKind.WITH)
                assert pdg.kinds[edge.source] in (*written, *changed) if edge.may else written
                assert pdg.kinds[edge.target] in (NodeKind.USE, NodeKind.GLOBAL, NodeKind.ATTRIBUTE)
        arrays = graph_arrays(pdg)
        assert arrays.edge_index.shape == (2, 2 * len(pdg.edges))


@COMMON
@given(functions())
def test_the_size_of_a_graph_is_not_underrated(source: str) -> None:
    tree = faithful(source)
    for form in (tree, lower(tree)):
        assert may_reach_size(form, len(build_pdg(form, "function").kinds))
        assert not may_reach_size(form, 3 * sum(1 for _ in form.walk()) + 1)


@COMMON
@given(functions())
def test_the_entry_reaches_all_that_can_run(source: str) -> None:
    tree = lower(faithful(source))
    pdg = build_pdg(tree, "function")
    targets: dict[int, list[int]] = {}
    for edge in pdg.edges:
        if edge.kind is EdgeKind.CONTROL:
            targets.setdefault(edge.source, []).append(edge.target)
    reached, stack = {0}, [0]
    while stack:
        fresh = set(targets.get(stack.pop(), [])) - reached
        reached |= fresh
        stack.extend(fresh)
    statements = {node for node, kind in enumerate(pdg.kinds) if NodeKind.ASSIGN <= kind <= NodeKind.CLASS}
    lost = {pdg.spans[node][:2] for node in statements - reached}
    assert lost <= {node.span[:2] for node in after_jumps(tree)}


def after_jumps(tree: object) -> list[object]:
    """All that stands behind a jump, or behind a statement with one inside it, in the same suite."""
    out: list[object] = []
    for suite in tree.walk():  # type: ignore[attr-defined]
        if suite.kind is Kind.SUITE:
            for place, statement in enumerate(suite.children):
                jumps = {Kind.RETURN, Kind.RAISE, Kind.BREAK, Kind.CONTINUE}
                if any(node.kind in jumps for node in statement.walk()):
                    out.extend(node for rest in suite.children[place + 1 :] for node in rest.walk())
    return out


@COMMON
@given(functions())
def test_the_hash_is_blind_to_the_order_of_nodes(source: str) -> None:
    pdg = graphs_of(source)[1]
    if NodeKind.FUNCTION in pdg.kinds:
        return  # the parameters of a function are told apart by their order
    parameters = [node for node, kind in enumerate(pdg.kinds) if kind is NodeKind.PARAMETER]
    others = [node for node, kind in enumerate(pdg.kinds) if kind is not NodeKind.PARAMETER][::-1]
    order = parameters + others
    place = {node: new for new, node in enumerate(order)}
    shuffled = Pdg(
        pdg.qualname,
        tuple([pdg.kinds[node] for node in order]),
        tuple([pdg.labels[node] for node in order]),
        tuple([pdg.spans[node] for node in order]),
        tuple(sorted(edge._replace(source=place[edge.source], target=place[edge.target]) for edge in pdg.edges)),
    )
    assert canonical_hash(shuffled) == canonical_hash(pdg)
