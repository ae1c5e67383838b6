"""The drawings say what the networks are."""

import pytest

from lcip import plotting
from lcip.distributions import diagrams, networks
from lcip.distributions.walk import walk


def texts(figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def test_the_method_names_every_part_and_shape():
    figure = plotting.check_figure(diagrams.method((192, 256), (16, 32)))
    words = " ".join(texts(figure))
    for part in ("g_a", "g_s", "histogram", "h_{a,q}", "h_{s,q}", "R_y", "R_q", "softmax"):
        assert part in words
    assert words.count("192 × 256") == 2 and words.count("16 × 32") == 1


@pytest.mark.parametrize("family", networks.CONFIGURATIONS)
def test_the_layers_are_those_of_the_networks(family):
    config = networks.configuration(family)
    encode = walk(networks.AnalysisQ(config), (config.M_y, config.num_bins))
    decode = walk(networks.SynthesisQ(config), config.q_shape)
    stacks = [
        diagrams.Stack("a", "p", "q", encode, ""),
        diagrams.Stack("s", "q", "p", decode, "softmax over the bins"),
    ]
    drawn = texts(plotting.check_figure(diagrams.layers(stacks)))
    assert sum("↓2" in text for text in drawn) == sum("↑2" in text for text in drawn) == 3
    assert sum(text.startswith("Conv $k$") for text in drawn) == 5
    assert f"p   {config.M_y} × {config.num_bins}" in drawn
    assert f"q   {config.M_q} × {config.num_bins // 8}" in drawn
    assert "softmax over the bins" in drawn


def test_every_arrow_and_box_lies_on_the_sheet():
    figure = diagrams.method((320, 1024), (32, 128))
    figure.draw_without_rendering()
    axes = figure.axes[0]
    sheet = axes.get_window_extent()
    for drawn in (*axes.patches, *axes.texts):
        box = drawn.get_window_extent()
        assert sheet.x0 <= box.x0 and box.x1 <= sheet.x1, drawn
        assert sheet.y0 <= box.y0 and box.y1 <= sheet.y1, drawn
