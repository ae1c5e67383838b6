"""The figures of chapter 2: distributions in pairs and as heat maps, and every image's gap."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from lcip import plotting

DARKEST_BITS, LIGHTEST_BITS = 0.0, 10.0  # the colour scale of the thesis's heat maps


def two_and_their_average(
    labels: Sequence[str],
    distributions: Sequence[np.ndarray],
    average: np.ndarray,
    *,
    lowest: int,
) -> Figure:
    """The best distributions of two images in one channel, the average-optimal one between them.

    Args:
        labels: two names.
        distributions: two float (B,).
        average: float (B,), the distribution that is best for all images together.
        lowest: the symbol of the first bin.
    """
    symbols = np.arange(lowest, lowest + len(average))
    shown = np.flatnonzero(np.maximum.reduce([*distributions, average]) > 1e-3)
    window = slice(max(shown[0] - 1, 0), shown[-1] + 2)
    curves = [
        plotting.Curve(f"best for {label}", symbols[window], p[window], "learned")
        for label, p in zip(labels, distributions, strict=True)
    ]
    best = plotting.Curve("average-optimal", symbols[window], average[window], "bound")
    return plotting.pmf_steps(
        [*curves, best], x_label="symbol ŷ − m (integer)", y_label="probability (0 to 1)"
    )


def information_bits(p: np.ndarray) -> np.ndarray:
    """−log2 p, clipped to the scale of the heat maps; 0 probability is the lightest."""
    bits = np.full(p.shape, LIGHTEST_BITS)
    np.log2(p, out=bits, where=p > 0)
    return np.where(p > 0, np.clip(-bits, DARKEST_BITS, LIGHTEST_BITS), LIGHTEST_BITS)


def heat_maps(panels: Sequence[tuple[str, np.ndarray]], *, lowest: int, columns: int) -> Figure:
    """Distributions as columns of colour: x the channel, y the symbol, colour −log2 p.

    Args:
        panels: (title, float (M, B) of probabilities) each.
        lowest: the symbol of the first bin.
        columns: panels to a row.
    """
    num_channels, num_bins = panels[0][1].shape
    extent = (-0.5, num_channels - 0.5, lowest - 0.5, lowest + num_bins - 0.5)
    return plotting.heat_maps(
        [(title, information_bits(p).T) for title, p in panels],
        columns=columns,
        x_label="channel j (index)",
        y_label="symbol (integer)",
        colour_label="code length −log₂ p (bits)",
        limits=(DARKEST_BITS, LIGHTEST_BITS),
        colour_map=plotting.SEQUENTIAL,
        extent=extent,
        aspect=0.6,
    )


def gap_bars(images: Sequence[str], gap_percent: Sequence[float]) -> Figure:
    """The gap of every image as a share of its static cost, largest on top."""
    order = np.argsort(gap_percent)[::-1]
    return plotting.bars(
        [images[i] for i in order],
        {"gap": [gap_percent[i] for i in order]},
        item_label="image (name)",
        value_label="amortisation gap (% of the latent's bits)",
        number_format="{:.1f}",
    )
