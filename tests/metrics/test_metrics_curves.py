"""Reading curves between points, hulls, flat extensions: by hand, and refused outside."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lcip.metrics import (
    MetricError,
    curve,
    extend_flat,
    lower_convex_hull,
    quality_at_rate,
    rate_at_quality,
)
from lcip.results import read_published


def test_curve_sorts_by_rate_and_merges_repeated_points():
    points = curve([3, 1, 3, 2], [30.0, 10.0, 30.0, 20.0], "codec")
    assert points.rate.tolist() == [1, 2, 3] and points.quality.tolist() == [10, 20, 30]


@pytest.mark.parametrize(
    ("rate", "quality", "message"),
    [
        ([1, 1], [10, 20], r"a rate of codec is 1.0; .*one quality each.*lower_convex_hull"),
        ([-1, 1], [10, 20], "a rate of codec is -1.0"),
        ([1, 2], [10, np.nan], "quality of codec is '1 of 2 not finite'"),
        ([1, 2], [10], "shape of the qualities of codec"),
        ([[1, 2]], [[1, 2]], "shape of codec"),
        ([], [], "non-empty"),
    ],
)
def test_unfit_curves_are_refused(rate, quality, message):
    with pytest.raises(MetricError, match=message):
        curve(rate, quality, "codec")


def test_rate_at_quality_in_both_domains():
    rate, quality = [10, 1000], [50.0, 70.0]
    assert rate_at_quality(rate, quality, at=60, interpolation="linear") == 505
    assert rate_at_quality(rate, quality, at=60, interpolation="log") == pytest.approx(100)
    assert rate_at_quality(rate, quality, at=50, interpolation="log") == 10
    assert rate_at_quality(rate, quality, at=70, interpolation="linear") == 1000


def test_rate_at_quality_takes_the_first_crossing_of_a_curve_that_falls_again():
    rate, quality = [10, 20, 30, 40], [50.0, 70.0, 60.0, 80.0]
    assert rate_at_quality(rate, quality, at=65, interpolation="linear") == 17.5


@pytest.mark.parametrize("at", [49.9, 90.1, np.nan])
def test_levels_outside_the_curve_are_refused(at):
    with pytest.raises(MetricError, match="at is"):
        rate_at_quality([10, 20], [50.0, 90.0], at=at, interpolation="linear")
    with pytest.raises(MetricError, match="at is"):
        quality_at_rate([50.0, 90.0], [1, 2], at=at, interpolation="log")


@pytest.mark.parametrize("function", [rate_at_quality, quality_at_rate])
def test_interpolation_is_required_and_known(function):
    with pytest.raises(TypeError, match="interpolation"):
        function([1, 2], [1, 2], at=1)
    with pytest.raises(MetricError, match="interpolation is 'akima'; allowed: linear, log"):
        function([1, 2], [1, 2], at=1, interpolation="akima")


def test_a_rate_of_zero_has_no_logarithm():
    assert rate_at_quality([0, 2], [10, 20], at=15, interpolation="linear") == 1
    with pytest.raises(MetricError, match="above 0, to take logarithms"):
        rate_at_quality([0, 2], [10, 20], at=15, interpolation="log")


@pytest.mark.parametrize(
    ("codec", "bits"), [("full", 28.45), ("lite", 36.28), ("micro", 45.54), ("tmc13", 421.9)]
)
def test_bits_at_80_percent_of_the_published_curves(codec, bits):
    points = read_published("pc_rate_accuracy_points")
    ours = (points["size"] == codec) & (points["num_points_P"] == "1024")
    rows = points[ours | ((points["codec"] == codec) & (points["classifier"] == "PointNet"))]
    arguments = rows["bits"], rows["acc_top1_percent"]
    assert rate_at_quality(*arguments, at=80, interpolation="linear") == pytest.approx(
        bits, abs=0.05
    )


def test_ideal_rate_at_80_percent():
    ideal = read_published("pc_theoretical_optimum")
    arguments = ideal["bits"], ideal["acc_percent"]
    assert rate_at_quality(*arguments, at=80, interpolation="linear") == pytest.approx(
        3.228, abs=1e-3
    )


def test_published_curves_are_their_own_hulls():
    """One point of 221 is not a vertex: the last of micro, P = 256, is dearer and no better."""
    points = read_published("pc_rate_accuracy_points")
    ours = points[points["codec"] == "proposed"]
    left_out = {}
    for key, rows in ours.groupby(["size", "num_points_P"]):
        kept = lower_convex_hull(rows["bits"], rows["acc_top1_percent"].round(9))
        left_out[key] = len(rows) - len(kept)
    assert len(left_out) == 24
    assert {key: n for key, n in left_out.items() if n} == {("micro", "256"): 1}


def test_hull_by_hand():
    """Dominated, inside, on a straight part, repeated: each is left out."""
    rate = [1, 2, 3, 4, 5, 6, 7, 7, 3]
    quality = [10, 12, 30, 30, 40, 34, 45, 44, 30]
    assert lower_convex_hull(rate, quality).tolist() == [0, 2, 4, 6]
    assert lower_convex_hull([1, 2, 3], [1, 2, 3]).tolist() == [0, 2]
    assert lower_convex_hull([5], [1]).tolist() == [0]


POINT = st.tuples(st.integers(1, 30), st.integers(0, 30))


@settings(deadline=None)
@given(st.lists(POINT, min_size=1, max_size=12))
def test_no_point_and_no_mixture_of_two_lies_above_the_hull(points):
    rate, quality = np.array(points).T
    kept = lower_convex_hull(rate, quality)
    assert (np.diff(rate[kept]) > 0).all() and (np.diff(quality[kept]) > 0).all()
    assert quality[kept[-1]] == quality.max() and rate[kept[0]] == rate.min()
    slopes = np.diff(quality[kept]) / np.diff(rate[kept])
    assert (np.diff(slopes) < 0).all()
    assert (quality <= np.interp(rate, rate[kept], quality[kept]) + 1e-9).all()


def test_extension_adds_one_point_and_only_where_needed():
    extended = extend_flat([1, 2], [10.0, 20.0], to_rate=5, epsilon=0.5)
    assert extended.rate.tolist() == [1, 2, 5] and extended.quality.tolist() == [10, 20, 20.5]
    for to_rate in (1, 2):
        assert len(extend_flat([1, 2], [10.0, 20.0], to_rate=to_rate, epsilon=0.5).rate) == 2


def test_extension_that_rounding_would_swallow_is_refused():
    with pytest.raises(MetricError, match="epsilon is 1e-15; allowed: more than 1e-14"):
        extend_flat([1, 2], [10.0, 88.0], to_rate=5, epsilon=1e-15)
    with pytest.raises(MetricError, match="epsilon is 0"):
        extend_flat([1, 2], [10.0, 88.0], to_rate=5, epsilon=0)
