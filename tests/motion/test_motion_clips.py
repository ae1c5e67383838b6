"""The committed clips, the recorded table, and what is computed from its rows."""

import numpy as np
import pandas as pd
import pytest

from lcip import artifacts, results
from lcip.images import factorized
from lcip.motion import (
    clips,
    figures_pframes,
    pframes_evaluate,
    pframes_rows,
    prediction,
    residual_coder,
    sent_coder,
)
from lcip.motion.affine import MotionError

QUALITY = 3


@pytest.fixture(scope="module")
def codec():
    return factorized.load(clips.FAMILY, QUALITY)


@pytest.mark.parametrize("name", list(clips.CLIPS))
def test_every_clip_is_committed_whole(codec, name):
    clip = clips.CLIPS[name]
    frames = clips.committed(codec, name, QUALITY, 2)
    assert frames.shape == (2, clip.height, clip.width, 3) and frames.dtype == np.uint8
    assert (frames[0] != frames[1]).any()
    assert clip.height % 16 == clip.width % 16 == 0
    card = artifacts.load_stream(clips.stream_name(name, QUALITY)).card
    assert card["num_items"] == clip.count and clip.video in card["data"]


def test_unfit_clips_and_numbers_of_frames_are_refused(codec):
    with pytest.raises(MotionError, match="clip is 'akiyo'; allowed: foreman, carphone, cars"):
        clips.committed(codec, "akiyo", QUALITY, 2)
    for count in (0, 13):
        with pytest.raises(MotionError, match=f"frames of cars is {count}; allowed: 1 to 12"):
            clips.committed(codec, "cars", QUALITY, count)


def test_the_record_is_complete_and_of_the_committed_weights():
    """Trained again? Then: python -m lcip.motion.pframes_evaluate."""
    rows, provenance = results.read_measured(pframes_evaluate.TABLE)
    recorded = sorted(rows["quality"].unique())
    for quality in recorded:
        name = factorized.weights_name(clips.FAMILY, quality)
        identity = factorized.load(clips.FAMILY, quality).identity.hex()
        assert provenance["weights"][name] == identity
    assert set(provenance["datasets"]) == set(clips.CLIPS)
    frames = sum(clip.count for clip in clips.CLIPS.values())
    own = rows["coder"].isin([*residual_coder.CODERS, "trained"])
    assert own.sum() == (2 * len(prediction.METHODS) + 1) * frames * len(recorded)
    sent = rows[~own]
    assert set(sent["coder"]) <= set(sent_coder.SENT)
    assert len(sent) == sent["quality"].nunique() * 2 * (len(prediction.METHODS) - 1) * frames
    assert not rows.duplicated([*pframes_rows.KEYS, "frame"]).any()


def test_recorded_pictures_are_the_same_for_all_methods():
    rows = results.read_measured(pframes_evaluate.TABLE).frame
    heard = rows.groupby(["clip", "quality", "frame"])["psnr_rgb_db"]
    assert (heard.max() == heard.min()).all()
    first = rows[rows["frame"] == 0].groupby(["clip", "quality"])["file_bytes"]
    assert (first.nunique() == 1).all()


def frame_rows(method, quality, sizes):
    facts = {"clip": "c", "method": method, "coder": "static", "quality": quality}
    values = {"motion_bits": 80, "num_pixels": 1000, "psnr_rgb_db": 30.0, "nonzero_percent": 10.0}
    return [facts | values | {"frame": f, "file_bytes": size} for f, size in enumerate(sizes)]


def test_rates_by_hand():
    rows = [
        *frame_rows("intra", 1, [900, 100, 300]),
        *frame_rows("previous", 1, [900, 50, 50]),
        *frame_rows("intra", 2, [900, 400, 400]),
        *frame_rows("previous", 2, [900, 400, 200]),
    ]
    rates = pframes_rows.rates(pd.DataFrame(rows)).set_index(["method", "quality"])
    assert rates.loc[("intra", 1), "rate_bpp"] == 8 * 400 / 2000
    assert rates.loc[("intra", 1), "motion_percent"] == 100 * 160 / 3200
    changes = pframes_rows.changes(rates.reset_index(), "intra", "static")
    # 100 of 400, and 600 of 800: -75 % and -25 %.
    assert changes.loc[("previous", "static"), "c"] == pytest.approx(-50)
    assert changes.loc[("intra", "static"), "mean"] == 0
    with pytest.raises(MotionError, match="base"):
        pframes_rows.changes(rates.reset_index(), "intra", "trained")
    with pytest.raises(MotionError, match="frames after the first"):
        pframes_rows.rates(pd.DataFrame(rows[:1]))


def test_multiply_accumulates_by_hand(codec):
    """5 x 5 taps, 3-64-64-64-96 channels, on grids of 1/4, 1/16, 1/64 and 1/256 of the pixels."""
    expected = 25 * (3 * 64 / 4 + 64 * 64 / 16 + 64 * 64 / 64 + 64 * 96 / 256)
    assert pframes_rows.macs_per_pixel(codec.g_a) == expected
    assert pframes_rows.macs_per_pixel(codec.model.g_s) == expected
    made = pframes_rows.prediction_macs_per_pixel(codec)
    assert made == {"latent": 4 * 96 / 256, "pixels": expected}


def test_the_figure_has_a_panel_a_clip_and_one_legend():
    rates = pframes_rows.rates(results.read_measured(pframes_evaluate.TABLE).frame)
    panels = {name: figures_pframes.curves(rates, name, "static") for name in clips.CLIPS}
    figure = figures_pframes.rate_panels(panels)
    assert [axes.get_title() for axes in figure.axes] == list(clips.CLIPS)
    assert len(figure.legends) == 1
    assert len(figure.legends[0].get_texts()) == len(prediction.METHODS)
