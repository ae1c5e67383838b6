"""Numbers written as text, block by block: what ASCII PLY, OFF and OBJ files consist of."""

import re
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

BLOCK = 1 << 20  # bytes
COMMENT = re.compile(rb"#[^\r\n]*")


def blocks(file: BinaryIO) -> Iterator[bytes]:
    """The rest of a text in blocks of about a megabyte that end where a line ends.

    Raises `ValueError` where a line is longer than a block.
    """
    rest = b""
    while data := file.read(BLOCK):
        text = rest + data
        # A lone "\r" at the end may be the first half of "\r\n", which does no harm here.
        end = max(text.rfind(b"\n"), text.rfind(b"\r")) + 1
        if not end and len(text) > BLOCK:
            raise ValueError(f"it has a line of more than {BLOCK} bytes")
        rest = text[end:]
        if end:
            yield text[:end]
    if rest:
        yield rest


def rows(file: BinaryIO, count: int, width: int) -> Iterator[np.ndarray]:
    """`count` rows of `width` numbers, wherever lines end: float64 (n, width).

    Raises `ValueError` where there are fewer, or where something is no number.
    """
    words: list[bytes] = []
    for block in blocks(file):
        words += block.split()
        num = min(count, len(words) // width)
        if num:
            # (n·width,) → (n, width)
            yield np.array(words[: num * width], dtype=np.float64).reshape(num, width)
            count, words = count - num, words[num * width :]
        if not count:
            return
    if count:
        raise ValueError("it ends before all declared rows")
