"""coding"""
from lcip.coding.errors import CodingError, StreamError
from lcip.coding.stream import decode, encode, ideal_bits, symbol_bits
from lcip.coding.tables import Tables

__all__ = ["CodingError", "StreamError", "Tables", "decode", "encode", "ideal_bits", "symbol_bits"]
