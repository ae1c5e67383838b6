"""Changes to training clouds that leave their class alone.

ModelNet40's stored clouds are one fixed drawing of points a mesh; without changes even the smallest
network learns them by heart. Each training batch therefore draws, anew,

* anisotropic scaling: each axis by a factor between 1/s and s, log-uniform, and a mirror image
  (x → −x) for half of the clouds, after which a cloud is brought back to the unit ball;
* the P points of the codec, and of these a random subset: between `keep_least` of them and all of
  them, the same number for the batch;
* jitter: Gaussian noise of deviation σ on every coordinate.

A cloud is centred and scaled as a whole, before points are drawn from it. The few points that are
drawn have another centre and another extent, here as in the test set. Decoded clouds are centred
and scaled anew before they are classified, and so are those that their classifiers are trained on.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Augmentation:
    """How far training clouds are changed; `Augmentation(1.0, 1.0, 0.0, False)` changes nothing.

    `anew`: the points that were drawn are centred and scaled once more, by themselves.
    """

    keep_least: float
    largest_scale: float
    jitter: float
    mirror: bool
    anew: bool = False


def augmented(
    clouds: np.ndarray, num_points: int, how: Augmentation, draw: np.random.Generator
) -> np.ndarray:
    """Changed points of whole clouds, float32 (B, P', 3): float32 (B, k, 3) with k ≤ P ≤ P'."""
    if how.largest_scale > 1 or how.mirror:
        clouds = to_unit_ball(clouds * scales(len(clouds), how, draw))
    clouds = random_subsets(some_points(clouds, num_points, draw), how.keep_least, draw)
    if how.jitter > 0:
        noise = draw.standard_normal(clouds.shape, dtype=np.float32)
        clouds = clouds + np.float32(how.jitter) * noise
    return to_unit_ball(clouds) if how.anew else clouds


def scales(num_clouds: int, how: Augmentation, draw: np.random.Generator) -> np.ndarray:
    """A factor for each cloud and axis, float32 (B, 1, 3); x is negative where mirrored."""
    reach = np.log(how.largest_scale)
    factors = np.exp(draw.uniform(-reach, reach, (num_clouds, 1, 3)))
    if how.mirror:
        factors[:, 0, 0] *= draw.choice([-1.0, 1.0], num_clouds)
    return factors.astype(np.float32)


def random_subsets(clouds: np.ndarray, keep_least: float, draw: np.random.Generator) -> np.ndarray:
    """k points of every cloud without replacement, k uniform from ⌈keep_least·P⌉ to P."""
    num_points = clouds.shape[1]
    kept = int(draw.integers(int(np.ceil(keep_least * num_points)), num_points + 1))
    return clouds if kept == num_points else some_points(clouds, kept, draw)


def some_points(clouds: np.ndarray, num_points: int, draw: np.random.Generator) -> np.ndarray:
    """`num_points` of the points of each cloud (B, P, 3) without replacement.

    The same places in every cloud of the batch, which is no less random: the points of a cloud are
    independent draws, in no order.
    """
    return clouds[:, draw.permutation(clouds.shape[1])[:num_points]]


def to_unit_ball(clouds: np.ndarray) -> np.ndarray:
    """Centre clouds (B, P, 3) and divide each by the largest norm of its points."""
    clouds = clouds - clouds.mean(axis=1, keepdims=True)
    largest = np.sqrt(np.einsum("bpc,bpc->bp", clouds, clouds).max(axis=1))  # (B,)
    return clouds / np.maximum(largest, 1e-12)[:, None, None]
