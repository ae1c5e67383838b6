"""The traditional image codecs of the race: a picture to the bytes of a whole file, and back.

    data = encode("avif", rgb, 60)
    rgb_hat = decode(data)

Whole files are what a reader would store or send: signature, headers, tables and all. A codec's
one *setting* moves it along its rate-distortion curve; what it means differs from codec to codec
(`CODECS[name].setting`), and equal numbers mean nothing across codecs.

Chroma is kept at full resolution (4:4:4) wherever the format can, as in the published Kodak curves
of the video codecs; WebP is 4:2:0 by its format, which bounds the PSNR it can reach.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from numbers import Real

import numpy as np

from lcip.errors import refusal
from lcip.images import libraries
from lcip.images.libraries import CodecError


@dataclass(frozen=True)
class ClassicalCodec:
    """What there is to know about one codec, and its two functions.

    Attributes:
        setting: what the number means; allowed from `lowest` to `highest`, larger is finer.
        ladder: settings that span about 0.1 to 2.3 bpp on photographs, coarse to fine.
        options: what is fixed: chroma, effort, what is optimised.
        exact: whether the encoder computes in integers, so that its bytes are the same on every
            processor; the others' may differ by some hundredths of a per cent.
        signature: whether bytes begin like a file of this codec.
    """

    name: str
    title: str
    year: int
    setting: str
    lowest: float
    highest: float
    whole: bool
    ladder: tuple[float, ...]
    options: str
    exact: bool
    signature: Callable[[bytes], bool]
    write: Callable[[np.ndarray, float], bytes]
    read: Callable[[bytes], np.ndarray]


def encode(codec: str, rgb: np.ndarray, setting: float) -> bytes:
    """The whole file of `rgb`, uint8 of shape (H, W, 3), at `setting`; the same bytes every time.

    Raises:
        CodecError: an unknown codec, a picture of another kind, a setting outside the codec's
            range, a plug-in that is not installed, or a refusal by the library itself.
    """
    chosen = known(codec)
    check_picture(rgb)
    value = checked_setting(chosen, setting)
    try:
        return chosen.write(np.ascontiguousarray(rgb), value)
    except CodecError:
        raise
    except Exception as error:
        shape = f"uint8 {rgb.shape}"
        raise CodecError(
            f"{chosen.title} did not encode a picture of {shape} at {value:g}: {error}"
        ) from error


def decode(data: bytes) -> np.ndarray:
    """The picture in a file of any of the codecs, uint8 (H, W, 3); the codec is read off the file.

    Raises:
        CodecError: no known signature, or a file that is cut or damaged such that its library
            notices. Most of these formats carry no checksum: a flipped bit can pass.
    """
    chosen = codec_of(data)
    try:
        return chosen.read(bytes(data))
    except CodecError:
        raise
    except Exception as error:
        raise CodecError(
            f"{chosen.title} did not decode a file of {len(data)} bytes: {str(error).strip()}. "
            f"Next: check that the file is whole."
        ) from error


def codec_of(data: bytes) -> ClassicalCodec:
    """The codec whose signature `data` begins with."""
    for codec in CODECS.values():
        if codec.signature(bytes(data[:16])):
            return codec
    titles = [codec.title for codec in CODECS.values()]
    raise CodecError(
        refusal("the file's beginning", bytes(data[:12]), titles, "pass the bytes of a whole file")
    )


def sweep(codec: str, count: int) -> tuple[float, ...]:
    """`count` settings spread evenly over the codec's ladder, its two ends included."""
    ladder = known(codec).ladder
    if not 2 <= count <= len(ladder):
        raise CodecError(
            refusal("number of settings", count, f"2 to {len(ladder)}", "choose one of them")
        )
    picks = np.linspace(0, len(ladder) - 1, count).round().astype(int)
    return tuple(ladder[index] for index in picks)


def known(codec: str) -> ClassicalCodec:
    """The codec of that name."""
    if codec not in CODECS:
        raise CodecError(refusal("codec", codec, CODECS, "choose one of these names"))
    return CODECS[codec]


def check_picture(rgb: np.ndarray) -> None:
    """Refuse what is not uint8 of shape (H, W, 3) with at least one pixel."""
    is_array = isinstance(rgb, np.ndarray)
    if (
        not is_array
        or rgb.dtype != np.uint8
        or rgb.ndim != 3
        or rgb.shape[2] != 3
        or 0 in rgb.shape
    ):
        found = f"{rgb.dtype} of shape {rgb.shape}" if is_array else type(rgb).__name__
        step = "read the picture with lcip.datasets.read_image"
        raise CodecError(refusal("picture", found, "uint8 of shape (H, W, 3), H and W ≥ 1", step))


def checked_setting(codec: ClassicalCodec, setting: float) -> float:
    """The setting, if it is a number of the codec's range (and whole where that must be)."""
    number = isinstance(setting, Real) and not isinstance(setting, bool)
    inside = number and codec.lowest <= setting <= codec.highest
    if not inside or (codec.whole and setting != int(setting)):
        kind = "whole numbers " if codec.whole else ""
        allowed = f"{kind}{codec.lowest:g} to {codec.highest:g} ({codec.setting})"
        raise CodecError(
            refusal(f"setting of {codec.title}", setting, allowed, "choose one in this range")
        )
    return float(setting)


def _starts(*beginnings: bytes) -> Callable[[bytes], bool]:
    return lambda data: data.startswith(beginnings)


def _brand(*brands: bytes) -> Callable[[bytes], bool]:
    """ISO media files: four bytes of length, "ftyp", then the brand."""
    return lambda data: data[4:8] == b"ftyp" and data[8:12] in brands


QUALITY = "quality, coarse to fine"

CODECS = {
    codec.name: codec
    for codec in (
        ClassicalCodec(
            name="jpeg",
            title="JPEG",
            year=1992,
            setting=QUALITY,
            lowest=1,
            highest=100,
            whole=True,
            ladder=(8, 15, 25, 35, 45, 55, 65, 74, 82, 88),
            options="4:4:4, baseline, optimised Huffman codes",
            exact=True,
            signature=_starts(b"\xff\xd8\xff"),
            write=libraries.write_jpeg,
            read=partial(libraries.read_pillow, format_name="JPEG"),
        ),
        ClassicalCodec(
            name="jpeg2000",
            title="JPEG 2000",
            year=2000,
            setting="PSNR aimed at, in dB",
            lowest=10,
            highest=60,
            whole=False,
            ladder=(26, 28, 30, 32, 34, 36, 37, 38, 39.5, 41),
            options="4:4:4, 9/7 wavelet, one layer",
            exact=False,
            signature=_starts(b"\x00\x00\x00\x0cjP  \r\n\x87\n"),
            write=libraries.write_jpeg2000,
            read=partial(libraries.read_pillow, format_name="JPEG2000"),
        ),
        ClassicalCodec(
            name="webp",
            title="WebP",
            year=2010,
            setting=QUALITY,
            lowest=0,
            highest=100,
            whole=True,
            ladder=(2, 8, 20, 35, 50, 65, 75, 82, 88, 93),
            options=f"4:2:0, method {libraries.WEBP_METHOD}",
            exact=True,
            signature=lambda data: data[:4] == b"RIFF" and data[8:12] == b"WEBP",
            write=libraries.write_webp,
            read=partial(libraries.read_pillow, format_name="WEBP"),
        ),
        ClassicalCodec(
            name="heic",
            title="HEIC",
            year=2013,
            setting=QUALITY,
            lowest=0,
            highest=100,
            whole=True,
            ladder=(10, 16, 22, 28, 34, 40, 45, 50, 56, 62),
            options=f"4:4:4, x265 preset {libraries.HEIC_PRESET}, tuned for PSNR",
            exact=True,
            signature=_brand(b"heic", b"heix", b"mif1", b"hevc", b"hevx"),
            write=libraries.write_heic,
            read=libraries.read_heic,
        ),
        ClassicalCodec(
            name="avif",
            title="AVIF",
            year=2019,
            setting=QUALITY,
            lowest=0,
            highest=100,
            whole=True,
            ladder=(10, 20, 30, 38, 46, 54, 61, 67, 73, 80),
            options=f"4:4:4, libaom speed {libraries.AVIF_SPEED}, tuned for PSNR",
            exact=True,
            signature=_brand(b"avif", b"avis"),
            write=libraries.write_avif,
            read=partial(libraries.read_pillow, format_name="AVIF"),
        ),
        ClassicalCodec(
            name="jpegxl",
            title="JPEG XL",
            year=2021,
            setting=QUALITY,
            lowest=0,
            highest=99,
            whole=True,
            ladder=(5, 15, 30, 45, 60, 70, 78, 84, 89, 93),
            options=f"XYB at full resolution, effort {libraries.JPEG_XL_EFFORT}",
            exact=False,
            signature=_starts(b"\xff\x0a", b"\x00\x00\x00\x0cJXL \r\n\x87\n"),
            write=libraries.write_jpegxl,
            read=libraries.read_jpegxl,
        ),
    )
}
"""By name, in the order of their standards' years; HEIC's is that of HEVC."""
