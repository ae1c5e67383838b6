"""Curves of the rivals: hulls over P and settings, and a panel that can be shown."""

import pandas as pd
import pytest

from lcip import plotting, results
from lcip.pointcloud.rivals import figures


def rows(codec: str, variant: str, points: list[tuple[float, float]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "codec": codec,
            "variant": variant,
            "grid": "trunc",
            "num_points": 64,
            "setting": range(len(points)),
            "payload_bits": [bits for bits, _ in points],
            "file_bits": [bits + 256 for bits, _ in points],
            "estimated_bits": [bits for bits, _ in points],
            "test_accuracy_percent": [accuracy for _, accuracy in points],
        }
    )


@pytest.fixture
def measured() -> pd.DataFrame:
    return pd.concat(
        [
            rows("tmc13", "v14", [(72, 4), (400, 52), (300, 50), (350, 40), (900, 80), (2000, 79)]),
            rows("octree", "trained prior", [(1, 4), (8, 5), (200, 60), (800, 80)]),
            rows("octree", "from scratch", [(8, 4), (300, 60), (1000, 80)]),
            rows("draco", "level 10", [(1376, 4), (1600, 70)]),
            rows("label", "packet", [(8, 85)]),
            rows("label", "stream", [(5, 85)]),
        ],
        ignore_index=True,
    )


def test_hulls_by_hand(measured):
    curves = figures.hull_curves(measured, "payload_bits")
    tmc13 = curves[curves["codec"] == "tmc13"]
    assert tmc13["rate_bits"].tolist() == [72, 300, 900]
    assert tmc13["accuracy"].tolist() == [4, 50, 80]
    assert tmc13["setting"].tolist() == [0, 2, 4] and set(tmc13["title"]) == {"TMC13"}
    files = figures.hull_curves(measured, "file_bits")
    assert files[files["codec"] == "tmc13"]["rate_bits"].tolist() == [328, 556, 1156]


def test_a_rate_that_is_none_is_refused(measured):
    with pytest.raises(
        plotting.FigureError, match="rate_column is 'bits'; allowed: estimated_bits"
    ):
        figures.hull_curves(measured, "bits")


def test_published_curves_are_those_with_pointnet():
    curves = figures.published_curves(results.read_published("pc_rate_accuracy_points"))
    assert list(curves) == ["tmc13", "octattention", "ipdae", "draco"]
    assert [len(curve) for curve in curves.values()] == [16, 8, 8, 12]
    assert all(curve["bits"].is_monotonic_increasing for curve in curves.values())


def test_the_panel_passes_the_house_s_checks(measured):
    published = results.read_published("pc_rate_accuracy_points")
    figure = figures.input_codec_panel(measured, published)
    plotting.check_figure(figure)
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert "octree with prior" in names and "label alone, as a stream" in names
    assert sum("published" in name for name in names) == 4


def test_the_panel_works_without_some_coders(measured):
    published = results.read_published("pc_rate_accuracy_points")
    some = measured[measured["codec"].isin(["octree"])].reset_index(drop=True)
    plotting.check_figure(figures.input_codec_panel(some, published))
