"""The loop itself: steps, validations, the averaged weights, and a stop between two steps."""

import math
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from lcip.errors import refusal
from lcip.training.checkpoints import State, resume, save
from lcip.training.settings import Settings, TrainingError, learning_rate_factor


class Task(Protocol):
    """What is trained. All methods see the model where `fit` has put it (CPU or GPU)."""

    model: nn.Module
    progress: float  # set by `fit` before every step: the share of the steps that are done

    def batch(self, draw: np.random.Generator) -> Any:
        """One training batch; every random choice comes from `draw`."""

    def loss(self, batch: Any) -> tuple[Tensor, dict[str, float]]:
        """The scalar to minimise, and the figures worth showing (units in their names)."""

    def validate(self) -> dict[str, float]:
        """Figures on the validation split; the weights with the least `objective` are kept."""


@dataclass(frozen=True)
class Fit:
    """What a training came to; `rows` has one row a validation, with its step and seconds."""

    rows: list[dict[str, float]]
    best_step: int
    best_objective: float
    steps_done: int
    seconds: float
    stopped_early: bool


def step_generator(seed: int, step: int) -> np.random.Generator:
    """The generator from which everything random about one step's batch is drawn."""
    return np.random.default_rng((seed, step))


def floating_state(model: nn.Module) -> dict[str, Tensor]:
    """Copies of the model's floating-point parameters and buffers."""
    state = model.state_dict()
    return {k: v.detach().clone() for k, v in state.items() if v.is_floating_point()}


@torch.no_grad()
def _load(model: nn.Module, weights: dict[str, Tensor] | None) -> None:
    # Copied in place: some models (CompressAI's) refuse to load a part of their state.
    state = model.state_dict()
    for name, tensor in (weights or {}).items():
        state[name].copy_(tensor)


@contextmanager
def averaged(model: nn.Module, average: dict[str, Tensor] | None) -> Iterator[None]:
    """Let the model carry the averaged weights for a while."""
    if average is None:
        yield
        return
    raw = floating_state(model)
    _load(model, average)
    try:
        yield
    finally:
        _load(model, raw)


def _update_average(state: State, model: nn.Module, settings: Settings) -> None:
    if settings.average_decay is None:
        return
    if state.average is None:
        state.average = floating_state(model)
        return
    # A young mean follows faster, so that the random initial weights are soon forgotten.
    decay = min(settings.average_decay, (1 + state.step) / (10 + state.step))
    current = model.state_dict()
    with torch.no_grad():
        for name, mean in state.average.items():
            mean.lerp_(current[name].to(mean.dtype), 1 - decay)


def _optimizer(task: Task, settings: Settings) -> torch.optim.Optimizer:
    parameters = [p for p in task.model.parameters() if p.requires_grad]
    kind = torch.optim.AdamW if settings.weight_decay > 0 else torch.optim.Adam
    return kind(parameters, lr=settings.learning_rate, weight_decay=settings.weight_decay)


def _train_step(task: Task, optimizer, settings: Settings, step: int) -> dict[str, float]:
    """One optimiser step; returns the figures of its batch."""
    task.model.train()
    task.progress = step / settings.steps
    for group in optimizer.param_groups:
        group["lr"] = settings.learning_rate * learning_rate_factor(step, settings)
    draw = step_generator(settings.seed, step)
    torch.manual_seed(int(draw.integers(2**62)))
    loss, figures = task.loss(task.batch(draw))
    if not torch.isfinite(loss):
        next_step = "lower learning_rate or gradient_clip, or look at the batch of this step"
        raise TrainingError(refusal(f"loss at step {step}", loss.item(), "finite", next_step))
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    if settings.gradient_clip is not None:
        nn.utils.clip_grad_norm_(task.model.parameters(), settings.gradient_clip)
    optimizer.step()
    return figures


def _validate(task: Task, state: State) -> None:
    """Validate (the averaged weights, if there are any), note the row, keep the best weights."""
    task.model.eval()
    with averaged(task.model, state.average), torch.no_grad():
        row = task.validate()
        if not math.isfinite(row["objective"]):
            next_step = "look at what validate() returns, or lower learning_rate"
            what = f"objective at step {state.step}"
            raise TrainingError(refusal(what, row["objective"], "finite", next_step))
        state.rows.append({"step": state.step, "seconds": round(state.seconds, 1), **row})
        if row["objective"] < state.best_objective:
            state.best_objective, state.best_step = row["objective"], state.step
            state.best_weights = floating_state(task.model)


@contextmanager
def _stop_flag() -> Iterator[Callable[[], bool]]:
    """Turn SIGINT and SIGTERM into a question, so that training stops between two steps."""
    asked: list[int] = []
    previous = {}
    for name in (signal.SIGINT, signal.SIGTERM):
        try:
            previous[name] = signal.signal(name, lambda number, frame: asked.append(number))
        except ValueError:  # not in the main thread: the default behaviour stays
            break
    try:
        yield lambda: bool(asked)
    finally:
        for name, handler in previous.items():
            signal.signal(name, handler)


def fit(
    task: Task,
    settings: Settings,
    *,
    device: str,
    facts: Mapping[str, Any],
    checkpoint: Path | None = None,
    save_every_seconds: float = 60.0,
    progress: bool = True,
) -> Fit:
    """Train `task.model`; leave the best validated weights in it.

    Args:
        device: `cpu` or `cuda`.
        facts: what else decides the weights (data, batch size, ...), in plain values; a checkpoint
            is continued only where these, too, are equal.
        checkpoint: where to keep the state, and from where to go on if it is there already. Written
            to a temporary name and renamed; removed by nobody, so that a finished run stays
            finished.
        save_every_seconds: longest time between two checkpoints.
        progress: show a bar.

    Raises:
        TrainingError: a checkpoint that is damaged, or of other settings, facts or another model; a
            loss or a validation that is not finite.
        KeyboardInterrupt: stopped by SIGINT or SIGTERM, after the checkpoint was written.
    """
    task.model.to(device)
    optimizer = _optimizer(task, settings)
    plan = {**facts, **asdict(settings)}
    state = resume(checkpoint, task.model, optimizer, plan)
    early = _out_of_patience(state, settings)
    bar = tqdm(total=settings.steps, initial=state.step, disable=not progress, mininterval=5.0)
    with bar, _stop_flag() as asked_to_stop:
        saved = before = time.monotonic()
        while state.step < settings.steps and not early:
            figures = _train_step(task, optimizer, settings, state.step)
            state.step += 1
            _update_average(state, task.model, settings)
            now = time.monotonic()
            state.seconds, before = state.seconds + now - before, now
            if state.step % settings.validate_every == 0 or state.step == settings.steps:
                _validate(task, state)
                bar.set_postfix(state.rows[-1], refresh=False)
                early = _out_of_patience(state, settings)
            elif state.step % 20 == 0 and not state.rows:
                bar.set_postfix(figures, refresh=False)
            bar.update(1)
            if asked_to_stop() or now - saved > save_every_seconds:
                save(checkpoint, state, task.model, optimizer, plan)
                saved = now
            if asked_to_stop():
                raise KeyboardInterrupt(f"stopped at step {state.step}; run again to resume")
    save(checkpoint, state, task.model, optimizer, plan)
    _load(task.model, state.best_weights)
    task.model.eval()
    return Fit(
        rows=state.rows,
        best_step=state.best_step,
        best_objective=state.best_objective,
        steps_done=state.step,
        seconds=state.seconds,
        stopped_early=early,
    )


def _out_of_patience(state: State, settings: Settings) -> bool:
    """Has validation not improved for `patience` validations?"""
    if settings.patience is None:
        return False
    since = sum(row["step"] > state.best_step for row in state.rows)
    return since >= settings.patience
