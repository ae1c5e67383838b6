"""The chapter's results beside the published ones, quality by quality, in both BD conventions."""

import pandas as pd

from lcip import metrics, results

PUBLISHED = {
    "adaptive": "ours_ulhaq2024",
    "ideal": "ideal_true_pdf_free",
    "static": "base_factorized",
}
CONTEXT = {
    "published factorized": "base_factorized",
    "published hyperprior": "hyperprior_zoo_cuda",
}


def published_curve(method: str) -> tuple[list[float], list[float]]:
    """Rates in bpp and PSNR in dB of a published curve: real bitstreams where they are printed."""
    points = results.read_published("pdf_kodak_points")
    points = points[points["method"] == method].sort_values("quality")
    rate = points["bpp_actual_bitstream"].fillna(points["bpp_estimated"])
    return rate.tolist(), points["psnr_rgb_db"].tolist()


def table_2_1(savings: pd.DataFrame) -> pd.DataFrame:
    """Rates and changes of one family at every quality, the thesis's Table 2.1 beside them.

    Args:
        savings: `rows.savings` of one family, indexed by (quality, method).
    """
    printed = results.read_published("pdf_table_2_1_per_quality")
    printed = printed[printed["quality"] != "mean"].astype({"quality": int}).set_index("quality")
    columns = {}
    for method in ("static", "ideal", "adaptive"):
        if method in savings.index.get_level_values("method"):
            own = savings.xs(method, level="method")
            columns[f"{method}, bpp"] = own["rate_bpp"]
            if method != "static":
                columns[f"{method}, %"] = own["change_percent"]
    table = pd.DataFrame(columns)
    table["published ideal, %"] = printed["potential_bd_rate_percent"].astype(float)
    table["published ours, %"] = printed["our_bd_rate_percent"].astype(float)
    return table


def table_2_2(savings: pd.DataFrame) -> pd.DataFrame:
    """Changes against the base codec: thesis Table 2.2, and every method measured here.

    One row a source and method; `ideal, %` and `achieved, %` are means over the qualities named.
    """
    printed = results.read_published("pdf_table_2_2_rate_savings")
    found = [
        (
            "published",
            row.method,
            str(row.quality),
            row.factorized_gap_percent,
            row.total_gain_percent,
        )
        for row in printed[printed["base_model"] == "bmshj2018-factorized"].itertuples()
    ]
    change = savings["change_percent"].unstack("method")
    for method in [name for name in savings.index.get_level_values("method").unique()]:
        if method not in ("static", "ideal"):
            own = change[["ideal", method]].dropna()
            named = ", ".join(map(str, own.index))
            found.append(("measured", method, named, own["ideal"].mean(), own[method].mean()))
    table = pd.DataFrame(
        found, columns=["source", "method", "qualities", "ideal, %", "achieved, %"]
    )
    table["recovered, %"] = 100 * table["achieved, %"] / table["ideal, %"]
    return table.set_index(["source", "method", "qualities"])


def bd_conventions(savings: pd.DataFrame) -> pd.DataFrame:
    """BD-rate against `static` in per cent, by both conventions, over each method's qualities.

    `mean of changes` is the thesis's: the mean over qualities of the rate's change at one quality,
    fair because the transforms, and so the PSNR, are the same. `integral` is Bjøntegaard's: the
    area between the curves of log rate over PSNR, here with PCHIP interpolation.
    """
    static = savings.xs("static", level="method")
    found = {}
    for method in savings.index.get_level_values("method").unique():
        own = savings.xs(method, level="method")
        base = static.loc[own.index]
        if method == "static" or len(own) < 2:
            continue
        curves = (base["rate_bpp"], base["psnr_rgb_db"], own["rate_bpp"], own["psnr_rgb_db"])
        found[method] = {
            "mean of changes, %": metrics.mean_rate_change_percent(
                base["rate_bpp"], own["rate_bpp"]
            ),
            "integral (PCHIP), %": metrics.bd_rate_percent(*curves, interpolation="pchip"),
            "qualities": ", ".join(map(str, own.index)),
        }
    return pd.DataFrame(found).T
