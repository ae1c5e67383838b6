"""Solids: closed shapes of the right size, standing as ModelNet40's objects do."""

import numpy as np
import pytest

from lcip.errors import LcipError
from lcip.pointcloud import solids
from lcip.pointcloud.solids import SOLIDS


def area(mesh) -> float:
    a, b, c = mesh.vertices[mesh.faces].astype(float).transpose(1, 0, 2)
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)


def test_a_box_has_the_area_of_its_six_sides():
    mesh = solids.box(solids.Bounds((0, 0, 0), (1, 2, 3)))
    assert abs(area(mesh) - 2 * (2 + 3 + 6)) < 1e-5


def test_a_turned_cylinder_has_nearly_the_area_of_a_cylinder():
    mesh = solids.turned([(0, 0), (1, 0), (1, 2), (0, 2)])
    assert abs(area(mesh) - (2 * np.pi + 4 * np.pi)) < 0.05


@pytest.mark.parametrize("name", list(SOLIDS))
def test_points_lie_centred_in_the_unit_ball_and_are_seeded(name):
    points = solids.solid(name, 300, seed=1)
    assert points.shape == (300, 3) and points.dtype == np.float32
    assert abs(np.linalg.norm(points, axis=1).max() - 1) < 1e-5
    assert np.abs(points.mean(axis=0)).max() < 1e-5
    assert np.array_equal(points, solids.solid(name, 300, seed=1))
    assert not np.array_equal(points, solids.solid(name, 300, seed=2))


def test_objects_stand_upright_with_the_chair_s_back_at_positive_y():
    chair = SOLIDS["chair"]().vertices
    assert chair[chair[:, 2] > 1.0][:, 1].min() > 0.3
    cone = SOLIDS["cone"]().vertices
    assert np.allclose(cone[cone[:, 2] > 1.3][:, :2], 0)
    table = SOLIDS["table"]().vertices
    assert np.ptp(table[table[:, 2] > 0.7][:, 0]) > np.ptp(table[table[:, 2] < 0.1][:, 0])


def test_an_unknown_solid_is_refused_with_the_list():
    with pytest.raises(LcipError, match="solid is 'tree'; allowed: chair, table"):
        solids.solid("tree", 10, seed=0)
