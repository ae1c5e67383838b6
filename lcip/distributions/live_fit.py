"""A fit small enough for a page: a few photographs, some hundred steps.

The same task, recipe and loop as for the committed weights (`fit`), with photographs that are at
hand instead of the training set's; it also remembers what every step cost above the bound.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from lcip.distributions import latents
from lcip.distributions.examples import draw_examples
from lcip.distributions.fit import Batch, DistributionTask, held_out_distributions, new_model
from lcip.distributions.networks import configuration
from lcip.distributions.recipes import Recipe
from lcip.images import factorized


class RecordedTask(DistributionTask):
    """The task of a fit, which remembers how far above the bound every step's batch was.

    `excess` holds, for every step, its loss less the entropy of its batch's distributions, in bits
    a latent position. Batches differ more in their entropies than by what is learned in a step.
    """

    excess: list[float]

    def loss(self, batch: Batch) -> tuple[Tensor, dict[str, float]]:
        """As in `DistributionTask`."""
        loss, figures = super().loss(batch)
        ideal = -torch.special.xlogy(batch.p, batch.p).sum(dim=(1, 2)).mean() / np.log(2)
        self.excess.append(loss.item() - ideal.item())
        return loss, figures


def live_task(
    codec: factorized.Codec,
    family: str,
    pictures: Sequence[np.ndarray],
    num_held_out: int,
    recipe: Recipe,
    seed: int,
) -> RecordedTask:
    """The task of fitting a recipe to pictures, uint8 (H, W, 3); the last ones only judge."""
    found = latents.compute(codec, pictures, views=recipe.views, device="cpu", progress=False)
    train, held_out = np.split(np.arange(len(pictures)), [len(pictures) - num_held_out])
    num_bins = configuration(family).num_bins
    examples = draw_examples(found, train, recipe, num_bins=num_bins, seed=seed)
    model = new_model(codec, family, recipe, examples, seed)
    task = RecordedTask(model, examples, held_out_distributions(found, held_out, num_bins), recipe)
    task.excess = []
    return task


def running_mean(values: Sequence[float], width: int) -> np.ndarray:
    """The mean of each value and the up to `width` − 1 before it: float64, as long as `values`.

    >>> running_mean([2, 4, 6, 8], 2).tolist()
    [2.0, 3.0, 5.0, 7.0]
    """
    total = np.concatenate([[0.0], np.cumsum(values)])
    last = np.arange(1, len(total))
    first = np.maximum(last - width, 0)
    return (total[last] - total[first]) / (last - first)
