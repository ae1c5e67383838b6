"""Numbers of chapter 2 from the measured table of every method on Kodak, in whole files."""

import pandas as pd

from lcip.results.extractors import OWN, extractor
from lcip.results.measured import MissingTableError, read_measured

TABLE = "distributions/kodak"


def mean_file_bytes(family: str) -> pd.DataFrame:
    """Mean bytes of a file over Kodak: one row a quality, one column a method.

    All images have as many pixels, so a ratio of means is one of mean rates.
    """
    rows = read_measured(TABLE).frame
    rows = rows[rows["family"] == family]
    return rows.groupby(["quality", "method"])["file_bytes"].mean().unstack("method")


def _at(family: str, method: str, quality: int) -> pd.Series:
    """The means of one quality; not measured, where it or the method is missing."""
    means = mean_file_bytes(family)
    if quality not in means.index or method not in means or pd.isna(means.loc[quality, method]):
        what = f"{TABLE} ({family}, quality {quality}, {method})"
        raise MissingTableError(what, f"table {what} is not measured yet")
    return means.loc[quality]


@extractor(OWN)
def kodak_file_rate(family: str, method: str, quality: int) -> float:
    """Mean rate of whole files on Kodak, in bpp."""
    return 8 * _at(family, method, quality)[method] / (768 * 512)


@extractor(OWN)
def kodak_file_change(family: str, method: str, quality: int) -> float:
    """Change of the mean file on Kodak against `static` at one quality, in per cent."""
    means = _at(family, method, quality)
    return 100 * (means[method] / means["static"] - 1)


@extractor(OWN)
def kodak_mean_file_change(family: str, method: str) -> float:
    """Mean of that change over the qualities that are measured: the thesis's convention."""
    means = mean_file_bytes(family)
    if method not in means:
        raise MissingTableError(f"{TABLE} ({method})", f"method {method} is not measured yet")
    return float((100 * (means[method] / means["static"] - 1)).dropna().mean())


@extractor(OWN)
def kodak_recovered(family: str, method: str) -> float:
    """The mean change of a method as a share of that of `ideal`, in per cent, same qualities."""
    means = mean_file_bytes(family)
    if method not in means:
        raise MissingTableError(f"{TABLE} ({method})", f"method {method} is not measured yet")
    means = means.dropna(subset=[method])
    changes = means[[method, "ideal"]].div(means["static"], axis=0) - 1
    return float(100 * changes[method].mean() / changes["ideal"].mean())


@extractor(OWN)
def kodak_largest_side_share(family: str, method: str) -> float:
    """Side information in per cent of the file bytes of Kodak, at the quality where it is most."""
    rows = read_measured(TABLE).frame
    rows = rows[(rows["family"] == family) & (rows["method"] == method)]
    if rows.empty:
        raise MissingTableError(f"{TABLE} ({method})", f"method {method} is not measured yet")
    totals = rows.groupby("quality")[["payload_side_bytes", "file_bytes"]].sum()
    return float((100 * totals["payload_side_bytes"] / totals["file_bytes"]).max())
