"""Rows of measurements: what is in them, who takes part, how two tables are compared."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from lcip import metrics
from lcip.errors import LcipError
from lcip.images import classical, evaluate
from lcip.images.evaluate import Entrant, Row


def picture(height: int = 176, width: int = 181, seed: int = 0) -> np.ndarray:
    """Waves and a little noise, uint8 (H, W, 3); large enough for MS-SSIM."""
    y, x = np.mgrid[:height, :width]
    waves = [128 + 60 * np.sin(x / (7 + c)) + 40 * np.cos(y / (11 - c)) for c in range(3)]
    noise = np.random.default_rng(seed).normal(0, 3, (height, width, 3))
    return np.clip(np.stack(waves, -1) + noise, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    """JPEG and WebP at three settings on two pictures."""
    pictures = {"a": picture(), "b": picture(seed=1, width=200)}
    return evaluate.measure(evaluate.traditional(["jpeg", "webp"], 3), pictures, repeats=1)


def test_one_row_for_every_codec_setting_and_picture(rows: pd.DataFrame) -> None:
    assert list(rows.columns) == list(Row._fields)
    assert len(rows) == 2 * 3 * 2
    assert not rows.duplicated(["codec", "setting", "image"]).any()


def test_a_row_says_what_the_file_weighs_and_is_worth(rows: pd.DataFrame) -> None:
    row = rows.iloc[1]
    rgb = picture(seed=1, width=200)
    data = classical.encode(row.codec, rgb, row.setting)
    decoded = classical.decode(data)
    assert (row.image, row.num_pixels, row.file_bytes) == ("b", 176 * 200, len(data))
    assert row.rate_bpp == 8 * len(data) / (176 * 200)
    assert row.psnr_rgb_db == metrics.psnr_db(rgb, decoded, peak=255)
    assert row.ms_ssim == metrics.ms_ssim(rgb, decoded, peak=255)


def test_all_but_the_times_is_the_same_the_second_time(rows: pd.DataFrame) -> None:
    again = evaluate.measure(evaluate.traditional(["jpeg"], 3), {"a": picture()}, repeats=1)
    same = rows[(rows["codec"] == "jpeg") & (rows["image"] == "a")].reset_index(drop=True)
    times = ["encode_ms", "decode_ms"]
    pd.testing.assert_frame_equal(again.drop(columns=times), same.drop(columns=times))


def test_a_time_is_the_median_of_the_repeats(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 0.005, 1.0, 1.001, 2.0, 2.002])
    monkeypatch.setattr(evaluate.time, "process_time", lambda: next(clock))
    calls = []
    result, milliseconds = evaluate.timed(lambda: calls.append(1) or len(calls), 3)
    assert result == 3
    assert milliseconds == pytest.approx(2.0)


@pytest.mark.parametrize(("pictures", "repeats"), [({}, 1), ({"a": picture()}, 0)])
def test_nothing_to_measure_is_refused(pictures: dict, repeats: int) -> None:
    with pytest.raises(LcipError, match="photographs, repeats is .*at least 1 each"):
        evaluate.measure(evaluate.traditional(["jpeg"], 2), pictures, repeats=repeats)


def test_a_picture_too_small_for_ms_ssim_is_refused_in_words() -> None:
    with pytest.raises(LcipError, match="MS-SSIM"):
        evaluate.measure(evaluate.traditional(["jpeg"], 2), {"a": picture(160, 160)}, repeats=1)


def test_traditional_entrants_take_the_settings_of_the_sweep() -> None:
    first, second = evaluate.traditional(["avif", "jpeg"], 4)
    assert (first.name, first.title, first.is_learned) == ("avif", "AVIF", False)
    assert second.settings == classical.sweep("jpeg", 4)


def test_our_codec_takes_part_at_the_qualities_that_have_weights(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Codec:
        def __init__(self, quality: int) -> None:
            self.quality = quality

        def compress(self, rgb: np.ndarray) -> bytes:
            return bytes([self.quality]) * 9

        def decompress(self, data: bytes) -> np.ndarray:
            return np.full((2, 2, 3), data[0], np.uint8)

    from lcip.images import factorized

    present = ["images/factorized-small-q5", "images/factorized-small-q2", "images/other-q1"]
    monkeypatch.setattr(evaluate.artifacts, "weights_names", lambda: present)
    monkeypatch.setattr(factorized, "load", lambda family, quality: Codec(quality))
    (ours,) = evaluate.learned("small")
    assert ours.is_learned and ours.settings == (2, 5)
    data = ours.encode(picture(), 5)
    assert data == bytes([5]) * 9 and ours.decode(data, 5)[0, 0, 0] == 5


def test_without_weights_nobody_of_ours_takes_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate.artifacts, "weights_names", lambda: ["pointcloud/micro"])
    assert evaluate.learned("small") == []


def test_equal_tables_agree(rows: pd.DataFrame) -> None:
    gaps = evaluate.agreement(rows, rows)
    assert list(gaps.index) == ["jpeg", "webp"]
    assert (gaps["num_files"] == 6).all() and (gaps["num_equal_sizes"] == 6).all()
    assert (gaps[["bytes_percent", "psnr_rgb_db", "ms_ssim"]] == 0).all(axis=None)


def test_a_difference_is_found_and_measured(rows: pd.DataFrame) -> None:
    other = rows.copy()
    place = other.index[(other["codec"] == "webp")][2]
    recorded = other.loc[place, "file_bytes"] * 2
    other.loc[place, ["file_bytes", "psnr_rgb_db", "ms_ssim"]] = [recorded, 20.0, 0.5]
    gaps = evaluate.agreement(rows, other)
    assert gaps.loc["jpeg", "num_equal_sizes"] == 6 and gaps.loc["webp", "num_equal_sizes"] == 5
    assert gaps.loc["webp", "bytes_percent"] == pytest.approx(50)
    assert gaps.loc["webp", "psnr_rgb_db"] == pytest.approx(rows.loc[place, "psnr_rgb_db"] - 20)


def test_other_pictures_are_not_compared(rows: pd.DataFrame) -> None:
    expected = list(evaluate.agreement(rows, rows).columns)
    for other in (rows.assign(num_pixels=1), rows.assign(image="own/a")):
        gaps = evaluate.agreement(other, rows)
        assert gaps.empty and list(gaps.columns) == expected


def test_only_integer_codecs_are_exact() -> None:
    exact = {name for name in [*classical.CODECS, "factorized-small"] if evaluate.is_exact(name)}
    assert exact == {"jpeg", "webp", "heic", "avif"}


def test_bundled_photographs_are_chosen_by_name_and_cropped_to_their_middle() -> None:
    chosen = evaluate.chosen_photographs(["coffee", "chelsea"], None, 320)
    whole = evaluate.chosen_photographs(["coffee"], None, 8192)["coffee"]
    assert [rgb.shape for rgb in chosen.values()] == [(320, 320, 3), (300, 320, 3)]
    np.testing.assert_array_equal(chosen["coffee"], whole[40:360, 140:460])


def test_a_folder_of_ones_own_takes_their_place(tmp_path) -> None:
    from PIL import Image

    Image.fromarray(picture()).save(tmp_path / "beach.png")
    chosen = evaluate.chosen_photographs(["coffee"], tmp_path, 8192)
    assert list(chosen) == ["own/beach"]
    np.testing.assert_array_equal(chosen["own/beach"], picture())


def test_an_empty_folder_is_refused(tmp_path) -> None:
    with pytest.raises(LcipError):
        evaluate.chosen_photographs(["coffee"], tmp_path, 8192)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> dict:
    """What would be written; the bundled set is one small picture."""
    kept = {}

    def keep(name: str, frame: pd.DataFrame, **record: object) -> None:
        kept.update(name=name, frame=frame, **record)

    monkeypatch.setattr(evaluate.results, "write_measured", keep)
    monkeypatch.setattr(evaluate, "photographs_of", lambda name: {"a": picture()})
    return kept


def test_a_recorded_table_knows_what_made_it(written: dict) -> None:
    evaluate.write("bundled", "traditional", num_settings=2, repeats=1, seed=0)
    assert written["name"] == "images/bundled-traditional"
    assert len(written["frame"]) == 2 * len(classical.CODECS)
    command = "python -m lcip.images.evaluate bundled traditional --settings 2 --repeats 1"
    assert written["command"] == command
    assert written["datasets"] == {"a": evaluate.digest(picture())} and written["weights"] == {}


def test_a_recorded_table_of_ours_names_the_weights(
    written: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = Entrant(
        "factorized-small", "ours", True, (3,), lambda rgb, q: b"x", lambda data, q: picture()
    )
    from lcip.images import factorized

    loaded = []

    def load(family: str, quality: int) -> SimpleNamespace:
        loaded.append((family, quality))
        return SimpleNamespace(identity=bytes(32))

    monkeypatch.setattr(evaluate, "learned", lambda family: [raw] if family == "small" else [])
    monkeypatch.setattr(factorized, "load", load)
    evaluate.write("bundled", "learned", num_settings=10, repeats=1, seed=0)
    assert written["name"] == "images/bundled-learned"
    assert written["weights"] == {"images/factorized-small-q3": "00" * 32}
    assert loaded == [("small", 3)]


def test_a_digest_tells_shapes_apart() -> None:
    flat = np.zeros((2, 8, 3), np.uint8)
    assert evaluate.digest(flat) != evaluate.digest(flat.reshape(4, 4, 3))


def test_an_entrant_is_only_its_two_functions() -> None:
    raw = Entrant(
        "raw",
        "no codec",
        True,
        (1.0,),
        lambda rgb, setting: rgb.tobytes(),
        lambda data, setting: np.frombuffer(data, np.uint8).reshape(176, 181, 3),
    )
    row = evaluate.measure([raw], {"a": picture()}, repeats=2).iloc[0]
    assert row.rate_bpp == 24 and row.psnr_rgb_db == np.inf and row.ms_ssim == pytest.approx(1)
