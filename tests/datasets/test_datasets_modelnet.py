"""From an archive of meshes to point clouds: deterministic, resumable, atomic."""

import io
import zipfile

import numpy as np
import pytest

from lcip.datasets import DatasetError
from lcip.datasets import modelnet as module
from lcip.datasets.modelnet import prepare_modelnet40
from lcip.datasets.sets import read_clouds

PYRAMID = "4 4 0\n0 0 0\n1 0 0\n0 1 0\n0 0 {height}\n3 0 1 2\n3 0 1 3\n3 0 2 3\n3 1 2 3\n"
NAMES = [
    "bathtub/test/bathtub_0002",
    "airplane/train/airplane_0001",
    "night_stand/train/night_stand_0001",
    "airplane/test/airplane_0010",
    "bathtub/train/bathtub_0001",
    "airplane/train/airplane_0002",
    "night_stand/test/night_stand_0009",
]


def make_archive(names=NAMES, **extra) -> bytes:
    """Meshes in no order; every second header runs on as in the real archive; Mac's extras."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("ModelNet40/", b"")
        for number, name in enumerate(names):
            head = "OFF" if number % 2 else "OFF\n"
            file.writestr(f"ModelNet40/{name}.off", head + PYRAMID.format(height=number + 1))
        file.writestr("ModelNet40/.DS_Store", b"\0")
        file.writestr("ModelNet40/airplane/train/.off", b"hidden")
        file.writestr("__MACOSX/ModelNet40/airplane/train/._airplane_0001.off", b"no mesh")
        for name, data in extra.items():
            file.writestr(f"ModelNet40/airplane/train/{name}.off", data)
    return stream.getvalue()


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "ModelNet40.zip"
    path.write_bytes(make_archive())
    return path


def prepare(archive, folder, num_points=64, seed=1234):
    prepare_modelnet40(archive, folder, num_points, seed, progress=False)
    return {split: read_clouds(folder / f"{split}.npz") for split in ("train", "test")}


def test_the_layout_is_that_of_the_reader(archive, tmp_path):
    got = prepare(archive, tmp_path / "out")
    assert got["train"].points.shape == (4, 64, 3) and got["test"].points.shape == (3, 64, 3)
    assert got["train"].classes == ("airplane", "bathtub", "night_stand")
    assert got["train"].names == (
        "airplane_0001",
        "airplane_0002",
        "bathtub_0001",
        "night_stand_0001",
    )
    assert got["train"].labels.tolist() == [0, 0, 1, 2]
    assert got["train"].labels.dtype == np.uint8
    assert got["test"].names == ("airplane_0010", "bathtub_0002", "night_stand_0009")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["test.npz", "train.npz"]


def test_clouds_are_centred_in_the_unit_ball(archive, tmp_path):
    for clouds in prepare(archive, tmp_path / "out").values():
        points = clouds.points / 32767
        np.testing.assert_allclose(points.mean(axis=1), 0, atol=2e-5)
        np.testing.assert_allclose(np.linalg.norm(points, axis=2).max(axis=1), 1, atol=5e-5)


def test_points_depend_on_name_number_and_seed_alone(archive, tmp_path):
    first = prepare(archive, tmp_path / "1")["train"]
    # Another archive with other members around it: the same object, the same points.
    fewer = tmp_path / "fewer.zip"
    fewer.write_bytes(make_archive(NAMES[:2]))
    other = prepare(fewer, tmp_path / "2")["train"]
    np.testing.assert_array_equal(other.points[0], first.points[0])
    assert not np.array_equal(
        prepare(archive, tmp_path / "3", seed=1)["train"].points, first.points
    )
    assert not np.array_equal(first.points[0], first.points[1])


def test_two_runs_give_the_same_bytes(archive, tmp_path):
    prepare(archive, tmp_path / "1")
    prepare(archive, tmp_path / "2")
    for name in ("train.npz", "test.npz"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


def test_an_interrupted_run_goes_on_and_gives_the_same(archive, tmp_path, monkeypatch):
    whole = prepare(archive, tmp_path / "1")
    sample, calls = module.sample_mesh, []

    def counting(*arguments):
        calls.append(arguments)
        if len(calls) == 5:
            raise KeyboardInterrupt
        return sample(*arguments)

    monkeypatch.setattr(module, "sample_mesh", counting)
    with pytest.raises(KeyboardInterrupt):
        prepare(archive, tmp_path / "2")
    assert not list((tmp_path / "2").glob("*.npz"))
    again = prepare(archive, tmp_path / "2")
    for split, clouds in whole.items():
        np.testing.assert_array_equal(again[split].points, clouds.points)
    # 7 meshes, and of the interrupted run only the class that was being read is done again.
    assert 5 + 3 <= len(calls) < 5 + 7


def test_a_mesh_that_cannot_be_read_is_named(tmp_path):
    for name, data, said in (
        ("bad_0001", b"OFF\n3 1 0\n0 0 0\n", "ends before all 3 vertices"),
        ("flat_0001", b"OFF\n3 1 0\n0 0 0\n1 1 1\n2 2 2\n3 0 1 2\n", "total area 0"),
    ):
        archive = tmp_path / f"{name}.zip"
        archive.write_bytes(make_archive(**{name: data}))
        with pytest.raises(DatasetError, match=f"ModelNet40/airplane/train/{name}.off.*{said}"):
            prepare(archive, tmp_path / "out")
        assert not list((tmp_path / "out").glob("*.npz"))


def test_an_archive_without_meshes_is_refused(tmp_path):
    archive = tmp_path / "other.zip"
    archive.write_bytes(make_archive(["airplane/train/airplane_0001"]))
    with pytest.raises(DatasetError, match="no meshes of: test.*ModelNet40/CLASS/train"):
        prepare(archive, tmp_path / "out")


def test_an_archive_that_leads_outside_is_refused(tmp_path):
    archive = tmp_path / "evil.zip"
    archive.write_bytes(make_archive(**{"../../../../evil": b"OFF\n"}))
    with pytest.raises(DatasetError, match="nothing was unpacked"):
        prepare(archive, tmp_path / "a" / "b" / "out")
    assert not list(tmp_path.rglob("evil.off"))
