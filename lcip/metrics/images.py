"""Quality and rate of images: PSNR, MS-SSIM, bits per pixel."""

import math
from typing import Any

import numpy as np

from lcip.errors import refusal
from lcip.metrics import checks
from lcip.metrics.checks import MetricError

# Five scales, each half the one before, under a Gaussian window 11 pixels wide: the coarsest scale
# must be wider than 10 pixels, hence the finest wider than 160.
MS_SSIM_SMALLEST_SIDE = 161


def psnr_db(a: Any, b: Any, *, peak: float) -> float:
    """Peak signal-to-noise ratio in dB of two arrays of equal shape: 10 log10(peak^2 / MSE).

    MSE is the mean over all elements at once, so that for RGB this is *PSNR-RGB*: one mean squared
    error over the three channels, not the mean of three PSNRs. Infinite where the arrays are equal.
    `peak` is the largest value that a pixel can have: 255 for uint8, 1 for the unit range.

    Raises `MetricError` for unequal shapes, an integer array beside a float one, values that are
    not finite or lie outside 0 to `peak`, and a `peak` that cannot belong to the data.

    >>> value = psnr_db(np.uint8([0, 0]), np.uint8([0, 51]), peak=255)
    >>> round(value, 9)  # MSE = 51^2 / 2, so 10 log10(50)
    16.989700043
    >>> psnr_db([0.5], [0.5], peak=1)
    inf
    """
    a, b, peak = checks.images(a, b, peak)
    mse = float(np.mean((a.astype(np.float64) - b.astype(np.float64)) ** 2))
    return 20 * math.log10(peak) - 10 * math.log10(mse) if mse else math.inf


def ms_ssim(a: Any, b: Any, *, peak: float) -> float:
    """Multi-scale structural similarity of two images, 0 to 1 (Wang, Simoncelli and Bovik, 2003).

    prod_j cs_j^w_j · ssim_5^w_5 over five dyadic scales with w = 0.0448, 0.2856, 0.3001, 0.2363,
    0.1333; window 11×11, Gaussian, sigma 1.5; K = (0.01, 0.03); negative terms count as 0; each
    channel is scored alone and the channels are averaged. As computed by pytorch-msssim in float32,
    the implementation behind the published learned curves: rounding is below 1e-6 in photographs,
    2e-5 where both images are flat.

    Args:
        a, b: NumPy (H, W) or (H, W, C), torch (C, H, W) or (1, C, H, W); H and W over 160.
        peak: the largest value that a pixel can have: 255 for uint8, 1 for the unit range.

    Raises:
        MetricError: as `psnr_db`, and for images that are too small for five scales.
    """
    import torch
    from pytorch_msssim import ms_ssim as score

    layouts = {_is_torch(a), _is_torch(b)}
    if len(layouts) > 1:
        step = "convert one: NumPy is read as (H, W, C), torch as (C, H, W)"
        raise MetricError(refusal("a and b", "NumPy beside torch", "two of one kind", step))
    is_torch = layouts.pop()
    a, b, peak = checks.images(a, b, peak)
    first, second = (_planes(image, is_torch) for image in (a, b))
    with torch.inference_mode():
        value = score(torch.from_numpy(first), torch.from_numpy(second), data_range=peak).item()
    return min(max(value, 0.0), 1.0)


def ms_ssim_db(value: float) -> float:
    """MS-SSIM on a scale that spreads its upper end: −10 log10(1 − value), in dB.

    >>> round(ms_ssim_db(0.99), 9)
    20.0
    >>> ms_ssim_db(1.0)
    inf
    """
    if not 0 <= value <= 1:
        raise MetricError(refusal("MS-SSIM", value, "0 to 1", "pass what ms_ssim returned"))
    return -10 * math.log10(1 - value) if value < 1 else math.inf


def bits_per_pixel(num_bytes: int, *, height: int, width: int) -> float:
    """Rate of an image of `height` × `width` pixels: 8 · num_bytes / (height · width), in bpp.

    >>> bits_per_pixel(49152, height=512, width=768)
    1.0
    """
    for name, value in (("num_bytes", num_bytes), ("height", height), ("width", width)):
        least = 0 if name == "num_bytes" else 1
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
            allowed = f"a whole number from {least} up"
            raise MetricError(refusal(name, value, allowed, "pass the bytes and the image's size"))
    return 8 * int(num_bytes) / (int(height) * int(width))


def _is_torch(image: Any) -> bool:
    return hasattr(image, "detach")


def _planes(image: np.ndarray, is_torch: bool) -> np.ndarray:
    """(H, W), (H, W, C), (C, H, W) or (1, C, H, W) -> contiguous float32 (1, C, H, W)."""
    shape = image.shape
    if is_torch and image.ndim == 3:
        image = image[None]  # (1, C, H, W)
    elif not is_torch and image.ndim in (2, 3):
        image = image.reshape(*shape[:2], -1).transpose(2, 0, 1)[None]  # (1, C, H, W)
    if image.ndim != 4 or len(image) != 1 or min(image.shape[-2:]) < MS_SSIM_SMALLEST_SIDE:
        layout = "(C, H, W) or (1, C, H, W)" if is_torch else "(H, W) or (H, W, C)"
        allowed = f"{layout} with H and W of at least {MS_SSIM_SMALLEST_SIDE}"
        step = "score a larger image, or use psnr_db"
        raise MetricError(refusal("shape of an image for MS-SSIM", shape, allowed, step))
    return np.ascontiguousarray(image, dtype=np.float32)
