"""The figures of the race: the thesis's order and axes, the same look live and published."""

import numpy as np
import pandas as pd
import pytest

from lcip import plotting, results
from lcip.errors import LcipError
from lcip.images import figures, race

TITLES = {"avif": "AVIF", "jpeg": "JPEG", "factorized-small": "ours"}


@pytest.fixture(scope="module")
def points() -> pd.DataFrame:
    return results.read_published("kodak_rd_points").query("in_thesis_fig_1_1 == 1")


@pytest.fixture
def curves() -> pd.DataFrame:
    rate = [0.25, 0.5, 1.0, 2.0]
    parts = [
        pd.DataFrame(
            {
                "codec": codec,
                "rate_bpp": rate,
                "psnr_rgb_db": np.array([30.0, 33, 36, 39]) + gain,
                "ms_ssim_db": np.array([10.0, 13, 16, 19]) + gain,
            }
        )
        for codec, gain in (("jpeg", 0), ("avif", 4), ("factorized-small", 2))
    ]
    return pd.concat(parts, ignore_index=True)


def test_the_published_figure_has_the_thesis_order_and_axes(points: pd.DataFrame) -> None:
    figure = plotting.check_figure(figures.published(points))
    (axes,) = figure.axes
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert (
        len(legend) == 14
        and legend[0] == "elic2022"
        and legend[-3:] == ["WebP", "JPEG 2000", "JPEG"]
    )
    assert axes.get_xlim() == (0, 2.25) and axes.get_ylim() == (26, 41)
    assert axes.get_xlabel() == "rate (bpp)" and axes.get_ylabel() == "PSNR-RGB (dB)"


def test_traditional_codecs_are_dashed_and_learned_ones_solid(points: pd.DataFrame) -> None:
    lines = figures.published(points).axes[0].lines
    dashed = {line.get_label() for line in lines if line.get_linestyle() == "--"}
    solid = {line.get_label() for line in lines if line.get_linestyle() == "-"}
    assert dashed == {"VTM", "AV1", "BPG (x265, 4:4:4)", "HM", "WebP", "JPEG 2000", "JPEG"}
    assert len(solid) == 7 and "bmshj2018-factorized" in solid


def test_the_published_figure_draws_every_point(points: pd.DataFrame) -> None:
    lines = figures.published(points).axes[0].lines
    assert sum(len(line.get_xdata()) for line in lines) == len(points)


def test_every_codec_of_the_figure_has_a_year() -> None:
    assert set(figures.YEARS) == set(figures.THESIS_ORDER)


def test_a_table_without_a_codec_is_refused(points: pd.DataFrame) -> None:
    with pytest.raises(LcipError, match="codec is 'VTM'; allowed: "):
        figures.published(points[points["codec"] != "VTM"])


def test_the_thesis_order_is_that_of_the_deltas_but_for_neighbours(points: pd.DataFrame) -> None:
    table = race.published_table(points, anchor="JPEG", interpolation="pchip")
    by_delta = list(table["psnr_percent"].sort_values().index)
    for place, codec in enumerate(figures.THESIS_ORDER):
        assert abs(by_delta.index(codec) - place) <= 2


def test_kin_have_the_same_colour_live_and_published(points: pd.DataFrame) -> None:
    lines = {line.get_label(): line.get_color() for line in figures.published(points).axes[0].lines}
    kin = {"avif": "AV1", "heic": "HM", "webp": "WebP", "jpeg2000": "JPEG 2000", "jpeg": "JPEG"}
    for live, published in kin.items():
        assert figures.LIVE_COLOURS[live] == lines[published]


def test_the_live_figure_draws_who_is_there(curves: pd.DataFrame) -> None:
    figure = plotting.check_figure(figures.live(curves, TITLES, quality="psnr_rgb_db"))
    lines = figure.axes[0].lines
    assert [line.get_label() for line in lines] == ["AVIF", "ours", "JPEG"]
    assert [line.get_linestyle() for line in lines] == ["--", "-", "--"]


def test_the_words_rank_the_codecs(curves: pd.DataFrame) -> None:
    words = figures.live_words(curves, TITLES, quality="ms_ssim_db")
    assert "MS-SSIM (dB) against rate (bpp), mean curves of 3 codecs" in words
    assert "At 1 bpp, in dB: AVIF 20.00, ours 18.00, JPEG 16.00." in words
    low = curves[curves["rate_bpp"] < 1]
    assert "No curve spans 1 bpp." in figures.live_words(low, TITLES, quality="psnr_rgb_db")


def entry(decoded: np.ndarray) -> race.AtRate:
    return race.AtRate("JPEG", 9, b"", decoded, 0.34, 26.876)


@pytest.mark.parametrize(
    ("centre", "size_px", "rows", "columns"),
    [
        ((0.5, 0.5), 20, slice(40, 60), slice(90, 110)),
        ((0.0, 1.0), 20, slice(0, 20), slice(180, 200)),
        ((0.5, 0.5), 500, slice(0, 100), slice(50, 150)),
    ],
)
def test_crops_show_the_same_square_of_all(centre, size_px, rows, columns) -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (100, 200, 3), dtype=np.uint8)
    figure = figures.crops(rgb, [entry(255 - rgb)], centre=centre, size_px=size_px)
    original, decoded = (axes.images[0].get_array() for axes in figure.axes)
    np.testing.assert_array_equal(original, rgb[rows, columns])
    np.testing.assert_array_equal(decoded, 255 - rgb[rows, columns])
    titles = [axes.get_title() for axes in figure.axes]
    assert titles == ["original\n24 bpp", "JPEG\n0.340 bpp, 26.88 dB"]


def test_the_years_are_in_order(points: pd.DataFrame) -> None:
    table = race.published_table(points, anchor="JPEG", interpolation="pchip")
    figure = plotting.check_figure(figures.thirty_years((100 + table["psnr_percent"]).to_dict()))
    labels = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert labels[0] == "JPEG (1992)" and labels[-1] == "elic2022 (2022)"
    assert [label[-5:-1] for label in labels] == sorted(label[-5:-1] for label in labels)
    assert figure.axes[0].texts[0].get_text() == "100.0"


def test_live_times_are_drawn_for_whoever_has_a_delta() -> None:
    encode_ms = pd.Series({"jpeg": 9.0, "avif": 600.0, "factorized-small": 300.0})
    deltas = pd.Series({"avif": -57.0, "jpeg": 0.0})
    figure = plotting.check_figure(figures.live_times(encode_ms, deltas, TITLES))
    lines = figure.axes[0].lines
    assert [line.get_label() for line in lines] == ["AVIF", "JPEG"]
    assert [line.get_xydata().tolist() for line in lines] == [[[600.0, -57.0]], [[9.0, 0.0]]]
    assert figure.axes[0].get_xscale() == "log"


def test_published_times_leave_out_what_was_not_published(points: pd.DataFrame) -> None:
    table = race.published_table(points, anchor="JPEG", interpolation="pchip")
    figure = plotting.check_figure(figures.published_times(table))
    drawn = {line.get_label(): line for line in figure.axes[0].lines}
    assert len(drawn) == 12 and "elic2022" not in drawn
    curves = {line.get_label(): line for line in figures.published(points).axes[0].lines}
    for name, line in drawn.items():
        assert line.get_color() == curves[name].get_color()
        assert (line.get_markerfacecolor() == "white") == (curves[name].get_linestyle() == "--")


def test_the_kinds_are_those_of_the_published_table(points: pd.DataFrame) -> None:
    old = set(points.loc[points["optimised_for"] == "traditional", "codec"])
    assert old == set(figures.TRADITIONAL)
    assert set(figures.LEARNED) == set(points["codec"]) - old
