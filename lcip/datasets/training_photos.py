"""The two halves of the training photographs: one is downloaded, the other a user brings along."""

import io
import re
from pathlib import Path

from PIL import Image
from tqdm import tqdm

from lcip.datasets.archives import read_members
from lcip.datasets.errors import DatasetError
from lcip.datasets.images import read_image
from lcip.datasets.items import images_in
from lcip.errors import refusal
from lcip.paths import atomic_write

BSDS_MEMBER = re.compile(r"(?:.*/)?BSDS500/data/images/(?:train|val)/(?P<name>\d+)\.jpg")
BSDS_COUNT = 300
WORDNET = re.compile(r"n\d{8}")
SHORT_SIDE = 320  # pixels
JPEG_QUALITY = 93


def prepare_bsds500(archive: Path, folder: Path, progress: bool) -> None:
    """Copy the 200 training and 100 validation images of BSDS500 to `folder/bsds-NUMBER.jpg`.

    The test images stay in the archive: its authors reserve them for evaluation. Raises
    `DatasetError` where the archive is unsafe, damaged or holds another number of readable images.
    """
    images = dict(read_members(archive, lambda name: BSDS_MEMBER.fullmatch(name) is not None))
    for name, data in images.items():
        _check_jpeg(name, data)
    if len(images) != BSDS_COUNT:
        raise DatasetError(
            refusal(
                "archive",
                f"{archive} ({len(images)} images in BSDS500/data/images/train and val)",
                f"{BSDS_COUNT} images",
                "fetch BSR_bsds500.tgz from its home, see data/registry.toml",
            )
        )
    for name, data in _bar(images.items(), progress):
        with atomic_write(folder / f"bsds-{BSDS_MEMBER.fullmatch(name)['name']}.jpg") as temporary:
            temporary.write_bytes(data)


def prepare_imagenet_sample(source: Path, folder: Path, progress: bool) -> None:
    """Reduce a user's ImageNet photographs to `folder/imagenet-SYNSET.jpg`, one for each class.

    source: any folder of PNG or JPEG files whose path below it holds the WordNet number, as
    `n01440764_10026.JPEG` or `n01440764/10026.jpg`; of several of one class the first by name is
    taken. Each is scaled (never up) to a short side of 320 pixels and saved as JPEG, quality 93,
    without chroma subsampling.
    """
    chosen: dict[str, Path] = {}
    for item in images_in(source):
        if found := WORDNET.search(item.name):
            chosen.setdefault(found[0], item.path)
    if not chosen:
        raise DatasetError(
            refusal(
                "folder",
                f"{source} (no file's path holds a WordNet number)",
                "files named like n01440764_10026.JPEG",
                "name the folder of your copy of the ImageNet sample",
            )
        )
    for synset, path in _bar(sorted(chosen.items()), progress):
        picture = _reduced(Image.fromarray(read_image(path)))
        with atomic_write(folder / f"imagenet-{synset}.jpg") as temporary:
            picture.save(temporary, "JPEG", quality=JPEG_QUALITY, subsampling="4:4:4")


def _reduced(picture: Image.Image) -> Image.Image:
    scale = SHORT_SIDE / min(picture.size)
    if scale >= 1:
        return picture
    size = tuple(round(side * scale) for side in picture.size)
    return picture.resize(size, Image.Resampling.LANCZOS)


def _check_jpeg(name: str, data: bytes) -> None:
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as picture:
            picture.load()
    # As in read_image: a decoder may raise anything on foreign bytes.
    except Exception as error:
        raise DatasetError(
            refusal("image", f"{name} ({error})", "a readable JPEG file", "fetch the archive again")
        ) from error


def _bar(values, progress: bool) -> tqdm:
    return tqdm(list(values), desc="images", disable=None if progress else True)
