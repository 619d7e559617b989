"""`codesim evaluate` on small data sets: systems, figures, intervals, the table and the JSON file."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner, Result

from codesim.cli import main
from codesim.embed import Encoder
from codesim.errors import ConfigError, SourceError
from codesim.evaluate import (
    ORIGINAL,
    SYSTEMS,
    Evaluation,
    Function,
    Mask,
    Pair,
    Row,
    choose_systems,
    missing_systems,
    read_data,
    read_function,
)
from codesim.evaluate.systems import ALL_THREE, BEHAVIOUR, LEARNED, MINILM, MINILM_PACKAGE, make_systems

BODY = "def {name}(items, limit):\n    total = {start}\n    for x in items:\n        {step}\n    return total\n"
STEPS = {
    "sum": "total += float(x)",
    "most": "total = max(total, x) if x < limit else total",
    "text": "total = str(total) + ', ' + x.strip()",
    "skip": "if x is None: continue\n        total.append(x)",
}
ROW = {"id": "1", "group": "g", "source": "def f(): pass", "kind": ORIGINAL}
PAIR = {"a": "x", "b": "y", "label": 1, "kind": "k"}
FREE = tuple(name for name in SYSTEMS if "minilm" not in name)


def source(name: str, step: str, start: str = "0") -> str:
    return BODY.format(name=name, start=start, step=STEPS[step])


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder.load()


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    originals = [Row(step, step, source(step, step), ORIGINAL) for step in STEPS]
    twins = [Row(f"{step}'", step, source("go", step).replace("items", "rows"), "type2/renamed") for step in STEPS]
    return [*originals, *twins, Row("?", "sum", "def broken(:", "type2/broken")]


@pytest.fixture(scope="module")
def pairs() -> list[Pair]:
    same = [Pair(source(step, step), source("go", step), True, "renamed", step) for step in STEPS]
    other = [Pair(source("a", a), source("b", b), False, "other", a) for a in STEPS for b in STEPS if a != b]
    return [*same, *other]


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def written(path: Path, records: list[dict[str, object]]) -> Path:
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records), encoding="utf-8")
    return path


def test_every_system_finds_renamed_twins(encoder: Encoder, rows: list[Row]) -> None:
    report = Evaluation(encoder, FREE).retrieval("small", rows)
    assert report.counts == {"rows": 9, "unreadable": 1, "corpus": 4, "queries": 5, "groups": 4}
    assert report.kinds == {"type2": 5, "type2/broken": 1, "type2/renamed": 4}
    assert list(report.systems) == list(FREE)
    for name, system in report.systems.items():
        assert system.by_kind["type2/renamed"]["recall_at_1"] == 1, name
        # the broken query ties with all four originals
        assert system.by_kind["type2/broken"]["recall_at_1"] == pytest.approx(0.25)
        assert system.figures["recall_at_1"] == pytest.approx(4.25 / 5)
        low, high = system.intervals["recall_at_1"]
        assert low <= system.figures["recall_at_1"] <= high
        assert system.mean_of_kinds("recall_at_1") == pytest.approx(4.25 / 5), "parts of a kind count once"
    lead = report.systems["ast"].encoder_ahead["recall_at_1"]
    assert (lead.difference, lead.low, lead.high) == pytest.approx((0, 0, 0)), "equal on every query, so in every draw"
    assert not report.systems["encoder"].encoder_ahead


def test_own_name_masked_for_all_systems(encoder: Encoder) -> None:
    rows = [Row(f"{step}{n}", step, source(step, step, start), "s") for step in STEPS for n, start in enumerate("07")]
    told = [Row(f"x{n}", f"x{n}", source("sum", "skip"), "s") for n in range(3)]  # they only share the name
    plain, masked = (
        Evaluation(encoder, ("identifiers",), mask).retrieval("r", rows + told).systems["identifiers"].figures
        for mask in (Mask.NONE, Mask.OWN)
    )
    assert plain != masked


def test_pairs(encoder: Encoder, pairs: list[Pair]) -> None:
    report = Evaluation(encoder, FREE).pairs("small", pairs)
    assert report.counts == {"pairs": 16, "alike": 4, "functions": 16, "unreadable": 0, "groups": 4}
    for name, system in report.systems.items():
        assert system.figures["roc_auc"] == 1, name
        assert system.by_kind["renamed"] == system.by_kind["other"] == system.figures


def test_systems_together_share_their_parts(encoder: Encoder) -> None:
    assert list(make_systems(["ast", ALL_THREE], encoder, Mask.NONE)) == ["ast", "encoder", "identifiers"]


def test_the_learned_part_stands_alone_where_there_is_a_sketch() -> None:
    class Sketched:
        """Stands for an encoder whose vectors end in a sketch."""

        dim, learned_dim, purpose_dim = 6, 2, 1

        def embed(self, graphs: list[object]) -> np.ndarray:
            return np.tile(np.array([3, 4, 9, 9, 9, 9], dtype=np.float32), (len(graphs), 1))

    encoder: Encoder = Sketched()  # type: ignore[assignment]
    assert LEARNED not in missing_systems(encoder)
    for name in (LEARNED, BEHAVIOUR):
        system = make_systems([name], encoder, Mask.NONE)[name]
        system.read([read_function(source("f", "sum")), None])
        similarity = system.similarity(np.arange(2))
        assert similarity.block(np.arange(2), np.arange(2)).tolist() == [[1, 0], [0, 0]]


def test_choice_of_systems(encoder: Encoder) -> None:
    assert choose_systems(["ast", "encoder"], encoder) == ["encoder", "ast"]
    with pytest.raises(ConfigError, match="unknown system 'as'"):
        choose_systems(["as"], encoder)
    whole: Encoder = SimpleNamespace(dim=4, learned_dim=4, purpose_dim=0)  # type: ignore[assignment]
    for name, reason in ((LEARNED, "the whole vector is learned"), (BEHAVIOUR, "the learned part is one")):
        with pytest.raises(ConfigError, match=reason):
            choose_systems([name], whole)


def test_minilm_without_its_package(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    systems = importlib.import_module("codesim.evaluate.systems")
    monkeypatch.setattr(systems, "find_spec", lambda _name: None)
    assert "pip install 'codesim[evaluate]'" in missing_systems(encoder)[MINILM]
    assert choose_systems([], encoder) == list(FREE)


@pytest.mark.filterwarnings("ignore")
def test_minilm(encoder: Encoder) -> None:
    pytest.importorskip(MINILM_PACKAGE, reason="MiniLM needs the extra `evaluate`")
    pytest.importorskip("sentence_transformers", reason="MiniLM needs the extra `evaluate`")
    system = make_systems([MINILM], encoder, Mask.NONE)[MINILM]
    functions: list[Function | None] = [read_function(source("f", step)) for step in ("sum", "text")]
    system.read([*functions, None, functions[0]])
    block = system.similarity(np.arange(4)).block(np.arange(4), np.arange(4))
    assert block.diagonal() == pytest.approx([1, 1, 0, 1], abs=1e-5)
    assert block[0, 3] == pytest.approx(1, abs=1e-5)
    assert 0.2 < block[0, 1] < 0.99


def test_the_form_of_a_file_is_recognised() -> None:
    assert read_data([json.dumps(ROW)], "") == [Row("1", "g", "def f(): pass", ORIGINAL)]
    assert read_data([json.dumps(PAIR), "", json.dumps(PAIR | {"label": 0, "group": "z"})], "") == [
        Pair("x", "y", True, "k", "x"),
        Pair("x", "y", False, "k", "z"),
    ]


@pytest.mark.parametrize(
    "bad", [[], [{}], [[]], ["x"], [PAIR | {"label": 2}], [PAIR | {"a": 1}], [PAIR | {"label": None}]]
)
def test_what_is_no_data_set_is_refused(bad: list[object]) -> None:
    with pytest.raises(SourceError, match=r"x\.jsonl"):
        read_data(map(json.dumps, bad), "x.jsonl")


def test_two_forms_in_one_file_are_refused() -> None:
    with pytest.raises(SourceError, match=r"x\.jsonl:2"):
        read_data(map(json.dumps, [ROW, PAIR]), "x.jsonl")
    with pytest.raises(SourceError, match=r"x\.jsonl:2"):
        read_data(map(json.dumps, [PAIR, ROW]), "x.jsonl")


def test_one_table_and_one_file_for_all_data(tmp_path: Path, rows: list[Row], pairs: list[Pair]) -> None:
    retrieval = tmp_path / "rows.jsonl"
    retrieval.write_text("".join(f"{row.as_line()}\n" for row in rows), encoding="utf-8")
    records = [{"a": p.a, "b": p.b, "label": int(p.alike), "kind": p.kind} for p in pairs]
    behaviour = written(tmp_path / "pairs.jsonl", records)
    out = tmp_path / "out.json"
    arguments = ["evaluate", retrieval, behaviour, retrieval, "--systems", "encoder,ast,identifiers+ast", "--json", out]
    done = run(*arguments)
    assert done.exit_code == 0, done.output
    for text in ("rows.jsonl", "pairs.jsonl", "MAP@R, type2/renamed (4)", "ROC-AUC", "encoder ahead by", "mean MAP@R"):
        assert text in done.output
    record = json.loads(out.read_text(encoding="utf-8"))
    assert [(one["name"], one["form"], one["mask"]) for one in record["data"]] == [
        ("rows.jsonl", "retrieval", "none"), ("pairs.jsonl", "pairs", "none"), ("rows.jsonl", "retrieval", "none"),
    ]  # fmt: skip
    found = record["data"][1]["systems"]["identifiers+ast"]
    assert found["figures"]["roc_auc"] == 1
    assert found["encoder_ahead"]["roc_auc"] == {"difference": 0, "interval_95": [0, 0]}
    assert set(record["mean_over_sets"]["retrieval"]["systems"]) == {"encoder", "ast", "identifiers+ast"}
    assert record["mean_over_sets"]["pairs"]["systems"] == {}
    first = out.read_bytes()
    assert run(*arguments).output == done.output
    assert out.read_bytes() == first


def test_a_folder_of_tasks_is_a_data_set(tmp_path: Path) -> None:
    for task in STEPS:
        (tmp_path / "set" / "topic").mkdir(parents=True, exist_ok=True)
        solutions = [f"# style: {style}\n{source(style, task)}" for style in ("loop", "library")]
        (tmp_path / "set" / "topic" / f"{task}.py").write_text("\n\n".join(solutions), encoding="utf-8")
    (tmp_path / "set" / "held_out.txt").write_text("topic/sum\ntopic/text\n", encoding="utf-8")
    out = tmp_path / "out.json"
    done = run("evaluate", tmp_path / "set", "--systems", "ast", "--json", out)
    assert done.exit_code == 0, done.output
    found = json.loads(out.read_text(encoding="utf-8"))["data"][0]
    assert (found["mask"], found["counts"]["rows"], found["kinds"]) == ("own", 4, {"library": 2, "loop": 2})
    assert found["systems"]["ast"]["figures"]["map_at_r"] == 1

    lines = tmp_path / "rows.jsonl"
    assert run("evaluate", "tasks", tmp_path / "set", "--part", "training", "-o", lines).exit_code == 0
    rows = read_data(lines.read_text(encoding="utf-8").splitlines(), "")
    assert [row.id for row in rows if isinstance(row, Row)] == [
        "topic/most::loop", "topic/most::library", "topic/skip::loop", "topic/skip::library",
    ]  # fmt: skip
    assert all(isinstance(row, Row) and row.source.startswith("def f(items") for row in rows)


def test_usage(tmp_path: Path) -> None:
    assert run("evaluate", "--help").exit_code == 0
    assert run("evaluate", tmp_path / "missing.jsonl").exit_code == 2
    data = written(tmp_path / "x.jsonl", [{"id": "1", "group": "g", "source": "def f(): pass", "kind": "k"}])
    done = run("evaluate", data, "--systems", "nothing")
    assert done.exit_code == 2
    assert "unknown system 'nothing'" in done.output


def test_a_set_without_queries_has_no_figures(tmp_path: Path) -> None:
    data = written(tmp_path / "x.jsonl", [{"id": "1", "group": "g", "source": "def f(): pass", "kind": "k"}])
    done = run("evaluate", data, "--systems", "encoder,ast", "--json", tmp_path / "out.json")
    assert done.exit_code == 0, done.output
    record = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert record["data"][0]["systems"]["ast"]["figures"]["map_at_r"] is None
