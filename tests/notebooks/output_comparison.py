"""Whether a cell shows what its notebook has stored: text and integers exactly, floats and figures
closely.

Each function returns what differs, in words, or an empty string.
"""

import base64
import io
import math
import re

import numpy as np
from PIL import Image

RELATIVE = 1e-4
ABSOLUTE = 1e-9
# A number on the edge of rounding may show its last digit one higher on another processor. That is
# allowed where that is at most this part of the number: 32.45 may become 32.46, but 0.51 not 0.52.
LAST_DIGIT = 1e-3
# Of the range 0 to 1. One grey level everywhere is 0.004; a changed digit in a label is more than
# 0.1 in the block of pixels around it.
FIGURE_RMS = 0.004
BLOCK_RMS = 0.1
BLOCK_PIXELS = 16

NUMBER = re.compile(
    r"(?<![\w.])([-+]?(?:[0-9]+\.[0-9]+|\.[0-9]+|[0-9]+)(?:\.?[eE][-+]?[0-9]+)?)", re.ASCII
)


def compare_outputs(reference: list, computed: list) -> str:
    """Compare two lists of outputs: the streams by their names, everything else in its order."""
    for name in ("stdout", "stderr"):
        found = compare_text(stream(reference, name), stream(computed, name))
        if found:
            return f"{name}: {found}"
    stored = [item for item in reference if item["output_type"] != "stream"]
    fresh = [item for item in computed if item["output_type"] != "stream"]
    if len(stored) != len(fresh):
        return f"{len(stored)} outputs are stored, {len(fresh)} were computed"
    pairs = enumerate(zip(stored, fresh, strict=True), start=1)
    return next((f"output {n}: {text}" for n, pair in pairs if (text := compare_output(*pair))), "")


def stream(outputs: list, name: str) -> str:
    """Everything that was written to one stream."""
    return "".join(
        item["text"] for item in outputs if item["output_type"] == "stream" and item["name"] == name
    )


def compare_output(reference: dict, computed: dict) -> str:
    """Compare two outputs in every form in which they are shown."""
    if reference["output_type"] == "error" or computed["output_type"] == "error":
        names = [item.get("ename", "no error") for item in (reference, computed)]
        return "" if names[0] == names[1] else f"{names[0]} is stored, {names[1]} was computed"
    stored, fresh = reference["data"], computed["data"]
    if set(stored) != set(fresh):
        return f"stored as {sorted(stored)}, computed as {sorted(fresh)}"
    found = ((kind, compare_form(kind, stored[kind], fresh[kind])) for kind in stored)
    return next((f"{kind}: {text}" for kind, text in found if text), "")


def compare_form(kind: str, reference: object, computed: object) -> str:
    """Compare one form of an output: a figure by its pixels, anything else by its text."""
    if kind.endswith(("image/png", "image/jpeg")):
        return compare_figure(reference, computed)
    return compare_text(joined(reference), joined(computed))


def joined(content: object) -> str:
    """The text of an output, which may be stored as lines or, for JSON, as data."""
    if isinstance(content, list) and all(isinstance(line, str) for line in content):
        return "".join(content)
    return content if isinstance(content, str) else repr(content)


def compare_text(reference: str, computed: str) -> str:
    """Compare the words exactly and the numbers between them each by its kind."""
    if reference == computed:
        return ""
    stored, fresh = NUMBER.split(reference), NUMBER.split(computed)
    if len(stored) != len(fresh):
        return difference(reference, computed)
    for place, (one, other) in enumerate(zip(stored, fresh, strict=True)):
        if place % 2:
            if not same_number(one, other):
                return f"{one} is stored, {other} was computed, in\n{line_of(stored, place)}"
        elif not same_words(stored, place, other):
            return difference(reference, computed)
    return ""


def same_words(stored: list[str], place: int, other: str) -> bool:
    """Equal texts; but the spaces next to a float, whose width may change, do not count."""
    one = stored[place]
    if place > 0 and is_float(stored[place - 1]):
        one, other = one.lstrip(" "), other.lstrip(" ")
    if place + 1 < len(stored) and is_float(stored[place + 1]):
        one, other = one.rstrip(" "), other.rstrip(" ")
    return one == other


def is_float(number: str) -> bool:
    return any(sign in number for sign in ".eE")


def same_number(reference: str, computed: str) -> bool:
    """Integers are equal; floats are close, see the constants above."""
    if not (is_float(reference) and is_float(computed)):
        return reference == computed
    one, other = float(reference), float(computed)
    if math.isclose(one, other, rel_tol=RELATIVE, abs_tol=ABSOLUTE):
        return True
    unit = last_digit(reference)
    return abs(one - other) <= 1.001 * unit and unit <= LAST_DIGIT * abs(one)


def last_digit(number: str) -> float:
    """What one more in the last printed digit adds: 0.01 for 32.45."""
    mantissa, _, exponent = number.lower().partition("e")
    decimals = len(mantissa.partition(".")[2])
    return 10.0 ** (int(exponent or 0) - decimals)


def line_of(parts: list[str], place: int) -> str:
    """The line around one of the parts that a text was split into."""
    start = len("".join(parts[:place]))
    text = "".join(parts)
    return "  " + text[text.rfind("\n", 0, start) + 1 :].partition("\n")[0].strip()


def difference(reference: str, computed: str) -> str:
    """The first line in which two texts differ."""
    stored, fresh = reference.splitlines(), computed.splitlines()
    pairs = zip(stored, fresh, strict=False)
    one, other = next(
        ((a, b) for a, b in pairs if compare_words(a, b)),
        (f"{len(stored)} lines", f"{len(fresh)} lines"),
    )
    return f"the text differs\n  stored:   {one}\n  computed: {other}"


def compare_words(one: str, other: str) -> bool:
    """Whether two lines differ in more than their numbers."""
    return NUMBER.sub("#", one).split() != NUMBER.sub("#", other).split()


def compare_figure(reference: str, computed: str) -> str:
    """Compare two pictures: the same size, RMS difference small on the whole and in every block."""
    stored, fresh = pixels(reference), pixels(computed)
    if stored.shape != fresh.shape:
        return f"the figure is stored as {size(stored)} pixels, computed as {size(fresh)}"
    squared = np.mean((stored - fresh) ** 2, axis=2)
    whole, block = float(np.sqrt(squared.mean())), float(np.sqrt(largest_block_mean(squared)))
    if whole <= FIGURE_RMS and block <= BLOCK_RMS:
        return ""
    return (
        f"the figure differs by {whole:.4f} RMS (allowed {FIGURE_RMS}), in one block of "
        f"{BLOCK_PIXELS} x {BLOCK_PIXELS} pixels by {block:.4f} (allowed {BLOCK_RMS})"
    )


def pixels(encoded: str) -> np.ndarray:
    """The picture as float64 (H, W, 4), 0 to 1."""
    data = base64.b64decode("".join(encoded))
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"), dtype=np.float64) / 255


def size(picture: np.ndarray) -> str:
    return f"{picture.shape[1]} x {picture.shape[0]}"


def largest_block_mean(values: np.ndarray) -> float:
    """The largest mean over blocks of (H, W), the last of each row and column padded with zeros."""
    height, width = (-(-length // BLOCK_PIXELS) * BLOCK_PIXELS for length in values.shape)
    padded = np.zeros((height, width))
    padded[: values.shape[0], : values.shape[1]] = values
    blocks = padded.reshape(height // BLOCK_PIXELS, BLOCK_PIXELS, -1, BLOCK_PIXELS)  # (Y, B, X, B)
    return float(blocks.mean(axis=(1, 3)).max())
