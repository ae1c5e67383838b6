"""A sweep of 61 translations over 24 photographs, and what batching and caching save.

    python benchmarks/motion_sweeps.py [NETWORK ...]

Kodak where it is in the data folder, else the bundled photographs in turn; random weights, which
take as long as trained ones; frames of 224 pixels, the layers of the chapter's tables, one thread.
The baseline is the same measurement one photograph and one motion at a time (`evaluate.measure`:
two passes for each pair, nothing kept), on a few of the pairs and scaled up to all.
"""

import itertools
import sys
import time
from collections.abc import Callable

import numpy as np

from lcip import datasets, runtime
from lcip.motion import evaluate, networks, survey
from lcip.motion.sweeps import PANELS, Subject, sweep, transforms

NUM_PHOTOGRAPHS = 24
BASELINE_PHOTOGRAPHS, BASELINE_MOTIONS = 2, (0, 7, 16)
TARGET_S = 120


def photographs() -> dict[str, np.ndarray]:
    """24 photographs: Kodak, or the bundled ones again and again."""
    try:
        return {item.name: datasets.read_image(item.path) for item in datasets.kodak()}
    except datasets.DatasetError:
        turns = itertools.cycle(datasets.bundled_photographs().items())
        some = itertools.islice(turns, NUM_PHOTOGRAPHS)
        return {f"{place}-{name}": pixels for place, (name, pixels) in enumerate(some)}


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the clock and of the processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def report(name: str, pictures: dict[str, np.ndarray]) -> None:
    """One network: the whole sweep, and the baseline scaled up to it."""
    network, settings = networks.load(name, networks.RANDOM, seed=0), survey.SWEEP_SETTINGS
    layers = networks.layers_of(name)
    erosion = survey.EROSION.get(name, settings.erosion)
    motions = transforms("translation_x", PANELS["translation_x"], settings.frame_px)
    few = dict(list(pictures.items())[:BASELINE_PHOTOGRAPHS])
    some = transforms("translation_x", BASELINE_MOTIONS, settings.frame_px)
    slow = timed(lambda: evaluate.measure(network, layers, few, some, settings))
    wall, cpu = timed(lambda: sweep(Subject(network, layers, erosion), pictures, motions, settings))
    scale = len(pictures) * len(motions) / (len(few) * len(some))
    print(
        f"{name:<18}{wall:>9.1f}{cpu:>9.1f}{scale * slow[1]:>12.1f}{scale * slow[1] / cpu:>8.1f}"
        f"{'yes' if cpu < TARGET_S else 'no':>8}"
    )


def main() -> None:
    """Measure the networks that are named, or a shallow and a deep one."""
    runtime.setup(seed=0, threads=1)
    pictures = photographs()
    print(f"61 translations, {len(pictures)} photographs; seconds; target {TARGET_S} s")
    print(f"{'network':<18}{'clock':>9}{'CPU':>9}{'naive CPU':>12}{'ratio':>8}{'target':>8}")
    for name in sys.argv[1:] or ("factorized-small", "resnet18"):
        report(name, pictures)


if __name__ == "__main__":
    main()
