"""Fitting the networks of chapter 2: cached latents against running the transforms in every step.

    python benchmarks/distribution_fit.py

Both loops fit the same networks from the same initial weights to 256 × 256 crops of the photographs
that scikit-image brings, and are judged by the same photographs. The straightforward loop does what
the thesis's does: every step runs g_a on its crops, takes their histograms, and runs g_s on noisy
latents for the distortion, a constant, as the transforms are frozen. The cached loop has run g_a
once and draws histograms. Printed are the validation after equally many steps (it must agree: both
do the same), the time of a step, and from these how long the committed weights' recipe takes either
way, the latents of its 1,164 photographs included.
"""

import time
from dataclasses import replace

import numpy as np
import torch

from lcip import datasets, runtime, training
from lcip.distributions import latents
from lcip.distributions.evaluate import PHOTOGRAPHS
from lcip.distributions.examples import draw_examples
from lcip.distributions.fit import Batch, DistributionTask, held_out_distributions, new_model
from lcip.distributions.networks import configuration
from lcip.distributions.prior import lowest_symbol
from lcip.distributions.recipes import BEST, Recipe
from lcip.distributions.soft_histogram import histogram
from lcip.images import factorized
from lcip.images.fit import crop

runtime.setup(seed=0, threads=1)

FAMILY, QUALITY, STEPS, CROP_PX, SEED = "small", 3, 4, 256, 0
TIMED_STEPS = 200  # of the cached loop
RECIPE = replace(BEST, steps=STEPS, crops=True, copies=40, views=1, blend=0.0)
TRAINING_MEGAPIXELS = 1164 * 0.148  # of all training photographs
TARGET_PX = (512, 768)
LARGEST_DIFFERENCE = 0.01  # of two validations after as many steps


class StraightforwardTask(DistributionTask):
    """Crops through g_a, histograms and g_s, in every step.

    Args:
        base: the codec, frozen.
        pictures: uint8 (H, W, 3) each.
        task: the cached loop's, whose networks and judges are taken over.
    """

    def __init__(
        self, base: factorized.Codec, pictures: list[np.ndarray], task: DistributionTask
    ) -> None:
        super().__init__(task.model, task.examples, task.held_out, task.recipe)
        self.base, self.pictures = base, pictures
        self.medians = factorized.medians(base.model)[:, None, None]

    @torch.no_grad()
    def batch(self, draw: np.random.Generator) -> Batch:
        """Histograms of the latents of random crops; the distortion comes on the way."""
        x = torch.cat([self.random_crop(draw) for _ in range(self.recipe.batch_size)])
        y = self.base.g_a(x)  # (batch, M, 16, 16)
        noisy = y + torch.rand_like(y) - 0.5
        self.distortion = (self.base.model.g_s(noisy) - x).square().mean()
        num_bins = self.model.config.num_bins
        centred = (y - self.medians).flatten(2)
        lowest = lowest_symbol(num_bins)
        p = histogram(centred, kernel="straight-through", lowest=lowest, num_bins=num_bins)
        return Batch(p, 1.0)

    def random_crop(self, draw: np.random.Generator) -> torch.Tensor:
        """One crop of one picture, float (1, 3, 256, 256)."""
        picture = self.pictures[draw.integers(len(self.pictures))]
        top, left = (draw.integers(side - CROP_PX + 1) for side in picture.shape[:2])
        return factorized.to_tensor(crop(picture, top, left, CROP_PX))


def cached_task(base: factorized.Codec, found: latents.Latents, recipe: Recipe) -> DistributionTask:
    """The cached loop's task; the photographs judge what was fitted to them: only time matters."""
    everything, num_bins = np.arange(len(found)), configuration(FAMILY).num_bins
    examples = draw_examples(found, everything, recipe, num_bins=num_bins, seed=SEED)
    model = new_model(base, FAMILY, recipe, examples, SEED)
    return DistributionTask(
        model, examples, held_out_distributions(found, everything, num_bins), recipe
    )


def fitted(task: DistributionTask) -> tuple[float, float]:
    """(validation in bits an image of the target's size, processor seconds a step)."""
    settings = training.Settings(
        steps=task.recipe.steps,
        learning_rate=1e-3,
        schedule="constant",
        warmup_steps=0,
        gradient_clip=1.0,
        weight_decay=0.0,
        average_decay=None,
        validate_every=task.recipe.steps,
        patience=None,
        seed=SEED,
    )
    result = training.fit(task, settings, device="cpu", facts={}, progress=False)
    return result.rows[-1]["objective"], result.seconds / task.recipe.steps


@torch.no_grad()
def target_sized_seconds(base: factorized.Codec) -> float:
    """Processor seconds of g_a and g_s on a batch of target-sized images, one by one."""
    x = torch.rand(1, 3, *TARGET_PX)
    began = time.process_time()
    for _ in range(RECIPE.batch_size):
        base.model.g_s(base.g_a(x))
    return time.process_time() - began


def tell(what: str, once: float, cached_step: float, slow_step: float) -> None:
    """How long the fit takes either way."""
    ours, theirs = once + BEST.steps * cached_step, BEST.steps * slow_step
    print(
        f"{what}, {BEST.steps:,} steps: {ours:,.0f} s (of them {once:.0f} s for the latents, once) "
        f"against {theirs:,.0f} s: {theirs / ours:.1f} times"
    )


def main() -> None:
    """Both loops, and what the whole recipe costs either way."""
    base = factorized.load(FAMILY, QUALITY)
    pictures = list(datasets.bundled_photographs(PHOTOGRAPHS).values())
    began = time.perf_counter()
    found = latents.compute(base, pictures, views=RECIPE.views, device="cpu")
    pixels = sum(picture.shape[0] * picture.shape[1] for picture in pictures)
    seconds_a_megapixel = (time.perf_counter() - began) / (pixels / 1e6)
    cached, _ = fitted(cached_task(base, found, RECIPE))
    # A step is too short to be timed in so few.
    _, cached_step = fitted(cached_task(base, found, replace(RECIPE, steps=TIMED_STEPS)))
    slow, slow_step = fitted(StraightforwardTask(base, pictures, cached_task(base, found, RECIPE)))
    once = seconds_a_megapixel * TRAINING_MEGAPIXELS
    target_step = cached_step + target_sized_seconds(base)
    print(f"validation after {STEPS} steps: cached {cached:,.0f} bits, straightforward {slow:,.0f}")
    if abs(slow / cached - 1) > LARGEST_DIFFERENCE:
        raise SystemExit("the two loops do not fit the same")
    print(f"a step: cached {cached_step:.3f} s, straightforward {slow_step:.3f} s")
    tell("crops", once, cached_step, slow_step)
    tell("target-sized", once * BEST.views, cached_step, target_step)


if __name__ == "__main__":
    main()
