"""Figures that answer without a kernel: the data of a slider, a turning cloud, a curve that tells.

A notebook shows a still figure first and the widget right behind it. The book's `widgets.js` puts
the widget in the place of the picture, above its caption; without scripts the picture stays.
Everything a widget needs lies in the page as JSON: there is neither server nor request.
"""

import base64
import html
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from PIL import Image

from lcip.errors import refusal
from lcip.plotting.curves import Curve
from lcip.plotting.show import FigureError, check_alt
from lcip.plotting.style import PALETTE

WEBP_QUALITY = 80
CLOUD_STEPS = 127  # of a coordinate between −1 and 1


@dataclass(frozen=True)
class Step:
    """One place of a slider: its label, and what is said there."""

    label: str
    note: str


@dataclass(frozen=True)
class Axis:
    """An axis with its unit in the label; `log` for powers of ten."""

    label: str
    low: float
    high: float
    ticks: tuple[float, ...]
    log: bool = False


@dataclass(frozen=True)
class Series:
    """A curve: points (x, y, what is said of it)."""

    name: str
    points: Sequence[tuple[float, float, str]]
    dashed: bool = False


@dataclass(frozen=True)
class Channel:
    """Counts of symbols lowest, lowest + 1, …, and two distributions over them."""

    name: str
    lowest: int
    counts: Sequence[int]
    static: Sequence[float]
    adaptive: Sequence[float]


@dataclass(frozen=True)
class Choice:
    """An operating point of a codec, among which λ chooses."""

    name: str
    rate: float
    distortion: float
    note: str


def show_widget(kind: str, data: Mapping[str, Any], words: str) -> None:
    """Display a widget; `words` stand for it where only text is seen."""
    from IPython.display import display

    display({"text/html": widget_html(kind, data), "text/plain": check_alt(words)}, raw=True)


def widget_html(kind: str, data: Mapping[str, Any]) -> str:
    """The element that `widgets.js` looks for.

    >>> widget_html("loss", {"a": 1}).split(">")[2]
    '{"a":1}</script'
    """
    # A closing tag in the data would end the script.
    text = json.dumps(data, separators=(",", ":"), allow_nan=False).replace("</", "<\\/")
    return (
        f'<div class="lcip-widget" data-kind="{html.escape(kind)}">'
        f'<script type="application/json">{text}</script></div>'
    )


def pictures(label: str, steps: Sequence[tuple[Step, np.ndarray]], start: int) -> dict[str, Any]:
    """A slider over pictures uint8 (H, W, 3)."""
    _some("steps", steps)
    rows = [asdict(step) | {"alt": step.note, "src": webp(rgb)} for step, rgb in steps]
    return {"label": label, "start": start, "steps": rows}


def clouds(
    label: str, objects: Mapping[str, Sequence[tuple[Step, np.ndarray]]], start: int
) -> dict[str, Any]:
    """A choice of objects and a slider over their clouds (M, 3), in the unit ball."""
    _some("objects", objects)
    if len({len(steps) for steps in objects.values()}) != 1:
        counts = {name: len(steps) for name, steps in objects.items()}
        raise FigureError(refusal("steps", counts, "as many for each object", "fill the gaps"))
    rows = [
        {"name": name, "steps": [asdict(step) | {"points": packed(xyz)} for step, xyz in steps]}
        for name, steps in objects.items()
    ]
    return {"label": label, "start": start, "objects": rows}


def curves(title: str, x: Axis, y: Axis, series: Sequence[Series]) -> dict[str, Any]:
    """Curves whose points tell their numbers."""
    _some("series", series)
    rows = [
        {
            "name": one.name,
            "colour": PALETTE[k % len(PALETTE)],
            "dashed": one.dashed,
            "points": [[round(a, 4), round(b, 4), words] for a, b, words in one.points],
        }
        for k, one in enumerate(series)
    ]
    return {"title": title, "x": asdict(x), "y": asdict(y), "series": rows}


def still(series: Sequence[Series]) -> list[Curve]:
    """The same curves for the still figure; dashed ones as those of traditional codecs."""
    return [
        Curve(
            one.name,
            [point[0] for point in one.points],
            [point[1] for point in one.points],
            "traditional" if one.dashed else "learned",
            PALETTE[k % len(PALETTE)],
        )
        for k, one in enumerate(series)
    ]


def blend(title: str, channels: Sequence[Channel]) -> dict[str, Any]:
    """A slider from a static to an adaptive distribution; the bits of the counts follow."""
    _some("channels", channels)
    return {"title": title, "channels": [_blended(channel) for channel in channels]}


def _blended(channel: Channel) -> dict[str, Any]:
    counts, static, adaptive = (
        np.asarray(v, float) for v in (channel.counts, channel.static, channel.adaptive)
    )
    if not len(counts) == len(static) == len(adaptive):
        sizes = (len(counts), len(static), len(adaptive))
        raise FigureError(refusal("lengths", sizes, "three equal ones", "use one window"))
    if ((static <= 0) & (counts > 0)).any() or ((adaptive <= 0) & (counts > 0)).any():
        step = "take distributions of real tables, which give every symbol some room"
        raise FigureError(refusal("a probability of a symbol seen", 0, "above 0", step))
    lowest = int(channel.lowest)
    last = lowest + len(counts) - 1
    spacing = max(1, (last - lowest) // 8)
    ticks = [t for t in range(lowest, last + 1) if t % spacing == 0]
    top = max((counts / counts.sum()).max(), static.max(), adaptive.max())
    return {
        "name": channel.name,
        "lowest": lowest,
        "counts": counts.astype(int).tolist(),
        "from": [round(p, 7) for p in static.tolist()],
        "to": [round(p, 7) for p in adaptive.tolist()],
        "top": float(np.ceil(top * 20) / 20),
        "ticks": ticks,
    }


def loss(
    title: str, x: Axis, y: Axis, points: Sequence[Choice], decades: tuple[float, float]
) -> dict[str, Any]:
    """A slider over λ = 10^v, v within `decades`, which chooses the least R + λ·D."""
    _some("points", points)
    low, high = decades
    return {
        "title": title,
        "x": asdict(x),
        "y": asdict(y),
        "points": [asdict(point) for point in points],
        "low": low,
        "high": high,
        "start": (low + high) / 2,
    }


def webp(rgb: np.ndarray) -> str:
    """A picture uint8 (H, W, 3) as an address that holds all of it."""
    raw = io.BytesIO()
    Image.fromarray(rgb).save(raw, "webp", quality=WEBP_QUALITY, method=6)
    return "data:image/webp;base64," + base64.b64encode(raw.getvalue()).decode("ascii")


def packed(points: np.ndarray) -> str:
    """Points (M, 3) in the unit ball as signed bytes, in base64.

    >>> packed(np.array([[0.0, 1.0, -1.0]]))
    'AH+B'
    """
    points = np.asarray(points, float)
    if points.ndim != 2 or points.shape[1] != 3 or not np.isfinite(points).all():
        allowed = "finite numbers (M, 3)"
        raise FigureError(refusal("points", points.shape, allowed, "pass one cloud"))
    grid = np.rint(np.clip(points, -1, 1) * CLOUD_STEPS).astype(np.int8)
    return base64.b64encode(grid.tobytes()).decode("ascii")


def _some(name: str, values: Sequence | Mapping) -> None:
    if not len(values):
        raise FigureError(refusal(name, values, "at least one", "pass what is to be shown"))
