"""Latency against rate: closed forms by hand, the envelope against brute force, bad inputs."""

import doctest
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lcip.pointcloud import latency
from lcip.pointcloud.latency import BARE, Carrier, LinkError, Setting, Way, envelope

UDP = latency.CARRIERS["UDP over IPv4"]
numbers = st.integers(0, 50).map(float)
some_ways = st.lists(st.tuples(numbers, numbers), min_size=1, max_size=6)


def test_the_examples_in_its_docstrings():
    assert doctest.testmod(latency).failed == 0


def test_a_message_takes_its_bytes_and_a_header_a_packet():
    assert BARE.bits(5) == 40
    assert UDP.bits(5) == 40 + 224
    assert UDP.bits(0) == 224
    slow = latency.CARRIERS["LoRaWAN, 250 bit/s"]
    assert [slow.packets(n) for n in (0, 51, 51.5, 102, 103)] == [1, 1, 2, 2, 3]
    assert slow.bits(103) == 8 * (103 + 3 * 13)


def test_forty_classes_are_named_in_one_byte_and_more_than_256_in_two():
    assert [latency.label_bytes(n) for n in (2, 40, 300)] == [1, 1, 2]


def test_at_the_edge_no_rate_matters_where_the_sensor_waits():
    setting = Setting(100, 1, 0.05, UDP, "sensor")
    assert latency.at_edge("edge", 0.008, 1, setting) == Way("edge", 0.8, 0.0)
    there = latency.at_edge("edge", 0.008, 1, Setting(100, 1, 0.05, UDP, "cloud"))
    assert there == Way("edge", 0.8 + 0.025, 8 + 224)


def test_a_message_goes_one_way_or_there_and_back():
    one = latency.through_link("shared", 0.001, 0.002, 9, 1, Setting(10, 1, 0.1, BARE, "cloud"))
    assert math.isclose(one.fixed, 0.01 + 0.002 + 0.05) and one.bits == 72
    both = latency.through_link("shared", 0.001, 0.002, 9, 1, Setting(10, 1, 0.1, UDP, "sensor"))
    assert math.isclose(both.fixed, 0.01 + 0.002 + 0.1) and both.bits == 72 + 8 + 2 * 224


def test_a_quicker_cloud_shortens_what_is_computed_there_only():
    setting = Setting(10, 4, 0.1, BARE, "cloud")
    way = latency.through_link("shared", 0.001, 0.002, 9, 1, setting)
    assert math.isclose(way.fixed, 0.01 + 0.002 / 4 + 0.05)
    assert latency.at_edge("edge", 0.01, 1, setting).fixed == 0.1 + 0.05


def test_three_ways_meet_where_the_formula_says():
    edge, shared, cloud = Way("edge", 0.8, 0), Way("shared", 0.3, 100), Way("cloud", 0.1, 1100)
    assert latency.crossover(edge, shared, 1.0) == pytest.approx(100 / 0.5)
    assert latency.crossover(shared, cloud, 1.0) == pytest.approx(1000 / 0.2)
    found = envelope([cloud, edge, shared], 1.0)
    assert [stretch.name for stretch in found] == ["edge", "shared", "cloud"]
    ends = [end for stretch in found for end in stretch[1:]]
    assert ends == pytest.approx([0, 200, 200, 5000, 5000, math.inf])
    assert shared.cost(np.array([50.0, 100.0]), 1.0).tolist() == [2.3, 1.3]


def test_sending_at_a_tenth_of_a_watt_moves_the_crossing_tenfold():
    first, second = Way("computes", 2.0, 10), Way("sends", 1.0, 510)
    assert latency.crossover(first, second, 0.1) == pytest.approx(50)
    assert latency.crossover(first, second, 1.0) == pytest.approx(500)


def test_a_way_that_is_worse_in_both_is_never_listed():
    good, bad = Way("good", 1, 10), Way("bad", 2, 20)
    assert envelope([bad, good], 1.0) == [("good", 0.0, math.inf)]
    assert latency.crossover(good, bad, 1.0) is None
    assert latency.crossover(good, Way("twin", 1, 10), 1.0) is None


@given(some_ways, st.sampled_from([0.1, 1.0, 7.0]))
@settings(max_examples=60)
def test_the_envelope_is_the_least_cost_at_every_rate(pairs, per_second):
    ways = [Way(str(n), *pair) for n, pair in enumerate(pairs)]
    stretches = envelope(ways, per_second)
    assert stretches[0].lowest_rate == 0 and stretches[-1].highest_rate == math.inf
    named = {way.name: way for way in ways}
    for rate in np.geomspace(1e-3, 1e3, 41):
        best = [s.name for s in stretches if s.lowest_rate <= rate <= s.highest_rate]
        least = min(way.cost(rate, per_second) for way in ways)
        assert best
        assert all(math.isclose(named[n].cost(rate, per_second), least) for n in best)
    for low, high in zip(stretches, stretches[1:], strict=False):
        assert low.highest_rate == high.lowest_rate
        assert named[low.name].bits < named[high.name].bits


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: Way("x", -1.0, 5), "fixed cost of x is -1.0"),
        (lambda: Way("x", math.nan, 5), "fixed cost of x is nan"),
        (lambda: Way("x", 1.0, math.inf), "bits of x is inf"),
        (lambda: Setting(-2, 1, 0.1, BARE, "cloud"), "edge_slowdown is -2; allowed: a number of 0"),
        (lambda: Setting(2, 0, 0.1, BARE, "cloud"), "cloud_speedup is 0; allowed: a number above"),
        (lambda: Setting(2, 1, math.nan, BARE, "cloud"), "round_trip_s is nan"),
        (lambda: Setting(2, 1, 0.1, BARE, "moon"), "answer_at is 'moon'; allowed: sensor, cloud"),
        (lambda: Carrier("c", -1, None), "header_bytes is -1; allowed: at least 0"),
        (lambda: Carrier("c", 1, 0), "largest_payload_bytes is 0; allowed: at least 1"),
        (lambda: BARE.bits(-1), "payload_bytes is -1"),
        (lambda: envelope([], 1.0), "ways is"),
    ],
)
def test_what_cannot_be_is_refused(make, text):
    with pytest.raises(LinkError, match=text):
        make()
