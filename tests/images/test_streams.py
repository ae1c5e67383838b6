"""A test set as our own files in one archive: written, read back, measured."""

import numpy as np
import pytest
import torch
from PIL import Image

from lcip import artifacts, coding, datasets, results
from lcip.distributions import evaluate
from lcip.images import factorized, streams

CARD = {
    "architecture": "untrained",
    "data": "none",
    "steps": 0,
    "seed": 0,
    "lmbda": 0.0067,
    "validation": {},
    "environment": {},
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """An empty repository with untrained weights; 24 pictures in place of Kodak; the archive."""
    root = tmp_path_factory.mktemp("root")
    (root / "data").mkdir()
    (root / "data" / "registry.toml").touch()
    (root / "sets" / "kodak").mkdir(parents=True)
    draw = np.random.default_rng(0)
    for number in range(1, 25):
        coarse = draw.integers(0, 256, (5, 6, 3), dtype=np.uint8)
        size = (176, 192) if number % 2 else (192, 176)
        Image.fromarray(coarse).resize(size).save(
            root / "sets" / "kodak" / f"kodim{number:02d}.png"
        )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LCIP_ROOT", str(root))
        patch.setenv("LCIP_DATA", str(root / "sets"))
        torch.manual_seed(0)
        factorized.save(factorized.new_model("small"), "small", 3, CARD, half=True)
        streams.write_kodak("small", 3)
        yield root


def test_the_archive_holds_what_compress_writes(archive):
    codec = factorized.load("small", 3)
    items = streams.read(codec, "images/kodak-small-q3")
    assert [item.name for item in items] == [f"kodim{n:02d}" for n in range(1, 25)]
    original = datasets.read_image(datasets.kodak()[1].path)
    assert items[1].file == codec.compress(original)
    assert (items[1].height, items[1].width) == original.shape[:2]
    assert np.array_equal(items[1].symbols, codec.symbols(original))


def test_the_table_has_one_row_an_image_with_three_kinds_of_rate(archive):
    measured = results.read_measured("images/kodak-small-q3")
    frame = measured.frame
    assert len(frame) == 24 and frame["image"].is_unique
    assert (8 * frame["payload_bytes"] <= frame["estimated_bits"] + 8).all()
    assert (frame["file_bytes"] - frame["payload_bytes"]).between(1, 32).all()
    assert frame["rate_bpp"].tolist() == (8 * frame["file_bytes"] / frame["num_pixels"]).tolist()
    assert set(measured.provenance["datasets"]) == {"kodak"}


def test_an_archive_of_another_model_is_refused(archive):
    codec = factorized.load("small", 3)
    other = factorized.Codec(codec.model, codec.tables, codec.card, bytes(32))
    with pytest.raises(coding.StreamError, match="model"):
        streams.read(other, "images/kodak-small-q3")


def test_a_missing_archive_is_named_with_those_there_are(archive):
    with pytest.raises(artifacts.ArtifactError, match="images/kodak-small-q3"):
        streams.read(factorized.load("small", 3), streams.stream_name("small", 4))


def test_the_gap_is_measured_for_every_archive_and_photograph(archive):
    assert evaluate.committed() == [("small", 3)]
    codec = factorized.load("small", 3)
    (row,) = evaluate.photograph_rows(codec, ["chelsea"])
    assert row["num_pixels"] == 300 * 451 and row["gap_bits"] > 0
    assert row["static_bits"] - row["ideal_bits"] == pytest.approx(row["gap_bits"])
    rows = list(evaluate.kodak_rows(codec, "small", 3))
    recorded = results.read_measured("images/kodak-small-q3").frame
    assert [row["file_bytes"] for row in rows] == recorded["file_bytes"].tolist()
