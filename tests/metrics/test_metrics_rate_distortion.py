"""Blahut–Arimoto against closed forms; its bounds hold, and nonsense is refused."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lcip import metrics
from lcip.metrics import MetricError, blahut_arimoto, rate_at_distortion

FINE = 1e-9


def hamming(k: int) -> np.ndarray:
    return 1 - np.eye(k)


def h(*shares: float) -> float:
    return -sum(share * math.log2(share) for share in shares if share)


def inside(bounds: metrics.RateBounds, value: float, slack: float = 1e-11) -> bool:
    return bounds.lower_bits - slack <= value <= bounds.upper_bits + slack


@pytest.mark.parametrize("p", [0.5, 0.3, 0.1])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_binary_source_needs_h_p_less_h_d(p, share):
    d = share * p
    bounds = rate_at_distortion([p, 1 - p], hamming(2), at=d, tolerance_bits=FINE)
    assert inside(bounds, h(p, 1 - p) - h(d, 1 - d))
    assert bounds.upper_bits - bounds.lower_bits <= FINE


@pytest.mark.parametrize("k", [2, 3, 40])
@pytest.mark.parametrize("d", [0.01, 0.2, 0.45])
def test_equal_letters_need_log_k_less_h_d_less_d_log_k_1(k, d):
    bounds = rate_at_distortion(np.full(k, 1 / k), hamming(k), at=d, tolerance_bits=FINE)
    assert inside(bounds, math.log2(k) - h(d, 1 - d) - d * math.log2(k - 1))


def test_the_slope_is_the_tangent_of_the_closed_form():
    d = 0.2
    slope = math.log((1 - d) / (d / 39))
    point = blahut_arimoto(np.full(40, 1 / 40), hamming(40), slope=slope, tolerance_bits=FINE)
    assert point.distortion == pytest.approx(d, abs=1e-9)
    assert point.rate_bits == pytest.approx(3.542919556, abs=1e-8)
    assert point.outputs == pytest.approx(np.full(40, 1 / 40), abs=1e-9)


def test_an_erasure_costs_what_it_saves():
    """X a fair bit; outputs 0, 1, erased (d = 1, wrong: never): R(D) = 1 − D."""
    wrong = 1000.0
    distortion = [[0, wrong, 1], [wrong, 0, 1]]
    bounds = rate_at_distortion([0.5, 0.5], distortion, at=0.25, tolerance_bits=1e-7)
    assert inside(bounds, 0.75, slack=1e-7)


def test_without_errors_the_rate_is_the_entropy():
    prior = [0.5, 0.25, 0.25]
    assert inside(rate_at_distortion(prior, hamming(3), at=0.0, tolerance_bits=FINE), 1.5)
    point = blahut_arimoto(prior, hamming(3), slope=math.inf, tolerance_bits=FINE)
    assert point.distortion == 0 and point.rate_bits == pytest.approx(1.5, abs=FINE)


def test_at_no_rate_the_best_single_output_is_sent():
    prior = [0.5, 0.3, 0.2]
    assert rate_at_distortion(prior, hamming(3), at=0.5, tolerance_bits=FINE) == (0, 0)
    assert rate_at_distortion(prior, hamming(3), at=0.8, tolerance_bits=FINE) == (0, 0)
    just_less = rate_at_distortion(prior, hamming(3), at=0.499, tolerance_bits=1e-7)
    assert 0 < just_less.lower_bits < 0.01


def test_slope_zero_asks_for_nothing():
    point = blahut_arimoto([0.5, 0.3, 0.2], hamming(3), slope=0, tolerance_bits=FINE)
    assert point.rate_bits == pytest.approx(0, abs=FINE) and point.num_iterations == 1


def test_letters_that_never_come_cost_nothing():
    with_it = rate_at_distortion([0.6, 0.4, 0.0], hamming(3), at=0.1, tolerance_bits=FINE)
    assert inside(with_it, h(0.6, 0.4) - h(0.1, 0.9))


def test_no_probability_is_too_small():
    point = blahut_arimoto([1 - 1e-12, 1e-12], hamming(2), slope=500, tolerance_bits=FINE)
    assert point.distortion < 1e-100
    assert point.rate_bits == pytest.approx(h(1 - 1e-12, 1e-12), abs=FINE)


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.floats(0.2, 20))
def test_no_channel_does_better_than_the_lower_bound(seed, slope):
    """Any channel's I + λ E d is at least the certified minimum; the found one attains it."""
    draw = np.random.default_rng(seed)
    prior, distortion = draw.dirichlet(np.ones(4)), draw.uniform(0, 2, (4, 3))
    point = blahut_arimoto(prior, distortion, slope=slope, tolerance_bits=1e-6)
    assert 0 <= point.rate_bits - point.lower_bits <= 1e-6
    least = point.lower_bits + slope * point.distortion / math.log(2)
    channel = draw.dirichlet(np.ones(3), size=4)
    joint = prior[:, None] * channel
    information = (joint * np.log2(channel / joint.sum(axis=0))).sum()
    assert information + slope * (joint * distortion).sum() / math.log(2) >= least - 1e-9


def test_the_curve_falls_and_is_convex():
    prior = np.array([0.4, 0.3, 0.2, 0.1])
    rates = [
        rate_at_distortion(prior, hamming(4), at=d, tolerance_bits=1e-8).upper_bits
        for d in np.linspace(0, 0.6, 13)
    ]
    steps = np.diff(rates)
    assert (steps < 0).all() and (np.diff(steps) > -1e-7).all()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"prior": [0.5, 0.4]}, "prior is 'shape .2,., sum 0.9'.*sum 1"),
        ({"prior": [1.5, -0.5]}, "prior is"),
        ({"prior": [[0.5, 0.5]]}, "prior is"),
        ({"prior": [0.5, float("nan")]}, "not finite"),
        ({"distortion": hamming(3)}, "shape of distortion is .3, 3.; allowed: .2, outputs"),
        ({"distortion": np.ones((2, 2))}, "the same for all outputs"),
        ({"tolerance_bits": 0}, "tolerance_bits"),
        ({"tolerance_bits": 1e-15}, "tolerance_bits is 1e-15; allowed: at least 1e-12"),
        ({"slope": -1}, "slope is -1"),
        ({"slope": float("nan")}, "slope is nan"),
    ],
)
def test_nonsense_is_refused(changes, message):
    usual = {"prior": [0.5, 0.5], "distortion": hamming(2), "slope": 1, "tolerance_bits": FINE}
    given_now = usual | changes
    with pytest.raises(MetricError, match=message):
        blahut_arimoto(
            given_now["prior"],
            given_now["distortion"],
            slope=given_now["slope"],
            tolerance_bits=given_now["tolerance_bits"],
        )


def test_less_than_the_least_distortion_is_refused():
    with pytest.raises(MetricError, match="at is -0.1; allowed: 0 to 0.5"):
        rate_at_distortion([0.5, 0.5], hamming(2), at=-0.1, tolerance_bits=FINE)


def test_bounds_that_do_not_meet_are_refused(monkeypatch):
    monkeypatch.setattr("lcip.metrics.rate_distortion.MOST_ITERATIONS", 3)
    with pytest.raises(MetricError, match="bounds after 3 iterations.*ask for a larger tolerance"):
        blahut_arimoto([0.5, 0.3, 0.2], hamming(3), slope=1, tolerance_bits=FINE)
