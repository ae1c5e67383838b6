"""Figures of learning: what pulls at a latent, a fit's loss, what each idea of the recipe adds."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from lcip import plotting
from lcip.distributions.gradients import Pull
from lcip.plotting import Curve
from lcip.plotting.curves import draw_curves

SMOOTH, KINKED = plotting.PALETTE[2], plotting.PALETTE[1]


def pulls(
    y: np.ndarray, standard: Pull, proposed: Pull, symbols: np.ndarray, lengths_bits: np.ndarray
) -> Figure:
    """Code length above, its slope below, against y: static and smooth, sent and kinked.

    Args:
        y: float (n,), increasing.
        standard, proposed: at these places.
        symbols, lengths_bits: the code lengths that are sent, (B,) each, drawn as dots.
    """
    with plotting.house_style():
        figure = plotting.new_figure(5.2)
        above, below = figure.subplots(2, 1, sharex=True)
        above.plot(y, standard.bits, color=SMOOTH, linestyle=(0, (4, 2)), label="static density")
        above.plot(y, proposed.bits, color=KINKED, label="sent for this picture")
        above.plot(symbols, lengths_bits, "o", color=KINKED)
        above.set(ylabel="code length (bits)", xlim=(y[0], y[-1]))
        above.set_ylim(bottom=0)
        figure.legend(loc="outside upper center", ncols=2)
        below.axhline(0, color=plotting.GREY, linewidth=1)
        below.plot(y, standard.slope, color=SMOOTH, linestyle=(0, (4, 2)))
        for start in range(int(np.floor(y[0])), int(np.ceil(y[-1]))):
            inside = (y >= start) & (y < start + 1)
            below.plot(y[inside], proposed.slope[inside], color=KINKED)
        below.set(xlabel="y − m (symbols)", ylabel="slope (bits per symbol)")
        above.tick_params(labelbottom=False)
        figure.align_ylabels()
    return figure


def fit_curves(
    excess: np.ndarray,
    steps: Sequence[int],
    validation: Sequence[float],
    *,
    static: float,
    ideal: float,
) -> Figure:
    """The loss of a fit and of its validation, in bits a latent position.

    Args:
        excess: running mean of the training loss above the bound, one a step.
        steps, validation: when, and what.
        static, ideal: what the held-out pictures cost without side information, and the bound.
    """
    with plotting.house_style():
        figure = plotting.new_figure(4.6)
        left, right = figure.subplots(1, 2, width_ratios=(1, 1.2))
        training = Curve("training (running mean)", range(1, len(excess) + 1), excess, "learned")
        draw_curves(left, [training])
        left.lines[0].set(marker="none", color=plotting.PALETTE[1])
        left.set(
            title="training",
            xlabel="step (count)",
            ylabel="above the ideal (bits per latent position)",
        )
        left.set_ylim(bottom=0)
        held_out = Curve("held-out pictures", steps, validation, "learned", plotting.PALETTE[3])
        draw_curves(right, [held_out])
        for label, value in (("static", static), ("ideal, free of charge", ideal)):
            right.axhline(value, color=plotting.GREY, linestyle=(0, (6, 3)), linewidth=1.1)
            right.annotate(
                label, (1, value), xycoords=("axes fraction", "data"), ha="right", va="bottom",
                fontsize=9,
            )  # fmt: skip
        right.set(title="held-out pictures", xlabel="step (count)")
        right.set(ylabel="latent and side (bits per latent position)")
    return figure


def recipe_steps(names: Sequence[str], recovered_percent: Mapping[str, Sequence[float]]) -> Figure:
    """What each further idea recovers of the ideal saving, the plain recipe on top."""
    return plotting.bars(
        names,
        recovered_percent,
        item_label="recipe (last idea)",
        value_label="recovered of the ideal saving (%)",
        number_format="{:.1f}",
    )
