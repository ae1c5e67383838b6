"""The figures of the race: crops at one rate, rate-distortion curves, time against rate."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from lcip import plotting
from lcip.errors import LcipError, refusal
from lcip.images.race import AtRate, quality_at
from lcip.plotting import GREY, PALETTE, Curve

# Thesis, Figure 1.1: the order of the legend, best curve first.
THESIS_ORDER = (
    "elic2022", "VTM", "cheng2020-checkerboard-6M", "cheng2020-anchor", "mbt2018", "AV1",
    "mbt2018-mean", "BPG 8b 444 x265 ycbcr", "HM", "bmshj2018-hyperprior", "bmshj2018-factorized",
    "WebP", "JPEG2000", "JPEG",
)  # fmt: skip
TRADITIONAL = ("VTM", "AV1", "BPG 8b 444 x265 ycbcr", "HM", "WebP", "JPEG2000", "JPEG")
LEARNED = tuple(codec for codec in THESIS_ORDER if codec not in TRADITIONAL)
COLOURS = {codec: PALETTE[i] for kin in (TRADITIONAL, LEARNED) for i, codec in enumerate(kin)}
THESIS_RATE_BPP = (0.0, 2.25)
THESIS_PSNR_DB = (26.0, 41.0)
# Of the standard's or the format's first edition, or of the paper.
YEARS = {
    "JPEG": 1992, "JPEG2000": 2000, "WebP": 2010, "HM": 2013, "BPG 8b 444 x265 ycbcr": 2014,
    "AV1": 2018, "bmshj2018-factorized": 2018, "bmshj2018-hyperprior": 2018, "mbt2018-mean": 2018,
    "mbt2018": 2018, "cheng2020-anchor": 2020, "VTM": 2020, "cheng2020-checkerboard-6M": 2021,
    "elic2022": 2022,
}  # fmt: skip
THESIS_TITLES = {"BPG 8b 444 x265 ycbcr": "BPG (x265, 4:4:4)", "JPEG2000": "JPEG 2000"}

# Our own race: the legend's order, best first on the bundled photographs; no two of one colour, and
# those of the kin in Figure 1.1 where there is one.
LIVE_COLOURS = {
    "avif": PALETTE[1],
    "heic": PALETTE[3],
    "jpeg2000": PALETTE[5],
    "webp": PALETTE[4],
    "factorized-small": PALETTE[2],
    "factorized-paper-low": GREY,
    "jpegxl": PALETTE[0],
    "jpeg": PALETTE[6],
}
RATE = "rate (bpp)"
BITS_UNCODED = 24
LABELS = {
    "psnr_rgb_db": "PSNR-RGB (dB)",
    "ms_ssim_db": "MS-SSIM (dB)",
    "ms_ssim": "MS-SSIM (0 to 1)",
}


def crops(
    rgb: np.ndarray, entries: Sequence[AtRate], *, centre: tuple[float, float], size_px: int
) -> Figure:
    """The same square of the original and of every codec's decoded picture, in the given order.

    Args:
        centre: of the square, down and across, as parts of the picture's height and width.
        size_px: its side; the square is moved, and if need be made smaller, to lie in the picture.
    """
    side = min(size_px, *rgb.shape[:2])
    corner = [
        min(max(round(part * length - side / 2), 0), length - side)
        for part, length in zip(centre, rgb.shape[:2], strict=True)
    ]
    square = tuple(slice(start, start + side) for start in corner)
    panels = [(f"original\n{BITS_UNCODED} bpp", rgb[square])]
    panels += [
        (f"{one.title}\n{one.rate_bpp:.3f} bpp, {one.psnr_rgb_db:.2f} dB", one.decoded[square])
        for one in entries
    ]
    return plotting.image_grid(panels, columns=4)


def live(curves: pd.DataFrame, titles: Mapping[str, str], *, quality: str) -> Figure:
    """Rate-distortion curves of the live race.

    Args:
        curves: `race.mean_curves`.
        titles: a codec's name → how the legend calls it.
        quality: `psnr_rgb_db`, `ms_ssim_db` or `ms_ssim`.
    """
    drawn = [
        Curve(titles[name], curve["rate_bpp"], curve[quality], kind(name), LIVE_COLOURS[name])
        for name, curve in in_order(curves)
    ]
    return plotting.rd_curves(drawn, x_label=RATE, y_label=LABELS[quality])


def live_words(curves: pd.DataFrame, titles: Mapping[str, str], *, quality: str) -> str:
    """What `live` shows, for a reader who cannot see it: every codec's quality at 1 bpp."""
    unit = LABELS[quality].split("(")[1].rstrip(")")
    values = quality_at(curves, 1.0, quality)
    ranked = ", ".join(f"{titles[name]} {value:.2f}" for name, value in values.items())
    axes = f"{LABELS[quality]} against {RATE}, mean curves of {curves['codec'].nunique()} codecs."
    told = f"At 1 bpp, in {unit}: {ranked}." if ranked else "No curve spans 1 bpp."
    return f"{axes} All rise steeply at low rates and flatten at high ones. {told}"


def in_order(curves: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """The curves of the codecs that are there, in the order of the legend."""
    return [
        (name, curves[curves["codec"] == name])
        for name in LIVE_COLOURS
        if (curves["codec"] == name).any()
    ]


def kind(name: str) -> str:
    """How a live codec is drawn."""
    return "learned" if name.startswith("factorized") else "traditional"


def published(points: pd.DataFrame) -> Figure:
    """Thesis Figure 1.1: the 14 published curves on Kodak, its order, its axes.

    `points`: rows of the published table `kodak_rd_points` with `in_thesis_fig_1_1` = 1.
    """
    return plotting.rd_curves(
        [thesis_curve(points, codec) for codec in THESIS_ORDER],
        x_label=RATE,
        y_label=LABELS["psnr_rgb_db"],
        x_range=THESIS_RATE_BPP,
        y_range=THESIS_PSNR_DB,
    )


def thesis_curve(points: pd.DataFrame, codec: str) -> Curve:
    """One published rate-distortion curve."""
    rows = points[points["codec"] == codec]
    if rows.empty:
        step = "read the published table kodak_rd_points"
        raise LcipError(refusal("codec", codec, points["codec"].unique(), step))
    return Curve(title(codec), rows["bpp"], rows["psnr_rgb_db"], thesis_kind(codec), COLOURS[codec])


def title(codec: str) -> str:
    """How a published codec is called in a legend."""
    return THESIS_TITLES.get(codec, codec)


def thesis_kind(codec: str) -> str:
    """How a published codec is drawn."""
    return "traditional" if codec in TRADITIONAL else "learned"


def thirty_years(bits_percent: Mapping[str, float]) -> Figure:
    """Bars: the bits that each published codec needs for the same PSNR, by year, JPEG = 100.

    `bits_percent`: published name → 100 + BD-rate against JPEG in per cent.
    """
    by_year = sorted(bits_percent, key=lambda codec: (YEARS[codec], -bits_percent[codec]))
    return plotting.bars(
        [f"{title(codec)} ({YEARS[codec]})" for codec in by_year],
        {"bits": [bits_percent[codec] for codec in by_year]},
        item_label="codec (year)",
        value_label="bits for the same PSNR (% of JPEG's)",
        number_format="{:.1f}",
        groups=[thesis_kind(codec) for codec in by_year],
    )


def live_times(encode_ms: pd.Series, bd_rates: pd.Series, titles: Mapping[str, str]) -> Figure:
    """Encoding time of a megapixel against BD-rate, for the live codecs that have both.

    Args:
        encode_ms: of `race.times`.
        bd_rates: per cent against JPEG, JPEG's own 0 included.
    """
    return _times(
        [
            Curve(titles[name], [encode_ms[name]], [bd_rates[name]], kind(name), colour)
            for name, colour in LIVE_COLOURS.items()
            if name in bd_rates.index
        ],
        "encoding time (ms per megapixel)",
    )


def published_times(table: pd.DataFrame) -> Figure:
    """Encoding time of a Kodak photograph against BD-rate, where a time was published.

    `table`: `race.published_table`.
    """
    return _times(
        [
            Curve(title(codec), [x], [y], thesis_kind(codec), COLOURS[codec])
            for codec, x, y in table[["encode_s", "psnr_percent"]].itertuples()
            if np.isfinite(x)
        ],
        "encoding time (s per photograph)",
    )


def _times(marks: Sequence[Curve], time_label: str) -> Figure:
    return plotting.marks(
        marks,
        x_label=time_label,
        y_label="BD-rate against JPEG (%)",
        x_scale="log",
        y_scale="linear",
    )
