"""The figure of a shrinking interval: a bar a letter, the chosen part outlined."""

import numpy as np
import pytest

from lcip import plotting
from lcip.coding import intervals
from lcip.coding.source import Source
from lcip.images import figures_codes

WEATHER = Source("SRC", (0.5, 0.25, 0.25))


def test_every_letter_has_a_bar_whose_parts_fill_it():
    places = WEATHER.places("SRC")
    steps = intervals.narrow([intervals.shares(WEATHER)] * 3, places)
    figure = plotting.check_figure(figures_codes.subdivision(steps, WEATHER.alphabet))
    (axes,) = figure.axes
    assert len(axes.patches) == 9
    rows = np.array([patch.get_width() for patch in axes.patches]).reshape(3, 3)
    assert rows.sum(axis=1) == pytest.approx(1)
    assert [text.get_text() for text in axes.get_yticklabels()] == ["1: S", "2: R", "3: C"]
    outlined = [k for k, patch in enumerate(axes.patches) if patch.get_linewidth() > 1]
    assert outlined == [0, 4, 8]


def test_the_escape_of_the_coder_has_no_room_for_a_name():
    tables = WEATHER.tables()
    steps = intervals.narrow([intervals.integer_shares(tables, 0)], [1])
    (axes,) = figures_codes.subdivision(steps, WEATHER.alphabet).axes
    assert len(axes.patches) == 4
    assert [text.get_text() for text in axes.texts] == ["S", "R", "C"]


def test_an_empty_message_is_refused():
    with pytest.raises(plotting.FigureError, match="letters of the message is 0"):
        figures_codes.subdivision([], WEATHER.alphabet)
