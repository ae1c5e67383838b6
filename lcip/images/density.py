"""The learned density of one channel: F, f, and the masses of the symbols between F's values.

    p_c(ŷ) = ∫_{−½}^{½} f_c(ŷ + τ) dτ = F_c(ŷ + ½) − F_c(ŷ − ½)

F is a small network of its own for every channel, made so that it can only rise (CompressAI's
`EntropyBottleneck`). Positions are counted from the channel's median, as our symbols are.

Source: Ballé et al. 2018, appendix 6.1; thesis §1, (1.1).
"""

import numpy as np
import torch

from lcip.errors import LcipError, refusal
from lcip.images import factorized

STEP = 1e-3


@torch.no_grad()
def cumulative(codec: factorized.Codec, channel: int, positions: np.ndarray) -> np.ndarray:
    """F_c(m_c + position), float64 of the positions' shape (one axis).

    Raises:
        LcipError: no such channel.
    """
    if not 0 <= channel < codec.num_channels:
        allowed = f"0 to {codec.num_channels - 1}"
        raise LcipError(refusal("channel", channel, allowed, "choose one of the codec's channels"))
    bottleneck = codec.model.entropy_bottleneck
    twin = type(codec.model)(codec.model.N, codec.model.M).entropy_bottleneck.double()
    state = bottleneck.state_dict()
    twin.load_state_dict(
        {k: v.double() for k, v in state.items() if v.is_floating_point()}, strict=False
    )
    middles = factorized.medians(codec.model).double()[:, None, None]  # (M, 1, 1)
    points = middles + torch.from_numpy(np.asarray(positions, np.float64))  # (M, 1, S)
    logits = twin._logits_cumulative(points, stop_gradient=False)
    return torch.sigmoid(logits)[channel, 0].numpy()


def density(codec: factorized.Codec, channel: int, positions: np.ndarray) -> np.ndarray:
    """f_c = dF_c/dy by central differences."""
    positions = np.asarray(positions, np.float64)
    above, below = (cumulative(codec, channel, positions + d) for d in (STEP, -STEP))
    return (above - below) / (2 * STEP)


def scales(codec: factorized.Codec, reach: int = 256) -> np.ndarray:
    """The standard deviation of every channel's symbols as the model has them, (M,)."""
    symbols = np.arange(-reach, reach + 1)
    masses = factorized.channel_pmfs(codec.model, -reach, reach)  # (M, 2·reach + 1)
    masses = masses / masses.sum(axis=1, keepdims=True)
    mean = masses @ symbols
    return np.sqrt(masses @ symbols**2 - mean**2)
