"""Around a training: the validation split before it, the weights card after it."""

from dataclasses import asdict

import numpy as np

from lcip.training.loop import Fit
from lcip.training.settings import Settings


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
