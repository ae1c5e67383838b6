"""The parameters of this chapter's notebooks: one dataclass a notebook, and the lists they share.

`lcip params` reads this file without running it: values are literals, or names that the source of
`lcip` assigns.
"""

from dataclasses import dataclass
from pathlib import Path

from lcip import notebook

NUM_POINTS = (8, 16, 32, 64, 128, 256, 512, 1024)
NETWORKS = (
    "bare link", "LoRaWAN, 250 bit/s", "LoRaWAN, 5,470 bit/s", "UDP over IPv4", "UDP over IPv6",
)  # fmt: skip
LARGEST_SEED = 4_294_967_295


@dataclass(frozen=True)
class EdgeCloud:
    """Notebook 37."""

    num_points: int = notebook.parameter(1024, "points of a cloud", choices=NUM_POINTS)
    accuracy_percent: float = notebook.parameter(
        80.0, "least accuracy on held-out clouds", unit="%", low=10.0, high=88.0
    )
    edge_slowdown: float = notebook.parameter(
        100.0, "the sensor's computer, times slower than this one", low=0.0, high=1e6
    )
    cloud_speedup: float = notebook.parameter(
        10.0, "the cloud's computer, times quicker than this one", low=0.001, high=1e6
    )
    round_trip_ms: float = notebook.parameter(
        40.0, "of an empty message and its echo", unit="ms", low=0.0, high=1e6
    )
    network: str = notebook.parameter(
        "UDP over IPv4", "whose headers are looked at closely", choices=NETWORKS
    )
    picojoules_per_mac: float = notebook.parameter(
        4.6, "energy of a multiply-accumulate at the sensor", unit="pJ", low=0.0, high=1e6
    )
    transmit_watt: float = notebook.parameter(
        0.1, "power of the sensor's transmitter", unit="W", low=1e-6, high=1e3
    )
    repeats: int = notebook.parameter(30, "how often each step is timed", low=1, high=10_000)
    seed: int = notebook.parameter(7, "of the drawn points", low=0, high=LARGEST_SEED)


SOLIDS = ("chair", "table", "stool", "cone", "bowl", "bottle", "vase", "bookshelf")
OWN = "an OFF, PLY or NPY file, instead"
ITEM = "a test cloud of ModelNet40 (index), instead; needs the data set"


@dataclass(frozen=True)
class CriticalPoints:
    """Notebook 34."""

    cloud: str = notebook.parameter("chair", "the object that is looked at", choices=SOLIDS)
    own_object: Path | None = notebook.parameter(None, OWN)
    item: int | None = notebook.parameter(None, ITEM, low=0, high=2467)
    solids: list[str] = notebook.parameter(list(SOLIDS), "objects counted", choices=SOLIDS)
    num_points: int = notebook.parameter(1024, "points of each object", low=20, high=20_000)
    bits: float = notebook.parameter(
        30.0, "mean payload that the codecs looked at come nearest to", low=1.0, high=10_000.0
    )
    azimuth_deg: float = notebook.parameter(
        90.0,
        "of the upright plane in which reach is drawn; 90: +y",
        unit="deg",
        low=0.0,
        high=360.0,
    )
    seed: int = notebook.parameter(7, "of the drawn points", low=0, high=LARGEST_SEED)


@dataclass(frozen=True)
class Reconstruction:
    """Notebook 35."""

    cloud: str = notebook.parameter("chair", "the object that is sent", choices=SOLIDS)
    own_object: Path | None = notebook.parameter(None, OWN)
    item: int | None = notebook.parameter(None, ITEM, low=0, high=2467)
    classes: list[str] = notebook.parameter(
        ["airplane", "bathtub", "bottle", "chair", "guitar", "lamp", "monitor", "toilet"],
        "classes of the gallery (at most 40)",
    )
    which: int = notebook.parameter(
        0, "how many test clouds of each class to pass by", low=0, high=19
    )
    num_rates: int = notebook.parameter(4, "codecs of each size", low=1, high=10)
    num_points: int = notebook.parameter(1024, "points of the object", low=4, high=20_000)
    seed: int = notebook.parameter(7, "of the drawn points", low=0, high=LARGEST_SEED)


SIZES = ("full", "lite", "micro")
BITS = ("estimated_bits", "payload_bits", "file_bits")


@dataclass(frozen=True)
class RateAccuracy:
    """Notebook 33."""

    num_points: int = notebook.parameter(1024, "points of a cloud", choices=NUM_POINTS)
    accuracy_percent: float = notebook.parameter(
        80.0, "where bits are read off the curves", unit="%", low=10.0, high=88.0
    )
    bits: str = notebook.parameter(
        "payload_bits", "which of our bits stand beside those of others", choices=BITS
    )
    size: str = notebook.parameter("micro", "the codec looked at class by class", choices=SIZES)
    rate: int = notebook.parameter(
        3, "which of its committed models, from the lowest rate", low=1, high=10
    )
    num_clouds: int = notebook.parameter(2468, "test clouds classified live", low=1, high=2468)
    seed: int = notebook.parameter(7, "of the process", low=0, high=LARGEST_SEED)


@dataclass(frozen=True)
class Limits:
    """Notebook 36."""

    prior: str = notebook.parameter(
        "test", "how frequent the classes are", choices=("test", "uniform")
    )
    accuracy_percent: float = notebook.parameter(
        80.0, "the accuracy that is asked for", unit="%", low=5.0, high=100.0
    )
    small_accuracy_percent: float = notebook.parameter(
        30.0, "a lower one, where classes are given up", unit="%", low=5.0, high=99.0
    )
    num_points: int = notebook.parameter(1024, "points of a cloud", choices=NUM_POINTS)
    seed: int = notebook.parameter(7, "of the process", low=0, high=LARGEST_SEED)


@dataclass(frozen=True)
class Training:
    """Notebook 32."""

    data: str = notebook.parameter(
        "solids", "what is trained on; modelnet40 needs LCIP_DATA", choices=("solids", "modelnet40")
    )
    size: str = notebook.parameter("micro", "of the codecs", choices=SIZES)
    lmbdas: list[float] = notebook.parameter(
        [3.0, 10.0, 30.0, 100.0, 300.0, 1000.0],
        "weight of the cross-entropy, for each codec of the stack",
        unit="bit/nat",
        low=0.001,
        high=1e6,
    )
    num_points: int = notebook.parameter(64, "points of a cloud", low=4, high=1024)
    num_each: int = notebook.parameter(100, "solids of a class to train on", low=8, high=10_000)
    num_held_out: int = notebook.parameter(50, "others that only judge", low=1, high=10_000)
    stretch: float = notebook.parameter(1.5, "largest factor along an axis", low=1.0, high=10.0)
    turn_deg: float = notebook.parameter(60.0, "largest turn", unit="deg", low=0.0, high=180.0)
    missing: float = notebook.parameter(0.3, "largest share that is not seen", low=0.0, high=0.9)
    epochs: int = notebook.parameter(60, "passes over the training clouds", low=1, high=10_000)
    learning_rate: float = notebook.parameter(0.008, "peak", low=1e-6, high=1.0)
    seed: int = notebook.parameter(1, "of data, weights and noise", low=0, high=4_294_967_294)
