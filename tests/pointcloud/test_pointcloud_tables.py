"""Integer tables against the learned density they were made from."""

import numpy as np
import torch
from pointcloud_samples import clouds, settled_model

from lcip.pointcloud import tables
from lcip.pointcloud.tables import ESCAPE_MASS, build_tables, kept_range, latent_pmfs


def test_the_tables_cost_what_the_model_estimates(codec):
    x = torch.from_numpy(clouds(100))
    with torch.no_grad():
        model_bits = codec.model(x).bits.numpy()
    table_bits = [codec.estimated_bits(codec.symbols(points)) for points in clouds(100)]
    assert np.abs(np.array(table_bits) - model_bits).max() < 0.2


def test_probabilities_add_up_and_peak_at_the_median():
    model = settled_model("micro")
    model.update_medians()
    pmfs = latent_pmfs(model, -500, 500)
    assert pmfs.shape == (16, 1001) and np.allclose(pmfs.sum(axis=1), 1, atol=1e-3)
    below, above = pmfs[:, :500].sum(axis=1), pmfs[:, 501:].sum(axis=1)
    assert (below <= 0.51).all() and (above <= 0.51).all()


def test_a_table_keeps_all_but_the_escape_mass():
    model = settled_model("micro")
    made = build_tables(model)
    pmfs = latent_pmfs(model, -tables.LARGEST_REACH, tables.LARGEST_REACH)
    for t, pmf in enumerate(pmfs):
        start = int(made.offsets[t]) + tables.LARGEST_REACH
        kept = pmf[start : start + int(made.sizes[t]) - 1].sum()
        assert kept >= pmf.sum() - ESCAPE_MASS


def test_a_density_narrower_than_a_symbol_keeps_one():
    pmf = np.zeros(21)
    pmf[7] = 1.0
    first, last = kept_range(pmf)
    assert first <= 7 < last
