"""The only door to an entropy coder: integer symbols and integer tables to bytes, and back.

    tables = Tables.from_pmf(pmfs, offsets, escape_probabilities)     once, stored with the weights
    payload = encode(symbols, indexes, tables)                        at most 8 bits over ideal_bits
    symbols = decode(payload, indexes, tables)

    file = pack([payload], ((height, width),), weights.identity)      an image; unpack
    batch = pack_batch(payloads, ((points, 3),), weights.identity)    a test set; unpack_batch
    packet = pack_packet(payload, weights.identity)                   a cloud, 4 bytes more
    print(inspect(file))                                              where the bytes went

**Which coder, and why.** One of our own, a range coder with byte-wise termination, for every use.
`benchmarks/coding.py` compares it with the two libraries of the field on messages of Laplacian
symbols under 100 tables (a busy core of an AMD EPYC; times a symbol, and as a ratio to CompressAI):

                          16 symbols, 50.4 bits                300,000 symbols, 942,073 bits
                          bits over  encode       decode       bits over  encode      decode
                          mean  max
    CompressAI 1.2.8      47.2   64  5.9 µs 1.00  6.4 µs 1.00       39.3  72 ns 1.00  118 ns 1.00
    constriction 0.5.0
      range               15.6   33  1.6 µs 0.28  2.2 µs 0.35       39.3 115 ns 1.60  146 ns 1.24
      ANS                 33.1   50  1.5 µs 0.26  2.2 µs 0.34       39.3 113 ns 1.56  138 ns 1.17
    ours                   2.7    8  0.6 µs 0.10  0.3 µs 0.05        7.3  25 ns 0.35   42 ns 0.35

CompressAI's rANS ends with a 64-bit state and constriction's coders with whole 32-bit words: a
message of 30 bits takes 64 bits with either ANS, 32 or 64 with constriction's range coder, 32 with
ours. On long messages the few bytes vanish and speed decides: CompressAI's binding spends its time
on Python lists, constriction is quick only for runs of one model. Its Python interface, too, takes
probabilities as floats, so that floats would decide how a byte is read; and neither library refuses
a stream that it did not write.

**What is refused.** `decode` accepts a byte string only if `encode` writes exactly it; containers
and packets carry a checksum and the model's identity, so that a stream of another model, cut
anywhere, with a changed bit or with something behind it ends in a `StreamError`.

**Adaptive models** (counts that adapt, an octree's contexts) use the same arithmetic through
`rangecoder` and `adaptive` under `compiling.compiled`, or `RangeEncoder` and `RangeDecoder`.

The bytes are part of the format: golden bytes stand in the tests, and a change of them is a
breaking change.
"""

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
