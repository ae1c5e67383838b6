"""The heat maps of all images' distributions, row by row (thesis figure 2.2)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from lcip import coding, plotting
from lcip.distributions.adaptive import Adaptive
from lcip.distributions.figures import DARKEST_BITS, LIGHTEST_BITS, information_bits
from lcip.distributions.gap import static_code_lengths_bits
from lcip.distributions.histogram import channel_counts, entropy_bits, probabilities
from lcip.distributions.static import Static
from lcip.images import factorized
from lcip.images.streams import Coded

ROW_IN = 1.12
EDGES_IN = 1.0  # titles above, axis and colour bar below
WIDTHS = (0.85, 1.7, 1.7)  # of picture, true, reconstructed
THUMBNAIL_PX = 190
DEFAULT = "(Default)"


@dataclass(frozen=True)
class Row:
    """One image's distributions.

    Attributes:
        name: of the image, or `DEFAULT`.
        picture: uint8 (H, W, 3), or None.
        true: float (M, B), the image's own distributions p.
        reconstructed: float (M, B), those it is coded with, p̂.
    """

    name: str
    picture: np.ndarray | None
    true: np.ndarray
    reconstructed: np.ndarray


def shares(symbols: np.ndarray, *, lowest: int, num_bins: int) -> np.ndarray:
    """The share of each of the symbols lowest, lowest + 1, … in each channel: float64 (M, B).

    Unlike a histogram's rows these do not sum to 1 where a channel has symbols beyond the window.
    """
    first = min(lowest, int(symbols.min()))
    last = max(lowest + num_bins - 1, int(symbols.max()))
    counts = channel_counts(symbols, lowest=first, num_bins=last - first + 1)
    return probabilities(counts)[:, lowest - first : lowest - first + num_bins]


def tabled(tables: coding.Tables, *, lowest: int, num_bins: int) -> np.ndarray:
    """2^−(code length) of the same symbols under integer tables, escapes included: (M, B)."""
    return 2.0 ** -static_code_lengths_bits(tables, lowest=lowest, num_bins=num_bins)


def rebuilt(method: Static | Adaptive, symbols: np.ndarray) -> tuple[coding.Tables, float]:
    """The tables that a method codes these symbols with, and what side and latent then cost."""
    if isinstance(method, Adaptive):
        _, tables, estimate = method.choose(symbols)
        return tables, estimate.total_bits
    return method.tables, method.estimated_bits(symbols).total_bits


def row_of(
    codec: factorized.Codec, item: Coded, tables: coding.Tables, *, lowest: int, num_bins: int
) -> Row:
    """One decoded image, its own distributions, and those of the tables it is coded with."""
    window = {"lowest": lowest, "num_bins": num_bins}
    picture = thumbnail(codec.reconstruct(item.symbols, item.height, item.width))
    return Row(item.name, picture, shares(item.symbols, **window), tabled(tables, **window))


def default_row(
    codec: factorized.Codec, items: Sequence[Coded], *, lowest: int, num_bins: int
) -> Row:
    """What would suit all images together, and what the base codec uses for each."""
    window = {"lowest": lowest, "num_bins": num_bins}
    flat = np.concatenate([item.symbols.reshape(len(item.symbols), -1) for item in items], axis=1)
    return Row(DEFAULT, None, shares(flat, **window), tabled(codec.tables, **window))


def words(rows: Sequence[Row]) -> str:
    """What `heat_map_rows` shows, for a reader who cannot see it.

    How much of a map is darker than the lightest colour tells a busy image from a calm one.
    """
    first, *images = rows
    dark = {row.name: 100 * float((row.true > 2.0**-LIGHTEST_BITS).mean()) for row in images}
    calm, busy = min(dark, key=dark.get), max(dark, key=dark.get)
    return (
        f"A row of heat maps for each of {first.name} and {len(images)} images from "
        f"{images[0].name} to {images[-1].name}, dark along symbol 0 and wider at the left, where "
        f"the busy channels are. Of the true maps {calm} has the emptiest, {dark[calm]:.0f} per "
        f"cent of it below {LIGHTEST_BITS:.0f} bits, {busy} the fullest, {dark[busy]:.0f} per cent."
    )


def thumbnail(rgb: np.ndarray) -> np.ndarray:
    """A picture made so small that its longer side has `THUMBNAIL_PX`: uint8 (h, w, 3)."""
    height, width = rgb.shape[:2]
    scale = min(1.0, THUMBNAIL_PX / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.BOX))


def by_entropy(distributions: np.ndarray) -> np.ndarray:
    """The channels (M,) in order of falling entropy of their distributions (M, B)."""
    return np.argsort(-entropy_bits(distributions), kind="stable")


def heat_map_rows(rows: Sequence[Row], order: np.ndarray, *, lowest: int) -> Figure:
    """A row an image: the picture, −log2 p, −log2 p̂.

    Args:
        order: the channels, from left to right.
        lowest: the symbol of the first bin.
    """
    num_bins = rows[0].true.shape[1]
    extent = (-0.5, len(order) - 0.5, lowest - 0.5, lowest + num_bins - 0.5)
    with plotting.house_style():
        figure = plotting.new_figure(ROW_IN * len(rows) + EDGES_IN)
        figure.get_layout_engine().set(w_pad=0.04, h_pad=0.03)
        grid = figure.subplots(len(rows), 3, width_ratios=WIDTHS, squeeze=False)
        for axes, row in zip(grid, rows, strict=True):
            _picture(axes[0], row)
            for panel, p in zip(axes[1:], (row.true, row.reconstructed), strict=True):
                drawn = _heat_map(panel, information_bits(p[order]).T, extent)
            axes[1].set_ylabel("symbol (integer)", fontsize=8)
            axes[2].tick_params(labelleft=False)
            if row is not rows[-1]:
                for panel in axes[1:]:
                    panel.tick_params(labelbottom=False)
        grid[0, 1].set_title("true: −log₂ p")
        grid[0, 2].set_title("reconstructed: −log₂ p̂")
        figure.supxlabel("channel (place, ordered by falling entropy of the default)", fontsize=10)
        label = "code length of a symbol (bits, clipped at 10)"
        figure.colorbar(
            drawn, ax=grid[:, 1:], label=label, location="top", aspect=50, fraction=0.02, pad=0.006
        )
        figure.axes[-1].set_yticks([])
    return figure


def _picture(axes: Axes, row: Row) -> None:
    axes.set_axis_off()
    axes.set_title(row.name, fontsize=9, pad=2)
    if row.picture is not None:
        axes.imshow(row.picture, interpolation="lanczos")


def _heat_map(axes: Axes, bits: np.ndarray, extent: tuple[float, ...]):
    axes.grid(False)
    return axes.imshow(
        bits,
        cmap=plotting.SEQUENTIAL,
        vmin=DARKEST_BITS,
        vmax=LIGHTEST_BITS,
        extent=extent,
        aspect="auto",
        origin="lower",
    )
