"""How the chapter on point clouds draws: rate against accuracy, bits per cloud, confusions."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from lcip.errors import refusal
from lcip.plotting import GREY, PALETTE, SEQUENTIAL, Curve, draw_curves, house_style, new_figure
from lcip.plotting.show import FigureError

PUBLISHED_CODEC = "proposed"
RATE_LABEL = "rate (bits a cloud)"
HEIGHT_IN = 4.2
ROW_IN = 0.155


def published_curve(points: pd.DataFrame, size: str, num_points: int) -> pd.DataFrame:
    """The published operating points of one size and P, by rate: columns lmbda, bits, accuracy."""
    rows = points[
        (points["codec"] == PUBLISHED_CODEC)
        & (points["size"] == size)
        & (points["num_points_P"].astype(str) == str(num_points))
    ]
    return rows.sort_values("bits", ignore_index=True)


def rate_accuracy(ours: pd.DataFrame, published: pd.DataFrame, rate_column: str) -> Figure:
    """Our measured points with their 95 % intervals, and the published curve behind them.

    Args:
        ours: rows of `pointcloud/modelnet40` of one size and P.
        published: what `published_curve` gives for the same.
        rate_column: `estimated_bits` (the published kind), `payload_bits` or `file_bits`.
    """
    ours = ours.sort_values(rate_column)
    x, y = ours[rate_column], ours["test_accuracy_percent"]
    low, high = ours["test_accuracy_low_percent"], ours["test_accuracy_high_percent"]
    with house_style():
        figure = new_figure(HEIGHT_IN)
        axes = figure.subplots()
        draw_curves(
            axes,
            [
                Curve(
                    "published (estimated bits; epoch chosen on the test set)",
                    published["bits"],
                    published["acc_top1_percent"],
                    "traditional",
                    colour=GREY,
                ),
                Curve("ours, 95 % interval", x, y, "learned", colour=PALETTE[1]),
            ],
        )
        axes.errorbar(x, y, [y - low, high - y], fmt="none", ecolor=PALETTE[1], capsize=3)
        for rate, accuracy, lmbda in zip(x, y, ours["lmbda"], strict=True):
            axes.annotate(
                f"λ = {lmbda:g}", (rate, accuracy), (7, -13), textcoords="offset points", fontsize=8
            )
        axes.set(xlabel=RATE_LABEL, ylabel="top-1 accuracy (%)")
        axes.set_xlim(left=0)
        axes.legend(loc="lower right")
    return figure


def bits_histogram(estimated: np.ndarray, payload: np.ndarray) -> Figure:
    """How many clouds cost how much: estimates as a histogram, payloads as steps of whole bytes."""
    top = 8 * (int(max(estimated.max(), payload.max())) // 8 + 2)
    with house_style():
        figure = new_figure(3.4)
        axes = figure.subplots()
        axes.hist(payload, np.arange(-4, top, 8), color=PALETTE[6], alpha=0.55, label="payload")
        axes.hist(
            estimated,
            np.arange(-4, top, 8),
            histtype="step",
            color=PALETTE[0],
            label="estimate, −log2 p",
        )
        axes.set(xlabel=RATE_LABEL, ylabel="clouds (number)")
        axes.set_xlim(0, top)
        axes.legend(loc="upper right")
    return figure


def confusion_counts(actual: np.ndarray, predicted: np.ndarray, num_classes: int) -> np.ndarray:
    """How many clouds of class i were taken for class j: int (C, C).

    >>> confusion_counts(np.array([0, 0, 1]), np.array([0, 1, 1]), 2).tolist()
    [[1, 1], [0, 1]]
    """
    flat = np.bincount(num_classes * actual + predicted, minlength=num_classes**2)
    return flat.reshape(num_classes, num_classes)  # (C·C,) → (C, C)


def worst_confusions(counts: np.ndarray, classes: list[str], num_rows: int) -> pd.DataFrame:
    """The commonest mistakes, at most `num_rows`: what it was, was taken for, how often."""
    wrong = counts - np.diag(np.diag(counts))
    order = np.argsort(-wrong, axis=None, kind="stable")[:num_rows]
    pairs = [divmod(int(k), len(classes)) for k in order if wrong.flat[k] > 0]
    return pd.DataFrame(
        {
            "actual": [classes[i] for i, _ in pairs],
            "taken_for": [classes[j] for _, j in pairs],
            "clouds": [int(wrong[i, j]) for i, j in pairs],
            "share_of_class_percent": [100 * wrong[i, j] / counts[i].sum() for i, j in pairs],
        }
    )


def confusion(counts: np.ndarray, classes: list[str]) -> Figure:
    """The confusion matrix, every row in per cent of its class; a class without clouds is blank."""
    if counts.shape != (len(classes), len(classes)):
        allowed = f"({len(classes)}, {len(classes)}), one row and column a class"
        raise FigureError(refusal("shape of counts", counts.shape, allowed, "count all classes"))
    totals = counts.sum(axis=1, keepdims=True)
    share = 100 * counts / np.maximum(totals, 1)
    names = [name.replace("_", " ") for name in classes]
    with house_style():
        figure = new_figure(ROW_IN * len(names) + 0.8)
        axes = figure.subplots()
        drawn = axes.imshow(share, cmap=f"{SEQUENTIAL}_r", vmin=0, vmax=100)
        axes.set_xticks(range(len(names)), names, rotation=90, fontsize=6.5)
        axes.set_yticks(range(len(names)), names, fontsize=6.5)
        axes.set(xlabel="taken for (class)", ylabel="actual (class)")
        axes.grid(False)
        bar = figure.colorbar(drawn, ax=axes, label="share of the class (%)", fraction=0.045)
        bar.ax.set_xticks([])
    return figure
