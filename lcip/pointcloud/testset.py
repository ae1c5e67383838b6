"""A whole test set as one stream: every cloud's payload, the model named once, and the labels
beside.

The stream holds only what a decoder needs. To score it one needs the answers, too: they stand in
the stream's card, with the names of the classes, so that the chapter's tables are recomputed live
on any machine without the data set.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lcip import artifacts, coding, metrics, runtime
from lcip.datasets import PointClouds
from lcip.errors import LcipError, refusal
from lcip.pointcloud.codec import Codec


@dataclass(frozen=True)
class CodedSet:
    """A stream, taken apart: payloads, their symbols int32 (K, N), labels (K,).

    `file_bits` is each cloud's share of the whole file.
    """

    payloads: tuple[bytes, ...]
    symbols: np.ndarray
    labels: np.ndarray
    file_bits: float

    @property
    def payload_bits_of(self) -> np.ndarray:
        """Bits of each payload: int (K,)."""
        return np.array([8 * len(payload) for payload in self.payloads])

    def sample(self, num_clouds: int) -> "CodedSet":
        """`num_clouds` clouds at even distances: of a set sorted by class, some of each."""
        total = len(self.payloads)
        if not 1 <= num_clouds <= total:
            raise LcipError(refusal("num_clouds", num_clouds, f"1 to {total}", "ask for fewer"))
        chosen = np.arange(num_clouds) * total // num_clouds
        return CodedSet(
            tuple(self.payloads[k] for k in chosen),
            self.symbols[chosen],
            self.labels[chosen],
            self.file_bits,
        )


@dataclass(frozen=True)
class Score:
    """What a coded test set came to; bits are means over clouds.

    `estimated_bits`: −log2 p under the integer tables. `payload_bits`: what the coder wrote, whole
    bytes for each cloud. `file_bits`: the stream's file with lengths, header and checksum, shared.
    """

    accuracy: metrics.Accuracy
    predicted: np.ndarray
    estimated_bits_of: np.ndarray
    payload_bits_of: np.ndarray
    file_bits: float

    @property
    def estimated_bits(self) -> float:
        """Mean of `estimated_bits_of`."""
        return float(self.estimated_bits_of.mean())

    @property
    def payload_bits(self) -> float:
        """Mean of `payload_bits_of`."""
        return float(self.payload_bits_of.mean())


def encode_clouds(codec: Codec, clouds: Sequence[np.ndarray]) -> bytes:
    """One batch file for clouds (P, 3) each, float or int16 on the grid."""
    payloads = [codec.payload(codec.symbols(points)) for points in clouds]
    return coding.pack_batch(payloads, [], codec.identity)


def save_test_set(codec: Codec, name: str, clouds: PointClouds, num_points: int) -> Path:
    """Encode the first `num_points` points of every test cloud into `data/streams/<name>.lcip`."""
    data = encode_clouds(codec, list(clouds.points[:, :num_points]))
    card = {
        "model": codec.card["name"],
        "data": f"ModelNet40 test, the first {num_points} points of each cloud",
        "num_items": len(clouds.points),
        "num_points": num_points,
        "classes": list(clouds.classes),
        "label_runs": runs(clouds.labels),
        "environment": runtime.environment_report(),
    }
    return artifacts.save_stream(name, data, card)


def load_test_set(codec: Codec, name: str) -> CodedSet:
    """Read `data/streams/<name>.lcip` with the codec that wrote it.

    Raises:
        ArtifactError: no such stream, or a changed one. StreamError: of another model.
    """
    stream = artifacts.load_stream(name)
    labels, counts = np.array(stream.card["label_runs"], np.int64).T
    return read_clouds(codec, stream.data, np.repeat(labels, counts))


def runs(labels: np.ndarray) -> list[list[int]]:
    """Labels as pairs of a label and how often it comes in a row: short, where classes come sorted.

    >>> runs(np.array([4, 4, 4, 2, 4]))
    [[4, 3], [2, 1], [4, 1]]
    """
    starts = np.flatnonzero(np.diff(labels.astype(np.int64), prepend=-1) != 0)
    return [
        [int(labels[s]), int(n)]
        for s, n in zip(starts, np.diff([*starts, len(labels)]), strict=True)
    ]


def read_clouds(codec: Codec, data: bytes, labels: np.ndarray) -> CodedSet:
    """Decode every payload of a batch file."""
    payloads = coding.unpack_batch(data, codec.identity).streams
    if len(payloads) != len(labels):
        next_step = "score a stream with the labels from its own card"
        raise LcipError(refusal("labels", len(labels), f"{len(payloads)}, one a cloud", next_step))
    symbols = np.array([codec.read_payload(payload) for payload in payloads])
    symbols = symbols.reshape(-1, codec.num_latents)
    return CodedSet(payloads, symbols, labels, 8 * len(data) / len(payloads))


def score(codec: Codec, coded: CodedSet) -> Score:
    """Classify every cloud of a coded test set, and count its bits three ways."""
    predicted = codec.logits(coded.symbols).argmax(axis=1)
    return Score(
        accuracy=metrics.accuracy_percent(predicted, coded.labels),
        predicted=predicted,
        estimated_bits_of=codec.estimated_bits(coded.symbols),
        payload_bits_of=coded.payload_bits_of,
        file_bits=coded.file_bits,
    )
