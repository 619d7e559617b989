"""The loss: small where twins are near, blind to near-copies, symmetric."""

from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch", reason="training needs torch (extra `train`)")

from codesim.train.loss import contrastive_loss, near_copies, task_loss, text_loss  # noqa: E402

NONE = torch.zeros((3, 3), dtype=torch.bool)
ONES = torch.ones(3)


def unit(rows: list[list[float]]) -> torch.Tensor:
    return torch.nn.functional.normalize(torch.tensor(rows, dtype=torch.float32), dim=1)


def test_value_by_hand() -> None:
    first, second = unit([[1, 0], [0, 1]]), unit([[1, 0], [0, 1]])
    # each row: its twin at similarity 1, two negatives at 0
    expected = -math.log(math.e / (math.e + 2))
    loss = contrastive_loss(first, second, torch.ones(2), torch.zeros((2, 2), dtype=torch.bool), temperature=1.0)
    assert float(loss) == pytest.approx(expected)


def test_twins_apart_cost_more_and_sides_are_equal() -> None:
    anchor = unit([[1, 0, 0], [0, 1, 0], [0, 0, 1]])
    swapped = anchor[[1, 0, 2]]
    assert float(contrastive_loss(anchor, anchor, ONES, NONE)) < float(contrastive_loss(anchor, swapped, ONES, NONE))
    one, other = contrastive_loss(anchor, swapped, ONES, NONE), contrastive_loss(swapped, anchor, ONES, NONE)
    assert float(one) == pytest.approx(float(other))


def test_near_copies_are_not_pushed_apart() -> None:
    rows = unit([[1, 0, 0], [1, 0.01, 0], [0, 0, 1]])
    near = torch.tensor([[True, True, False], [True, True, False], [False, False, True]])
    assert float(contrastive_loss(rows, rows, ONES, near)) < 0.01
    assert float(contrastive_loss(rows, rows, ONES, NONE)) > 0.5


def test_weight_counts() -> None:
    first, second = unit([[1, 0], [0, 1], [1, 1]]), unit([[1, 0], [1, 0], [1, 1]])
    light = contrastive_loss(first, second, torch.tensor([1.0, 0.1, 1.0]), NONE)
    assert float(light) < float(contrastive_loss(first, second, ONES, NONE))


def test_near_copies_by_weighted_jaccard() -> None:
    counts = torch.tensor([[4.0, 4, 2, 0], [4, 4, 1, 0], [4, 0, 2, 4]])
    # 9 of 10 in common; 6 of 14; 5 of 14
    assert near_copies(counts).tolist() == [[True, True, False], [True, True, False], [False, False, True]]


def test_task_loss_by_hand() -> None:
    rows = unit([[1, 0], [1, 0], [0, 1]])
    # both of task 0 have their company at 1 and a stranger at 0; the third has no company
    expected = -math.log(math.e / (math.e + 1))
    assert float(task_loss(rows, torch.tensor([0, 0, 1]), temperature=1.0)) == pytest.approx(expected)
    assert float(task_loss(rows, torch.tensor([0, 1, 2]))) == 0.0


def test_text_loss_is_least_where_code_says_what_its_text_says() -> None:
    text = unit([[1, 0, 0], [0, 1, 0], [0, 0.9, 0.1]])
    right, wrong = text_loss(text, text), text_loss(text[[1, 0, 2]], text)
    assert float(right) < float(wrong)
    # the last two texts are nearly one: taking one for the other costs little
    assert float(text_loss(text[[0, 2, 1]], text)) == pytest.approx(float(right), abs=0.05)
