"""Bjøntegaard deltas: by hand, and every row of thesis table 3.2 from its published points."""

import numpy as np
import pytest

from lcip.metrics import (
    Curve,
    MetricError,
    bd_quality,
    bd_rate_percent,
    curve,
    extend_flat,
    mean_rate_change_percent,
)
from lcip.results import read_published

RATE, QUALITY = np.array([1.0, 2.0, 4.0, 8.0]), np.array([30.0, 33.0, 36.0, 38.0])
KINDS = ("akima", "pchip", "cubic")
TABLE = read_published("pc_table_3_2_bd")
# Cells that the published points do not give; thesis table 3.2, BD-accuracy of micro.
NOT_REPRODUCED = {("micro", "256"): (11.0, 9.93), ("micro", "128"): (9.9, 11.78)}


@pytest.mark.parametrize("kind", KINDS)
def test_half_the_rate_at_every_quality_is_minus_fifty_per_cent(kind):
    """d = log10(1/2) everywhere."""
    value = bd_rate_percent(RATE, QUALITY, RATE / 2, QUALITY, interpolation=kind)
    assert value == pytest.approx(-50, abs=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_one_decibel_more_at_every_rate_is_one_decibel(kind):
    value = bd_quality(RATE, QUALITY, RATE, QUALITY + 1, interpolation=kind)
    assert value == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_a_curve_against_itself_is_zero(kind):
    assert bd_rate_percent(RATE, QUALITY, RATE, QUALITY, interpolation=kind) == 0
    assert bd_quality(RATE, QUALITY, RATE, QUALITY, interpolation=kind) == 0


def test_straight_lines_by_hand():
    """q = log10 r against q = 2 log10 r over r = 1 … 100: the mean of log10 r is 1."""
    rate = [1.0, 10.0, 100.0]
    value = bd_quality(rate, [0.0, 1.0, 2.0], rate, [0.0, 2.0, 4.0], interpolation="pchip")
    assert value == pytest.approx(1.0)
    # over q = 0 … 2: log10 r falls from q to q / 2, by 1/2 on average
    value = bd_rate_percent(rate, [0.0, 1.0, 2.0], rate, [0.0, 2.0, 4.0], interpolation="akima")
    assert value == pytest.approx(100 * (10**-0.5 - 1))


def test_swapping_the_curves_inverts_the_ratio():
    there = bd_rate_percent(RATE, QUALITY, RATE * 1.3, QUALITY + 0.4, interpolation="akima")
    back = bd_rate_percent(RATE * 1.3, QUALITY + 0.4, RATE, QUALITY, interpolation="akima")
    assert (1 + there / 100) * (1 + back / 100) == pytest.approx(1)


def test_order_of_the_points_does_not_matter():
    order = [2, 0, 3, 1]
    value = bd_rate_percent(RATE, QUALITY, RATE[order] / 2, QUALITY[order], interpolation="akima")
    assert value == pytest.approx(-50)


@pytest.mark.parametrize("function", [bd_rate_percent, bd_quality])
def test_interpolation_has_no_default(function):
    with pytest.raises(TypeError, match="interpolation"):
        function(RATE, QUALITY, RATE, QUALITY)
    with pytest.raises(
        MetricError, match="interpolation is 'spline'; allowed: akima, pchip, cubic"
    ):
        function(RATE, QUALITY, RATE, QUALITY, interpolation="spline")


@pytest.mark.parametrize("function", [bd_rate_percent, bd_quality])
@pytest.mark.parametrize(
    ("rate", "quality", "kind", "message"),
    [
        ([0, 1, 2, 3], QUALITY, "akima", "a rate of test is 0.0"),
        ([1, 1, 2, 3], QUALITY, "akima", "a rate of test is 1.0; .*one quality each"),
        ([1, 2, 3], QUALITY, "akima", "shape of the qualities of test"),
        ([1, 2, np.inf, 4], QUALITY, "akima", "rate of test is '1 of 4 not finite'"),
        ([1, 2, 3], QUALITY[:3], "cubic", "number of points of test is 3; .*4 or more"),
        ([1], [30], "pchip", "number of points of test is 1; allowed: 2 or more"),
        ([90, 91, 92], [90, 91, 92], "pchip", "of test is '90 to 92'; allowed: an overlap with"),
    ],
)
def test_unfit_curves_are_refused(function, rate, quality, kind, message):
    with pytest.raises(MetricError, match=message):
        function(RATE, QUALITY, rate, quality, interpolation=kind)


def test_bd_rate_needs_rising_quality_and_bd_quality_does_not():
    saturated = [30.0, 33.0, 33.0, 32.0]
    message = r"quality of test from rate 2 to 4 is '33 then 33'; allowed: rising"
    with pytest.raises(MetricError, match=message):
        bd_rate_percent(RATE, QUALITY, RATE, saturated, interpolation="akima")
    assert bd_quality(RATE, QUALITY, RATE, saturated, interpolation="akima") < 0


def published_curve(codec, size, num_points):
    points = read_published("pc_rate_accuracy_points")
    chosen = (points["codec"] == codec.lower()) & (points["size"] == size)
    chosen &= (points["num_points_P"] == num_points) & (points["classifier"] != "PointNet++")
    return curve(points[chosen]["bits"], points[chosen]["acc_top1_percent"], codec)


def extended(row, epsilon) -> tuple[Curve, Curve]:
    anchor = published_curve("tmc13", "input-compression", "*")
    test = published_curve(row.codec, row.size, row.num_points_P)
    return anchor, extend_flat(*test, to_rate=anchor.rate.max(), epsilon=epsilon)


ROWS = [
    pytest.param(row, id=f"{row.codec}-{row.size}-{row.num_points_P}") for row in TABLE.itertuples()
]


@pytest.mark.parametrize("row", ROWS)
def test_table_3_2_follows_from_the_published_points(row):
    """Akima; the test curve alone held flat up to the anchor's highest rate, 1e-12 higher there."""
    anchor, test = extended(row, 1e-8 if row.codec == "IPDAE" else 1e-12)
    accuracy = bd_quality(*anchor, *test, interpolation="akima")
    rate = bd_rate_percent(*anchor, *test, interpolation="akima")
    assert test.quality.max() == pytest.approx(row.published_max_acc_percent, abs=0.051)
    assert rate == pytest.approx(row.published_bd_rate_percent, abs=0.06)
    exception = NOT_REPRODUCED.get((row.size, row.num_points_P))
    if exception:
        assert exception[0] == row.published_bd_acc_percentage_points
        assert accuracy == pytest.approx(exception[1], abs=0.01)
        assert abs(accuracy - exception[0]) > 1
    else:
        assert accuracy == pytest.approx(row.published_bd_acc_percentage_points, abs=0.06)


@pytest.mark.parametrize("row", ROWS)
def test_an_independent_computation_agrees(row):
    anchor, test = extended(row, 1e-12)
    rate = bd_rate_percent(*anchor, *test, interpolation="akima")
    accuracy = bd_quality(*anchor, *test, interpolation="akima")
    assert rate == pytest.approx(row.recomputed_bd_rate_percent, abs=0.006)
    assert accuracy == pytest.approx(row.recomputed_bd_acc_percentage_points, abs=0.006)


def test_ipdae_depends_on_epsilon():
    """Akima's last segment is nearly vertical: 1e-12 gives −25.79, 1e-8 the printed −23.0."""
    row = next(TABLE[TABLE["codec"] == "IPDAE"].itertuples())
    values = []
    for epsilon in (1e-12, 1e-8):
        anchor, test = extended(row, epsilon)
        values.append(bd_rate_percent(*anchor, *test, interpolation="akima"))
    assert values == pytest.approx([-25.79, -23.04], abs=0.01)


def test_the_extension_decides_bd_accuracy():
    """Without it the full codec at P = 1024 gains 28.8 points, with it the published 16.4."""
    row = next(TABLE[(TABLE["size"] == "full") & (TABLE["num_points_P"] == "1024")].itertuples())
    anchor, test = extended(row, 1e-12)
    plain = published_curve(row.codec, row.size, row.num_points_P)
    assert bd_quality(*anchor, *plain, interpolation="akima") == pytest.approx(28.84, abs=0.01)
    assert bd_quality(*anchor, *test, interpolation="akima") == pytest.approx(16.44, abs=0.01)


@pytest.fixture(scope="module")
def kodak():
    points = read_published("pdf_kodak_points").set_index(["method", "quality"])
    return lambda method, column="bpp_estimated": points.loc[method, column].to_numpy()


def test_table_2_1_is_a_mean_of_pointwise_changes(kodak):
    base = kodak("base_factorized")
    for method, mean in (("ours_ulhaq2024", -6.95), ("ideal_true_pdf_free", -8.33)):
        assert mean_rate_change_percent(base, kodak(method)) == pytest.approx(mean, abs=0.01)


@pytest.mark.parametrize("kind", KINDS)
def test_the_integral_of_the_same_points_differs(kodak, kind):
    anchor = kodak("base_factorized"), kodak("base_factorized", "psnr_rgb_db")
    for method, integral in (("ours_ulhaq2024", -6.88), ("ideal_true_pdf_free", -8.21)):
        test = kodak(method), kodak(method, "psnr_rgb_db")
        value = bd_rate_percent(*anchor, *test, interpolation=kind)
        assert value == pytest.approx(integral, abs=0.015)


def test_an_estimate_against_a_real_bitstream_gives_the_later_papers_number(kodak):
    real = kodak("base_factorized", "bpp_actual_bitstream")
    assert mean_rate_change_percent(real, kodak("ours_ulhaq2024")) == pytest.approx(-7.10, abs=0.01)


def test_mean_rate_change_refuses_unpaired_and_free_points():
    with pytest.raises(MetricError, match="shape of test_rate"):
        mean_rate_change_percent([1, 2], [1])
    with pytest.raises(MetricError, match="anchor_rate is 0"):
        mean_rate_change_percent([1, 0], [1, 1])
