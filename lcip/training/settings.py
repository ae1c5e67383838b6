"""How a task is trained: settings, checked, and the learning rate that they give each step."""

import math
from dataclasses import dataclass
from types import UnionType

from lcip.errors import LcipError, refusal

SCHEDULES = ("constant", "cosine", "one_cycle")
SMALLEST = 5e-324  # the float next to 0
# Of every numeric setting: its kind, its least value, and both in words.
LIMITS = {
    "steps": (int, 1, "an integer of 1 or more"),
    "learning_rate": (int | float, SMALLEST, "a number above 0"),
    "warmup_steps": (int, 0, "an integer of 0 or more"),
    "gradient_clip": (int | float, SMALLEST, "None, or a number above 0"),
    "weight_decay": (int | float, 0, "a number of 0 or more"),
    "average_decay": (int | float, 0, "None, or at least 0 and below 1"),
    "validate_every": (int, 1, "an integer of 1 or more"),
    "patience": (int, 1, "None, or an integer of 1 or more"),
    "seed": (int, 0, "an integer of 0 or more"),
}
ONE_CYCLE_RISE = 0.25  # share of the steps in which the one-cycle schedule climbs to its peak


class TrainingError(LcipError):
    """A setting that cannot be used, a checkpoint of another run, a loss that is not finite."""


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
        for name, (kind, least, allowed) in LIMITS.items():
            value = getattr(self, name)
            if not _fits(value, kind, least) and not (value is None and "None" in allowed):
                raise TrainingError(refusal(name, value, allowed, f"change {name}"))
        if self.average_decay is not None and not self.average_decay < 1:
            allowed = LIMITS["average_decay"][2]
            raise TrainingError(
                refusal("average_decay", self.average_decay, allowed, "0.999 is usual")
            )


def _fits(value: object, kind: type | UnionType, least: float) -> bool:
    """Whether a setting is a finite number of its kind, and not too small."""
    number = isinstance(value, kind) and not isinstance(value, bool)
    return number and least <= value < math.inf


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
