"""Why the encoder must predict from what the decoder has: a closed loop, and an open one.

    closed   r_t = round(y_t - P(ŷ_{t-1})),    ŷ_t = P(ŷ_{t-1}) + r_t     |ŷ_t - y_t| ≤ 1/2 always
    open     r_t = round(y_t - P(y_{t-1})),    ŷ_t = P(ŷ_{t-1}) + r_t     errors add up

In the open loop the encoder predicts from its own exact latent, which the decoder does not have:
ŷ_t - y_t = P(ŷ_{t-1} - y_{t-1}) + rounding, a random walk where P is the identity. P here is the
warp in floating point, to keep the loops comparable; the codec itself is closed and in integers.
"""

from collections.abc import Sequence

import numpy as np

from lcip.errors import refusal
from lcip.images.factorized import STRIDE
from lcip.motion.affine import MotionError, grid
from lcip.motion.warp import read

LOOPS = ("closed", "open")


def drift(latents: Sequence[np.ndarray], vectors: Sequence[np.ndarray], loop: str) -> list[float]:
    """rms(ŷ_t - y_t) of every frame, in quantiser steps.

    Args:
        latents: y - m of T frames, float (M, h, w).
        vectors: T - 1 motions (h, w, 2) in pixels, into frames 1 ... T - 1.
        loop: "closed" or "open".
    """
    if loop not in LOOPS:
        raise MotionError(refusal("loop", loop, LOOPS, "choose one of them"))
    decoded = np.rint(latents[0])
    errors = [_rms(decoded - latents[0])]
    for now, then, where in zip(latents[1:], latents, vectors, strict=False):
        reference = decoded if loop == "closed" else then
        residual = np.rint(now - _warped(reference, where))
        decoded = _warped(decoded, where) + residual
        errors.append(_rms(decoded - now))
    return errors


def _warped(latent: np.ndarray, where: np.ndarray) -> np.ndarray:
    positions = grid(*latent.shape[1:]) + where / STRIDE
    return read(latent, positions, "bilinear", None).values


def _rms(array: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(array))))
