"""`lcip cloud`: what it writes, what it prints, and how it tells a mistake."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from lcip import artifacts, cli, coding, paths
from lcip.datasets import read_mesh, read_points, write_points_ply
from lcip.pointcloud import choice, objects, reconstruction
from lcip.pointcloud import codec as codecs
from lcip.pointcloud.models import SIZES
from lcip.pointcloud.solids import SOLIDS, solid

MODEL = choice.choose(None, None, None)
OPTIONS = ("--size", MODEL.size, "--points", MODEL.num_points, "--lmbda", f"{MODEL.lmbda:g}")


def lcip(*words: object) -> Result:
    return CliRunner().invoke(
        cli.app, ["cloud", *(str(word) for word in words)], prog_name="lcip", terminal_width=200
    )


def told(result: Result) -> str:
    """The one line of a mistake."""
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output and result.stdout == ""
    (line,) = result.stderr.splitlines()
    return line


@pytest.fixture
def cloud(tmp_path) -> Path:
    path = tmp_path / "chair.ply"
    write_points_ply(path, solid("chair", MODEL.num_points + 100, seed=1))
    return path


@pytest.fixture
def packet(cloud, tmp_path) -> Path:
    path = tmp_path / "chair.lcip"
    assert lcip("encode", cloud, "-o", path).exit_code == 0
    return path


COMMANDS = ["encode", "classify", "inspect", "decode", "sample", "models"]


@pytest.mark.parametrize("words", [[], *([command] for command in COMMANDS)])
def test_help_says_how_to_use_it(words):
    result = lcip(*words, "--help")
    assert result.exit_code == 0
    assert f"Usage: lcip cloud {' '.join(words)}".strip() in result.stdout


def test_a_cloud_becomes_a_packet_and_the_packet_a_class(cloud, tmp_path):
    out = tmp_path / "chair.lcip"
    result = lcip("encode", cloud, "-o", out, *OPTIONS)
    assert result.exit_code == 0, result.output
    read, written = result.stdout.splitlines()
    count = MODEL.num_points
    assert read.endswith(f"chair.ply: PLY, cloud of {count + 100:,} points: {count:,} coded "
                         "(drawn with seed 0)")  # fmt: skip
    size = out.stat().st_size
    assert written.endswith(f"chair.lcip: {size} bytes ({MODEL})") and result.stderr == ""
    codec = codecs.load(MODEL.name)
    points = objects.read_object(cloud, count, seed=0).points
    assert out.read_bytes() == codec.encode(points)
    result = lcip("classify", out)
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[0].endswith(f"chair.lcip: {size} bytes ({MODEL})")
    rows = [line.split() for line in result.stdout.splitlines() if line.strip().endswith("%")]
    guesses = codec.classify(out.read_bytes(), 5)
    assert rows == [[g.name, f"{100 * g.probability:.2f}", "%"] for g in guesses]


@pytest.mark.parametrize(("number", "rows"), [(1, 1), (3, 3), (40, 40), (99, 40)])
def test_the_number_of_guesses_is_an_option(packet, number, rows):
    result = lcip("classify", packet, "--number", number)
    assert result.exit_code == 0 and result.stdout.count("%") == rows
    assert lcip("classify", packet, "-n", 0).exit_code == 2


def test_inspect_shows_three_kinds_of_bits(packet):
    result = lcip("inspect", packet)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    data, codec = packet.read_bytes(), codecs.load(MODEL.name)
    assert lines[0].endswith(f"chair.lcip: {MODEL} (model {codec.identity.hex()[:12]})")
    bits = {line.split()[0]: float(line.split()[1]) for line in lines[1:5]}
    assert list(bits) == ["estimate", "payload", "overhead", "file"]
    assert bits["file"] == 8 * len(data) == bits["payload"] + bits["overhead"]
    assert bits["overhead"] == 32 and bits["payload"] - bits["estimate"] <= 8
    symbols = codec.decode(data)
    assert abs(bits["estimate"] - codec.estimated_bits(symbols)) < 0.01
    assert len({*bits.values()}) == 4
    assert f"{codec.num_latents} symbols from {symbols.min()} to {symbols.max()}" in lines[5]
    assert "dearest features" in result.stdout


def test_a_mesh_is_sampled(tmp_path):
    assert lcip("sample", "chair", "-o", tmp_path / "chair.off").exit_code == 0
    result = lcip("encode", tmp_path / "chair.off", "-o", tmp_path / "a.lcip", "--seed", 3)
    assert result.exit_code == 0
    assert "OFF, mesh of 72 triangles: 8,192 points drawn by area (seed 3)" in result.stdout


def test_fewer_points_than_the_model_knows_are_coded_and_noted(tmp_path):
    write_points_ply(tmp_path / "a.ply", solid("chair", MODEL.num_points // 2, seed=1))
    result = lcip("encode", tmp_path / "a.ply", "-o", tmp_path / "a.lcip")
    assert result.exit_code == 0 and "points: all coded" in result.stdout
    assert result.stderr == (
        f"note: {MODEL.num_points // 2} points, and the model was trained with "
        f"{MODEL.num_points}: guesses may be worse\n"
    )
    assert lcip("classify", tmp_path / "a.lcip").exit_code == 0


def test_the_order_of_the_points_in_the_file_changes_no_byte(cloud, packet, tmp_path):
    points = read_points(cloud)
    write_points_ply(cloud, np.random.default_rng(0).permutation(points))
    again = tmp_path / "again.lcip"
    assert lcip("encode", cloud, "-o", again).exit_code == 0
    assert again.read_bytes() == packet.read_bytes()


def test_models_are_listed():
    result = lcip("models")
    assert result.exit_code == 0
    rows = [line.split() for line in result.stdout.splitlines() if line.strip().endswith(")")]
    rows = [row for row in rows if row[0] in SIZES]
    assert [row[:3] for row in rows] == [
        [m.size, str(m.num_points), f"{m.lmbda:g}"] for m in choice.trained()
    ]
    for row in rows:
        low, high = row[5].strip("()").split("–")
        assert float(low) < float(row[4]) < float(high)


@pytest.mark.parametrize("name", list(SOLIDS))
def test_samples_are_written_as_points_and_as_meshes(tmp_path, name):
    result = lcip("sample", name, "-o", tmp_path / "a.ply", "--points", 99, "--seed", 2)
    assert result.exit_code == 0
    assert result.stdout.endswith(f"a.ply: a {name}, cloud of 99 points (seed 2)\n")
    np.testing.assert_array_equal(read_points(tmp_path / "a.ply"), solid(name, 99, 2))
    assert lcip("sample", name, "-o", tmp_path / "a.off").exit_code == 0
    found, right = read_mesh(tmp_path / "a.off"), SOLIDS[name]()
    np.testing.assert_array_equal(found.vertices, right.vertices)
    np.testing.assert_array_equal(found.faces, right.faces)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("tree", "-o", "a.ply"), "solid is 'tree'; allowed: chair, table"),
        (("chair", "-o", "a.obj"), "allowed: a name that ends in .ply or .off"),
        (("chair", "-o", "no/a.ply"), "allowed: a file in a folder that exists"),
        (("chair", "-o", "a.ply", "--points", 0), "--points is 0; allowed: 1 to 10000000"),
    ],
)
def test_mistakes_with_samples(tmp_path, monkeypatch, words, line):
    monkeypatch.chdir(tmp_path)
    assert line in told(lcip("sample", *words))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (None, "in.ply (does not exist)'; allowed: a PLY, OFF, OBJ, NPY, NPZ or text file"),
        (b"", "in.ply (empty: 0 bytes)'"),
        (b"\x89PNG" + bytes(60), "in.ply (neither PLY nor OFF nor NPY, NPZ, OBJ or rows of"),
        (b"1 2 3\n4 5 nan\n", "in.ply (row 1 of its points has fewer than three numbers, or NaN)"),
        (b"OFF\n2 0 0\n0 0 0\n0 -inf 0\n", "in.ply (1 of 2 points NaN or infinite, first 1)"),
        (b"1 1 1\n" * 9, "in.ply: cloud is '9 points at one place'; allowed: at"),
        (b"OFF\n9 0 0\n0 0 0\n", "in.ply (it ends before all declared rows)"),
        (b"OFF\n3 1 0\n0 0 0\n1 0 0\n2 0 0\n3 0 1 2\n", "in.ply: mesh is '1 triangles of total a"),
    ],
)
def test_mistakes_with_clouds(tmp_path, content, line):
    source, out = tmp_path / "in.ply", tmp_path / "out.lcip"
    if content is not None:
        source.write_bytes(content)
    assert line in told(lcip("encode", source, "-o", out))
    assert not out.exists()


def test_a_folder_is_no_cloud(tmp_path):
    line = told(lcip("encode", tmp_path, "-o", tmp_path / "out.lcip"))
    assert f"{tmp_path} (Is a directory)" in line


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (("--size", "huge"), "--size is 'huge'; allowed: "),
        (("--size", MODEL.size, "--points", 7), "--points is 7; allowed: "),
        (("--lmbda", 0.3), "--lmbda is 0.3; allowed: "),
    ],
)
def test_wishes_without_a_model_list_those_there_are(cloud, tmp_path, options, line):
    out = tmp_path / "out.lcip"
    found = told(lcip("encode", cloud, "-o", out, *options))
    assert line in found and "Next: choose one of them; `lcip cloud models` lists all." in found
    assert not out.exists()


def test_mistakes_with_outputs(cloud, packet, tmp_path):
    missing, pipe = tmp_path / "no" / "out.ply", tmp_path / "pipe"
    os.mkfifo(pipe)
    before = cloud.read_bytes(), packet.read_bytes()
    decode = ("decode", packet, "--points", "-o")
    for words, line in (
        (("encode", cloud, "-o", missing), "does not exist)'; allowed: a file in a folder that"),
        ((*decode, missing), "does not exist)'; allowed: a file in a folder that"),
        (("encode", cloud, "-o", cloud), "allowed: any file but the input"),
        ((*decode, packet), "allowed: any file but the input"),
        (("encode", cloud, "-o", tmp_path), "(a folder)'; allowed: a file"),
        (("encode", cloud, "-o", pipe), "(no plain file)'; allowed: a file"),
        ((*decode, tmp_path / "a.obj"), "allowed: a name that ends in .ply"),
    ):
        assert line in told(lcip(*words))
    assert (cloud.read_bytes(), packet.read_bytes()) == before
    assert not missing.parent.exists() and pipe.is_fifo()


@pytest.mark.parametrize("command", ["classify", "inspect", "decode"])
def test_mistakes_with_packets_name_the_file(packet, tmp_path, command):
    whole = packet.read_bytes()
    for content, line in (
        (None, "bad.lcip (does not exist)'; allowed: a file that `lcip cloud encode` wrote"),
        (b"", "bad.lcip (empty: 0 bytes)'; allowed: a file that `lcip cloud encode` wrote"),
        (b"hello, world, hello, world", "Next: encode the cloud first: `lcip cloud encode FILE"),
        (b"ply\nformat ascii 1.0\n", "bad.lcip: file's first bytes is b'ply\\n'; allowed: those"),
        (whole[:3], "bad.lcip: packet is '3 bytes'; allowed: 4 to 4004 bytes"),
        (whole[:-1], "but its checksum differs'; allowed: a packet of one of the"),
        (whole + b"\0", "bad.lcip: packet's model is "),
        (whole[:5] + bytes([whole[5] ^ 1]) + whole[6:], "Next: receive it again (cut, extended"),
        (coding.pack_packet(b"\1", bytes(32)), "or add the weights that wrote it."),
        (coding.pack([b"", b""], [(1, 1)], bytes(32)), "bad.lcip: file is 'image file'; allowed"),
        (coding.pack_batch([b""], [(1, 1)], bytes(32)), "bad.lcip: file is 'batch'; allowed: a"),
    ):
        bad, out = tmp_path / "bad.lcip", tmp_path / "out.ply"
        if content is not None:
            bad.write_bytes(content)
        found = told(lcip(command, bad, *(("--points", "-o", out) if command == "decode" else ())))
        assert line in found and "bad.lcip" in found
        assert not out.exists()


@pytest.mark.parametrize("command", ["classify", "inspect"])
def test_a_pipe_is_no_packet(tmp_path, command):
    os.mkfifo(tmp_path / "pipe")
    assert "pipe (no plain file: save it first)'" in told(lcip(command, tmp_path / "pipe"))


def test_names_that_are_no_text_are_printed(cloud, tmp_path):
    """New lines, a terminal's commands and bytes that are no UTF-8 come out as escapes."""
    source = tmp_path / os.fsdecode(b"a\n\x1b[2J\xff.ply")
    shutil.copy(cloud, source)
    result = lcip("encode", source, "-o", source.with_suffix(".lcip"))
    assert result.exit_code == 0, result.output
    assert "a\\n\\x1b[2J\\udcff.ply: PLY, cloud of" in result.stdout
    assert "a\\n\\x1b[2J\\udcff.lcip: " in result.stdout


def test_a_valid_checksum_around_a_payload_that_no_encoder_writes_is_refused(packet):
    identity = artifacts.weights_identity(MODEL.name)
    packet.write_bytes(coding.pack_packet(bytes(300), identity))
    assert "chair.lcip: " in told(lcip("classify", packet))


def test_decode_asks_for_points(packet, tmp_path):
    line = told(lcip("decode", packet, "-o", tmp_path / "out.ply"))
    assert "Next: add --points for a rough reconstruction" in line


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    """A repository of one model, without a reconstruction decoder."""
    source, own = paths.root() / "data" / "weights", tmp_path / "root"
    (own / "data" / "weights" / "pointcloud").mkdir(parents=True)
    (own / paths.MARKER).touch()
    for suffix in (".json", ".safetensors"):
        shutil.copy(source / f"{MODEL.name}{suffix}", own / "data" / "weights" / "pointcloud")
    monkeypatch.setenv("LCIP_ROOT", str(own))
    return own


def test_without_a_decoder_for_points_that_is_told(packet, root, tmp_path):
    line = told(lcip("decode", packet, "-o", tmp_path / "out.ply", "--points"))
    assert "chair.lcip: " in line and "reconstruction" in line
    assert not (tmp_path / "out.ply").exists()


def test_points_are_written_as_ply(packet, root, tmp_path):
    codec = codecs.load(MODEL.name)
    network = reconstruction.network_of(MODEL.size)
    card = dict.fromkeys(
        ("architecture", "data", "steps", "seed", "lmbda", "validation", "environment")
    )
    reconstruction.save(network, codec, card)
    result = lcip("decode", packet, "-o", tmp_path / "out.ply", "--points")
    assert result.exit_code == 0, result.output
    made = reconstruction.load(codec).points(codec.decode(packet.read_bytes()))
    np.testing.assert_array_equal(read_points(tmp_path / "out.ply"), made)
    assert result.stdout.endswith(f"out.ply: {len(made):,} points in the unit ball\n")


def test_nothing_is_half_written(cloud, tmp_path, monkeypatch):
    """A full disk leaves neither a packet nor a part of it."""

    def full(self: Path, data: bytes) -> int:
        with open(self, "wb") as half:
            half.write(data[:3])
        raise OSError(28, "No space left on device", str(self))

    before = sorted(tmp_path.iterdir())
    monkeypatch.setattr(Path, "write_bytes", full)
    assert "No space left on device" in told(lcip("encode", cloud, "-o", tmp_path / "out.lcip"))
    assert sorted(tmp_path.iterdir()) == before
