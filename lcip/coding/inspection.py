"""Where the bytes of a file or a packet went, and whose they are, without any weights."""

from collections.abc import Iterable
from dataclasses import dataclass

from lcip.coding.container import CRC_BYTES, IMAGE, KINDS, MAGIC, VERSION, parse
from lcip.coding.errors import StreamError
from lcip.coding.fields import Shapes, write_shapes
from lcip.coding.identity import FILE_BYTES, file_model
from lcip.coding.packet import PACKET_NIBBLE, packet_number, packet_sender
from lcip.errors import refusal


@dataclass(frozen=True)
class Part:
    """A stretch of a file; `payload` tells symbols from the container around them."""

    name: str
    size_bytes: int
    payload: bool


@dataclass(frozen=True)
class Inspection:
    """What `inspect` found; `str()` of it is a table.

    Attributes:
        kind: "image file", "batch" or "packet".
        model: the short form of the model's identity, hexadecimal.
        shapes: those of the image, or of every item of a batch.
        items: the number of streams or payloads.
        parts: every byte of the file belongs to exactly one.
        verified: whether the checksum was checked (a packet's needs the model's identity).
    """

    kind: str
    version: int
    model: str
    shapes: Shapes
    items: int
    parts: tuple[Part, ...]
    verified: bool

    @property
    def total_bytes(self) -> int:
        """All bytes."""
        return sum(part.size_bytes for part in self.parts)

    @property
    def payload_bytes(self) -> int:
        """Bytes that carry symbols."""
        return sum(part.size_bytes for part in self.parts if part.payload)

    @property
    def overhead_bytes(self) -> int:
        """Bytes of the container."""
        return self.total_bytes - self.payload_bytes

    def __str__(self) -> str:
        shapes = ", ".join("×".join(map(str, shape)) for shape in self.shapes) or "none"
        checksum = "right" if self.verified else "not checked"
        lines = [f"{self.kind}, version {self.version}, model {self.model}, {self.items} streams"]
        lines += [f"  shapes {shapes}; checksum {checksum}"]
        rows = [(part.name, part.size_bytes) for part in self.parts]
        rows += [("payload", self.payload_bytes), ("container", self.overhead_bytes)]
        rows += [("file", self.total_bytes)]
        lines += [f"  {name:<20} {size:>10,} B" for name, size in rows]
        return "\n".join(lines)


def inspect(data: bytes) -> Inspection:
    """Take a file or packet apart without knowing its model.

    Raises:
        StreamError: neither, or damaged (a packet's checksum cannot be checked without its model).
    """
    if isinstance(data, bytes) and data[:1] and data[0] >> 4 == PACKET_NIBBLE:
        return _inspect_packet(data)
    parsed = parse(data)
    streams = [Part(f"stream {k}", len(stream), True) for k, stream in enumerate(parsed.streams)]
    if parsed.kind != IMAGE:
        streams = [Part("payloads", sum(map(len, parsed.streams)), True)]
    parts = (
        Part("magic and version", len(MAGIC) + 1, False),
        Part("model", FILE_BYTES, False),
        Part("shapes", len(write_shapes(parsed.shapes)), False),
        Part("lengths", parsed.table_bytes, False),
        *streams,
        Part("checksum", CRC_BYTES, False),
    )
    kind, items = KINDS[parsed.kind], len(parsed.streams)
    return Inspection(kind, VERSION, parsed.model.hex(), parsed.shapes, items, parts, True)


def _inspect_packet(data: bytes) -> Inspection:
    model = f"{packet_number(data):03x}"
    parts = (
        Part("version and model", 2, False),
        Part("checksum", 2, False),
        Part("stream 0", len(data) - 4, True),
    )
    return Inspection("packet", 1, model, (), 1, parts, False)


def sender(data: bytes, identities: Iterable[bytes]) -> bytes:
    """Which of several models wrote a file, batch or packet.

    Raises:
        StreamError: none of them; damaged; or, for packets, more than one (once in 2^28 pairs).
    """
    if isinstance(data, bytes) and data[:1] and data[0] >> 4 == PACKET_NIBBLE:
        return packet_sender(data, identities)
    model, candidates = parse(data).model, list(identities)
    for identity in candidates:
        if file_model(identity) == model:
            return identity
    allowed = ", ".join(file_model(identity).hex() for identity in candidates) or "no candidates"
    raise StreamError(
        refusal("file's model", model.hex(), allowed, "add the weights that wrote it")
    )
