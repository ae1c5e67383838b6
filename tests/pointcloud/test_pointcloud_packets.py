"""Packets of every committed model: what they cost, that order has no say, what damage does."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pointcloud_samples import codec_of, settled_model

from lcip import artifacts, coding
from lcip.pointcloud import choice, testset
from lcip.pointcloud import codec as codecs
from lcip.pointcloud.account import account
from lcip.pointcloud.solids import SOLIDS, solid

MODELS = choice.trained()
IDENTITIES = {artifacts.weights_identity(model.name): model for model in MODELS}
OF_EACH_SIZE = list({model.size: model for model in MODELS}.values())


def damaged(packet: bytes, bits) -> bytes:
    changed = bytearray(packet)
    for bit in bits:
        changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def refused(packet: bytes, codec: codecs.Codec) -> bool:
    """Whether neither the search for its model nor its codec takes a packet."""
    for attempt in (lambda: coding.sender(packet, IDENTITIES), lambda: codec.decode(packet)):
        try:
            attempt()
        except coding.StreamError:
            continue
        return False
    return True


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_what_the_test_set_costs(model):
    """Payload: at most 8 bits over the estimate, for every cloud; packet: four bytes more."""
    codec = codecs.load(model.name)
    coded = testset.load_test_set(codec, model.name)
    estimated, payload = codec.estimated_bits(coded.symbols), coded.payload_bits_of
    assert (payload - estimated).mean() <= 8 and (payload - estimated).max() <= 8 + 1e-6
    packets = [coding.pack_packet(one, codec.identity) for one in coded.payloads]
    assert {len(p) - len(one) for p, one in zip(packets, coded.payloads, strict=True)} == {4}
    for k in range(0, len(packets), 97):
        found = account(codec, packets[k])
        assert found.file_bits == 8 * len(packets[k]) == payload[k] + found.overhead_bits
        assert (found.overhead_bits, found.payload_bits) == (32, payload[k])
        assert abs(found.estimated_bits - estimated[k]) < 1e-9
        np.testing.assert_array_equal(found.symbols, coded.symbols[k])


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_packets_go_there_and_back_and_name_their_model(model):
    codec = codecs.load(model.name)
    for name in SOLIDS:
        points = solid(name, model.num_points, seed=0)
        packet = codec.encode(points)
        assert IDENTITIES[coding.sender(packet, IDENTITIES)] == model
        np.testing.assert_array_equal(codec.decode(packet), codec.symbols(points))


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_every_flipped_bit_cut_and_extension_is_refused(model):
    """By the codec, and by the search for the model, which may take it for another model's."""
    codec = codecs.load(model.name)
    packet = codec.encode(solid("cone", model.num_points, seed=0))
    for bit in range(8 * len(packet)):
        assert refused(damaged(packet, [bit]), codec)
    for wrong in [packet[:n] for n in range(len(packet))]:
        assert refused(wrong, codec)
    for tail in (*(bytes([k]) for k in range(256)), b"\0\0", packet, bytes(5000)):
        assert refused(packet + tail, codec)


def smallest_packet() -> tuple[codecs.Codec, bytes]:
    """Of the committed model and the solid that take the fewest bytes."""
    found = []
    for model in OF_EACH_SIZE:
        codec = codecs.load(model.name)
        packets = [codec.encode(solid(name, model.num_points, seed=0)) for name in SOLIDS]
        found.append((min(packets, key=len), codec))
    packet, codec = min(found, key=lambda pair: len(pair[0]))
    return codec, packet


def test_every_two_flipped_bits_of_a_small_packet_are_refused():
    codec, packet = smallest_packet()
    for bits in itertools.combinations(range(8 * len(packet)), 2):
        assert refused(damaged(packet, bits), codec)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_three_flipped_bits_and_bursts_are_refused_by_the_codec(data):
    """What the checksum promises of one model: up to three bits, and bursts of up to 16."""
    codec, packet = SMALL
    last = 8 * len(packet) - 1
    if data.draw(st.booleans()):
        bits = data.draw(st.sets(st.integers(0, last), min_size=1, max_size=3))
    else:
        start = data.draw(st.integers(0, last - 15))
        bits = {start + k for k in data.draw(st.sets(st.integers(0, 15), min_size=1))}
        # A burst runs along the bits as they are sent, the highest of a byte first.
        bits = {bit // 8 * 8 + 7 - bit % 8 for bit in bits}
    with pytest.raises(coding.StreamError):
        codec.decode(damaged(packet, bits))


SMALL = smallest_packet()


@settings(max_examples=300, deadline=None)
@given(payload=st.binary(max_size=30))
def test_a_payload_is_refused_or_is_what_the_encoder_writes(payload):
    """Whatever passes the checksum: no two payloads decode to the same symbols."""
    codec = SMALL[0]
    try:
        symbols = codec.decode(coding.pack_packet(payload, codec.identity))
    except coding.StreamError:
        return
    assert codec.payload(symbols) == payload


RANDOM_MODELS = {size: codec_of(settled_model(size)) for size in ("micro", "lite", "full")}


@pytest.mark.parametrize("size", list(RANDOM_MODELS))
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_neither_order_nor_repetition_changes_a_byte(size, data):
    codec = RANDOM_MODELS[size]
    count = data.draw(st.integers(1, 40))
    coordinate = st.floats(-0.5, 0.5, width=32)
    points = np.array(data.draw(st.lists(st.tuples(*3 * [coordinate]), min_size=count)))
    order = data.draw(st.permutations(range(len(points))))
    again = data.draw(st.lists(st.integers(0, len(points) - 1), max_size=5))
    assert codec.encode(points[[*order, *again]]) == codec.encode(points)


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_nor_does_it_with_the_committed_models(model):
    codec = codecs.load(model.name)
    points = solid("chair", model.num_points, seed=0)
    packet, draw = codec.encode(points), np.random.default_rng(0)
    orders = [draw.permutation(len(points)) for _ in range(20)]
    assert {codec.encode(points[order]) for order in orders} == {packet}
    assert codec.encode(np.concatenate([points, points[::-3]])) == packet
