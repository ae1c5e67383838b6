"""Block diagrams: boxes, names and arrows on a sheet measured in inches.

A sheet is narrower than the other figures, so that its letters can still be read on a telephone.
Nothing is arranged automatically: who draws says where things are, from the lower left corner.
"""

from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

from lcip.plotting.style import DPI, house_style

SHEET_WIDTH_IN = 4.7
TITLE_IN = 0.4
FILLS = {"given": "#e4e7eb", "learned": "#d3e2ff", "coded": "#ffe6bd", "plain": "#ffffff"}
INK = "#20262d"
FONT_SIZE = 11
ROUNDING_IN = 0.06

Point = tuple[float, float]


class Box(NamedTuple):
    """A drawn box by its middle and its sides, in inches; where arrows may touch it."""

    x: float
    y: float
    width: float
    height: float

    @property
    def top(self) -> Point:
        """The middle of the upper side."""
        return self.x, self.y + self.height / 2

    @property
    def bottom(self) -> Point:
        """The middle of the lower side."""
        return self.x, self.y - self.height / 2

    @property
    def left(self) -> Point:
        """The middle of the left side."""
        return self.x - self.width / 2, self.y

    @property
    def right(self) -> Point:
        """The middle of the right side."""
        return self.x + self.width / 2, self.y


class Sheet:
    """A white sheet to draw on; `figure` is what is shown in the end.

    Args:
        height_in: height of the sheet, the title's line at its top included.
        title: what is drawn; math between dollar signs.
    """

    def __init__(self, height_in: float, title: str) -> None:
        with house_style():
            self.figure = Figure(figsize=(SHEET_WIDTH_IN, height_in), dpi=DPI)
            self.axes: Axes = self.figure.add_axes((0, 0, 1, 1))
            self.axes.set(xlim=(0, SHEET_WIDTH_IN), ylim=(0, height_in))
            self.axes.set_axis_off()
            above = 1 - 0.7 * TITLE_IN / height_in
            self.axes.set_title(title, y=above, pad=0, fontweight="bold", color=INK)

    def box(self, x: float, y: float, width: float, height: float, text: str, *, kind: str) -> Box:
        """A box around (x, y) with words in its middle; `kind` is one of `FILLS`."""
        corner = (x - width / 2 + ROUNDING_IN, y - height / 2 + ROUNDING_IN)
        sides = (width - 2 * ROUNDING_IN, height - 2 * ROUNDING_IN)
        style = f"round,pad={ROUNDING_IN},rounding_size={ROUNDING_IN}"
        drawn = FancyBboxPatch(
            corner, *sides, boxstyle=style, facecolor=FILLS[kind], edgecolor=INK, linewidth=1.1
        )
        self.axes.add_patch(drawn)
        self.words(x, y, text)
        return Box(x, y, width, height)

    def words(self, x: float, y: float, text: str, *, align: str = "center") -> None:
        """Words whose middle, or left or right end (`align`), is at (x, y)."""
        with house_style():
            self.axes.text(
                x, y, text, ha=align, va="center", fontsize=FONT_SIZE, color=INK,
                linespacing=1.25,
            )  # fmt: skip

    def arrow(self, points: Sequence[Point]) -> None:
        """A line through the points with a head at the last one."""
        path = Path(list(points))
        drawn = FancyArrowPatch(
            path=path, arrowstyle="-|>", mutation_scale=11, color=INK, linewidth=1.2,
            shrinkA=0, shrinkB=0, joinstyle="miter", capstyle="butt",
        )  # fmt: skip
        self.axes.add_patch(drawn)
