"""The study of augmentation: every change has its rows, and only the data differ."""

from dataclasses import replace

from lcip.pointcloud import augmentation_study as study
from lcip.pointcloud.recipes import AUGMENTATION


def test_each_variant_leaves_out_what_its_name_says():
    kept = {name: how for name, how in study.CHANGES.items() if name.startswith("all but")}
    assert len(kept) == 4
    for how in kept.values():
        differing = [
            field
            for field in ("keep_least", "largest_scale", "jitter", "mirror")
            if getattr(how, field) != getattr(AUGMENTATION, field)
        ]
        assert len(differing) == 1
        assert getattr(how, differing[0]) == getattr(study.NOTHING, differing[0])


def test_recipes_differ_in_the_data_alone():
    first, second = (study.recipe(change, 7) for change in ("none", "all"))
    assert replace(first, augmentation=second.augmentation) == second
    assert first.epochs == 7 and first.lmbdas == study.LMBDAS
