"""The figures of sweeps and random motion draw what they are given."""

import numpy as np
import pandas as pd
import pytest

from lcip.motion import published, summary
from lcip.motion.figures_sweeps import (
    AXES,
    PUBLISHED_TOP,
    Densities,
    Dots,
    all_networks,
    density_figure,
    dots_figure,
    four_panels,
    highest,
)
from lcip.plotting import check_figure


@pytest.fixture(scope="module")
def means() -> pd.DataFrame:
    rows = [
        (name, weights, "l", stride, kind, float(amount), f"p{n}", 0.001 * stride * abs(amount) + n)
        for name, weights in (("resnet34", "random"), ("g", "q3"), ("g", "random"))
        for stride in (2, 8)
        for kind in AXES
        for amount in (-1, 0, 1)
        for n in (0, 0.002)
    ]
    columns = [*summary.LAYER, "transform", "parameter", "image", "nrmse"]
    return summary.curves(pd.DataFrame(rows, columns=columns))


def test_four_panels_have_a_line_a_stride_and_the_published_ones(means):
    own = means[(means["network"] == "g") & (means["weights"] == "q3")]
    figure = check_figure(four_panels(own, published.curves(), "title"))
    assert len(figure.axes) == 4
    for axes in figure.axes:
        assert len(axes.lines) == 2 + 5 and axes.get_ylim() == (0, PUBLISHED_TOP)


def test_all_networks_have_a_row_each_and_their_own_published_curves(means):
    curves = published.curves()
    thesis = {"resnet34": curves[curves["model_layer"].str.startswith("ResNet-34")]}
    figure = check_figure(all_networks(means, thesis))
    assert len(figure.axes) == 2 * 4
    looks = [line.get_linestyle() for line in figure.axes[0].lines]
    assert sorted(looks) == ["--", "--", ":", ":", ":"]
    assert sorted(line.get_linestyle() for line in figure.axes[4].lines) == ["-", "-", "--", "--"]


def test_the_axis_grows_only_where_it_must():
    assert highest(pd.DataFrame({"mean": [0.01, 0.039]})) == PUBLISHED_TOP == 0.04
    assert highest(pd.DataFrame({"mean": [0.041]})) == pytest.approx(0.06)


def test_densities_have_a_panel_a_network():
    errors = np.random.default_rng(0).normal(0.02, 0.004, 50)
    panels = [Densities(f"n{i}", {"a": (2, errors), "b": (16, errors + 0.01)}) for i in range(3)]
    figure = check_figure(density_figure(panels, published.random_densities(), 0.08))
    assert [axes.get_title() for axes in figure.axes] == ["n0", "n1", "n2"]
    assert all(len(axes.lines) == 5 + 2 for axes in figure.axes)


def test_dots_leave_out_what_is_not_there():
    lines = [Dots("a", 2, 0.01, 0.02, None), Dots("b", 8, float("nan"), 0.03, 0.04)]
    figure = check_figure(dots_figure(lines, {"band": (0.01, 0.04)}))
    (axes,) = figure.axes
    assert sorted((line.get_xdata()[0], line.get_ydata()[0]) for line in axes.lines) == [
        (0.01, 1), (0.02, 1), (0.03, 0), (0.04, 0),
    ]  # fmt: skip
    assert [text.get_text() for text in axes.get_yticklabels()] == ["b", "a"]
