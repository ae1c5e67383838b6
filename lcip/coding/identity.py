"""Which weights wrote a stream: the identity of a model, and its short forms inside files.

A model's identity is the SHA-256 of its weights card. An image file carries its first 48 bits, a
packet the first 12; the packet's checksum starts from all 256.
"""

from typing import Any

from lcip.coding.errors import CodingError
from lcip.errors import refusal

IDENTITY_BYTES = 32
FILE_BYTES = 6
PACKET_BITS = 12


def checked_identity(identity: Any) -> bytes:
    """The identity itself, or a refusal."""
    if isinstance(identity, bytes) and len(identity) == IDENTITY_BYTES:
        return identity
    size = len(identity) if isinstance(identity, bytes | str) else 0
    given = f"{type(identity).__name__} of length {size}"
    next_step = "pass the identity of the loaded weights"
    raise CodingError(refusal("identity", given, f"{IDENTITY_BYTES} bytes", next_step))


def file_model(identity: bytes) -> bytes:
    """The 6 bytes that stand for a model in an image file."""
    return checked_identity(identity)[:FILE_BYTES]


def packet_model(identity: bytes) -> int:
    """The 12 bits that stand for a model in a packet."""
    return int.from_bytes(checked_identity(identity)[:2], "big") >> (16 - PACKET_BITS)
