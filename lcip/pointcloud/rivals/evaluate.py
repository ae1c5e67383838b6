"""Rivals on ModelNet40's test set: bits and accuracy of every coder, setting and number of points.

    python -m lcip.pointcloud.rivals.evaluate

writes `data/measured/pointcloud/input_codecs.csv`, one row for each, from classifiers trained on
clean clouds (`pointcloud/classifier-p…`), the octree's prior and TMC13's measured bits. The test
clouds are each cloud's first P points. A stopped run goes on where it was; `--bits-only` stops
before anything is classified, as long as there are no classifiers.

Columns: `grid` says how decoded points lie; `classifier` which one was asked (of a P without its
own, the nearest); `has_estimate` is false where the coder is not ours and does not tell, and
`estimated_bits` then repeats the payload's; `least_file_bits` is the smallest file of all clouds.

* octree: the payload is all; a file has the 4 bytes of a packet.
* draco: the payload is the file without its 11 bytes of header.
* tmc13: the payload is the size of the positions' stream, as in the thesis.
* label: see `labels`; as packets, and as one stream.
"""

import argparse
from collections.abc import Sequence

import numpy as np
import pandas as pd
from tqdm import tqdm

from lcip import artifacts, coding, datasets, metrics, results, runtime
from lcip.errors import refusal
from lcip.pointcloud import classifier as classifiers
from lcip.pointcloud.classifier import Classifier
from lcip.pointcloud.rivals import coded, labels, prior, tmc13
from lcip.pointcloud.rivals.coded import Place
from lcip.pointcloud.rivals.errors import RivalError
from lcip.pointcloud.rivals.parts import Parts, digest

TABLE = "pointcloud/input_codecs"
COMMAND = "python -m lcip.pointcloud.rivals.evaluate"
CLOUDS_AT_ONCE = 64


def classify(
    place: Place, clouds: datasets.PointClouds, classifier: Classifier
) -> tuple[np.ndarray, float]:
    """What decoded test clouds are taken for, int64 (B,), and their mean number of points."""
    predicted, sizes = [], []
    for start in range(0, len(clouds.labels), CLOUDS_AT_ONCE):
        points = clouds.coordinates(slice(start, start + CLOUDS_AT_ONCE), place.num_points)
        received = [coded.received(place, cloud) for cloud in points]
        predicted.append(classifier.classify(received))
        sizes += [len(cloud) for cloud in received]
    return np.concatenate(predicted), float(np.mean(sizes))


def accuracy_row(
    place: Place, clouds: datasets.PointClouds, classifier: Classifier
) -> pd.DataFrame:
    """Accuracy at a place, as a table of one row."""
    predicted, size = classify(place, clouds, classifier)
    score = metrics.accuracy_percent(predicted, clouds.labels)
    return pd.DataFrame([{**accuracy_columns(score, classifier), "num_decoded_points": size}])


def accuracy_columns(score: metrics.Accuracy, classifier: Classifier) -> dict[str, object]:
    """The columns that every row has."""
    return {
        "classifier": classifier.name.removeprefix("pointcloud/"),
        "test_accuracy_percent": score.percent,
        "test_accuracy_low_percent": score.low_percent,
        "test_accuracy_high_percent": score.high_percent,
    }


def label_rows(
    clouds: datasets.PointClouds, train_labels: np.ndarray, classifier: Classifier
) -> pd.DataFrame:
    """The sender of labels, whose classifier sees all 1,024 points as they are."""
    num_points = max(prior.POINTS)
    predicted = np.concatenate(
        [
            classifier.classify(list(clouds.coordinates(slice(k, k + CLOUDS_AT_ONCE), num_points)))
            for k in range(0, len(clouds.labels), CLOUDS_AT_ONCE)
        ]
    )
    under = labels.tables(train_labels, len(clouds.classes))
    score = metrics.accuracy_percent(predicted, clouds.labels)
    common = {
        "codec": "label",
        "grid": "none",
        "setting_name": "none",
        "setting": 0,
        "num_points": num_points,
        **accuracy_columns(score, classifier),
        "num_decoded_points": 0.0,
        "has_estimate": True,
        "estimated_bits": float(labels.label_bits(predicted, under).mean()),
        "num_test": len(predicted),
    }
    sizes = label_sizes(predicted, under, classifier.identity)
    return pd.DataFrame([{**common, "variant": name, **bits} for name, bits in sizes.items()])


def label_sizes(
    predicted: np.ndarray, under: coding.Tables, identity: bytes
) -> dict[str, dict[str, float]]:
    """Bits a cloud of a packet each, and of one stream for all; every byte is read back."""
    payloads = [labels.encode(one, under) for one in np.split(predicted, len(predicted))]
    assert all(
        labels.decode(data, 1, under)[0] == one
        for data, one in zip(payloads, predicted, strict=True)
    )
    packets = [8 * len(coding.pack_packet(data, identity)) for data in payloads]
    stream = labels.encode(predicted, under)
    assert np.array_equal(labels.decode(stream, len(predicted), under), predicted)
    file = 8 * len(coding.pack([stream], [(len(predicted),)], identity)) / len(predicted)
    return {
        "packet": {
            "payload_bits": float(np.mean([8 * len(data) for data in payloads])),
            "file_bits": float(np.mean(packets)),
            "least_file_bits": float(min(packets)),
        },
        "stream": {
            "payload_bits": 8 * len(stream) / len(predicted),
            "file_bits": file,
            "least_file_bits": file,
        },
    }


def tmc13_rows() -> pd.DataFrame:
    """TMC13's measured bits in the shape of `coded.measure`."""
    bits = results.read_measured(tmc13.TABLE).frame
    return pd.DataFrame(
        {
            "codec": "tmc13",
            "variant": "v14",
            "grid": "trunc",
            "setting_name": "scale",
            "setting": bits["scale"],
            "num_points": bits["num_points"],
            "has_estimate": False,
            "estimated_bits": bits["positions_bits"],
            "payload_bits": bits["positions_bits"],
            "file_bits": bits["file_bits"],
            "least_file_bits": bits["file_least_bits"].astype(float),
            "num_test": bits["num_test"],
        }
    )


def bits_of_all(clouds: datasets.PointClouds, parts: Parts) -> pd.DataFrame:
    """What every coder spends, TMC13's table included."""
    learned = prior.load()
    tables = [
        parts.part(
            place.name,
            lambda place=place: coded.measure(
                place, clouds.coordinates(slice(None), place.num_points), learned
            ),
        )
        for place in tqdm(list(coded.places()), desc="bits")
    ]
    return pd.concat([tmc13_rows(), *tables], ignore_index=True)


def accuracy_of_all(clouds: datasets.PointClouds, parts: Parts) -> pd.DataFrame:
    """Accuracy at every place, by its fields."""
    trained = {p: classifiers.load(p) for p in checked_classifiers()}
    tables = []
    for place in tqdm(list(coded.places()), desc="accuracy"):
        chosen = trained[classifiers.nearest(place.num_points, list(trained))]
        name = f"{place.name}-{chosen.identity.hex()[:12]}"  # one more classifier changes few parts
        rows = parts.part(name, lambda p=place, c=chosen: accuracy_row(p, clouds, c))
        tables.append(rows.assign(**place._asdict()))
    return pd.concat(tables, ignore_index=True)


def checked_classifiers() -> list[int]:
    """The numbers of points with a classifier; none is refused."""
    found = classifiers.available()
    if not found:
        step = "train them: the rules in workflow/ say how; --bits-only measures what needs none"
        raise RivalError(refusal("number of classifiers", 0, "1 or more", step))
    return found


COLUMNS = (
    "codec", "variant", "grid", "setting_name", "setting", "num_points", "classifier",
    "test_accuracy_percent", "test_accuracy_low_percent", "test_accuracy_high_percent",
    "has_estimate", "estimated_bits", "payload_bits", "file_bits", "least_file_bits",
    "num_decoded_points", "num_test",
)  # fmt: skip


def joined(bits: pd.DataFrame, accuracy: pd.DataFrame, label: pd.DataFrame) -> pd.DataFrame:
    """The table: every coder's bits beside the accuracy of its place, then the labels."""
    rows = bits.merge(accuracy, on=list(Place._fields), how="left", validate="many_to_one")
    order = {"tmc13": 0, coded.DRACO: 1, "octree": 2}
    rows = rows.assign(place=rows["codec"].map(order)).sort_values(
        ["place", "variant", "grid", "num_points", "setting"], kind="stable"
    )
    return pd.concat([rows, label], ignore_index=True)[list(COLUMNS)]


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__.splitlines()[0])
    parser.add_argument("--bits-only", action="store_true", help="stop before classifying")
    given = parser.parse_args(arguments)
    runtime.setup(seed=0, threads=1)
    clouds = datasets.modelnet40("test")
    sources = {"modelnet40/test": digest(clouds)}
    weights = {prior.NAME: artifacts.load_weights(prior.NAME).identity.hex()}
    spent = Parts("input-codecs-bits", sources | weights)
    bits = bits_of_all(clouds, spent)
    if given.bits_only:
        return
    names = [classifiers.weights_name(points) for points in checked_classifiers()]
    weights |= {name: artifacts.load_weights(name).identity.hex() for name in names}
    right = Parts("input-codecs-accuracy", sources)
    accuracy = accuracy_of_all(clouds, right)
    train_labels = datasets.modelnet40("train").labels
    best = classifiers.load(max(checked_classifiers()))
    name = f"label-{best.identity.hex()[:12]}"
    label = right.part(name, lambda: label_rows(clouds, train_labels, best))
    results.write_measured(
        TABLE,
        joined(bits, accuracy, label),
        command=COMMAND,
        seed=None,
        datasets=sources,
        weights=weights,
        wall_seconds=spent.seconds() + right.seconds(),
    )
    spent.remove()
    right.remove()


if __name__ == "__main__":
    main()
