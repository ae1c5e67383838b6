"""The sender of labels: a number from 0 to 39 in as many bits as its class is rare."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lcip.coding import StreamError
from lcip.pointcloud.rivals import labels
from lcip.pointcloud.rivals.errors import RivalError

UNDER = labels.tables(np.repeat(np.arange(40), np.arange(1, 41)), 40)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 39), min_size=1, max_size=60))
def test_labels_come_back(sent):
    sent = np.array(sent)
    data = labels.encode(sent, UNDER)
    assert np.array_equal(labels.decode(data, len(sent), UNDER), sent)
    assert 8 * len(data) <= labels.label_bits(sent, UNDER).sum() + 8


def test_a_class_costs_what_its_share_says():
    wanted = -np.log2((np.arange(40) + 2) / sum(range(2, 42)))
    assert np.allclose(labels.label_bits(np.arange(40), UNDER), wanted, atol=0.01)


def test_equal_shares_cost_log2_40():
    equal = labels.tables(np.arange(40), 40)
    many = np.random.default_rng(0).integers(0, 40, 5000)
    assert abs(8 * len(labels.encode(many, equal)) / 5000 - np.log2(40)) < 0.01


def test_a_packet_s_payload_is_at_most_a_byte_or_two():
    sizes = [len(labels.encode(np.array([k]), UNDER)) for k in range(40)]
    assert max(sizes) <= 2 and np.mean(sizes) <= 1.2


def test_an_absent_class_can_be_sent():
    under = labels.tables(np.array([0, 0, 2]), 4)
    assert labels.decode(labels.encode(np.array([1, 3]), under), 2, under).tolist() == [1, 3]


def test_labels_beyond_the_classes_are_refused():
    with pytest.raises(RivalError, match="num_classes is 3; allowed: at least 5"):
        labels.tables(np.array([0, 4]), 3)
    with pytest.raises(StreamError):
        labels.decode(b"\1\2\3\4\5\6\7\0", 2, UNDER)
