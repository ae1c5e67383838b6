"""Files: size, round trip, and the refusal of everything else."""

import tracemalloc
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lcip.coding import (
    CodingError,
    StreamError,
    Unpacked,
    inspect,
    pack,
    pack_batch,
    sender,
    unpack,
    unpack_batch,
)

STREAMS = (bytes(range(200)), b"abc", b"\0\0")
SHAPES = ((512, 768),)
PAYLOADS = tuple(bytes([k]) * (k % 4) for k in range(30))


@pytest.fixture
def image(identity):
    """A file of three streams."""
    return pack(STREAMS, SHAPES, identity)


@pytest.fixture
def batch(identity):
    """A file of thirty small payloads."""
    return pack_batch(PAYLOADS, ((1024, 3),), identity)


def resealed(data: bytes) -> bytes:
    """The same bytes under a right checksum: what an attacker would send."""
    return data[:-4] + zlib.crc32(data[:-4]).to_bytes(4, "big")


def refused(data, identity, unpacker=unpack):
    """The text of the refusal."""
    with pytest.raises(StreamError) as caught:
        unpacker(data, identity)
    assert "; allowed: " in str(caught.value) and "Next: " in str(caught.value)
    return str(caught.value)


def test_round_trips(image, batch, identity):
    assert unpack(image, identity) == Unpacked(STREAMS, SHAPES)
    assert unpack_batch(batch, identity) == Unpacked(PAYLOADS, ((1024, 3),))


@settings(deadline=None)
@given(
    st.lists(st.binary(max_size=300), max_size=15),
    st.lists(st.lists(st.integers(1, 300), min_size=1, max_size=3), max_size=15),
)
def test_any_streams_and_shapes_come_back(streams, shapes):
    identity = bytes(32)
    expected = Unpacked(tuple(streams), tuple(map(tuple, shapes)))
    assert unpack(pack(streams, shapes, identity), identity) == expected
    assert unpack_batch(pack_batch(streams, shapes, identity), identity) == expected


def test_golden_bytes(identity):
    """Magic, version and kind, model, nibbles of the shapes, sides, streams, checksum."""
    data = pack([b"abc"], ((512, 768),), identity)
    assert data[:-4].hex() == "4c43491100010203040512800480060103616263"
    assert int.from_bytes(data[-4:], "big") == zlib.crc32(data[:-4])
    data = pack_batch([b"a", b"", b"bc"], ((7,), (2, 3, 4)), identity)
    front = "4c43491200010203040521300702030403"
    assert data[:-4].hex() == front + "025b40616263"


@pytest.mark.parametrize("shape", [(4095, 16_383), (512, 768)])
@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_an_image_file_costs_at_most_32_bytes(count, shape, identity):
    streams = [bytes(2**21 + 5)] * count
    assert len(pack(streams, (shape,), identity)) - count * (2**21 + 5) <= 32
    streams = [bytes(40_000), bytes(300), bytes(20_000)][:count]
    assert len(pack(streams, (shape,), identity)) - sum(map(len, streams)) <= 29


def test_a_batch_codes_lengths_compactly(identity):
    """2,468 lengths around 7 in 1,070 bytes: their entropy and one per cent."""
    lengths = np.random.default_rng(0).poisson(7, 2468)
    data = pack_batch([bytes(n) for n in lengths], ((1024, 3),), identity)
    _, counts = np.unique(lengths, return_counts=True)
    entropy_bytes = -(counts * np.log2(counts / 2468)).sum() / 8
    assert len(data) - lengths.sum() <= 1.02 * entropy_bytes + 32


def test_every_prefix_is_refused(image, batch, identity):
    for length in range(len(image)):
        refused(image[:length], identity)
    for length in range(len(batch)):
        refused(batch[:length], identity, unpack_batch)
    assert f"file is '{len(image) - 1} bytes'; allowed: {len(image)} bytes" in refused(
        image[:-1], identity
    )


def test_every_flipped_bit_is_refused(image, batch, identity):
    for data, unpacker in ((image, unpack), (batch, unpack_batch)):
        for bit in range(8 * len(data)):
            changed = bytearray(data)
            changed[bit // 8] ^= 1 << bit % 8
            refused(bytes(changed), identity, unpacker)


def test_junk_behind_is_refused(image, batch, identity):
    for data, unpacker in ((image, unpack), (batch, unpack_batch)):
        for junk in (b"\0", b"\xff", data, data[-4:], bytes(1000)):
            assert "as its header declares" in refused(data + junk, identity, unpacker)


def test_texts(image, batch, identity, other_identity):
    assert "file's model is '000102030405'; allowed: 000932333435" in refused(image, other_identity)
    assert "load the weights that wrote the file" in refused(image, other_identity)
    assert "file is 'batch'; allowed: image file. Next: open it with unpack_batch" in refused(
        batch, identity
    )
    assert "open it with unpack." in refused(image, identity, unpack_batch)
    assert "file is '0 bytes'; allowed: at least 16" in refused(b"", identity)
    assert "file's first bytes is b'\\x89PN'" in refused(b"\x89PNG" + image[4:], identity)
    assert "file's version is 2; allowed: 1. Next: update lcip" in refused(
        image[:3] + b"\x21" + image[4:], identity
    )
    assert "file's kind is 3; allowed: 1 (image file) or 2 (batch)" in refused(
        image[:3] + b"\x13" + image[4:], identity
    )
    assert "file's checksum is '" in refused(image[:-1] + bytes([image[-1] ^ 1]), identity)
    with pytest.raises(CodingError, match="identity is 'bytes of length 6'; allowed: 32 bytes"):
        unpack(image, identity[:6])
    with pytest.raises(CodingError, match="identity is 'NoneType of length 0'"):
        pack([], [], None)
    with pytest.raises(CodingError, match="file is 'bytearray'; allowed: bytes"):
        unpack(bytearray(image), identity)


@pytest.mark.parametrize(
    ("streams", "shapes", "text"),
    [
        ([b""] * 16, (), "streams is 16; allowed: at most 15"),
        (["text"], (), r"streams\[0\] is 'str'; allowed: bytes"),
        ([], ((0, 5),), "allowed: sides of 1 or more"),
        ([], ((2**13, 2**13 + 1),), "at most 67108864 elements"),
        ([], ((1,),) * 16, "at most 15 shapes of 1 to 15 axes"),
        ([], ((),), "at most 15 shapes of 1 to 15 axes"),
        ([], (5, 6), r"shapes is \(5, 6\); allowed: a sequence of sequences"),
        ([], ((5.0, 6),), "a sequence of sequences of integers"),
        ([], ((True,),), "a sequence of sequences of integers"),
    ],
)
def test_what_cannot_be_packed(streams, shapes, text, identity):
    for packer in (pack, pack_batch):
        if len(streams) == 16 and packer is pack_batch:
            continue
        with pytest.raises(CodingError, match=text):
            packer(streams, shapes, identity)


def hostile(contents: bytes, kind: int = 1) -> bytes:
    """A file of this header and a right checksum."""
    return resealed(b"LCI" + bytes([0x10 | kind]) + bytes(6) + contents + bytes(4))


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (
            hostile(b"\0\x03\xff\xff\xff\x7f\x01\x01"),
            "allowed: 268435479 bytes, as its header declares",
        ),
        (hostile(b"\0\x10"), "number of streams is 16; allowed: 0 to 15"),
        (hostile(b"\0\x81\0"), "number of streams is 'a number of 2 bytes'; allowed: the shortest"),
        (hostile(b"\0\xff\xff\xff\xff\x0f"), "number of streams is 'a number of 4 bytes'"),
        (hostile(b"\x12\xff\xff\xff\x7f\xff\xff\xff\x7f\0"), "at most 67108864 elements a shape"),
        (hostile(b"\x11\0\0"), "sides of 1 or more"),
        (hostile(b"\x21\x01"), "numbers of axes is 'filled with ones'"),
        (hostile(b"\xff\xff"), "numbers of axes is '8 bytes'; allowed: at most the 2 left"),
        (hostile(b"\0\x05\x01"), "length of a stream is '1 bytes'; allowed: at most the 0 left"),
        (hostile(b"\0\x81\x80\x80\x01\x01\0", 2), "number of payloads is 2097153"),
        (hostile(b"\0\x05\x7f\x01", 2), "table of lengths is '127 bytes'"),
        (hostile(b"\0\x03\x02\x58\0", 2), "stream of 2 bytes is 'naming no symbol after 2 of 3'"),
    ],
)
def test_hostile_headers_with_a_right_checksum(data, text):
    """Refused, and nothing is allocated by what they declare."""
    unpacker = unpack if data[3] == 0x11 else unpack_batch
    tracemalloc.start()
    message = refused(data, bytes(32), unpacker)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert text in message
    assert peak < 2**20


def test_a_million_declared_payloads_cost_eight_megabytes():
    """The most that a batch may declare."""
    tracemalloc.start()
    text = refused(hostile(b"\0\xff\xff\x3f\0", 2), bytes(32), unpack_batch)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "naming no symbol after 0 of 1048575" in text
    assert peak < 2**24


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=60), st.sampled_from([1, 2]), st.data())
def test_random_contents_with_a_right_checksum(contents, kind, data):
    """Taken apart or refused, never a crash; what is taken apart is what `pack` writes."""
    file = hostile(contents, kind)
    unpacker, packer = ((unpack, pack), (unpack_batch, pack_batch))[kind - 1]
    try:
        found = unpacker(file, bytes(32))
    except StreamError:
        return
    assert packer(found.streams, found.shapes, bytes(32)) == file


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=100))
def test_random_bytes(data):
    for unpacker in (unpack, unpack_batch):
        with pytest.raises(StreamError):
            unpacker(data, bytes(32))
        with pytest.raises(StreamError):
            unpacker(b"LCI\x11" + data, bytes(32))


def test_inspect_accounts_for_every_byte(image, batch, identity):
    found = inspect(image)
    assert (found.kind, found.items, found.shapes) == ("image file", 3, SHAPES)
    assert found.total_bytes == len(image) and found.payload_bytes == 205
    assert found.overhead_bytes == len(image) - 205 and found.verified
    sizes = {part.name: part.size_bytes for part in found.parts}
    assert sizes["stream 0"] == 200 and sizes["shapes"] == 5 and sizes["lengths"] == 5
    assert "512×768" in str(found) and "205 B" in str(found) and "model 000102030405" in str(found)
    found = inspect(batch)
    assert (found.kind, found.items) == ("batch", 30)
    assert found.total_bytes == len(batch)
    assert found.payload_bytes == sum(map(len, PAYLOADS))


def test_the_sender_is_found(image, batch, identity, other_identity):
    for data in (image, batch):
        assert sender(data, [other_identity, identity]) == identity
        with pytest.raises(StreamError, match="allowed: 000932333435. Next: add the weights"):
            sender(data, [other_identity])
        with pytest.raises(StreamError, match="allowed: no candidates"):
            sender(data, [])
