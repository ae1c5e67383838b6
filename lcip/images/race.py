"""From rows of measurements to the race: mean curves, Bjøntegaard deltas, one rate for all.

Averages are over the photographs **at equal setting**: the point of a curve at quality 50 is the
mean rate and the mean PSNR of all photographs coded at quality 50. That is how the published Kodak
curves are made. It favours knobs that hold the quantiser over knobs that hold PSNR or rate
(JPEG 2000): `bd_rate_table` therefore also gives the mean over the photographs' own curves.
"""

from collections.abc import Callable, Iterable
from statistics import fmean
from typing import NamedTuple

import numpy as np
import pandas as pd

from lcip import metrics
from lcip.errors import LcipError, refusal
from lcip.images import classical
from lcip.images.evaluate import PEAK, Entrant
from lcip.metrics.deltas import FEWEST_POINTS

QUALITIES = ("psnr_rgb_db", "ms_ssim_db")
BD_COLUMNS = [
    "psnr_percent",
    "ms_ssim_percent",
    "mean_percent",
    "lowest_percent",
    "highest_percent",
]
PROBE_PX = 8
# Our codecs and their nearest relatives among the published curves.
KIN = {
    "jpeg": "JPEG",
    "jpeg2000": "JPEG2000",
    "webp": "WebP",
    "heic": "HM",
    "avif": "AV1",
    "factorized-small": "bmshj2018-factorized",
}


def mean_curves(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean over the photographs of every codec at every setting, codecs in the order of the rows.

    Adds `ms_ssim_db`, −10 log10(1 − mean MS-SSIM), in dB.
    """
    means = rows.drop(columns="image").groupby(["codec", "setting"], sort=False).mean()
    means["ms_ssim_db"] = means["ms_ssim"].map(metrics.ms_ssim_db)
    return means.reset_index()


def bd_rate_table(rows: pd.DataFrame, *, anchor: str, interpolation: str) -> pd.DataFrame:
    """BD-rate of every codec against `anchor`, in per cent, indexed by codec.

    A codec of fewer settings than the interpolation needs points is left out. Columns: on the mean
    curves, `psnr_percent` and `ms_ssim_percent` (MS-SSIM in dB); then by PSNR on the curve of each
    photograph alone the mean over photographs, the lowest and the highest, `mean_percent`,
    `lowest_percent`, `highest_percent`.
    """
    if anchor not in set(rows["codec"]):
        raise LcipError(
            refusal("anchor", anchor, rows["codec"].unique(), "choose a codec of the race")
        )
    table = {}
    for codec, settings in rows.groupby("codec", sort=False)["setting"].nunique().items():
        if codec == anchor or settings < FEWEST_POINTS.get(interpolation, 2):
            continue
        pair = rows[rows["codec"].isin((anchor, codec))]
        overall = [_delta(mean_curves(pair), anchor, codec, q, interpolation) for q in QUALITIES]
        single = [
            _delta(one, anchor, codec, "psnr_rgb_db", interpolation)
            for _, one in pair.groupby("image", sort=False)
        ]
        table[codec] = (*overall, fmean(single), min(single), max(single))
    return pd.DataFrame.from_dict(table, orient="index", columns=BD_COLUMNS)


def quality_at(curves: pd.DataFrame, rate_bpp: float, quality: str) -> pd.Series:
    """The quality of every mean curve that spans `rate_bpp` there, indexed by codec, best first.

    Between two points quality is linear in the logarithm of the rate.
    """
    return _read(curves, "rate_bpp", quality, rate_bpp, metrics.quality_at_rate).sort_values(
        ascending=False
    )


def rate_at(curves: pd.DataFrame, quality: str, value: float) -> pd.Series:
    """The rate at which every mean curve that spans it reaches `value`, lowest first."""
    return _read(curves, quality, quality, value, metrics.rate_at_quality).sort_values()


def _read(
    curves: pd.DataFrame, spanned: str, quality: str, at: float, reader: Callable[..., float]
) -> pd.Series:
    values = {
        codec: reader(curve["rate_bpp"], curve[quality], at=at, interpolation="log")
        for codec, curve in curves.groupby("codec", sort=False)
        if curve[spanned].min() <= at <= curve[spanned].max() and len(curve) > 1
    }
    return pd.Series(values, dtype=float)


def times(rows: pd.DataFrame) -> pd.DataFrame:
    """Median over settings and photographs of the time a megapixel takes, indexed by codec.

    Columns `encode_ms`, `decode_ms`: milliseconds of processor time a megapixel.
    """
    megapixels = rows["num_pixels"] / 1e6
    per_megapixel = rows[["encode_ms", "decode_ms"]].div(megapixels, axis=0)
    return per_megapixel.groupby(rows["codec"], sort=False).median()


def published_table(points: pd.DataFrame, *, anchor: str, interpolation: str) -> pd.DataFrame:
    """BD-rate and times of published curves, indexed by codec, in the order of `points`.

    Columns: `psnr_percent`, the BD-rate by PSNR against `anchor` (0 for itself); `encode_s` and
    `decode_s`, medians over the curve's points of the seconds an image took (NaN: not published).
    """
    curves = points.rename(columns={"bpp": "rate_bpp"})
    table = {}
    for codec, rows in curves.groupby("codec", sort=False):
        delta = _delta(curves, anchor, codec, "psnr_rgb_db", interpolation)
        seconds = rows[["encoding_time_s", "decoding_time_s"]].median()
        table[codec] = (0.0 if codec == anchor else delta, *seconds)
    columns = ["psnr_percent", "encode_s", "decode_s"]
    return pd.DataFrame.from_dict(table, orient="index", columns=columns)


def against_published(
    curves: pd.DataFrame, points: pd.DataFrame, *, interpolation: str
) -> pd.Series:
    """BD-rate by PSNR, in per cent, of measured mean curves against their published kin.

    `curves`: `mean_curves` on the photographs that `points` were published for. Negative: ours
    needs less.
    """
    published = points.rename(columns={"bpp": "rate_bpp"})
    columns = ["codec", "rate_bpp", "psnr_rgb_db"]
    both = pd.concat([curves[columns], published[columns]])
    return pd.Series(
        {
            name: _delta(both, kin, name, "psnr_rgb_db", interpolation)
            for name, kin in KIN.items()
            if name in set(curves["codec"])
        }
    )


def kodak_table(rows: pd.DataFrame, *, anchor: str, interpolation: str) -> pd.DataFrame:
    """Codecs of `images/kodak`: what they save against `anchor`, and the time a photograph takes.

    Columns: `psnr_percent`, the BD-rate of mean curves by PSNR (0 for the anchor; codecs of too few
    settings are left out); `encode_seconds`, `decode_seconds`, medians over settings and images.
    """
    deltas = bd_rate_table(rows, anchor=anchor, interpolation=interpolation)["psnr_percent"]
    table = deltas.to_frame()
    table.loc[anchor] = 0.0
    times = rows.groupby("codec")[["encode_seconds", "decode_seconds"]].median()
    return table.join(times)


def against_zoo(curves: pd.DataFrame, points: pd.DataFrame) -> pd.DataFrame:
    """Our factorised-prior codecs beside the published one, quality by quality.

    Args:
        curves: `mean_curves` of rows whose codecs are called `factorized-<family>` and whose
            settings are qualities 1 to 8.
        points: the published points of bmshj2018-factorized, one a quality, in their order.

    Returns:
        One row a family and quality: our rate, PSNR-RGB and MS-SSIM, the published ones, and
        `more_bits_percent`, how many more bits ours takes than the published curve does at *our*
        PSNR (its logarithm of the rate is linear in PSNR between points; NaN outside the curve).
    """
    ordered = points.sort_values("point_index").reset_index(drop=True)
    rows = [
        _beside(curve, ordered)
        for _, curve in curves.iterrows()
        if str(curve["codec"]).startswith("factorized-")
    ]
    return pd.DataFrame(rows).set_index(["family", "quality"])


def _beside(ours: pd.Series, points: pd.DataFrame) -> dict[str, object]:
    quality = int(ours["setting"])
    published = points.iloc[quality - 1]
    psnr, inside = ours["psnr_rgb_db"], points["psnr_rgb_db"]
    more = np.nan
    if inside.min() <= psnr <= inside.max():
        at = metrics.rate_at_quality(points["bpp"], inside, at=psnr, interpolation="log")
        more = 100 * (ours["rate_bpp"] / at - 1)
    return {
        "family": ours["codec"].removeprefix("factorized-"),
        "quality": quality,
        "rate_bpp": ours["rate_bpp"],
        "psnr_rgb_db": psnr,
        "ms_ssim": ours["ms_ssim"],
        "published_bpp": published["bpp"],
        "published_psnr_rgb_db": published["psnr_rgb_db"],
        "published_ms_ssim": published["ms_ssim"],
        "more_bits_percent": more,
    }


def _delta(
    curves: pd.DataFrame, anchor: str, codec: str, quality: str, interpolation: str
) -> float:
    pairs = []
    for name in (anchor, codec):
        curve = curves[curves["codec"] == name]
        pairs += [curve["rate_bpp"].to_numpy(), curve[quality].to_numpy()]
    return metrics.bd_rate_percent(*pairs, interpolation=interpolation)


class AtRate(NamedTuple):
    """One codec brought to a wanted rate: its setting, its whole file, the decoded picture."""

    title: str
    setting: float
    data: bytes
    decoded: np.ndarray
    rate_bpp: float
    psnr_rgb_db: float


def at_rate(entrant: Entrant, rgb: np.ndarray, rate_bpp: float) -> AtRate:
    """`rgb` at the setting whose rate comes nearest to `rate_bpp`.

    A traditional codec's whole range is searched by bisection in steps of 1 (0.25 where its setting
    need not be whole), a learned one's qualities one by one.
    """
    files: dict[float, bytes] = {}

    def rate(setting: float) -> float:
        if setting not in files:
            files[setting] = entrant.encode(rgb, setting)
        return _bpp(files[setting], rgb)

    settings = candidates(entrant)
    low, high = 0, len(settings) - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if rate(settings[middle]) < rate_bpp else (low, middle)
    best = min((settings[low], settings[high]), key=lambda setting: abs(rate(setting) - rate_bpp))
    decoded = entrant.decode(files[best], best)
    quality = metrics.psnr_db(rgb, decoded, peak=PEAK)
    return AtRate(entrant.title, best, files[best], decoded, rate(best), quality)


def candidates(entrant: Entrant) -> tuple[float, ...]:
    """The settings that `at_rate` may choose from, coarse to fine."""
    codec = classical.CODECS.get(entrant.name)
    if codec is None:
        return entrant.settings
    step = 1.0 if codec.whole else 0.25
    return tuple(np.arange(codec.lowest, codec.highest + step / 2, step).tolist())


def smallest_files(entrants: Iterable[Entrant]) -> dict[str, int]:
    """Bytes of a grey 8×8 picture's file at each codec's coarsest setting: nearly all header."""
    grey = np.full((PROBE_PX, PROBE_PX, 3), 128, np.uint8)
    return {one.title: len(one.encode(grey, one.settings[0])) for one in entrants}


def _bpp(data: bytes, rgb: np.ndarray) -> float:
    return metrics.bits_per_pixel(len(data), height=rgb.shape[0], width=rgb.shape[1])
