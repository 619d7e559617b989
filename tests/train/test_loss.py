"""The loss: small where twins are near, blind to near-copies, symmetric."""

from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch", reason="training needs torch (extra `train`)")

from codesim.train.loss import (  # noqa: E402
    TEMPERATURE,
    Negatives,
    contrastive_loss,
    near_copies,
    ranking_loss,
    task_loss,
    text_loss,
)
from codesim.train.memory import Memory  # noqa: E402

NONE = torch.zeros((3, 3), dtype=torch.bool)
ONES = torch.ones(3)


def unit(rows: list[list[float]]) -> torch.Tensor:
    return torch.nn.functional.normalize(torch.tensor(rows, dtype=torch.float32), dim=1)


def test_value_by_hand() -> None:
    first, second = unit([[1, 0], [0, 1]]), unit([[0.8, 0.6], [0.6, 0.8]])

    def share(twin: float, *others: float) -> float:
        weights = [math.exp(cosine / TEMPERATURE) for cosine in (twin, *others)]
        return weights[0] / sum(weights)

    # a first view has its twin at 0.8 and the others at 0 and 0.6, a second view 0.8, 0.96 and 0.6
    expected = -(math.log(share(0.8, 0.0, 0.6)) + math.log(share(0.8, 0.96, 0.6))) / 2
    loss = contrastive_loss(first, second, torch.ones(2), torch.zeros((2, 2), dtype=torch.bool))
    assert float(loss) == pytest.approx(expected, rel=1e-4)


def test_further_negatives_count_unless_they_are_near() -> None:
    rows = unit([[1, 0, 0], [0, 1, 0], [0, 0, 1]])
    mutants = unit([[1, 0.1, 0], [0, 1, 0.1]])
    alone = float(contrastive_loss(rows, rows, ONES, NONE))
    pushed, spared = (
        float(contrastive_loss(rows, rows, ONES, NONE, Negatives(mutants, torch.full((3, 2), near))))
        for near in (False, True)
    )
    assert pushed > alone + 0.3
    assert spared == pytest.approx(alone)


def test_ranking_loss_is_a_smooth_count_of_wrong_orders() -> None:
    high, low = torch.tensor([0.9, 0.95]), torch.tensor([-0.5, -0.4, 0.0])
    assert float(ranking_loss(high, low)) < 0.001
    assert float(ranking_loss(low, high)) > 5
    assert float(ranking_loss(high, high)) == pytest.approx(math.log(2), abs=0.05)
    assert float(ranking_loss(high, high[:0])) == 0.0


def test_memory_keeps_the_latest_and_spares_near_copies_and_tasks() -> None:
    memory = Memory(4)
    content = torch.eye(6)
    none = torch.full((3,), -1)
    assert memory.negatives(content[:3], none) is None
    memory.add(torch.eye(6)[:3], content[:3], none)
    memory.add(torch.eye(6)[3:], content[3:], torch.tensor([7, -1, -1]))
    found = memory.negatives(content[[2, 0, 5]], torch.tensor([-1, 7, -1]))
    assert found is not None
    assert found.rows.argmax(dim=1).tolist() == [2, 3, 4, 5], "the oldest two are forgotten"
    # the first asks with the content of row 2, the second with the task of row 3, the third with the content of row 5
    assert found.near.tolist() == [
        [True, False, False, False],
        [False, True, False, False],
        [False, False, False, True],
    ]


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
