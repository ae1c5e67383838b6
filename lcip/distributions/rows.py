"""One row for every base codec, method and image: what a file takes, estimated and in bytes.

Methods differ in how they code the same symbols, so one image has one PSNR under all of them; that
of Kodak is read from the table beside the archive (`lcip.images.streams`), which was measured when
the originals were at hand. Every file is decoded back, and its symbols compared, before it makes a
row.

The bound `ideal` has no file. Its bytes are what a file would take if its distributions came free
of charge: its bits rounded up, in the same container.
"""

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from lcip import artifacts, coding, datasets, metrics, results
from lcip.distributions import codec as codecs
from lcip.distributions import methods
from lcip.distributions.codec import ImageCodec
from lcip.errors import LcipError, refusal
from lcip.images import factorized, streams

Row = dict[str, object]
PEAK = 255


def methods_of(base: factorized.Codec, family: str, quality: int) -> list[ImageCodec]:
    """Every method that has its weights, in the order of the registry, bounds included."""
    return [
        ImageCodec(base, methods.method_of(name, base, family, quality))
        for name in methods.METHOD_NAMES
        if name in methods.BOUNDS or quality in codecs.qualities(family, name)
    ]


def identities_of(base: factorized.Codec, family: str, quality: int) -> dict[str, str]:
    """The identities, hexadecimal, of a base codec and of what its methods have fitted to it."""
    fitted = {
        name
        for method in methods.FILE_METHODS
        if quality in codecs.qualities(family, method)
        for name in methods.module_of(method).own_weights(family, quality)
    }
    found = {name: artifacts.weights_identity(name).hex() for name in sorted(fitted)}
    return {factorized.weights_name(family, quality): base.identity.hex()} | found


def kodak(
    base: factorized.Codec, family: str, quality: int
) -> Iterator[tuple[streams.Coded, float]]:
    """Every Kodak image of the committed archive with its recorded PSNR."""
    name = streams.stream_name(family, quality)
    recorded = results.read_measured(name).frame.set_index("image")["psnr_rgb_db"]
    for item in streams.read(base, name):
        yield item, float(recorded[item.name])


def bundled(base: factorized.Codec) -> Iterator[tuple[streams.Coded, float]]:
    """All bundled photographs, compressed now, with their PSNR."""
    for name, rgb in datasets.bundled_photographs().items():
        item = streams.coded(base, name, base.compress(rgb))
        decoded = base.reconstruct(item.symbols, item.height, item.width)
        yield item, metrics.psnr_db(rgb, decoded, peak=PEAK)


def row(codec: ImageCodec, item: streams.Coded, psnr_rgb_db: float) -> Row:
    """What one image costs by one method.

    Raises:
        LcipError: the file does not decode to the symbols that were coded.
    """
    estimate = codec.method.estimated_bits(item.symbols)
    latent, side, file = sizes(codec, item, estimate.total_bits)
    return {
        "method": codec.method.name,
        "image": item.name,
        "num_pixels": item.num_pixels,
        "estimated_latent_bits": estimate.latent_bits,
        "estimated_side_bits": float(estimate.side_bits),
        "payload_latent_bytes": latent,
        "payload_side_bytes": side,
        "file_bytes": file,
        "psnr_rgb_db": psnr_rgb_db,
        "model": short(codec.method.identity),
    }


def sizes(codec: ImageCodec, item: streams.Coded, bits: float) -> tuple[int, int, int]:
    """Bytes of the latent stream, of the side stream and of the file."""
    if codec.method.name in methods.BOUNDS:
        payload = math.ceil(bits / 8)
        head = len(coding.pack([b"", bytes(payload)], [(item.height, item.width)], bytes(32)))
        return payload, 0, head
    data = codec.pack(item.symbols, item.height, item.width)
    content = codec.read(data)
    if not np.array_equal(content.symbols, item.symbols):
        what = f"symbols of {item.name} decoded by {codec.method.name}"
        step = "report it: the codec is broken"
        raise LcipError(refusal(what, "others", "those that were coded", step))
    return len(content.streams.latent), len(content.streams.side), len(data)


def short(identity: bytes) -> str:
    """The identity as image files carry it."""
    return identity[:6].hex()


def measure(
    family: str,
    quality: int,
    items: list[tuple[streams.Coded, float]],
    base: factorized.Codec,
    known: pd.DataFrame,
) -> pd.DataFrame:
    """The rows of one base codec; those in `known` of the same method and model are taken over."""
    parts = []
    for codec in methods_of(base, family, quality):
        same = (known["model"] == short(codec.method.identity)) & (
            known["method"] == codec.method.name
        )
        kept = known[same & known["image"].isin([item.name for item, _ in items])]
        if len(kept) == len(items):
            parts.append(kept)
            continue
        found = pd.DataFrame([row(codec, item, psnr) for item, psnr in items])
        found.insert(0, "family", family)
        found.insert(1, "quality", quality)
        parts.append(found)
    return pd.concat(parts, ignore_index=True)


EMPTY = pd.DataFrame(columns=["family", "quality", "method", "image", "model"])


def savings(rows: pd.DataFrame) -> pd.DataFrame:
    """Per family, quality and method: mean rate, saving over `static`, share of the ideal saving.

    All from whole files. `rate_bpp` is the mean of the images' rates; `change_percent` that of the
    method's against that of `static`; `recovered_percent` the saving as a share of that of `ideal`;
    `side_percent` the side stream's share of all file bytes.
    """
    rows = rows.assign(rate_bpp=8 * rows["file_bytes"] / rows["num_pixels"])
    key = ["family", "quality", "method"]
    groups = rows.groupby(key, sort=False)
    table = groups[["rate_bpp", "psnr_rgb_db"]].mean()
    totals = groups[["payload_side_bytes", "file_bytes"]].sum()
    table["side_percent"] = 100 * totals["payload_side_bytes"] / totals["file_bytes"]
    codecs_of = table.index.droplevel("method")
    static = table["rate_bpp"].xs("static", level="method").reindex(codecs_of).to_numpy()
    ideal = table["rate_bpp"].xs("ideal", level="method").reindex(codecs_of).to_numpy()
    table["change_percent"] = 100 * (table["rate_bpp"] / static - 1)
    table["recovered_percent"] = 100 * (static - table["rate_bpp"]) / (static - ideal)
    return table
