"""Edge, cloud and shared: the ways are what their parts add up to, models are chosen fairly."""

import doctest
import math

import numpy as np
import pandas as pd
import pytest

from lcip import plotting, results
from lcip.errors import LcipError
from lcip.pointcloud import edge_cloud, figures_edge
from lcip.pointcloud.choice import Trained
from lcip.pointcloud.edge_cloud import CLOUD_ONLY, EDGE, SHARED
from lcip.pointcloud.latency import BARE, Carrier, Setting, Way
from lcip.pointcloud.times import Steps

STEPS = {"lite": Steps(3e-3, 1e-3, 5e-4, 2e-3), "full": Steps(0.1, 0.01, 0.001, 0.02)}
PACKETS = {"lite": 10.0, "full": 30.0}
CLOUDS = {"points": 6144, "octree": 90}


def models(rows) -> pd.DataFrame:
    columns = ["size", "num_points", "validation_accuracy_percent", "payload_bits"]
    return pd.DataFrame(rows, columns=columns)


def named(ways) -> dict[str, Way]:
    return {way.name: way for way in edge_cloud.flat(ways)}


def latency(setting: Setting, own_networks: bool = True):
    return edge_cloud.latency_ways(STEPS, 0.05, PACKETS, CLOUDS, setting, own_networks=own_networks)


def test_the_examples_in_its_docstrings():
    assert doctest.testmod(edge_cloud).failed == 0


def test_the_cheapest_model_that_is_accurate_enough_is_chosen_by_held_out_clouds():
    frame = models([("lite", 64, 79.9, 20), ("lite", 64, 80.0, 31), ("lite", 64, 85.0, 30),
                    ("lite", 64, 90.0, 50), ("micro", 64, 70.0, 9), ("micro", 64, 71.0, 12),
                    ("micro", 8, 99.0, 1)])  # fmt: skip
    table = edge_cloud.chosen(frame, 64, 80)
    assert list(table.index) == ["lite", "micro"]
    assert table["payload_bits"].tolist() == [30, 12]
    assert table["reaches"].tolist() == [True, False]


def test_an_untrained_number_of_points_is_refused_with_those_there_are():
    frame = models([("lite", 64, 79.9, 20), ("lite", 8, 80.0, 31)])
    with pytest.raises(LcipError, match="num_points is 100; allowed: 8, 64"):
        edge_cloud.chosen(frame, 100, 80)


def test_the_nearest_committed_weights_are_timed(monkeypatch):
    there = [Trained("lite", 64, 10.0), Trained("lite", 1024, 40.0), Trained("lite", 1024, 900.0)]
    monkeypatch.setattr(edge_cloud.choice, "trained", lambda: there)
    assert edge_cloud.timed_weights("lite", 512, 1600.0) == "pointcloud/lite-p1024-l900"
    assert edge_cloud.timed_weights("lite", 32, 1600.0) == "pointcloud/lite-p64-l10"
    with pytest.raises(LcipError, match="weights of full is 'none'"):
        edge_cloud.timed_weights("full", 32, 10.0)


def test_a_packet_is_its_payload_and_four_bytes():
    assert edge_cloud.packet_bytes({"lite": 41.0}) == {"lite": 41 / 8 + 4}
    assert edge_cloud.raw_bytes(1024) == 6144


def test_an_input_codec_takes_its_cheapest_row_that_is_accurate_enough():
    columns = ["codec", "payload_bits", "test_accuracy_percent"]
    rows = [("tmc13", 400, 79.0), ("tmc13", 480, 81.0), ("tmc13", 500, 85.0),
            ("octree", 160, 80.0), ("draco", 90, 99.0), ("label", 5, 88.0)]  # fmt: skip
    published = results.read_published("pc_rate_accuracy_points")
    measured = pd.DataFrame(rows, columns=columns)
    found = edge_cloud.input_codec_bytes(measured, published, 80.0)
    assert found == {"TMC13": 60.0, "octree": 20.0}
    assert edge_cloud.input_codec_bytes(measured, published, 84.0) == {"TMC13": 62.5}


def test_where_nothing_was_measured_the_published_curve_is_read():
    published = results.read_published("pc_rate_accuracy_points")
    found = edge_cloud.input_codec_bytes(None, published, 80.0)
    # 79.700 % at 411.511 bits and 80.794 % at 449.481 bits
    expected = 411.511 + (80 - 79.7) / (80.794 - 79.7) * (449.481 - 411.511)
    assert found == {"TMC13, published": pytest.approx(expected / 8, rel=1e-4)}


def test_every_way_adds_up():
    ways = named(latency(Setting(10, 1, 0.2, BARE, "cloud")))
    assert len(ways) == 2 + 2 + 2
    assert math.isclose(ways["edge only: PointNet"].fixed, 10 * 0.05 + 0.1)
    assert ways["edge only: PointNet"].bits == 8
    assert math.isclose(ways["edge only: lite"].fixed, 10 * 5e-3 + 0.1)
    assert math.isclose(ways["cloud only: octree"].fixed, 0.05 + 0.1)
    assert ways["cloud only: octree"].bits == 720
    assert math.isclose(ways["shared: lite"].fixed, 10 * 4e-3 + 2.5e-3 + 0.1)
    assert ways["shared: lite"].bits == 80


def test_without_its_own_networks_only_pointnet_runs_at_the_sensor():
    ways = latency(Setting(10, 1, 0.2, BARE, "sensor"), own_networks=False)
    assert [way.name for way in ways[EDGE]] == ["edge only: PointNet"]
    assert ways[EDGE][0].bits == 0
    assert list(ways) == [EDGE, CLOUD_ONLY, SHARED]


def test_the_interval_of_shared_inference_is_that_of_the_envelope():
    slow, quick = Setting(100, 1, 0.0, BARE, "cloud"), Setting(1, 1, 0.0, BARE, "cloud")
    ways = latency(slow, own_networks=False)
    low, high = edge_cloud.shared_interval(ways, 1.0)
    lite, octree, pointnet = (
        named(ways)[n] for n in ("shared: lite", "cloud only: octree", "edge only: PointNet")
    )
    assert low == pytest.approx((lite.bits - pointnet.bits) / (pointnet.fixed - lite.fixed))
    assert high == pytest.approx((octree.bits - lite.bits) / (lite.fixed - octree.fixed))
    rows = edge_cloud.best(ways, 1.0)
    assert list(rows.index) == ["edge only: PointNet", "shared: lite", "cloud only: octree"]
    assert edge_cloud.shared_interval({EDGE: latency(quick)[EDGE]}, 1.0) is None


def test_energy_is_macs_times_joules_and_bits():
    work = pd.DataFrame(
        {"encoder_mac_per_point": [50, 1000], "decoder_mac": [2000, 9000]}, index=["lite", "full"]
    )
    ways = named(edge_cloud.energy_ways(work, 10, PACKETS, CLOUDS, 2e-12, BARE))
    assert math.isclose(ways["edge only: PointNet"].fixed, 2e-12 * (10_000 + 9000))
    assert math.isclose(ways["edge only: lite"].fixed, 2e-12 * 2500)
    assert math.isclose(ways["shared: lite"].fixed, 2e-12 * 500) and ways["shared: lite"].bits == 80
    assert ways["cloud only: points"].fixed == 0


def test_headers_count_for_every_message_and_are_shared_by_a_batch():
    udp = Carrier("UDP", 28, None)
    table = edge_cloud.carried_bits({"label": 1, "packet": 9}, [BARE, udp])
    assert table.loc["packet"].tolist() == [72, 296]
    alone, many = (edge_cloud.batched_bits(40, udp, n) for n in (1, 1000))
    assert alone == 8 * (28 + 4 + 6) and 48 < many < 48.5


def test_the_figures_draw_every_way_and_part():
    settings = {at: latency(Setting(100, 1, 0.01, BARE, at)) for at in ("sensor", "cloud")}
    figure = figures_edge.cost_against_rate(settings, np.geomspace(1, 1e6, 30), 1.0, "latency (s)")
    plotting.check_figure(figure)
    assert len(figure.axes) == 2 and len(figure.legends[0].get_texts()) == 6
    parts = pd.DataFrame({"payload": [1.0, 2.0], "header": [3.0, 0.0]}, index=["a", "b"])
    figure = figures_edge.message_parts(parts, "bits (bit)")
    plotting.check_figure(figure)
    assert sum(bar.get_width() for bar in figure.axes[0].patches) == 6


def test_the_words_for_rates_name_open_ends():
    ways = {EDGE: [Way("edge only: PointNet", 2.0, 0)], SHARED: [Way("shared: lite", 1.0, 5000)]}
    told = figures_edge.rate_ends(edge_cloud.best(ways, 1.0))
    assert told == ["edge only: PointNet from 0 to 5e+03 bit/s",
                    "shared: lite from 5e+03 bit/s to any faster link"]  # fmt: skip
