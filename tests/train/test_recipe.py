"""What is chosen from a corpus: views for some, texts for those that say what they do, nothing of what is held out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch (extra `train`)")
pytest.importorskip("pyarrow", reason="the corpus needs pyarrow (extra `train`)")

from codesim.evaluate.same_task import Part, read_same_task
from codesim.train import recipe
from codesim.train.build import build_shards, join_shards
from codesim.train.corpus import describe_package
from codesim.train.recipe import Selection, make_store

SAME_TASK = Path(__file__).parents[2] / "fixtures" / "same_task"
FUNCTION = """
def {name}(values, limit):
    {doc}
    total = {start}
    for value in values:
        if value > limit * {start}:
            total += value - {start}
    return total
"""


class Counting:
    """Stands in for the teacher: a direction for each text, and what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: list[str]) -> np.ndarray:
        self.asked += texts
        return np.eye(len(texts), dtype=np.float16)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    packages = []
    for package, held_out in (("learned", False), ("unseen", True)):
        folder = tmp_path / package
        folder.mkdir()
        (folder / "__init__.py").write_text("", encoding="utf-8")
        texts = [
            FUNCTION.format(
                name=f"sum_{package}_{start}" if start % 2 else "run",
                start=start + 1000 * held_out,
                doc=f'"""Sum what is over {start}."""' if start % 3 == 0 else "",
            )
            for start in range(2, 14)
        ]
        for number, text in enumerate(texts):
            (folder / f"m{number}.py").write_text(text, encoding="utf-8")
        packages.append(describe_package(folder, held_out))
    out = tmp_path / "corpus"
    build_shards(packages, out, 1, lambda _package: lambda _done, _all: None)
    join_shards(packages, out)
    return out


def test_choice(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    teacher = Counting()
    selection = Selection(twins=4, rewritten=1, edited=0, validation=3, told=3, smallest=1, solutions=0)
    monkeypatch.setattr(recipe, "read_same_task", lambda folder, part: read_same_task(folder, part)[:7])
    store = make_store(corpus, SAME_TASK, teacher, selection=selection, seed=1)  # type: ignore[arg-type]
    views = np.diff(store.view_ends)
    solved = store.task >= 0
    assert solved.sum() == 7
    assert (~solved & ~store.held_out & (views > 1)).sum() <= 4
    assert store.held_out.sum() == 3
    assert not any("unseen" in text for text in teacher.asked), "the teacher is not asked about held-out functions"
    assert not (store.text[store.held_out] >= 0).any()
    plain = ~solved & ~store.held_out & (views == 1) & (store.text >= 0)
    assert plain.sum() <= 3 + 4
    assert sorted(set(store.text[store.text >= 0].tolist())) == list(range(len(teacher.asked)))


def test_held_out_tasks_are_not_read() -> None:
    training, held_out = (
        {row.group for row in read_same_task(SAME_TASK, part)} for part in (Part.TRAINING, Part.HELD_OUT)
    )
    assert len(training) >= 200
    assert len(held_out) >= 50
    assert not training & held_out


def test_number_of_processes_changes_nothing(corpus: Path) -> None:
    selection = Selection(twins=8, rewritten=1, validation=2, smallest=1)
    one, two = (make_store(corpus, None, None, selection=selection, seed=0, jobs=jobs).as_arrays() for jobs in (1, 2))
    assert one.keys() == two.keys()
    assert all(np.array_equal(one[name], two[name]) for name in one)
