"""Figures can be shown (labels with units), and tables behind them count rightly."""

import numpy as np
import pandas as pd
import pytest

from lcip import plotting, results
from lcip.pointcloud import figures

CLASSES = ["ant", "bee", "cat"]


def test_confusions_are_counted_by_hand():
    actual, predicted = np.array([0, 0, 0, 1, 2, 2]), np.array([0, 1, 1, 1, 0, 2])
    counts = figures.confusion_counts(actual, predicted, 3)
    assert counts.tolist() == [[1, 2, 0], [0, 1, 0], [1, 0, 1]]
    worst = figures.worst_confusions(counts, CLASSES, num_rows=2)
    assert worst["actual"].tolist() == ["ant", "cat"]
    assert worst["taken_for"].tolist() == ["bee", "ant"]
    assert worst["clouds"].tolist() == [2, 1]
    assert np.allclose(worst["share_of_class_percent"], [200 / 3, 50])


def test_without_a_mistake_there_is_no_worst_one():
    worst = figures.worst_confusions(np.diag([3, 0, 2]), CLASSES, num_rows=5)
    assert worst.empty and worst.columns[0] == "actual"


def test_figures_pass_the_house_s_checks():
    counts = np.array([[1, 2, 0], [0, 0, 0], [1, 0, 1]])
    draw = np.random.default_rng(0)
    estimated = draw.uniform(30, 90, 100)
    plotting.check_figure(figures.confusion(counts, CLASSES))
    plotting.check_figure(figures.bits_histogram(estimated, 8 * np.ceil(estimated / 8)))


def test_a_histogram_holds_every_cloud():
    estimated, payload = np.array([0.0, 3.9, 63.9]), np.array([0, 8, 72])
    axes = figures.bits_histogram(estimated, payload).axes[0]
    assert sum(patch.get_height() for patch in axes.patches[:-1]) == 3


def test_a_confusion_matrix_of_other_classes_is_refused():
    with pytest.raises(plotting.FigureError, match="shape of counts"):
        figures.confusion(np.zeros((2, 2)), CLASSES)


def test_the_published_curve_is_the_one_of_size_and_points():
    points = results.read_published("pc_rate_accuracy_points")
    curve = figures.published_curve(points, "micro", 1024)
    assert len(curve) == 9 and curve["bits"].is_monotonic_increasing
    at_320 = curve.set_index("lmbda").loc[320.0]
    assert abs(at_320["bits"] - 60.858) < 0.001 and abs(at_320["acc_top1_percent"] - 82.901) < 0.001


def test_rate_against_accuracy_has_intervals():
    ours = pd.DataFrame(
        {
            "lmbda": [320.0, 28.0],
            "estimated_bits": [60.0, 20.0],
            "test_accuracy_percent": [80.0, 68.0],
            "test_accuracy_low_percent": [78.4, 66.1],
            "test_accuracy_high_percent": [81.5, 69.8],
        }
    )
    points = results.read_published("pc_rate_accuracy_points")
    curve = figures.published_curve(points, "micro", 1024)
    figure = figures.rate_accuracy(ours, curve, "estimated_bits")
    plotting.check_figure(figure)
    assert [text.get_text() for text in figure.axes[0].texts] == ["λ = 28", "λ = 320"]
