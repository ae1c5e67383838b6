"""How rules were chosen, and how latents become those of other sizes."""

import numpy as np
import pandas as pd
import pytest

from lcip import results
from lcip.distributions import backward, compared, hybrid, image_size, local, sweep
from lcip.distributions.counting import FOREVER
from lcip.results.measured import MissingTableError

RULES = {
    ("static", "plain"): backward.RULE,
    ("sent", "forgetting"): hybrid.RULE,
    ("static", "local"): local.RULE,
}


def table(rows):
    columns = ["data_set", "prior", "counting", "num_prior_symbols", "latent_bits", "side_bits"]
    frame = pd.DataFrame(rows, columns=columns).assign(num_memory_symbols=FOREVER)
    return frame.assign(static_bits=1000.0, ideal_bits=900.0, family="small", quality=3)


def test_the_saving_is_a_share_of_the_ideal_one_side_information_paid():
    frame = table([("kodak", "sent", "plain", 10, 920.0, 5.0)])
    assert sweep.recovered_percent(frame).tolist() == [75]


def test_a_setting_is_chosen_on_validation_photographs_alone():
    frame = table(
        [
            ("validation", "static", "plain", 10, 950.0, 0.0),
            ("validation", "static", "plain", 60, 930.0, 0.0),
            ("kodak", "static", "plain", 10, 905.0, 0.0),
            ("kodak", "static", "plain", 60, 940.0, 0.0),
        ]
    )
    found = sweep.chosen(frame)
    assert set(found["num_prior_symbols"]) == {60}
    assert found.set_index("data_set")["recovered_percent"].to_dict() == pytest.approx(
        {"validation": 70, "kodak": 60}
    )


def test_the_methods_use_the_recorded_choices():
    """Within two points of the best setting of the sweep, in the mean over base codecs."""
    try:
        frame = results.read_measured(sweep.TABLE).frame
    except MissingTableError:
        pytest.skip("not measured yet")
    frame = frame[frame["data_set"] == "validation"]
    frame = frame.assign(recovered_percent=sweep.recovered_percent(frame))
    setting = ["num_prior_symbols", "num_memory_symbols"]
    for (prior, way), rule in RULES.items():
        rows = frame[(frame["prior"] == prior) & (frame["counting"] == way)]
        means = rows.groupby(setting)["recovered_percent"].mean()
        assert means[rule.prior_weight, rule.memory] > means.max() - 2


def test_settings_hold_the_rules_of_the_methods():
    swept = sweep.settings()
    for (_, way), rule in RULES.items():
        assert (way, rule) in swept


def test_smaller_latents_are_the_middle_and_larger_ones_repeat():
    symbols = np.arange(2 * 4 * 6).reshape(2, 4, 6)
    middle = image_size.resized(symbols, 32, 32)
    assert np.array_equal(middle, symbols[:, 1:3, 2:4])
    large = image_size.resized(symbols, 128, 112)
    assert large.shape == (2, 8, 7)
    assert np.array_equal(large[:, 4:, :6], symbols) and np.array_equal(
        large[:, :4, 6], symbols[:, :, 0]
    )
    assert np.array_equal(image_size.resized(symbols.swapaxes(1, 2), 64, 96), symbols)


def test_savings_by_size_are_against_static_of_that_size():
    frame = pd.DataFrame(
        [
            ("static", 100, 0, 50, 0), ("static", 100, 0, 150, 0), ("sent", 100, 100, 190, 19),
            ("static", 400, 0, 400, 0), ("sent", 400, 100, 300, 3),
        ],
        columns=[
            "method", "num_pixels", "num_pixels_fitted_to", "file_bytes", "payload_side_bytes",
        ],
    )  # fmt: skip
    found = image_size.savings(frame).set_index(["method", "num_pixels"])
    assert found["saving_percent"].to_dict() == pytest.approx(
        {("static", 100): 0, ("sent", 100): 5, ("static", 400): 0, ("sent", 400): 25}
    )
    assert found.loc[("sent", 100), "side_percent"] == pytest.approx(10)


@pytest.fixture
def savings():
    """Two qualities; the method `sent` only at one."""
    index = pd.MultiIndex.from_tuples(
        [(1, "static"), (1, "ideal"), (1, "adaptive"), (3, "static"), (3, "ideal")],
        names=["quality", "method"],
    )
    frame = pd.DataFrame(
        {"rate_bpp": [0.2, 0.18, 0.184, 0.4, 0.36], "psnr_rgb_db": [27.0] * 3 + [30.0] * 2},
        index=index,
    )
    return frame.assign(change_percent=[0, -10, -8, 0, -10.0])


def test_table_2_1_has_both_sides(savings):
    found = compared.table_2_1(savings)
    assert found.loc[1, "adaptive, %"] == -8 and np.isnan(found.loc[3, "adaptive, %"])
    assert found.loc[3, "published ideal, %"] == -8.2 and found.loc[1, "published ours, %"] == -7.66


def test_table_2_2_names_source_and_qualities(savings):
    found = compared.table_2_2(savings)
    assert found.loc[("measured", "adaptive", "1"), "recovered, %"] == pytest.approx(80)
    assert found.loc[("published", "ours", "1"), "achieved, %"] == -7.66


def test_both_conventions_agree_where_every_rate_changes_alike(savings):
    found = compared.bd_conventions(savings)
    assert list(found.index) == ["ideal"]
    assert found.loc["ideal", "mean of changes, %"] == pytest.approx(-10)
    assert found.loc["ideal", "integral (PCHIP), %"] == pytest.approx(-10)
    assert found.loc["ideal", "qualities"] == "1, 3"


def test_published_curves_rise():
    for method in compared.CONTEXT.values():
        rate, psnr_db = compared.published_curve(method)
        assert len(rate) == 8 and (np.diff(rate) > 0).all() and (np.diff(psnr_db) > 0).all()
