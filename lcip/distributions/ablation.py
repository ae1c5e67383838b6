"""What each idea of the recipe is worth: `python -m lcip.distributions.ablation`.

One row a step from the thesis's plain recipe to ours, each fitted anew with equally many steps, all
judged by the same held-out photographs (`fit`), estimated with rounded symbols and rounded q. Then,
of the committed weights: what the longer fit adds, and what the encoder's search for a better q.
Kodak is not looked at.
"""

import argparse
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from lcip import datasets, results, runtime, training
from lcip.distributions import fitted, side
from lcip.distributions.fit import (
    examples_of,
    held_out_distributions,
    settings_of,
    split_photos,
    static_and_ideal_bits,
    task_of,
)
from lcip.distributions.latents import Latents, cached
from lcip.distributions.prior import static_logits
from lcip.distributions.recipes import BEST, REJECTED, TARGET_POSITIONS, Recipe, path
from lcip.images import factorized

TABLE = "distributions/ablation"
COLUMNS = ("static_bits", "ideal_bits", "latent_bits", "side_bits", "recovered_percent")


def plan() -> list[tuple[str, bool, Recipe]]:
    """(what changes, whether it is kept, recipe) of every short fit."""
    steps = [(name, True, recipe) for name, recipe in path()]
    last = steps[-1][2]
    return steps + [(name, False, replace(last, **changes)) for name, changes in REJECTED]


def fitted_rows(base: factorized.Codec, family: str, latents: Latents, seed: int) -> list[dict]:
    """One row a short fit; recipes that draw alike share their examples."""
    rows, drawn = [], {}
    for name, kept, recipe in plan():
        key = (recipe.crops, recipe.copies, recipe.smallest_part)
        if key not in drawn:
            drawn = {key: examples_of(base, family, latents, recipe, seed)}
        began = time.process_time()
        task = task_of(base, family, latents, drawn[key], recipe, seed)
        result = training.fit(task, settings_of(recipe, seed), device="cpu", facts={})
        figures = next(row for row in result.rows if row["step"] == result.best_step)
        rows.append(
            {
                "step": name,
                "kept": kept,
                "num_steps": recipe.steps,
                "fit_seconds": round(time.process_time() - began, 1),
                **{column: figures[column] for column in COLUMNS},
            }
        )
    return rows


def committed_rows(found: fitted.Fitted, held_out: Tensor, static: Tensor) -> list[dict]:
    """The committed weights as they answer, and with the encoder's search."""
    seconds, steps = found.card["train_seconds"], found.card["steps"]
    ways = {
        "fitted for longer": found.analyse,
        "the encoder's search for q": lambda p: found.refiner(p, TARGET_POSITIONS),
    }
    static_bits, ideal_bits = (
        TARGET_POSITIONS * bits for bits in static_and_ideal_bits(held_out, static)
    )
    rows = []
    for name, analyse in ways.items():
        costs = [cost(found, p, analyse(p)) for p in held_out.numpy()]
        latent_bits, side_bits = np.mean(costs, axis=0).tolist()
        saved = static_bits - latent_bits - side_bits
        figures = (
            static_bits,
            ideal_bits,
            latent_bits,
            side_bits,
            100 * saved / (static_bits - ideal_bits),
        )
        facts = {"step": name, "kept": True, "num_steps": steps, "fit_seconds": seconds}
        rows.append(facts | dict(zip(COLUMNS, figures, strict=True)))
    return rows


@torch.no_grad()
def cost(found: fitted.Fitted, p: np.ndarray, s_q: np.ndarray) -> tuple[float, float]:
    """Latent and side bits of distributions (M_y, B) of 1536 positions, coded with s_q."""
    q_hat = torch.from_numpy(s_q).float() + found.model.medians()
    log2_p_hat = found.model.log2_p_hat(q_hat[None])[0].double().numpy()
    latent_bits = -TARGET_POSITIONS * float((p * log2_p_hat).sum())
    return latent_bits, side.bits(s_q.astype(np.int32), found.q_tables)


def measure(family: str, quality: int, latents: Latents, seed: int) -> list[dict[str, object]]:
    """All rows of a base codec."""
    base = factorized.load(family, quality)
    rows = fitted_rows(base, family, latents, seed)
    found = fitted.load(family, quality, base)
    num_bins = found.config.num_bins
    chosen = split_photos(base, len(latents))[1]
    held_out = held_out_distributions(latents, chosen, num_bins)
    static = torch.from_numpy(static_logits(base.tables, num_bins))
    rows += committed_rows(found, held_out, static)
    return [{"family": family, "quality": quality} | row for row in rows]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--family", default="small", choices=list(factorized.FAMILIES))
    parser.add_argument("--qualities", type=int, nargs="+", default=[3])
    parser.add_argument("--seed", type=int, default=1234)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    runtime.setup(given.seed, given.threads)
    began, items, rows, identities = time.monotonic(), datasets.photos(), [], {}
    for quality in given.qualities:
        base = factorized.load(given.family, quality)
        latents = cached(base, items, views=BEST.views, device="cpu")
        rows += measure(given.family, quality, latents, given.seed)
        identities[factorized.weights_name(given.family, quality)] = base.identity.hex()
        name = fitted.weights_name(given.family, quality)
        identities[name] = fitted.weights_identity(given.family, quality).hex()
    results.write_measured(
        TABLE,
        pd.DataFrame(rows),
        command="python -m lcip.distributions.ablation",
        seed=given.seed,
        datasets={"photos": datasets.fingerprint(items)},
        wall_seconds=time.monotonic() - began,
        weights=identities,
    )


if __name__ == "__main__":
    main()
