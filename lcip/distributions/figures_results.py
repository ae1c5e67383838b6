"""The figures of chapter 2's results: tables of `rows` and `sweep` in, figures out."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from lcip import plotting
from lcip.plotting import GREY, PALETTE, Curve

TITLES = {
    "static": "static (base codec)",
    "ideal": "ideal (a bound)",
    "balcilar2022": "balcilar2022 (mixtures sent)",
    "backward": "backward (counted)",
    "adaptive": "adaptive (sent)",
    "hybrid": "hybrid (sent, counted)",
    "local": "local (counted locally)",
}
COLOURS = {
    "static": PALETTE[0],
    "ideal": GREY,
    "balcilar2022": PALETTE[2],
    "backward": PALETTE[3],
    "adaptive": PALETTE[1],
    "hybrid": PALETTE[4],
    "local": PALETTE[6],
}
WAYS = {"plain": "every symbol counts for ever", "forgetting": "old counts fade"}
RATE = "rate of whole files (bpp)"


def method_curve(method: str, x: Sequence[float], y: Sequence[float]) -> Curve:
    """A method's line, in its own colour; bounds dotted."""
    kind = "bound" if method == "ideal" else "learned"
    return Curve(TITLES[method], list(x), list(y), kind, COLOURS[method])


def rate_distortion(
    table: pd.DataFrame, published: Mapping[str, tuple[Sequence[float], Sequence[float]]]
) -> Figure:
    """Rate against PSNR of every method, one point a quality, with published curves for context.

    Args:
        table: `rows.savings` of one family, indexed by (quality, method).
        published: rates in bpp and PSNR in dB by label.
    """
    curves = []
    for method in [name for name in TITLES if name in table.index.levels[1]]:
        points = table.xs(method, level="method").sort_values("rate_bpp")
        curves.append(method_curve(method, points["rate_bpp"], points["psnr_rgb_db"]))
    for label, (rate, quality) in published.items():
        curves.append(Curve(label, list(rate), list(quality), "traditional"))
    return plotting.rd_curves(curves, x_label=RATE, y_label="PSNR-RGB (dB)")


def recovered(table: pd.DataFrame, names: Sequence[str]) -> Figure:
    """The share of the ideal saving that every method recovers, over quality.

    Args:
        table: `rows.savings` of one family, indexed by (quality, method).
        names: the methods to draw.
    """
    curves = []
    for method in [name for name in names if name in table.index.get_level_values("method")]:
        points = table.xs(method, level="method")["recovered_percent"].sort_index()
        curves.append(method_curve(method, points.index, points))
    figure = plotting.line_chart(
        curves,
        x_label="quality (index)",
        y_label="share of the ideal saving (%)",
        x_range=None,
        y_range=None,
        references={"ideal saving": 100.0},
        x_scale="linear",
        y_scale="linear",
    )
    figure.axes[0].set_xticks(sorted({int(q) for q in table.index.get_level_values("quality")}))
    return figure


def cost_of_saving(table: pd.DataFrame) -> Figure:
    """What a method saves against how long it decodes a latent.

    Args:
        table: columns method, decode_ms, saving_percent.
    """
    points = [
        method_curve(row.method, [row.decode_ms], [row.saving_percent])
        for row in table.itertuples()
    ]
    figure = plotting.marks(
        points,
        x_label="time to decode a latent, one thread (ms)",
        y_label="saving over static (% of the file)",
        x_scale="linear",
        y_scale="linear",
    )
    figure.axes[0].set_xlim(left=0)
    return figure


def weight_of_prior(table: pd.DataFrame) -> Figure:
    """The share of the ideal saving over α, for each prior and data set; counts kept for ever.

    Args:
        table: rows of `sweep` of one base codec with `recovered_percent`.
    """
    plain = table[table["counting"] == "plain"]
    curves = []
    for (prior, data_set), rows in plain.groupby(["prior", "data_set"], sort=False):
        kind = "learned" if data_set == "kodak" else "traditional"
        colour = COLOURS["backward" if prior == "static" else "hybrid"]
        where = {"kodak": "Kodak", "validation": "validation photographs"}[data_set]
        rows = rows.sort_values("num_prior_symbols")
        x, y = rows["num_prior_symbols"], rows["recovered_percent"]
        curves.append(Curve(f"prior {prior}, {where}", list(x), list(y), kind, colour))
    figure = plotting.line_chart(
        curves,
        x_label="weight of the prior α (symbols)",
        y_label="share of the ideal saving (%)",
        x_range=None,
        y_range=None,
        references=None,
        x_scale="log",
        y_scale="linear",
    )
    legend_above(figure)
    return figure


def legend_above(figure: Figure) -> None:
    """Move the legend of the only axes out of the curves' way."""
    axes = figure.axes[0]
    handles, labels = axes.get_legend_handles_labels()
    for legend in (axes.get_legend(), *figure.legends):
        if legend is not None:
            legend.remove()
    with plotting.house_style():
        figure.legend(handles, labels, loc="outside upper center", ncols=2)


def channel_rates(rates: Mapping[str, np.ndarray]) -> Figure:
    """Bits a symbol of every channel, dearest first under `static`, and what methods save of them.

    Args:
        rates: by method, float (M,) bits a symbol; `static` among them.
    """
    order = np.argsort(-rates["static"])
    channels = np.arange(len(order))
    with plotting.house_style():
        figure = plotting.new_figure(4.8)
        upper, lower = figure.subplots(2, 1, sharex=True)
        upper.fill_between(channels, rates["static"][order], step="mid", color=GREY, alpha=0.3)
        upper.set(ylabel="static rate\n(bits a symbol)")
        for method, values in rates.items():
            if method != "static":
                saved = (rates["static"] - values)[order]
                style = ":" if method == "ideal" else "-"
                lower.step(
                    channels,
                    np.cumsum(saved),
                    style,
                    where="mid",
                    color=COLOURS[method],
                    label=TITLES[method],
                )
        lower.set(
            xlabel="channel, by falling static rate (index)",
            ylabel="saved so far\n(bits a latent position)",
        )
        lower.legend(loc="lower right")
    return figure


def rate_histogram(rates: Mapping[str, np.ndarray], *, width_bits: float) -> Figure:
    """How many channels cost how many bits a symbol, for each method.

    Args:
        rates: by method, float (M,) bits a symbol, all non-negative.
        width_bits: of a bin.
    """
    highest = max(float(values.max()) for values in rates.values())
    edges = np.arange(-1, np.ceil(highest / width_bits) + 2) * width_bits
    curves = [
        method_curve(method, edges[:-1] + width_bits / 2, np.histogram(values, edges)[0])
        for method, values in rates.items()
    ]
    figure = plotting.pmf_steps(
        curves, x_label="rate of a channel (bits a symbol)", y_label="channels (number)"
    )
    return figure


def saving_against_size(table: pd.DataFrame) -> Figure:
    """What every method saves over the size of the image.

    Args:
        table: columns method, num_pixels, saving_percent (mean over images).
    """
    curves = [
        method_curve(method, rows["num_pixels"] / 1e6, rows["saving_percent"])
        for method, rows in table.sort_values("num_pixels").groupby("method", sort=False)
    ]
    return plotting.line_chart(
        curves,
        x_label="image size (megapixels)",
        y_label="saving over static (% of the file)",
        x_range=None,
        y_range=None,
        references=None,
        x_scale="log",
        y_scale="linear",
    )
