"""Curves, Bjøntegaard deltas and equal rates, on rows whose answer is known."""

import numpy as np
import pandas as pd
import pytest

from lcip.errors import LcipError
from lcip.images import classical, evaluate, race
from lcip.images.evaluate import Row


def rows_of(codec: str, factor: float, image: str = "i", offset_db: float = 0.0) -> list[Row]:
    """A made-up codec: rate = factor · 2^setting bpp, PSNR 30 + 3·setting dB, MS-SSIM likewise."""
    return [
        Row(
            codec,
            setting,
            image,
            1_000_000,
            int(125_000 * factor * 2**setting),
            factor * 2**setting,
            30 + 3 * setting + offset_db,
            1 - 10 ** -(1 + 0.3 * setting),
            1000 * factor,
            10.0,
        )
        for setting in (0.0, 1.0, 2.0, 3.0)
    ]


def frame(*parts: list[Row]) -> pd.DataFrame:
    return pd.DataFrame([row for part in parts for row in part], columns=Row._fields)


def test_a_mean_curve_averages_photographs_at_equal_setting() -> None:
    curves = race.mean_curves(frame(rows_of("z", 1, "i"), rows_of("z", 3, "j"), rows_of("a", 1)))
    assert list(curves["codec"].unique()) == ["z", "a"]  # the order of the rows, not the alphabet
    z = curves[curves["codec"] == "z"]
    np.testing.assert_allclose(z["rate_bpp"], [2, 4, 8, 16])
    np.testing.assert_allclose(z["psnr_rgb_db"], [30, 33, 36, 39])
    np.testing.assert_allclose(z["ms_ssim_db"], [10, 13, 16, 19])


@pytest.mark.parametrize("interpolation", ["pchip", "akima", "cubic"])
def test_half_the_rate_is_a_bd_rate_of_minus_fifty(interpolation: str) -> None:
    table = race.bd_rate_table(
        frame(rows_of("jpeg", 1), rows_of("new", 0.5)), anchor="jpeg", interpolation=interpolation
    )
    assert list(table.index) == ["new"]
    np.testing.assert_allclose(table.loc["new"], -50, atol=1e-6)


def test_the_range_over_photographs_is_that_of_single_ones() -> None:
    anchor = [rows_of("jpeg", 1, image) for image in "ij"]
    table = race.bd_rate_table(
        frame(*anchor, rows_of("new", 0.5, "i"), rows_of("new", 0.8, "j")),
        anchor="jpeg",
        interpolation="pchip",
    )
    assert table.loc["new", "lowest_percent"] == pytest.approx(-50)
    assert table.loc["new", "highest_percent"] == pytest.approx(-20)
    assert table.loc["new", "psnr_percent"] == pytest.approx(-35)
    assert table.loc["new", "mean_percent"] == pytest.approx(-35)


def test_the_mean_over_photographs_does_not_depend_on_how_the_knob_is_matched() -> None:
    easy = rows_of("new", 0.5, "easy")
    shifted = [row._replace(setting=row.setting + 1) for row in rows_of("new", 0.5, "hard")]
    anchor = [rows_of("jpeg", 1, image) for image in ("easy", "hard")]
    table = race.bd_rate_table(frame(*anchor, easy, shifted), anchor="jpeg", interpolation="pchip")
    assert table.loc["new", "mean_percent"] == pytest.approx(-50)
    assert abs(table.loc["new", "psnr_percent"] + 50) > 1


@pytest.mark.parametrize(("interpolation", "fewest"), [("pchip", 2), ("akima", 2), ("cubic", 4)])
def test_a_codec_of_too_few_settings_is_left_out(interpolation: str, fewest: int) -> None:
    for count in range(1, 5):
        ours = rows_of("ours", 0.5)[:count]
        table = race.bd_rate_table(
            frame(rows_of("jpeg", 1), ours), anchor="jpeg", interpolation=interpolation
        )
        assert list(table.index) == ["ours"] * (count >= fewest)


def test_an_absent_anchor_is_refused() -> None:
    with pytest.raises(LcipError, match="anchor is 'jpeg'; allowed: webp"):
        race.bd_rate_table(frame(rows_of("webp", 1)), anchor="jpeg", interpolation="pchip")


def test_curves_are_read_where_they_reach() -> None:
    curves = race.mean_curves(frame(rows_of("a", 1), rows_of("b", 0.5), rows_of("far", 100)))
    quality = race.quality_at(curves, 2.0, "psnr_rgb_db")
    assert list(quality.index) == ["b", "a"]
    np.testing.assert_allclose(quality, [36, 33])
    rate = race.rate_at(curves, "psnr_rgb_db", 34.5)
    assert list(rate.index) == ["b", "a", "far"]
    np.testing.assert_allclose(rate, [2**0.5, 2**1.5, 100 * 2**1.5])
    assert race.quality_at(curves, 1e-3, "psnr_rgb_db").empty


def test_times_are_medians_a_megapixel() -> None:
    rows = frame(rows_of("a", 1), rows_of("b", 2)).assign(num_pixels=500_000)
    times = race.times(rows)
    assert times.loc["a", "encode_ms"] == 2000 and times.loc["b", "encode_ms"] == 4000
    assert (times["decode_ms"] == 20).all()


def test_published_curves_give_deltas_and_median_times() -> None:
    def points(codec: str, factor: float, seconds: list[float]) -> pd.DataFrame:
        rate, quality = [factor, 2 * factor, 4 * factor], [30.0, 33.0, 36.0]
        times = {"encoding_time_s": seconds, "decoding_time_s": seconds}
        return pd.DataFrame({"codec": codec, "bpp": rate, "psnr_rgb_db": quality, **times})

    nan = float("nan")
    both = pd.concat([points("JPEG", 1, [1, 2, 9]), points("new", 0.25, [nan, nan, nan])])
    table = race.published_table(both, anchor="JPEG", interpolation="pchip")
    assert table.loc["JPEG"].tolist() == [0.0, 2.0, 2.0]
    assert table.loc["new", "psnr_percent"] == pytest.approx(-75)
    assert np.isnan(table.loc["new", "encode_s"])


def test_measured_curves_stand_beside_their_published_kin() -> None:
    measured = race.mean_curves(frame(*(rows_of(name, 0.5) for name in race.KIN)))
    rows = frame(*(rows_of(name, 1.0) for name in race.KIN.values()))
    points = rows.rename(columns={"rate_bpp": "bpp"})[["codec", "bpp", "psnr_rgb_db"]]
    deltas = race.against_published(measured, points, interpolation="pchip")
    assert list(deltas.index) == list(race.KIN)
    np.testing.assert_allclose(deltas, -50)


@pytest.fixture(scope="module")
def photograph() -> np.ndarray:
    from lcip.datasets import bundled_photographs

    return bundled_photographs(["chelsea"])["chelsea"][40:216, 80:280]


@pytest.mark.parametrize("name", list(classical.CODECS))
def test_every_codec_comes_close_to_the_wanted_rate(name: str, photograph: np.ndarray) -> None:
    (entrant,) = evaluate.traditional([name], 2)
    found = race.at_rate(entrant, photograph, 0.6)
    assert found.rate_bpp == pytest.approx(0.6, rel=0.08)
    assert found.rate_bpp == 8 * len(found.data) / (176 * 200)
    np.testing.assert_array_equal(found.decoded, classical.decode(found.data))
    neighbours = [found.setting - 1, found.setting + 1]
    for setting in neighbours:
        rate = 8 * len(entrant.encode(photograph, setting)) / (176 * 200)
        assert abs(rate - 0.6) >= abs(found.rate_bpp - 0.6)


@pytest.mark.parametrize(("rate_bpp", "expected"), [(0.001, 1), (99.0, 100)])
def test_a_rate_out_of_reach_gives_the_nearest_end(
    rate_bpp: float, expected: int, photograph: np.ndarray
) -> None:
    (entrant,) = evaluate.traditional(["jpeg"], 2)
    assert race.at_rate(entrant, photograph[:32, :32], rate_bpp).setting == expected


def test_a_learned_codec_chooses_among_its_qualities(photograph: np.ndarray) -> None:
    ours = evaluate.Entrant(
        "factorized-small",
        "ours",
        True,
        (1, 3, 8),
        lambda rgb, quality: bytes(int(quality * rgb.shape[0] * rgb.shape[1] / 80)),
        lambda data, quality: photograph,
    )
    assert race.candidates(ours) == (1, 3, 8)
    assert race.at_rate(ours, photograph, 0.29).setting == 3
    one = evaluate.Entrant("x", "x", True, (3,), ours.encode, ours.decode)
    assert race.at_rate(one, photograph, 2.0).setting == 3


def test_smallest_files_are_nearly_all_header() -> None:
    smallest = race.smallest_files(evaluate.traditional(classical.CODECS, 2))
    assert list(smallest) == [codec.title for codec in classical.CODECS.values()]
    assert all(20 < size < 700 for size in smallest.values())
    assert smallest["JPEG XL"] < smallest["JPEG"] < smallest["HEIC"]


def test_our_codecs_stand_beside_the_published_one_of_their_quality() -> None:
    points = pd.DataFrame(
        {
            "point_index": [2, 1, 3],
            "bpp": [0.2, 0.1, 0.4],
            "psnr_rgb_db": [30.0, 27.0, 33.0],
            "ms_ssim": [0.95, 0.9, 0.97],
        }
    )
    curves = pd.DataFrame(
        {
            "codec": ["jpeg", "factorized-small", "factorized-small"],
            "setting": [10.0, 1.0, 2.0],
            "rate_bpp": [1.0, 0.15, 0.3],
            "psnr_rgb_db": [30.0, 26.0, 31.5],
            "ms_ssim": [0.9, 0.91, 0.96],
        }
    )
    table = race.against_zoo(curves, points)
    assert list(table.index) == [("small", 1), ("small", 2)]
    assert np.isnan(table.loc[("small", 1), "more_bits_percent"])  # below the published curve
    second = table.loc[("small", 2)]
    assert (second["published_bpp"], second["published_psnr_rgb_db"]) == (0.2, 30.0)
    # 31.5 dB lies in the middle of 30 and 33, so the curve's rate there is sqrt(0.2 · 0.4).
    assert second["more_bits_percent"] == pytest.approx(100 * (0.3 / np.sqrt(0.08) - 1))
