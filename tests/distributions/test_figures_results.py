"""The figures of the results show the tables that they are given."""

import numpy as np
import pandas as pd
import pytest

from lcip import plotting
from lcip.distributions import figures_results as figures
from lcip.distributions.methods import METHOD_NAMES


@pytest.fixture
def table():
    """Two methods and the bound at two qualities, as `rows.savings` has them."""
    index = pd.MultiIndex.from_product(
        [[1, 3], ["static", "ideal", "backward"]], names=["quality", "method"]
    )
    return pd.DataFrame(
        {
            "rate_bpp": [0.2, 0.18, 0.185, 0.4, 0.37, 0.38],
            "psnr_rgb_db": [27.0] * 3 + [30.0] * 3,
            "recovered_percent": [0, 100, 75, 0, 100, 66],
        },
        index=index,
    )


def labels(figure):
    """Of the first axes' curves."""
    return figure.axes[0].get_legend_handles_labels()[1]


def test_every_method_has_a_title_and_a_colour_of_its_own():
    assert set(figures.TITLES) == set(figures.COLOURS) == set(METHOD_NAMES)
    assert len(set(figures.COLOURS.values())) == len(METHOD_NAMES)


def test_rate_distortion_has_a_line_a_method(table):
    context = {"published": ([0.2, 0.4], [26.0, 29.0])}
    figure = plotting.check_figure(figures.rate_distortion(table, context))
    assert labels(figure) == [
        "static (base codec)", "ideal (a bound)", "backward (counted)", "published",
    ]  # fmt: skip
    assert figure.axes[0].lines[2].get_xdata().tolist() == [0.185, 0.38]


def test_recovered_draws_the_methods_there_are(table):
    figure = plotting.check_figure(figures.recovered(table, ["adaptive", "backward"]))
    assert labels(figure) == ["backward (counted)", "ideal saving"]
    assert figure.axes[0].lines[0].get_ydata().tolist() == [75, 66]
    assert figure.axes[0].get_xticks().tolist() == [1, 3]


def test_cost_of_saving_is_one_mark_a_method():
    frame = pd.DataFrame(
        {"method": ["static", "local"], "decode_ms": [1.0, 8.0], "saving_percent": [0.0, 12.0]}
    )
    figure = plotting.check_figure(figures.cost_of_saving(frame))
    assert [line.get_ydata()[0] for line in figure.axes[0].lines] == [0, 12]


def test_weight_of_prior_shows_plain_counts_of_each_data_set():
    frame = pd.DataFrame(
        [
            ("static", "kodak", "plain", 40, 80.0), ("static", "kodak", "plain", 10, 70.0),
            ("static", "validation", "plain", 40, 69.0), ("sent", "kodak", "plain", 40, 85.0),
            ("static", "kodak", "local", 40, 160.0),
        ],
        columns=["prior", "data_set", "counting", "num_prior_symbols", "recovered_percent"],
    )  # fmt: skip
    figure = plotting.check_figure(figures.weight_of_prior(frame))
    assert labels(figure)[0] == "prior static, Kodak"
    assert [line.get_ydata().tolist() for line in figure.axes[0].lines] == [[70, 80], [69], [85]]


def test_channel_rates_add_up():
    static, ideal = np.array([1.0, 3.0, 2.0]), np.array([0.5, 2.0, 1.9])
    figure = plotting.check_figure(figures.channel_rates({"static": static, "ideal": ideal}))
    assert figure.axes[1].lines[0].get_ydata() == pytest.approx([1.0, 1.1, 1.6])


def test_rate_histogram_counts_every_channel():
    rates = {"static": np.array([0.1, 0.2, 1.4]), "backward": np.array([0.1, 0.6, 1.3])}
    figure = plotting.check_figure(figures.rate_histogram(rates, width_bits=0.5))
    assert [line.get_ydata().tolist() for line in figure.axes[0].lines] == [
        [0, 2, 0, 1, 0], [0, 1, 1, 1, 0],
    ]  # fmt: skip


def test_saving_against_size_is_in_megapixels():
    frame = pd.DataFrame(
        {
            "method": ["adaptive"] * 2,
            "num_pixels": [8_000_000, 65_536],
            "saving_percent": [8.0, 1.0],
        }
    )
    figure = plotting.check_figure(figures.saving_against_size(frame))
    assert figure.axes[0].lines[0].get_xdata().tolist() == [0.065536, 8.0]
