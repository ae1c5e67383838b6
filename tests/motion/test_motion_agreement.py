"""Found vectors against true ones: rescaling, places, the floor, and what is refused."""

import numpy as np
import pytest

from lcip.motion import affine, agreement, networks
from lcip.motion.affine import MotionError
from lcip.motion.tap import Layer

LAYER = Layer("some", 1, 4, 1.5, 7)


def test_endpoint_errors_by_hand():
    found = np.array([[[1, 0], [0, 2]]])
    truth = np.array([[[4.0, 3.0], [0.0, 6.0]]])
    compared = agreement.compare(LAYER, found, truth, np.ones((1, 2), bool))
    # Found: (4, 0) and (0, 8), 3 and 2 px away. Still: 5 and 6 away. The nearest multiples of 4
    # are (4, 4) and (0, 8), ties to even.
    assert compared == agreement.Agreement(2.5, 5.5, 1.5, 2)


def test_only_the_places_asked_for_count():
    found, truth = np.zeros((1, 2, 2), int), np.array([[[0.0, 0.0], [100.0, 0.0]]])
    compared = agreement.compare(LAYER, found, truth, np.array([[True, False]]))
    assert compared.error_px == 0 and compared.places == 1


def test_places_are_where_the_layer_looks_to_the_pixel():
    assert agreement.places_of(LAYER, (3, 5)) == (2, 4, (3, 5))


def test_the_known_motion_is_where_things_came_from():
    vectors = agreement.known_motion(affine.translation(5, -2), LAYER, (2, 3))
    np.testing.assert_array_equal(vectors, np.broadcast_to([-5.0, 2.0], (2, 3, 2)))
    turned = agreement.known_motion(affine.rotation(90, (0, 0)), LAYER, (1, 1))
    np.testing.assert_allclose(turned[0, 0], (-1.5 - 1.5, 1.5 - 1.5))


def test_a_translation_by_a_whole_stride_is_found_in_the_layer():
    network = networks.untrained(0)
    layer = network.layer("g_a.3")
    world = np.random.default_rng(0).random((104, 104, 3), np.float32)
    before, after = (network.tap(p, "g_a.3") for p in (world[4:100, 8:104], world[:96, :96]))
    for found in agreement.channel_motion(after, before, np.arange(2), agreement.Search(3, 3)):
        truth = agreement.known_motion(affine.translation(8, 4), layer, found.vectors.shape[:2])
        inner = np.zeros(truth.shape[:2], bool)
        inner[8:-8, 8:-8] = True
        compared = agreement.compare(layer, found.vectors, truth, inner)
        assert compared.error_px == compared.floor_px == 0


def test_input_motion_is_matched_at_the_layers_places():
    world = np.random.default_rng(1).integers(0, 256, (60, 60))
    found = agreement.input_motion(
        world[2:50, 3:51], world[:48, :48], LAYER, (12, 12), agreement.Search(5, 4)
    )
    assert (found.vectors[found.complete] == (3, 2)).all() and found.complete.any()


def test_known_translations_by_whole_strides_leave_nothing():
    network = networks.untrained(0)
    photograph = np.random.default_rng(2).integers(0, 256, (150, 150, 3), np.uint8)
    move = agreement.Transform("translation_x", 8)
    names, search = ["g_a.1", "g_a.3"], agreement.Search(3, 3)
    compared = agreement.known(network, names, photograph, move, 96, search, 8)
    assert list(compared) == [2, 4]
    for each in compared.values():
        assert each.error_px == 0 and each.still_px == 8


def test_a_real_pair_counts_sure_places_only():
    """The left half moves 4 px to the right, the right half is one grey that says nothing."""
    network = networks.untrained(0)
    world = np.random.default_rng(3).integers(0, 256, (16, 16, 3)).astype(np.uint8)
    world = np.kron(world, np.ones((6, 6, 1), np.uint8))
    frames = []
    for shift in (4, 0):
        frame = np.full((96, 96, 3), 90, np.uint8)
        frame[:, :60] = np.roll(world, shift, axis=1)[:, :60]
        frames.append(frame)
    searches = agreement.Search(9, 6), agreement.Search(3, 2)
    found = agreement.real_clip(network, ["g_a.1", "g_a.3"], tuple(frames), *searches, 2)
    assert [each.layer.stride for each in found] == [2, 4]
    for each in found:
        assert each.together.still_px == pytest.approx(4, abs=0.3)
        assert each.together.error_px < 1 < each.together.places
        side = 96 // each.layer.stride
        assert each.together.places < 0.65 * side**2
        assert each.single_px >= each.together.error_px


def test_shallow_layers_search_as_far_as_the_input():
    search = agreement.Search(3, 5)
    assert agreement.reach_in(LAYER, search, 40, 99) == (3, 10)
    assert agreement.reach_in(LAYER, search, 8, 99) == (3, 5)
    assert agreement.reach_in(LAYER, search, 40, 7) == (3, 6)


@pytest.mark.parametrize("where", [np.zeros((1, 2), bool), np.ones((2, 2), bool)])
def test_nothing_to_compare_is_refused(where):
    fields = np.zeros((1, 2, 2))
    with pytest.raises(MotionError, match="fields to compare"):
        agreement.compare(LAYER, fields, fields, where)
