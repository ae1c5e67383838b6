"""Seeds, threads, the torchvision cure and the record of the environment."""

import random
import subprocess
import sys

import numpy as np
import pytest
import torch

from lcip import runtime
from lcip.errors import LcipError


def draws() -> tuple[float, float, float]:
    return random.random(), float(np.random.rand()), float(torch.rand(1))


def test_setup_seeds_all_three_generators():
    runtime.setup(7, 1)
    first = draws()
    runtime.setup(7, 1)
    assert draws() == first
    runtime.setup(8, 1)
    assert all(a != b for a, b in zip(draws(), first, strict=True))


def test_setup_fixes_threads_and_determinism():
    before = torch.get_num_threads()
    try:
        runtime.setup(0, 2)
        assert torch.get_num_threads() == 2
        assert torch.are_deterministic_algorithms_enabled()
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5, True, "1"])
def test_a_bad_seed_is_refused(seed):
    with pytest.raises(
        LcipError, match=r"seed is .*allowed: an integer from 0 to 2\^32 - 1.*Next:"
    ):
        runtime.setup(seed, 1)


@pytest.mark.parametrize("threads", [0, -2, 1.5, True])
def test_a_bad_number_of_threads_is_refused(threads):
    with pytest.raises(LcipError, match=r"threads is .*1 or more.*Next: use 1 to"):
        runtime.setup(0, threads)


def test_compressai_imports_beside_any_torch():
    code = "from lcip import runtime; import compressai, torchvision; print('imported')"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout == "imported\n", result.stderr


def test_declaring_operators_twice_changes_nothing():
    assert runtime.declare_torchvision_operators() is False


def test_environment_report_names_what_can_change_a_number():
    report = runtime.environment_report()
    assert {"python", "processor", "num_threads", "commit", "packages"} <= set(report)
    assert report["packages"]["torch"].startswith("2.")
    assert report["packages"]["compressai"] != "not installed"


def test_environment_report_says_nothing_of_hosts_or_folders():
    import getpass
    import platform

    values = str(runtime.environment_report())
    assert platform.node() not in values or platform.node() == ""
    assert "/" not in values.replace("N/A", "")
    assert getpass.getuser() not in values.split()


def test_a_notebook_without_widgets_is_not_warned_about_them():
    """Regression: the warning, with a path of the machine, stood in the page of every notebook."""
    code = (
        "import warnings, lcip.runtime\n"
        "warnings.warn('IProgress not found. Please update jupyter and ipywidgets.')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""
