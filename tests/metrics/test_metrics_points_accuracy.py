"""Chamfer distance and accuracy: by hand, identities, intervals, refusals."""

import numpy as np
import pytest
import torch

from lcip.metrics import MetricError, accuracy_percent, chamfer, wilson_interval
from lcip.metrics.points import d1_psnr_db, largest_gap

CLOUD = np.random.default_rng(0).normal(size=(300, 3))


def test_chamfer_by_hand_counts_squares_and_both_directions():
    """a to b: (0 + 9) / 2; b to a: (0 + 16 + 9) / 3."""
    a = [[0, 0, 0], [3, 0, 0]]
    b = [[0, 0, 0], [0, 4, 0], [0, 0, 3]]
    assert chamfer(a, b) == pytest.approx(9 / 2 + 25 / 3)
    assert chamfer(b, a) == pytest.approx(9 / 2 + 25 / 3)


def test_chamfer_agrees_with_all_pairs():
    other = np.random.default_rng(1).normal(size=(200, 3))
    squares = ((CLOUD[:, None] - other[None]) ** 2).sum(-1)
    expected = squares.min(0).mean() + squares.min(1).mean()
    assert chamfer(CLOUD, other) == pytest.approx(expected, rel=1e-12)
    assert chamfer(torch.tensor(CLOUD), torch.tensor(other)) == chamfer(CLOUD, other)


def test_chamfer_of_a_cloud_and_its_shuffle_is_zero():
    assert chamfer(CLOUD, np.random.default_rng(2).permutation(CLOUD)) == 0


def test_d1_psnr_takes_the_worse_direction_and_three_squared_peaks():
    """a to b: (0 + 9) / 2 = 4.5; b to a: (0 + 16 + 9) / 3 = 25/3."""
    a, b = [[0, 0, 0], [3, 0, 0]], [[0, 0, 0], [0, 4, 0], [0, 0, 3]]
    expected = 10 * np.log10(3 * 10**2 / (25 / 3))
    assert d1_psnr_db(a, b, 10) == pytest.approx(expected) == d1_psnr_db(b, a, 10)
    assert d1_psnr_db(a, b, 100) == pytest.approx(expected + 20)


def test_the_largest_gap_by_hand():
    assert largest_gap([[0, 0, 0], [0, 0, 0], [1, 0, 0], [1, 3, 0]]) == 3


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: d1_psnr_db(CLOUD, CLOUD + 1, 0), "peak is 0.*say what the peak is"),
        (lambda: d1_psnr_db(CLOUD, CLOUD, 1), "decoded is .*reference itself"),
        (lambda: d1_psnr_db(CLOUD, CLOUD[:, :2], 1), "shape of decoded"),
        (lambda: largest_gap([[1, 1, 1]]), "places in the cloud is 1"),
    ],
)
def test_what_d1_cannot_mean_is_refused(call, words):
    with pytest.raises(MetricError, match=words):
        call()


def test_chamfer_of_integers_does_not_wrap_around():
    assert chamfer(np.int16([[-32000, 0, 0]]), np.int16([[32000, 0, 0]])) == 2 * 64000.0**2


def test_chamfer_of_large_clouds_needs_no_table_of_pairs():
    """40,000 × 40,000 distances would take 12.8 GB."""
    grid = np.random.default_rng(3).random((40_000, 3))
    assert 0 < chamfer(grid, grid[::-1] + 1e-3) <= 2 * 3.01e-6


@pytest.mark.parametrize(
    ("cloud", "message"),
    [
        (CLOUD[:, :2], r"shape of a is \(300, 2\); allowed: \(points, 3\)"),
        (CLOUD[None], "shape of a"),
        (np.zeros((0, 3)), "non-empty"),
        (np.full((2, 3), np.nan), "a is '6 of 6 not finite'"),
    ],
)
def test_chamfer_refuses_what_is_no_cloud(cloud, message):
    with pytest.raises(MetricError, match=message):
        chamfer(cloud, CLOUD)


def test_accuracy_counts():
    result = accuracy_percent(torch.tensor([0, 1, 2, 3]), np.array([0, 1, 2, 0]))
    assert (result.percent, result.num_correct, result.num_items) == (75.0, 3, 4)
    assert result.low_percent < 75 < result.high_percent


def test_interval_at_88_per_cent_of_modelnet40():
    """2,468 clouds tell an accuracy near 88 % to about ±1.3 points."""
    low, high = wilson_interval(2172, 2468, confidence=0.95)
    assert (high - low) / 2 == pytest.approx(0.0128, abs=1e-4)


def test_interval_by_hand():
    """k = 5 of n = 10: centre 1/2, half width z / (2 sqrt(n + z²)), z = 1.959964."""
    low, high = wilson_interval(5, 10, confidence=0.95)
    half = 1.959963984540054 / (2 * (10 + 1.959963984540054**2) ** 0.5)
    assert (low, high) == pytest.approx((0.5 - half, 0.5 + half))


@pytest.mark.parametrize("n", [1, 10, 2468])
def test_interval_stays_within_the_possible_and_keeps_a_width(n):
    assert wilson_interval(0, n, confidence=0.95)[0] == 0
    assert 0 < wilson_interval(0, n, confidence=0.95)[1] < 1
    assert wilson_interval(n, n, confidence=0.95)[1] == 1
    assert 0 < wilson_interval(n, n, confidence=0.95)[0] < 1


@pytest.mark.parametrize(
    ("predicted", "actual", "message"),
    [
        ([[0.1, 0.9]], [[1, 0]], "predicted is 'float64 .*arg max"),
        ([0.0, 1.0], [0, 1], "predicted is 'float64"),
        ([0, 1, 2], [0, 1], "shape of predicted"),
        ([], [], "non-empty"),
    ],
)
def test_accuracy_refuses_scores_and_unpaired_labels(predicted, actual, message):
    with pytest.raises(MetricError, match=message):
        accuracy_percent(predicted, actual)


@pytest.mark.parametrize("arguments", [(3, 2, 0.95), (-1, 2, 0.95), (0, 0, 0.95), (1.5, 2, 0.95)])
def test_interval_refuses_impossible_counts(arguments):
    k, n, confidence = arguments
    with pytest.raises(MetricError, match="num_correct is"):
        wilson_interval(k, n, confidence=confidence)


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_interval_refuses_impossible_confidence(confidence):
    with pytest.raises(MetricError, match="confidence"):
        wilson_interval(1, 2, confidence=confidence)
