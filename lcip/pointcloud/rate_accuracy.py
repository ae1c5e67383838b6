"""Curves of rate and accuracy side by side: those that were published, and those measured here.

What is not trained is said to be so, and no accuracy stands without its 95 % interval.
"""

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from lcip import metrics, results
from lcip.errors import LcipError, refusal
from lcip.pointcloud import evaluate
from lcip.pointcloud.models import SIZES
from lcip.pointcloud.recipes import LMBDAS, NUM_POINTS
from lcip.results import clouds, derivations

NUM_TEST = 2468
NOT_TRAINED = "not trained"
PACKET_BITS = 32
"""What a packet carries around its payload: the model's name and a checksum, four bytes."""

Curves = Mapping[int, metrics.Curve]


class Target(NamedTuple):
    """The accuracies this book set out for at P = 1024 or beside the published curves."""

    best_percent: Mapping[str, float]
    bd_accuracy_points: float


TARGET = Target({"full": 87.5, "lite": 84.0, "micro": 82.6}, -1.0)


def accuracy_text(percent: float, num_items: int) -> str:
    """An accuracy and its 95 % Wilson interval.

    >>> accuracy_text(80.0, 2468)
    '80.0 (78.4–81.5)'
    """
    correct = round(percent * num_items / 100)
    low, high = metrics.wilson_interval(correct, num_items, confidence=0.95)
    return f"{percent:.1f} ({100 * low:.1f}–{100 * high:.1f})"


def published_curves(size: str) -> Curves:
    """Estimated bits and accuracy by number of points, as published: hulls over λ."""
    return {n: derivations.accuracy_curve("proposed", size, str(n)) for n in NUM_POINTS}


def measured_curves(size: str, rate_column: str) -> Curves:
    """The same of what is trained here, in the kind of bits that is asked for."""
    return {n: clouds.cloud_curve(size, n, rate_column) for n in trained_points(size)}


def committed(size: str) -> list[str]:
    """Names of the committed models of a size, for the most points there are, by rising λ.

    Raises LcipError where there is none.
    """
    names = [name for name in evaluate.models() if name.startswith(f"{evaluate.FOLDER}{size}-")]
    if not names:
        there = sorted({name.split("/")[1].split("-")[0] for name in evaluate.models()})
        raise LcipError(refusal("size", size, there, "choose one that is trained and committed"))
    most = names[-1].rpartition("-")[0]
    return [name for name in names if name.startswith(f"{most}-")]


def chosen(names: list[str], number: int) -> str:
    """The model of this number, counted from 1. Raises LcipError where there are not so many."""
    if not 1 <= number <= len(names):
        step = f"the models are {', '.join(names)}"
        raise LcipError(refusal("rate", number, f"1 to {len(names)}", step))
    return names[number - 1]


def input_codecs() -> pd.DataFrame | None:
    """The measured coders of whole clouds; None until they are measured."""
    try:
        return results.read_measured(clouds.INPUT_TABLE).frame
    except results.MissingTableError:
        return None


def label_point(rate_column: str) -> tuple[float, float] | None:
    """Bits and accuracy of a classifier at the sender that sends its label in a packet of its own.

    At the most points there are; None until it is measured.
    """
    inputs = input_codecs()
    rows = None if inputs is None else inputs[inputs["codec"].eq("label")]
    if rows is None or not rows["variant"].eq("packet").any():
        return None
    row = rows[rows["variant"].eq("packet")].sort_values("num_points").iloc[-1]
    return float(row[rate_column]), float(row[clouds.ACCURACY])


def trained_points(size: str) -> list[int]:
    """For which numbers of points there are models of this size."""
    frame = results.read_measured(clouds.TABLE).frame
    return sorted(frame[frame["size"] == size]["num_points"].unique().tolist())


def trained_table(size: str) -> pd.DataFrame:
    """Test accuracy with its interval for every λ (rows) and number of points (columns).

    Rows are the λ of the recipes and of the table; a cell without a model says "not trained".
    """
    frame = results.read_measured(clouds.TABLE).frame
    rows = frame[frame["size"] == size]
    text = [
        accuracy_text(row.test_accuracy_percent, row.num_test) for row in rows.itertuples(False)
    ]
    cells = rows.assign(text=text).pivot(index="lmbda", columns="num_points", values="text")
    lmbdas = sorted({*LMBDAS, *rows["lmbda"]})
    cells = cells.reindex(index=lmbdas, columns=list(NUM_POINTS)).astype(object)
    return cells.where(cells.notna(), NOT_TRAINED).rename_axis(columns=f"{size}, P")


def against_published() -> pd.DataFrame:
    """Each measured curve beside the published one of its size and P: accuracies and BD-accuracy.

    Columns: models trained; the best test accuracy on the curve, the test accuracy of the model
    that validation chose, the best published one, each with its interval; BD-accuracy at equal
    estimated bits, in points.
    """
    pairs = [(size, n) for size in SIZES for n in reversed(NUM_POINTS)]
    return pd.DataFrame([_beside(*pair) for pair in pairs]).set_index(["size", "P"])


def _beside(size: str, num_points: int) -> dict[str, object]:
    best = derivations.accuracy_curve("proposed", size, str(num_points)).quality.max()
    row = {"size": size, "P": num_points, "published best (%)": accuracy_text(best, NUM_TEST)}
    try:
        models = clouds.cloud_models(size, num_points)
    except results.MissingTableError:
        columns = ("models", "best (%)", "chosen by validation (%)", "BD-accuracy (points)")
        return row | dict.fromkeys(columns, NOT_TRAINED)
    ours = {
        "models": str(len(models)),
        "best (%)": accuracy_text(clouds.cloud_best_accuracy(size, num_points), NUM_TEST),
        "chosen by validation (%)": accuracy_text(
            clouds.cloud_chosen_accuracy(size, num_points), NUM_TEST
        ),
    }
    return row | ours | {"BD-accuracy (points)": _bd_text(size, num_points)}


def _bd_text(size: str, num_points: int) -> str:
    try:
        return f"{clouds.cloud_bd_accuracy(size, num_points):+.2f}"
    except results.MissingTableError:
        return "too few models"


def targets() -> pd.DataFrame:
    """The goals of this book for the chapter, and whether what is trained reaches them."""
    rows = [_target(size, percent) for size, percent in TARGET.best_percent.items()]
    rows += [_bd_target(size, n) for size in SIZES for n in reversed(trained_points(size))]
    return pd.DataFrame(rows).set_index("goal")


def _target(size: str, percent: float) -> dict[str, object]:
    row = {"goal": f"best accuracy, {size}, P = {NUM_POINTS[-1]} (%)", "at least": percent}
    try:
        found = clouds.cloud_best_accuracy(size, NUM_POINTS[-1])
    except results.MissingTableError:
        return row | {"measured": NOT_TRAINED, "reached": "no"}
    text = accuracy_text(found, NUM_TEST)
    return row | {"measured": text, "reached": "yes" if found >= percent else "no"}


def _bd_target(size: str, num_points: int) -> dict[str, object]:
    least, text = TARGET.bd_accuracy_points, _bd_text(size, num_points)
    reached = text[0] in "+-" and float(text) >= least
    row = {"goal": f"BD-accuracy, {size}, P = {num_points} (points)", "at least": least}
    return row | {"measured": text, "reached": "yes" if reached else "no"}


def bits_table(num_points: int, at: float) -> pd.DataFrame:
    """Bits in which each size reaches an accuracy, linear between the points of its curve.

    Published (estimated) and measured here in each kind of bits; `packet` is the payload and the
    four bytes around it. What does not reach `at` says how far it goes.
    """
    rows = {size: _bits_row(size, num_points, at) for size in SIZES}
    return pd.DataFrame.from_dict(rows, orient="index")


def _bits_row(size: str, num_points: int, at: float) -> dict[str, str]:
    payload = _bits_text(size, num_points, "payload_bits", at)
    packet = payload
    if payload.replace(".", "").isdigit():
        packet = f"{float(payload) + PACKET_BITS:.1f}"
    return {
        "published, estimated": _published_bits(size, num_points, at),
        "estimated": _bits_text(size, num_points, "estimated_bits", at),
        "payload": payload,
        "packet": packet,
    }


def _published_bits(size: str, num_points: int, at: float) -> str:
    curve = derivations.accuracy_curve("proposed", size, str(num_points))
    return _reached(curve, at) or f"{rate_at(curve, at):.1f}"


def _bits_text(size: str, num_points: int, rate_column: str, at: float) -> str:
    try:
        curve = clouds.cloud_curve(size, num_points, rate_column)
    except results.MissingTableError:
        return NOT_TRAINED
    return _reached(curve, at) or f"{rate_at(curve, at):.1f}"


def rate_at(curve: metrics.Curve, at: float) -> float:
    """Bits at which a curve reaches an accuracy, linear between its points."""
    return metrics.rate_at_quality(*curve, at=at, interpolation="linear")


def _reached(curve: metrics.Curve, at: float) -> str:
    """Why a curve has no rate at this accuracy; nothing where it has one."""
    if at > curve.quality.max():
        return f"ends at {curve.quality.max():.1f} %"
    if at < curve.quality[0]:
        return f"begins at {curve.quality[0]:.1f} %"
    return ""
