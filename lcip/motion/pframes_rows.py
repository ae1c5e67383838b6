"""From rows of frames to rates of clips: what the recorded table says."""

import numpy as np
import pandas as pd
from torch import nn

from lcip.errors import refusal
from lcip.images.factorized import STRIDE, Codec
from lcip.motion.affine import MotionError

KEYS = ["clip", "method", "coder", "quality"]


def rates(rows: pd.DataFrame) -> pd.DataFrame:
    """A line for each clip, method, coder and quality, over all frames but the first.

    Columns: `rate_bpp` (whole files), `motion_percent` (modes and vectors, part of the files),
    `psnr_rgb_db` (mean), `nonzero_percent` (mean).
    """
    later = rows[rows["frame"] > 0]
    if later.empty:
        raise MotionError(refusal("frames after the first", 0, "at least one", "code more frames"))
    grouped = later.groupby(KEYS, sort=False)
    sums = grouped[["file_bytes", "motion_bits", "num_pixels"]].sum()
    means = grouped[["psnr_rgb_db", "nonzero_percent"]].mean()
    bits = 8 * sums["file_bytes"]
    rate = {
        "rate_bpp": bits / sums["num_pixels"],
        "motion_percent": 100 * sums["motion_bits"] / bits,
    }
    return pd.DataFrame(rate).join(means).reset_index()


def changes(rates_: pd.DataFrame, method: str, coder: str) -> pd.DataFrame:
    """Change of the rate against one method and coder, percent: lines methods, columns clips.

    The mean over the qualities of the change at each one. No interpolation is needed: at one
    quality all methods give the same picture.
    """
    base = rates_[(rates_["method"] == method) & (rates_["coder"] == coder)]
    if base.empty:
        known = sorted(set(zip(rates_["method"], rates_["coder"], strict=True)))
        raise MotionError(refusal("base", (method, coder), known, "choose one of them"))
    both = rates_.merge(base[["clip", "quality", "rate_bpp"]], on=["clip", "quality"],
                        suffixes=("", "_base"))  # fmt: skip
    change = 100 * (both["rate_bpp"] / both["rate_bpp_base"] - 1)
    keys = [both["method"], both["coder"], both["clip"]]
    table = change.groupby(keys, sort=False).mean().unstack("clip", sort=False)
    return table.assign(mean=table.mean(axis=1))


def macs_per_pixel(transform: nn.Sequential) -> float:
    """Multiply-accumulates of the convolutions of g_a or g_s, per pixel of the picture.

    k² C_in C_out for each sample of the smaller of a layer's two grids.
    """
    windows = [m for m in transform if isinstance(m, nn.Conv2d | nn.ConvTranspose2d)]
    total, stride = 0.0, 1 if isinstance(windows[0], nn.Conv2d) else STRIDE
    for module in windows:
        if isinstance(module, nn.Conv2d):
            stride *= module.stride[0]
        taps = np.prod(module.kernel_size) * module.in_channels * module.out_channels
        total += taps / stride**2
        if isinstance(module, nn.ConvTranspose2d):
            stride //= module.stride[0]
    return float(total)


def prediction_macs_per_pixel(codec: Codec) -> dict[str, float]:
    """What a decoder computes for its prediction, beside showing the frame.

    Warping a latent: four products a symbol. The order through pixels: g_a once more, as the
    picture is decoded in any case.
    """
    warp = 4 * codec.num_channels / STRIDE**2
    return {"latent": warp, "pixels": macs_per_pixel(codec.g_a)}
