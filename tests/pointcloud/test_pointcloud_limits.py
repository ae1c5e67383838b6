"""The bound on labels: closed forms, ends, and the published curve with its twenty rounds."""

import math

import numpy as np
import pytest

from lcip import metrics, plotting, results
from lcip.errors import LcipError
from lcip.pointcloud import figures_limits, limits
from lcip.pointcloud import rate_accuracy as ra
from lcip.results.extractors import extract

TEST = np.repeat([100, 86, 50, 20], [18, 3, 1, 18]) / 2468


def test_the_prior_is_that_of_the_test_set():
    assert np.sort(limits.prior("test"))[::-1] == pytest.approx(TEST)
    assert limits.prior("uniform") == pytest.approx(np.full(40, 1 / 40))
    assert limits.entropy_bits(TEST) == pytest.approx(5.0070, abs=1e-4)
    with pytest.raises(LcipError, match="prior is 'train'; allowed: .*uniform"):
        limits.prior("train")


@pytest.mark.parametrize("percent", [10.0, 30.0, 55.0, 65.0, 80.0, 99.0, 100.0])
def test_blahut_arimoto_agrees_with_water_filling(percent):
    assert limits.bits_at(TEST, percent) == pytest.approx(
        limits.by_water_filling(TEST, percent).bits, abs=1e-6
    )


def test_the_numbers_of_the_slides():
    assert limits.bits_at(TEST, 80) == pytest.approx(3.22796, abs=1e-5)
    uniform = np.full(40, 1 / 40)
    closed = math.log2(40) - limits.entropy_bits(np.array([0.2, 0.8])) - 0.2 * math.log2(39)
    assert limits.bits_at(uniform, 80) == pytest.approx(closed, abs=1e-6)
    assert limits.by_water_filling(uniform, 80).bits == pytest.approx(closed, abs=1e-12)
    call = "label_bits_at_accuracy(80, [(18, 100), (3, 86), (1, 50), (18, 20)])"
    assert extract(call)[0] == pytest.approx(3.22796, abs=1e-5)


def test_without_bits_a_largest_class_is_named():
    share = 100 * 100 / 2468
    assert limits.bits_at(TEST, share) == 0 and limits.bits_at(TEST, 1.0) == 0
    assert limits.by_water_filling(TEST, share)[::2] == (0.0, 1)
    assert limits.by_water_filling(TEST, 4.2).bits > 0


def test_rare_classes_drown_first():
    named = [limits.by_water_filling(TEST, percent).num_named for percent in (80, 60, 30, 10)]
    assert named[0] == 40 and named == sorted(named, reverse=True) and named[-1] >= 18
    low = limits.by_water_filling(TEST, 30)
    slope = math.log(0.3 / low.level)
    wrong = limits.error_distortion(40)
    point = metrics.blahut_arimoto(TEST, wrong, slope=slope, tolerance_bits=1e-7)
    assert point.distortion == pytest.approx(0.7, abs=1e-4)
    assert (point.outputs[low.level > TEST] < 1e-3).all()
    assert (point.outputs[low.level < TEST] > 1e-3).all()


def test_accuracies_beyond_100_are_refused():
    with pytest.raises(LcipError, match="accuracy_percent is 101"):
        limits.by_water_filling(TEST, 101)


def test_the_published_curve_is_twenty_rounds():
    table = results.read_published("pc_theoretical_optimum")

    def apart(rounds):
        again = limits.as_published(TEST, limits.PUBLISHED_SLOPES, rounds)
        found = np.interp(table["acc_percent"], again["accuracy_percent"], again["bits"])
        return np.abs(found - table["bits"]).max()

    assert apart(limits.PUBLISHED_ITERATIONS) < 2e-9
    assert apart(19) > 1e-5 and apart(21) > 1e-5


def test_rounds_without_end_lead_to_the_bound():
    few, many = (limits.as_published(TEST, np.array([2.0]), n).iloc[0] for n in (20, 3000))
    bound = limits.by_water_filling(TEST, many["accuracy_percent"]).bits
    assert many["bits"] == pytest.approx(bound, abs=1e-6)
    excess = limits.excess_bits(TEST, few[["accuracy_percent"]], few[["bits"]])
    assert 1e-3 < excess[0] < 1e-2


def test_figures_pass_the_house_s_checks():
    grid = np.array([20.0, 60.0, 95.0])
    published = {size: ra.published_curves(size)[64] for size in ("full", "micro")}
    bounds = {"test": limits.bound(TEST, grid), "uniform": limits.bound(np.full(4, 0.25), grid)}
    assert (bounds["uniform"]["bits"].iloc[0]) == 0
    ours = {"micro": metrics.curve([8, 16], [40.0, 60.0], "ours")}
    plotting.check_figure(figures_limits.bound_and_codecs(bounds, published, ours, 80))
    plotting.check_figure(figures_limits.named_classes(TEST, TEST, 0.01))
    again = limits.as_published(TEST, np.linspace(0, 12, 9), 20)
    again["excess_bits"] = limits.excess_bits(TEST, again["accuracy_percent"], again["bits"])
    plotting.check_figure(figures_limits.published_gap(again, again))
