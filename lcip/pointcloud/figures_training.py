"""Figures of training: held-out figures over the steps, and the curve that the values of λ draw."""

from collections.abc import Sequence

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from lcip import plotting
from lcip.plotting import Curve, house_style, new_figure

HEIGHT_IN = 3.6
PANELS = {
    "bits": "rate (bits a cloud)",
    "cross_entropy_nats": "cross-entropy (nats)",
    "accuracy_percent": "accuracy (%)",
}
LIGHTEST, DARKEST = 0.8, 0.05  # of the colour scale, so that every line stands out from white


def lmbda_colours(lmbdas: Sequence[float]) -> dict[float, tuple]:
    """A colour for each λ, from light to dark with rising λ.

    >>> sorted(lmbda_colours([100.0, 10.0]))
    [10.0, 100.0]
    """
    scale = matplotlib.colormaps[plotting.SEQUENTIAL]
    places = np.linspace(LIGHTEST, DARKEST, len(set(lmbdas)))
    return {value: scale(p) for value, p in zip(sorted(set(lmbdas)), places, strict=True)}


def training_curves(table: pd.DataFrame) -> Figure:
    """Rate, cross-entropy and accuracy on held-out clouds over the steps, a line for each λ.

    Args:
        table: columns step, lmbda, bits, cross_entropy_nats, accuracy_percent.
    """
    colours = lmbda_colours(table["lmbda"])
    with house_style():
        figure = new_figure(HEIGHT_IN)
        for axes, (column, label) in zip(figure.subplots(1, 3), PANELS.items(), strict=True):
            for lmbda, rows in table.groupby("lmbda", sort=True):
                axes.plot(rows["step"], rows[column], color=colours[lmbda], label=f"λ = {lmbda:g}")
            axes.set(xlabel="step (count)", ylabel=label)
            axes.set_ylim(bottom=0)
        handles, labels = axes.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=min(6, len(labels)))
    return figure


def live_rate_accuracy(coded: pd.DataFrame, ideal: pd.DataFrame) -> Figure:
    """Estimates and payloads of the models of a stack, and the least rate of any code.

    Args:
        coded: columns estimated_bits, payload_bits, accuracy_percent.
        ideal: columns bits, accuracy_percent.
    """
    coded = coded.sort_values("estimated_bits")
    accuracy = coded["accuracy_percent"]
    curves = [
        Curve("estimate, −log2 p", coded["estimated_bits"], accuracy, "learned"),
        Curve("payload, whole bytes", coded["payload_bits"], accuracy, "traditional"),
        Curve("no code does better", ideal["bits"], ideal["accuracy_percent"], "bound"),
    ]
    return plotting.rd_curves(curves, x_label="rate (bits a cloud)", y_label="accuracy (%)")
