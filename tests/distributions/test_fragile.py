"""A floating-point decoder breaks by the least difference; the integer one does not."""

import numpy as np
import pytest
import torch

from lcip.distributions import adaptive, fitted, fragile
from lcip.errors import LcipError
from lcip.images import streams


@pytest.fixture(scope="module")
def found(base) -> fitted.Fitted:
    return fitted.load("small", 3, base)


@pytest.fixture(scope="module")
def latents(base) -> list[np.ndarray]:
    return [item.symbols for item in streams.read(base, "images/kodak-small-q3")]


@pytest.mark.parametrize("change", ["order", "ulp"])
def test_only_the_integer_decoder_survives(found, latents, change):
    story = fragile.tell(found, latents, change)
    assert story.floats.changed_tables > 0 and story.floats.wrong_symbols > 0
    assert story.integers == fragile.Outcome(0, latents[story.image].size, 0, None)
    assert story.trials >= 1 and story.change


def test_a_changed_table_is_noticed_where_it_matters(found, latents):
    """Symbols are wrong from the first one on whose interval has moved."""
    symbols = latents[0]
    s_q = found.analyse(adaptive.distributions(symbols, found.config.num_bins))
    here = fragile.Machine(found.model.h_sq, np.arange(found.config.M_q))
    p_hat = fragile.float_probabilities(found, here, s_q)
    tables = fragile.float_tables(p_hat)
    assert fragile.meet(symbols, tables, tables) == fragile.Outcome(0, symbols.size, 0, None)
    other = p_hat.copy()
    other[40] *= np.linspace(0.5, 1.5, other.shape[1], dtype=np.float32)
    outcome = fragile.meet(symbols, tables, fragile.float_tables(other))
    assert outcome.changed_tables == 1
    assert outcome.refusal or 0 < outcome.wrong_symbols <= symbols[40:].size


def test_an_unknown_change_is_refused(found, latents):
    with pytest.raises(LcipError, match="change is 'dust'; allowed: order, ulp"):
        fragile.tell(found, latents, "dust")


def test_streams_decode_alike_with_one_and_two_threads_and_beside_other_images(base, latents):
    method = adaptive.make(base, "small", 3)
    coded = [method.encode(symbols) for symbols in latents[:2]]
    before = torch.get_num_threads()
    try:
        for threads in (1, 2):
            torch.set_num_threads(threads)
            for pair, symbols in zip(coded[::-1], latents[1::-1], strict=True):
                assert np.array_equal(method.decode(*pair, symbols.shape), symbols)
    finally:
        torch.set_num_threads(before)
