"""Counted weights and multiply-accumulates are those that thesis table 2.3 prints."""

from torch import nn

from lcip import results
from lcip.distributions import complexity
from lcip.images import factorized

FAMILIES = ("paper-low", "paper-high")


def test_table_2_3_is_reproduced():
    measured = complexity.table(FAMILIES, complexity.IMAGE_PX)
    published = results.read_published("pdf_table_2_3_complexity")
    assert measured["transform"].tolist() == published["transform"].tolist()
    for column, expected in (("num_weights", "published_params"),):
        printed = [f"{value / 1e6:.3f}M" for value in measured[column]]
        assert printed == published[expected].tolist()
    assert measured["num_weights"].tolist() == published["recomputed_params_no_bias"].tolist()
    rounded = measured["macs_per_pixel"].round().astype(int)
    assert rounded.tolist() == published["published_macs_per_pixel"].tolist()


def test_the_whole_models_grow_as_published():
    low, high = (complexity.total_parameters(family) for family in FAMILIES)
    assert (low.base, high.base) == (2_998_147, 7_030_531)
    assert low.with_weights == low.base + 2 * 28_800
    assert f"{low.base / 1e6:.2f}, {low.with_weights / 1e6:.2f}" == "3.00, 3.06"
    # Published: 7.03, 7.22. The sum is 7.225091 million; 7.03 and 0.19, each rounded, make 7.22.
    assert high.with_weights == high.base + 2 * 97_280 == 7_225_091
    assert low.with_all < 1.001 * low.with_weights


def test_our_work_does_not_depend_on_the_image_and_the_hyperpriors_does():
    ours = complexity.ours("paper-low")["h_a,q"].macs
    small, large = (
        complexity.hyperprior("paper-low", px)["h_a"].macs for px in ((256, 256), (512, 768))
    )
    assert ours == round(10.46875 * 512 * 768)
    assert large == 6 * small


def test_a_cost_by_hand():
    network = nn.Sequential(nn.Conv1d(2, 3, 5, padding=2), nn.ReLU())
    assert complexity.cost(network, (2, 8)) == complexity.Cost(2 * 3 * 5, 2 * 3 * 5 * 8)


def test_small_costs_less_than_a_tenth_of_its_hyperprior():
    ours = complexity.ours("small")["h_s,q"]
    theirs = complexity.hyperprior("small", complexity.IMAGE_PX)["h_s"]
    assert 10 * ours.num_weights < theirs.num_weights
    assert 10 * ours.macs < theirs.macs


def test_the_records_hold_what_is_counted_now():
    families = tuple(factorized.FAMILIES)
    counted = complexity.table(families, complexity.IMAGE_PX)
    recorded = results.read_measured("distributions/complexity").frame
    assert recorded.rename(columns={"mac_per_pixel": "macs_per_pixel"}).equals(counted)
    totals = results.read_measured("distributions/parameters").frame.set_index("family")
    for family in families:
        assert totals.loc[family, "num_strides"] == complexity.num_strides(family) == 3
        expected = complexity.total_parameters(family)
        assert tuple(totals.loc[family].drop("num_strides")) == expected
