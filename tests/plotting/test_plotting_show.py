"""A figure is shown with words and units, as the same bytes each time, or it is refused."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from lcip import plotting
from lcip.plotting import FigureError

ALT = "Two curves, quality against a rate; the second lies one decibel higher everywhere."


def a_figure(x_label: str = "rate (bpp)", y_label: str = "PSNR-RGB (dB)") -> object:
    curves = [plotting.Curve("a", [0.1, 1], [30, 40], "learned")]
    return plotting.rd_curves(curves, x_label=x_label, y_label=y_label)


def test_the_words_travel_with_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    monkeypatch.setattr(
        "IPython.display.display", lambda *args, **options: calls.append((args, options))
    )
    plotting.show(a_figure(), f"  {ALT[:30]}\n   {ALT[30:]} ")
    ((data,), options) = calls[0]
    assert data["text/plain"] == options["metadata"]["image/png"]["alt"] == ALT
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG") and options["raw"]


def test_the_picture_is_opaque_white_and_of_the_houses_width() -> None:
    png = Image.open(io.BytesIO(plotting.png_bytes(a_figure())))
    assert png.mode in ("P", "RGB") and "transparency" not in png.info
    assert png.convert("RGB").getpixel((0, 0)) == (255, 255, 255)
    assert png.width == round(plotting.WIDTH_IN * plotting.DPI)


def test_the_same_figure_is_the_same_bytes() -> None:
    assert plotting.png_bytes(a_figure()) == plotting.png_bytes(a_figure())


def test_the_palette_keeps_the_colours_of_the_lines() -> None:
    png = Image.open(io.BytesIO(plotting.png_bytes(a_figure()))).convert("RGB")
    assert png.getpixel((5, 5)) == (255, 255, 255)
    darkest = np.asarray(png).reshape(-1, 3).min(axis=0)
    assert (darkest <= 2).all()  # the first curve is black


def test_photographs_keep_their_pixels() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    png = plotting.png_bytes(plotting.image_grid([("noise", noise)], columns=1))
    colours = Image.open(io.BytesIO(png)).convert("RGB").getcolors(maxcolors=1 << 20)
    assert {tuple(pixel) for pixel in noise[1:-1, 1:-1].reshape(-1, 3)} <= {c for _, c in colours}


@pytest.mark.parametrize(
    "alt", ["", "plot", "   figure    of                          a        b   "]
)
def test_too_few_words_are_refused(alt: str) -> None:
    with pytest.raises(FigureError, match="at least 40 characters. Next: say what"):
        plotting.show(a_figure(), alt)


@pytest.mark.parametrize("label", ["", "rate", "(bpp)", "rate (bpp) of all"])
@pytest.mark.parametrize("axis", ["x_label", "y_label"])
def test_an_axis_without_a_unit_is_refused(axis: str, label: str) -> None:
    with pytest.raises(FigureError, match=f"the {axis[0]} label of panel 1 is .*rate .bpp."):
        plotting.check_figure(a_figure(**{axis: label}))


def test_a_photograph_without_a_title_is_refused() -> None:
    black = np.zeros((8, 8, 3), np.uint8)
    with pytest.raises(FigureError, match="the title of panel 2 is ' '; allowed: a title"):
        plotting.check_figure(plotting.image_grid([("black", black), (" ", black)], columns=2))


def test_a_colour_bar_without_a_unit_is_refused() -> None:
    labels = {"x_label": "x (px)", "y_label": "y (px)", "colour_label": "code length"}
    scale = {"limits": (0, 1), "colour_map": plotting.SEQUENTIAL}
    figure = plotting.heat_maps([("a", np.eye(4))], columns=1, **labels, **scale)
    with pytest.raises(FigureError, match="the y label of panel 2 is 'code length'"):
        plotting.check_figure(figure)


def test_shared_labels_count() -> None:
    with plotting.house_style():
        figure = plotting.new_figure(3.0)
        figure.subplots(1, 2)
    figure.supxlabel("rate (bpp)")
    with pytest.raises(FigureError, match="y label of panel 1"):
        plotting.check_figure(figure)
    figure.supylabel("quality (dB)")
    assert plotting.check_figure(figure) is figure


def test_alt_is_stamped_where_the_pages_read_it() -> None:
    picture = {"output_type": "display_data", "metadata": {"image/png": {"alt": ALT}}}
    table = {"output_type": "execute_result", "metadata": {}}
    stream = {"output_type": "stream", "name": "stdout"}
    figure_cell = {
        "cell_type": "code",
        "metadata": {"mystnb": {"figure": {"caption": "c"}}},
        "outputs": [stream, picture],
    }
    other = {"cell_type": "code", "metadata": {}, "outputs": [table]}
    prose = {"cell_type": "markdown", "metadata": {}}
    notebook = {"cells": [prose, figure_cell, other]}
    assert plotting.stamp_alt(notebook) == 1
    expected = {"figure": {"caption": "c"}, "image": {"alt": ALT}}
    assert figure_cell["metadata"]["mystnb"] == expected
    assert other["metadata"] == {} and prose["metadata"] == {}
    assert plotting.stamp_alt(notebook) == 0
