"""Measure chapter 2, one row an image: `python -m lcip.distributions.evaluate TABLE`.

    gap       the amortisation gap of every image (`gap`)
    kodak     every method on all of Kodak, in real bytes, decoded back (`rows`)
    bundled   the same for the photographs that scikit-image brings
    times     how long each method takes to code and to decode a Kodak image (`times`)

Rows come from the committed archives of Kodak latents (`lcip.images.streams`) and from photographs
encoded on the spot. No data set is needed. `kodak` and `bundled` take over the rows of models that
are measured already, known by the identity that their files carry; `--afresh` measures all.
"""

import argparse
import time
from collections.abc import Iterator

import pandas as pd
from tqdm import tqdm

from lcip import artifacts, datasets, results, runtime
from lcip.distributions import gap, rows, times
from lcip.images import factorized, streams

TABLE = "distributions/amortization-gap"
TABLES = {
    "gap": TABLE,
    "kodak": "distributions/kodak",
    "bundled": "distributions/bundled",
    "times": "distributions/times",
}
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
    found, identities = [], {}
    for family, quality in tqdm(committed(), desc="codecs"):
        codec = factorized.load(family, quality)
        identities[factorized.weights_name(family, quality)] = codec.identity.hex()
        facts = {"family": family, "quality": quality, "lmbda": codec.card["lmbda"]}
        found += [facts | r for r in kodak_rows(codec, family, quality)]
        found += [facts | r for r in photograph_rows(codec, list(PHOTOGRAPHS))]
    return pd.DataFrame(found), identities


def measure_methods(pictures: str, known: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """Every method on `kodak` or `bundled`, and the identities of all weights behind it."""
    parts, identities = [], {}
    for family, quality in tqdm(committed(), desc=f"methods on {pictures}"):
        codec = factorized.load(family, quality)
        identities |= rows.identities_of(codec, family, quality)
        if pictures == "kodak":
            items = list(rows.kodak(codec, family, quality))
        else:
            items = list(rows.bundled(codec))
        ours = known[(known["family"] == family) & (known["quality"] == quality)]
        parts.append(rows.measure(family, quality, items, codec, ours))
    return pd.concat(parts, ignore_index=True), identities


def recorded(table: str, afresh: bool) -> pd.DataFrame:
    """The rows of a table as they are recorded; none if there are none, or if none are wanted."""
    if afresh or table not in results.measured_names():
        return rows.EMPTY
    return results.read_measured(table).frame


def measured(what: str, afresh: bool) -> tuple[pd.DataFrame, dict[str, str]]:
    """The table of one name."""
    if what == "gap":
        return measure_all()
    if what == "times":
        return times.measure(committed())
    return measure_methods(what, recorded(TABLES[what], afresh))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=list(TABLES), nargs="?", default="gap")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--afresh", action="store_true", help="take over no row of the old table")
    given = parser.parse_args()
    runtime.setup(seed=0, threads=given.threads)
    began = time.monotonic()
    frame, identities = measured(given.what, given.afresh)
    results.write_measured(
        TABLES[given.what],
        frame,
        command=f"python -m lcip.distributions.evaluate {given.what}",
        seed=None,
        datasets={},
        wall_seconds=time.monotonic() - began,
        weights=identities,
    )


if __name__ == "__main__":
    main()
