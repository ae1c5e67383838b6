"""Cached latents: what they are, that they come back, and the parts that are drawn from them."""

import numpy as np
import pytest
from PIL import Image

from lcip import datasets
from lcip.distributions import latents
from lcip.errors import LcipError


@pytest.fixture
def pictures():
    draw = np.random.default_rng(0)
    return [
        draw.integers(0, 256, (70, 90, 3), np.uint8),
        draw.integers(0, 256, (33, 48, 3), np.uint8),
    ]


def test_a_view_is_the_latent_of_the_picture_cut_at_top_and_left(base, pictures):
    found = latents.compute(base, pictures, views=2, device="cpu")
    assert len(found) == 2 and found.shapes == ((5, 6), (4, 6), (3, 3), (2, 3))
    for number, picture in enumerate(pictures):
        for view, (top, left) in zip(found.of(number), latents.SHIFTS[:2], strict=True):
            expected = base.latent(picture[top:, left:]).transpose(1, 2, 0)
            np.testing.assert_allclose(view, expected, atol=2e-2, rtol=2e-3)


def test_views_are_limited_by_the_shifts(base, pictures):
    with pytest.raises(LcipError, match="views is 5; allowed: 1 to 4"):
        latents.compute(base, pictures, views=5, device="cpu")


def test_latents_are_computed_once(base, tmp_path, monkeypatch, pictures):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "registry.toml").touch()
    monkeypatch.setenv("LCIP_ROOT", str(tmp_path))
    for number, picture in enumerate(pictures):
        Image.fromarray(picture).save(tmp_path / f"{number}.png")
    items = datasets.images_in(tmp_path)
    first = latents.cached(base, items, views=1, device="cpu")
    monkeypatch.setattr(latents, "compute", None)
    second = latents.cached(base, items, views=1, device="cpu")
    assert first.shapes == second.shapes and np.array_equal(first.values, second.values)
    Image.fromarray(pictures[0]).save(tmp_path / "1.png")
    with pytest.raises(TypeError):  # other photographs: computed again
        latents.cached(base, datasets.images_in(tmp_path), views=1, device="cpu")


def test_windows_lie_inside_and_reach_every_position():
    grid = np.stack(np.meshgrid(np.arange(5), np.arange(7), indexing="ij"), axis=-1)  # (5, 7, 2)
    draw, seen = np.random.default_rng(0), set()
    for _ in range(200):
        part = latents.window(grid, 2, 3, draw)
        assert part.shape == (2, 3, 2)
        assert (part - part[0, 0]).tolist() == grid[:2, :3].tolist()
        seen.add(tuple(part[0, 0].tolist()))
    assert seen == {(top, left) for top in range(4) for left in range(5)}
    assert latents.window(grid, 9, 3, draw).shape == (5, 3, 2)
