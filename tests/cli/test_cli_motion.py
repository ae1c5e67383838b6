"""`lcip motion sweep`: what it writes, and what it refuses."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from lcip import cli
from lcip.datasets import bundled_photographs

GOOD = {
    "--network": "mobilenet", "--weights": "random", "--layer": "conv_pw_1",
    "--transform": "rotation", "--values": "0,10", "--frame": "64",
}  # fmt: skip


def lcip(folder, out, **changed: str) -> Result:
    words = GOOD | {f"--{name.replace('_', '-')}": str(value) for name, value in changed.items()}
    pairs = [word for name, value in words.items() for word in (name, value) if value != "None"]
    line = ["motion", "sweep", *pairs, "--images", str(folder), "-o", str(out)]
    return CliRunner().invoke(cli.app, line, prog_name="lcip")


@pytest.fixture
def folder(tmp_path):
    """Two pictures, neither square."""
    place = tmp_path / "pictures"
    place.mkdir()
    coffee = bundled_photographs(["coffee"])["coffee"]
    Image.fromarray(coffee[:100, :160]).save(place / "wide.png")
    Image.fromarray(coffee[100:240, :90]).save(place / "tall.png")
    return place


def test_a_sweep_is_written_as_a_table(folder, tmp_path):
    out = tmp_path / "out.csv"
    result = lcip(folder, out)
    assert result.exit_code == 0, result.output
    line, path = result.stdout.splitlines()
    assert line.startswith("mobilenet random conv_pw_1 (stride 2): mean NRMSE 0.0")
    assert line.endswith("over 4 rows, 2 pictures") and path.endswith("out.csv")
    rows = pd.read_csv(out)
    assert list(rows["image"]) == ["tall", "wide"] * 2
    assert list(rows["parameter"]) == [0, 0, 10, 10] and set(rows["unit"]) == {"deg"}
    assert (rows["nrmse"][:2] == 0).all() and (rows["nrmse"][2:] > 0.001).all()
    assert set(rows["erosion_fraction"]) == {0.5}


def test_without_values_the_published_ones_are_taken(folder, tmp_path):
    assert lcip(folder, tmp_path / "out.csv", values=None, transform="scale").exit_code == 0
    rows = pd.read_csv(tmp_path / "out.csv")
    assert (rows["parameter"].min(), rows["parameter"].max()) == (0.8, 1.25)
    assert set(rows["transform"]) == {"scale_x"}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"network": "vgg"}, "network is 'vgg'; allowed: factorized-small"),
        ({"layer": "layer9"}, "layer of mobilenet is 'layer9'; allowed: conv1_pad, conv1,"),
        ({"weights": "q3"}, "weights of mobilenet is 'q3'; allowed: imagenet, random"),
        ({"weights": "imagenet"}, "Next: run `lcip fetch mobilenet1_0-imagenet-trunk`"),
        ({"weights": None, "network": "factorized-small"}, "name them with --weights"),
        (
            {"transform": "jump"},
            "transform is 'jump'; allowed: translation, rotation, scale, shear",
        ),
        ({"frame": "128"}, "picture tall is '90 x 140 pixels'; allowed: at least 128 x 128"),
        ({"transform": "translation", "values": "64"}, "less than the frame's side, 64 px"),
        ({"transform": "translation", "values": "62"}, "what is left to compare in conv_pw_1"),
        ({"transform": "scale", "values": "0"}, "allowed: positive numbers"),
        ({"values": "ten"}, "values is 'ten'; allowed: numbers with commas between"),
        ({"values": "nan"}, "values is 'nan'"),
        ({"erosion": "2"}, "erosion is 2.0; allowed: 0 to 1"),
        ({"interpolation": "cubic"}, "interpolation is 'cubic'; allowed: nearest, bilinear"),
        ({"input_interpolation": "cubic"}, "interpolation is 'cubic'; allowed: nearest"),
    ],
)
def test_a_mistake_is_told_and_nothing_is_written(folder, tmp_path, monkeypatch, changed, told):
    monkeypatch.setenv("LCIP_DATA", str(tmp_path / "nothing"))
    result = lcip(folder, tmp_path / "out.csv", **changed)
    assert result.exit_code == 2
    assert told in result.stderr, result.stderr
    assert "Traceback" not in result.output and not (tmp_path / "out.csv").exists()


def test_a_folder_without_pictures_is_told(tmp_path):
    result = lcip(tmp_path, tmp_path / "out.csv")
    assert result.exit_code == 2 and "no such file in it" in result.stderr
    result = lcip(tmp_path / "absent", tmp_path / "out.csv")
    assert result.exit_code == 2 and "does not exist" in result.stderr


@pytest.mark.parametrize("out", ["out.txt", "", "absent/out.csv"])
def test_where_to_write_is_checked_first(folder, tmp_path, out):
    result = lcip(folder, tmp_path / out)
    assert result.exit_code == 2 and "-o is" in result.stderr


def test_a_picture_that_cannot_be_read_is_told(folder, tmp_path):
    (folder / "broken.png").write_bytes(np.arange(50, dtype=np.uint8).tobytes())
    result = lcip(folder, tmp_path / "out.csv")
    assert result.exit_code == 2 and "broken.png" in result.stderr


def test_help_shows_an_example():
    result = CliRunner().invoke(cli.app, ["motion", "sweep", "--help"], prog_name="lcip")
    assert result.exit_code == 0
    assert "--network resnet18 --layer layer2 --transform rotation" in result.stdout
