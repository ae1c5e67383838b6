"""Six codec libraries behind one interface: round trips, exact repeats, every misuse in words."""

import builtins
import os
import subprocess
import sys

import numpy as np
import pytest

from lcip.datasets import bundled_photographs
from lcip.errors import LcipError
from lcip.images.classical import (
    CODECS,
    CodecError,
    check_picture,
    codec_of,
    decode,
    encode,
    sweep,
)
from lcip.metrics import psnr_db

NAMES = list(CODECS)
MIDDLE = {name: codec.ladder[5] for name, codec in CODECS.items()}


@pytest.fixture(scope="module")
def photograph() -> np.ndarray:
    """An odd-sized part of a photograph, uint8 (121, 163, 3)."""
    return bundled_photographs(["chelsea"])["chelsea"][60:181, 120:283]


def test_the_six_codecs_stand_in_the_order_of_their_years() -> None:
    assert NAMES == ["jpeg", "jpeg2000", "webp", "heic", "avif", "jpegxl"]
    years = [codec.year for codec in CODECS.values()]
    assert years == sorted(years)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_decodes_to_nearly_the_picture(name: str, photograph: np.ndarray) -> None:
    data = encode(name, photograph, MIDDLE[name])
    decoded = decode(data)
    assert decoded.dtype == np.uint8 and decoded.shape == photograph.shape
    assert psnr_db(photograph, decoded, peak=255) > 31
    assert len(data) < photograph.size / 8
    assert codec_of(data).name == name


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (9, 1), (2, 3), (17, 33), (5, 300), (64, 64)])
def test_every_size_survives(name: str, shape: tuple[int, int], photograph: np.ndarray) -> None:
    tiled = np.tile(photograph, (1, 2, 1))[: shape[0], : shape[1]]
    decoded = decode(encode(name, tiled, MIDDLE[name]))
    assert decoded.shape == tiled.shape
    assert psnr_db(tiled, decoded, peak=255) > 25


@pytest.mark.parametrize("name", NAMES)
def test_finer_settings_cost_more_and_are_better(name: str, photograph: np.ndarray) -> None:
    ladder = CODECS[name].ladder
    files = [encode(name, photograph, setting) for setting in (ladder[0], ladder[5], ladder[-1])]
    quality = [psnr_db(photograph, decode(data), peak=255) for data in files]
    sizes = [len(data) for data in files]
    assert sizes == sorted(set(sizes)) and quality == sorted(quality)


@pytest.mark.parametrize("name", NAMES)
def test_the_ends_of_the_range_encode(name: str, photograph: np.ndarray) -> None:
    codec = CODECS[name]
    small = photograph[:16, :16]
    for setting in (codec.lowest, codec.highest):
        assert decode(encode(name, small, setting)).shape == small.shape


@pytest.mark.parametrize("name", NAMES)
def test_a_view_that_is_not_contiguous_encodes_the_same(name: str, photograph: np.ndarray) -> None:
    view = np.asfortranarray(photograph)[::2, ::-1]
    expected = encode(name, np.ascontiguousarray(view), MIDDLE[name])
    assert encode(name, view, MIDDLE[name]) == expected


@pytest.mark.parametrize("name", NAMES)
def test_the_same_picture_is_the_same_bytes(name: str, photograph: np.ndarray) -> None:
    assert encode(name, photograph, MIDDLE[name]) == encode(name, photograph, MIDDLE[name])


DIGESTS = """
import hashlib, os, sys
if sys.argv[1] == "one core":
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
from lcip.datasets import bundled_photographs
from lcip.images.classical import CODECS, encode
picture = bundled_photographs(["chelsea"])["chelsea"][60:181, 120:283]
for name, codec in CODECS.items():
    print(name, hashlib.sha256(encode(name, picture, codec.ladder[5])).hexdigest())
"""


def test_bytes_do_not_depend_on_cores_or_threads() -> None:
    outputs = []
    for cores, threads in (("one core", "1"), ("all cores", "4")):
        child = subprocess.run(
            [sys.executable, "-c", DIGESTS, cores],
            env=os.environ | {"OMP_NUM_THREADS": threads},
            capture_output=True,
            text=True,
            check=True,
        )
        outputs.append(child.stdout)
    assert outputs[0] == outputs[1] and outputs[0].count("\n") == len(NAMES)


def test_a_codec_nobody_knows_is_refused(photograph: np.ndarray) -> None:
    with pytest.raises(CodecError, match="codec is 'bpg'; allowed: jpeg, jpeg2000, webp"):
        encode("bpg", photograph, 50)


@pytest.mark.parametrize("name", NAMES)
def test_settings_outside_the_range_are_refused(name: str, photograph: np.ndarray) -> None:
    codec = CODECS[name]
    wrong = [codec.lowest - 1, codec.highest + 1, float("nan"), True, "50", None]
    wrong += [50.5] if codec.whole else [float("inf")]
    for setting in wrong:
        with pytest.raises(CodecError) as caught:
            encode(name, photograph, setting)
        text = str(caught.value)
        assert text.startswith(f"setting of {codec.title} is {setting!r}; allowed: ")
        assert f"{codec.lowest:g} to {codec.highest:g} ({codec.setting})" in text


@pytest.mark.parametrize("name", NAMES)
def test_numpy_numbers_are_numbers(name: str, photograph: np.ndarray) -> None:
    setting = np.float64(MIDDLE[name])
    assert encode(name, photograph, setting) == encode(name, photograph, MIDDLE[name])


@pytest.mark.parametrize(
    ("picture", "found"),
    [
        (np.zeros((4, 4, 3)), r"float64 of shape \(4, 4, 3\)"),
        (np.zeros((4, 4), np.uint8), r"uint8 of shape \(4, 4\)"),
        (np.zeros((4, 4, 4), np.uint8), r"uint8 of shape \(4, 4, 4\)"),
        (np.zeros((3, 4, 4), np.uint8), r"uint8 of shape \(3, 4, 4\)"),
        (np.zeros((0, 4, 3), np.uint8), r"uint8 of shape \(0, 4, 3\)"),
        ([[[0, 0, 0]]], "list"),
        (None, "NoneType"),
    ],
)
def test_what_is_no_picture_is_refused(picture: object, found: str) -> None:
    with pytest.raises(CodecError, match=f"picture is '{found}'; allowed: uint8 of shape"):
        check_picture(picture)
    with pytest.raises(CodecError, match=f"picture is '{found}'"):
        encode("jpeg", picture, 50)


def test_a_picture_too_large_for_the_format_is_refused_in_words() -> None:
    wide = np.zeros((1, 16384, 3), np.uint8)
    with pytest.raises(CodecError, match=r"WebP did not encode a picture of uint8 \(1, 16384, 3\)"):
        encode("webp", wide, 50)


@pytest.mark.parametrize("data", [b"", b"GIF89a" + bytes(40), bytes(16), b"\xff"])
def test_a_file_of_another_kind_is_refused(data: bytes) -> None:
    with pytest.raises(CodecError, match="the file's beginning is .*allowed: JPEG, JPEG 2000"):
        decode(data)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("share", [0.5, 0.95])
def test_a_cut_file_is_refused(name: str, share: float, photograph: np.ndarray) -> None:
    data = encode(name, photograph, MIDDLE[name])
    with pytest.raises(CodecError, match=f"{CODECS[name].title} did not decode a file of"):
        decode(data[: int(share * len(data))])


@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_file_is_refused_or_read_but_never_worse(
    name: str, photograph: np.ndarray
) -> None:
    data = bytearray(encode(name, photograph[:40, :40], MIDDLE[name]))
    draw = np.random.default_rng(0)
    for _ in range(12):
        damaged = data.copy()
        place = draw.integers(16, len(data))
        damaged[place] ^= 1 << draw.integers(8)
        try:
            assert decode(bytes(damaged)).dtype == np.uint8
        except LcipError as error:
            assert str(error).startswith(CODECS[name].title)


@pytest.mark.parametrize(
    ("name", "module", "package"),
    [("heic", "pillow_heif", "pillow-heif"), ("jpegxl", "pillow_jxl", "pillow-jxl-plugin")],
)
def test_a_missing_plug_in_is_named(
    name: str, module: str, package: str, photograph: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(wanted: str, *args: object) -> object:
        if wanted == module:
            raise ImportError(f"No module named '{module}'")
        return real(wanted, *args)

    data = encode(name, photograph, MIDDLE[name])
    monkeypatch.setattr(builtins, "__import__", without)
    for call in (lambda: encode(name, photograph, MIDDLE[name]), lambda: decode(data)):
        with pytest.raises(
            CodecError, match=rf"{package} is not installed .*pip install.*{package}"
        ):
            call()


def test_a_sweep_spans_the_ladder() -> None:
    assert sweep("jpeg", 2) == (8, 88)
    assert sweep("jpeg", 10) == CODECS["jpeg"].ladder
    assert len(set(sweep("avif", 6))) == 6


@pytest.mark.parametrize("count", [0, 1, 11])
def test_a_sweep_of_another_length_is_refused(count: int) -> None:
    with pytest.raises(CodecError, match=f"number of settings is {count}; allowed: 2 to 10"):
        sweep("jpeg", count)


@pytest.mark.parametrize("name", NAMES)
def test_ladders_rise_within_the_range(name: str) -> None:
    codec = CODECS[name]
    assert list(codec.ladder) == sorted(set(codec.ladder)) and len(codec.ladder) == 10
    assert codec.lowest <= codec.ladder[0] and codec.ladder[-1] <= codec.highest
