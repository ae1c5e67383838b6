"""Packets: four bytes, and nothing wrong gets through."""

import binascii
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lcip.coding import (
    PACKET_OVERHEAD,
    CodingError,
    StreamError,
    inspect,
    pack_packet,
    sender,
    unpack_packet,
)

PAYLOAD = b"\x00\x17\xa5\xff"


def refused(data, identity):
    """The text of the refusal."""
    with pytest.raises(StreamError) as caught:
        unpack_packet(data, identity)
    assert "; allowed: " in str(caught.value) and "Next: " in str(caught.value)
    return str(caught.value)


def test_golden_bytes(identity):
    """Nibble B, model 000, and the checksum over identity, length, head and payload."""
    packet = pack_packet(PAYLOAD, identity)
    content = identity + b"\0\0\0\x04" + b"\xb0\x00" + PAYLOAD
    crc = 0xFFFF
    for byte in content:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ (0x1021 if crc & 0x8000 else 0)) & 0xFFFF
    assert packet == b"\xb0\x00" + crc.to_bytes(2, "big") + PAYLOAD
    assert crc == binascii.crc_hqx(content, 0xFFFF)
    assert packet.hex() == "b000eed40017a5ff"


@settings(deadline=None)
@given(st.binary(max_size=200), st.binary(min_size=32, max_size=32))
def test_round_trip_costs_four_bytes(payload, identity):
    packet = pack_packet(payload, identity)
    assert len(packet) == len(payload) + PACKET_OVERHEAD == len(payload) + 4
    assert unpack_packet(packet, identity) == payload


@pytest.mark.parametrize("payload", [b"", b"\0", PAYLOAD, bytes(20), bytes(range(64))])
def test_cut_extended_or_changed_packets_are_refused(payload, identity):
    packet = pack_packet(payload, identity)
    for length in range(len(packet)):
        refused(packet[:length], identity)
    for junk in (b"\0", b"\xff", b"\0\0", packet, bytes(100), bytes(5000)):
        refused(packet + junk, identity)
    for flips in itertools.chain(
        itertools.combinations(range(8 * len(packet)), 1),
        itertools.combinations(range(8 * len(packet)), 2) if len(packet) < 30 else (),
    ):
        changed = bytearray(packet)
        for bit in flips:
            changed[bit // 8] ^= 1 << bit % 8
        refused(bytes(changed), identity)


def test_another_model_is_refused_even_with_the_same_number(identity, other_identity):
    packet = pack_packet(PAYLOAD, identity)
    assert pack_packet(PAYLOAD, other_identity)[:2] == packet[:2]
    assert "packet's checksum is" in refused(packet, other_identity)
    assert "load the weights that wrote it" in refused(packet, other_identity)
    text = refused(packet, bytes([255]) * 32)
    assert "packet's model is '0x000'; allowed: 0xfff" in text


def test_texts(identity):
    assert "packet is '3 bytes'; allowed: 4 to 4004 bytes" in refused(b"\xb0\0\0", identity)
    packet = pack_packet(PAYLOAD, identity)
    assert "packet's first four bits is '0xc'; allowed: 0xb" in refused(
        b"\xc0" + packet[1:], identity
    )
    assert "that of its 3 bytes of payload with this model" in refused(packet[:-1], identity)
    with pytest.raises(CodingError, match="payload is 4001; allowed: bytes, at most 4000"):
        pack_packet(bytes(4001), identity)
    with pytest.raises(CodingError, match="payload is 'str'"):
        pack_packet("text", identity)
    with pytest.raises(CodingError, match="identity is 'bytes of length 31'"):
        pack_packet(b"", identity[:31])
    with pytest.raises(CodingError, match="packet is 'bytearray'"):
        unpack_packet(bytearray(packet), identity)


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=50))
def test_random_bytes_are_refused_or_are_packets(data):
    identity = bytes(32)
    try:
        payload = unpack_packet(data, identity)
    except StreamError:
        return
    assert pack_packet(payload, identity) == data


def test_the_sender_is_found(identity, other_identity):
    third = bytes([9] * 32)
    for right in (identity, other_identity, third):
        packet = pack_packet(PAYLOAD, right)
        assert sender(packet, [third, identity, other_identity, identity]) == right
        others = [i for i in (identity, other_identity, third) if i != right]
        with pytest.raises(StreamError, match="0 candidates match it with its checksum"):
            sender(packet, others)
    with pytest.raises(StreamError, match="allowed: one of no candidates"):
        sender(packet, [])


def test_two_models_that_packets_cannot_tell_apart_are_reported():
    """Two identities of one number and one CRC-16: found by search, once in 2^16 tries."""
    base = bytes(32)
    goal = binascii.crc_hqx(base, 0xFFFF)
    tails = (k.to_bytes(4, "big") for k in range(1, 2**20))
    twin = next(
        t for t in (bytes(28) + tail for tail in tails) if binascii.crc_hqx(t, 0xFFFF) == goal
    )
    with pytest.raises(StreamError, match="2 candidates match it with its checksum"):
        sender(pack_packet(PAYLOAD, base), [base, twin])


def test_inspect(identity):
    found = inspect(pack_packet(PAYLOAD, identity))
    assert (found.kind, found.payload_bytes, found.overhead_bytes) == ("packet", 4, 4)
    assert found.model == "000" and not found.verified and "not checked" in str(found)
    with pytest.raises(StreamError):
        inspect(b"\xb0\x00")
