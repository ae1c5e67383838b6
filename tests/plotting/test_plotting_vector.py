"""A drawing is shown as vectors: sharp, described in words, the same text each time."""

import xml.etree.ElementTree as ElementTree

import pytest

from lcip import plotting
from lcip.plotting import sheet

ALT = "Two boxes, one above the other, with an arrow from the upper to the lower one."


def a_sheet(title: str = "two boxes") -> sheet.Sheet:
    drawn = sheet.Sheet(2.0, title)
    above = drawn.box(1.0, 1.2, 0.8, 0.4, "$x$", kind="given")
    below = drawn.box(1.0, 0.4, 0.8, 0.4, "below", kind="plain")
    drawn.arrow([above.bottom, below.top])
    return drawn


def test_the_words_travel_with_the_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    monkeypatch.setattr(
        "IPython.display.display", lambda *args, **options: calls.append((args, options))
    )
    plotting.show_vector(a_sheet().figure, f" {ALT[:20]}\n {ALT[20:]}".replace("\n ", ""))
    ((data,), options) = calls[0]
    assert data["text/plain"] == options["metadata"]["image/svg+xml"]["alt"] == ALT
    assert options["raw"]


def test_it_is_one_element_that_names_no_date_and_needs_no_font() -> None:
    text = plotting.svg_text(a_sheet().figure)
    root = ElementTree.fromstring(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "<text" not in text and "font-family" not in text and "<image" not in text
    assert "matplotlib.org" not in text and "date" not in text.lower()
    assert "fill: #ffffff" in text  # an opaque ground, for dark pages


def test_the_same_drawing_is_the_same_text() -> None:
    assert plotting.svg_text(a_sheet().figure) == plotting.svg_text(a_sheet().figure)


def test_a_drawing_without_a_title_or_words_is_refused() -> None:
    with pytest.raises(plotting.FigureError, match="the title of panel 1"):
        plotting.show_vector(a_sheet(" ").figure, ALT)
    with pytest.raises(plotting.FigureError, match="at least 40 characters"):
        plotting.show_vector(a_sheet().figure, "boxes")


def test_its_words_are_stamped_where_the_pages_read_them() -> None:
    drawing = {"output_type": "display_data", "metadata": {"image/svg+xml": {"alt": ALT}}}
    notebook = {"cells": [{"metadata": {}, "outputs": [drawing]}]}
    assert plotting.stamp_alt(notebook) == 1
    assert notebook["cells"][0]["metadata"]["mystnb"]["image"]["alt"] == ALT


def test_a_box_knows_where_arrows_may_touch_it() -> None:
    box = sheet.Box(1.0, 2.0, 0.5, 0.2)
    assert (box.left, box.right) == ((0.75, 2.0), (1.25, 2.0))
    assert (box.top, box.bottom) == ((1.0, 2.1), (1.0, 1.9))


def test_what_is_drawn_stays_on_the_sheet() -> None:
    drawn = a_sheet()
    assert drawn.axes.get_xlim() == (0, sheet.SHEET_WIDTH_IN)
    assert drawn.figure.get_size_inches().tolist() == [sheet.SHEET_WIDTH_IN, 2.0]
    with pytest.raises(KeyError):
        drawn.box(1, 1, 1, 1, "x", kind="unknown")
