"""House style, one function per kind of plot, alt text required.

A figure cell of a notebook reads

    figure = plotting.rd_curves(curves, x_label="rate (bpp)", y_label="PSNR-RGB (dB)")
    plotting.show(figure, alt=f"Rate against quality of {len(curves)} codecs. At 1 bpp …")

and carries its caption in the cell's metadata `mystnb.figure`. `show` refuses axes without units
and a figure without words; `stamp_alt` copies the words to where the book's pages read them.
"""

from lcip.plotting.bars import bars, pmf_steps
from lcip.plotting.clouds import point_clouds
from lcip.plotting.curves import Curve, draw_curves, line_chart, marks, rd_curves
from lcip.plotting.panels import heat_maps, image_grid
from lcip.plotting.show import (
    FigureError,
    check_alt,
    check_figure,
    png_bytes,
    show,
    show_stored,
    stamp_alt,
)
from lcip.plotting.style import (
    DIVERGING,
    DPI,
    GREY,
    PALETTE,
    SEQUENTIAL,
    WIDTH_IN,
    house_style,
    new_figure,
    use_house_style,
)
from lcip.plotting.vector import show_vector, svg_text

__all__ = [
    "DIVERGING",
    "DPI",
    "GREY",
    "PALETTE",
    "SEQUENTIAL",
    "WIDTH_IN",
    "Curve",
    "FigureError",
    "bars",
    "check_alt",
    "check_figure",
    "draw_curves",
    "heat_maps",
    "house_style",
    "image_grid",
    "line_chart",
    "marks",
    "new_figure",
    "pmf_steps",
    "png_bytes",
    "point_clouds",
    "rd_curves",
    "show",
    "show_stored",
    "show_vector",
    "stamp_alt",
    "svg_text",
    "use_house_style",
]
