"""`lcip image`: what it writes, what it prints, and how it tells a mistake."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from lcip import cli, coding, paths


def lcip(*words: object) -> Result:
    return CliRunner().invoke(
        cli.app, ["image", *(str(word) for word in words)], prog_name="lcip", terminal_width=200
    )


def told(result: Result) -> str:
    """The one line of a mistake."""
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output and result.stdout == ""
    (line,) = result.stderr.splitlines()
    return line


def opened(path: Path) -> Image.Image:
    """A picture, its file closed."""
    with Image.open(path) as picture:
        picture.load()
        return picture.copy()


@pytest.fixture(scope="module")
def pixels() -> np.ndarray:
    """40×50 pixels: a ramp with noise."""
    draw = np.random.default_rng(0)
    ramp = np.linspace(0, 255, 40 * 50 * 3).reshape(40, 50, 3)
    return np.clip(ramp + draw.normal(0, 20, ramp.shape), 0, 255).astype(np.uint8)


@pytest.fixture
def photo(pixels, tmp_path) -> Path:
    path = tmp_path / "photo.png"
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def file(photo, tmp_path) -> Path:
    path = tmp_path / "photo.lcip"
    assert lcip("compress", photo, "-o", path, "--method", "static").exit_code == 0
    return path


@pytest.mark.parametrize("words", [[], ["compress"], ["decompress"], ["inspect"]])
def test_help_says_how_to_use_it(words):
    result = lcip(*words, "--help")
    assert result.exit_code == 0
    assert f"Usage: lcip image {' '.join(words)}".strip() in result.stdout


@pytest.mark.parametrize("method", ["static", "backward", "balcilar2022"])
def test_a_photograph_goes_there_and_back(photo, pixels, tmp_path, method):
    file, back = tmp_path / "photo.lcip", tmp_path / "back.png"
    written = lcip("compress", photo, "-o", file, "--method", method, "--quality", 3)
    assert written.exit_code == 0, written.output
    size = file.stat().st_size
    rate = 8 * size / (40 * 50)
    assert written.stdout.endswith(
        f"photo.lcip: {size:,} bytes, {rate:.4g} bits per pixel ({method}, small, quality 3)\n"
    )
    read = lcip("decompress", file, "-o", back)
    assert read.exit_code == 0, read.output
    assert read.stdout.endswith("back.png: 50 × 40 pixels\n")
    found = np.asarray(opened(back)).astype(float)
    assert found.shape == pixels.shape and np.abs(found - pixels).mean() < 30


def test_inspect_tells_where_the_bits_went(file):
    result = lcip("inspect", file)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    model = coding.inspect(file.read_bytes()).model
    assert lines[0].endswith(f"method static, weights small quality 3 (model {model})")
    assert "picture 50 × 40 pixels, coded as 64 × 48" in lines[1]
    parts = {line[:18].strip(): int(line.split()[-2].replace(",", "")) for line in lines[2:6]}
    assert list(parts) == ["container", "side information", "latent", "file"]
    assert parts["file"] == file.stat().st_size == sum(parts.values()) - parts["file"]
    assert "96 channels of 4 × 3 symbols" in lines[6] and "outside their table" in lines[6]
    assert "dearest channels" in result.stdout and "of the latent" in result.stdout


@pytest.mark.parametrize("mode", ["L", "RGBA", "LA", "P", "1"])
def test_grey_and_transparent_pictures_are_read_as_rgb(photo, tmp_path, mode):
    """Grey as three equal channels, transparency over white, a palette looked up."""
    changed, file = tmp_path / "changed.png", tmp_path / "changed.lcip"
    opened(photo).convert(mode).save(changed)
    assert lcip("compress", changed, "-o", file, "--method", "static").exit_code == 0
    assert lcip("decompress", file, "-o", tmp_path / "back.png").exit_code == 0
    assert opened(tmp_path / "back.png").mode == "RGB"


def test_one_pixel_is_a_picture(tmp_path):
    photo, file, back = (tmp_path / name for name in ("one.png", "one.lcip", "back.png"))
    Image.new("RGB", (1, 1), "red").save(photo)
    assert lcip("compress", photo, "-o", file, "--method", "static").exit_code == 0
    assert lcip("decompress", file, "-o", back).exit_code == 0
    assert opened(back).size == (1, 1)
    result = lcip("inspect", file)
    assert result.exit_code == 0 and "picture 1 × 1 pixels, coded as 16 × 16" in result.stdout


def test_mistakes_with_photographs(photo, tmp_path):
    out = tmp_path / "out.lcip"
    text, empty = tmp_path / "text.png", tmp_path / "empty.png"
    text.write_text("no picture")
    empty.touch()
    for source, words in (
        (tmp_path / "missing.png", "missing.png (does not exist)'; allowed: a readable PNG"),
        (tmp_path, "(a folder)'; allowed: a readable PNG"),
        (text, "text.png (neither PNG nor JPEG, or damaged at its start)"),
        (empty, "empty.png (empty: 0 bytes)'; allowed: a readable PNG or JPEG file. Next: copy"),
    ):
        assert words in told(lcip("compress", source, "-o", out))
    assert not out.exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--quality", 9], "quality is 9; allowed: "),
        (["--quality", -1], "quality is -1; allowed: "),
        (["--method", "fast"], "method is 'fast'; allowed: static, "),
        (["--method", "ideal"], "this one is a bound"),
        (["--family", "large"], "family is 'large'; allowed: small, paper-low, paper-high"),
    ],
)
def test_mistakes_with_options(photo, tmp_path, options, words):
    out = tmp_path / "out.lcip"
    assert words in told(lcip("compress", photo, "-o", out, "--method", "static", *options))
    assert not out.exists()


def test_a_quality_without_weights_lists_those_that_have(photo, tmp_path, monkeypatch):
    here = paths.root() / "data"
    (tmp_path / "data").mkdir()
    (tmp_path / paths.MARKER).touch()
    for name in ("factorized-small-q1", "factorized-small-q3"):
        for source in (here / "weights/images").glob(f"{name}.*"):
            (tmp_path / "data/weights/images").mkdir(parents=True, exist_ok=True)
            shutil.copy(source, tmp_path / "data/weights/images")
    monkeypatch.setenv("LCIP_ROOT", str(tmp_path))
    words = ("compress", photo, "-o", tmp_path / "out.lcip", "--quality", 2)
    assert told(lcip(*words, "--method", "static")) == (
        "lcip: quality is 2; allowed: 1, 3 (weights for small, static). Next: choose one of them."
    )
    assert "allowed: none yet (weights for small, adaptive). Next: choose another family" in told(
        lcip(*words, "--method", "adaptive")
    )


def test_mistakes_with_outputs(photo, file, tmp_path):
    missing, pipe = tmp_path / "no" / "out", tmp_path / "pipe"
    os.mkfifo(pipe)
    before = photo.read_bytes(), file.read_bytes()
    for words, line in (
        (("compress", photo, "-o", missing), "does not exist)'; allowed: a file in a folder that"),
        (("decompress", file, "-o", missing), "does not exist)'; allowed: a file in a folder that"),
        (("compress", photo, "-o", tmp_path), "(a folder)'; allowed: a file. Next: name a file in"),
        (("compress", photo, "-o", file / "out"), "is no folder)'; allowed: a file in a folder"),
        (("compress", photo, "-o", pipe), "(no plain file)'; allowed: a file. Next: choose"),
        (("compress", photo, "-o", photo), "allowed: any file but the input. Next: choose another"),
        (("decompress", file, "-o", file), "allowed: any file but the input. Next: choose another"),
        (("decompress", file, "-o", tmp_path / "x.jpg"), "x.jpg'; allowed: a name that ends in "),
    ):
        assert line in told(lcip(*words))
    assert (photo.read_bytes(), file.read_bytes()) == before
    assert not missing.parent.exists() and pipe.is_fifo()


@pytest.mark.parametrize("command", ["decompress", "inspect"])
def test_mistakes_with_files(file, tmp_path, command):
    whole = file.read_bytes()
    damaged = whole[:60] + bytes([whole[60] ^ 1]) + whole[61:]
    for content, words in (
        (None, "bad.lcip (does not exist)'; allowed: a file that `lcip image compress` wrote"),
        (b"", "bad.lcip (empty: 0 bytes)'; allowed: a file that"),
        (b"hello, world, hello, world", "file's first bytes is "),
        (whole[:-7], "Next: get the file again: it was cut short, extended or changed."),
        (whole[:9], "file is '9 bytes'; allowed: at least"),
        (whole + b"\0", "Next: get the file again: it was cut short, extended or changed."),
        (damaged, "file's checksum is "),
        (coding.pack([b"", b""], [(1, 1)], bytes(32)), "file's model is '000000000000'; allowed: "),
        (coding.pack_packet(b"", bytes(32)), "Next: "),
        (coding.pack_batch([b""], [(1, 1)], bytes(32)), "Next: "),
    ):
        bad, out = tmp_path / "bad.lcip", tmp_path / "out.png"
        if content is not None:
            bad.write_bytes(content)
        words_given = ("-o", out) if command == "decompress" else ()
        line = told(lcip(command, bad, *words_given))
        assert words in line and "bad.lcip" in line
        assert not out.exists()


def test_nothing_is_half_written(file, tmp_path, monkeypatch):
    """A full disk while the picture is written leaves neither the picture nor a part of it."""

    def full(self: Path, data: bytes) -> int:
        with open(self, "wb") as half:
            half.write(data[:10])
        raise OSError(28, "No space left on device", str(self))

    before = sorted(tmp_path.iterdir())
    monkeypatch.setattr(Path, "write_bytes", full)
    assert "No space left on device" in told(lcip("decompress", file, "-o", tmp_path / "out.png"))
    assert sorted(tmp_path.iterdir()) == before
