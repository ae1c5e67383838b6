"""TMC13: its table, and its program where there is one."""

import os
import stat
import sys

import numpy as np
import pytest
from pointcloud_samples import clouds

from lcip import results
from lcip.pointcloud.rivals import tmc13, voxels
from lcip.pointcloud.rivals.errors import RivalError
from lcip.pointcloud.rivals.prior import POINTS

ENCODER = """#!{python}
import sys
given = dict(argument.removeprefix("--").split("=", 1) for argument in sys.argv[1:])
assert given["mode"] == "0"
cloud = open(given["uncompressedDataPath"], "rb").read()
assert cloud.startswith(b"ply") and b"element vertex 50" in cloud
open(given["compressedStreamPath"], "wb").write(bytes(40 + int(given["inputScale"])))
print("positions bitstream size " + given["inputScale"] + " B (0.1 bpp)")
print("Total bitstream size 99 B")
"""
FAILING = "#!{python}\nimport sys\nsys.exit('no such option')\n"
SILENT = "#!{python}\nprint('TMC13 version 99')\n"


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Puts a program named tmc3 on an otherwise empty PATH."""

    def install(source: str) -> None:
        path = tmp_path / "tmc3"
        path.write_text(source.format(python=sys.executable))
        path.chmod(path.stat().st_mode | stat.S_IEXEC)
        monkeypatch.setenv("PATH", str(tmp_path))

    return install


def test_an_installed_encoder_is_run(installed):
    installed(ENCODER)
    assert tmc13.run(clouds(50)[0], 16) == tmc13.Written(positions_bits=128, file_bits=448)
    assert tmc13.run(clouds(50)[1], 1) == tmc13.Written(positions_bits=8, file_bits=328)


def test_without_an_encoder_the_error_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RivalError, match="TMC13 is 'not installed'.*tmc3 on the PATH.*v14.0"):
        tmc13.run(clouds(50)[0], 16)


def test_an_encoder_that_fails_is_quoted(installed):
    installed(FAILING)
    with pytest.raises(RivalError, match="status 1: no such option"):
        tmc13.run(clouds(50)[0], 16)


def test_another_program_of_that_name_is_found_out(installed):
    installed(SILENT)
    with pytest.raises(RivalError, match="what tmc3 printed is 'TMC13 version 99'"):
        tmc13.run(clouds(50)[0], 16)


def test_a_file_that_is_no_program_is_refused(installed):
    installed("not a program of {python}")
    if os.access(tmc13.program(), os.X_OK):
        with pytest.raises(RivalError, match="did not run"):
            tmc13.run(clouds(50)[0], 16)


def test_scales_that_are_none(installed):
    installed(ENCODER)
    with pytest.raises(RivalError, match="scale is 5; allowed: 1, 2, 4"):
        tmc13.run(clouds(50)[0], 5)


@pytest.fixture
def archive(tmp_path):
    """Two numbers of points, three scales, four clouds."""
    positions = np.arange(24, dtype=np.int32).reshape(2, 3, 4) * 8
    arrays = {
        "points": np.array([8, 16]),
        "scales": np.array([1, 2, 4]),
        "positions_bits": positions,
        "file_bits": positions + 256,
    }
    path = tmp_path / "bits.npz"
    np.savez(path, **arrays)
    return path, arrays


def test_the_table_of_an_archive_by_hand(archive):
    frame = tmc13.rows_of(tmc13.read_bits(archive[0]))
    assert len(frame) == 6
    row = frame[(frame["num_points"] == 16) & (frame["scale"] == 2)].iloc[0]
    assert row["positions_bits"] == 8 * np.mean([16, 17, 18, 19])
    assert row["positions_deviation_bits"] == pytest.approx(8 * np.std([16, 17, 18, 19], ddof=1))
    assert (row["positions_least_bits"], row["positions_most_bits"]) == (128, 152)
    assert row["file_bits"] - row["positions_bits"] == 256 and row["num_test"] == 4


@pytest.mark.parametrize("damage", ["absent", "cut", "other arrays", "other shape"])
def test_archives_that_are_none(archive, tmp_path, damage):
    path, arrays = archive
    if damage == "absent":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:100])
    elif damage == "other arrays":
        np.savez(path, points=arrays["points"])
    else:
        np.savez(path, **{**arrays, "file_bits": arrays["file_bits"][:1]})
    with pytest.raises(RivalError, match="--bits is|shape of file_bits is"):
        tmc13.read_bits(path)


def test_the_committed_table_covers_every_place():
    frame = results.read_measured(tmc13.TABLE).frame
    assert sorted(zip(frame["num_points"], frame["scale"], strict=True)) == sorted(
        (points, scale) for points in POINTS for scale in voxels.SCALES
    )
    assert (frame["num_test"] == 2468).all()
    assert frame["positions_least_bits"].min() == 72
    assert (frame["file_bits"] > frame["positions_bits"] + 255).all()


def test_the_committed_table_has_the_published_points():
    """The thesis's curve is made of other draws of points from the same meshes."""
    frame = results.read_measured(tmc13.TABLE).frame
    published = results.read_published("pc_rate_accuracy_points")
    rows = published[(published["codec"] == "tmc13") & (published["classifier"] == "PointNet")]
    for bits in rows.loc[rows["bits"] > 900, "bits"]:
        assert (abs(frame["positions_bits"] / bits - 1)).min() < 0.02
