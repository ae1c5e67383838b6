"""coding"""

from lcip.coding.coder import RangeDecoder, RangeEncoder
from lcip.coding.container import Unpacked, pack, pack_batch, unpack, unpack_batch
from lcip.coding.errors import CodingError, StreamError
from lcip.coding.inspection import Inspection, Part, inspect, sender
from lcip.coding.integers import decode_integers, encode_integers
from lcip.coding.packet import PACKET_OVERHEAD, pack_packet, unpack_packet
from lcip.coding.stream import decode, encode, ideal_bits, symbol_bits
from lcip.coding.tables import Tables

__all__ = [
    "PACKET_OVERHEAD",
    "CodingError",
    "Inspection",
    "Part",
    "RangeDecoder",
    "RangeEncoder",
    "StreamError",
    "Tables",
    "Unpacked",
    "decode",
    "decode_integers",
    "encode",
    "encode_integers",
    "ideal_bits",
    "inspect",
    "pack",
    "pack_batch",
    "pack_packet",
    "sender",
    "symbol_bits",
    "unpack",
    "unpack_batch",
    "unpack_packet",
]
