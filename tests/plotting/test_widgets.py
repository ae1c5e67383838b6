"""What a widget carries: all its data, nothing that breaks the page, refusals in one line."""

import base64
import io
import json
import re

import numpy as np
import pytest
from PIL import Image

from lcip.plotting import FigureError, widgets

AXIS = widgets.Axis("rate (bpp)", 0.1, 2.0, (0.5, 1.0))
STEP = widgets.Step("1", "the first of them")


def data_of(markup: str) -> dict:
    """What `widgets.js` reads."""
    return json.loads(re.search(r'json">(.*)</script></div>$', markup, re.DOTALL)[1])


def test_the_data_come_back_whole_and_close_no_tag():
    markup = widgets.widget_html("curves", {"words": "</script><b>&amp;"})
    assert markup.count("</script>") == 1
    assert data_of(markup) == {"words": "</script><b>&amp;"}


def test_numbers_that_json_does_not_know_are_refused():
    with pytest.raises(ValueError):
        widgets.widget_html("curves", {"value": float("nan")})


def test_a_picture_is_all_in_its_address():
    rgb = np.random.default_rng(0).integers(0, 255, (20, 30, 3), np.uint8)
    source = widgets.pictures("quality", [(STEP, rgb)], 0)["steps"][0]["src"]
    head, _, body = source.partition(",")
    assert head == "data:image/webp;base64"
    assert Image.open(io.BytesIO(base64.b64decode(body))).size == (30, 20)


def test_points_are_signed_bytes_within_the_unit_ball():
    points = np.array([[0.5, -0.5, 0.25], [2.0, -2.0, 0.0]])
    read = np.frombuffer(base64.b64decode(widgets.packed(points)), np.int8).reshape(-1, 3)
    assert np.abs(read / 127 - np.clip(points, -1, 1)).max() <= 0.5 / 127


@pytest.mark.parametrize("points", [np.zeros((3, 2)), np.full((2, 3), np.nan), np.zeros(3)])
def test_what_is_no_cloud_is_refused(points):
    with pytest.raises(FigureError, match="finite numbers"):
        widgets.packed(points)


def test_objects_with_other_numbers_of_steps_are_refused():
    one = (STEP, np.zeros((4, 3)))
    with pytest.raises(FigureError, match="as many for each object"):
        widgets.clouds("rate", {"chair": [one], "lamp": [one, one]}, 0)


def channel(**changes) -> widgets.Channel:
    given = {
        "name": "channel 3",
        "lowest": -1,
        "counts": [1, 6, 1],
        "static": [0.3, 0.4, 0.3],
        "adaptive": [0.15, 0.7, 0.15],
    }
    return widgets.Channel(**(given | changes))


def test_a_blend_holds_both_ends():
    blended = widgets.blend("title", [channel()])["channels"][0]
    assert blended["from"] == [0.3, 0.4, 0.3] and blended["to"] == [0.15, 0.7, 0.15]
    assert blended["top"] >= 0.75 and blended["ticks"] == [-1, 0, 1]


def test_a_symbol_that_was_seen_must_have_room():
    with pytest.raises(FigureError, match="above 0"):
        widgets.blend("title", [channel(adaptive=[0.0, 0.7, 0.3])])
    with pytest.raises(FigureError, match="three equal"):
        widgets.blend("title", [channel(static=[1.0])])


def test_nothing_to_show_is_refused():
    for call in (
        lambda: widgets.pictures("a", [], 0),
        lambda: widgets.clouds("a", {}, 0),
        lambda: widgets.curves("a", AXIS, AXIS, []),
        lambda: widgets.blend("a", []),
        lambda: widgets.loss("a", AXIS, AXIS, [], (0, 1)),
    ):
        with pytest.raises(FigureError, match="at least one"):
            call()
