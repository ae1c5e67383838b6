"""The commands of the rivals, from a small data set to their tables, in a repository apart."""

import sys

import numpy as np
import pytest
import torch
from pointcloud_samples import CLASSES, clouds

from lcip import results
from lcip.datasets import POINT_SCALE
from lcip.pointcloud import classifier
from lcip.pointcloud.rivals import coded, evaluate, prior, tmc13, voxels
from lcip.pointcloud.rivals.errors import RivalError

POINTS, SCALES, BITS = (8, 64), (2, 8), (3,)
ENCODER = """#!{python}
import sys
given = dict(argument.removeprefix("--").split("=", 1) for argument in sys.argv[1:])
open(given["compressedStreamPath"], "wb").write(bytes(50))
with open({calls!r}, "a") as calls:
    calls.write("called\\n")
print("positions bitstream size", given["inputScale"], "B (0.1 bpp)")
"""


@pytest.fixture
def small(tmp_path, monkeypatch):
    """Eight solids as ModelNet40, few places, one classifier without training."""
    folder = tmp_path / "sets" / "modelnet40"
    folder.mkdir(parents=True)
    points = np.rint(clouds(1024) * POINT_SCALE).astype(np.int16)
    for split in ("train", "test"):
        names = [f"{split} {k}" for k in range(8)]
        labels = np.arange(8, dtype=np.uint8)
        np.savez(
            folder / f"{split}.npz", points=points, labels=labels, names=names, classes=CLASSES
        )
    (tmp_path / "data").mkdir()
    (tmp_path / "data/registry.toml").write_text("")
    monkeypatch.setenv("LCIP_ROOT", str(tmp_path))
    monkeypatch.setenv("LCIP_DATA", str(tmp_path / "sets"))
    for module in (coded, prior, tmc13):
        monkeypatch.setattr(module, "POINTS", POINTS)
    monkeypatch.setattr(voxels, "SCALES", SCALES)
    monkeypatch.setattr(tmc13, "SCALES", SCALES)
    monkeypatch.setattr(coded, "DRACO_BITS", BITS)
    return tmp_path


def write_bits(folder) -> str:
    positions = np.full((2, 2, 8), 80, np.int32)
    arrays = {"points": np.array(POINTS), "scales": np.array(SCALES)}
    path = folder / "bits.npz"
    np.savez(path, **arrays, positions_bits=positions, file_bits=positions + 256)
    return str(path)


def save_classifier() -> None:
    torch.manual_seed(0)
    card = {"architecture": "", "data": "", "steps": 0, "seed": 0, "lmbda": None}
    card |= {"validation": None, "environment": {}}
    classifier.save(classifier.PointClassifier(), 64, card)


def test_from_the_data_set_to_the_table(small):
    prior.main([])
    tmc13.main(["--bits", write_bits(small)])
    evaluate.main(["--bits-only"])
    kept = sorted(small.rglob("_build/pointcloud/*/*.csv"))
    assert len(kept) == 2 * (2 + 2 + 1)
    with pytest.raises(RivalError, match="number of classifiers is 0"):
        evaluate.main([])
    save_classifier()
    evaluate.main([])
    table = results.read_measured(evaluate.TABLE)
    counts = table.frame.groupby(["codec", "variant"]).size().to_dict()
    assert counts == {
        ("tmc13", "v14"): 4,
        ("octree", "from scratch"): 8,
        ("octree", "trained prior"): 8,
        ("draco", "level 10"): 2,
        ("draco", "smallest file"): 2,
        ("label", "packet"): 1,
        ("label", "stream"): 1,
    }
    assert set(table.frame["classifier"]) == {"classifier-p64"}
    assert set(table.provenance["weights"]) == {prior.NAME, "pointcloud/classifier-p64"}
    assert not list(small.rglob("_build/pointcloud/*/*.csv"))


def test_coders_on_one_grid_have_one_accuracy(small):
    prior.main([])
    tmc13.main(["--bits", write_bits(small)])
    save_classifier()
    evaluate.main([])
    frame = results.read_measured(evaluate.TABLE).frame
    place = ["grid", "setting", "num_points"]
    assert (frame.groupby(place)["test_accuracy_percent"].nunique() == 1).all()
    assert (frame.groupby(place)["num_decoded_points"].nunique() == 1).all()


def test_the_encoder_is_run_on_every_cloud_where_it_is_installed(small, monkeypatch):
    calls = small / "calls"
    program = small / "bin" / "tmc3"
    program.parent.mkdir()
    program.write_text(ENCODER.format(python=sys.executable, calls=str(calls)))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    tmc13.main([])
    assert len(calls.read_text().splitlines()) == 2 * 2 * 8
    table = results.read_measured(tmc13.TABLE)
    assert table.frame["positions_bits"].tolist() == [16, 64, 16, 64]
    assert (table.frame["file_bits"] == 400).all()
    assert table.provenance["command"] == tmc13.COMMAND


def test_without_the_encoder_the_table_stays(small, monkeypatch):
    tmc13.main(["--bits", write_bits(small)])
    before = (small / "data/measured/pointcloud/tmc13.csv").read_bytes()
    monkeypatch.setenv("PATH", str(small))
    with pytest.raises(RivalError, match="TMC13 is 'not installed'"):
        tmc13.main([])
    assert (small / "data/measured/pointcloud/tmc13.csv").read_bytes() == before
