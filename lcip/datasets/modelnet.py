"""ModelNet40: from an archive of meshes to two files of point clouds.

As in the thesis (section 3.3): from each mesh 8,192 points are drawn in proportion to area with a
fixed seed, centred on their mean and divided by the largest norm; they are stored as
round(32767 x). One class of one split is done at a time and put aside, so that an interrupted run
goes on from there.
"""

import re
import shutil
import zipfile
import zlib
from collections import defaultdict
from pathlib import Path

import numpy as np
from tqdm import tqdm

from lcip.datasets.archives import member_names, read_members
from lcip.datasets.errors import DatasetError
from lcip.datasets.meshes import normalise_unit_ball, sample_mesh, to_int16
from lcip.datasets.points import parse_mesh
from lcip.datasets.sets import SPLITS
from lcip.errors import refusal
from lcip.paths import atomic_write

NUM_POINTS = 8192
SEED = 1234
# ModelNet40/airplane/train/airplane_0001.off; archives made on a Mac also hold __MACOSX/... copies.
MEMBER = re.compile(r"ModelNet40/(?P<label>[^/.]+)/(?P<split>train|test)/(?P<name>[^/.][^/]*)\.off")


def prepare_modelnet40(
    archive: Path, folder: Path, num_points: int, seed: int, progress: bool
) -> None:
    """Write `train.npz` and `test.npz` (see `PointClouds`) into `folder` from the archive's meshes.

    The points of an object depend on its name, `num_points` and `seed` alone. Raises `DatasetError`
    where the archive is unsafe or damaged, holds no meshes, or a mesh cannot be read.
    """
    meshes = _by_part(archive)
    classes = sorted({label for _, label in meshes})
    # Parts of another archive or other settings must not be mixed in.
    aside = folder / f".preparing-{archive.stat().st_size}-{num_points}-{seed}"
    aside.mkdir(parents=True, exist_ok=True)
    silent = None if progress else True  # None: silent where stderr is no terminal
    with tqdm(desc="meshes", total=sum(map(len, meshes.values())), disable=silent) as bar:
        for part, members in meshes.items():
            path = aside / f"{'-'.join(part)}.npy"
            if not path.exists():
                clouds = _clouds(archive, members, num_points, seed, bar)
                with atomic_write(path) as temporary:
                    np.save(temporary, clouds)
            else:
                bar.update(len(members))
    for split in SPLITS:
        _store(folder / f"{split}.npz", split, classes, meshes, aside)
    shutil.rmtree(aside)


def _by_part(archive: Path) -> dict[tuple[str, str], list[str]]:
    """Names of meshes by split and class, all in alphabetical order."""
    parts = defaultdict(list)
    for name in sorted(member_names(archive)):
        if match := MEMBER.fullmatch(name):
            parts[match["split"], match["label"]].append(name)
    missing = [split for split in SPLITS if not any(part[0] == split for part in parts)]
    if missing:
        raise DatasetError(
            refusal(
                "archive",
                f"{archive} (no meshes of: {', '.join(missing)})",
                "ModelNet40/CLASS/train/*.off and ModelNet40/CLASS/test/*.off",
                "fetch ModelNet40.zip from its home, see data/registry.toml",
            )
        )
    return dict(sorted(parts.items()))


def _clouds(archive: Path, members: list[str], num_points: int, seed: int, bar: tqdm) -> np.ndarray:
    """int16 (members, num_points, 3), in the order of `members`, whatever the archive's order."""
    rows = {name: row for row, name in enumerate(members)}
    clouds = np.empty((len(members), num_points, 3), dtype=np.int16)
    for name, data in read_members(archive, rows.__contains__):
        clouds[rows[name]] = _cloud(name, data, num_points, seed)
        bar.update()
    return clouds


def _cloud(name: str, data: bytes, num_points: int, seed: int) -> np.ndarray:
    mesh = parse_mesh(data, name)
    own_seed = (seed, zlib.crc32(name.encode()))
    try:
        points = sample_mesh(mesh.vertices, mesh.faces, num_points, own_seed)
        return to_int16(normalise_unit_ball(points))
    except DatasetError as error:
        raise DatasetError(f"{name}: {error}") from error


def _store(
    path: Path,
    split: str,
    classes: list[str],
    meshes: dict[tuple[str, str], list[str]],
    aside: Path,
) -> None:
    """One .npz, its points copied part by part: the whole split need not fit into memory."""
    parts = [part for part in meshes if part[0] == split]
    members = [member for part in parts for member in meshes[part]]
    labels = [classes.index(part[1]) for part in parts for _ in meshes[part]]
    with atomic_write(path) as temporary, zipfile.ZipFile(temporary, "w") as file:
        # ZipInfo's fixed date: the same points give the same bytes on any day.
        with file.open(zipfile.ZipInfo("points.npy"), "w", force_zip64=True) as stream:
            _append(stream, [aside / f"{'-'.join(part)}.npy" for part in parts], len(members))
        for key, values in {
            "labels": np.array(labels, dtype=np.uint8),
            "names": np.array([MEMBER.fullmatch(member)["name"] for member in members]),
            "classes": np.array(classes),
        }.items():
            with file.open(zipfile.ZipInfo(f"{key}.npy"), "w") as stream:
                np.lib.format.write_array(stream, values, allow_pickle=False)


def _append(stream, paths: list[Path], count: int) -> None:
    first = np.load(paths[0], mmap_mode="r")
    header = np.lib.format.header_data_from_array_1_0(first)
    np.lib.format.write_array_header_1_0(stream, {**header, "shape": (count, *first.shape[1:])})
    for path in paths:
        stream.write(np.load(path).tobytes())
