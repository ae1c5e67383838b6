"""The choices that the notebooks declare are those that the chapter has."""

from lcip import datasets
from lcip.distributions import parameters as of_distributions
from lcip.images import factorized
from lcip.motion import networks, parameters


def test_every_network_can_be_chosen():
    assert sorted(parameters.NETWORKS) == sorted(networks.names())


def test_the_few_photographs_hold_the_largest_frame():
    chosen = datasets.bundled_photographs(parameters.FEW_PHOTOGRAPHS)
    assert min(min(picture.shape[:2]) for picture in chosen.values()) >= 296


def test_every_family_and_every_image_of_kodak_can_be_chosen():
    assert tuple(factorized.FAMILIES) == of_distributions.FAMILIES
    assert len(set(of_distributions.KODAK)) == 24
