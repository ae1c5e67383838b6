"""What is kept on disk of a training under way, and read back only where it belongs."""

import math
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from lcip.errors import refusal
from lcip.paths import atomic_write
from lcip.training.settings import TrainingError

Plan = dict[str, Any]  # settings and facts: what a checkpoint must agree with


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


def save(
    checkpoint: Path | None,
    state: State,
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    plan: Plan,
) -> None:
    """Write everything to a temporary name, then rename it; nothing where no file is wanted."""
    if checkpoint is None:
        return
    content = {
        "plan": plan,
        "state": asdict(state),
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
    }
    with atomic_write(checkpoint) as temporary:
        torch.save(content, temporary)


def resume(
    checkpoint: Path | None, model: nn.Module, optimizer: torch.optim.Optimizer, plan: Plan
) -> State:
    """The state in the checkpoint, loaded into model and optimiser, or a fresh one."""
    if checkpoint is None or not Path(checkpoint).exists():
        return State()
    name = f"checkpoint {Path(checkpoint).name}"
    content = _read(Path(checkpoint), name, next(model.parameters()).device)
    found = content["plan"]
    if found != plan:
        keys = sorted(plan.keys() | found.keys())
        differ = {k: found.get(k) for k in keys if found.get(k) != plan.get(k)}
        allowed = ", ".join(f"{k} {plan.get(k)!r}" for k in differ)
        next_step = "remove the checkpoint, or train as it was begun"
        raise TrainingError(refusal(name, differ, allowed, next_step))
    try:
        model.load_state_dict(content["model"])
        optimizer.load_state_dict(content["optimizer"])
    except (RuntimeError, ValueError) as error:
        next_step = "remove the checkpoint"
        raise TrainingError(refusal(name, str(error), "one of this model", next_step)) from error
    return State(**content["state"])


def _read(checkpoint: Path, name: str, device: torch.device) -> dict[str, Any]:
    """What `save` wrote, or a refusal."""
    allowed, next_step = "a file that fit has written", "remove it to begin anew"
    try:
        content = torch.load(checkpoint, map_location=device, weights_only=True)
    # A damaged file raises a family of unrelated errors; each means the same to the user.
    except Exception as error:
        reason = f"unreadable ({type(error).__name__})"
        raise TrainingError(refusal(name, reason, allowed, next_step)) from error
    if not isinstance(content, dict) or not {"plan", "state", "model", "optimizer"} <= set(content):
        raise TrainingError(refusal(name, "something else", allowed, next_step))
    return content
