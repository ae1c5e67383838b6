"""Numbers that the sources print, computed again from the points that they published."""

import math

import numpy as np

from lcip import metrics
from lcip.results.extractors import ARITHMETIC, PUBLISHED, extractor
from lcip.results.published import read_published

ANCHOR = ("tmc13", "input-compression", "*")


def accuracy_curve(codec: str, size: str, num_points: str) -> metrics.Curve:
    """Bits a cloud and top-1 accuracy in per cent of one published curve (thesis figure 3.3).

    Args:
        codec: `proposed` with a `size` of full, lite or micro and `num_points` of 8 to 1024, or
            tmc13, octattention, ipdae, draco with `input-compression` and `*`.
    """
    points = read_published("pc_rate_accuracy_points")
    rows = points["codec"].eq(codec) & points["size"].eq(size)
    rows &= points["num_points_P"].eq(str(num_points)) & points["classifier"].ne("PointNet++")
    return metrics.curve(points[rows]["bits"], points[rows]["acc_top1_percent"], f"{codec} {size}")


def _against_anchor(
    codec: str, size: str, num_points: str, epsilon: float
) -> tuple[metrics.Curve, metrics.Curve]:
    """TMC13, and the test curve held flat to TMC13's highest rate: what table 3.2 compares."""
    anchor, test = accuracy_curve(*ANCHOR), accuracy_curve(codec, size, num_points)
    return anchor, metrics.extend_flat(*test, to_rate=anchor.rate.max(), epsilon=epsilon)


@extractor(PUBLISHED)
def table_3_2_max_accuracy(codec: str, size: str, num_points: str) -> float:
    """Highest accuracy of a curve, in per cent (thesis table 3.2)."""
    return accuracy_curve(codec, size, num_points).quality.max()


@extractor(PUBLISHED)
def table_3_2_bd_rate(codec: str, size: str, num_points: str, epsilon: float = 1e-12) -> float:
    """BD-rate against TMC13 in per cent: Akima, flat extension of the test curve."""
    anchor, test = _against_anchor(codec, size, num_points, epsilon)
    return metrics.bd_rate_percent(*anchor, *test, interpolation="akima")


@extractor(PUBLISHED)
def table_3_2_bd_accuracy(codec: str, size: str, num_points: str) -> float:
    """BD-accuracy against TMC13 in percentage points: Akima, flat extension of the test curve."""
    anchor, test = _against_anchor(codec, size, num_points, epsilon=1e-12)
    return metrics.bd_quality(*anchor, *test, interpolation="akima")


@extractor(PUBLISHED)
def best_accuracy_drop(from_size: str, to_size: str) -> float:
    """Highest accuracy of one codec over all P, minus that of another, in percentage points."""
    points = read_published("pc_rate_accuracy_points")
    best = points[points["codec"] == "proposed"].groupby("size")["acc_top1_percent"].max()
    return best[from_size] - best[to_size]


@extractor(PUBLISHED)
def bits_at_accuracy(codec: str, size: str, num_points: str, at: float) -> float:
    """Bits at which a curve reaches an accuracy, linear between its points."""
    points = accuracy_curve(codec, size, num_points)
    return metrics.rate_at_quality(*points, at=at, interpolation="linear")


@extractor(PUBLISHED)
def ideal_bits_at_accuracy(at: float) -> float:
    """Bits at which the Blahut–Arimoto bound reaches an accuracy, linear between its points."""
    bound = read_published("pc_theoretical_optimum")
    return metrics.rate_at_quality(
        bound["bits"], bound["acc_percent"], at=at, interpolation="linear"
    )


def kodak_points(method: str, column: str) -> np.ndarray:
    """One column of the published chapter-2 points, in order of quality 1 to 8."""
    points = read_published("pdf_kodak_points")
    return points[points["method"] == method].sort_values("quality")[column].to_numpy()


@extractor(PUBLISHED)
def kodak_rate(method: str, quality: int) -> float:
    """Estimated rate on Kodak at one quality, in bpp (thesis table 2.1)."""
    return kodak_points(method, "bpp_estimated")[quality - 1]


@extractor(PUBLISHED)
def kodak_rate_difference(method: str, quality: int) -> float:
    """Estimated rate less that of the base model at one quality, in bpp (thesis table 2.1)."""
    return kodak_rate(method, quality) - kodak_rate("base_factorized", quality)


@extractor(PUBLISHED)
def kodak_rate_change(method: str, quality: int) -> float:
    """Change of the estimated rate against the base model at one quality, in per cent."""
    pair = [kodak_rate("base_factorized", quality)], [kodak_rate(method, quality)]
    return metrics.mean_rate_change_percent(*pair)


@extractor(PUBLISHED)
def kodak_mean_rate_change(method: str, base_column: str = "bpp_estimated") -> float:
    """Mean over the qualities of the change of the estimated rate against the base model."""
    base = kodak_points("base_factorized", base_column)
    return metrics.mean_rate_change_percent(base, kodak_points(method, "bpp_estimated"))


@extractor(ARITHMETIC)
def log2(number: float) -> float:
    """The logarithm to base 2: bits that name one of `number` equally likely things."""
    return math.log2(number)


@extractor(ARITHMETIC)
def product(*factors: float) -> float:
    """The product of all arguments."""
    return math.prod(factors)


@extractor(ARITHMETIC)
def quotient(dividend: float, divisor: float) -> float:
    """The first argument divided by the second."""
    return dividend / divisor


@extractor(ARITHMETIC)
def nrmse_at_psnr(psnr_db: float) -> float:
    """NRMSE of a video at this PSNR, at peak 255 and range 256 (thesis chapter 4)."""
    return metrics.nrmse_from_psnr_db(psnr_db, peak=255, value_range=256)


@extractor(ARITHMETIC)
def psnr_at_nrmse(nrmse: float) -> float:
    """PSNR in dB at this NRMSE, at peak 255 and range 256 (thesis chapter 4)."""
    return metrics.psnr_db_from_nrmse(nrmse, peak=255, value_range=256)


@extractor(PUBLISHED)
def kodak_side_share(quality: int) -> float:
    """Side information of the thesis's method as a share of its rate at one quality, in %."""
    side = kodak_points("ours_ulhaq2024", "bpp_pdf_side_info_estimated")[quality - 1]
    return 100 * side / kodak_rate("ours_ulhaq2024", quality)


@extractor(PUBLISHED)
def largest_published_nrmse(layer: str, transform: str) -> float:
    """The largest error of a layer in one panel of thesis figure 4.5, or in `any` of the four."""
    rows = read_published("motion_nrmse_curves_summary")
    rows = rows[rows["model_layer"] == layer]
    return rows[rows["transform"].eq(transform) | (transform == "any")]["nrmse_max"].max()


@extractor(PUBLISHED)
def random_motion_ratio() -> float:
    """Mean error of the worst layer under random motion in multiples of that of conv0."""
    means = read_published("motion_nrmse_random_summary_digitised").set_index("model_layer")
    return means["nrmse_mean_est"].max() / means.loc["ResNet-34 conv0", "nrmse_mean_est"]
