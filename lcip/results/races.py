"""Numbers of chapter 1: our curves on Kodak against the published ones (thesis figure 1.1)."""

import pandas as pd

from lcip import metrics
from lcip.results.extractors import OWN, PUBLISHED, extractor
from lcip.results.measured import MissingTableError, read_measured
from lcip.results.published import read_published

TABLE = "images/kodak"


def published_curve(codec: str) -> metrics.Curve:
    """Rate in bpp and PSNR-RGB in dB of a codec of thesis figure 1.1."""
    points = read_published("kodak_rd_points")
    points = points[(points["in_thesis_fig_1_1"] == 1) & (points["codec"] == codec)]
    return metrics.curve(points["bpp"], points["psnr_rgb_db"], codec)


def measured_curve(codec: str) -> metrics.Curve:
    """Mean rate of whole files and mean PSNR-RGB on Kodak at each setting of a codec of ours."""
    rows = read_measured(TABLE).frame
    rows = rows[rows["codec"] == codec]
    if rows.empty:
        raise MissingTableError(f"{TABLE} ({codec})", f"codec {codec} is not measured yet")
    means: pd.DataFrame = rows.groupby("setting")[["rate_bpp", "psnr_rgb_db"]].mean()
    return metrics.curve(means["rate_bpp"], means["psnr_rgb_db"], codec)


@extractor(OWN)
def kodak_against_published(codec: str, published: str) -> float:
    """BD-rate in PSNR-RGB of our mean curve on Kodak against a published one, in per cent."""
    pair = (*published_curve(published), *measured_curve(codec))
    return metrics.bd_rate_percent(*pair, interpolation="pchip")


@extractor(PUBLISHED)
def published_kodak_bd_rate(codec: str, anchor: str) -> float:
    """BD-rate in PSNR-RGB of one published curve against another, in per cent (PCHIP)."""
    pair = (*published_curve(anchor), *published_curve(codec))
    return metrics.bd_rate_percent(*pair, interpolation="pchip")


@extractor(PUBLISHED)
def figure_1_1_curves() -> float:
    """How many curves thesis figure 1.1 shows."""
    points = read_published("kodak_rd_points")
    return points[points["in_thesis_fig_1_1"] == 1]["codec"].nunique()


@extractor(PUBLISHED)
def published_kodak_saving(codec: str, anchor: str) -> float:
    """What one published curve saves against another, in per cent: the negative BD-rate."""
    return -published_kodak_bd_rate(codec, anchor)
