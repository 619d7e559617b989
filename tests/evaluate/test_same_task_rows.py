"""The same-task set as rows, and which of its tasks are never trained on."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from codesim.errors import SourceError
from codesim.evaluate import Part, held_out_tasks, read_same_task

FOLDER = Path(__file__).parents[2] / "fixtures" / "same_task"


def test_held_out_and_training_are_the_whole_set() -> None:
    held_out, training, every = (read_same_task(FOLDER, part) for part in (Part.HELD_OUT, Part.TRAINING, Part.ALL))
    assert {row.group for row in held_out} == held_out_tasks(FOLDER)
    assert not {row.group for row in held_out} & {row.group for row in training}
    assert sorted(row.id for row in [*held_out, *training]) == sorted(row.id for row in every)
    assert len({row.id for row in every}) == len(every)


def test_rows_are_single_functions_of_a_style() -> None:
    rows = [row for row in read_same_task(FOLDER) if row.group == "encoding/truncate_utf8"]
    assert [row.kind for row in rows] == ["loop", "functional", "library", "algorithm", "production"]
    assert rows[1].id == "encoding/truncate_utf8::fit"
    assert rows[1].source.startswith("def fit(string, budget, suffix):\n")
    assert rows[1].source.endswith("    return string[:kept] + suffix\n")


def test_fifty_tasks_are_held_out_a_fifth_of_each_topic() -> None:
    held_out = held_out_tasks(FOLDER)
    assert len(held_out) == 50
    for topic in (folder for folder in FOLDER.iterdir() if folder.is_dir()):
        tasks = len(list(topic.glob("*.py")))
        assert abs(sum(task.startswith(f"{topic.name}/") for task in held_out) - 50 / 257 * tasks) < 1


def test_the_draw_is_the_one_that_the_readme_describes() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    passed_over = {line.split("`")[1] for line in readme.splitlines() if line.startswith("| `")}
    assert "mappings/deep_merge" in passed_over
    drawn: set[str] = set()
    held_out = held_out_tasks(FOLDER)
    for topic in (folder.name for folder in FOLDER.iterdir() if folder.is_dir()):
        names = sorted(path.stem for path in (FOLDER / topic).glob("*.py"))
        order = [f"{topic}/{name}" for name in Random(f"held out:{topic}").sample(names, len(names))]  # noqa: S311
        count = sum(task.startswith(f"{topic}/") for task in held_out)
        drawn |= set([task for task in order if task not in passed_over][:count])
    assert drawn == held_out


def test_a_folder_that_is_no_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="holds no tasks"):
        read_same_task(tmp_path)
    (tmp_path / "topic").mkdir()
    (tmp_path / "topic" / "task.py").write_text("# style: loop\ndef f():\n    pass\n", encoding="utf-8")
    assert [row.id for row in read_same_task(tmp_path, Part.ALL)] == ["topic/task::f"]
    with pytest.raises(SourceError, match="held_out"):
        read_same_task(tmp_path)
    (tmp_path / "held_out.txt").write_text("topic/other\n", encoding="utf-8")
    with pytest.raises(SourceError, match="there is no task topic/other"):
        read_same_task(tmp_path)
