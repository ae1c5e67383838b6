"""Reading images: one function that gives 8-bit RGB from any PNG or JPEG, or says why not.

Codecs of this book take RGB with 8 bits a sample. What a file holds beyond that is reduced here,
once and in a stated way, so that two experiments never disagree on what the picture was.
"""

import importlib.util
import warnings
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from lcip.datasets.errors import DatasetError
from lcip.errors import refusal

FORMATS = ("PNG", "JPEG")
ALLOWED = "a readable PNG or JPEG file"

# The colour photographs that lie in scikit-image's installed package itself; its other pictures are
# drawings, grey, or downloaded at first use.
BUNDLED = {
    "astronaut": "astronaut.png",
    "chelsea": "chelsea.png",
    "coffee": "coffee.png",
    "hubble_deep_field": "hubble_deep_field.jpg",
    "immunohistochemistry": "ihc.png",
    "motorcycle_left": "motorcycle_left.png",
    "motorcycle_right": "motorcycle_right.png",
    "retina": "retina.jpg",
    "rocket": "rocket.jpg",
}


def read_image(path: str | Path) -> np.ndarray:
    """The picture in a PNG or JPEG file as uint8 RGB, shape (H, W, 3).

    - EXIF orientation is applied: the array is upright.
    - Grey is repeated in the three channels; a palette is looked up; CMYK is converted.
    - Transparency is laid over white.
    - 16-bit samples keep their high byte.
    - Of an animation or a multi-picture file the first picture is read.
    - Colour profiles and gamma are not applied: sample values are taken as they are.

    The kind of file is read from its bytes, not from its name. Raises `DatasetError` where the
    file is missing, empty, cut short, of another kind, or has more pixels than
    `PIL.Image.MAX_IMAGE_PIXELS`.
    """
    path = Path(path).expanduser()
    _check_file(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=FORMATS) as opened:
                opened.load()
                picture = _to_rgb(ImageOps.exif_transpose(opened))
    # A decoder may raise anything on foreign bytes; whatever it is, the file cannot be read.
    except Exception as error:
        found = f"{path} ({_reason(error)})"
        raise DatasetError(
            refusal("image", found, ALLOWED, "check the file, or convert it to PNG")
        ) from error
    return np.array(picture, dtype=np.uint8)


def bundled_photographs(names: Iterable[str] = tuple(BUNDLED)) -> dict[str, np.ndarray]:
    """Photographs that come with scikit-image, each uint8 RGB (H, W, 3); no download, ever."""
    return {name: read_image(bundled_path(name)) for name in names}


def bundled_path(name: str) -> Path:
    """The file of a photograph of `BUNDLED`, in scikit-image's package."""
    if name not in BUNDLED:
        raise DatasetError(refusal("photograph", name, BUNDLED, "choose one of these names"))
    package = importlib.util.find_spec("skimage")
    if package is None or package.origin is None:
        raise DatasetError("scikit-image is not installed. Next: run `pip install scikit-image`.")
    return Path(package.origin).parent / "data" / BUNDLED[name]


def _check_file(path: Path) -> None:
    if not path.is_file():
        found = f"{path} ({'a folder' if path.is_dir() else 'does not exist'})"
        raise DatasetError(refusal("image", found, ALLOWED, "name a file that exists"))
    if path.stat().st_size == 0:
        found = f"{path} (empty: 0 bytes)"
        raise DatasetError(refusal("image", found, ALLOWED, "copy or download the file again"))


def _to_rgb(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):  # 16-bit grey
        samples = np.asarray(picture).astype(np.int64)
        picture = Image.fromarray((samples >> 8).clip(0, 255).astype(np.uint8))
    if picture.has_transparency_data:
        opaque = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(opaque, picture.convert("RGBA"))
    return picture.convert("RGB")


def _reason(error: Exception) -> str:
    if isinstance(error, Image.UnidentifiedImageError):
        return "neither PNG nor JPEG, or damaged at its start"
    return " ".join(str(error).split()) or type(error).__name__
