"""Files: one image in up to fifteen streams, or a whole test set in one file.

Both begin and end alike. Numbers are LEB128 (see `fields`); elsewhere the high byte is first:

    bytes 0–2   "LCI"
    byte 3      high nibble: version 1; low nibble: 1 an image file, 2 a batch
    bytes 4–9   the first 48 bits of the identity of the weights
    …           shapes: their number and their numbers of axes in nibbles, then the sides
    …           contents
    last four   CRC-32 (as in zlib) of everything before

Contents of an image file: the number of streams and the length of each, then the streams. With one
shape (height, width) and three streams that is at most 32 bytes around the payloads, for sides
below 16,384 and streams below 2^28 bytes, or sides and streams below 2^21; 29 for a usual
photograph.

Contents of a batch: the number of payloads, the size of the table of lengths, that table
(`encode_integers`: a few bits a payload), then the payloads. The shapes are common to all of them;
where each item has its own shape, put whole image files into the batch.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from lcip.coding.errors import CodingError, StreamError
from lcip.coding.fields import Reader, Shapes, checked_shapes, write_number, write_shapes
from lcip.coding.identity import FILE_BYTES, file_model
from lcip.coding.integers import MOST_INTEGERS, decode_integers, encode_integers
from lcip.errors import refusal

MAGIC = b"LCI"
VERSION = 1
IMAGE, BATCH = 1, 2
KINDS = {IMAGE: "image file", BATCH: "batch"}
MOST_STREAMS = 15
CRC_BYTES = 4
SMALLEST = len(MAGIC) + 1 + FILE_BYTES + 1 + 1 + CRC_BYTES
AGAIN = "get the file again: it was cut short, extended or changed"


@dataclass(frozen=True)
class Unpacked:
    """What a file holds: the streams of one image, or the payloads of many items; the shapes."""

    streams: tuple[bytes, ...]
    shapes: Shapes


@dataclass(frozen=True)
class Parsed:
    """A file taken apart, its checksum verified, its model not yet compared."""

    kind: int
    model: bytes
    shapes: Shapes
    streams: tuple[bytes, ...]
    table_bytes: int


def pack(streams: Sequence[bytes], shapes: Sequence[Sequence[int]], identity: bytes) -> bytes:
    """One image's streams to a file.

    Args:
        streams: up to 15 payloads.
        shapes: what the decoder must know, e.g. ((height, width),).
        identity: of the weights that the decoder needs, 32 bytes.
    """
    streams = _checked_streams(streams, MOST_STREAMS)
    lengths = b"".join(write_number(len(stream)) for stream in streams)
    return _sealed(IMAGE, shapes, identity, write_number(len(streams)) + lengths, streams)


def pack_batch(
    payloads: Sequence[bytes], shapes: Sequence[Sequence[int]], identity: bytes
) -> bytes:
    """Many payloads of one model to one file; `shapes` are those of each item."""
    payloads = _checked_streams(payloads, MOST_INTEGERS)
    table = encode_integers([len(payload) for payload in payloads])
    head = write_number(len(payloads)) + write_number(len(table)) + table
    return _sealed(BATCH, shapes, identity, head, payloads)


def unpack(data: bytes, identity: bytes) -> Unpacked:
    """An image file to its streams and shapes.

    Raises:
        StreamError: of another model, cut, extended, changed, or no such file at all.
    """
    return _unpacked(data, IMAGE, identity)


def unpack_batch(data: bytes, identity: bytes) -> Unpacked:
    """A batch to its payloads and shapes.

    Raises:
        StreamError: of another model, cut, extended, changed, or no such file at all.
    """
    return _unpacked(data, BATCH, identity)


def parse(data: bytes) -> Parsed:
    """Take a file of either kind apart, whatever its model."""
    if not isinstance(data, bytes):
        raise CodingError(refusal("file", type(data).__name__, "bytes", "read it in binary mode"))
    if len(data) < SMALLEST:
        raise StreamError(refusal("file", f"{len(data)} bytes", f"at least {SMALLEST}", AGAIN))
    reader = Reader(data, len(data) - CRC_BYTES)
    kind = _kind(reader)
    model = reader.take(FILE_BYTES, "model")
    shapes = reader.shapes()
    lengths, table_bytes = _image_lengths(reader) if kind == IMAGE else _batch_lengths(reader)
    _check_end(reader, sum(lengths))
    streams = tuple(reader.take(length, "stream") for length in lengths)
    return Parsed(kind, model, shapes, streams, table_bytes)


def _checked_streams(streams: Sequence[bytes], most: int) -> tuple[bytes, ...]:
    streams = tuple(streams)
    if len(streams) > most:
        raise CodingError(
            refusal("streams", len(streams), f"at most {most}", "use a batch, or several")
        )
    for k, stream in enumerate(streams):
        if not isinstance(stream, bytes):
            name = type(stream).__name__
            raise CodingError(refusal(f"streams[{k}]", name, "bytes", "pass what encode returned"))
    return streams


def _sealed(
    kind: int,
    shapes: Sequence[Sequence[int]],
    identity: bytes,
    head: bytes,
    streams: Sequence[bytes],
) -> bytes:
    front = MAGIC + bytes([VERSION << 4 | kind]) + file_model(identity)
    body = front + write_shapes(checked_shapes(shapes)) + head + b"".join(streams)
    return body + zlib.crc32(body).to_bytes(CRC_BYTES, "big")


def _unpacked(data: bytes, kind: int, identity: bytes) -> Unpacked:
    wanted = file_model(identity)
    parsed = parse(data)
    if parsed.kind != kind:
        other = "unpack" if parsed.kind == IMAGE else "unpack_batch"
        raise StreamError(refusal("file", KINDS[parsed.kind], KINDS[kind], f"open it with {other}"))
    if parsed.model != wanted:
        next_step = "load the weights that wrote the file"
        raise StreamError(refusal("file's model", parsed.model.hex(), wanted.hex(), next_step))
    return Unpacked(parsed.streams, parsed.shapes)


def _kind(reader: Reader) -> int:
    magic = reader.take(len(MAGIC), "magic")
    if magic != MAGIC:
        raise StreamError(
            refusal("file's first bytes", magic, repr(MAGIC), "choose a file of ours")
        )
    version, kind = divmod(reader.take(1, "version")[0], 16)
    if version != VERSION:
        raise StreamError(refusal("file's version", version, str(VERSION), "update lcip"))
    if kind not in KINDS:
        allowed = " or ".join(f"{key} ({name})" for key, name in KINDS.items())
        raise StreamError(
            refusal("file's kind", kind, allowed, "update lcip, or get the file again")
        )
    return kind


def _image_lengths(reader: Reader) -> tuple[list[int], int]:
    start = reader.position
    count = reader.number("number of streams")
    if count > MOST_STREAMS:
        raise StreamError(refusal("number of streams", count, f"0 to {MOST_STREAMS}", AGAIN))
    lengths = [reader.number("length of a stream") for _ in range(count)]
    return lengths, reader.position - start


def _batch_lengths(reader: Reader) -> tuple[list[int], int]:
    start = reader.position
    count = reader.number("number of payloads")
    if count > MOST_INTEGERS:
        raise StreamError(refusal("number of payloads", count, f"0 to {MOST_INTEGERS}", AGAIN))
    table = reader.take(reader.number("size of the table of lengths"), "table of lengths")
    return decode_integers(table, count).tolist(), reader.position - start


def _check_end(reader: Reader, declared: int) -> None:
    """The declared streams reach exactly to the checksum, and the checksum holds."""
    total = reader.position + declared + CRC_BYTES
    if total != len(reader.data):
        allowed = f"{total} bytes, as its header declares"
        raise StreamError(refusal("file", f"{len(reader.data)} bytes", allowed, AGAIN))
    found, right = reader.data[-CRC_BYTES:], zlib.crc32(reader.data[:-CRC_BYTES])
    if int.from_bytes(found, "big") != right:
        allowed = f"{right:08x}, that of its content"
        raise StreamError(refusal("file's checksum", found.hex(), allowed, AGAIN))
