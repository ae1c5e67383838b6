"""Measure the amortisation gap of every image: `python -m lcip.distributions.evaluate`.

Rows come from the committed archives of Kodak latents (`lcip.images.streams`) and, encoded on the
spot, from the photographs that scikit-image brings. No data set is needed.
"""

import argparse
import time
from collections.abc import Iterator

import pandas as pd
from tqdm import tqdm

from lcip import artifacts, datasets, results, runtime
from lcip.distributions import gap
from lcip.images import factorized, streams

TABLE = "distributions/amortization-gap"
PHOTOGRAPHS = ("astronaut", "chelsea", "coffee", "motorcycle_left", "rocket")


def row(codec: factorized.Codec, data_set: str, item: streams.Coded) -> dict[str, object]:
    """What one coded image costs, under the static distributions and under its own."""
    measured = gap.measure(item.symbols, codec.tables)
    return {
        "data_set": data_set,
        "image": item.name,
        "num_pixels": item.num_pixels,
        "num_symbols": item.symbols.size,
        "static_bits": float(measured.static_bits.sum()),
        "ideal_bits": float(measured.ideal_bits.sum()),
        "gap_bits": measured.gap_bits,
        "gap_percent": measured.gap_percent,
        "payload_bytes": len(codec.encode_symbols(item.symbols)),
        "file_bytes": len(item.file),
    }


def photograph_rows(codec: factorized.Codec, names: list[str]) -> Iterator[dict[str, object]]:
    """Rows of the bundled photographs, compressed now."""
    for name, rgb in datasets.bundled_photographs(names).items():
        yield row(codec, "bundled", streams.coded(codec, name, codec.compress(rgb)))


def kodak_rows(codec: factorized.Codec, family: str, quality: int) -> Iterator[dict[str, object]]:
    """Rows of Kodak, decoded from the committed archive."""
    for item in streams.read(codec, streams.stream_name(family, quality)):
        yield row(codec, "kodak", item)


def committed() -> list[tuple[str, int]]:
    """(family, quality) of every committed Kodak archive."""
    return [
        (family, quality)
        for family in factorized.FAMILIES
        for quality in range(1, len(factorized.LMBDAS) + 1)
        if streams.stream_name(family, quality) in artifacts.stream_names()
    ]


def measure_all() -> tuple[pd.DataFrame, dict[str, str]]:
    """The whole table, and the identity of every model behind it."""
    rows, identities = [], {}
    for family, quality in tqdm(committed(), desc="codecs"):
        codec = factorized.load(family, quality)
        identities[factorized.weights_name(family, quality)] = codec.identity.hex()
        facts = {"family": family, "quality": quality, "lmbda": codec.card["lmbda"]}
        rows += [facts | r for r in kodak_rows(codec, family, quality)]
        rows += [facts | r for r in photograph_rows(codec, list(PHOTOGRAPHS))]
    return pd.DataFrame(rows), identities


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    runtime.setup(seed=0, threads=given.threads)
    began = time.monotonic()
    rows, identities = measure_all()
    results.write_measured(
        TABLE,
        rows,
        command="python -m lcip.distributions.evaluate",
        seed=None,
        datasets={},
        wall_seconds=time.monotonic() - began,
        weights=identities,
    )


if __name__ == "__main__":
    main()
