"""Measure codecs on photographs: one row for every codec, setting and picture.

    python -m lcip.images.evaluate bundled traditional   →  measured/images/bundled-traditional
    python -m lcip.images.evaluate bundled learned       →  measured/images/bundled-learned
    python -m lcip.images.evaluate kodak traditional     →  measured/images/kodak-traditional
    python -m lcip.images.evaluate kodak learned         →  measured/images/kodak-learned
    python -m lcip.images.evaluate kodak zoo             →  measured/images/kodak-zoo

`learned` are our own codecs of every family and quality that has weights, `zoo` CompressAI's
pretrained ones, where they have been fetched. `lcip.images.kodak` makes one table of Kodak's.

A row holds the bytes of the whole file, the rate they make in bits per pixel, what the decoded file
is worth (PSNR over all RGB samples with peak 255; MS-SSIM) and how long encoding and decoding took:
processor time of this process, the median of `repeats` runs. The traditional codecs use one thread;
a learned one uses as many as `lcip.runtime.setup` was given.
"""

import argparse
import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import NamedTuple, TypeVar

import numpy as np
import pandas as pd
from tqdm import tqdm

from lcip import artifacts, datasets, metrics, results, runtime
from lcip.errors import LcipError, refusal
from lcip.images import classical

PEAK = 255
COMMAND = "python -m lcip.images.evaluate"
TITLES = {
    "small": "factorised prior (ours)",
    "paper-low": "factorised prior, wide (ours)",
    "paper-high": "factorised prior, widest (ours)",
    "zoo": "factorised prior (CompressAI)",
}
Result = TypeVar("Result")


class Row(NamedTuple):
    """One file: who made it, what it weighs, what it is worth, how long it took."""

    codec: str
    setting: float
    image: str
    num_pixels: int
    file_bytes: int
    rate_bpp: float
    psnr_rgb_db: float
    ms_ssim: float
    encode_ms: float
    decode_ms: float


@dataclass(frozen=True)
class Entrant:
    """A codec in the race: its settings from coarse to fine, and how to use it at one of them.

    `encode(rgb, setting) -> bytes` gives a whole file, `decode(data, setting) -> rgb` reads it.
    """

    name: str
    title: str
    is_learned: bool
    settings: tuple[float, ...]
    encode: Callable[[np.ndarray, float], bytes]
    decode: Callable[[bytes, float], np.ndarray]


def traditional(names: Iterable[str], num_settings: int) -> list[Entrant]:
    """Codecs of `classical.CODECS` at `num_settings` settings each."""
    return [
        Entrant(
            name,
            classical.known(name).title,
            False,
            classical.sweep(name, num_settings),
            partial(classical.encode, name),
            lambda data, setting: classical.decode(data),
        )
        for name in names
    ]


def learned(family: str) -> list[Entrant]:
    """The factorised-prior codec of a family, its settings the qualities with weights; or []."""
    from lcip.images import factorized  # here, because it loads compressai

    qualities = tuple(available_qualities(family))
    if not qualities:
        return []
    codecs = {quality: factorized.load(family, quality) for quality in qualities}
    return [
        Entrant(
            f"factorized-{family}",
            TITLES[family],
            True,
            qualities,
            lambda rgb, setting: codecs[setting].compress(rgb),
            lambda data, setting: codecs[setting].decompress(data),
        )
    ]


def available_qualities(family: str) -> list[int]:
    """The qualities of a family that have weights: committed, or, of the zoo, fetched."""
    if family == "zoo":
        from lcip.images import zoo

        return [quality for quality in range(1, 9) if zoo.is_available(quality)]
    prefix = f"images/factorized-{family}-q"
    names = [name for name in artifacts.weights_names() if name.startswith(prefix)]
    return sorted(int(name.removeprefix(prefix)) for name in names)


def measure(
    entrants: Iterable[Entrant], photographs: Mapping[str, np.ndarray], *, repeats: int
) -> pd.DataFrame:
    """Every entrant at every one of its settings on every photograph, as a table of `Row`s.

    Raises:
        LcipError: no photograph, fewer than 1 repeat, or what codec and metrics refuse (MS-SSIM
            asks for more than 160 pixels on both sides).
    """
    if not photographs or repeats < 1:
        found = f"{len(photographs)}, {repeats}"
        raise LcipError(refusal("photographs, repeats", found, "at least 1 each", "give more"))
    rows = [
        measure_one(entrant, setting, image, rgb, repeats)
        for entrant in entrants
        for setting in entrant.settings
        for image, rgb in photographs.items()
    ]
    return pd.DataFrame(rows, columns=Row._fields)


def measure_one(entrant: Entrant, setting: float, image: str, rgb: np.ndarray, repeats: int) -> Row:
    """One file, encoded and decoded `repeats` times."""
    data, encode_ms = timed(lambda: entrant.encode(rgb, setting), repeats)
    decoded, decode_ms = timed(lambda: entrant.decode(data, setting), repeats)
    return Row(
        entrant.name,
        float(setting),
        image,
        rgb.shape[0] * rgb.shape[1],
        len(data),
        metrics.bits_per_pixel(len(data), height=rgb.shape[0], width=rgb.shape[1]),
        metrics.psnr_db(rgb, decoded, peak=PEAK),
        metrics.ms_ssim(rgb, decoded, peak=PEAK),
        encode_ms,
        decode_ms,
    )


def timed(call: Callable[[], Result], repeats: int) -> tuple[Result, float]:
    """What `call` returns, and the median processor time of `repeats` calls in milliseconds."""
    times_ms = []
    for _ in range(repeats):
        began = time.process_time()
        result = call()
        times_ms.append(1000 * (time.process_time() - began))
    return result, median(times_ms)


def agreement(fresh: pd.DataFrame, recorded: pd.DataFrame) -> pd.DataFrame:
    """How far a fresh table of rows is from a recorded one, one line a codec that both have.

    Rows are matched by codec, setting, image and number of pixels. Columns: `num_files` compared,
    `num_equal_sizes` of them, the largest differences `bytes_percent`, `psnr_rgb_db`, `ms_ssim`.
    """
    key = ["codec", "setting", "image", "num_pixels"]
    both = fresh.merge(recorded, on=key, suffixes=("", "_recorded"))
    bytes_gap = (both["file_bytes"] - both["file_bytes_recorded"]).abs()
    gaps = pd.DataFrame(
        {
            "codec": both["codec"],
            "equal": bytes_gap == 0,
            "bytes_percent": 100 * bytes_gap / both["file_bytes_recorded"],
            "psnr_rgb_db": (both["psnr_rgb_db"] - both["psnr_rgb_db_recorded"]).abs(),
            "ms_ssim": (both["ms_ssim"] - both["ms_ssim_recorded"]).abs(),
        }
    )
    counts = {"num_files": ("equal", "size"), "num_equal_sizes": ("equal", "sum")}
    largest = {name: (name, "max") for name in ("bytes_percent", "psnr_rgb_db", "ms_ssim")}
    columns = counts | largest
    return gaps.groupby("codec", sort=False).agg(**columns).reindex(columns=list(columns))


def is_exact(codec: str) -> bool:
    """Whether a codec's files are the same bytes on every processor."""
    return codec in classical.CODECS and classical.CODECS[codec].exact


def photographs_of(name: str) -> dict[str, np.ndarray]:
    """The pictures of a set: `bundled` (with scikit-image) or `kodak`."""
    if name == "bundled":
        return datasets.bundled_photographs()
    return {item.name: datasets.read_image(item.path) for item in datasets.kodak()}


def chosen_photographs(
    names: Iterable[str], own_folder: str, largest_side_px: int
) -> dict[str, np.ndarray]:
    """Bundled photographs by name, or all of a folder of one's own, named `own/<file>`.

    What is longer or wider than `largest_side_px` is cropped to its middle, not resized.
    """
    if own_folder:
        items = datasets.images_in(own_folder)
        photographs = {f"own/{item.name}": datasets.read_image(item.path) for item in items}
    else:
        photographs = datasets.bundled_photographs(names)
    return {name: middle(rgb, largest_side_px) for name, rgb in photographs.items()}


def middle(rgb: np.ndarray, largest_side_px: int) -> np.ndarray:
    """The middle of a picture (H, W, 3): at most `largest_side_px` rows and columns."""
    top, left = (max(0, side - largest_side_px) // 2 for side in rgb.shape[:2])
    return rgb[top : top + largest_side_px, left : left + largest_side_px]


def write(pictures: str, who: str, *, num_settings: int, repeats: int, seed: int) -> None:
    """Measure the traditional codecs, our own, or the zoo's, on a set of pictures."""
    began = time.monotonic()
    photographs = photographs_of(pictures)
    entrants = entrants_of(who, num_settings)
    parts = [measure([one], photographs, repeats=repeats) for one in tqdm(entrants, desc=pictures)]
    options = f"--settings {num_settings} " if who == "traditional" else ""
    results.write_measured(
        f"images/{pictures}-{who}",
        pd.concat(parts, ignore_index=True),
        command=f"{COMMAND} {pictures} {who} {options}--repeats {repeats}",
        seed=seed,
        datasets={image: digest(rgb) for image, rgb in photographs.items()},
        weights=identities(entrants),
        wall_seconds=time.monotonic() - began,
    )


def entrants_of(who: str, num_settings: int) -> list[Entrant]:
    """Who is measured: `traditional`, `learned` (all our families) or `zoo`; nobody is refused."""
    if who == "traditional":
        return traditional(classical.CODECS, num_settings)
    families = ("zoo",) if who == "zoo" else ("small", "paper-low", "paper-high")
    entrants = [entrant for family in families for entrant in learned(family)]
    if not entrants:
        next_step = "run `lcip fetch bmshj2018-factorized`, or train with lcip.images.fit"
        raise LcipError(refusal(f"number of {who} codecs", 0, "1 or more", next_step))
    return entrants


def identities(entrants: Iterable[Entrant]) -> dict[str, str]:
    """The model behind every setting of the learned entrants: its identity by its name."""
    from lcip.images import factorized

    found = {}
    for entrant in (one for one in entrants if one.is_learned):
        family = entrant.name.removeprefix("factorized-")
        for quality in entrant.settings:
            identity = factorized.load(family, quality).identity.hex()
            found[f"images/{entrant.name}-q{quality}"] = identity
    return found


def digest(rgb: np.ndarray) -> str:
    """SHA-256 of a picture's shape and pixels."""
    return hashlib.sha256(repr(rgb.shape).encode() + rgb.tobytes()).hexdigest()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pictures", choices=("bundled", "kodak"))
    parser.add_argument("who", choices=("traditional", "learned", "zoo"))
    parser.add_argument("--settings", type=int, default=10, help="of each traditional codec")
    parser.add_argument("--repeats", type=int, default=1, help="runs that a time is the median of")
    given = parser.parse_args()
    runtime.setup(seed=0, threads=1)
    write(given.pictures, given.who, num_settings=given.settings, repeats=given.repeats, seed=0)


if __name__ == "__main__":
    main()
