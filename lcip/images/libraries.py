"""The calls to the codec libraries, every option that decides a byte written out.

Six pairs of functions: `write_*(rgb, setting) -> bytes`, a whole file, and `read_*(data) -> rgb`.
All run on one thread, so that bytes and times do not depend on the number of cores. Where a library
lets one choose what to optimise, it is the squared error, because the race is measured in PSNR.

Bytes and processors: JPEG and AVIF gave the same files with and without vector instructions.
JPEG XL computes in floating point; AVX-512 and AVX2 gave the same files, SSE4 changed eight files
of fifteen, by at most 0.03 % of their bytes.

`lcip.images.classical` checks what goes in and words what goes wrong; call that.
"""

import io
from types import ModuleType

import numpy as np
from PIL import AvifImagePlugin, Image

from lcip.errors import LcipError

AVIF_SPEED = 6  # libavif's scale, 0 slowest to 10 fastest; 6 is Pillow's own choice
HEIC_PRESET = "medium"  # x265's scale, ultrafast to placebo
JPEG_XL_EFFORT = 7  # libjxl's scale, 1 fastest to 10; 7 is its own choice
WEBP_METHOD = 6  # libwebp's scale, 0 fastest to 6 slowest

# Pillow reads this when an AVIF file is opened; it has no argument for it.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1


class CodecError(LcipError):
    """A codec that is not there, or a picture, a setting or a file that it does not take."""


def plug_in(module: str, package: str) -> ModuleType:
    """Import a codec's plug-in, or say which package to install."""
    try:
        return __import__(module)
    except ImportError as error:
        raise CodecError(
            f"the Python package {package} is not installed ({error}). "
            f"Next: pip install -c constraints.txt {package}."
        ) from error


def write_jpeg(rgb: np.ndarray, quality: float) -> bytes:
    """Baseline JPEG by libjpeg-turbo: 4:4:4, Annex K tables scaled by `quality`, fitted Huffman."""
    return _save(rgb, "JPEG", quality=int(quality), subsampling="4:4:4", optimize=True)


def write_jpeg2000(rgb: np.ndarray, target_psnr_db: float) -> bytes:
    """JPEG 2000 (.jp2) by OpenJPEG: 9/7 wavelet, one quality layer, stopped at `target_psnr_db`."""
    layers = [float(target_psnr_db)]
    return _save(
        rgb, "JPEG2000", quality_mode="dB", quality_layers=layers, irreversible=True, mct=1
    )


def write_webp(rgb: np.ndarray, quality: float) -> bytes:
    """Lossy WebP by libwebp: 4:2:0, the format has nothing else."""
    return _save(rgb, "WEBP", quality=int(quality), method=WEBP_METHOD, lossless=False)


def write_avif(rgb: np.ndarray, quality: float) -> bytes:
    """AVIF by libaom: 4:4:4, 8 bit, full range, one tile."""
    return _save(
        rgb,
        "AVIF",
        quality=int(quality),
        subsampling="4:4:4",
        speed=AVIF_SPEED,
        codec="aom",
        range="full",
        max_threads=1,
        autotiling=False,
        advanced={"tune": "psnr"},
    )


def write_heic(rgb: np.ndarray, quality: float) -> bytes:
    """HEIC by x265 (one intra frame of HEVC): 4:4:4, 8 bit."""
    heif = plug_in("pillow_heif", "pillow-heif")
    options = {"preset": HEIC_PRESET, "tune": "psnr", "x265:pools": "1", "x265:frame-threads": "1"}
    file = io.BytesIO()
    size = (rgb.shape[1], rgb.shape[0])
    heif.encode(
        "RGB", size, rgb.tobytes(), file, quality=int(quality), chroma=444, enc_params=options
    )
    return file.getvalue()


def write_jpegxl(rgb: np.ndarray, quality: float) -> bytes:
    """JPEG XL by libjxl: lossy VarDCT in its perceptual colour space XYB, bare codestream."""
    jxl = plug_in("pillow_jxl", "pillow-jxl-plugin")
    encoder = jxl.Encoder(
        mode="RGB",
        lossless=False,
        quality=float(quality),
        decoding_speed=0,
        effort=JPEG_XL_EFFORT,
        use_container=False,
        use_original_profile=False,
        num_threads=0,  # no worker besides the calling thread
    )
    return bytes(encoder(rgb.tobytes(), rgb.shape[1], rgb.shape[0], jpeg_encode=False))


def read_pillow(data: bytes, format_name: str) -> np.ndarray:
    """A file of one of the formats that Pillow has built in."""
    with Image.open(io.BytesIO(data), formats=[format_name]) as image:
        return np.asarray(image.convert("RGB"))


def read_heic(data: bytes) -> np.ndarray:
    """A HEIC file, decoded by libde265."""
    heif = plug_in("pillow_heif", "pillow-heif")
    heif.options.DECODE_THREADS = 1
    return np.asarray(heif.open_heif(data, convert_hdr_to_8bit=True).to_pillow().convert("RGB"))


def read_jpegxl(data: bytes) -> np.ndarray:
    """A JPEG XL file, decoded by libjxl."""
    jxl = plug_in("pillow_jxl", "pillow-jxl-plugin")
    _, info, pixels, _, _ = jxl.Decoder(num_threads=0)(data)
    image = Image.frombytes(info.mode, (info.width, info.height), bytes(pixels))
    return np.asarray(image.convert("RGB"))


def _save(rgb: np.ndarray, format_name: str, **options: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, format=format_name, **options)
    return file.getvalue()
