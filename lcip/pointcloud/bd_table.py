"""Table 3.2 of the thesis, twice: from the published points, and from what is measured here.

The convention, as it has to be for the printed figures to come out: TMC13 is the anchor; rates
enter by their logarithm; both curves are interpolated by Akima's piecewise cubics; a test curve
that ends below TMC13's highest rate is held flat up to it (the anchor is never extended), at an
accuracy higher by ε = 1e-12, because the integral over accuracy needs a curve that rises. One row
was computed with ε = 1e-8: IPDAE.
"""

import math

import pandas as pd

from lcip import metrics, results
from lcip.pointcloud.models import SIZES
from lcip.pointcloud.rate_accuracy import NOT_TRAINED, NUM_TEST, accuracy_text
from lcip.pointcloud.recipes import NUM_POINTS
from lcip.results import clouds, derivations

EPSILON = 1e-12
EPSILONS = {"IPDAE": 1e-8}
HALF_A_DIGIT = 0.06
"""The table prints one digit; 0.01 more for the rounding of the published points."""

COLUMNS = {
    "max_acc_percent": "highest accuracy (%)",
    "bd_rate_percent": "BD-rate (%)",
    "bd_acc_percentage_points": "BD-accuracy (points)",
}


def published_table() -> pd.DataFrame:
    """All 28 rows: what is printed, and what the published points give, to all digits.

    Columns `<name>` and `recomputed_<name>` for the three of `COLUMNS`; index size or codec, and P.
    """
    printed = results.read_published("pc_table_3_2_bd")
    rows = []
    for row in printed.itertuples():
        curve = derivations.accuracy_curve(row.codec.lower(), row.size, row.num_points_P)
        mine = compare(_anchor(), curve, EPSILONS.get(row.codec, EPSILON))
        name = row.size if row.codec == "proposed" else row.codec
        given = {column: getattr(row, f"published_{column}") for column in COLUMNS}
        again = {f"recomputed_{c}": value for c, value in zip(COLUMNS, mine, strict=True)}
        rows.append({"codec": name, "P": row.num_points_P} | given | again)
    return pd.DataFrame(rows).set_index(["codec", "P"])


def compare(
    anchor: metrics.Curve, test: metrics.Curve, epsilon: float
) -> tuple[float, float, float]:
    """Highest accuracy, BD-rate in per cent and BD-accuracy in points, as table 3.2 has them."""
    best = float(test.quality.max())
    test = metrics.extend_flat(*test, to_rate=anchor.rate.max(), epsilon=epsilon)
    rate = metrics.bd_rate_percent(*anchor, *test, interpolation="akima")
    return best, rate, metrics.bd_quality(*anchor, *test, interpolation="akima")


def side_by_side(table: pd.DataFrame) -> pd.DataFrame:
    """`published_table` as text: "printed / recomputed", one decimal, stars where they differ.

    The recomputed accuracy has its 95 % interval: the published runs scored the same test set.
    """
    shown = {}
    for column, title in COLUMNS.items():
        texts = zip(
            table[column], _again(table, column), table[f"recomputed_{column}"], strict=True
        )
        shown[title] = [f"{a:.1f} / {text}" + ("" if agree(a, b) else " *") for a, text, b in texts]
    return pd.DataFrame(shown, index=table.index).rename_axis(columns="printed / recomputed")


def _again(table: pd.DataFrame, column: str) -> list[str]:
    values = table[f"recomputed_{column}"]
    if column == "max_acc_percent":
        return [accuracy_text(value, NUM_TEST) for value in values]
    return [f"{value:.1f}" for value in values]


def agree(printed: float, recomputed: float) -> bool:
    """Whether the recomputed number rounds to the printed one.

    >>> agree(-93.8, -93.83), agree(11.0, 9.93)
    (True, False)
    """
    return abs(printed - recomputed) <= HALF_A_DIGIT


def not_reproduced(table: pd.DataFrame) -> pd.DataFrame:
    """The cells of `published_table` that do not come out: codec, P, column, both numbers."""
    cells = [
        (codec, num_points, title, row[column], row[f"recomputed_{column}"])
        for (codec, num_points), row in table.iterrows()
        for column, title in COLUMNS.items()
        if not agree(row[column], row[f"recomputed_{column}"])
    ]
    return pd.DataFrame(cells, columns=["codec", "P", "column", "printed", "recomputed"])


def measured_table(anchor: metrics.Curve, rate_column: str) -> pd.DataFrame:
    """The same three columns for every size and P of this book, or "not trained".

    Args:
        anchor: TMC13's curve, published or measured here.
        rate_column: which bits of ours; the payload is what is coded, as TMC13's rate is.
    """
    rows = [_measured(anchor, rate_column, size, n) for size in SIZES for n in reversed(NUM_POINTS)]
    return pd.DataFrame(rows).set_index(["codec", "P"])


def _measured(
    anchor: metrics.Curve, rate_column: str, size: str, num_points: int
) -> dict[str, object]:
    row = {"codec": size, "P": num_points}
    try:
        test = clouds.cloud_curve(size, num_points, rate_column)
    except results.MissingTableError:
        return row | dict.fromkeys(["models on the curve", *COLUMNS.values()], NOT_TRAINED)
    row["models on the curve"] = str(len(test.rate))
    best, rate, accuracy = compare_if_possible(anchor, test)
    cells = (accuracy_text(best, NUM_TEST), _text(rate), _text(accuracy))
    return row | dict(zip(COLUMNS.values(), cells, strict=True))


def compare_if_possible(anchor: metrics.Curve, test: metrics.Curve) -> tuple[float, float, float]:
    """As `compare`; NaN for a curve of one point or without an accuracy in common."""
    apart = anchor.quality.max() <= test.quality.min() or test.quality.max() <= anchor.quality.min()
    if len(test.rate) < 2 or apart:
        return float(test.quality.max()), math.nan, math.nan
    return compare(anchor, test, EPSILON)


def _anchor() -> metrics.Curve:
    return derivations.accuracy_curve(*derivations.ANCHOR)


def _text(value: float) -> str:
    return "too few models" if math.isnan(value) else f"{value:.1f}"


CONVENTIONS = {
    "Akima, held flat (the thesis)": ("akima", True),
    "PCHIP, held flat": ("pchip", True),
    "one cubic, held flat": ("cubic", True),
    "Akima, only rates in common": ("akima", False),
    "PCHIP, only rates in common": ("pchip", False),
}


def conventions(anchor: metrics.Curve, test: metrics.Curve) -> pd.DataFrame:
    """BD-rate and BD-accuracy of one pair of curves under other conventions; ε = 1e-12."""
    rows = {}
    for name, (interpolation, flat) in CONVENTIONS.items():
        to_rate = float(anchor.rate.max())
        held = metrics.extend_flat(*test, to_rate=to_rate, epsilon=EPSILON) if flat else test
        rows[name] = {
            "BD-rate (%)": metrics.bd_rate_percent(*anchor, *held, interpolation=interpolation),
            "BD-accuracy (points)": metrics.bd_quality(*anchor, *held, interpolation=interpolation),
        }
    return pd.DataFrame.from_dict(rows, orient="index")
