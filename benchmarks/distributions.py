"""Our codec against CompressAI's own `compress` and `decompress`, on the same base model.

    python benchmarks/distributions.py --family small --quality 3

Every picture is coded by CompressAI's FactorizedPrior (its own entropy coder and containers of
strings, `update()` called beforehand) and by each of our methods, from pixels to bytes and back;
all share the same weights. Times are processor seconds with one thread, the least of some
repetitions, the codecs taking turns; ratios are against CompressAI's. What must hold is at most
1.25 for `static` and `adaptive` from the size of a Kodak image on, 512 × 768 pixels, to which the
pictures are cut unless `--whole` is given. The transforms take most of the time, and are the same
for all. `adaptive` searches for its side information, at the same price for every size of image: a
small one pays it, too.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from lcip import datasets, runtime
from lcip.distributions import codec, methods
from lcip.images import factorized

BASELINE = "CompressAI"
LIMIT = 1.25
KODAK_PX = 512, 768


@dataclass(frozen=True)
class Entrant:
    """A codec: pixels to something, and back."""

    name: str
    encode: Callable[[np.ndarray], object]
    decode: Callable[[object], np.ndarray]


def compressai_entrant(base: factorized.Codec) -> Entrant:
    """CompressAI's own way."""
    model = base.model
    model.update(force=True)

    @torch.no_grad()
    def encode(rgb: np.ndarray) -> object:
        x = factorized.pad(factorized.to_tensor(rgb))
        return model.compress(x), rgb.shape[:2]

    @torch.no_grad()
    def decode(coded: object) -> np.ndarray:
        found, (height, width) = coded
        x_hat = model.decompress(found["strings"], found["shape"])["x_hat"]
        return factorized.to_image(x_hat[..., :height, :width])

    return Entrant(BASELINE, encode, decode)


def our_entrant(base: factorized.Codec, name: str, family: str, quality: int) -> Entrant:
    """One of our methods."""
    one = codec.ImageCodec(base, methods.method_of(name, base, family, quality))
    return Entrant(name, one.compress, one.decompress)


def seconds(work: Callable[[], object]) -> float:
    """Processor time of one call."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def measure(
    entrants: list[Entrant], pictures: list[np.ndarray], repetitions: int
) -> dict[str, tuple[float, float]]:
    """Least seconds for encoding and decoding, summed over the pictures."""
    totals = {entrant.name: np.zeros(2) for entrant in entrants}
    for rgb in pictures:
        coded = {entrant.name: entrant.encode(rgb) for entrant in entrants}
        least = {entrant.name: np.full(2, np.inf) for entrant in entrants}
        for _ in range(repetitions):
            for one in entrants:
                taken = (
                    seconds(lambda one=one, rgb=rgb: one.encode(rgb)),
                    seconds(lambda one=one, coded=coded: one.decode(coded[one.name])),
                )
                least[one.name] = np.minimum(least[one.name], taken)
        for name, pair in least.items():
            totals[name] += pair
    return {name: (float(pair[0]), float(pair[1])) for name, pair in totals.items()}


def transforms(base: factorized.Codec) -> Entrant:
    """g_a and g_s alone, with no coding between them."""
    return Entrant(
        "transforms only",
        lambda rgb: (base.symbols(rgb), *rgb.shape[:2]),
        lambda coded: base.reconstruct(*coded),
    )


def main() -> None:
    """Measure, print a table, and say whether the limit holds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--family", default="small")
    parser.add_argument("--quality", type=int, default=3)
    parser.add_argument("--methods", default="static,adaptive", help="names, with commas")
    parser.add_argument("--photographs", default="retina,hubble_deep_field")
    parser.add_argument("--whole", action="store_true", help="do not cut the photographs")
    parser.add_argument("--repetitions", type=int, default=5)
    given = parser.parse_args()
    runtime.setup(seed=0, threads=1)
    base = factorized.load(given.family, given.quality)
    names = given.methods.split(",")
    ours = [our_entrant(base, name, given.family, given.quality) for name in names]
    entrants = [compressai_entrant(base), transforms(base), *ours]
    pictures = list(datasets.bundled_photographs(given.photographs.split(",")).values())
    if not given.whole:
        pictures = [rgb[: KODAK_PX[0], : KODAK_PX[1]] for rgb in pictures]
    times = measure(entrants, pictures, given.repetitions)
    print(f"{'':<18}{'encode s':>10}{'ratio':>7}{'decode s':>10}{'ratio':>7}")
    for name, (encoding, decoding) in times.items():
        ratios = encoding / times[BASELINE][0], decoding / times[BASELINE][1]
        print(f"{name:<18}{encoding:>10.3f}{ratios[0]:>7.2f}{decoding:>10.3f}{ratios[1]:>7.2f}")
        if name in ("static", "adaptive") and max(ratios) > LIMIT:
            print(f"  {name} takes more than {LIMIT} times as long as {BASELINE}")


if __name__ == "__main__":
    main()
