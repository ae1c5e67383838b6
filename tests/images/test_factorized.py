"""The factorised-prior codec: files, tables, sizes, errors."""

import numpy as np
import pytest
import torch

from lcip import coding
from lcip.errors import LcipError
from lcip.images import factorized

IDENTITY = bytes(range(32))  # as in conftest.py


def test_a_file_gives_back_the_symbols_and_the_size(codec, picture):
    data = codec.compress(picture)
    symbols, size = codec.read_symbols(data)
    assert size == (50, 37)
    assert symbols.shape == (12, 4, 3) and symbols.any()
    assert np.array_equal(symbols, codec.symbols(picture))
    assert codec.decompress(data).shape == picture.shape


def test_payload_is_within_a_byte_of_the_estimate(codec, picture):
    symbols = codec.symbols(picture)
    payload_bits = 8 * len(codec.encode_symbols(symbols))
    estimate = codec.estimated_bits(symbols)
    # The length of a payload is information too: it may save a few bits, never whole bytes.
    assert estimate - 8 < payload_bits <= estimate + 8


def test_the_container_costs_at_most_32_bytes(codec, picture):
    payload = codec.encode_symbols(codec.symbols(picture))
    assert len(codec.compress(picture)) - len(payload) <= 32


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (16, 16), (17, 31), (33, 64)])
def test_any_size_survives(codec, size):
    picture = np.random.default_rng(1).integers(0, 256, (*size, 3), dtype=np.uint8)
    assert codec.decompress(codec.compress(picture)).shape == (*size, 3)


def test_padding_repeats_the_border():
    x = torch.arange(6.0).reshape(1, 1, 2, 3)
    padded = factorized.pad(x)
    assert padded.shape == (1, 1, 16, 16)
    assert torch.equal(padded[..., 2:, :3], x[..., -1:, :].expand(-1, -1, 14, -1))
    assert torch.equal(padded[..., 3:], padded[..., 2:3].expand(-1, -1, -1, 13))


def test_symbols_far_outside_the_tables_survive(codec):
    symbols = np.zeros((12, 2, 2), dtype=np.int32)
    symbols[0, 0, 0], symbols[3, 1, 1] = 10**6, -(10**6)
    payload = codec.encode_symbols(symbols)
    decoded = coding.decode(payload, codec.indexes(symbols.shape), codec.tables)
    assert np.array_equal(decoded.reshape(symbols.shape), symbols)


def test_tables_are_close_to_the_learned_density(codec):
    pmfs = factorized.channel_pmfs(codec.model, -40, 40)
    assert np.all(pmfs > 0) and np.all(pmfs.sum(axis=1) < 1 + 1e-9)
    likely = np.abs(np.arange(-40, 41)) <= 2
    symbols = np.tile(np.arange(-2, 3, dtype=np.int32), 12)
    lengths = coding.symbol_bits(symbols, np.repeat(np.arange(12), 5), codec.tables)
    assert lengths.reshape(12, 5) == pytest.approx(-np.log2(pmfs[:, likely]), abs=0.01)


def test_medians_halve_the_density(codec):
    bottleneck = codec.model.entropy_bottleneck
    at = factorized.medians(codec.model)[:, None, None]
    logits = bottleneck._logits_cumulative(at, stop_gradient=True)
    assert torch.sigmoid(logits).flatten().tolist() == pytest.approx([0.5] * 12, abs=1e-3)


def test_one_and_two_threads_read_the_same_symbols(codec, picture):
    data = codec.compress(picture)
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        one, _ = codec.read_symbols(data)
        torch.set_num_threads(2)
        two, _ = codec.read_symbols(data)
    finally:
        torch.set_num_threads(before)
    assert np.array_equal(one, two)


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((0, 4, 3), np.uint8),
    ],
)
def test_what_is_not_an_rgb_image_is_refused(codec, image):
    with pytest.raises(LcipError, match=r"image is .*allowed: uint8 of shape \(H, W, 3\)"):
        codec.compress(image)


def test_files_of_another_model_or_damaged_are_refused(codec, picture):
    data = codec.compress(picture)
    stranger = factorized.Codec(codec.model, codec.tables, {}, bytes(32))
    for bad, reader in (
        (data, stranger),
        (data[:-1], codec),
        (data + b"\0", codec),
        (b"", codec),
        (data[:20] + bytes([data[20] ^ 4]) + data[21:], codec),
    ):
        with pytest.raises(coding.StreamError):
            reader.decompress(bad)


@pytest.mark.parametrize(
    ("streams", "shapes"),
    [([b""], [(10, 10)]), ([b"", b""], [(4, 4)]), ([b""], [(4, 4, 4)])],
)
def test_a_forged_size_is_refused_before_anything_is_allocated(codec, streams, shapes, monkeypatch):
    monkeypatch.setattr(factorized, "MOST_PIXELS", 99)
    forged = coding.pack(streams, shapes, IDENTITY)
    with pytest.raises(coding.StreamError, match=r"1 shape \(height, width\).*Next:"):
        codec.decompress(forged)


def test_a_forged_sliver_counts_as_what_its_padded_latent_takes(codec):
    """A column of 2^26 pixels has as many latent positions as a picture of 16 times as many."""
    assert factorized.padded_pixels(8192, 8192) == factorized.MOST_PIXELS
    forged = coding.pack([b""], [(factorized.MOST_PIXELS, 1)], IDENTITY)
    with pytest.raises(coding.StreamError, match="67,108,864 pixels, sides filled up to multiples"):
        codec.read_symbols(forged)


def test_a_picture_that_is_too_large_is_refused(codec, monkeypatch):
    monkeypatch.setattr(factorized, "MOST_PIXELS", 99)
    with pytest.raises(LcipError, match="image is '10 × 10 pixels'; allowed: 1 to 99 pixels"):
        codec.compress(np.zeros((10, 10, 3), np.uint8))


@pytest.mark.parametrize("quality", [0, 9, "3", 2.5, 3.0])
def test_a_quality_outside_the_eight_is_refused(quality):
    with pytest.raises(LcipError, match=r"quality is .*allowed: 1, 2, 3, 4, 5, 6, 7, 8"):
        factorized.lmbda_of(quality)


def test_an_unknown_family_lists_the_families():
    with pytest.raises(LcipError, match="family is 'huge'; allowed: small, paper-low, paper-high"):
        factorized.new_model("huge")


@pytest.mark.parametrize(
    "error",
    [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried …")],
)
def test_lack_of_memory_is_said_in_one_line(codec, picture, monkeypatch, error):
    def fail(_):
        raise error

    for transform, use in (
        ("g_a", lambda: codec.symbols(picture)),
        ("g_s", lambda: codec.reconstruct(np.zeros((12, 4, 3), np.int32), 50, 37)),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(getattr(codec.model, transform), "forward", fail)
            with pytest.raises(LcipError, match="image is '50 × 37 pixels'; .*find memory"):
                use()


def test_other_errors_of_the_transforms_are_not_called_lack_of_memory():
    with pytest.raises(RuntimeError, match="shapes"), factorized.room_for(1, 1):
        raise RuntimeError("shapes do not match")
