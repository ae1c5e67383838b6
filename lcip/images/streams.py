"""All of Kodak as our own files, in one archive: `python -m lcip.images.streams --quality 3`.

The archive holds, for every image, exactly the bytes that `Codec.compress` writes. Whoever has the
repository can decode the latents of the whole test set without having the test set. What needs the
originals (PSNR, MS-SSIM) is measured when the archive is written, and kept as a table beside it.
"""

import argparse
import time
from dataclasses import dataclass

import numpy as np
import pandas as pd
from tqdm import tqdm

from lcip import artifacts, coding, datasets, metrics, results, runtime
from lcip.errors import LcipError, refusal
from lcip.images import factorized


@dataclass(frozen=True)
class Coded:
    """One image as it lies in an archive: its file, its symbols (M, h, w), its size in pixels."""

    name: str
    file: bytes
    symbols: np.ndarray
    height: int
    width: int

    @property
    def num_pixels(self) -> int:
        """Height times width of the image."""
        return self.height * self.width


def stream_name(family: str, quality: int) -> str:
    """The name of a committed archive, as in `images/kodak-small-q3`."""
    factorized.lmbda_of(quality)
    return f"images/kodak-{family}-q{quality}"


def read(codec: factorized.Codec, name: str) -> list[Coded]:
    """Decode the latents of every image in an archive.

    Raises:
        ArtifactError: no such archive (the message lists those there are).
        StreamError: an archive of another model, or a damaged one.
    """
    stream = artifacts.load_stream(name)
    files = coding.unpack_batch(stream.data, codec.identity).streams
    return [
        coded(codec, image, file) for image, file in zip(stream.card["names"], files, strict=True)
    ]


def read_one(codec: factorized.Codec, name: str, image: str) -> Coded:
    """Decode the latents of one image in an archive.

    Raises:
        LcipError: no such image in it (the message lists those there are). And as `read`.
    """
    stream = artifacts.load_stream(name)
    names = stream.card["names"]
    if image not in names:
        raise LcipError(refusal(f"image in {name}", image, names, "choose one of them"))
    files = coding.unpack_batch(stream.data, codec.identity).streams
    return coded(codec, image, files[names.index(image)])


def coded(codec: factorized.Codec, name: str, file: bytes) -> Coded:
    """A file with its symbols."""
    symbols, (height, width) = codec.read_symbols(file)
    return Coded(name, file, symbols, height, width)


def measure(codec: factorized.Codec, item: Coded, original: np.ndarray) -> dict[str, float]:
    """One row: rate three ways (estimated, payload, file) and quality of a decoded file."""
    decoded = codec.decompress(item.file)
    payload = len(codec.encode_symbols(item.symbols))
    return {
        "image": item.name,
        "num_pixels": item.num_pixels,
        "estimated_bits": codec.estimated_bits(item.symbols),
        "payload_bytes": payload,
        "file_bytes": len(item.file),
        "rate_bpp": 8 * len(item.file) / item.num_pixels,
        "psnr_rgb_db": metrics.psnr_db(original, decoded, peak=255),
        "ms_ssim": metrics.ms_ssim(original, decoded, peak=255),
    }


def write_kodak(family: str, quality: int) -> None:
    """Compress all of Kodak; write the archive and a table of the same name, one row an image."""
    began = time.monotonic()
    codec = factorized.load(family, quality)
    items = datasets.kodak()
    files, rows = [], []
    for item in tqdm(items, desc="kodak"):
        original = datasets.read_image(item.path)
        file = codec.compress(original)
        row = measure(codec, coded(codec, item.name, file), original)
        rows.append({"family": family, "quality": quality, "lmbda": codec.card["lmbda"], **row})
        files.append(file)
    card = {
        "model": factorized.weights_name(family, quality),
        "data": "Kodak Photo CD, 24 images",
        "names": [item.name for item in items],
        "num_items": len(files),
        "environment": runtime.environment_report(),
    }
    name = stream_name(family, quality)
    artifacts.save_stream(name, coding.pack_batch(files, [], codec.identity), card)
    results.write_measured(
        name,
        pd.DataFrame(rows),
        command=f"python -m lcip.images.streams --family {family} --quality {quality}",
        seed=None,
        datasets={"kodak": datasets.fingerprint(items)},
        wall_seconds=time.monotonic() - began,
        weights={card["model"]: codec.identity.hex()},
    )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--family", default="small", choices=list(factorized.FAMILIES))
    parser.add_argument("--quality", type=int, required=True, help="1 to 8")
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    runtime.setup(seed=0, threads=given.threads)
    write_kodak(given.family, given.quality)


if __name__ == "__main__":
    main()
