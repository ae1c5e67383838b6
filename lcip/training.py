"""One training loop for every model of the book.

A **task** says what is trained: its model, its batches, its loss, its validation. **Settings** say
how: steps, learning rate, schedule, stopping. `fit` brings them together and is all there is.

Everything random in step t is drawn from generators seeded by (seed, t). A run that was stopped and
resumed therefore draws the same batches and the same noise as one that never stopped, and ends with
the same weights: bit for bit on the same machine, with the same number of threads.
"""

import math
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from lcip.errors import LcipError, refusal
from lcip.paths import atomic_write

SCHEDULES = ("constant", "cosine", "one_cycle")
ONE_CYCLE_RISE = 0.25  # share of the steps in which the one-cycle schedule climbs to its peak


class TrainingError(LcipError):
    """A setting that cannot be used, a checkpoint of another run, a loss that is not finite."""


class Task(Protocol):
    """What is trained. All methods see the model where `fit` has put it (CPU or GPU)."""

    model: nn.Module

    def batch(self, draw: np.random.Generator) -> Any:
        """One training batch; every random choice comes from `draw`."""

    def loss(self, batch: Any) -> tuple[Tensor, dict[str, float]]:
        """The scalar to minimise, and the figures worth showing (units in their names)."""

    def validate(self) -> dict[str, float]:
        """Figures on the validation split; the weights with the least `objective` are kept."""


@dataclass(frozen=True)
class Settings:
    """How a task is trained.

    Attributes:
        steps: number of optimiser steps.
        learning_rate: peak learning rate of Adam (or AdamW where weight_decay is above 0).
        schedule: `constant`, `cosine` (peak to zero) or `one_cycle` (a quarter up, the rest down).
        warmup_steps: steps of linear rise before the schedule (0 for none).
        gradient_clip: largest norm of the gradient, or None.
        weight_decay: decoupled weight decay.
        average_decay: decay of the running mean of the weights that is validated and kept, or None.
        validate_every: steps between validations.
        patience: validations without improvement before stopping early, or None for never.
        seed: seeds the initial weights (set by the caller), batches and noise.
    """

    steps: int
    learning_rate: float
    schedule: str
    warmup_steps: int
    gradient_clip: float | None
    weight_decay: float
    average_decay: float | None
    validate_every: int
    patience: int | None
    seed: int

    def __post_init__(self) -> None:
        if self.schedule not in SCHEDULES:
            raise TrainingError(refusal("schedule", self.schedule, SCHEDULES, "choose one of them"))
        for name in ("steps", "learning_rate", "validate_every"):
            if not getattr(self, name) > 0:
                value = getattr(self, name)
                raise TrainingError(
                    refusal(name, value, "a number above 0", f"give another {name}")
                )
        if self.average_decay is not None and not 0 <= self.average_decay < 1:
            allowed = "None, or at least 0 and below 1"
            raise TrainingError(
                refusal("average_decay", self.average_decay, allowed, "0.999 is usual")
            )


@dataclass(frozen=True)
class Fit:
    """What a training came to; `rows` has one row a validation, with its step and seconds."""

    rows: list[dict[str, float]]
    best_step: int
    best_objective: float
    steps_done: int
    seconds: float
    stopped_early: bool


@dataclass
class State:
    """What a checkpoint must hold so that training can go on as if it had never stopped."""

    step: int = 0
    seconds: float = 0.0
    rows: list[dict[str, float]] = field(default_factory=list)
    best_objective: float = math.inf
    best_step: int = 0
    best_weights: dict[str, Tensor] | None = None
    average: dict[str, Tensor] | None = None


def learning_rate_factor(step: int, settings: Settings) -> float:
    """The share of the peak learning rate at `step` (0-based); a pure function of step."""
    if step < settings.warmup_steps:
        return (step + 1) / settings.warmup_steps
    progress = (step - settings.warmup_steps) / max(1, settings.steps - settings.warmup_steps)
    if settings.schedule == "constant":
        return 1.0
    if settings.schedule == "cosine":
        return 0.5 * (1 + math.cos(math.pi * progress))
    if progress < ONE_CYCLE_RISE:
        return 0.04 + 0.96 * 0.5 * (1 - math.cos(math.pi * progress / ONE_CYCLE_RISE))
    return 0.5 * (1 + math.cos(math.pi * (progress - ONE_CYCLE_RISE) / (1 - ONE_CYCLE_RISE)))


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
        state.rows.append({"step": state.step, "seconds": round(state.seconds, 1), **row})
        if row["objective"] < state.best_objective:
            state.best_objective, state.best_step = row["objective"], state.step
            state.best_weights = floating_state(task.model)


def _save(checkpoint: Path | None, state: State, task: Task, optimizer, settings: Settings) -> None:
    if checkpoint is None:
        return
    content = {
        "settings": asdict(settings),
        "state": asdict(state),
        "model": task.model.state_dict(),
        "optimizer": optimizer.state_dict(),
    }
    with atomic_write(checkpoint) as temporary:
        torch.save(content, temporary)


def _resume(checkpoint: Path | None, task: Task, optimizer, settings: Settings) -> State:
    """The state in the checkpoint, loaded into model and optimiser, or a fresh one."""
    if checkpoint is None or not Path(checkpoint).is_file():
        return State()
    device = next(task.model.parameters()).device
    content = torch.load(checkpoint, map_location=device, weights_only=True)
    if content["settings"] != asdict(settings):
        differ = [k for k, v in asdict(settings).items() if content["settings"].get(k) != v]
        next_step = "remove the checkpoint, or train with its settings"
        message = refusal(
            f"checkpoint {Path(checkpoint).name}", differ, "equal settings", next_step
        )
        raise TrainingError(message)
    task.model.load_state_dict(content["model"])
    optimizer.load_state_dict(content["optimizer"])
    return State(**content["state"])


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
    checkpoint: Path | None = None,
    save_every_seconds: float = 60.0,
    progress: bool = True,
) -> Fit:
    """Train `task.model`; leave the best validated weights in it.

    Args:
        device: `cpu` or `cuda`.
        checkpoint: where to keep the state, and from where to go on if it is there already. Written
            to a temporary name and renamed; removed by nobody, so that a finished run stays
            finished.
        save_every_seconds: longest time between two checkpoints.
        progress: show a bar.

    Raises:
        TrainingError: a checkpoint of other settings, a loss that is not finite.
        KeyboardInterrupt: stopped by SIGINT or SIGTERM, after the checkpoint was written.
    """
    task.model.to(device)
    optimizer = _optimizer(task, settings)
    state = _resume(checkpoint, task, optimizer, settings)
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
                _save(checkpoint, state, task, optimizer, settings)
                saved = now
            if asked_to_stop():
                raise KeyboardInterrupt(f"stopped at step {state.step}; run again to resume")
    _save(checkpoint, state, task, optimizer, settings)
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


def split(num_items: int, validation_share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Sorted indices of a seeded random (training, validation) split of `num_items` items."""
    order = np.random.default_rng(seed).permutation(num_items)
    num_validation = round(num_items * validation_share)
    return np.sort(order[num_validation:]), np.sort(order[:num_validation])


def card(settings: Settings, result: Fit, **facts: object) -> dict[str, object]:
    """The part of a weights card that training knows: settings, steps, time, validation figures."""
    best = next((row for row in result.rows if row["step"] == result.best_step), {})
    return {
        **facts,
        "settings": asdict(settings),
        "seed": settings.seed,
        "steps": result.steps_done,
        "best_step": result.best_step,
        "stopped_early": result.stopped_early,
        "train_seconds": round(result.seconds, 1),
        "validation": {k: v for k, v in best.items() if k not in ("step", "seconds")},
    }
