"""The drawings of chapter 2: the method as a block diagram, the layers of the two networks."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from lcip.distributions.walk import Shape, Step
from lcip.plotting.sheet import SHEET_WIDTH_IN, TITLE_IN, Box, Sheet

ROW_IN = 0.62
TALL_IN, LOW_IN = 0.46, 0.34
MAIN_IN, SIDE_IN = 1.05, 3.4  # the middles of the two columns of `method`
LAYER_ROW_IN, LAYER_IN = 0.98, 0.6
BEHIND = {"ChannelShuffle": "shuffle", "ReLU": "ReLU"}


@dataclass(frozen=True)
class Stack:
    """One network of `layers`: its title, what goes in and comes out, its steps.

    `last` is what follows the steps, as a softmax; empty for nothing.
    """

    title: str
    given: str
    result: str
    steps: Sequence[Step]
    last: str


def method(p_shape: Shape, q_shape: Shape) -> Figure:
    """A codec that sends its distributions (thesis figure 2.3).

    Args:
        p_shape: (M_y, B) of the distributions.
        q_shape: (M_q, B/8) of what is sent.
    """
    sheet = Sheet(TITLE_IN + 9.9 * ROW_IN, "A codec that sends its distributions")
    rows = [(9.45 - n) * ROW_IN for n in range(10)]
    coder, p_hat = (
        _transform_column(sheet, rows),
        _distribution_column(sheet, rows, p_shape, q_shape),
    )
    sheet.arrow([p_hat.left, coder.right])
    return sheet.figure


def _transform_column(sheet: Sheet, rows: list[float]) -> Box:
    """From x to x̂, at the left; returns the coder, which waits for its distributions."""
    x = sheet.box(MAIN_IN, rows[0], 0.5, LOW_IN, "$x$", kind="plain")
    g_a = sheet.box(MAIN_IN, rows[1], 1.0, TALL_IN, "$g_a$", kind="given")
    y = sheet.box(MAIN_IN, rows[2], 0.5, LOW_IN, "$y$", kind="plain")
    rounding = sheet.box(MAIN_IN, rows[4], 1.0, LOW_IN, "round", kind="plain")
    coder = sheet.box(
        MAIN_IN, rows[7], 1.7, TALL_IN, "entropy coder of\n$\\hat y$: $R_y$ bits", kind="coded"
    )
    g_s = sheet.box(MAIN_IN, rows[8], 1.0, TALL_IN, "$g_s$", kind="given")
    x_hat = sheet.box(MAIN_IN, rows[9], 0.5, LOW_IN, "$\\hat x$", kind="plain")
    _chain(sheet, [x, g_a, y, rounding, coder, g_s, x_hat])
    sheet.words(MAIN_IN + 0.1, (rows[4] + rows[7]) / 2, "$\\hat y$", align="left")
    bend = (MAIN_IN + SIDE_IN) / 2 - 0.2
    sheet.arrow([y.right, (bend, y.y), (bend, rows[1]), (SIDE_IN - 0.85, rows[1])])
    return coder


def _distribution_column(sheet: Sheet, rows: list[float], p_shape: Shape, q_shape: Shape) -> Box:
    """From the histogram to p̂, at the right; returns p̂."""
    texts = (
        ("histogram of\neach channel", "plain"),
        (f"$p$   {shape_text(p_shape)}", "plain"),
        ("$h_{a,q}$", "learned"),
        (f"$q$   {shape_text(q_shape)}\nround", "plain"),
        ("entropy coder of\n$\\hat q$: $R_q$ bits", "coded"),
        ("$h_{s,q}$, softmax", "learned"),
        (f"$\\hat p$   {shape_text(p_shape)}", "plain"),
    )
    boxes = [
        sheet.box(SIDE_IN, y, 1.7, TALL_IN, text, kind=kind)
        for y, (text, kind) in zip(rows[1:8], texts, strict=True)
    ]
    _chain(sheet, boxes)
    return boxes[-1]


def _chain(sheet: Sheet, boxes: Sequence[Box]) -> None:
    """An arrow from each box down to the next."""
    for above, below in zip(boxes, boxes[1:], strict=False):
        sheet.arrow([above.bottom, below.top])


def layers(stacks: Sequence[Stack]) -> Figure:
    """Networks side by side, each a stack of its layers with the shapes between them."""
    num_rows = max(len(stack.steps) + bool(stack.last) for stack in stacks)
    top = (num_rows + 1) * LAYER_ROW_IN + 0.05
    sheet = Sheet(TITLE_IN + top + LOW_IN, "   and   ".join(stack.title for stack in stacks))
    for place, stack in enumerate(stacks):
        _stack(sheet, stack, SHEET_WIDTH_IN * (place + 0.5) / len(stacks), top)
    return sheet.figure


def _stack(sheet: Sheet, stack: Stack, x: float, top: float) -> None:
    """One network from top to bottom around the vertical line x."""
    shapes = [stack.steps[0].shape_in, *(step.shape_out for step in stack.steps)]
    texts = [step_text(step) for step in stack.steps]
    kinds = ["learned"] * len(texts)
    if stack.last:
        texts, kinds, shapes = [*texts, stack.last], [*kinds, "plain"], [*shapes, shapes[-1]]
    above = sheet.box(x, top, 1.9, LOW_IN, f"{stack.given}   {shape_text(shapes[0])}", kind="plain")
    for row, (text, kind) in enumerate(zip(texts, kinds, strict=True), start=1):
        here = sheet.box(x, top - (row - 0.12) * LAYER_ROW_IN, 2.15, LAYER_IN, text, kind=kind)
        sheet.arrow([above.bottom, here.top])
        if row > 1:
            middle = (above.bottom[1] + here.top[1]) / 2
            sheet.words(x + 0.12, middle, shape_text(shapes[row - 1]), align="left")
        above = here
    y = above.bottom[1] - 0.42
    below = sheet.box(x, y, 1.9, LOW_IN, f"{stack.result}   {shape_text(shapes[-1])}", kind="plain")
    sheet.arrow([above.bottom, below.top])


def shape_text(shape: Shape) -> str:
    """Channels × bins.

    >>> shape_text((96, 256))
    '96 × 256'
    """
    return f"{shape[0]} × {shape[1]}"


def step_text(step: Step) -> str:
    """What stands in the box of a layer: kind, kernel, groups, stride; what follows it."""
    arrow = "↑" if step.transposed else "↓"
    stride = f", {arrow}{step.stride}" if step.stride > 1 else ""
    name = "ConvT" if step.transposed else "Conv"
    first = f"{name} $k$={step.kernel}, $g$={step.groups}{stride}"
    behind = ", ".join(BEHIND.get(layer, layer) for layer in step.then)
    return f"{first}\n{behind}" if behind else first
