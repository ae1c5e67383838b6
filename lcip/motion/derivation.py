"""The derivation of v / s^k, step by step on a real picture, and three places where it breaks."""

from typing import NamedTuple

import numpy as np

from lcip.errors import refusal
from lcip.motion import affine, flow
from lcip.motion.affine import MotionError
from lcip.motion.tap import Network
from lcip.motion.warp import read

MARGIN = 16  # samples left out at every border, before the change of scale
POOLING_REACH = 1  # a window of 3 x 3
SCALE = 2


class Rung(NamedTuple):
    """A step of the ladder: what was done, the frames after it, and the velocity to expect."""

    operation: str
    before: np.ndarray
    after: np.ndarray
    velocity: tuple[float, float]
    margin: int

    @property
    def residual(self) -> float:
        """Of the optical-flow equation, with the velocity that the derivation says."""
        return flow.residual(self.before, self.after, self.velocity, self.margin)

    def residual_with(self, velocity: tuple[float, float]) -> float:
        """The same with another velocity."""
        return flow.residual(self.before, self.after, velocity, self.margin)


def shifted_pair(
    planes: np.ndarray, velocity: tuple[float, float], side: int
) -> tuple[np.ndarray, np.ndarray]:
    """A square from the middle of (C, H, W), still and moved by `velocity` (x, y) samples.

    The moved one is read from the whole picture by Keys' bicubic kernel.
    """
    height, width = planes.shape[1:]
    if not 2 * MARGIN < side <= min(height, width):
        allowed = f"{2 * MARGIN + 1} to {min(height, width)}, the picture's short side"
        raise MotionError(refusal("side (px)", side, allowed, "choose another side or picture"))
    corner = np.array(((width - side) // 2, (height - side) // 2))
    places = affine.grid(side, side) + corner
    still = read(planes, places, "bicubic", None).values
    return still, read(planes, places - np.array(velocity), "bicubic", None).values


def ladder(
    before: np.ndarray, after: np.ndarray, velocity: tuple[float, float], kernel: np.ndarray
) -> list[Rung]:
    """Picture, convolution, ReLU, local maximum of 3 x 3, every second sample: five rungs."""
    frames, rungs = (before, after), []

    def climb(operation: str, made: tuple, speed: tuple[float, float], margin: int) -> tuple:
        rungs.append(Rung(operation, *made, speed, margin))
        return made

    frames = climb("picture", frames, velocity, MARGIN)
    done = tuple(flow.convolve(f, kernel) for f in frames)
    frames = climb("convolution", done, velocity, MARGIN)
    done = tuple(np.maximum(f, 0) for f in frames)
    frames = climb("pointwise (ReLU)", done, velocity, MARGIN)
    done = tuple(flow.local_maximum(f, POOLING_REACH) for f in frames)
    frames = climb("local maximum", done, velocity, MARGIN)
    done = tuple(f[..., ::SCALE, ::SCALE] for f in frames)
    slower = (velocity[0] / SCALE, velocity[1] / SCALE)
    climb("change of scale", done, slower, MARGIN // SCALE)
    return rungs


def linear_maximum(array: np.ndarray, reach: int) -> np.ndarray:
    """The first-order local maximum of (..., H, W): I + h (|I_x| + |I_y|), h = `reach`."""
    down, across = np.gradient(array, axis=(-2, -1))
    return array + reach * (np.abs(across) + np.abs(down))


def part_left_at_half(planes: np.ndarray, stride: int) -> float:
    """What bicubic reading leaves of the error of doing nothing, half a sample away.

    Both grids take every stride-th sample of a picture (C, H, W), one of them half a stride to the
    right of the other. What was done to the picture before (a blur, a local maximum) decides.
    """
    if stride % 2 or stride < 2:
        step = "half a stride must be a whole pixel"
        raise MotionError(refusal("stride", stride, "even numbers from 2 up", step))
    still = planes[:, ::stride, ::stride]
    there = planes[:, ::stride, stride // 2 :: stride]
    count = min(still.shape[2], there.shape[2])
    where = affine.grid(still.shape[1], count) + (0.5, 0.0)
    guessed = read(still, where, "bicubic", None).values
    inner = (slice(None), slice(2, -2), slice(2, count - 3))
    missed, change = guessed - there[:, :, :count], still[:, :, :count] - there[:, :, :count]
    return flow.rms(missed[inner]) / flow.rms(change[inner])


def border_error(network: Network, name: str, picture: np.ndarray, strides: int) -> np.ndarray:
    """Error of a layer's exact prediction by column, when the frame moves whole strides right.

    Of two frames cut from `picture` (float32, H, W, 3 in [0, 1]) so that nothing unseen enters from
    the left of the still one, the layer of the moved one is predicted by shifting: only padding can
    make a difference. Returns rms over rows and channels, a number a column of the still layer that
    has a counterpart, divided by the layer's own rms.
    """
    layer = network.layer(name)
    shift = strides * layer.stride
    still, moved = picture[:, shift:], picture[:, :-shift]
    before, after = (network.tap(np.ascontiguousarray(p), name) for p in (still, moved))
    common = before.shape[2] - strides
    missed = before[:, :, :common] - after[:, :, strides : strides + common]
    inner = slice(before.shape[1] // 4, -(before.shape[1] // 4))
    column = np.sqrt(np.mean(np.square(missed[:, inner]), axis=(0, 1)))
    return column / flow.rms(before)
