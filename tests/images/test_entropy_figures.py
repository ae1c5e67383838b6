"""Densities, cubes and block diagrams of the notebook on entropy models."""

import numpy as np
import pytest

from lcip import plotting
from lcip.errors import LcipError
from lcip.images import density, diagrams, factorized, figures_entropy


def test_masses_are_differences_of_the_cumulative(codec):
    edges = np.arange(-4, 5) - 0.5
    masses = np.diff(density.cumulative(codec, 3, edges))
    assert masses == pytest.approx(factorized.channel_pmfs(codec.model, -4, 3)[3], rel=1e-5)
    with pytest.raises(LcipError, match="channel is 12; allowed: 0 to 11"):
        density.cumulative(codec, 12, edges)


def test_a_density_integrates_to_what_its_cumulative_says(codec):
    grid = np.linspace(-20, 20, 4001)
    values = density.density(codec, 0, grid)
    area = (values[1:] + values[:-1]).sum() / 2 * 0.01
    ends = density.cumulative(codec, 0, np.array([-20.0, 20.0]))
    assert area == pytest.approx(ends[1] - ends[0], rel=1e-4)


def test_scales_are_standard_deviations(codec):
    masses = factorized.channel_pmfs(codec.model, -256, 256)[5]
    draws = np.random.default_rng(0).choice(np.arange(-256, 257), 200_000, p=masses / masses.sum())
    assert density.scales(codec)[5] == pytest.approx(draws.std(), rel=0.02)


def test_a_cube_has_three_faces_and_a_colour_bar():
    values = np.arange(24.0).reshape(2, 3, 4)
    panels = [("one", values), ("two", values)]
    figure = figures_entropy.cubes(panels, colour_label="scale (symbols)", limits=(0, 24))
    plotting.check_figure(figure)
    cube = figure.axes[0]
    counts = [len(face.get_array()) for face in cube.collections]
    assert counts == [3 * 4, 3 * 2, 2 * 4]
    assert cube.collections[1].get_array().tolist() == [3, 15, 7, 19, 11, 23]
    assert not cube.axison and len(figure.axes) == 3


def test_the_price_of_a_symbol_is_an_area_and_a_bar():
    grid = np.linspace(-4, 4, 81)
    masses = np.array([0.1, 0.2, 0.4, 0.2, 0.1])
    figure = figures_entropy.symbol_price(grid, np.exp(-(grid**2)), masses, -2, 1)
    plotting.check_figure(figure)
    _, bars = figure.axes
    assert [patch.get_height() for patch in bars.patches] == pytest.approx(masses)
    assert "0.2000" in bars.texts[0].get_text() and "2.32 bits" in bars.texts[0].get_text()


@pytest.mark.parametrize("draw", [diagrams.factorized, diagrams.hyperprior])
def test_a_diagram_names_what_is_coded(draw):
    figure = plotting.check_figure(draw(96))
    words = " ".join(text.get_text() for text in figure.axes[0].texts)
    assert "96" in words and "entropy coder" in words and "g_a" in words and "g_s" in words
    assert ("h_s" in words) == (draw is diagrams.hyperprior)
