"""Times of coding: one row a method, whatever it takes."""

from lcip.distributions import methods, times
from lcip.images import streams


def test_a_row_names_the_method_and_how_much_it_coded(base):
    latent = streams.read(base, "images/kodak-small-q3")[0].symbols[:, :4, :5].copy()
    method = methods.method_of("backward", base, "small", 3)
    row = times.row(method, [latent, latent])
    assert (row["method"], row["num_symbols"]) == ("backward", 96 * 4 * 5)
    assert row["encode_ms"] > 0 and row["decode_ms"] > 0


def test_the_transforms_have_a_row_of_their_own(base, monkeypatch):
    item = streams.read(base, "images/kodak-small-q3")[0]
    monkeypatch.setattr(times, "REPEATS", 1)
    row = times.transforms_row(base, item)
    assert (row["method"], row["num_symbols"]) == (times.TRANSFORMS, item.symbols.size)
    assert row["encode_ms"] > 0 and row["decode_ms"] > 0
