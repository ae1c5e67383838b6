"""A coded test set: labels, samples, scores, and what is refused."""

import numpy as np
import pytest
from pointcloud_samples import clouds

from lcip import coding
from lcip.errors import LcipError
from lcip.pointcloud import testset


@pytest.fixture
def coded(codec):
    """Eight clouds, coded and read back."""
    data = testset.encode_clouds(codec, clouds(100))
    return testset.read_clouds(codec, data, np.arange(8))


def test_a_batch_gives_back_what_single_packets_give(codec, coded):
    for points, symbols in zip(clouds(100), coded.symbols, strict=True):
        assert np.array_equal(codec.decode(codec.encode(points)), symbols)


def test_bits_are_counted_three_ways(codec, coded):
    score = testset.score(codec, coded)
    data = testset.encode_clouds(codec, clouds(100))
    assert score.file_bits == 8 * len(data) / 8
    assert score.payload_bits == np.mean([8 * len(p) for p in coded.payloads])
    assert score.payload_bits <= score.estimated_bits + 8
    assert score.payload_bits < score.file_bits


def test_the_accuracy_is_that_of_the_logits(codec, coded):
    score = testset.score(codec, coded)
    right = codec.logits(coded.symbols).argmax(axis=1) == np.arange(8)
    assert score.accuracy.num_correct == right.sum() and score.accuracy.num_items == 8


def test_samples_are_spread_over_the_set(coded):
    assert coded.sample(4).labels.tolist() == [0, 2, 4, 6]
    assert coded.sample(8).labels.tolist() == list(range(8))
    assert coded.sample(3).file_bits == coded.file_bits
    with pytest.raises(LcipError, match="num_clouds is 9; allowed: 1 to 8"):
        coded.sample(9)


def test_labels_of_another_set_are_refused(codec):
    data = testset.encode_clouds(codec, clouds(100))
    with pytest.raises(LcipError, match="labels is 7; allowed: 8, one a cloud"):
        testset.read_clouds(codec, data, np.arange(7))


@pytest.mark.parametrize("damage", [lambda d: d[:-1], lambda d: d + b"\0", lambda d: b"X" + d[1:]])
def test_a_damaged_stream_is_refused(codec, damage):
    data = testset.encode_clouds(codec, clouds(100))
    with pytest.raises(coding.StreamError):
        testset.read_clouds(codec, damage(data), np.arange(8))


def test_runs_of_labels_come_back():
    labels = np.array([3, 3, 0, 0, 0, 3, 39], np.uint8)
    values, counts = np.array(testset.runs(labels)).T
    assert np.array_equal(np.repeat(values, counts), labels)
