"""Fit the networks that compress distributions: `python -m lcip.distributions.fit --quality 3`.

Loss: L = R_y + λ_q R_q + λ_x D, with λ_q = area trained on / area aimed at (768 × 512 pixels): one
q serves all positions of a latent, so its cost weighs less the larger the image. The transforms are
frozen: D does not depend on what is fitted and is left out, latents are computed once (`latents`),
and so are their histograms (`examples`). R_y is the cross-entropy of an image's distributions p and
the decoded p̂, times its number of latent positions N. With λ_q = N / 1536, L / N is

    Σ_j H(p_j, p̂_j) + R_q / 1536        bits a latent position.

Validation: whole photographs that neither these networks nor the base codec were trained on, all
their views together, q rounded. Kodak is never looked at.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import asdict, fields, replace
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from lcip import datasets, paths, runtime, training
from lcip.distributions import fitted
from lcip.distributions.examples import Examples, distribution, draw_examples
from lcip.distributions.latents import Latents, cached
from lcip.distributions.model import DistributionModel, initialise, scale_q
from lcip.distributions.networks import configuration
from lcip.distributions.prior import static_logits
from lcip.distributions.recipes import BEST, TARGET_POSITIONS, Recipe, best_for
from lcip.images import factorized
from lcip.images.fit import VALIDATION_SHARE

WHOLE_SHARE = 0.2  # of the steps see all bins, the others those in use: half the work
ANNEALED_FROM = 0.2  # share of λ_q at the beginning, where it is annealed
COUNTED_TOGETHER = 64  # photographs in a batch, when q's symbols are counted
PROBES = 64  # distributions that the first scale of q is measured on


class Batch(NamedTuple):
    """Distributions (batch, M_y, bins), and the factor of λ_q in this step."""

    p: Tensor
    side_weight: float


class DistributionTask:
    """The networks, the distributions they are fitted to, and those they are judged by.

    Args:
        model: initialised.
        examples: training distributions.
        held_out: float32 (images, M_y, B), distributions for validation.
        recipe: batch size, blends, rounding, weight of the side information.
    """

    def __init__(
        self, model: DistributionModel, examples: Examples, held_out: Tensor, recipe: Recipe
    ) -> None:
        self.model, self.examples, self.held_out = model, examples, held_out
        self.recipe = recipe

    @property
    def device(self) -> torch.device:
        """Where the model is."""
        return self.model.static_logits.device

    def batch(self, draw: np.random.Generator) -> Batch:
        """Distributions, some of them blended in pairs."""
        size = self.recipe.batch_size
        p = self.examples.take(draw.integers(len(self.examples.heights), size=size))
        if draw.random() < WHOLE_SHARE:
            p = self.examples.whole(p)
        share = draw.random(size) / 2 * (draw.random(size) < self.recipe.blend)
        share = torch.from_numpy(share).float()[:, None, None]
        return Batch(torch.lerp(p, p.flip(0), share).to(self.device), self.side_weight(draw))

    def side_weight(self, draw: np.random.Generator) -> float:
        """The factor of λ_q in the step that `draw` belongs to: it was seeded by (seed, step)."""
        rise = self.recipe.annealed_share * self.recipe.steps
        step = draw.bit_generator.seed_seq.entropy[1] if rise else 0
        return self.recipe.side_weight * (
            min(1.0, ANNEALED_FROM + (1 - ANNEALED_FROM) * step / rise) if rise else 1.0
        )

    def rates(self, p: Tensor) -> tuple[Tensor, Tensor]:
        """(Σ_j H(p_j, p̂_j) in bits a position, R_q in bits), (batch,) each."""
        prediction = self.model(p, straight_through=self.recipe.straight_through)
        return -(p * prediction.log2_p_hat).sum(dim=(1, 2)), prediction.side_bits

    def loss(self, batch: Batch) -> tuple[Tensor, dict[str, float]]:
        """L / N, mean over a batch: bits a latent position."""
        latent, side = (rate.mean() for rate in self.rates(batch.p))
        loss = latent + batch.side_weight * side / TARGET_POSITIONS
        return loss, {"bits_per_position": loss.item(), "side_bits": side.item()}

    def validate(self) -> dict[str, float]:
        """What an image of the target's size would cost; `recovered_percent` of the ideal saving.

        Bits are those of 1536 positions. `objective` is latent and side information together.
        """
        self.model.update_medians()
        p = self.held_out.to(self.device)
        latent, side = (rate.mean().item() for rate in self.rates(p))
        static, ideal = static_and_ideal_bits(p, self.model.static_logits)
        latent_bits = latent * TARGET_POSITIONS
        return {
            "objective": latent_bits + side,
            "latent_bits": latent_bits,
            "side_bits": side,
            "static_bits": static * TARGET_POSITIONS,
            "ideal_bits": ideal * TARGET_POSITIONS,
            "recovered_percent": 100
            * (static - latent - side / TARGET_POSITIONS)
            / (static - ideal),
        }


def static_and_ideal_bits(p: Tensor, static_logits: Tensor) -> tuple[float, float]:
    """Mean bits a position under the static distributions, and under the images' own."""
    static = -(p * static_logits).sum(dim=(1, 2)).mean() / np.log(2)
    ideal = -torch.special.xlogy(p, p).sum(dim=(1, 2)).mean() / np.log(2)
    return static.item(), ideal.item()


def split_photos(base: factorized.Codec, num_photos: int) -> tuple[np.ndarray, np.ndarray]:
    """(training, held out): those that the base codec was trained on, and those it was not."""
    return training.split(num_photos, VALIDATION_SHARE, base.card["seed"])


def held_out_distributions(latents: Latents, chosen: np.ndarray, num_bins: int) -> Tensor:
    """Histograms of whole photographs, all views together: float32 (images, M_y, B)."""
    return torch.stack([distribution(latents.of(i), num_bins) for i in chosen.tolist()])


def whole_photographs(
    latents: Latents, chosen: np.ndarray, base: factorized.Codec, family: str
) -> Iterator[Tensor]:
    """The distributions of whole photographs in batches, for the tables of q."""
    for part in np.array_split(chosen, max(1, len(chosen) // COUNTED_TOGETHER)):
        yield held_out_distributions(latents, part, configuration(family).num_bins)


def new_model(
    base: factorized.Codec, family: str, recipe: Recipe, examples: Examples, seed: int
) -> DistributionModel:
    """Networks with their initial weights, which the seed decides."""
    torch.manual_seed(seed)
    config = configuration(family)
    logits = torch.from_numpy(static_logits(base.tables, config.num_bins))
    model = DistributionModel(
        config, logits, corrects=recipe.corrects, standardises=recipe.standardises
    )
    initialise(model, scaled=recipe.scaled_start, init_scale=recipe.init_scale)
    if recipe.q_deviation:
        probes = np.linspace(0, len(examples.heights) - 1, PROBES).astype(int)
        scale_q(model, examples.whole(examples.take(probes)), recipe.q_deviation)
    return model


def examples_of(
    base: factorized.Codec, family: str, latents: Latents, recipe: Recipe, seed: int
) -> Examples:
    """The training distributions of a recipe, from the latents of all training photographs."""
    chosen, _ = split_photos(base, len(latents))
    num_bins = configuration(family).num_bins
    return draw_examples(latents, chosen, recipe, num_bins=num_bins, seed=seed)


def task_of(
    base: factorized.Codec,
    family: str,
    latents: Latents,
    examples: Examples,
    recipe: Recipe,
    seed: int,
) -> DistributionTask:
    """The task of a recipe, judged by the photographs that no example comes from."""
    _, held_out = split_photos(base, len(latents))
    model = new_model(base, family, recipe, examples, seed)
    judges = held_out_distributions(latents, held_out, configuration(family).num_bins)
    return DistributionTask(model, examples, judges, recipe)


def settings_of(recipe: Recipe, seed: int) -> training.Settings:
    """The training settings of a recipe."""
    return training.Settings(
        steps=recipe.steps,
        learning_rate=recipe.learning_rate,
        schedule=recipe.schedule,
        warmup_steps=min(50, recipe.steps // 10),
        gradient_clip=1.0,
        weight_decay=0.0,
        average_decay=recipe.average_decay or None,
        validate_every=max(1, recipe.steps // 10),
        patience=None,
        seed=seed,
    )


def kind_of(value: object) -> Callable[[str], object]:
    """What reads an option from the command line: its default's type, yes or no for a truth."""
    if isinstance(value, bool):
        return lambda text: {"yes": True, "no": False}[text]
    return type(value)


def arguments() -> argparse.Namespace:
    """The command line; what is left out is as for the committed weights."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--family", default="small", choices=list(factorized.FAMILIES))
    parser.add_argument("--quality", type=int, required=True, help="1 to 8: of the base codec")
    training.add_options(parser)
    recipe = parser.add_argument_group("recipe", "see lcip.distributions.recipes; yes or no")
    for field in fields(Recipe):
        default = getattr(BEST, field.name)
        option = "--" + field.name.replace("_", "-")
        recipe.add_argument(option, type=kind_of(default))
    return parser.parse_args()


def recipe_of(given: argparse.Namespace) -> Recipe:
    """The recipe of a command line: where it is silent, that of the committed weights."""
    told = {field.name: getattr(given, field.name) for field in fields(Recipe)}
    said = {name: value for name, value in told.items() if value is not None}
    return replace(best_for(given.family, given.quality), **said)


def facts_of(
    base: factorized.Codec, task: DistributionTask, family: str, quality: int, num_photos: int
) -> dict[str, object]:
    """What decides the weights beside the settings."""
    return {
        "architecture": f"h_aq and h_sq, {configuration(family)}",
        "data": f"training photographs: {num_photos - len(task.held_out)} trained on, "
        f"{len(task.held_out)} held out",
        "family": family,
        "quality": quality,
        "lmbda": base.card["lmbda"],
        "base_identity": base.identity.hex(),
        "recipe": asdict(task.recipe),
    }


def main() -> None:
    """Fit, round to what is stored, write weights and card."""
    given = arguments()
    runtime.setup(given.seed, given.threads)
    base = factorized.load(given.family, given.quality)
    recipe, items = recipe_of(given), datasets.photos()
    latents = cached(base, items, views=recipe.views, device=given.device)
    examples = examples_of(base, given.family, latents, recipe, given.seed)
    task = task_of(base, given.family, latents, examples, recipe, given.seed)
    name = fitted.weights_name(given.family, given.quality)
    checkpoint = given.checkpoint or paths.root() / "runs" / f"{name}.checkpoint.pt"
    settings = settings_of(recipe, given.seed)
    facts = facts_of(base, task, given.family, given.quality, len(latents))
    result = training.fit(task, settings, device=given.device, facts=facts, checkpoint=checkpoint)
    environment = runtime.environment_report()
    card = training.card(settings, result, **facts, device=given.device, environment=environment)
    counted = whole_photographs(latents, split_photos(base, len(latents))[0], base, given.family)
    fitted.save(task.model, given.family, given.quality, base, card, counted)
    if given.checkpoint is None:
        checkpoint.unlink()  # or the next fit would be this one again


if __name__ == "__main__":
    main()
