"""The palette holds for every reader, and drawing leaves the session's settings alone."""

from itertools import combinations

import matplotlib
import numpy as np
import pytest

from lcip import plotting

# Linear-RGB simulations of full protanopia and deuteranopia (Machado, Oliveira, Fernandes 2009).
BLINDNESS = {
    "none": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
}
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def linear(colour: str) -> np.ndarray:
    rgb = np.array(matplotlib.colors.to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(linear_rgb: np.ndarray) -> np.ndarray:
    ratio = TO_XYZ @ linear_rgb.clip(0, 1) / (TO_XYZ @ np.ones(3))
    f = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("colour", [*plotting.PALETTE, plotting.GREY])
def test_every_colour_stands_out_from_white(colour: str) -> None:
    luminance = TO_XYZ[1] @ linear(colour)
    assert 1.05 / (luminance + 0.05) >= 3.0


@pytest.mark.parametrize("blindness", BLINDNESS)
def test_any_two_colours_stay_apart(blindness: str) -> None:
    seen = [lab(BLINDNESS[blindness] @ linear(colour)) for colour in plotting.PALETTE]
    nearest = min(np.linalg.norm(a - b) for a, b in combinations(seen, 2))
    assert nearest >= 30  # CIE 1976 difference; about 2.3 is just noticeable


def test_drawing_leaves_the_sessions_settings_alone() -> None:
    before = dict(matplotlib.rcParams)
    plotting.bars(["a"], {"s": [1]}, item_label="i (name)", value_label="v (%)", number_format=None)
    assert dict(matplotlib.rcParams) == before


def test_the_session_may_take_the_house_style() -> None:
    with matplotlib.rc_context():
        matplotlib.rcParams["lines.linestyle"] = ":"
        backend = matplotlib.get_backend()
        plotting.use_house_style()
        assert matplotlib.rcParams["lines.linestyle"] == "-"
        assert matplotlib.rcParams["axes.grid"]
        assert matplotlib.get_backend() == backend


def test_a_sessions_own_settings_do_not_reach_a_figure() -> None:
    def draw() -> bytes:
        curve = plotting.Curve("a", [1, 2], [3, 4], "learned")
        figure = plotting.rd_curves([curve], x_label="rate (bpp)", y_label="quality (dB)")
        return plotting.png_bytes(figure)

    expected = draw()
    with matplotlib.rc_context({"font.size": 20, "axes.facecolor": "red", "savefig.dpi": 50}):
        assert draw() == expected
