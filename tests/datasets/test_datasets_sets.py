"""The named data sets: read where they lie, and a clear word where they do not."""

import numpy as np
import pytest
from PIL import Image

from lcip.datasets import DatasetError, data_root, kodak, modelnet40, photos


def store(path, **changed):
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = {
        "points": np.arange(36, dtype=np.int16).reshape(3, 4, 3),
        "labels": np.array([0, 1, 1], dtype=np.uint8),
        "names": np.array(["bed_0001", "sofa_0001", "sofa_0002"]),
        "classes": np.array(["bed", "sofa"]),
    }
    kept = {key: value for key, value in (arrays | changed).items() if value is not None}
    np.savez_compressed(path, **kept)
    return arrays["points"]


def test_the_folder_is_that_of_the_variable_or_the_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("LCIP_DATA", str(tmp_path / "not yet there"))
    assert data_root() == tmp_path / "not yet there"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for unset in ("", "  "):
        monkeypatch.setenv("LCIP_DATA", unset)
        assert data_root().name == "lcip" and data_root() != tmp_path / "not yet there"


def test_a_folder_that_is_a_file_is_refused(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("LCIP_DATA", str(tmp_path / "file"))
    with pytest.raises(DatasetError, match="LCIP_DATA is .*file.; allowed: a folder"):
        kodak()


def test_a_home_sign_is_expanded(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LCIP_DATA", "~/sets")
    assert data_root() == tmp_path / "sets"


def test_kodak_is_all_or_nothing(data_folder):
    (data_folder / "kodak").mkdir()
    for number in range(1, 25):
        (data_folder / "kodak" / f"kodim{number:02d}.png").touch()
    assert [item.name for item in kodak()] == [f"kodim{n:02d}" for n in range(1, 25)]
    (data_folder / "kodak" / "kodim07.png").unlink()
    with pytest.raises(DatasetError) as caught:
        kodak()
    assert str(caught.value) == (
        "data set 'kodak': 1 of 24 files absent (first: kodim07.png) at "
        f"'{data_folder / 'kodak'}', below the folder of LCIP_DATA; needed: kodim01.png to "
        "kodim24.png. Next: run `lcip fetch kodak`, or set LCIP_DATA to a folder that has it."
    )


def test_a_missing_set_says_that_the_variable_is_not_set(monkeypatch, tmp_path):
    monkeypatch.delenv("LCIP_DATA", raising=False)
    monkeypatch.setattr("pooch.os_cache", lambda name: tmp_path / name)
    with pytest.raises(DatasetError, match=r"LCIP_DATA \(not set\).*`lcip fetch kodak`"):
        kodak()


def test_photos_are_in_the_order_of_their_names(data_folder):
    (data_folder / "photos").mkdir()
    for name in ("imagenet-n02.jpg", "bsds-8049.jpg", "bsds-100075.jpg"):
        Image.new("RGB", (2, 2)).save(data_folder / "photos" / name)
    wanted = ["bsds-100075", "bsds-8049", "imagenet-n02"]
    assert [item.name for item in photos()] == wanted


def test_photos_that_are_missing_name_both_halves_and_the_users_own(data_folder):
    with pytest.raises(
        DatasetError, match="no photograph at .*photos.*lcip fetch bsds500.*images_"
    ):
        photos()


def test_clouds_are_read(data_folder):
    points = store(data_folder / "modelnet40" / "test.npz")
    clouds = modelnet40("test")
    np.testing.assert_array_equal(clouds.points, points)
    assert clouds.labels.tolist() == [0, 1, 1]
    assert clouds.names == ("bed_0001", "sofa_0001", "sofa_0002")
    assert clouds.classes == ("bed", "sofa")
    got = clouds.coordinates(slice(1, 3), 2)
    assert got.shape == (2, 2, 3) and got.dtype == np.float32
    np.testing.assert_allclose(got, points[1:3, :2] / 32767, rtol=1e-6)
    with pytest.raises(DatasetError, match="num_points is 5; allowed: 1 to 4"):
        clouds.coordinates(slice(None), 5)


def test_a_split_that_is_absent_or_unknown_is_refused(data_folder):
    with pytest.raises(DatasetError, match="split is 'val'; allowed: train, test"):
        modelnet40("val")
    with pytest.raises(
        DatasetError, match="'modelnet40': no file at .*train.npz.*lcip fetch model"
    ):
        modelnet40("train")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"points": np.zeros((3, 4, 3), np.float32)}, r"float32 \(3, 4, 3\), not int16"),
        ({"points": np.zeros((3, 4), np.int16)}, r"int16 \(3, 4\), not int16 \(N, P, 3\)"),
        ({"points": np.zeros((2, 4, 3), np.int16)}, "do not belong together"),
        ({"labels": np.array([0, 1, 2], np.uint8)}, "do not belong together"),
        ({"labels": np.array([0, 1], np.uint8)}, "do not belong together"),
        ({"names": np.array(["a"])}, "do not belong together"),
        ({"classes": None}, "classes"),
    ],
)
def test_clouds_that_do_not_fit_are_refused(data_folder, changed, said):
    store(data_folder / "modelnet40" / "test.npz", **changed)
    with pytest.raises(DatasetError, match=f"{said}.*remove the file and run `lcip fetch model"):
        modelnet40("test")


@pytest.mark.parametrize("part", [0, 0.2, 0.9])
def test_a_damaged_file_of_clouds_is_refused(data_folder, part):
    path = data_folder / "modelnet40" / "test.npz"
    store(path)
    path.write_bytes(path.read_bytes()[: int(part * path.stat().st_size)])
    with pytest.raises(DatasetError, match="point clouds is .*test.npz"):
        modelnet40("test")
