"""One row a measurement: every network, layer, motion and photograph, into two measured tables.

`python -m lcip.motion.evaluate --quality 3 --seed 0` writes `motion/warping` (the prediction's
error under each motion) and `motion/offsets` (where each layer looks, and what believing otherwise
costs).
"""

import argparse
import hashlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from lcip import datasets, results, runtime
from lcip.motion import networks, offsets
from lcip.motion.compare import Settings, run
from lcip.motion.frames import Transform
from lcip.motion.rows import facts
from lcip.motion.tap import Network

WARPING, OFFSETS = "motion/warping", "motion/offsets"
WARPING_VALUES = ("nrmse", "unmoved_nrmse", "valid_fraction")
OFFSETS_VALUES = ("offset_px", "nrmse")
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
# Large, so that half a stride of offset moves what is read by a good part of a sample.
OFFSETS_TRANSFORM = Transform("rotation", 30)


def measure(
    network: Network,
    layers: Sequence[str],
    photographs: Mapping[str, np.ndarray],
    transforms: Iterable[Transform],
    settings: Settings,
) -> pd.DataFrame:
    """A row for each transform, photograph and layer, in this order of nesting.

    `unmoved_nrmse` is the error of doing nothing: the still layer where it is, over the same mask.
    """
    rows = []
    for transform in transforms:
        for image, photograph in photographs.items():
            _, found = run(network, list(layers), photograph, transform, settings)
            for layer, comparison in found.items():
                values = {
                    "nrmse": comparison.nrmse,
                    "unmoved_nrmse": comparison.nrmse_unmoved,
                    "valid_fraction": comparison.valid_fraction,
                }
                rows.append(facts(network, layer, transform, image, settings) | values)
    return pd.DataFrame(rows)


def measure_offsets(
    network: Network,
    layers: Sequence[str],
    photographs: Mapping[str, np.ndarray],
    transform: Transform,
    settings: Settings,
) -> pd.DataFrame:
    """A row for each photograph, layer and belief about where the layer looks (see `offsets`)."""
    rows, motion = [], transform.motion(settings.frame_px)
    for image, photograph in photographs.items():
        _, found = run(network, list(layers), photograph, transform, settings)
        for name in layers:
            beliefs = offsets.beliefs_px(network, name, photograph)
            layer, places = network.layer(name), list(beliefs.values())
            errors = offsets.scan(found[name], layer, motion, settings, places)
            for belief, offset_px, nrmse in zip(beliefs, places, errors, strict=True):
                values = {"belief": belief, "offset_px": offset_px, "nrmse": nrmse}
                rows.append(facts(network, name, transform, image, settings) | values)
    return pd.DataFrame(rows)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure our g_a, trained and untrained, on all bundled photographs; write both tables."""
    parser = argparse.ArgumentParser(
        prog="python -m lcip.motion.evaluate", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--quality", type=int, required=True, help="quality of the trained codec")
    parser.add_argument("--seed", type=int, required=True, help="seed of the untrained control")
    given = parser.parse_args(arguments)
    runtime.setup(seed=given.seed, threads=1)
    photographs = datasets.bundled_photographs()
    compared = (networks.trained(given.quality), networks.untrained(given.seed))
    record = {
        "command": f"python -m lcip.motion.evaluate --quality {given.quality} --seed {given.seed}",
        "seed": given.seed,
        "datasets": {name: _digest(pixels) for name, pixels in photographs.items()},
        "weights": {compared[0].weights: networks.identity(given.quality)},
    }
    work = {
        WARPING: lambda n: measure(n, networks.STAGES, photographs, TRANSFORMS, BOOK),
        OFFSETS: lambda n: measure_offsets(
            n, networks.STAGES, photographs, OFFSETS_TRANSFORM, BOOK
        ),
    }
    for table, make in work.items():
        _write(table, make, compared, record)


def _write(
    table: str,
    make: Callable[[Network], pd.DataFrame],
    compared: Sequence[Network],
    record: Mapping[str, object],
) -> None:
    began = time.monotonic()
    rows = pd.concat([make(network) for network in compared], ignore_index=True)
    results.write_measured(table, rows, wall_seconds=time.monotonic() - began, **record)


def _digest(pixels: np.ndarray) -> str:
    """SHA-256 of the samples of a photograph, row by row."""
    return hashlib.sha256(np.ascontiguousarray(pixels)).hexdigest()


if __name__ == "__main__":
    main()
