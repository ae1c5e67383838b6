"""Training a codec end to end on a few generated photographs."""

import sys

import numpy as np
import pytest
from PIL import Image

from lcip.errors import LcipError
from lcip.images import factorized, fit
from lcip.training import TrainingError


@pytest.fixture
def photographs(tmp_path, monkeypatch):
    """A data folder with 20 small photographs, and an empty repository to write weights to."""
    draw = np.random.default_rng(0)
    folder = tmp_path / "sets" / "photos"
    folder.mkdir(parents=True)
    for number in range(20):
        smooth = draw.integers(0, 256, (9, 9, 3), dtype=np.uint8)
        Image.fromarray(smooth).resize((260, 260)).save(folder / f"photo-{number:02d}.jpg")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "registry.toml").touch()
    monkeypatch.setenv("LCIP_DATA", str(tmp_path / "sets"))
    monkeypatch.setenv("LCIP_ROOT", str(tmp_path))
    return tmp_path


def train(monkeypatch, *options):
    given = [
        "--quality",
        "3",
        "--steps",
        "4",
        "--crop-px",
        "64",
        "--batch-size",
        "2",
        "--refit-steps",
        "3",
    ]
    monkeypatch.setattr(sys, "argv", ["fit", *given, *options])
    fit.main()


def test_the_command_writes_weights_that_load_and_compress(photographs, monkeypatch):
    train(monkeypatch)
    codec = factorized.load("small", 3)
    assert codec.card["steps"] == 4 and codec.card["lmbda"] == 0.0067
    assert codec.card["data"] == "training photographs: 19 trained on, 1 held out"
    assert {"objective", "rate_bpp", "psnr_db"} == set(codec.card["validation"])
    refit = codec.card["entropy_model_refit"]
    after = refit["held_out_bits_per_position_after"]
    assert refit["steps"] == 3 and after <= refit["held_out_bits_per_position_before"]
    assert codec.model.entropy_bottleneck.likelihood_lower_bound.bound.item() > 0
    picture = np.random.default_rng(2).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    assert codec.decompress(codec.compress(picture)).shape == picture.shape


def test_a_checkpoint_of_another_crop_is_refused_and_the_own_one_removed(photographs, monkeypatch):
    train(monkeypatch)
    assert not list((photographs / "runs").rglob("*.pt"))
    kept = photographs / "kept.pt"
    train(monkeypatch, "--checkpoint", str(kept))
    with pytest.raises(TrainingError, match="is {'crop_px': 64}; allowed: crop_px 32"):
        train(monkeypatch, "--checkpoint", str(kept), "--crop-px", "32")


def test_other_qualities_start_from_the_base(photographs, monkeypatch):
    train(monkeypatch)
    train(monkeypatch, "--quality", "4")
    card = factorized.load("small", 4).card
    assert card["started_from"] == "small-q3" and card["lmbda"] == 0.013


def test_a_wider_family_starts_from_the_small_one(photographs, monkeypatch):
    train(monkeypatch)
    train(monkeypatch, "--family", "paper-low")
    card = factorized.load("paper-low", 3).card
    assert card["started_from"] == "small-q3" and card["family"] == "paper-low"


def test_weights_to_start_from_are_named_by_family_and_quality():
    for name in ("small", "tiny-q3", "small-qx", "3"):
        with pytest.raises(LcipError, match="allowed: small-q1 … small-q8"):
            factorized.load_named(name)


def test_crops_stay_inside_and_are_seeded():
    pictures = [np.arange(70 * 80 * 3, dtype=np.uint8).reshape(70, 80, 3)]
    held_out = [np.zeros((256, 256, 3), np.uint8)]
    task = fit.ImageTask("small", 1, pictures, held_out, crop_px=64, batch_size=3, bfloat16=False)
    batch = task.batch(np.random.default_rng(1))
    assert batch.shape == (3, 3, 64, 64)
    assert (batch == task.batch(np.random.default_rng(1))).all()


def test_centre_crop_by_hand():
    picture = np.arange(5 * 7).reshape(5, 7)
    assert fit.centre_crop(picture, 3).tolist() == [[9, 10, 11], [16, 17, 18], [23, 24, 25]]
