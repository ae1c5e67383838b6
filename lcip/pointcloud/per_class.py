"""A test set class by class: what its clouds cost, and how often they are recognised."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from lcip import metrics
from lcip.pointcloud.codec import Codec
from lcip.pointcloud.figures import confusion_counts
from lcip.pointcloud.rate_accuracy import accuracy_text
from lcip.pointcloud.testset import CodedSet, Score


def class_table(coded: CodedSet, score: Score, classes: Sequence[str]) -> pd.DataFrame:
    """One row a class that has clouds, in the order of `classes`.

    Columns: clouds; accuracy_percent and its 95 % interval low_percent, high_percent;
    estimated_bits and payload_bits, means over its clouds; taken_for, its commonest mistake, if it
    has any.
    """
    counts = confusion_counts(coded.labels, score.predicted, len(classes))
    rows = [_row(k, counts, coded, score, classes) for k in range(len(classes)) if counts[k].any()]
    return pd.DataFrame(rows).set_index("class")


def _row(
    k: int, counts: np.ndarray, coded: CodedSet, score: Score, classes: Sequence[str]
) -> dict[str, object]:
    mine, total = coded.labels == k, int(counts[k].sum())
    low, high = metrics.wilson_interval(int(counts[k, k]), total, confidence=0.95)
    wrong = np.where(np.arange(len(classes)) == k, 0, counts[k])
    return {
        "class": classes[k],
        "clouds": total,
        "accuracy_percent": 100 * counts[k, k] / total,
        "low_percent": 100 * low,
        "high_percent": 100 * high,
        "estimated_bits": score.estimated_bits_of[mine].mean(),
        "payload_bits": score.payload_bits_of[mine].mean(),
        "taken_for": classes[int(wrong.argmax())] if wrong.any() else "",
    }


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """`class_table` for the page, the least recognised classes first: accuracy with interval."""
    table = table.sort_values(["accuracy_percent", "payload_bits"], ascending=[True, False])
    text = [accuracy_text(r.accuracy_percent, r.clouds) for r in table.itertuples()]
    return pd.DataFrame(
        {
            "clouds": table["clouds"],
            "accuracy (%)": text,
            "estimate (bits)": table["estimated_bits"].round(1),
            "payload (bits)": table["payload_bits"].round(1),
            "mostly taken for": table["taken_for"].str.replace("_", " "),
        }
    )


def score_table(scores: Mapping[str, tuple[Codec, Score]]) -> pd.DataFrame:
    """The three kinds of bits and the accuracy of whole test sets, one row a model."""
    rows = {
        name: {
            "clouds": score.accuracy.num_items,
            "accuracy (%)": accuracy_text(score.accuracy.percent, score.accuracy.num_items),
            "estimate (bits)": round(score.estimated_bits, 1),
            "payload (bits)": round(score.payload_bits, 1),
            "file (bits)": round(score.file_bits, 1),
        }
        for name, (_, score) in scores.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index")
