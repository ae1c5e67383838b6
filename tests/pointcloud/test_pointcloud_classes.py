"""Class by class: counts, bits and accuracies by hand; figures with labels and units."""

import numpy as np
import pandas as pd

from lcip import metrics, plotting
from lcip.pointcloud import figures_rate, per_class
from lcip.pointcloud import rate_accuracy as ra
from lcip.pointcloud.testset import CodedSet, Score

CLASSES = ["ant", "bee", "cat"]


def sample() -> tuple[CodedSet, Score]:
    labels, predicted = np.array([0, 0, 0, 0, 2, 2]), np.array([0, 0, 2, 2, 2, 2])
    payloads = (b"a", b"ab", b"abc", b"ab", b"", b"a")
    coded = CodedSet(payloads, np.zeros((6, 2), int), labels, 12.0)
    score = Score(
        metrics.accuracy_percent(predicted, labels), predicted,
        np.array([7.0, 15, 23, 15, 0, 8]), coded.payload_bits_of, 12.0,
    )  # fmt: skip
    return coded, score


def test_each_class_by_hand():
    table = per_class.class_table(*sample(), CLASSES)
    assert list(table.index) == ["ant", "cat"]  # no bee was seen
    ant, cat = table.loc["ant"], table.loc["cat"]
    assert (ant["clouds"], ant["accuracy_percent"], ant["taken_for"]) == (4, 50.0, "cat")
    assert (ant["estimated_bits"], ant["payload_bits"]) == (15.0, 16.0)
    assert (cat["accuracy_percent"], cat["payload_bits"], cat["taken_for"]) == (100.0, 4.0, "")
    assert ant["low_percent"] < 50 < ant["high_percent"] and cat["high_percent"] == 100


def test_the_page_shows_the_least_recognised_first_with_intervals():
    shown = per_class.shown(per_class.class_table(*sample(), CLASSES))
    assert list(shown.index) == ["ant", "cat"]
    assert shown.loc["ant", "accuracy (%)"] == ra.accuracy_text(50.0, 4)


def test_whole_sets_keep_their_three_kinds_of_bits():
    _, score = sample()
    row = per_class.score_table({"m": (None, score)}).loc["m"]
    assert row[["estimate (bits)", "payload (bits)", "file (bits)"]].tolist() == [11.3, 12.0, 12.0]
    assert row["accuracy (%)"] == ra.accuracy_text(400 / 6, 6) and row["clouds"] == 6


def test_panels_hold_only_what_there_is():
    published = {size: ra.published_curves(size) for size in ("full", "lite")}
    measured = {"full": {}, "lite": {64: metrics.curve([10, 20], [50.0, 60.0], "ours")}}
    anchor = ("TMC13", metrics.curve([72, 500], [4.0, 80.0], "anchor"))
    figure = figures_rate.panels(
        published, measured, rate_name="estimated", anchor=anchor, label=None, bits_range=(4, 1000)
    )
    plotting.check_figure(figure)
    full, lite = figure.axes
    references = len(figures_rate.REFERENCES)
    assert len(full.lines) == references + 1 + 8 and len(lite.lines) == references + 1 + 8 + 1
    bare = figures_rate.panels(
        None, measured, rate_name="payload", anchor=None, label=(8, 87.0), bits_range=(4, 1000)
    )
    plotting.check_figure(bare)
    assert len(bare.axes[0].lines) == references + 1
    assert bare.axes[0].lines[-1].get_xydata().tolist() == [[8, 87]]
    assert "payload" in bare.axes[0].get_xlabel()


def test_colours_of_numbers_of_points_differ():
    colours = list(figures_rate.point_colours().values())
    assert len(set(colours)) == 8


def test_class_figures_pass_the_house_s_checks():
    table = per_class.class_table(*sample(), CLASSES)
    plotting.check_figure(figures_rate.class_scatter(table, "payload_bits"))
    accuracies = pd.DataFrame([[10.0, 90.0], [50.0, 70.0]], index=["ant", "cat"])
    figure = figures_rate.class_by_rate(accuracies, [20.2, 20.4], "payload")
    plotting.check_figure(figure)
    assert [t.get_text() for t in figure.axes[0].texts] == ["10", "90", "50", "70"]
    assert [t.get_text() for t in figure.axes[0].get_xticklabels()] == ["20", "20"]
