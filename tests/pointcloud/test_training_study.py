"""The study of training: every change has its rows, and only one thing differs."""

from dataclasses import asdict, replace

import pytest

from lcip.pointcloud import training_study as study
from lcip.pointcloud.recipes import AUGMENTATION, recipe_for


def test_each_variant_leaves_out_what_its_name_says():
    changes = study.CHANGES[1024].items()
    kept = {n: change["augmentation"] for n, change in changes if n.startswith("all but")}
    assert len(kept) == 4
    for how in kept.values():
        given, usual, nothing = (asdict(a) for a in (how, AUGMENTATION, study.NOTHING))
        (differing,) = (field for field in usual if given[field] != usual[field])
        assert given[differing] == nothing[differing]


def test_recipes_of_many_points_differ_in_the_data_alone():
    first, second = (study.recipe(1024, change, 7) for change in ("none", "all"))
    assert replace(first, augmentation=second.augmentation) == second
    assert first.epochs == 7 and first.lmbdas == study.LMBDAS


@pytest.mark.parametrize("change", study.CHANGES[16])
def test_recipes_of_few_points_differ_from_the_curve_in_one_thing(change):
    usual = replace(recipe_for("micro", 16), lmbdas=study.LMBDAS, epochs=7)
    given, usual = asdict(study.recipe(16, change, 7)), asdict(usual)
    differing = [field for field in usual if given[field] != usual[field]]
    assert len(differing) == (change != "as the curve")
