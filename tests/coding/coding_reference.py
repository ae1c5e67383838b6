"""The range coder again, in whole numbers without end: no carry, no window, no buffer.

The number so far is `low / 2^(63 + 8 p)`; only the rounding of `step` is that of the real coder.
"""

from itertools import count


def intervals(symbols, indexes, tables):
    """The (start, frequency, precision) of every step, escapes included."""
    for symbol, t in zip(symbols, indexes, strict=True):
        place, escape = int(symbol) - int(tables.offsets[t]), int(tables.sizes[t]) - 1
        inside = 0 <= place < escape
        row = tables.cumulative[t].tolist()
        k = place if inside else escape
        yield row[k], row[k + 1] - row[k], 16
        if not inside:
            bits = gamma_bits(-place if place < 0 else place - escape + 1)
            yield from ((bit, 1, 1) for bit in [int(place < 0), *bits])


def gamma_bits(value):
    """Elias gamma: as many zeros as bits follow the leading one, then the number."""
    digits = f"{value:b}"
    return [0] * (len(digits) - 1) + [int(digit) for digit in digits]


def reference_bytes(steps):
    """The shortest byte string in the last interval of (start, frequency, precision) steps."""
    return shortest_bytes(
        [(start, frequency, 1 << precision) for start, frequency, precision in steps]
    )


def shortest_bytes(steps):
    """The same for (start, frequency, total) steps."""
    low, width, shifts = 0, 2**63, 0
    for start, frequency, total in steps:
        step = width // total
        low, width = low + step * start, step * frequency
        while width <= 2**55:
            low, width, shifts = low << 8, width << 8, shifts + 1
    for length in count():
        unit_bits = 63 + 8 * (shifts - length)
        if unit_bits >= 0:
            number = -(-low >> unit_bits)
            if number << unit_bits < low + width:
                return number.to_bytes(length, "big")
