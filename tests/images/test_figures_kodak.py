"""All of Kodak: the table as it is committed, its figures, colours that tell codecs apart."""

import pandas as pd
import pytest

from lcip import plotting, results
from lcip.images import evaluate, figures, figures_kodak, race

COLUMNS = {
    "codec", "setting", "image", "file_bytes", "psnr_rgb_db", "ms_ssim", "encode_seconds",
    "decode_seconds",
}  # fmt: skip


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return results.read_measured("images/kodak").frame


@pytest.fixture(scope="module")
def titles(rows) -> dict[str, str]:
    return {name: name.upper() for name in rows["codec"].unique()}


def test_every_codec_has_all_of_kodak_at_every_setting(rows):
    assert set(rows.columns) >= COLUMNS
    counts = rows.groupby(["codec", "setting"])["image"].nunique()
    assert (counts == 24).all() and not rows.duplicated(["codec", "setting", "image"]).any()
    assert (rows[["encode_seconds", "decode_seconds"]] > 0).all(axis=None)
    assert set(rows["codec"]) >= {"jpeg", "jpeg2000", "webp", "heic", "avif", "jpegxl"}
    for entrant in evaluate.learned("small") + evaluate.learned("paper-low"):
        own = rows[rows["codec"] == entrant.name]
        assert set(own["setting"]) == set(entrant.settings)


def test_no_two_codecs_share_a_colour(rows):
    assert set(rows["codec"].unique()) <= set(figures.LIVE_COLOURS)
    assert len(set(figures.LIVE_COLOURS.values())) == len(figures.LIVE_COLOURS)


def test_published_kin_are_dotted_in_the_colour_of_ours(rows, titles):
    points = results.read_published("kodak_rd_points").query("in_thesis_fig_1_1 == 1")
    figure = figures_kodak.measured_and_published(race.mean_curves(rows), points, titles)
    plotting.check_figure(figure)
    lines = {line.get_label(): line for line in figure.axes[0].lines}
    assert lines["JPEG, published"].get_color() == lines["JPEG"].get_color()
    assert len(lines) == rows["codec"].nunique() + len(race.KIN)


def test_both_times_are_drawn_for_every_codec_with_a_curve(rows, titles):
    table = race.kodak_table(rows, anchor="jpeg", interpolation="pchip")
    assert table.loc["jpeg", "psnr_percent"] == 0
    jpeg = rows[rows["codec"] == "jpeg"]
    assert table.loc["jpeg", "encode_seconds"] == jpeg["encode_seconds"].median()
    figure = plotting.check_figure(figures_kodak.both_times(table, titles))
    assert [len(axes.lines) for axes in figure.axes] == [len(table)] * 2
