"""What the interactive page shows of image codecs, from committed streams and tables."""

import numpy as np
import pandas as pd

from lcip import results
from lcip.images import factorized, race, streams
from lcip.plotting import widgets

FAMILY = "small"
OWN = f"factorized-{FAMILY}"
RATE = widgets.Axis("rate (bpp)", 0, 2.25, (0, 0.5, 1, 1.5, 2))
PSNR = widgets.Axis("PSNR-RGB (dB)", 24, 42, (25, 30, 35, 40))
PEAK = 255


def kodak_rows() -> pd.DataFrame:
    """All measured files of Kodak, one row each."""
    return results.read_measured("images/kodak").frame


def own_qualities() -> list[int]:
    """The qualities whose Kodak archives were measured, rising."""
    rows = kodak_rows().query("codec == @OWN")
    return sorted(int(quality) for quality in rows["setting"].unique())


def decoded(image: str) -> list[tuple[widgets.Step, np.ndarray]]:
    """One Kodak photograph from our archives, at every quality: what is said, and the picture."""
    return [_decoded(image, quality) for quality in own_qualities()]


def _decoded(image: str, quality: int) -> tuple[widgets.Step, np.ndarray]:
    codec = factorized.load(FAMILY, quality)
    item = streams.read_one(codec, streams.stream_name(FAMILY, quality), image)
    row = kodak_rows().query("codec == @OWN and setting == @quality and image == @image").iloc[0]
    note = (
        f"{image} at quality {quality}: {len(item.file)} bytes, "
        f"{8 * len(item.file) / item.num_pixels:.3f} bpp, {row['psnr_rgb_db']:.2f} dB"
    )
    picture = codec.reconstruct(item.symbols, item.height, item.width)
    return widgets.Step(f"quality {quality}", note), picture


def rd_series() -> list[widgets.Series]:
    """Mean rate and quality over Kodak of every codec measured here."""
    made = []
    for codec, rows in race.mean_curves(kodak_rows()).groupby("codec", sort=False):
        if len(rows) < 2:
            continue
        points = [
            (rate, psnr, f"{rate:.3f} bpp, {psnr:.2f} dB at setting {setting:g}")
            for rate, psnr, setting in rows[["rate_bpp", "psnr_rgb_db", "setting"]].to_numpy()
            if rate <= RATE.high
        ]
        is_own = codec == OWN
        made.append(widgets.Series("ours, small" if is_own else codec, points, dashed=not is_own))
    return made


def choices() -> list[widgets.Choice]:
    """Our codec's operating points: mean rate (bpp) and mean squared error over Kodak."""
    made = []
    for quality, rows in kodak_rows().query("codec == @OWN").groupby("setting"):
        mse = float((PEAK**2 * 10 ** (-rows["psnr_rgb_db"] / 10)).mean())
        rate = float(rows["rate_bpp"].mean())
        note = f"{rate:.3f} bpp, mean squared error {mse:.1f}, trained for λ = "
        note += f"{factorized.lmbda_of(int(quality)):g}"
        made.append(widgets.Choice(f"quality {quality:g}", rate, mse, note))
    return made
