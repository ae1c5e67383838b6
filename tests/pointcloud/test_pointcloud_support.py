"""Micro as a support function, the body that its symbols leave, and bounds in other directions."""

import numpy as np
import pytest
from pointcloud_samples import clouds, codec_of, settled_model

from lcip.datasets import POINT_SCALE
from lcip.errors import LcipError
from lcip.pointcloud import polytope, support
from lcip.pointcloud.clouds import to_grid


def on_grid(points: np.ndarray) -> np.ndarray:
    return to_grid(points) / POINT_SCALE


def around(count: int) -> np.ndarray:
    wanted = np.random.default_rng(4).normal(size=(count, 3))
    return wanted / np.linalg.norm(wanted, axis=1, keepdims=True)


def test_latents_are_the_support_function(codec):
    """y = ± ReLU(|w| h(u) + b)."""
    given = support.directions(codec)
    assert np.allclose(np.linalg.norm(given.unit, axis=1), 1)
    for points in clouds(150):
        h = support.support(on_grid(points), given.unit)
        y = given.sign * np.maximum(given.steepness * h + given.offset, 0)
        assert np.allclose(y, codec.latents(points), atol=1e-9)


def test_symbols_bracket_the_support_function(codec):
    given = support.directions(codec)
    for points in clouds(150):
        found = support.slabs(codec, codec.symbols(points))
        h = support.support(on_grid(points), given.unit)
        assert (found.low <= h + 1e-9).all() and (h <= found.high + 1e-9).all()
        uncut = (found.low > -support.REACH) & (found.high < support.REACH)
        assert uncut.any()
        thickness = found.high - found.low
        assert (thickness[uncut] <= 1 / given.steepness[uncut] + 1e-9).all()


def test_a_direction_without_weight_says_nothing(codec):
    layer = codec.encoder.layers[0]
    weight = layer.weight.copy()
    weight[3] = 0
    encoder = type(codec.encoder)(
        (layer._replace(weight=weight),), codec.encoder.sign, codec.encoder.medians
    )
    blind = type(codec)(codec.model, encoder, codec.tables, codec.card, codec.identity)
    found = support.slabs(blind, blind.symbols(clouds(50)[0]))
    assert (found.low[3], found.high[3]) == (-support.REACH, support.REACH)
    assert np.isfinite(found.low).all() and np.isfinite(found.high).all()


def test_a_codec_of_several_layers_is_refused():
    with pytest.raises(LcipError, match="layers of the encoder is 5.*micro"):
        support.directions(codec_of(settled_model("lite")))


def test_a_cube_has_eight_corners_six_faces_and_its_volume():
    normals = np.concatenate([np.eye(3), -np.eye(3)])
    body = polytope.polytope(polytope.Planes(normals, np.full(6, 0.5)))
    assert body.vertices.shape == (8, 3) and len(body.faces) == 6
    assert all(len(ring) == 4 for ring in body.faces.values())
    assert abs(body.volume - 1) < 1e-9
    for ring in body.faces.values():
        sides = body.vertices[ring] - body.vertices[np.roll(ring, 1)]
        assert np.allclose(np.linalg.norm(sides, axis=1), 1)  # around, not across


def test_planes_that_touch_nothing_bear_no_face():
    normals = np.concatenate([np.eye(3), -np.eye(3), [[0.6, 0.8, 0.0]]])
    body = polytope.polytope(polytope.Planes(normals, np.append(np.full(6, 0.5), 5.0)))
    assert sorted(body.faces) == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("gap", [-0.2, 0.0])
def test_planes_that_leave_nothing_are_refused(gap):
    normals = np.concatenate([np.eye(3), -np.eye(3)])
    offsets = np.array([gap - 0.5, 1, 1, 0.5, 1, 1])
    with pytest.raises(LcipError, match="radius that fits between the planes"):
        polytope.polytope(polytope.Planes(normals, offsets))


def test_the_body_holds_the_cloud_and_the_bounds_hold_its_reach(codec):
    given, wanted = support.directions(codec), around(40)
    for points in clouds(150):
        slabs = support.slabs(codec, codec.symbols(points))
        planes = polytope.outer_planes(given.unit, slabs)
        inside = on_grid(points) @ planes.normals.T - planes.offsets
        assert inside.max() <= 1e-9
        bounds = polytope.reach_bounds(given.unit, slabs, wanted)
        h = support.support(on_grid(points), wanted)
        assert (bounds.low <= h + 1e-7).all() and (h <= bounds.high + 1e-7).all()


def test_the_bounds_are_attained(codec):
    """The cloud of the minimising points has the lower bound as its reach, and is allowed."""
    given, v = support.directions(codec), around(3)
    slabs = support.slabs(codec, codec.symbols(clouds(150)[2]))
    body = polytope.polytope(polytope.outer_planes(given.unit, slabs))
    bounds = polytope.reach_bounds(given.unit, slabs, v)
    for direction, low, high in zip(v, *bounds, strict=True):
        pairs = zip(given.unit, slabs.low, strict=True)
        caps = [polytope.cap_corners(body, *pair) for pair in pairs]
        lowest = np.array([cap[(cap @ direction).argmin()] for cap in caps])
        assert abs(max((lowest @ direction).max(), -support.REACH) - low) < 1e-9
        h = support.support(lowest, given.unit)
        assert (h >= slabs.low - 1e-7).all() and (h <= slabs.high + 1e-7).all()
        assert abs(min((body.vertices @ direction).max(), support.REACH) - high) < 1e-9


def test_in_the_codecs_own_directions_the_bounds_are_no_wider_than_the_slabs(codec):
    given = support.directions(codec)
    slabs = support.slabs(codec, codec.symbols(clouds(150)[0]))
    bounds = polytope.reach_bounds(given.unit, slabs, given.unit)
    assert (bounds.low >= slabs.low - 1e-7).all() and (bounds.high <= slabs.high + 1e-7).all()


def test_a_slab_that_says_nothing_has_no_plane(codec):
    given = support.directions(codec)
    slabs = support.slabs(codec, codec.symbols(clouds(150)[0]))
    planes = polytope.outer_planes(given.unit, slabs)
    assert len(planes.normals) == (slabs.high < support.REACH).sum() + 6
    blind = support.Slabs(slabs.low, np.full(16, support.REACH))
    body = polytope.polytope(polytope.outer_planes(given.unit, blind))
    assert body.vertices.shape == (8, 3), "the cube alone"


def test_the_hull_of_a_cube_and_of_what_is_flat():
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], float)
    found = polytope.hull(np.concatenate([corners, [[0.5, 0.5, 0.5]]]))
    assert sorted(found.vertices) == list(range(8)) and abs(found.volume - 1) < 1e-9
    for flat in (corners[:4], corners[:2]):
        with pytest.raises(LcipError, match="cloud is 'flat'"):
            polytope.hull(flat)
