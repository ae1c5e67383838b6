"""The registry of the book is complete and exact; a malformed one is refused."""

import hashlib
import re
from pathlib import Path

import pytest

from lcip.datasets import DatasetError, registry
from lcip.datasets.fetching import PREPARATIONS
from lcip.datasets.registry import entry
from lcip.paths import root

GOOD = """
[small]
title = "t"
kind = "images"
licence = "l"
citation = "c"
home = "h"
holds = { "small/*.png" = 1 }
how = "as it is"
manual = "ask"
"""


def test_every_entry_says_what_a_reader_needs():
    for name, found in registry().items():
        for word in ("title", "licence", "citation", "home", "how"):
            assert getattr(found, word).strip(), (name, word)
        assert found.home.startswith("https://"), name
        assert found.preparation in ("", *PREPARATIONS), name
        assert found.files or found.manual or found.kind == "bundled", name


def test_what_is_not_known_is_said():
    for name, found in registry().items():
        whole = all(remote.sha256 for remote in found.files)
        assert whole or "sha256" in found.unknown, name


def test_names_of_files_hold_their_checksums_where_only_a_prefix_is_known():
    prefixes = [r for found in registry().values() for r in found.files if r.sha256_prefix]
    assert len(prefixes) >= 17
    for remote in prefixes:
        assert f"-{remote.sha256_prefix}." in remote.urls[0]


def test_kodak_is_whole():
    files = entry("kodak").files
    assert [Path(f.path).name for f in files] == [f"kodim{n:02d}.png" for n in range(1, 25)]
    assert all(len(f.sha256) == 64 and f.urls[0].endswith(Path(f.path).name) for f in files)
    assert len({f.sha256 for f in files}) == 24
    assert entry("kodak").files[0].size == 736501


def test_modelnet40_is_the_archive_of_its_home():
    (archive,) = entry("modelnet40").files
    assert archive.urls[0] == "http://modelnet.cs.princeton.edu/ModelNet40.zip"
    assert archive.sha256.startswith("42dc3e656932e387") and archive.sha256.endswith("c60e536ac")


def test_addresses_of_weights_are_those_of_the_installed_packages():
    from lcip import runtime  # noqa: F401  (before compressai and torchvision)

    # isort: split
    import compressai.zoo.image
    import torchvision.models

    wanted = compressai.zoo.image.model_urls["bmshj2018-factorized"]["mse"]
    files = entry("bmshj2018-factorized").files
    assert [f.urls[0] for f in files] == [wanted[quality] for quality in range(1, 9)]

    for name in ("resnet18", "resnet34", "squeezenet1_0", "mobilenet_v2", "densenet121"):
        weights = torchvision.models.get_model_weights(name).IMAGENET1K_V1
        assert entry(name).files[0].urls == (weights.url,)


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(DatasetError, match="data set is 'codak'; allowed: .*kodak, .*--list"):
        entry("codak")


def test_a_registry_of_ones_own_is_read(own_registry):
    own_registry(GOOD)
    assert list(registry()) == ["small"]
    assert entry("small").folder == "small"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('kind = "images"', 'kind = "sounds"', "kind"),
        ('title = "t"', "title = 3", "wrong type"),
        ('title = "t"', 'titel = "t"', "titel"),
        ('home = "h"\n', "", "home"),
        ('{ "small/*.png" = 1 }', "{}", "holds"),
        ('{ "small/*.png" = 1 }', '{ "small/*.png" = 0 }', "holds"),
        ("small/*.png", "../*.png", "no path inside"),
        ("small/*.png", "/etc/*.png", "no path inside"),
        ("small/*.png", "loose.png", "no path inside"),
        ('manual = "ask"', "", "neither"),
        ('manual = "ask"', 'files = [{path = "small/a.png", urls = []}]', "http"),
        ('manual = "ask"', 'files = [{path = "small/a", urls = ["file:///a"]}]', "http"),
        (
            'manual = "ask"',
            'files = [{path = "small/a", urls = ["http://a"], sha256 = "abcdabcd"}]',
            "64 digits",
        ),
        (
            'manual = "ask"',
            'files = [{path = "small/a", urls = ["http://a"], sha256_prefix = "XY"}]',
            "hexadecimal",
        ),
        ("[small]", "[small", "registry"),
    ],
)
def test_a_malformed_registry_is_refused(own_registry, old, new, reason):
    assert old in GOOD
    own_registry(GOOD.replace(old, new))
    with pytest.raises(DatasetError, match=re.escape(reason)):
        registry()


def test_no_address_is_outside_the_registry():
    """Only the registry knows where files come from."""
    modules = list((root() / "lcip" / "datasets").glob("*.py"))
    assert len(modules) > 10
    for path in modules:
        assert not re.search(r"https?://\w", path.read_text(encoding="utf8")), path


def test_the_recorded_sums_are_those_of_the_files_at_hand():
    """Where the data sets lie on this machine, Kodak's first image is compared."""
    from lcip.datasets import data_root

    path = data_root() / "kodak" / "kodim01.png"
    if not path.is_file():
        pytest.skip("Kodak is not on this machine")
    assert hashlib.sha256(path.read_bytes()).hexdigest() == entry("kodak").files[0].sha256
