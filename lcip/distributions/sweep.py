"""How much a prior should weigh, and what else counts may do: `python -m lcip.distributions.sweep`.

Two priors, the static distributions and those that `adaptive` sends, times three ways to count:

    plain        every symbol counts for ever; α swept
    forgetting   counts are halved beyond a number of symbols; α and that number swept
    local        the neighbours choose among three sets of counts, too

Each setting is weighed on the photographs that were kept from the base codec's training, and only
there are the rules of `backward`, `hybrid` and `local` chosen: one for all qualities. Kodak is
weighed for the record.
"""

import argparse
import time
from itertools import product

import numpy as np
import pandas as pd
from tqdm import tqdm

from lcip import datasets, results, runtime, training
from lcip.distributions import adaptive, codec, evaluate, gap, rows
from lcip.distributions.counting import FOREVER, ONE, Rule, channel_bits
from lcip.images import factorized, streams
from lcip.images.fit import VALIDATION_SHARE

TABLE = "distributions/counting"
WEIGHTS = {
    "plain": (10, 20, 40, 60, 80, 120, 240, 480),
    "forgetting": (8, 16, 24, 40),
    "local": (16, 24),
}
MEMORIES = {"plain": (FOREVER,), "forgetting": (48, 64, 96), "local": (64, 96)}
THRESHOLDS, SHARE = (3, 8), ONE // 16  # of `local`
PRIORS = ("static", "sent")


def settings() -> list[tuple[str, Rule]]:
    """(way to count, rule) of every setting."""
    return [
        (way, Rule(weight, memory, THRESHOLDS if way == "local" else (), SHARE * (way == "local")))
        for way in WEIGHTS
        for weight, memory in product(WEIGHTS[way], MEMORIES[way])
    ]


def validation(seed: int) -> list[datasets.Item]:
    """The photographs that a base codec trained with this seed has not seen."""
    items = datasets.photos()
    return [items[i] for i in training.split(len(items), VALIDATION_SHARE, seed)[1]]


def priors_of(base: factorized.Codec, family: str, quality: int, symbols: np.ndarray) -> dict:
    """Prior tables and bits of side information, by the name of the prior."""
    found = {"static": (base.tables, 0.0)}
    if quality in codec.qualities(family, "adaptive"):
        _, tables, estimate = adaptive.make(base, family, quality).choose(symbols)
        found["sent"] = (tables, estimate.side_bits)
    return found


def weigh(
    base: factorized.Codec, family: str, quality: int, latents: list[np.ndarray]
) -> list[dict[str, object]]:
    """One row for each prior and setting: bits of all latents together."""
    gaps = [gap.measure(symbols, base.tables) for symbols in latents]
    common = {
        "num_images": len(latents),
        "static_bits": sum(float(g.static_bits.sum()) for g in gaps),
        "ideal_bits": sum(float(g.ideal_bits.sum()) for g in gaps),
    }
    priors = [priors_of(base, family, quality, symbols) for symbols in latents]
    found = []
    for prior, (way, rule) in product(priors[0], settings()):
        pairs = [(symbols, each[prior]) for symbols, each in zip(latents, priors, strict=True)]
        bits = sum(channel_bits(symbols, tables, rule).sum() for symbols, (tables, _) in pairs)
        found.append(
            {
                "prior": prior,
                "counting": way,
                "num_prior_symbols": rule.prior_weight,
                "num_memory_symbols": rule.memory,
                "latent_bits": float(bits),
                "side_bits": sum(side for _, (_, side) in pairs),
                **common,
            }
        )
    return found


def measure() -> tuple[pd.DataFrame, dict[str, str]]:
    """The whole table, and the identities of all weights behind it."""
    found, identities = [], {}
    for family, quality in tqdm(evaluate.committed(), desc="counting"):
        base = factorized.load(family, quality)
        identities |= rows.identities_of(base, family, quality)
        held_out = validation(base.card["seed"])
        photographs = [base.symbols(datasets.read_image(item.path)) for item in held_out]
        kodak = [item.symbols for item in streams.read(base, streams.stream_name(family, quality))]
        for data_set, latents in (("validation", photographs), ("kodak", kodak)):
            facts = {"family": family, "quality": quality, "data_set": data_set}
            found += [facts | row for row in weigh(base, family, quality, latents)]
    return pd.DataFrame(found), identities


def recovered_percent(table: pd.DataFrame) -> pd.Series:
    """The saving of every row as a share of the ideal one, in per cent; estimates, no files."""
    saving = table["static_bits"] - table["latent_bits"] - table["side_bits"]
    return 100 * saving / (table["static_bits"] - table["ideal_bits"])


def chosen(table: pd.DataFrame) -> pd.DataFrame:
    """For each prior and way to count the setting that is best on the validation photographs.

    Best in the mean over base codecs of the share of the ideal saving; one row a base codec and
    data set, with `recovered_percent`.
    """
    table = table.assign(recovered_percent=recovered_percent(table))
    kind, setting = ["prior", "counting"], ["num_prior_symbols", "num_memory_symbols"]
    own = table[table["data_set"] == "validation"]
    means = own.groupby([*kind, *setting], sort=False)["recovered_percent"].mean()
    best = pd.DataFrame(list(means.groupby(kind, sort=False).idxmax()), columns=[*kind, *setting])
    return best.merge(table, on=[*kind, *setting], how="left")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    runtime.setup(seed=0, threads=given.threads)
    began = time.monotonic()
    table, identities = measure()
    results.write_measured(
        TABLE,
        table,
        command="python -m lcip.distributions.sweep",
        seed=None,
        datasets={"photos": datasets.fingerprint(datasets.photos())},
        wall_seconds=time.monotonic() - began,
        weights=identities,
    )


if __name__ == "__main__":
    main()
