"""Figures of coded clips: rate-distortion panels."""

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.figure import Figure

from lcip.plotting import Curve, draw_curves, house_style, new_figure

HEIGHT_IN = 3.9
LABELS = {
    "intra": "intra",
    "previous": "previous latent",
    "warped": "warped latent, seen motion",
    "searched": "warped latent, searched",
    "modes": "best of three a group",
    "pixels": "warped pixels, analysed",
}


def curves(rates: pd.DataFrame, clip: str, coder: str) -> list[Curve]:
    """One curve a method of one clip, in the order of `LABELS`."""
    own = rates[(rates["clip"] == clip) & (rates["coder"] == coder)].sort_values("quality")
    by_method = {method: own[own["method"] == method] for method in LABELS}
    return [
        Curve(LABELS[method], part["rate_bpp"], part["psnr_rgb_db"], "learned")
        for method, part in by_method.items()
        if len(part)
    ]


def rate_panels(panels: Mapping[str, Sequence[Curve]]) -> Figure:
    """One panel a clip, rate on x, quality on y, one legend for all."""
    with house_style():
        figure = new_figure(HEIGHT_IN)
        grid = figure.subplots(1, len(panels), squeeze=False)[0]
        for axes, (title, drawn) in zip(grid, panels.items(), strict=True):
            draw_curves(axes, drawn)
            axes.set(title=title)
            axes.set_xlim(left=0)
        figure.supxlabel("rate (bpp)", fontsize=10)
        figure.supylabel("PSNR-RGB (dB)", fontsize=10)
        figure.legend(*grid[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return figure
