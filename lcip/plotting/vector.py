"""Drawings that stay sharp at any size: a figure as SVG, the same text on every run.

Photographs, heat maps and crowded curves are smaller as PNG (`show`); boxes, arrows and a few words
are smaller and sharper as vectors. Letters are drawn as outlines, so that the page needs no font.
"""

import io
import re

import matplotlib
from matplotlib.figure import Figure

from lcip.plotting.show import SVG, check_alt, check_figure

SALT = "lcip"  # of the identifiers inside; matplotlib's own are random
TRAILING_SPACE = re.compile(r"[ \t]+$", re.MULTILINE)


def show_vector(figure: Figure, alt: str) -> None:
    """Display `figure` in the notebook as SVG with `alt`, the words that stand for it.

    What `show` says of the words holds here too.

    Raises:
        FigureError: `check_figure` or `check_alt` refuses.
    """
    from IPython.display import display

    check_figure(figure)
    words = check_alt(alt)
    data = {SVG: svg_text(figure), "text/plain": words}
    display(data, raw=True, metadata={SVG: {"alt": words}})


def svg_text(figure: Figure) -> str:
    """The figure as one `<svg>` element on opaque white, without date, version or document type."""
    raw = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": SALT, "svg.fonttype": "path"}):
        figure.savefig(
            raw, format="svg", metadata={"Date": None, "Creator": None}, facecolor="white"
        )
    text = raw.getvalue()
    return TRAILING_SPACE.sub("", text[text.index("<svg") :])
