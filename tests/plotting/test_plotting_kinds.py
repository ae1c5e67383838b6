"""Every kind of plot: what it draws, in which order, and what it refuses."""

import numpy as np
import pytest

from lcip import plotting
from lcip.plotting import Curve, FigureError
from lcip.plotting.clouds import project

RD = {"x_label": "rate (bpp)", "y_label": "PSNR-RGB (dB)"}
MAP = {"x_label": "x (px)", "y_label": "y (px)", "colour_label": "bits (bit)", "limits": (0, 1)}


def curves(kind: str, count: int) -> list[Curve]:
    return [Curve(f"{kind} {i}", [1, 2], [30 + i, 31 + i], kind) for i in range(count)]


def test_learned_is_solid_and_traditional_dashed_with_open_marks() -> None:
    figure = plotting.rd_curves(curves("learned", 1) + curves("traditional", 1), **RD)
    learned, traditional = figure.axes[0].lines
    assert learned.get_linestyle() == "-" and traditional.get_linestyle() == "--"
    assert traditional.get_markerfacecolor() == "white" != learned.get_markerfacecolor()


def test_a_bound_is_dotted_without_marks() -> None:
    (line,) = plotting.rd_curves(curves("bound", 1), **RD).axes[0].lines
    assert line.get_linestyle() == ":" and line.get_marker() == "None"


def test_seven_curves_of_a_kind_all_look_different() -> None:
    figure = plotting.rd_curves(curves("learned", 7) + curves("traditional", 7), **RD)
    looks = {
        (line.get_color(), line.get_marker(), line.get_linestyle()) for line in figure.axes[0].lines
    }
    assert len(looks) == 14


def test_the_legend_keeps_the_given_order() -> None:
    given = [*curves("traditional", 3), *curves("learned", 4)]
    figure = plotting.rd_curves(given, **RD, references={"no codec": 40.0})
    texts = [text.get_text() for text in figure.legends[0].get_texts()]
    assert texts == [curve.label for curve in given] + ["no codec"]


def test_a_short_legend_lies_inside_and_one_curve_needs_none() -> None:
    two = plotting.rd_curves(curves("learned", 2), **RD)
    assert two.axes[0].get_legend() is not None and not two.legends
    assert plotting.rd_curves(curves("learned", 1), **RD).axes[0].get_legend() is None


def test_ranges_and_scales_are_those_asked_for() -> None:
    figure = plotting.line_chart(
        curves("learned", 1),
        **RD,
        x_range=(0.5, 2.25),
        y_range=None,
        references=None,
        x_scale="log",
        y_scale="linear",
    )
    axes = figure.axes[0]
    assert axes.get_xlim() == (0.5, 2.25) and axes.get_xscale() == "log"


@pytest.mark.parametrize(
    ("x", "y", "kind", "message"),
    [
        ([1, 2], [3], "learned", r"c: shapes of x and y is \(\(2,\), \(1,\)\)"),
        ([], [], "learned", "at least 1"),
        ([[1]], [[1]], "learned", "two equal lengths"),
        ([1, np.nan], [1, 2], "learned", "c is 'not finite'"),
        ([1], [np.inf], "learned", "leave those points out"),
        ([1], [1], "dashed", "kind of c is 'dashed'; allowed: learned, traditional, bound"),
    ],
)
def test_a_curve_that_cannot_be_drawn_is_refused(x, y, kind, message) -> None:
    with pytest.raises(FigureError, match=message):
        Curve("c", x, y, kind)


def test_no_curves_are_refused() -> None:
    with pytest.raises(FigureError, match="curves is .* allowed: at least one"):
        plotting.rd_curves([], **RD)
    with pytest.raises(FigureError, match="curves is .* allowed: at least one"):
        plotting.pmf_steps([], x_label="v (1)", y_label="p (1)")


def test_photographs_have_titles_and_empty_places_none() -> None:
    image = np.zeros((10, 20, 3), np.uint8)
    figure = plotting.image_grid([("a", image), ("b", image), ("c\nd", image)], columns=2)
    assert [axes.get_title() for axes in figure.axes] == ["a", "b", "c\nd"]
    plotting.check_figure(figure)


@pytest.mark.parametrize("image", [np.zeros((4, 4)), np.zeros((4, 4, 3)), np.zeros((4, 4, 4), "B")])
def test_what_is_no_photograph_is_refused(image: np.ndarray) -> None:
    with pytest.raises(FigureError, match=r"panel 'a': shape, type .*\(H, W, 3\) uint8"):
        plotting.image_grid([("a", image)], columns=1)


@pytest.mark.parametrize(("panels", "columns"), [([], 1), ([("a", np.zeros((2, 2, 3), "B"))], 0)])
def test_no_panels_or_columns_are_refused(panels, columns) -> None:
    with pytest.raises(FigureError, match="panels, columns is"):
        plotting.image_grid(panels, columns=columns)


def test_heat_maps_share_one_scale() -> None:
    panels = [("low", np.zeros((3, 5))), ("high", np.full((3, 5), 7.0))]
    figure = plotting.heat_maps(panels, columns=2, colour_map=plotting.SEQUENTIAL, **MAP)
    assert len(figure.axes) == 3  # two panels, one colour bar
    assert [axes.images[0].get_clim() for axes in figure.axes[:2]] == [(0, 1), (0, 1)]
    plotting.check_figure(figure)


def test_a_heat_map_takes_its_extent_from_below() -> None:
    place = {"extent": (0, 192, -36, 37), "aspect": 0.4}
    figure = plotting.heat_maps(
        [("a", np.eye(73, 192))], columns=1, colour_map=plotting.SEQUENTIAL, **MAP, **place
    )
    assert figure.axes[0].get_ylim() == (-36, 37)


def test_heat_maps_refuse_photographs() -> None:
    with pytest.raises(FigureError, match=r"\(rows, columns\)"):
        plotting.heat_maps([("a", np.zeros((2, 2, 3)))], columns=1, colour_map="magma", **MAP)


def test_bars_stand_in_the_given_order_with_their_numbers() -> None:
    labels = {"item_label": "image (name)", "value_label": "gap (%)"}
    series = {"ideal": [8.25, 3.0], "ours": [7.0, 2.0]}
    figure = plotting.bars(["first", "second"], series, number_format="{:.1f}", **labels)
    axes = figure.axes[0]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["first", "second"]
    assert axes.get_ylim()[0] > axes.get_ylim()[1]  # the first is on top
    assert [text.get_text() for text in axes.texts] == ["8.2", "3.0", "7.0", "2.0"]
    plotting.check_figure(figure)


@pytest.mark.parametrize(
    ("items", "series"),
    [
        ([], {"a": []}),
        (["i"], {}),
        (["i"], {"a": [1, 2]}),
        (["i"], {f"{n}": [1] for n in range(7)}),
    ],
)
def test_bars_that_do_not_fit_are_refused(items, series) -> None:
    with pytest.raises(FigureError, match="series is"):
        plotting.bars(items, series, item_label="i (1)", value_label="v (1)", number_format=None)


def test_groups_have_a_colour_and_a_name_each() -> None:
    labels = {"item_label": "codec (year)", "value_label": "bits (%)", "number_format": None}
    figure = plotting.bars(
        ["a", "b", "c"], {"bits": [3, 2, 1]}, groups=["old", "new", "old"], **labels
    )
    colours = [patch.get_facecolor() for patch in figure.axes[0].patches]
    assert colours[0] == colours[2] != colours[1]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["old", "new"]


@pytest.mark.parametrize(
    ("series", "groups"),
    [
        ({"s": [1, 2]}, ["old"]),
        ({"s": [1, 2], "t": [1, 2]}, ["old", "new"]),
    ],
)
def test_groups_that_do_not_fit_are_refused(series, groups) -> None:
    labels = {"item_label": "i (1)", "value_label": "v (1)", "number_format": None}
    with pytest.raises(FigureError, match="groups is .* one an item"):
        plotting.bars(["a", "b"], series, groups=groups, **labels)


def test_marks_have_no_lines_and_the_looks_of_their_curves() -> None:
    given = [*curves("learned", 3), *curves("traditional", 3)]
    scales = {"x_scale": "log", "y_scale": "linear"}
    marks = plotting.marks(given, x_label="time (ms)", y_label="BD-rate (%)", **scales)
    lines = plotting.rd_curves(given, **RD)
    for mark, line in zip(marks.axes[0].lines, lines.axes[0].lines, strict=True):
        assert mark.get_linestyle() == "None"
        assert mark.get_marker() == line.get_marker() and mark.get_color() == line.get_color()
    assert all(line.get_linestyle() == "None" for line in marks.legends[0].get_lines())


def test_a_distribution_is_drawn_as_steps_from_zero() -> None:
    given = [Curve("one", [-1, 0, 1], [0.2, 0.5, 0.3], "learned"), *curves("bound", 1)]
    figure = plotting.pmf_steps(given, x_label="symbol (integer)", y_label="p (probability)")
    axes = figure.axes[0]
    assert axes.get_ylim()[0] == 0
    assert [line.get_drawstyle() for line in axes.lines] == ["steps-mid"] * 2
    assert len(axes.collections) == 1  # only the first is filled
    plotting.check_figure(figure)


def test_a_cloud_is_turned_not_stretched() -> None:
    points = np.random.default_rng(3).normal(size=(50, 3))
    for up in (0, 1, 2):
        seen = np.stack(project(points, up), axis=1)
        np.testing.assert_allclose(
            np.linalg.norm(seen, axis=1), np.linalg.norm(points, axis=1), rtol=1e-12
        )


@pytest.mark.parametrize("up", [0, 1, 2])
def test_the_up_axis_points_up(up: int) -> None:
    point = np.zeros((1, 3))
    point[0, up] = 1.0
    across, height, _ = project(point, up)
    assert across == pytest.approx(0) and height > 0.9


def test_clouds_share_one_scale_and_marks_lie_on_top() -> None:
    big, small = np.eye(3) * 2, np.eye(3)
    figure = plotting.point_clouds(
        [("big", big), ("small", small)], columns=2, up=2, marked={1: small[:1]}
    )
    assert figure.axes[0].get_xlim() == figure.axes[1].get_xlim() == (-2, 2)
    assert [len(axes.collections) for axes in figure.axes] == [1, 2]
    plotting.check_figure(figure)


@pytest.mark.parametrize("points", [np.zeros((3, 2)), np.zeros(3), np.zeros((0, 3))])
def test_what_is_no_cloud_is_refused(points: np.ndarray) -> None:
    with pytest.raises(FigureError, match=r"shapes of the clouds .*\(P, 3\)"):
        plotting.point_clouds([("a", points)], columns=1, up=2)


def test_no_clouds_are_refused() -> None:
    with pytest.raises(FigureError, match="shapes of the clouds is"):
        plotting.point_clouds([], columns=1, up=2)
