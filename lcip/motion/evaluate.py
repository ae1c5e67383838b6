"""One row a measurement: every network, layer, motion and photograph, into `motion/warping`.

`python -m lcip.motion.evaluate` writes `data/measured/motion/warping.csv` and its provenance.
"""

import argparse
import hashlib
import time
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from lcip import datasets, results, runtime
from lcip.errors import refusal
from lcip.motion import networks
from lcip.motion.affine import MotionError
from lcip.motion.compare import Comparison, Settings, run
from lcip.motion.frames import Transform
from lcip.motion.tap import Network

TABLE = "motion/warping"
BOOK = Settings(
    frame_px=256, input_interpolation="bicubic", latent_interpolation="bilinear", erosion=1.0
)
# The four motions of the published figure, and translations by multiples of some strides.
TRANSFORMS = (
    Transform("identity", 0),
    Transform("translation_x", 8),
    Transform("translation_x", 16),
    Transform("translation_x", 32),
    Transform("translation_x", 35),
    Transform("rotation", 10),
    Transform("scale_x", 1.2),
    Transform("shear_x", 10),
)
KEYS = (
    "network", "weights", "layer", "stride", "transform", "parameter", "unit", "image", "frame_px",
    "input_interpolation", "latent_interpolation", "erosion_fraction",
)  # fmt: skip
VALUES = ("nrmse", "unmoved_nrmse", "valid_fraction")


def row(
    network: Network,
    layer: str,
    transform: Transform,
    image: str,
    comparison: Comparison,
    settings: Settings,
) -> dict[str, object]:
    """One measurement and all that it depends on; `unmoved_nrmse` is that of doing nothing."""
    return {
        "network": network.name,
        "weights": network.weights,
        "layer": layer,
        "stride": network.layer(layer).stride,
        "transform": transform.kind,
        "parameter": float(transform.amount),
        "unit": transform.unit,
        "image": image,
        "nrmse": comparison.nrmse,
        "unmoved_nrmse": comparison.nrmse_unmoved,
        "valid_fraction": comparison.valid_fraction,
        "frame_px": settings.frame_px,
        "input_interpolation": settings.input_interpolation,
        "latent_interpolation": settings.latent_interpolation,
        "erosion_fraction": float(settings.erosion),
    }


def measure(
    network: Network,
    layers: Sequence[str],
    photographs: Mapping[str, np.ndarray],
    transforms: Iterable[Transform],
    settings: Settings,
) -> pd.DataFrame:
    """A row for each transform, photograph and layer, in this order of nesting."""
    rows = []
    for transform in transforms:
        for image, photograph in photographs.items():
            _, found = run(network, list(layers), photograph, transform, settings)
            for layer, comparison in found.items():
                rows.append(row(network, layer, transform, image, comparison, settings))
    return pd.DataFrame(rows)


def agreement(live: pd.DataFrame, recorded: pd.DataFrame) -> pd.DataFrame:
    """The rows of `live` that `recorded` holds too, made under the same settings.

    Columns: the keys, `<value>` and `<value>_recorded` for each measured value, and `gap`, the
    largest absolute difference among them. Rows that were never recorded are left out.
    """
    both = live.merge(recorded, on=list(KEYS), suffixes=("", "_recorded"), validate="1:1")
    gaps = [(both[value] - both[f"{value}_recorded"]).abs() for value in VALUES]
    return both.assign(gap=pd.concat(gaps, axis=1).max(axis=1))


def mean_over_images(rows: pd.DataFrame, value: str) -> pd.DataFrame:
    """Mean of `value` over the images: a line for each transform, a column for each stride."""
    if value not in VALUES:
        raise MotionError(refusal("value", value, VALUES, "choose a measured column"))
    lines = ["transform", "parameter", "unit"]
    table = rows.groupby([*lines, "stride"], sort=False)[value].mean().unstack("stride")
    return table[sorted(table.columns)]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure our g_a, trained and untrained, on all bundled photographs, and write the table."""
    parser = argparse.ArgumentParser(
        prog="python -m lcip.motion.evaluate", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--quality", type=int, required=True, help="quality of the trained codec")
    parser.add_argument("--seed", type=int, required=True, help="seed of the untrained control")
    given = parser.parse_args(arguments)
    runtime.setup(seed=given.seed, threads=1)
    began = time.monotonic()
    photographs = datasets.bundled_photographs()
    compared = (networks.trained(given.quality), networks.untrained(given.seed))
    tables = [measure(n, networks.STAGES, photographs, TRANSFORMS, BOOK) for n in compared]
    results.write_measured(
        TABLE,
        pd.concat(tables, ignore_index=True),
        command=f"python -m lcip.motion.evaluate --quality {given.quality} --seed {given.seed}",
        seed=given.seed,
        datasets={name: _digest(pixels) for name, pixels in photographs.items()},
        weights={compared[0].weights: networks.identity(given.quality)},
        wall_seconds=time.monotonic() - began,
    )


def _digest(pixels: np.ndarray) -> str:
    """SHA-256 of the samples of a photograph, row by row."""
    return hashlib.sha256(np.ascontiguousarray(pixels)).hexdigest()


if __name__ == "__main__":
    main()
