"""Put a figure into a notebook: checked, described in words, as the same bytes on every run."""

import base64
import io
import re

from matplotlib.axis import Axis
from matplotlib.figure import Figure
from PIL import Image

from lcip.errors import LcipError, refusal
from lcip.plotting.style import DPI

SHORTEST_ALT = 40
UNIT = re.compile(r"\S.*\([^()]+\)$", re.DOTALL)
PALETTE_COLOURS = 256
PNG, SVG = "image/png", "image/svg+xml"


class FigureError(LcipError):
    """A figure that a reader could not read: no words for it, an axis without a unit."""


def show(figure: Figure, alt: str) -> None:
    """Display `figure` in the notebook with `alt`, the words that stand for it.

    `alt` says what a reader who cannot see the figure would want to know: what is drawn and what it
    shows, with the numbers of this run. It becomes the output's `text/plain` and the `alt` of its
    `image/png` metadata; the cell's metadata `mystnb.image.alt`, which the book's pages read, is
    filled from there by `stamp_alt`.

    Raises:
        FigureError: `check_figure` or `check_alt` refuses.
    """
    show_stored(png_bytes(check_figure(figure)), alt)


def show_stored(png: bytes, alt: str) -> None:
    """Display a PNG file that was drawn before, with `alt`, the words that stand for it."""
    from IPython.display import display

    words = check_alt(alt)
    display(
        {"image/png": base64.b64encode(png).decode("ascii"), "text/plain": words},
        raw=True,
        metadata={"image/png": {"alt": words}},
    )


def check_figure(figure: Figure) -> Figure:
    """Return `figure` if every drawn axis has a label that ends in its unit, as "rate (bpp)".

    Panels whose axes are switched off, such as photographs, must have a title instead. For numbers
    without a unit say what they are: "channel (index)", "MS-SSIM (0 to 1)".
    """
    for number, axes in enumerate(figure.axes, start=1):
        if not axes.axison:
            _require(bool(axes.get_title().strip()), number, "title", axes.get_title())
            continue
        for name, axis in (("x label", axes.xaxis), ("y label", axes.yaxis)):
            if _has_numbers(axis):
                text = axis.get_label_text() or _shared_label(figure, name)
                _require(bool(UNIT.match(text)), number, name, text)
    return figure


def check_alt(alt: str) -> str:
    """Return `alt` with single spaces if it has the 40 characters it takes to say something."""
    words = " ".join(alt.split())
    if len(words) < SHORTEST_ALT:
        raise FigureError(
            refusal(
                "alt",
                alt,
                f"a sentence of at least {SHORTEST_ALT} characters",
                "say what the figure draws and what it shows",
            )
        )
    return words


def png_bytes(figure: Figure) -> bytes:
    """The figure as a PNG file of fixed resolution without date or version, so equal on every run.

    A figure of few colours (curves, bars) is stored with a palette, about a third of the bytes.
    """
    raw = io.BytesIO()
    figure.savefig(raw, format="png", dpi=DPI, metadata={"Software": None})
    image = Image.open(raw).convert("RGB")
    colours = image.getcolors(maxcolors=4096)
    if colours is not None:
        image = image.quantize(
            PALETTE_COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
        )
    small = io.BytesIO()
    image.save(small, format="PNG", optimize=True)
    return small.getvalue()


def stamp_alt(notebook: dict) -> int:
    """Copy every shown figure's words into its cell's `mystnb.image.alt`; return how many changed.

    `notebook` is the parsed .ipynb. Run it after executing and before rendering, so that the page's
    alt text holds the numbers of the run that drew the figure.
    """
    changed = 0
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            metadata = output.get("metadata", {})
            words = next(
                (metadata[kind].get("alt") for kind in (PNG, SVG) if kind in metadata), None
            )
            if words is None:
                continue
            image = cell["metadata"].setdefault("mystnb", {}).setdefault("image", {})
            changed += image.get("alt") != words
            image["alt"] = words
    return changed


def _has_numbers(axis: Axis) -> bool:
    """Whether ticks are written here; inner panels of a grid leave theirs to the outer ones."""
    ticks = axis.get_tick_params(which="major")
    sides = ("labelleft", "labelright", "labelbottom", "labeltop")
    written = any(ticks.get(side, False) for side in sides)
    return axis.get_visible() and written and len(axis.get_ticklocs()) > 0


def _shared_label(figure: Figure, name: str) -> str:
    return figure.get_supxlabel() if name == "x label" else figure.get_supylabel()


def _require(holds: bool, number: int, what: str, text: str) -> None:
    if not holds:
        raise FigureError(
            refusal(
                f"the {what} of panel {number}",
                text,
                "a title" if what == "title" else 'words that end in a unit, as "rate (bpp)"',
                "set it before the figure is shown",
            )
        )
