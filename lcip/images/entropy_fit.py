"""Fit the static distributions once more, to transforms that no longer move.

While a codec is trained, its densities chase latents that keep changing, and a short training
leaves them behind. Then every later saving over these densities would partly be their own lag. So,
when the transforms are done, they are frozen, the latents of all training photographs are computed
once, and the densities alone are fitted to them: a minute of work that makes the static baseline a
fair one.
"""

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from lcip import training
from lcip.images import factorized

POSITIONS_PER_BATCH = 1024


class EntropyTask:
    """The entropy bottleneck of a codec and the latents of its photographs.

    Args:
        model: the codec; its transforms are frozen.
        latents: float (M, n) per training photograph, n latent positions each.
        held_out: the same for validation.
    """

    def __init__(self, model: nn.Module, latents: list[Tensor], held_out: list[Tensor]) -> None:
        self.model, self.latents, self.held_out = model, torch.cat(latents, dim=1), held_out
        for transform in (model.g_a, model.g_s):
            transform.requires_grad_(False)
        # Noise does not look at the quantiles; they are found by bisection when validating.
        model.entropy_bottleneck.quantiles.requires_grad_(False)

    def batch(self, draw: np.random.Generator) -> Tensor:
        """Latent positions drawn from all photographs, (1, M, n)."""
        chosen = draw.integers(self.latents.shape[1], size=POSITIONS_PER_BATCH)
        return self.latents[:, torch.from_numpy(chosen)][None]  # (1, M, n)

    def bits_per_position(self, latents: Tensor) -> Tensor:
        """−Σ_j log2 p_j(ŷ_j), mean over latent positions; `latents` is (1, M, n)."""
        _, likelihoods = self.model.entropy_bottleneck(latents)
        return -likelihoods.log2().sum() / latents.shape[-1]

    def loss(self, batch: Tensor) -> tuple[Tensor, dict[str, float]]:
        """Bits a latent position, with noise."""
        loss = self.bits_per_position(batch)
        return loss, {"bits_per_position": loss.item()}

    def validate(self) -> dict[str, float]:
        """Bits a latent position of the held-out photographs, rounded."""
        factorized.update_medians(self.model)
        bits = float(np.mean([self.bits_per_position(y[None]).item() for y in self.held_out]))
        return {"objective": bits, "bits_per_position": bits}


@torch.no_grad()
def latents_of(model: nn.Module, pictures: list[np.ndarray]) -> list[Tensor]:
    """y of every picture, flattened to (M, n), on the model's device."""
    device = next(model.parameters()).device
    found = []
    for picture in tqdm(pictures, desc="latents", mininterval=5.0):
        x = factorized.pad(factorized.to_tensor(picture)).to(device)
        found.append(model.g_a(x)[0].flatten(1))  # (M, n)
    return found


def refit(
    model: nn.Module,
    pictures: list[np.ndarray],
    held_out: list[np.ndarray],
    *,
    steps: int,
    seed: int,
    device: str,
) -> dict[str, float]:
    """Fit the densities of `model`; what the rate of the held-out photographs was and became."""
    model.to(device).eval()
    task = EntropyTask(model, latents_of(model, pictures), latents_of(model, held_out))
    with torch.no_grad():
        before = task.validate()["objective"]
    settings = training.Settings(
        steps=steps,
        learning_rate=1e-2,
        schedule="cosine",
        warmup_steps=min(50, steps // 10),
        gradient_clip=1.0,
        weight_decay=0.0,
        average_decay=None,
        validate_every=max(1, steps // 8),
        patience=None,
        seed=seed,
    )
    result = training.fit(task, settings, device=device, facts={})
    return {
        "steps": steps,
        "learning_rate": settings.learning_rate,
        "held_out_bits_per_position_before": before,
        "held_out_bits_per_position_after": result.best_objective,
    }
