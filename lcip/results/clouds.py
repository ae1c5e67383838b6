"""Numbers of chapter 3 from the measured tables: a curve is the models of one size and P.

Published curves are lower convex hulls over λ, picked with the accuracy on the test set. So that
like is held against like, a measured curve is the hull of its models' test accuracies, too; what
the validation split alone would have picked is a number of its own.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from lcip import metrics
from lcip.errors import refusal
from lcip.results.derivations import accuracy_curve
from lcip.results.extractors import ARITHMETIC, OWN, PUBLISHED, extractor
from lcip.results.measured import MissingTableError, read_measured
from lcip.results.tables import ResultsError

TABLE = "pointcloud/modelnet40"
INPUT_TABLE = "pointcloud/input_codecs"
AIRPLANE_TABLE = "pointcloud/airplane"
ALL_POINTS = (8, 16, 32, 64, 128, 256, 512, 1024)
RATES = ("estimated_bits", "payload_bits", "file_bits")
ACCURACY = "test_accuracy_percent"
FEWEST_POINTS = 3  # of a curve that is compared as a whole
BETWEEN_CURVES = "pchip"
PROOF_BITS = 1e-7


def cloud_models(size: str, num_points: int) -> pd.DataFrame:
    """The trained models of one size and P, by λ.

    Raises `MissingTableError` where none is trained.
    """
    frame = read_measured(TABLE).frame
    rows = frame[frame["size"].eq(size) & frame["num_points"].eq(int(num_points))]
    if rows.empty:
        raise _not_trained(size, num_points)
    return rows.sort_values("lmbda", ignore_index=True)


def cloud_curve(size: str, num_points: int, rate_column: str) -> metrics.Curve:
    """The models of one size and P that no mixture of others beats: bits, accuracy in per cent."""
    return hull(cloud_models(size, num_points), rate_column, f"{size}, P = {num_points}")


def input_curve(codec: str, variant: str, rate_column: str) -> metrics.Curve:
    """A coder of whole clouds, over all P and settings: bits, accuracy in per cent."""
    frame = read_measured(INPUT_TABLE).frame
    rows = frame[frame["codec"].eq(codec) & frame["variant"].eq(variant)]
    if rows.empty:
        what = f"{INPUT_TABLE} ({codec}, {variant})"
        raise MissingTableError(what, f"table {what} is not measured yet")
    return hull(rows, rate_column, f"{codec}, {variant}")


def hull(rows: pd.DataFrame, rate_column: str, name: str) -> metrics.Curve:
    """The rows on the lower convex hull of rate and accuracy, as a curve."""
    if rate_column not in RATES:
        step = "say which of the three kinds of bits"
        raise ResultsError(refusal("rate_column", rate_column, RATES, step))
    keep = metrics.lower_convex_hull(rows[rate_column], rows[ACCURACY])
    return metrics.curve(rows[rate_column].iloc[keep], rows[ACCURACY].iloc[keep], name)


@extractor(OWN)
def cloud_best_accuracy(size: str, num_points: int) -> float:
    """Highest test accuracy over the λ of a curve, in per cent: what the thesis prints."""
    return cloud_models(size, num_points)[ACCURACY].max()


@extractor(OWN)
def cloud_chosen_accuracy(size: str, num_points: int) -> float:
    """Test accuracy of the model that is best on the validation split, in per cent."""
    rows = cloud_models(size, num_points)
    return rows[ACCURACY][rows["validation_accuracy_percent"].idxmax()]


@extractor(OWN)
def cloud_best_accuracy_drop(from_size: str, to_size: str) -> float:
    """Highest test accuracy of one size over all P and λ less that of another, in points."""
    frame = read_measured(TABLE).frame
    best = frame.groupby("size")[ACCURACY].max()
    for size in (from_size, to_size):
        if size not in best:
            raise _not_trained(size, "any")
    return best[from_size] - best[to_size]


@extractor(OWN)
def cloud_bits_at_accuracy(size: str, num_points: int, rate_column: str, at: float) -> float:
    """Bits at which a measured curve reaches an accuracy, linear between its points.

    Raises `MissingTableError` where no trained model reaches it, or even the cheapest is above.
    """
    points = cloud_curve(size, num_points, rate_column)
    if not points.quality[0] <= at <= points.quality.max():
        what = f"{TABLE} ({size}, P = {num_points}, at {at:g} %)"
        low, high = points.quality[0], points.quality.max()
        raise MissingTableError(what, f"{what}: its models reach from {low:.1f} to {high:.1f} %")
    return metrics.rate_at_quality(*points, at=at, interpolation="linear")


@extractor(OWN)
def cloud_bd_accuracy(size: str, num_points: int) -> float:
    """Mean of our accuracy less the published one at equal estimated bits, in percentage points.

    BD-accuracy of the measured curve against the published one of the same size and P, over the
    rates that both cover, PCHIP over the logarithm of the rate, nothing extended.
    """
    published = accuracy_curve("proposed", size, str(num_points))
    ours = cloud_curve(size, num_points, "estimated_bits")
    _require_overlap(published.rate, ours, f"{TABLE} ({size}, P = {num_points})")
    return metrics.bd_quality(*published, *ours, interpolation=BETWEEN_CURVES)


@extractor(OWN)
def cloud_bd_rate_against_tmc13(size: str, num_points: int) -> float:
    """BD-rate in per cent of our payload against TMC13's, both measured here.

    The convention of table 3.2: Akima, our curve held flat (ε = 1e-12) to TMC13's highest rate.
    """
    ours = cloud_curve(size, num_points, "payload_bits")
    anchor, ours = _against_tmc13(ours, f"{TABLE} ({size}, P = {num_points})")
    return metrics.bd_rate_percent(*anchor, *ours, interpolation="akima")


@extractor(OWN)
def cloud_bd_accuracy_against_tmc13(size: str, num_points: int) -> float:
    """BD-accuracy in points of the same pair of curves, in the same convention."""
    ours = cloud_curve(size, num_points, "payload_bits")
    anchor, ours = _against_tmc13(ours, f"{TABLE} ({size}, P = {num_points})")
    return metrics.bd_quality(*anchor, *ours, interpolation="akima")


@extractor(OWN)
def cloud_best_num_points(size: str) -> float:
    """The number of points whose curve has the highest test accuracy; all eight must be trained."""
    rows = read_measured(TABLE).frame
    best = rows[rows["size"] == size].groupby("num_points")[ACCURACY].max()
    if len(best) < 8:
        raise _not_trained(size, "all of 8 to 1024")
    return best.idxmax()


@extractor(OWN)
def input_best_accuracy(codec: str, variant: str) -> float:
    """Highest accuracy of a coder of whole clouds over all P and settings, in per cent."""
    return input_curve(codec, variant, "payload_bits").quality.max()


@extractor(OWN)
def input_accuracy(codec: str, num_points: int) -> float:
    """Highest accuracy of a way to send at one number of points, in per cent."""
    frame = read_measured(INPUT_TABLE).frame
    rows = frame[frame["codec"].eq(codec) & frame["num_points"].eq(num_points)]
    if rows.empty:
        what = f"{INPUT_TABLE} ({codec}, P = {num_points})"
        raise MissingTableError(what, f"table {what} is not measured yet")
    return rows[ACCURACY].max()


@extractor(OWN)
def input_bits_at_accuracy(codec: str, variant: str, rate_column: str, at: float) -> float:
    """Bits at which a coder of whole clouds reaches an accuracy, linear between its points."""
    points = input_curve(codec, variant, rate_column)
    if not points.quality[0] <= at <= points.quality.max():
        what = f"{INPUT_TABLE} ({codec}, {variant}, at {at:g} %)"
        raise MissingTableError(what, f"table {what} is not measured yet")
    return metrics.rate_at_quality(*points, at=at, interpolation="linear")


@extractor(OWN)
def input_bd_rate_against_tmc13(codec: str, variant: str, rate_column: str) -> float:
    """BD-rate in per cent of a coder of whole clouds against TMC13's payload."""
    ours = input_curve(codec, variant, rate_column)
    anchor, ours = _against_tmc13(ours, f"{INPUT_TABLE} ({codec}, {variant})")
    return metrics.bd_rate_percent(*anchor, *ours, interpolation="akima")


@extractor(OWN)
def input_bd_accuracy_against_tmc13(codec: str, variant: str, rate_column: str) -> float:
    """BD-accuracy in points of a coder of whole clouds against TMC13's payload."""
    ours = input_curve(codec, variant, rate_column)
    anchor, ours = _against_tmc13(ours, f"{INPUT_TABLE} ({codec}, {variant})")
    return metrics.bd_quality(*anchor, *ours, interpolation="akima")


@extractor(OWN)
def airplane_bits(size: str, rate_index: int) -> float:
    """Estimated bits of the airplane of figure 3.4 at our rate of this number, 1 the lowest of 4.

    Of the four lowest rates that are committed for this size at 1,024 points.
    """
    frame = read_measured(AIRPLANE_TABLE).frame
    rows = frame[frame["size"].eq(size) & frame["num_points"].eq(1024)].sort_values("lmbda")
    if len(rows) < 4:
        what = f"{AIRPLANE_TABLE} ({size}, four rates)"
        raise MissingTableError(what, f"table {what} is not measured yet")
    return rows["estimated_bits"].iloc[rate_index - 1]


@extractor(OWN)
def layer_width(size: str, part: str, index: int) -> float:
    """Channels of a layer of `encoder` or `decoder`, counted from 0, from the end if negative."""
    rows = read_measured("pointcloud/layers").frame.set_index("size")
    return int(rows.loc[size, f"{part}_layers"].split()[index].partition("/")[0])


@extractor(OWN)
def encoder_mac(size: str, num_points: int) -> float:
    """Multiply-accumulates of an encoder for one cloud."""
    rows = read_measured("pointcloud/layers").frame.set_index("size")
    return int(rows.loc[size, "encoder_mac_per_point"]) * num_points


@extractor(PUBLISHED)
def best_num_points(size: str) -> float:
    """The number of points whose published curve has the highest accuracy."""
    best = {n: accuracy_curve("proposed", size, str(n)).quality.max() for n in ALL_POINTS}
    return max(best, key=best.__getitem__)


@extractor(ARITHMETIC)
def label_bits_at_accuracy(at: float, classes: Sequence[tuple[int, int]]) -> float:
    """Least bits in which a label can be sent so that it is right `at` per cent of the time.

    Blahut–Arimoto, both bounds within 1e-7 bits.

    Args:
        classes: pairs of a number of classes and how many items each of them has.

    >>> round(label_bits_at_accuracy(80, [(40, 1)]), 4)
    3.5429
    """
    counts = np.repeat(*np.array([(items, number) for number, items in classes]).T)
    wrong = 1 - np.eye(len(counts))
    bounds = metrics.rate_at_distortion(
        counts / counts.sum(), wrong, at=1 - at / 100, tolerance_bits=PROOF_BITS
    )
    return (bounds.lower_bits + bounds.upper_bits) / 2


def _not_trained(size: str, num_points: int | str) -> MissingTableError:
    what = f"{TABLE} ({size}, P = {num_points})"
    return MissingTableError(what, f"{what} is not trained")


def _against_tmc13(ours: metrics.Curve, what: str) -> tuple[metrics.Curve, metrics.Curve]:
    """TMC13 measured here, and the curve held flat to its highest rate."""
    anchor = input_curve("tmc13", "v14", "payload_bits")
    _require_overlap(anchor.quality, metrics.Curve(ours.quality, ours.rate), what)
    return anchor, metrics.extend_flat(*ours, to_rate=anchor.rate.max(), epsilon=1e-12)


def _require_overlap(anchor: np.ndarray, ours: metrics.Curve, what: str) -> None:
    """Of a curve of few points, or one that shares no rates with the anchor, nothing is said."""
    ends = max(anchor.min(), ours.rate.min()), min(anchor.max(), ours.rate.max())
    if len(ours.rate) < FEWEST_POINTS or ends[0] >= ends[1]:
        what = f"{what} with {FEWEST_POINTS} models that overlap"
        raise MissingTableError(what, f"{what} is not measured yet")
