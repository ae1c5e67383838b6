"""What notebook 37 compares: edge-only, cloud-only and shared inference, in seconds and joules.

* **edge only**: a whole classifier at the sensor. PointNet without transforms, or one of the
  codec's own networks, encoder and decoder in one place. At most a label travels.
* **cloud only**: the cloud of points travels, raw or compressed, and PointNet classifies it there.
  What an input codec computes is left out, in its favour.
* **shared**: the codec's packet travels; encoder at the sensor, decoder in the cloud.
"""

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from lcip import coding, metrics
from lcip.errors import LcipError, refusal
from lcip.pointcloud import choice
from lcip.pointcloud.latency import (
    CLOUD,
    Carrier,
    Setting,
    Way,
    at_edge,
    envelope,
    label_bytes,
    through_link,
)
from lcip.pointcloud.models import NUM_CLASSES, SIZES
from lcip.pointcloud.times import Steps

EDGE, CLOUD_ONLY, SHARED = "edge only", "cloud only", "shared"
POINTNET = "PointNet"
WIDEST = "full"  # its network is PointNet's own
INPUT_CODECS = {"tmc13": "TMC13", "octree": "octree"}  # Draco's are dearer than both
COORDINATE_BYTES = 2  # as the data set is stored: int16
Ways = dict[str, list[Way]]


def raw_bytes(num_points: int) -> int:
    """Bytes of a cloud as it is stored: three int16 a point."""
    return num_points * 3 * COORDINATE_BYTES


def chosen(frame: pd.DataFrame, num_points: int, least_percent: float) -> pd.DataFrame:
    """Of each size the model of fewest payload bits among those accurate enough, a row a size.

    Judged by the held-out clouds, never by the test set. Where no model of a size is accurate
    enough, its most accurate one; the column `reaches` tells.

    Args:
        frame: rows of `pointcloud/modelnet40`.
        least_percent: accuracy on the held-out clouds.

    Raises:
        LcipError: no model for this number of points.
    """
    rows = frame[frame["num_points"] == num_points]
    if rows.empty:
        trained = sorted(set(frame["num_points"]))
        step = "choose one that models were trained for"
        raise LcipError(refusal("num_points", num_points, trained, step))
    picked = {size: _pick(rows[rows["size"] == size], least_percent) for size in SIZES}
    table = pd.DataFrame([row for row in picked.values() if row is not None])
    table["reaches"] = table["validation_accuracy_percent"] >= least_percent
    return table.set_index("size")


def _pick(rows: pd.DataFrame, least_percent: float) -> pd.Series | None:
    if rows.empty:
        return None
    good = rows[rows["validation_accuracy_percent"] >= least_percent]
    if good.empty:
        return rows.loc[rows["validation_accuracy_percent"].idxmax()]
    return good.loc[good["payload_bits"].idxmin()]


def timed_weights(size: str, num_points: int, lmbda: float) -> str:
    """The name of the committed weights of a size that are nearest to a trained model.

    How long a network takes depends on its size alone, not on the values of its weights.
    """
    models = [model for model in choice.trained() if model.size == size]
    if not models:
        step = "train one with python -m lcip.pointcloud.fit"
        raise LcipError(refusal(f"weights of {size}", "none", "at least one model", step))
    far = [abs(math.log(m.num_points / num_points)) for m in models]
    off = [abs(math.log(m.lmbda / lmbda)) for m in models]
    return min(zip(far, off, models, strict=True))[2].name


def packet_bytes(payload_bits: Mapping[str, float]) -> dict[str, float]:
    """Bytes of a packet of each size, from the mean bits of its payload."""
    return {size: bits / 8 + coding.PACKET_OVERHEAD for size, bits in payload_bits.items()}


def input_codec_bytes(
    measured: pd.DataFrame | None, published: pd.DataFrame, least_percent: float
) -> dict[str, float]:
    """Bytes of a compressed cloud that PointNet still takes for the right class that often.

    Each codec may choose its number of points and its setting by the test set: the cheapest row of
    our measurements that is accurate enough, without headers. Where nothing was measured, the
    published curve of TMC13 between its points.

    Args:
        measured: `pointcloud/input_codecs`, or None.
        published: `pc_rate_accuracy_points`.
    """
    if measured is not None:
        rows = measured[measured["test_accuracy_percent"] >= least_percent]
        least = rows.groupby("codec")["payload_bits"].min()
        return {INPUT_CODECS[c]: float(least[c]) / 8 for c in INPUT_CODECS if c in least}
    rows = published[(published["codec"] == "tmc13") & (published["classifier"] == POINTNET)]
    bits = metrics.rate_at_quality(
        rows["bits"], rows["acc_top1_percent"], at=least_percent, interpolation="linear"
    )
    return {"TMC13, published": bits / 8}


def latency_ways(
    steps: Mapping[str, Steps],
    classifier_s: float,
    packets: Mapping[str, float],
    clouds: Mapping[str, float],
    setting: Setting,
    *,
    own_networks: bool,
) -> Ways:
    """All ways in seconds, by kind.

    Args:
        steps: of the codec of each size.
        classifier_s: of PointNet.
        packets: mean bytes of a packet of each size.
        clouds: bytes of the cloud itself, by name of the input codec.
        own_networks: beside PointNet, put the codec's smaller networks whole at the sensor.
    """
    label = label_bytes(NUM_CLASSES)
    edge = [at_edge(f"{EDGE}: {POINTNET}", classifier_s, label, setting)]
    edge += [
        at_edge(f"{EDGE}: {size}", times.whole_s, label, setting)
        for size, times in steps.items()
        if own_networks and size != WIDEST
    ]
    cloud = [
        through_link(f"{CLOUD_ONLY}: {name}", 0.0, classifier_s, size_bytes, label, setting)
        for name, size_bytes in clouds.items()
    ]
    shared = [
        through_link(
            f"{SHARED}: {size}", times.encode_s, times.decode_s, packets[size], label, setting
        )
        for size, times in steps.items()
    ]
    return {EDGE: edge, CLOUD_ONLY: cloud, SHARED: shared}


def energy_ways(
    work: pd.DataFrame,
    num_points: int,
    packets: Mapping[str, float],
    clouds: Mapping[str, float],
    joules_per_mac: float,
    carrier: Carrier,
) -> Ways:
    """All ways in joules spent at the sensor, by kind; the answer is wanted in the cloud.

    Args:
        work: multiply-accumulates, `encoder_mac_per_point` and `decoder_mac` of each size.
    """
    setting = Setting(joules_per_mac, 1.0, 0.0, carrier, CLOUD)  # a MAC "takes" joules
    encoder = {size: num_points * int(work["encoder_mac_per_point"][size]) for size in work.index}
    whole = {size: encoder[size] + int(work["decoder_mac"][size]) for size in work.index}
    label = label_bytes(NUM_CLASSES)
    names = {WIDEST: POINTNET}
    edge = [
        at_edge(f"{EDGE}: {names.get(size, size)}", whole[size], label, setting)
        for size in work.index
        if size in packets or size == WIDEST
    ]
    cloud = [
        through_link(f"{CLOUD_ONLY}: {name}", 0, 0, size_bytes, label, setting)
        for name, size_bytes in clouds.items()
    ]
    shared = [
        through_link(f"{SHARED}: {size}", encoder[size], 0, size_bytes, label, setting)
        for size, size_bytes in packets.items()
    ]
    return {EDGE: edge, CLOUD_ONLY: cloud, SHARED: shared}


def flat(ways: Ways) -> list[Way]:
    """All ways in one list."""
    return [way for group in ways.values() for way in group]


def best(ways: Ways, per_second: float) -> pd.DataFrame:
    """Which way costs least at which rates, from the slowest link on; rates in bit/s."""
    return pd.DataFrame(
        envelope(flat(ways), per_second), columns=["way", "from_bit_s", "to_bit_s"]
    ).set_index("way")


def shared_interval(ways: Ways, per_second: float) -> tuple[float, float] | None:
    """The rates, in bit/s, between which some shared way costs least; None: at no rate.

    Shared ways lie side by side in the envelope, or the interval spans what is between them.
    """
    rows = best(ways, per_second)
    rows = rows[rows.index.str.startswith(SHARED)]
    return None if rows.empty else (rows["from_bit_s"].min(), rows["to_bit_s"].max())


def carried_bits(messages: Mapping[str, float], carriers: Sequence[Carrier]) -> pd.DataFrame:
    """All bits of messages (bytes by name) on every carrier: a row a message, a column a carrier.

    >>> carried_bits({"label": 1}, [Carrier("UDP", 28, None)]).to_numpy().tolist()
    [[232]]
    """
    return pd.DataFrame(
        {carrier.name: {n: carrier.bits(b) for n, b in messages.items()} for carrier in carriers}
    )


def batched_bits(payload_bits: float, carrier: Carrier, num_clouds: int) -> float:
    """Bits a cloud where `num_clouds` payloads share one message, each with a byte of length.

    >>> batched_bits(40, Carrier("UDP", 28, None), 1), batched_bits(40, Carrier("UDP", 28, None), 7)
    (304.0, 84.57142857142857)
    """
    payload_bytes = num_clouds * (payload_bits / 8 + 1) + coding.PACKET_OVERHEAD
    return carrier.bits(payload_bytes) / num_clouds
