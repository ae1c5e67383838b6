"""The packet of one point cloud: four bytes around a payload of some tens of bits.

    byte 0     high nibble 0xB: a packet of version 1; low nibble: bits 11–8 of the model's number
    byte 1     bits 7–0 of the model's number, the first 12 bits of its identity
    byte 2, 3  checksum, most significant byte first
    byte 4 …   payload; its end is the packet's end, which the medium knows

The checksum is the CRC-16 of polynomial 0x1021 (CCITT), begun at 0xFFFF, over the full 32-byte
identity, the payload's length (4 bytes, most significant first), bytes 0 and 1, and the payload. It
finds every change of up to three bits and every burst of up to 16 (payloads are bounded so that
this holds), another length or another content but once in 65,536 times, and the wrong model even
where 12 bits agree: two models are told apart always or never, the latter once in 2^28.
"""

import binascii
from collections.abc import Iterable

from lcip.coding.errors import CodingError, StreamError
from lcip.coding.identity import PACKET_BITS, checked_identity, packet_model
from lcip.errors import refusal

# As far as can be from the first nibble of a file, 0x4.
PACKET_NIBBLE = 0xB
PACKET_OVERHEAD = 4
# CRC-16/CCITT tells all triple errors in up to 32,751 bits.
LARGEST_PAYLOAD = 4000


def checksum(payload: bytes, head: bytes, identity: bytes) -> bytes:
    """The two bytes of the CRC."""
    length = len(payload).to_bytes(4, "big")
    return binascii.crc_hqx(identity + length + head + payload, 0xFFFF).to_bytes(2, "big")


def pack_packet(payload: bytes, identity: bytes) -> bytes:
    """Payload to packet: `len(payload) + 4` bytes.

    Raises:
        CodingError: a payload above 4,000 bytes (use `pack`), or an identity that is not 32 bytes.
    """
    if not isinstance(payload, bytes) or len(payload) > LARGEST_PAYLOAD:
        size = len(payload) if isinstance(payload, bytes) else type(payload).__name__
        allowed = f"bytes, at most {LARGEST_PAYLOAD}"
        raise CodingError(refusal("payload", size, allowed, "use pack for larger messages"))
    number = packet_model(identity)
    head = (PACKET_NIBBLE << PACKET_BITS | number).to_bytes(2, "big")
    return head + checksum(payload, head, identity) + payload


def packet_number(data: bytes) -> int:
    """The model's 12-bit number in a packet, whose frame is checked, not its checksum."""
    if not isinstance(data, bytes):
        raise CodingError(refusal("packet", type(data).__name__, "bytes", "read it in binary mode"))
    if not PACKET_OVERHEAD <= len(data) <= PACKET_OVERHEAD + LARGEST_PAYLOAD:
        allowed = f"{PACKET_OVERHEAD} to {PACKET_OVERHEAD + LARGEST_PAYLOAD} bytes"
        next_step = "receive the packet again; it was cut short or run together with others"
        raise StreamError(refusal("packet", f"{len(data)} bytes", allowed, next_step))
    if data[0] >> 4 != PACKET_NIBBLE:
        next_step = "check that this is a cloud's packet and unchanged, or update lcip"
        raise StreamError(
            refusal(
                "packet's first four bits", f"{data[0] >> 4:#x}", f"{PACKET_NIBBLE:#x}", next_step
            )
        )
    return int.from_bytes(data[:2], "big") & ((1 << PACKET_BITS) - 1)


def unpack_packet(data: bytes, identity: bytes) -> bytes:
    """Packet to payload.

    Raises:
        StreamError: written by another model, cut, extended, changed, or not a packet at all.
    """
    number, wanted = packet_number(data), packet_model(identity)
    if number != wanted:
        next_step = "load the weights that wrote it, or receive it again if those are loaded"
        raise StreamError(refusal("packet's model", f"{number:#05x}", f"{wanted:#05x}", next_step))
    head, found, payload = data[:2], data[2:4], data[4:]
    right = checksum(payload, head, identity)
    if found != right:
        allowed = f"{right.hex()}, that of its {len(payload)} bytes of payload with this model"
        next_step = "receive it again (cut, extended or changed), or load the weights that wrote it"
        raise StreamError(refusal("packet's checksum", found.hex(), allowed, next_step))
    return payload


def packet_matches(data: bytes, identity: bytes) -> bool:
    """Whether the packet is whole and of this model."""
    head = data[:2]
    same = packet_number(data) == packet_model(identity)
    return same and checksum(data[4:], head, checked_identity(identity)) == data[2:4]


def packet_sender(data: bytes, identities: Iterable[bytes]) -> bytes:
    """Which one of several models wrote a packet.

    Raises:
        StreamError: none of them, or a damaged packet; or more than one (once in 2^28 pairs).
    """
    candidates = list(dict.fromkeys(identities))
    matching = [identity for identity in candidates if packet_matches(data, identity)]
    if len(matching) == 1:
        return matching[0]
    given = f"{packet_number(data):#05x}, and {len(matching)} candidates match it with its checksum"
    allowed = "one of " + (
        ", ".join(f"{packet_model(i):#05x}" for i in candidates) or "no candidates"
    )
    next_step = "add the weights that wrote it, or receive it again"
    raise StreamError(refusal("packet's model", given, allowed, next_step))
