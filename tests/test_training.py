"""The one training loop: schedules, stopping, resuming, averaging."""

import math
import os
import signal
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from lcip import training
from lcip.training import Settings, TrainingError, fit, learning_rate_factor

SETTINGS = Settings(
    steps=40,
    learning_rate=0.05,
    schedule="cosine",
    warmup_steps=3,
    gradient_clip=1.0,
    weight_decay=0.0,
    average_decay=0.9,
    validate_every=10,
    patience=None,
    seed=5,
)


class Line:
    """Fit y = 2x − 1 from noisy samples; batch norm and dropout make order and noise matter."""

    def __init__(self, stop_at=None, objective=None, poison_at=None):
        torch.manual_seed(0)
        self.model = nn.Sequential(
            nn.Linear(1, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.1), nn.Linear(8, 1)
        )
        self.calls = 0
        self.stop_at, self.objective, self.poison_at = stop_at, objective, poison_at

    def batch(self, draw):
        x = torch.from_numpy(draw.normal(size=(16, 1))).float()
        return x, 2 * x - 1

    def loss(self, batch):
        self.calls += 1
        if self.calls == self.stop_at:
            os.kill(os.getpid(), signal.SIGTERM)
        x, y = batch
        loss = (self.model(x) - y).square().mean()
        if self.calls == self.poison_at:
            loss = loss * math.nan
        return loss, {"mse": loss.item()}

    def validate(self):
        x = torch.linspace(-1, 1, 21)[:, None]
        mse = (self.model(x) - (2 * x - 1)).square().mean().item()
        return {"objective": self.objective(self) if self.objective else mse, "mse": mse}


def weights(task):
    return {k: v.clone() for k, v in task.model.state_dict().items()}


def run(task, settings=SETTINGS, checkpoint=None, **facts):
    return fit(task, settings, device="cpu", facts=facts, checkpoint=checkpoint, progress=False)


def assert_same(a, b):
    assert a.keys() == b.keys()
    for name in a:
        assert torch.equal(a[name], b[name]), name


def test_training_lowers_the_loss_and_keeps_the_best():
    task = Line()
    result = run(task)
    assert [row["step"] for row in result.rows] == [10, 20, 30, 40]
    assert result.best_objective == min(row["objective"] for row in result.rows)
    assert result.best_objective < result.rows[0]["objective"]
    assert task.validate()["objective"] == result.best_objective


@pytest.mark.parametrize("stop_at", [1, 10, 17, 40])
def test_resumed_equals_uninterrupted(tmp_path, stop_at):
    whole, parts = Line(), Line(stop_at=stop_at)
    expected = run(whole)
    checkpoint = tmp_path / "state.pt"
    with pytest.raises(KeyboardInterrupt, match=f"step {stop_at}; run again to resume"):
        run(parts, checkpoint=checkpoint)
    resumed = Line()
    torch.manual_seed(99)  # what the process did before must not matter
    result = run(resumed, checkpoint=checkpoint)
    assert_same(weights(whole), weights(resumed))
    figures = [{k: v for k, v in row.items() if k != "seconds"} for row in result.rows]
    assert figures == [{k: v for k, v in r.items() if k != "seconds"} for r in expected.rows]


def test_a_finished_run_is_not_run_again(tmp_path):
    checkpoint = tmp_path / "state.pt"
    first, second = Line(), Line()
    run(first, checkpoint=checkpoint)
    result = run(second, checkpoint=checkpoint)
    assert second.calls == 0 and result.steps_done == 40
    assert_same(weights(first), weights(second))


def test_a_checkpoint_of_other_settings_is_refused(tmp_path):
    checkpoint = tmp_path / "state.pt"
    run(Line(), checkpoint=checkpoint)
    text = r"checkpoint state.pt is {'steps': 40}; allowed: steps 80. Next: remove"
    with pytest.raises(TrainingError, match=text):
        run(Line(), replace(SETTINGS, steps=80), checkpoint)


def test_a_checkpoint_of_other_facts_is_refused(tmp_path):
    """Else a finished run with other batches would be given out under a card that denies it."""
    checkpoint = tmp_path / "state.pt"
    run(Line(), checkpoint=checkpoint, batch_size=16)
    assert run(Line(), checkpoint=checkpoint, batch_size=16).steps_done == 40
    with pytest.raises(TrainingError, match=r"is {'batch_size': 16}; allowed: batch_size 8\."):
        run(Line(), checkpoint=checkpoint, batch_size=8)


def test_a_damaged_checkpoint_is_refused_and_stays(tmp_path):
    checkpoint = tmp_path / "state.pt"
    run(Line(), checkpoint=checkpoint)
    whole = checkpoint.read_bytes()
    for damaged in (b"", b"garbage", whole[: len(whole) // 2]):
        checkpoint.write_bytes(damaged)
        with pytest.raises(TrainingError, match=r"state.pt is 'unreadable \(.*Next: remove it"):
            run(Line(), checkpoint=checkpoint)
        assert checkpoint.read_bytes() == damaged
    torch.save({"step": 3}, checkpoint)
    with pytest.raises(TrainingError, match="is 'something else'; allowed: a file that fit has"):
        run(Line(), checkpoint=checkpoint)


def test_a_checkpoint_of_another_model_is_refused(tmp_path):
    checkpoint, other = tmp_path / "state.pt", Line()
    run(Line(), checkpoint=checkpoint)
    other.model = nn.Linear(1, 1)
    with pytest.raises(TrainingError, match="state.pt is .*Missing key.*; allowed: one of this"):
        run(other, checkpoint=checkpoint)


def test_a_validation_that_is_not_finite_stops_with_its_step():
    with pytest.raises(TrainingError, match="objective at step 10 is nan; allowed: finite"):
        run(Line(objective=lambda task: math.nan))


def test_early_stop_counts_validations_without_improvement():
    result = run(Line(objective=lambda task: 1.0), replace(SETTINGS, patience=2, steps=400))
    assert result.stopped_early and result.steps_done == 30 and result.best_step == 10


def test_a_loss_that_is_not_finite_stops_with_its_step():
    with pytest.raises(TrainingError, match=r"loss at step 4 is nan; allowed: finite"):
        run(Line(poison_at=5))


def test_averaging_validates_and_keeps_the_mean():
    plain, mean = Line(), Line()
    run(plain, replace(SETTINGS, average_decay=None))
    run(mean)
    assert any(
        not torch.equal(a, b)
        for a, b in zip(plain.model.parameters(), mean.model.parameters(), strict=True)
    )


@pytest.mark.parametrize("schedule", training.SCHEDULES)
def test_schedules_stay_between_zero_and_the_peak(schedule):
    settings = replace(SETTINGS, schedule=schedule, steps=200)
    factors = [learning_rate_factor(step, settings) for step in range(200)]
    assert all(0 < factor <= 1 for factor in factors)
    assert max(factors) > 0.999
    assert factors[:3] == pytest.approx([1 / 3, 2 / 3, 1])


def test_cosine_by_hand():
    settings = replace(SETTINGS, warmup_steps=0, steps=100)
    assert learning_rate_factor(50, settings) == pytest.approx(0.5)
    assert learning_rate_factor(25, settings) == pytest.approx(0.5 * (1 + math.sqrt(0.5)))


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"schedule": "step"}, "schedule is 'step'; allowed: constant, cosine, one_cycle"),
        ({"steps": 0}, "steps is 0; allowed: an integer of 1 or more"),
        ({"steps": 2.5}, "steps is 2.5"),
        ({"steps": True}, "steps is True"),
        ({"steps": "40"}, "steps is '40'"),
        ({"steps": None}, "steps is None"),
        ({"learning_rate": math.inf}, "learning_rate is inf"),
        ({"warmup_steps": -1}, "warmup_steps is -1; allowed: an integer of 0 or more"),
        ({"gradient_clip": 0.0}, "gradient_clip is 0.0; allowed: None, or a number above 0"),
        ({"weight_decay": -1.0}, "weight_decay is -1.0; allowed: a number of 0 or more"),
        ({"patience": 0}, "patience is 0; allowed: None, or an integer of 1 or more"),
        ({"seed": -1}, "seed is -1; allowed: an integer of 0 or more"),
        ({"learning_rate": -1.0}, "learning_rate is -1.0"),
        ({"learning_rate": math.nan}, "learning_rate is nan"),
        ({"average_decay": 1.0}, "average_decay is 1.0"),
    ],
)
def test_bad_settings_are_refused(change, text):
    with pytest.raises(TrainingError, match=text):
        replace(SETTINGS, **change)


def test_split_is_a_seeded_partition():
    train, held_out = training.split(100, 0.05, seed=3)
    assert len(held_out) == 5 and sorted([*train, *held_out]) == list(range(100))
    assert np.array_equal(held_out, training.split(100, 0.05, seed=3)[1])
    assert not np.array_equal(held_out, training.split(100, 0.05, seed=4)[1])


def test_card_tells_settings_steps_and_the_best_row():
    task = Line()
    result = run(task)
    card = training.card(SETTINGS, result, data="a line", lmbda=None)
    assert card["seed"] == 5 and card["steps"] == 40 and card["data"] == "a line"
    assert card["validation"]["objective"] == result.best_objective
    assert "seconds" not in card["validation"]
