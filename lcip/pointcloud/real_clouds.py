"""Figures and a table for which ModelNet40's own test clouds are needed: made once, shown often.

    python -m lcip.pointcloud.real_clouds

The clouds may not be passed on, so that the book shows them as pictures: `airplane.png`, the grid
of the slides (thesis figure 3.4: sizes × rates, above each the cloud with its critical points,
below what the packet shows), and `gallery.png`, an object of several classes, each with its
reconstructions. Both lie in `data/figures/pointcloud/`; what can be counted of the first is in the
table `data/measured/pointcloud/airplane.csv`.
"""

import argparse
import io
import time
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from PIL import Image

from lcip import artifacts, datasets, paths, results, runtime
from lcip.errors import LcipError, refusal
from lcip.metrics.points import d1_psnr_db, largest_gap
from lcip.plotting import png_bytes
from lcip.pointcloud import codec as codecs
from lcip.pointcloud import critical, evaluate, reconstruction, reconstruction_evaluate
from lcip.pointcloud.figures_critical import CloudPanel, cloud_grid
from lcip.pointcloud.models import SIZES
from lcip.pointcloud.reconstruction import Reconstructor

TABLE = "pointcloud/airplane"
FIGURES = "figures/pointcloud"
AIRPLANE = "airplane_0630"  # the sample of thesis figure 3.4
CLASSES = ("chair", "lamp", "guitar", "toilet", "car", "plant")
NUM_POINTS, NUM_RATES = 1024, 4


class Seen(NamedTuple):
    """One cloud in one model: what the grid shows and the table counts."""

    critical: np.ndarray
    made: np.ndarray
    row: dict[str, object]


def seen(reconstructor: Reconstructor, points: np.ndarray, label: str) -> Seen:
    """Encode a cloud (P, 3), find the fewest points of the same packet, make points of it."""
    codec, card = reconstructor.codec, reconstructor.card
    symbols = codec.symbols(points)
    found = {notion: critical.hits(codec, points, notion) for notion in critical.NOTIONS}
    smallest = {notion: critical.smallest(hit) for notion, hit in found.items()}
    made = reconstructor.points(codec.decode(codec.encode(points)))
    chamfer, d1 = reconstruction_evaluate.distances(points[None], made[None])[0]
    guess = codec.classify(codec.encode(points), num_guesses=1)[0]
    row = {
        "size": card["size"],
        "num_points": card["num_points"],
        "lmbda": float(card["lmbda"]),
        "estimated_bits": float(codec.estimated_bits(symbols)),
        "payload_bits": 8 * len(codec.payload(symbols)),
        "num_critical_latents": len(smallest[critical.LATENTS]),
        "num_critical_symbols": len(smallest[critical.SYMBOLS]),
        "chamfer": float(chamfer),
        "d1_psnr_db": float(d1),
        "d1_psnr_gap_db": d1_psnr_db(points, made, largest_gap(points)),
        "guess": guess.name,
        "right": guess.name == label,
    }
    return Seen(points[smallest[critical.SYMBOLS]], made, row)


def chosen() -> dict[str, list[Reconstructor]]:
    """Of every size up to `NUM_RATES` codecs with a reconstruction, at even distances in λ."""
    found = {}
    for size in reversed(SIZES):
        start = f"pointcloud/{size}-p{NUM_POINTS}-l"
        names = [name for name in reconstruction.models() if name.startswith(start)]
        places = np.linspace(0, len(names) - 1, min(NUM_RATES, len(names))).round().astype(int)
        if names:
            found[size] = [reconstruction.load(codecs.load(names[k])) for k in places]
    if not found:
        allowed = f"at least one for {NUM_POINTS} points"
        step = "run python -m lcip.pointcloud.reconstruction_fit --all"
        raise LcipError(refusal("reconstructions", "none", allowed, step))
    return found


def grid(points: np.ndarray, rows: dict[str, list[Seen]]) -> list[CloudPanel | None]:
    """The slides' figure: for each size a row of references and a row of reconstructions."""
    panels: list[CloudPanel | None] = []
    for size, cells in rows.items():
        gaps = [None] * (NUM_RATES - len(cells))
        for cell in cells:
            title = f"{size}: {cell.row['estimated_bits']:.0f} bits"
            panels.append(CloudPanel(title, points, cell.critical))
        panels += gaps
        panels += [CloudPanel("what it shows", cell.made, None) for cell in cells] + gaps
    return panels


def gallery(clouds: datasets.PointClouds, models: dict[str, list[Reconstructor]]):
    """A row for the clouds, then a row for each size at its highest rate but one."""
    items = [int(np.flatnonzero(clouds.labels == clouds.classes.index(c))[0]) for c in CLASSES]
    points = clouds.coordinates(np.array(items), NUM_POINTS)
    panels = [CloudPanel(name, cloud, None) for name, cloud in zip(CLASSES, points, strict=True)]
    for size, found in models.items():
        codec = found[-2:][0].codec
        for cloud in points:
            symbols = codec.symbols(cloud)
            made = found[-2:][0].points(symbols)
            bits = float(codec.estimated_bits(symbols))
            panels.append(CloudPanel(f"{size}: {bits:.0f} bits", made, None))
    return panels


def test_cloud(item: int, num_points: int) -> tuple[str, np.ndarray]:
    """What a test cloud of ModelNet40 is, and its first points; needs the data set."""
    clouds = datasets.modelnet40("test")
    points = clouds.coordinates(np.array([item]), num_points)[0]
    return clouds.classes[clouds.labels[item]].replace("_", " "), points


def save_figure(name: str, panels: Sequence[CloudPanel | None], columns: int) -> None:
    """Write `data/figures/pointcloud/<name>.png`, with a palette: a third of the bytes."""
    image = Image.open(io.BytesIO(png_bytes(cloud_grid(panels, columns)))).convert("RGB")
    image = image.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    with paths.atomic_write(paths.root() / "data" / FIGURES / f"{name}.png") as temporary:
        image.save(temporary, format="PNG", optimize=True)


def figure(name: str) -> bytes:
    """The PNG file of a stored figure, `airplane` or `gallery`; LcipError where there is none."""
    path = paths.data_file(f"{FIGURES}/{name}.png")
    if not path.is_file():
        step = "run python -m lcip.pointcloud.real_clouds with LCIP_DATA set"
        raise LcipError(refusal("figure", f"{name}.png (missing)", "a stored figure", step))
    return path.read_bytes()


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw both figures and write the table."""
    parser = argparse.ArgumentParser(
        prog="python -m lcip.pointcloud.real_clouds", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--seed", type=int, default=1234, help="of the process; nothing is drawn")
    given = parser.parse_args(arguments)
    runtime.setup(given.seed, threads=1)
    began = time.monotonic()
    clouds, models = datasets.modelnet40("test"), chosen()
    item = clouds.names.index(AIRPLANE)
    points = clouds.coordinates(np.array([item]), NUM_POINTS)[0]
    label = clouds.classes[clouds.labels[item]]
    rows = {size: [seen(r, points, label) for r in found] for size, found in models.items()}
    save_figure("airplane", grid(points, rows), NUM_RATES)
    save_figure("gallery", gallery(clouds, models), len(CLASSES))
    used = [r for found in models.values() for r in found]
    names = [name for r in used for name in (r.card["codec"], r.card["name"])]
    results.write_measured(
        TABLE,
        pd.DataFrame([cell.row for cells in rows.values() for cell in cells]),
        command="python -m lcip.pointcloud.real_clouds",
        seed=given.seed,
        datasets={"modelnet40/test": evaluate.digest(clouds)},
        weights={name: artifacts.weights_identity(name).hex() for name in names},
        wall_seconds=time.monotonic() - began,
    )


if __name__ == "__main__":
    main()
