"""pyproject.toml, constraints.txt and environment.yml say the same, and the code needs no more."""

import importlib.metadata
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "workflow"))
from pins import canonical, closure, named_third_party, read_pins, third_party  # noqa: E402

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CONSTRAINTS = ROOT / "constraints.txt"
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text())
EXTRAS = PROJECT["optional-dependencies"]
REQUIREMENTS = {
    canonical(Requirement(line).name): Requirement(line)
    for group in (PROJECT["dependencies"], *EXTRAS.values())
    for line in group
}
PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[0-9][0-9A-Za-z.]*")
ACCELERATOR = re.compile(r"nvidia-|cuda-|triton")
"""What a CUDA build of torch pulls in; torch itself pins those exactly."""

RUN_BY_NAME = {
    "ipykernel": "started as every notebook's kernel",
    "ipython": "imported by the kernel, and lazily",
    "ruff": "a command of 'make lint'",
    "snakemake": "the command behind 'make book'",
    "sphinx": "run by Jupyter Book",
    "sphinx-exercise": "named in _config.yml",
    "sphinx-proof": "named in _config.yml",
    "sphinxcontrib-bibtex": "loaded by Jupyter Book",
    "pytest-xdist": "an option of pytest",
    "torchvision": "imported by compressai",
}


def test_every_pin_is_one_plain_version():
    lines = [line for line in CONSTRAINTS.read_text().splitlines() if not line.startswith("#")]
    assert [line for line in lines if not PLAIN.fullmatch(line)] == []
    names = [canonical(line.partition("==")[0]) for line in lines]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("name", sorted(REQUIREMENTS))
def test_every_dependency_has_a_pin_inside_its_range(name):
    line = read_pins(CONSTRAINTS).get(name)
    assert line is not None, f"{name} has no line in constraints.txt"
    version = Version(line.partition("==")[2])
    assert REQUIREMENTS[name].specifier.contains(version), f"{line}; {REQUIREMENTS[name]}"


def test_no_dependency_is_declared_twice():
    lines = [line for group in (PROJECT["dependencies"], *EXTRAS.values()) for line in group]
    names = [canonical(Requirement(line).name) for line in lines]
    assert sorted(names) == sorted(set(names))


def test_pins_are_complete():
    """Whatever an installation brings along is pinned too, so that two clones get the same."""
    needed = closure(REQUIREMENTS) - set(read_pins(CONSTRAINTS)) - {"pip", "lcip"}
    assert [name for name in needed if not ACCELERATOR.match(name)] == []


def test_the_tests_run_with_the_pinned_versions():
    wrong = []
    for name, line in read_pins(CONSTRAINTS).items():
        try:
            installed = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # an extra that is not installed
        if Version(installed).public != line.partition("==")[2]:
            wrong.append(f"{line}, installed {installed}")
    assert wrong == []


def test_conda_installs_the_same_python_and_the_same_pins():
    conda = [item for item in ENVIRONMENT["dependencies"] if isinstance(item, str)]
    (pip,) = [item["pip"] for item in ENVIRONMENT["dependencies"] if isinstance(item, dict)]
    (python,) = [item for item in conda if item.startswith("python=")]
    assert set(conda) == {python, "pip"}
    assert SpecifierSet(PROJECT["requires-python"]).contains(python.partition("=")[2])
    assert pip == ["-c constraints.txt", "-e .[book,test]"]


def test_make_installs_what_conda_installs():
    makefile = (ROOT / "Makefile").read_text()
    assert "-c constraints.txt -e '.[book,test]'" in makefile
    wanted = re.search(r"version_info\[:2\] != \((\d+), (\d+)\)", makefile)
    assert SpecifierSet(PROJECT["requires-python"]).contains(".".join(wanted.groups()))


def python_files(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def declared(*extras: str) -> set[str]:
    groups = [PROJECT["dependencies"], *(EXTRAS[name] for name in extras)]
    return {canonical(Requirement(line).name) for group in groups for line in group}


@pytest.mark.parametrize(
    ("folders", "extras"),
    [
        (("lcip",), ("data",)),
        (("lcip", "workflow", "book"), ("data", "book", "test")),
        (("tests", "benchmarks"), ("data", "book", "test")),
    ],
)
def test_every_import_is_declared(folders, extras):
    """Not merely installed because something else needs it."""
    undeclared = third_party(python_files(*folders)) - declared(*extras)
    assert undeclared <= {"pip"}, f"imported in {folders}, not in pyproject.toml"


def test_every_import_of_a_notebook_is_declared():
    notebooks = sorted((ROOT / "notebooks").rglob("*.ipynb"))
    assert third_party(notebooks) <= declared()


def test_every_dependency_is_used():
    files = python_files("lcip", "workflow", "book", "tests", "benchmarks")
    used = third_party(files) | named_third_party(files) | set(RUN_BY_NAME)
    assert set(REQUIREMENTS) - used - {"av"} == set()  # av need not be installed


def test_continuous_integration_runs_make_test():
    script = ROOT / ".ci" / "run"
    subprocess.run(["bash", "-n", script], check=True)
    lines = [line.strip() for line in script.read_text().splitlines() if line.strip()]
    assert lines[-1] == "make test"
    assert "set -euo pipefail" in lines
