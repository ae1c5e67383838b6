"""A training small enough for a page: turned and stretched solids, some hundred steps.

The task, the stack and the loop are those of the real models (`fit`, `stacked`); only the data are
made here. Every object is a solid of its own proportions: each axis is stretched by a factor
between 1/s and s, log-uniform, the object is turned about the vertical by an angle up to a limit,
and a random cap of it is missing, as where a sensor sees one side only.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from torch.nn import functional

from lcip import metrics, results
from lcip.datasets import POINT_SCALE, normalise_unit_ball, sample_mesh
from lcip.errors import LcipError, refusal
from lcip.pointcloud import codec as codecs
from lcip.pointcloud.clouds import to_grid
from lcip.pointcloud.fit import CloudTask, fresh_models
from lcip.pointcloud.recipes import Recipe
from lcip.pointcloud.solids import SOLIDS

STUDY = "pointcloud/training_study"
UNSAVED = bytes(32)  # the identity of a codec whose weights are not kept
STORED = 4  # points that are stored of a training cloud, for each that a batch draws


@dataclass(frozen=True)
class Variety:
    """How objects of a class differ.

    Attributes:
        stretch: s ≥ 1.
        turn_deg: largest angle about the vertical, to either side.
        missing: share of the points that may lie in the cap that is not seen, 0 to below 1.
    """

    stretch: float
    turn_deg: float
    missing: float

    def __post_init__(self) -> None:
        if not self.stretch >= 1:
            raise LcipError(refusal("stretch", self.stretch, "at least 1", "1 stretches nothing"))
        if not 0 <= self.turn_deg <= 180:
            raise LcipError(refusal("turn_deg", self.turn_deg, "0 to 180", "choose an angle"))
        if not 0 <= self.missing < 1:
            allowed = "0 to below 1"
            raise LcipError(refusal("missing", self.missing, allowed, "0 shows all points"))


def varied(name: str, num_points: int, how: Variety, draw: np.random.Generator) -> np.ndarray:
    """One object of a class: float32 (P, 3) in the unit ball."""
    mesh = SOLIDS[name]()
    reach = np.log(how.stretch)
    stretched = mesh.vertices * np.exp(draw.uniform(-reach, reach, 3))
    angle = np.radians(draw.uniform(-how.turn_deg, how.turn_deg))
    cos, sin = np.cos(angle), np.sin(angle)
    turned = stretched @ np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]])
    share = draw.uniform(0, how.missing)
    drawn = int(np.ceil(num_points / (1 - share)))
    points = sample_mesh(turned, mesh.faces, drawn, int(draw.integers(2**32)))
    side = draw.standard_normal(3)
    seen = np.sort(np.argsort(points @ side, kind="stable")[:num_points])  # in the drawn order
    return normalise_unit_ball(points[seen])


def varied_solids(
    classes: Sequence[str], num_each: int, num_points: int, how: Variety, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """`num_each` objects of every class: int16 (K, P, 3) on the grid, and their classes (K,)."""
    unknown = [name for name in classes if name not in SOLIDS]
    if unknown:
        raise LcipError(refusal("class", unknown[0], SOLIDS, "choose solids that there are"))
    draw = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(classes)), num_each)
    clouds = [to_grid(varied(classes[label], num_points, how, draw)) for label in labels]
    return np.stack(clouds), labels


def live_task(
    size: str,
    recipe: Recipe,
    classes: Sequence[str],
    how: Variety,
    *,
    num_points: int,
    num_each: int,
    num_held_out: int,
    seed: int,
) -> CloudTask:
    """The task of training a stack on solids; as many others of each class only judge."""
    points, labels = varied_solids(classes, num_each, STORED * num_points, how, seed)
    others, other_labels = varied_solids(classes, num_held_out, num_points, how, seed + 1)
    held_out = others.astype(np.float32) / np.float32(POINT_SCALE)
    models = fresh_models(size, recipe, seed)
    return CloudTask(
        models, points, labels, held_out, other_labels, num_points=num_points, recipe=recipe
    )


def curves(rows: Sequence[dict[str, float]], lmbdas: Sequence[float]) -> pd.DataFrame:
    """Rows of a stack's validations as a table, a row for each step and λ."""
    figures = ("bits", "cross_entropy_nats", "accuracy_percent")
    return pd.DataFrame(
        {"step": int(row["step"]), "lmbda": lmbda, **{f: row[f"{f}_{index}"] for f in figures}}
        for row in rows
        for index, lmbda in enumerate(lmbdas)
    )


def coded(task: CloudTask, classes: Sequence[str]) -> pd.DataFrame:
    """Every trained model on the held-out clouds, in bytes that are really written: a row a λ.

    Payloads are decoded before anything is classified.
    """
    rows = []
    for lmbda, model in zip(task.recipe.lmbdas, task.models, strict=True):
        card = {"size": model.size, "classes": list(classes)}
        codec = codecs.of_tensors(codecs.tensors_of(model), card, UNSAVED)
        symbols = np.array([codec.symbols(cloud) for cloud in task.held_out.numpy()])
        payloads = [codec.payload(row) for row in symbols]
        read = np.array([codec.read_payload(payload) for payload in payloads])
        right = codec.logits(read).argmax(axis=1) == task.held_out_labels.numpy()
        rows.append(
            {
                "lmbda": lmbda,
                "estimated_bits": codec.estimated_bits(read).mean(),
                "payload_bits": np.mean([8 * len(payload) for payload in payloads]),
                "accuracy_percent": 100 * right.mean(),
                "distinct_messages": len(set(payloads)),
            }
        )
    return pd.DataFrame(rows)


def training_gains(num_points: int) -> pd.DataFrame | None:
    """What each choice of the training brings, as recorded; None until it is measured.

    `gain_points` and `class_mean_gain_points` are the accuracy, and its mean over classes, above
    those of the first row of the same λ, with which the record begins. `low_percent` and
    `high_percent` are the ends of the accuracy's 95 % interval, Wilson's.
    """
    try:
        table = results.read_measured(STUDY).frame
    except results.MissingTableError:
        return None
    table = table[table["num_points"] == num_points].copy()
    percent = ["validation_accuracy_percent", "class_mean_accuracy_percent"]
    above = table[percent] - table.groupby("lmbda")[percent].transform("first")
    table[["gain_points", "class_mean_gain_points"]] = above
    ends = [
        metrics.wilson_interval(
            round(row[percent[0]] * row["num_validation"] / 100),
            row["num_validation"],
            confidence=0.95,
        )
        for _, row in table.iterrows()
    ]
    table[["low_percent", "high_percent"]] = 100 * np.array(ends)
    return table.drop(columns=["size", "num_points"]).set_index(["lmbda", "change"])


def by_lambda(gains: pd.DataFrame, percent: str, gain: str) -> pd.DataFrame:
    """`training_gains` for reading: a row a change, a column a λ, cells "accuracy (gain)"."""
    cells = [f"{a:.1f} ({g:+.1f})" for a, g in zip(gains[percent], gains[gain], strict=True)]
    table = gains.assign(cell=cells)["cell"].unstack("lmbda")
    table.columns = [f"λ = {lmbda:g}" for lmbda in table.columns]
    return table.loc[gains.index.unique("change")]


@torch.no_grad()
def noise_and_rounding(task: CloudTask, seed: int) -> pd.DataFrame:
    """Bits and cross-entropy on the held-out clouds, with noise and with rounding: a row a λ.

    The rest of the network is as in inference, so that nothing else differs.
    """
    torch.manual_seed(seed)
    rows = []
    for lmbda, model in zip(task.recipe.lmbdas, task.models, strict=True):
        model.eval().update_medians()
        y = model.encoder(task.held_out)
        row = {"lmbda": lmbda}
        for name, training in (("noise", True), ("rounding", False)):
            y_hat, likelihoods = model.bottleneck(y, training=training)
            nats = functional.cross_entropy(model.decoder(y_hat), task.held_out_labels)
            row[f"{name}_bits"] = -likelihoods.log2().sum(dim=1).mean().item()
            row[f"{name}_nats"] = nats.item()
        rows.append(row)
    return pd.DataFrame(rows)
