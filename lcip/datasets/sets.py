"""The named data sets, read from below `data_root()`. Nothing here opens the network."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from lcip.datasets.errors import DatasetError
from lcip.datasets.items import Item, images_in
from lcip.datasets.meshes import POINT_SCALE
from lcip.datasets.roots import data_root, missing
from lcip.errors import refusal

SPLITS = ("train", "test")
KODAK_NAMES = tuple(f"kodim{number:02d}" for number in range(1, 25))


class PointClouds(NamedTuple):
    """One split of ModelNet40.

    points: int16 (N, P, 3), `x = points / 32767`, each cloud centred and in the unit ball; the
    points of a cloud are independent draws: the first P' of them are a sample of size P'.
    labels: uint8 (N,), an index into `classes`. names: N file names. classes: 40 words.
    """

    points: np.ndarray
    labels: np.ndarray
    names: tuple[str, ...]
    classes: tuple[str, ...]

    def coordinates(self, rows: slice | np.ndarray, num_points: int) -> np.ndarray:
        """The first `num_points` points of some clouds as float32 (rows, P', 3)."""
        available = self.points.shape[1]
        if not 1 <= num_points <= available:
            raise DatasetError(
                refusal("num_points", num_points, f"1 to {available}", "choose fewer points")
            )
        return self.points[rows, :num_points].astype(np.float32) / np.float32(POINT_SCALE)


def kodak() -> list[Item]:
    """The 24 images of the Kodak Photo CD in the order of their numbers, 768 x 512 or upright."""
    folder = data_root() / "kodak"
    items = [Item(name, folder / f"{name}.png") for name in KODAK_NAMES]
    absent = [item.path.name for item in items if not item.path.is_file()]
    if absent:
        found = f"{len(absent)} of 24 files absent (first: {absent[0]})"
        raise missing("kodak", folder, found, "kodim01.png to kodim24.png")
    return items


def photos() -> list[Item]:
    """The training photographs in `photos/`, in the order of their names.

    Two sources share the folder: `bsds-*.jpg`, which `lcip fetch bsds500` downloads, and
    `imagenet-*.jpg`, which nobody may redistribute and the user supplies.
    """
    folder = data_root() / "photos"
    advice = (
        "run `lcip fetch bsds500`, and `lcip fetch imagenet-sample` for how to add your own copy "
        "of the ImageNet sample; or use any folder of your own with images_in(folder)"
    )
    try:
        return images_in(folder)
    except DatasetError as error:
        raise missing("photos", folder, "no photograph", "PNG or JPEG files", advice) from error


def modelnet40(split: str) -> PointClouds:
    """A split of ModelNet40, "train" (9,843 objects) or "test" (2,468), as sampled point clouds."""
    if split not in SPLITS:
        raise DatasetError(refusal("split", split, SPLITS, "choose one of these"))
    path = data_root() / "modelnet40" / f"{split}.npz"
    if not path.is_file():
        raise missing("modelnet40", path, "no file", "the sampled point clouds")
    return read_clouds(path)


def read_clouds(path: Path) -> PointClouds:
    """Point clouds from an .npz file with `points`, `labels`, `names` and `classes`, checked."""
    try:
        # Opened here: np.load leaves the file open where it is no zip.
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as stored:
            points, labels = stored["points"], stored["labels"]
            names, classes = stored["names"].tolist(), stored["classes"].tolist()
    # A damaged zip raises a family of unrelated errors; each means the same to the user.
    except Exception as error:
        raise _damaged(path, " ".join(str(error).split()) or type(error).__name__) from error
    clouds = PointClouds(points, labels, tuple(names), tuple(classes))
    if points.dtype != np.int16 or points.ndim != 3 or points.shape[2] != 3:
        raise _damaged(path, f"points are {points.dtype} {points.shape}, not int16 (N, P, 3)")
    if not len(points) == labels.size == len(names) or labels.max(initial=0) >= len(classes):
        raise _damaged(path, "points, labels, names and classes do not belong together")
    return clouds


def _damaged(path: Path, reason: str) -> DatasetError:
    return DatasetError(
        refusal(
            "point clouds",
            f"{path} ({reason})",
            "a file made by `lcip fetch modelnet40`",
            "remove the file and run `lcip fetch modelnet40`",
        )
    )
