"""The drawings of the introduction: a codec with a factorised prior, and one with a hyperprior."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from lcip.plotting.sheet import TITLE_IN, Box, Sheet

ROW_IN = 0.66
TALL_IN, LOW_IN = 0.46, 0.34
MAIN_IN, SIDE_IN = 1.15, 3.55


def factorized(channels: int) -> Figure:
    """x → g_a → y → rounding → ŷ → entropy coder → ŷ → g_s → x̂ (thesis, Figure 1.2a).

    Args:
        channels: M_y, of the latent.
    """
    sheet = Sheet(TITLE_IN + 7 * ROW_IN, "A factorised prior")
    rows = [(6.55 - n) * ROW_IN for n in range(7)]
    coder = _transforms(sheet, MAIN_IN, rows, f"$y$   {channels} × H/16 × W/16")
    prior = sheet.box(
        SIDE_IN, coder.y, 1.75, TALL_IN, f"{channels} fixed\ndistributions $p_c$", kind="learned"
    )
    sheet.arrow([prior.left, coder.right])
    return sheet.figure


def hyperprior(channels: int) -> Figure:
    """The same with side information ẑ that tells μ and σ of every symbol (Figure 1.2b)."""
    sheet = Sheet(TITLE_IN + 9 * ROW_IN, "A hyperprior")
    rows = [(8.55 - n) * ROW_IN for n in range(9)]
    places = [*rows[:4], rows[6], *rows[7:]]
    coder = _transforms(sheet, MAIN_IN, places, f"$y$   {channels} × H/16 × W/16")
    texts = (
        ("$h_a$", "learned", TALL_IN),
        ("$z$: round", "plain", LOW_IN),
        ("entropy coder of\n$\\hat z$: $R_z$ bits", "coded", TALL_IN),
        ("$h_s$", "learned", TALL_IN),
        ("$\\mu_i, \\sigma_i$ of every\nsymbol of $\\hat y$", "plain", TALL_IN),
    )
    boxes = [
        sheet.box(SIDE_IN, y, 1.75, height, text, kind=kind)
        for y, (text, kind, height) in zip(rows[2:7], texts, strict=True)
    ]
    _chain(sheet, boxes)
    sheet.arrow([(MAIN_IN + 1.0, rows[2]), boxes[0].left])
    sheet.arrow([boxes[-1].left, coder.right])
    return sheet.figure


def _transforms(sheet: Sheet, x: float, rows: Sequence[float], latent: str) -> Box:
    """The seven boxes from x to x̂; returns the entropy coder's."""
    texts = (
        ("image $x$   3 × H × W", "plain", LOW_IN, 2.0),
        ("$g_a$", "given", TALL_IN, 1.0),
        (latent, "plain", LOW_IN, 2.0),
        ("round", "plain", LOW_IN, 1.0),
        ("entropy coder of\n$\\hat y$: $R_y$ bits", "coded", TALL_IN, 1.75),
        ("$g_s$", "given", TALL_IN, 1.0),
        ("decoded $\\hat x$", "plain", LOW_IN, 2.0),
    )
    boxes = [
        sheet.box(x, y, width, height, text, kind=kind)
        for y, (text, kind, height, width) in zip(rows, texts, strict=True)
    ]
    _chain(sheet, boxes)
    y = (boxes[3].bottom[1] + boxes[4].top[1]) / 2
    sheet.words(x + 0.1, y, "$\\hat y$", align="left")
    return boxes[4]


def _chain(sheet: Sheet, boxes: Sequence[Box]) -> None:
    """An arrow from each box down to the next."""
    for above, below in zip(boxes, boxes[1:], strict=False):
        sheet.arrow([above.bottom, below.top])
