"""How much of a saving against a coder of whole clouds is that coder's headers.

TMC13's bitstream of a cloud has a floor that does not depend on the cloud: at scale 1, where next
to nothing is said, it still takes 72 bits. A codec that needs 30 bits for its answer beats the
floor alone. Two bounds say what is left without it: TMC13 with its floor taken off, and an octree
coder on our own range coder that writes no header at all.
"""

import math

import pandas as pd

from lcip import metrics, results
from lcip.pointcloud.bd_table import compare_if_possible
from lcip.pointcloud.rate_accuracy import NOT_TRAINED, rate_at
from lcip.results import clouds, derivations

OCTREES = {"octree, from scratch": "from scratch", "octree, trained prior": "trained prior"}


def floor_bits(curve: metrics.Curve) -> float:
    """The rate of the cheapest point of a curve: what is paid when nothing is said."""
    return float(curve.rate[0])


def without_floor(curve: metrics.Curve) -> metrics.Curve:
    """The curve with its floor taken off every rate; its first point, now free, is left out.

    >>> without_floor(metrics.curve([72, 172, 272], [4.0, 50.0, 60.0], "tmc13")).rate
    array([100., 200.])
    """
    return metrics.Curve((curve.rate - curve.rate[0])[1:], curve.quality[1:])


def anchors() -> dict[str, metrics.Curve]:
    """What the codecs are held against, by name: published, without its floor, and measured here.

    Those of `pointcloud/input_codecs` are left out until it is measured.
    """
    published = derivations.accuracy_curve(*derivations.ANCHOR)
    found = {"TMC13, published": published, "… less its floor": without_floor(published)}
    try:
        ours = clouds.input_curve("tmc13", "v14", "payload_bits")
    except results.MissingTableError:
        return found
    found |= {"TMC13, measured here": ours, "… less its floor, measured": without_floor(ours)}
    for name, variant in OCTREES.items():
        points = clouds.input_curve("octree", variant, "payload_bits")
        found[name] = metrics.Curve(points.rate[points.rate > 0], points.quality[points.rate > 0])
    return found


def anchor() -> tuple[str, metrics.Curve]:
    """TMC13 by name and curve: as measured here, else as published."""
    found = anchors()
    name = "TMC13, measured here" if "TMC13, measured here" in found else "TMC13, published"
    return name, found[name]


def share_table(tests: dict[str, metrics.Curve | None], at: float) -> pd.DataFrame:
    """Bits of each anchor at an accuracy, and BD-rate of each test curve against it, in per cent.

    `overhead`: of the bits that the first test curve saves against TMC13 as it is, the share that
    it does not save against this anchor, in per cent.

    Args:
        tests: curves by name, None where one is not trained; the first is there and reaches `at`.
        at: an accuracy in per cent that the anchors reach.
    """
    rows, found = {}, anchors()
    least = rate_at(next(test for test in tests.values() if test is not None), at)
    for name, anchor in found.items():
        bits = rate_at(anchor, at)
        base = rate_at(found[_base(name, found)], at)
        row = {f"bits at {at:g} %": f"{bits:.0f}"}
        row["overhead"] = f"{100 * (base - bits) / (base - least):.0f} %"
        for test_name, test in tests.items():
            row[test_name] = NOT_TRAINED if test is None else _bd_text(anchor, test)
        rows[name] = row
    return pd.DataFrame.from_dict(rows, orient="index")


def _base(name: str, found: dict[str, metrics.Curve]) -> str:
    """TMC13 as published for what was published, as measured here for all that is measured."""
    names = list(found)
    return names[0] if names.index(name) < 2 else names[2]


def _bd_text(anchor: metrics.Curve, test: metrics.Curve) -> str:
    rate = compare_if_possible(anchor, test)[1]
    return "too few models" if math.isnan(rate) else f"{rate:.1f} %"
