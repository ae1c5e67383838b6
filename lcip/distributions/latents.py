"""The latents of all training photographs, computed once: the transforms are frozen.

Fitting the networks of this chapter needs the distributions of latents, again and again, and never
the photographs. So g_a runs once over every photograph, and y − m (m the medians of the base
codec's densities) is kept on disk in half precision: a step of training then costs what the small
networks cost. (Half precision tells 1/64 apart at magnitude 20, where symbols are rare.)

A latent has one position for 16 × 16 pixels: a photograph of 320 × 480 pixels has 600, and one of
768 × 512, the target, 1,536. Further *views* of a photograph, shifted by half a stride, give g_a
other samples of the same content; together their histogram is that of a larger picture.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from lcip import datasets, paths
from lcip.errors import LcipError, refusal
from lcip.images import factorized

SHIFTS = ((0, 0), (8, 8), (8, 0), (0, 8))  # of the views: pixels cut off at the top, at the left


@dataclass(frozen=True)
class Latents:
    """Latents of photographs, some views of each.

    Attributes:
        values: float16 (positions of all latents, M): y − m.
        shapes: (h, w) of every latent; the views of one photograph are neighbours.
        views: latents a photograph.
    """

    values: np.ndarray
    shapes: tuple[tuple[int, int], ...]
    views: int

    def __len__(self) -> int:
        """The number of photographs."""
        return len(self.shapes) // self.views

    def of(self, photograph: int) -> list[np.ndarray]:
        """The views of one photograph, float16 (h, w, M) each."""
        sizes = [height * width for height, width in self.shapes]
        ends = np.cumsum(sizes)
        chosen = range(photograph * self.views, (photograph + 1) * self.views)
        return [
            self.values[ends[i] - sizes[i] : ends[i]].reshape(*self.shapes[i], -1) for i in chosen
        ]


@torch.no_grad()
def compute(
    codec: factorized.Codec,
    pictures: Iterable[np.ndarray],
    *,
    views: int,
    device: str,
    progress: bool = True,
) -> Latents:
    """Run g_a over pictures, uint8 (H, W, 3), each side above 8 pixels; `progress` shows a bar.

    Raises:
        LcipError: more views than there are shifts.
    """
    if not 1 <= views <= len(SHIFTS):
        step = "choose fewer views of a photograph"
        raise LcipError(refusal("views", views, f"1 to {len(SHIFTS)}", step))
    g_a = codec.g_a.to(device)
    medians = factorized.medians(codec.model)[:, None, None].to(device)  # (M, 1, 1)
    found, shapes = [], []
    for picture in tqdm(pictures, desc="latents", mininterval=5.0, disable=not progress):
        x = factorized.to_tensor(picture).to(device)
        for top, left in SHIFTS[:views]:
            y = g_a(factorized.pad(x[..., top:, left:]))[0] - medians  # (M, h, w)
            found.append(y.permute(1, 2, 0).flatten(0, 1).half().cpu().numpy())
            shapes.append(tuple(y.shape[1:]))
    codec.g_a.cpu()
    return Latents(np.concatenate(found), tuple(shapes), views)


def cached(
    codec: factorized.Codec, items: list[datasets.Item], *, views: int, device: str
) -> Latents:
    """The latents of photographs, from disk where the same codec has met them before.

    They lie below `runs/`, some hundred megabytes for a codec, under a name that holds the
    identities of codec and photographs; whoever needs the space may remove them.
    """
    name = f"{codec.identity.hex()[:16]}-{datasets.fingerprint(items)[:16]}-{views}"
    path = paths.root() / "runs" / "distributions" / f"latents-{name}.npy"
    if not path.is_file():
        pictures = (datasets.read_image(item.path) for item in items)
        store(path, compute(codec, pictures, views=views, device=device))
    return restore(path, views)


def store(path: Path, latents: Latents) -> None:
    """Write values and, first, shapes: where there are values, they are whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with paths.atomic_write(path.with_suffix(".json")) as temporary:
        temporary.write_text(json.dumps(latents.shapes), encoding="utf8")
    with paths.atomic_write(path) as temporary, open(temporary, "wb") as file:
        np.save(file, latents.values)


def restore(path: Path, views: int) -> Latents:
    """Read what `store` wrote; the values stay on disk until they are used."""
    shapes = json.loads(path.with_suffix(".json").read_text(encoding="utf8"))
    return Latents(np.load(path, mmap_mode="r"), tuple(map(tuple, shapes)), views)


def window(latent: np.ndarray, height: int, width: int, draw: np.random.Generator) -> np.ndarray:
    """A random part of a latent (h, w, M), as large as asked or as there is: (h', w', M)."""
    height, width = min(height, latent.shape[0]), min(width, latent.shape[1])
    top = draw.integers(latent.shape[0] - height + 1)
    left = draw.integers(latent.shape[1] - width + 1)
    return latent[top : top + height, left : left + width]
