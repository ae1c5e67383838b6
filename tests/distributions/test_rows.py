"""Rows of the chapter's tables: bytes that decode, estimates near them, savings from them."""

import math

import numpy as np
import pandas as pd
import pytest

from lcip.distributions import rows
from lcip.distributions.codec import ImageCodec
from lcip.distributions.methods import Coded, method_of
from lcip.errors import LcipError
from lcip.images import factorized, streams


@pytest.fixture(scope="module")
def base() -> factorized.Codec:
    return factorized.load("small", 3)


@pytest.fixture(scope="module")
def item(base) -> streams.Coded:
    """A picture of 70 × 90 pixels."""
    draw = np.random.default_rng(0)
    smooth = draw.integers(0, 256, (5, 6, 3)).repeat(14, axis=0).repeat(15, axis=1)
    return streams.coded(base, "blocks", base.compress(smooth.astype(np.uint8)))


@pytest.mark.parametrize("name", ["static", "backward", "local", "balcilar2022"])
def test_a_row_of_real_bytes(base, item, name):
    codec = ImageCodec(base, method_of(name, base, "small", 3))
    row = rows.row(codec, item, 30.0)
    file = codec.pack(item.symbols, item.height, item.width)
    assert row["file_bytes"] == len(file)
    assert file[4:10].hex() == row["model"]
    payload = row["payload_latent_bytes"] + row["payload_side_bytes"]
    estimate = row["estimated_latent_bits"] + row["estimated_side_bits"]
    assert payload < len(file) <= payload + 32
    assert abs(8 * payload - estimate) < 0.002 * estimate + 32
    assert (row["method"], row["image"], row["num_pixels"]) == (name, "blocks", 6300)


def test_the_row_of_the_bound(base, item):
    row = rows.row(ImageCodec(base, method_of("ideal", base, "small", 3)), item, 30.0)
    assert row["payload_latent_bytes"] == math.ceil(row["estimated_latent_bits"] / 8)
    static = rows.row(ImageCodec(base, method_of("static", base, "small", 3)), item, 30.0)
    overhead = [r["file_bytes"] - r["payload_latent_bytes"] for r in (row, static)]
    assert abs(overhead[0] - overhead[1]) <= 1


def test_a_codec_that_decodes_other_symbols_makes_no_row(base, item):
    class Broken:
        name, identity = "static", bytes(32)

        def encode(self, symbols):
            return Coded(b"", b"")

        def decode(self, side, latent, shape):
            return np.zeros(shape, np.int32)

        def estimated_bits(self, symbols):
            return method_of("static", base, "small", 3).estimated_bits(symbols)

    with pytest.raises(LcipError, match="symbols of blocks decoded by static"):
        rows.row(ImageCodec(base, Broken()), item, 30.0)


def test_known_rows_of_the_same_model_are_taken_over(base, item):
    first = rows.measure("small", 3, [(item, 30.0)], base, rows.EMPTY)
    marked = first.assign(psnr_rgb_db=99.0)
    marked.loc[marked["method"] == "backward", "model"] = "another"
    again = rows.measure("small", 3, [(item, 30.0)], base, marked).set_index("method")
    assert again.loc["static", "psnr_rgb_db"] == 99.0
    assert again.loc["backward", "psnr_rgb_db"] == 30.0
    assert list(again.index) == list(first["method"])


def test_savings_are_shares_of_the_ideal_one():
    made = [
        ("static", "a", 100, 0), ("static", "b", 300, 0),
        ("ideal", "a", 80, 0), ("ideal", "b", 280, 0),
        ("sent", "a", 90, 3), ("sent", "b", 280, 2),
    ]  # fmt: skip
    frame = pd.DataFrame(made, columns=["method", "image", "file_bytes", "payload_side_bytes"])
    frame = frame.assign(family="small", quality=3, num_pixels=800, psnr_rgb_db=30.0)
    table = rows.savings(frame).loc[("small", 3)]
    assert table["rate_bpp"].tolist() == pytest.approx([2.0, 1.8, 1.85])
    assert table["change_percent"].tolist() == pytest.approx([0, -10, -7.5])
    assert table["recovered_percent"].tolist() == pytest.approx([0, 100, 75])
    assert table["side_percent"].tolist() == pytest.approx([0, 0, 100 * 5 / 370])
