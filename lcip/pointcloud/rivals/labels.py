"""The other extreme: a classifier on the sender's side, and nothing but its answer is sent.

The whole network runs where the cloud is; all its information is mixed before anything is sent, and
what is sent is a number from 0 to 39, coded under the classes' shares among training clouds. No
codec for classification can be shorter at this accuracy without being a better classifier, but for
what is left between the entropy of the answers and the whole bytes of a packet.

Two ways to send: a *packet* for each cloud, whose payload is whole bytes, or one *stream* of all
answers, where the range coder spends fractions of bits.
"""

import numpy as np

from lcip import coding
from lcip.coding import Tables
from lcip.errors import refusal
from lcip.pointcloud.rivals.errors import RivalError


def tables(train_labels: np.ndarray, num_classes: int) -> Tables:
    """One table for all labels, in proportion to the classes' numbers of training clouds.

    Every class gets one count more than it has, so that none is impossible.
    """
    counts = np.bincount(np.asarray(train_labels).astype(np.int64), minlength=num_classes) + 1
    if len(counts) != num_classes:
        step = "count the classes of the data set"
        raise RivalError(refusal("num_classes", num_classes, f"at least {len(counts)}", step))
    return Tables.from_counts([counts], [0], [0])


def encode(labels: np.ndarray, under: Tables) -> bytes:
    """Labels (B,) as one stream; for a packet, one label."""
    return coding.encode(labels, np.zeros(len(labels), np.int64), under)


def decode(data: bytes, num_labels: int, under: Tables) -> np.ndarray:
    """The labels, int32 (B,). Raises StreamError where `encode` writes no such bytes."""
    return coding.decode(data, np.zeros(num_labels, np.int64), under)


def label_bits(labels: np.ndarray, under: Tables) -> np.ndarray:
    """−log2 of each label's share: float64 (B,)."""
    return coding.symbol_bits(labels, np.zeros(len(labels), np.int64), under)
