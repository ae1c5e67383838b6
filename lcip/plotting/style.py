"""The house style: one palette, one font, one size of figure, the same pixels on every run.

Figures have an **opaque white** ground. The book has a light and a dark theme, and text drawn on a
transparent ground would be readable in one of them only; on white its contrast is the same in both.

Figures are made without `pyplot`, so that no state outlives a cell and nothing is drawn twice.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib
import matplotlib.style
from matplotlib.figure import Figure

WIDTH_IN = 7.5
"""Width of every figure: 1,080 px at `DPI`, a little over the text width of the book's pages."""

DPI = 144

PALETTE = ("#000000", "#1e4cd8", "#c88400", "#0ea87e", "#933d86", "#82501d", "#289aef")
"""Black, blue, ochre, green, purple, brown, sky: the hues of Okabe and Ito (2008), moved apart.

Each stands out from white by at least 3 : 1 (their yellow, orange and sky blue do not), and any two
differ by at least 30 units of CIELAB, also for readers who do not see red or green; a test holds
both.
"""

GREY = "#767676"
SEQUENTIAL = "magma"
DIVERGING = "RdBu_r"

HOUSE = {
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same glyphs on every machine
    "font.size": 10,
    "axes.titlesize": 10,
    "axes.labelsize": 10,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "legend.handlelength": 3.2,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.7,
    "lines.linewidth": 1.6,
    "lines.markersize": 5,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "savefig.edgecolor": "white",
    "figure.dpi": DPI,
    "savefig.dpi": DPI,
    "image.interpolation": "nearest",
    "image.cmap": SEQUENTIAL,
    "path.simplify": False,
    "axes.prop_cycle": matplotlib.cycler(color=PALETTE),
}


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the house style inside a `with`, whatever the session's own settings are."""
    with matplotlib.rc_context():
        use_house_style()
        yield


def use_house_style() -> None:
    """Set the house style for everything drawn from now on, starting from matplotlib's defaults."""
    matplotlib.style.use("default")
    matplotlib.rcParams.update(HOUSE)


def new_figure(height_in: float) -> Figure:
    """An empty figure of the house's width and of `height_in` inches, for `house_style()`."""
    figure = Figure(figsize=(WIDTH_IN, height_in), dpi=DPI, layout="constrained")
    figure.get_layout_engine().set(w_pad=0.08, h_pad=0.06)
    return figure
