"""From which size on sending distributions pays: `python -m lcip.distributions.image_size`.

Side information costs the same whatever the size of an image, and its weight λ_q = trained area /
target area is chosen for one size. Here the committed networks are fitted on for every other size,
shortly, with λ_q for that size, and Kodak's latents are coded at all of them:

* smaller than 768 × 512: the middle of each latent, from the committed archives;
* larger: the latent repeated side by side, then cut. That is a picture as varied in each of its
  parts as the original, and no more varied as a whole: its distributions are the original's, only
  more symbols share them. No photographs of these sizes are at hand, and a real one of 4K will be
  more varied; its saving lies below.

Rows of method `adaptive` come twice: fitted to their own size, and fitted to 768 × 512.
"""

import argparse
import copy
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
from torch import Tensor
from tqdm import tqdm

from lcip import datasets, results, runtime, training
from lcip.distributions import backward, balcilar2022, fitted, ideal, side, static
from lcip.distributions.adaptive import Adaptive
from lcip.distributions.codec import ImageCodec
from lcip.distributions.examples import Examples
from lcip.distributions.fit import (
    DistributionTask,
    examples_of,
    held_out_distributions,
    settings_of,
    split_photos,
)
from lcip.distributions.integers import exact_synthesis
from lcip.distributions.latents import cached
from lcip.distributions.methods import Method
from lcip.distributions.model import DistributionModel
from lcip.distributions.prior import static_log2
from lcip.distributions.recipes import BEST, TARGET_POSITIONS
from lcip.distributions.refine import refiner
from lcip.distributions.rows import identities_of, sizes
from lcip.images import factorized, streams
from lcip.images.factorized import STRIDE

TABLE = "distributions/image-size"
# Height and width, pixels.
SIZES = (
    (64, 64),
    (128, 128),
    (256, 256),
    (512, 512),
    (512, 768),
    (1024, 1536),
    (2160, 3840),
)
KODAK = (512, 768)
IMAGES = 8  # the first of Kodak
LEARNING_RATE = 1e-3  # the networks are fitted already


def resized(symbols: np.ndarray, height: int, width: int) -> np.ndarray:
    """The middle of a latent (M, h, w) for an image of this size; larger ones repeat it.

    An upright latent is turned first.
    """
    if symbols.shape[1] > symbols.shape[2]:
        symbols = symbols.swapaxes(1, 2)
    wanted = (height // STRIDE, width // STRIDE)
    found = symbols
    for axis, length in enumerate(wanted, start=1):
        have = found.shape[axis]
        start = max((have - length) // 2, 0)
        found = np.take(found, (start + np.arange(length)) % have, axis=axis)
    return np.ascontiguousarray(found)


class SizedTask(DistributionTask):
    """Networks that exist, fitted on and judged for images of another number of positions."""

    def validate(self) -> dict[str, float]:
        """As in `DistributionTask`; the objective is the cost of an image of the size aimed at."""
        found = super().validate()
        share = 1 / self.recipe.side_weight  # of 1536 positions
        return found | {"objective": share * found["latent_bits"] + found["side_bits"]}


def fitted_to(
    size: tuple[int, int],
    found: fitted.Fitted,
    examples: Examples,
    held_out: Tensor,
    steps: int,
    seed: int,
) -> DistributionModel:
    """A copy of fitted networks, fitted on with λ_q for images of a size (height, width)."""
    positions = (size[0] // STRIDE) * (size[1] // STRIDE)
    weight = TARGET_POSITIONS / positions
    recipe = replace(BEST, steps=steps, learning_rate=LEARNING_RATE, side_weight=weight)
    model = copy.deepcopy(found.model)
    model.requires_grad_(True)
    model.bottleneck.quantiles.requires_grad_(False)
    task = SizedTask(model, examples, held_out, recipe)
    training.fit(task, settings_of(recipe, seed), device="cpu", facts={})
    model.update_medians()
    return model.eval()


def adaptive_of(model: DistributionModel, base: factorized.Codec) -> Adaptive:
    """The codec of networks that were never saved."""
    logs = static_log2(base.tables, model.config.num_bins)
    medians = side.medians(model.bottleneck).numpy()
    tables = side.q_tables(model.bottleneck)
    synthesis = exact_synthesis(
        model.h_sq, medians, logs if model.corrects else np.zeros_like(logs)
    )
    return Adaptive(refiner(model, tables), synthesis, tables, model.config.q_shape, bytes(32))


def unfitted(base: factorized.Codec, family: str, quality: int) -> list[Method]:
    """The methods that need no networks."""
    modules = (static, ideal, balcilar2022, backward)
    return [module.make(base, family, quality) for module in modules]


def rows_of(
    method: Method, fitted_px: int, base: factorized.Codec, kodak: list[streams.Coded], size: tuple
) -> Iterator[dict[str, object]]:
    """What every image costs at a size, decoded back."""
    codec = ImageCodec(base, method)
    for item in kodak:
        symbols = resized(item.symbols, *size)
        coded = streams.Coded(item.name, b"", symbols, *size)
        bits = method.estimated_bits(symbols).total_bits if method.name == "ideal" else 0.0
        latent, side_bytes, file = sizes(codec, coded, bits)
        yield {
            "method": method.name,
            "image": item.name,
            "num_pixels": size[0] * size[1],
            "num_pixels_fitted_to": fitted_px,
            "payload_latent_bytes": latent,
            "payload_side_bytes": side_bytes,
            "file_bytes": file,
        }


def models_of(
    base: factorized.Codec, family: str, quality: int, steps: int, seed: int
) -> dict[tuple[int, int], DistributionModel]:
    """Networks for every size; those of 768 × 512 are the committed ones."""
    found = fitted.load(family, quality, base)
    latents = cached(base, datasets.photos(), views=BEST.views, device="cpu")
    examples = examples_of(base, family, latents, BEST, seed)
    chosen = split_photos(base, len(latents))[1]
    held_out = held_out_distributions(latents, chosen, found.config.num_bins)
    fits = {
        size: fitted_to(size, found, examples, held_out, steps, seed)
        for size in tqdm(SIZES, desc="fits")
        if size != KODAK
    }
    return fits | {KODAK: found.model}


def measure(
    family: str, quality: int, steps: int, seed: int
) -> tuple[pd.DataFrame, dict[str, str]]:
    """The whole table, and the identities of the weights behind it."""
    base = factorized.load(family, quality)
    kodak = streams.read(base, streams.stream_name(family, quality))[:IMAGES]
    models = models_of(base, family, quality, steps, seed)
    found = []
    for size in tqdm(SIZES, desc="sizes"):
        pixels = size[0] * size[1]
        made = [(method, 0) for method in unfitted(base, family, quality)]
        made.append((adaptive_of(models[size], base), pixels))
        if size != KODAK:
            made.append((adaptive_of(models[KODAK], base), KODAK[0] * KODAK[1]))
        for method, fitted_px in made:
            found += rows_of(method, fitted_px, base, kodak, size)
    facts = pd.DataFrame({"family": family, "quality": quality}, index=range(len(found)))
    return facts.join(pd.DataFrame(found)), identities_of(base, family, quality)


def savings(table: pd.DataFrame) -> pd.DataFrame:
    """Mean saving over `static` and share of side information, per method, size and fit; percent.

    Means are of rates over the images, as in Kodak's table.
    """
    key = ["method", "num_pixels", "num_pixels_fitted_to"]
    totals = table.groupby(key, sort=False)[["file_bytes", "payload_side_bytes"]].sum()
    totals = totals.reset_index()
    static_bytes = totals[totals["method"] == "static"].set_index("num_pixels")["file_bytes"]
    base = totals["num_pixels"].map(static_bytes)
    totals["saving_percent"] = 100 * (1 - totals["file_bytes"] / base)
    totals["side_percent"] = 100 * totals["payload_side_bytes"] / totals["file_bytes"]
    return totals.drop(columns=["file_bytes", "payload_side_bytes"])


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--family", default="small", choices=list(factorized.FAMILIES))
    parser.add_argument("--quality", type=int, default=3, help="1 to 8: of the base codec")
    parser.add_argument("--steps", type=int, default=200, help="of every fit")
    parser.add_argument("--seed", type=int, default=1234)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    runtime.setup(given.seed, given.threads)
    began = time.monotonic()
    table, identities = measure(given.family, given.quality, given.steps, given.seed)
    results.write_measured(
        TABLE,
        table,
        command=f"python -m lcip.distributions.image_size --family {given.family}"
        f" --quality {given.quality} --steps {given.steps}",
        seed=given.seed,
        datasets={"photos": datasets.fingerprint(datasets.photos())},
        wall_seconds=time.monotonic() - began,
        weights=identities,
    )


if __name__ == "__main__":
    main()
