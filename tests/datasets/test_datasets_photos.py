"""The two halves of the training photographs."""

import io
import tarfile

import numpy as np
import pytest
from PIL import Image

from lcip.datasets import DatasetError, read_image
from lcip.datasets import training_photos as module
from lcip.datasets.training_photos import prepare_bsds500, prepare_imagenet_sample


def jpeg(shade: int = 0, size=(20, 12)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, (shade, 0, 0)).save(stream, "JPEG")
    return stream.getvalue()


def make_archive(path, members):
    with tarfile.open(path, "w:gz") as file:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            file.addfile(info, io.BytesIO(data))
    return path


INSIDE = "BSR/BSDS500/data/images"
MEMBERS = {
    f"{INSIDE}/train/100.jpg": jpeg(1),
    f"{INSIDE}/train/Thumbs.db": b"",
    f"{INSIDE}/val/8049.jpg": jpeg(2),
    f"{INSIDE}/test/300.jpg": jpeg(3),
    "BSR/BSDS500/data/groundTruth/train/100.mat": b"",
}


@pytest.fixture
def two(monkeypatch):
    monkeypatch.setattr(module, "BSDS_COUNT", 2)


def test_training_and_validation_images_are_copied_byte_for_byte(two, tmp_path):
    prepare_bsds500(make_archive(tmp_path / "a.tgz", MEMBERS), tmp_path / "photos", False)
    got = {path.name: path.read_bytes() for path in (tmp_path / "photos").iterdir()}
    assert got == {"bsds-100.jpg": jpeg(1), "bsds-8049.jpg": jpeg(2)}


def test_another_number_of_images_is_refused(tmp_path):
    archive = make_archive(tmp_path / "a.tgz", MEMBERS)
    with pytest.raises(DatasetError, match="2 images in .*allowed: 300 images"):
        prepare_bsds500(archive, tmp_path / "photos", False)
    assert not (tmp_path / "photos").exists()


def test_a_damaged_image_is_named_and_nothing_is_written(two, tmp_path):
    bad = MEMBERS | {f"{INSIDE}/val/8049.jpg": jpeg()[:200]}
    with pytest.raises(DatasetError, match="val/8049.jpg.*a readable JPEG"):
        prepare_bsds500(make_archive(tmp_path / "a.tgz", bad), tmp_path / "photos", False)
    assert not (tmp_path / "photos").exists()


def test_ones_own_imagenet_photographs_are_reduced(tmp_path):
    source = tmp_path / "mine"
    (source / "n02000001").mkdir(parents=True)
    for name, size in (("n01440764_10026.JPEG", (800, 600)), ("n02000001/7.png", (100, 200))):
        Image.new("RGB", size, "red").save(source / name)
    Image.new("RGB", (9, 9)).save(source / "n02000001" / "8.png")  # a second one of its class
    Image.new("RGB", (9, 9)).save(source / "holiday.png")
    prepare_imagenet_sample(source, tmp_path / "photos", False)
    got = {path.name: read_image(path) for path in (tmp_path / "photos").iterdir()}
    assert {name: picture.shape for name, picture in got.items()} == {
        "imagenet-n01440764.jpg": (320, 427, 3),
        "imagenet-n02000001.jpg": (200, 100, 3),
    }
    assert np.abs(got["imagenet-n01440764.jpg"].astype(int) - [254, 0, 0]).max() <= 2


def test_a_folder_without_wordnet_numbers_is_refused(tmp_path):
    Image.new("RGB", (9, 9)).save(tmp_path / "holiday.png")
    with pytest.raises(
        DatasetError, match="no file's path holds a WordNet number.*n01440764_10026"
    ):
        prepare_imagenet_sample(tmp_path, tmp_path / "photos", False)
