"""Critical points: the few points of a cloud that decide its bits.

Every latent is a maximum over points, y_j = ± max_i f_j(x_i). So a part S of the cloud gives the
same y as the whole if and only if, for every j, S has a point that reaches the maximum of f_j: S
must *hit* the N sets A_j of points that do. Rounding widens these sets: the same symbol, and with
all symbols the same packet, needs only a point in B_j ⊇ A_j, the points that alone give latent j
the symbol of the whole cloud. (Rounding is monotone, so what lies between such a point and the
maximum has that symbol, too.) Hence two notions, `LATENTS` and `SYMBOLS`, and one problem behind
both, that of the hitting set. Of a set S that hits all:

* it is **irredundant** if it hits no longer once any one of its points is taken away;
* it is **smallest** if no set of fewer points hits all. There may be several;
* a point is **essential** if it alone is left to hit some j: every such S has it, and without it
  the rest of the cloud has another y (or another packet).

One point for each latent is enough, so a smallest S has at most N points. Finding one is NP-hard in
general; here an integer program of N rows settles it.
"""

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from lcip.errors import LcipError, refusal
from lcip.pointcloud.clouds import to_grid
from lcip.pointcloud.codec import Codec

LATENTS, SYMBOLS = "latents", "symbols"
NOTIONS = (LATENTS, SYMBOLS)


def hits(codec: Codec, points: np.ndarray, notion: str) -> np.ndarray:
    """Which point alone gives which latent what the whole cloud gives it: bool (P, N).

    Args:
        points: (P, 3), float in the unit ball or int16 on the grid.
        notion: `LATENTS`, y before rounding, compared exactly; or `SYMBOLS`, what is sent.

    Raises:
        LcipError: another notion. CloudError: not a cloud.
    """
    if notion not in NOTIONS:
        raise LcipError(refusal("notion", notion, NOTIONS, "choose one of them"))
    encoder = codec.encoder
    alone = encoder.sign * encoder.features(to_grid(points))  # (P, N)
    whole = encoder.sign * abs(alone).max(axis=0)
    if notion == LATENTS:
        return alone == whole
    return encoder.rounded(alone) == encoder.rounded(whole)


def decides(hit: np.ndarray, chosen: np.ndarray) -> bool:
    """Whether the chosen points (indices) hit every column of (P, N)."""
    return bool(hit[chosen].any(axis=0).all())


def essential(hit: np.ndarray) -> np.ndarray:
    """The points that are alone in some column, sorted: in every deciding set.

    >>> essential(np.array([[True, False], [True, True], [False, False]])).tolist()
    [1]
    """
    alone = hit.sum(axis=0) == 1
    return np.flatnonzero(hit[:, alone].any(axis=1))


def irredundant(hit: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """What is left of deciding points once none can go, sorted: later ones are tried first."""
    kept = list(np.unique(chosen))
    for index in reversed(list(kept)):
        without = [k for k in kept if k != index]
        if without and decides(hit, np.array(without)):
            kept = without
    return np.array(kept)


def greedy(hit: np.ndarray) -> np.ndarray:
    """Always the point that hits most of what is left, then what can go goes: sorted, irredundant.

    At most 1 + ln N times as many points as a smallest set (Chvátal 1979).
    """
    left, chosen = np.ones(hit.shape[1], bool), []
    while left.any():
        chosen.append(int(hit[:, left].sum(axis=1).argmax()))
        left &= ~hit[chosen[-1]]
    return irredundant(hit, np.array(chosen))


def smallest(hit: np.ndarray) -> np.ndarray:
    """A deciding set of the fewest points, sorted: min Σ x_i with Σ_i hit_ij x_i ≥ 1 for every j.

    Exact: branch and bound (HiGHS) ends only when no smaller set can be left. Points that hit the
    same latents are exchangeable, and the first of them stands for all.
    """
    patterns, first = np.unique(hit, axis=0, return_index=True)
    columns = np.unique(patterns, axis=1).T.astype(float)  # (distinct latents, distinct points)
    found = milp(
        np.ones(len(patterns)),
        integrality=np.ones(len(patterns)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(columns, lb=1),
        options={"mip_rel_gap": 0.0},
    )
    assert found.success, found.message
    return np.sort(first[found.x > 0.5])
