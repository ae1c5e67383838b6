"""The methods without fitted weights, on a codec of this book: one interface."""

import numpy as np
import pytest

from lcip.coding import StreamError
from lcip.distributions import backward, ideal, local, methods
from lcip.errors import LcipError
from lcip.images import factorized

NAMES = ("static", "backward", "local", "balcilar2022")
every_method = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def codec() -> factorized.Codec:
    return factorized.load("small", 3)


@pytest.fixture(scope="module")
def symbols(codec) -> np.ndarray:
    """Each channel drawn from its own table, five times as wide in one half of the latent."""
    draw = np.random.default_rng(0)
    found = np.empty((codec.num_channels, 16, 24), np.int32)
    for channel, plane in enumerate(found):
        p = codec.tables.frequencies(channel)[:-1]
        drawn = draw.choice(len(p), plane.shape, p=p / p.sum()) + codec.tables.offsets[channel]
        plane[:] = drawn * np.where(np.arange(24) < 12, 1, 5)
    return found


@every_method
def test_symbols_come_back(name, codec, symbols):
    method = methods.method_of(name, codec, "small", 3)
    coded = method.encode(symbols)
    assert np.array_equal(method.decode(*coded, symbols.shape), symbols)
    estimate = method.estimated_bits(symbols)
    assert abs(8 * len(coded.latent) - estimate.latent_bits) < 33
    assert abs(8 * len(coded.side) - estimate.side_bits) < 33
    assert estimate.channel_bits.shape == (codec.num_channels,)


@pytest.mark.parametrize("name", ["static", "backward", "local"])
def test_side_information_that_nobody_sends_is_refused(name, codec, symbols):
    method = methods.method_of(name, codec, "small", 3)
    with pytest.raises(StreamError, match=f"side stream of '{name}' is 1; allowed: 0 bytes"):
        method.decode(b"\1", method.encode(symbols).latent, symbols.shape)


def test_identities_differ(codec):
    made = [methods.method_of(name, codec, "small", 3) for name in (*NAMES, "ideal")]
    assert len({method.identity for method in made}) == len(made)
    assert [method.name for method in made] == [*NAMES, "ideal"]


def test_whoever_adapts_beats_whoever_does_not(codec, symbols):
    bits = {
        name: methods.method_of(name, codec, "small", 3).estimated_bits(symbols).total_bits
        for name in (*NAMES, "ideal")
    }
    assert bits["ideal"] < bits["backward"] < bits["static"]
    assert bits["ideal"] < bits["balcilar2022"] < bits["static"]
    assert bits["local"] < bits["backward"], "the halves differ, and only local counts notice"


def test_the_bound_writes_no_file(codec, symbols):
    method = ideal.make(codec, "small", 3)
    for call in (
        lambda: method.encode(symbols),
        lambda: method.decode(b"", b"", symbols.shape),
    ):
        with pytest.raises(LcipError, match="method is 'ideal'; allowed: .*static.*a bound"):
            call()


def test_backward_is_plain_counting():
    assert backward.RULE.thresholds == () and backward.RULE.memory == 2**22
    assert local.RULE.thresholds and local.RULE.memory < 1000
