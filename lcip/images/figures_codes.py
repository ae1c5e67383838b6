"""The figures of the notebook on codes: an interval that shrinks letter by letter."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lcip.coding.intervals import Step
from lcip.errors import refusal
from lcip.plotting import GREY, PALETTE, FigureError, house_style, new_figure

ROW_IN = 0.42
THICK = 0.62  # height of a bar, of a row
NARROWEST_NAMED = 0.03  # a part narrower than this has no room for its letter
TINTS = ("#f6d58d", "#bcd3ff", "#cfd3d8", "#bfe6d5", "#e2c6dd", "#e3cfb8", "#d2ebff")
ESCAPE = "esc"


def subdivision(steps: Sequence[Step], alphabet: Sequence[str]) -> Figure:
    """Every letter's cut as a bar from 0 to 1: the interval before it, magnified to full width.

    The part that the letter owns is outlined; dotted lines lead to the next bar, which is that part
    again, magnified. A last part without a letter is the coder's escape.
    """
    if not steps:
        step = "give a message of at least one letter"
        raise FigureError(refusal("letters of the message", 0, "at least one", step))
    with house_style():
        figure = new_figure(1.0 + ROW_IN * len(steps))
        axes = figure.subplots()
        for row, step in enumerate(steps):
            low, high = _bar(axes, row, step, [*alphabet, ESCAPE])
            if row + 1 < len(steps):
                for x, edge in ((low, 0.0), (high, 1.0)):
                    heights = (row + THICK / 2, row + 1 - THICK / 2)
                    axes.plot((x, edge), heights, ":", color=GREY, linewidth=0.9)
        names = [f"{row + 1}: {alphabet[step.place]}" for row, step in enumerate(steps)]
        axes.set_yticks(range(len(steps)), names)
        axes.invert_yaxis()
        axes.grid(False)
        axes.set(xlim=(0, 1), ylabel="letter (place: letter)")
        axes.set(xlabel="place within the interval before this letter (0 to 1)")
    return figure


def _bar(axes: Axes, row: int, step: Step, names: Sequence[str]) -> tuple[float, float]:
    """One bar with a part a letter; returns where the chosen part begins and ends."""
    left, chosen = 0.0, (0.0, 1.0)
    for place, (share, name) in enumerate(zip(step.shares, names, strict=False)):
        width = float(share)
        own = place == step.place
        look = {"edgecolor": PALETTE[0] if own else "white", "linewidth": 1.8 if own else 0.8}
        tint = TINTS[place % len(TINTS)]
        axes.barh(row, width, left=left, height=THICK, color=tint, zorder=2 + own, **look)
        if width > NARROWEST_NAMED:
            weight = "bold" if own else "normal"
            axes.text(left + width / 2, row, name, ha="center", va="center", fontweight=weight,
                      zorder=4)  # fmt: skip
        chosen = (left, left + width) if own else chosen
        left += width
    return chosen
