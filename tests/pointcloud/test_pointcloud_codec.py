"""Packets of clouds: bytes that depend on the set of points and on nothing else."""

import os
import subprocess
import sys

import numpy as np
import pytest
from pointcloud_samples import IDENTITY, clouds, codec_of, settled_model

from lcip import coding
from lcip.errors import LcipError
from lcip.pointcloud import codec as codecs
from lcip.pointcloud.clouds import CloudError, to_grid
from lcip.pointcloud.folding import exact


def test_a_packet_gives_back_the_symbols(codec, cloud):
    symbols = codec.symbols(cloud)
    assert symbols.shape == (16,) and symbols.dtype == np.int32 and len(set(symbols)) > 3
    assert np.array_equal(codec.decode(codec.encode(cloud)), symbols)


@pytest.mark.parametrize("size", ["lite", "full"])
def test_so_do_the_other_sizes(size, cloud):
    codec = codec_of(settled_model(size))
    assert np.array_equal(codec.decode(codec.encode(cloud)), codec.symbols(cloud))


def test_a_packet_costs_at_most_four_bytes_and_a_payload_at_most_eight_bits_too_many(codec):
    for points in clouds(200):
        symbols = codec.symbols(points)
        payload = codec.payload(symbols)
        assert len(codec.encode(points)) - len(payload) <= 4
        assert 8 * len(payload) - codec.estimated_bits(symbols) <= 8 + 1e-6


def test_any_order_of_the_points_gives_the_same_bytes(codec, cloud):
    packet = codec.encode(cloud)
    draw = np.random.default_rng(2)
    for _ in range(50):
        assert codec.encode(draw.permutation(cloud)) == packet
    assert codec.encode(cloud[::-1]) == packet
    assert codec.encode(np.concatenate([cloud, cloud])) == packet


def test_any_memory_layout_and_precision_gives_the_same_bytes(codec, cloud):
    packet = codec.encode(cloud)
    assert codec.encode(np.asfortranarray(cloud)) == packet
    assert codec.encode(cloud.astype(np.float64)) == packet
    assert codec.encode(to_grid(cloud)) == packet


PROGRAM = """
import sys
import numpy as np
from lcip.pointcloud.exact import ExactEncoder
stored = np.load(sys.argv[1])
encoder = ExactEncoder.from_arrays({k: stored[k] for k in stored if k != "grids"})
print([encoder.symbols(grid).tolist() for grid in stored["grids"]])
"""


def test_any_number_of_threads_gives_the_same_symbols(tmp_path):
    """In a process of its own: the linear-algebra library reads its threads when it starts."""
    encoder = exact(settled_model("lite"))
    grids = np.stack([to_grid(points) for points in clouds(2000)])
    np.savez(tmp_path / "encoder.npz", grids=grids, **encoder.to_arrays())
    threads = "1" if os.environ.get("OMP_NUM_THREADS") != "1" else "2"
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    there = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "encoder.npz")],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **dict.fromkeys(names, threads)},
    ).stdout
    assert there.strip() == str([encoder.symbols(grid).tolist() for grid in grids])


def test_the_critical_points_alone_give_the_same_bytes(codec, cloud):
    grid = to_grid(cloud)
    critical = np.unique(codec.encoder.features(grid).argmax(axis=0))
    assert len(critical) <= codec.num_latents
    assert codec.encode(cloud[critical]) == codec.encode(cloud)


def test_symbols_far_outside_the_tables_survive(codec):
    symbols = np.zeros(16, np.int32)
    symbols[2], symbols[9] = 10**6, -(10**6)
    assert np.array_equal(codec.read_payload(codec.payload(symbols)), symbols)


def test_every_change_of_one_bit_is_refused(codec, cloud):
    packet = codec.encode(cloud)
    for bit in range(8 * len(packet)):
        changed = bytearray(packet)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(coding.StreamError):
            codec.decode(bytes(changed))


def test_every_cut_and_an_extension_are_refused(codec, cloud):
    packet = codec.encode(cloud)
    for wrong in [packet[:n] for n in range(len(packet))] + [packet + b"\0"]:
        with pytest.raises(coding.StreamError):
            codec.decode(wrong)


def test_a_packet_of_another_model_is_refused(codec, cloud):
    other = codecs.Codec(codec.model, codec.encoder, codec.tables, codec.card, IDENTITY[::-1])
    with pytest.raises(coding.StreamError, match="packet's model"):
        other.decode(codec.encode(cloud))


def test_classes_come_likeliest_first_and_their_chances_add_up(codec, cloud):
    guesses = codec.classify(codec.encode(cloud), num_guesses=40)
    chances = [guess.probability for guess in guesses]
    assert chances == sorted(chances, reverse=True) and abs(sum(chances) - 1) < 1e-9
    assert {guess.name for guess in guesses} == set(codec.classes)
    assert codec.classify(codec.encode(cloud), num_guesses=3) == guesses[:3]


@pytest.mark.parametrize(
    ("points", "words"),
    [
        (np.zeros((0, 3)), r"shape of the cloud is \(0, 3\)"),
        (np.zeros((5, 2)), r"shape of the cloud is \(5, 2\)"),
        (np.zeros((2, 5, 3)), "shape of the cloud"),
        (np.array([[0.0, np.nan, 0.0]]), "point 0 of the cloud"),
        (np.array([[0.0, 0.0, 0.0], [0.0, np.inf, 0.0]]), "point 1 of the cloud"),
        (np.array([[0.9, 0.9, 0.9]]), "within the unit ball.*normalise_unit_ball"),
        (np.array([[1e200, 0.0, 0.0]]), "within the unit ball"),
        (np.array([[1, 0, 0]]), "type of the points is dtype"),
        (np.array([["a", "b", "c"]]), "type of the points"),
    ],
)
def test_what_is_no_cloud_is_refused(codec, points, words):
    with pytest.raises(CloudError, match=words):
        codec.encode(points)


def test_a_single_point_is_a_cloud(codec):
    packet = codec.encode(np.array([[0.0, 0.0, 1.0]]))
    assert codec.decode(packet).shape == (16,)


def test_names_of_weights():
    assert codecs.weights_name("lite", 64, 1000.0) == "pointcloud/lite-p64-l1000"
    assert codecs.weights_name("full", 8, 0.5) == "pointcloud/full-p8-l0.5"


def test_missing_weights_are_named_with_those_there_are():
    with pytest.raises(LcipError, match="pointcloud/micro-p7-l1"):
        codecs.load("pointcloud/micro-p7-l1")
