"""The rules by which stored and computed outputs are compared."""

import base64
import io

import numpy as np
import pytest
from output_comparison import compare_figure, compare_outputs, compare_text
from PIL import Image


@pytest.mark.parametrize(
    ("stored", "computed"),
    [
        ("24 images", "24 images"),
        ("0.5 dB", "0.50001 dB"),
        ("psnr_db=32.4512", "psnr_db=32.4515"),
        ("32.45", "32.46"),
        ("1.5e-07 bpp", "1.50001e-07 bpp"),
        ("1e-15", "-3e-16"),
        ("x  9.99999", "x 10.00001"),
        ("[1. 2.5]", "[1. 2.50001]"),
        ("12.3456%", "12.3457%"),
        ("0.53210dB", "0.53211dB"),
        ("<td>0.123456</td>", "<td>0.123457</td>"),
    ],
)
def test_close_enough(stored, computed):
    assert compare_text(stored, computed) == ""
    assert compare_text(computed, stored) == ""


@pytest.mark.parametrize(
    ("stored", "computed"),
    [
        ("24 images", "25 images"),
        ("123456", "123457"),
        ("123456.\n", "123457.\n"),
        ("0.500 dB", "0.510 dB"),
        ("0.51", "0.52"),
        ("0.50000", "0.50020"),
        ("-0.5", "0.5"),
        ("1.0e-07", "1.0e-06"),
        ("3", "3.0"),
        ("3", "3.00001"),
        ("0.5 dB", "0.5 bits"),
        ("0.5", "nan"),
        ("q3 0.5", "q4 0.5"),
        ("0.5 0.6", "0.5"),
        ("a  b", "a b"),
        ("1.0\n2.0", "1.0 2.0"),
        ("", "warning"),
        ("3-5", "3-6"),
        ("torch 2.13.0", "torch 2.14.0"),
        ("<td>0.52</td>", "<td>0.53</td>"),
    ],
)
def test_not_the_same(stored, computed):
    assert compare_text(stored, computed) != ""
    assert compare_text(computed, stored) != ""


def test_a_difference_names_both_numbers_and_their_line():
    found = compare_text("first 1.0\nPSNR 32.4512 dB\n", "first 1.0\nPSNR 33.4512 dB\n")
    assert found == "32.4512 is stored, 33.4512 was computed, in\n  PSNR 32.4512 dB"


def png(values: np.ndarray) -> str:
    file = io.BytesIO()
    Image.fromarray(np.round(values * 255).astype(np.uint8)).save(file, format="PNG")
    return base64.encodebytes(file.getvalue()).decode()


@pytest.fixture
def picture() -> np.ndarray:
    """A smooth picture of 120 x 90 pixels, in colour."""
    y, x = np.mgrid[:90, :120] / 120
    return np.stack([0.2 + x / 2, 0.2 + y / 2, 0.5 + 0 * x], axis=2)


def test_a_figure_is_the_same_up_to_a_grey_level(picture):
    assert compare_figure(png(picture), png(picture)) == ""
    assert compare_figure(png(picture), png(picture + 1 / 255)) == ""


def test_a_small_mark_makes_another_figure(picture):
    marked = picture.copy()
    marked[40:47, 60:65] = 1
    assert "the figure differs" in compare_figure(png(picture), png(marked))


def test_a_faint_change_of_everything_makes_another_figure(picture):
    assert "the figure differs by" in compare_figure(png(picture), png(picture + 3 / 255))


def test_another_size_makes_another_figure(picture):
    found = compare_figure(png(picture), png(picture[:-1]))
    assert found == "the figure is stored as 120 x 90 pixels, computed as 120 x 89"


def test_the_palette_of_a_file_does_not_matter(picture):
    flat = np.round(picture[..., :1] * 4) / 4 * np.ones(3)
    image = Image.fromarray(np.round(flat * 255).astype(np.uint8))
    file = io.BytesIO()
    image.quantize(16, dither=Image.Dither.NONE).save(file, format="PNG")
    assert compare_figure(png(flat), base64.b64encode(file.getvalue()).decode()) == ""


def text(content: str, name: str = "stdout") -> dict:
    return {"output_type": "stream", "name": name, "text": content}


def shown(**data: str) -> dict:
    return {
        "output_type": "display_data",
        "data": {k.replace("_", "/"): v for k, v in data.items()},
    }


def test_outputs_are_compared_one_by_one():
    stored = [text("a"), shown(text_plain="1.00001"), shown(text_plain="x")]
    fresh = [shown(text_plain="1.00002"), text("a"), shown(text_plain="x")]
    assert compare_outputs(stored, fresh) == ""
    assert compare_outputs(stored, [fresh[0], fresh[1]]) == "2 outputs are stored, 1 were computed"
    assert compare_outputs(stored, [fresh[2], *fresh[:2]]).startswith("output 1: text/plain")


@pytest.mark.parametrize(
    ("stored", "fresh", "words"),
    [
        ([], [text("warning", "stderr")], "stderr: the text differs"),
        (
            [shown(text_plain="1")],
            [shown(text_plain="1", text_html="1")],
            "stored as ['text/plain']",
        ),
        ([shown(text_html="1")], [shown(text_html="2")], "output 1: text/html: 1 is stored"),
    ],
)
def test_an_output_that_differs_is_named(stored, fresh, words):
    assert words in compare_outputs(stored, fresh)
