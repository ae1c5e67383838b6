"""The rules of the house: which way imports run, and which doors are the only ones."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "lcip"
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST_FILE = 400

CHAPTERS = {
    "images": set(),
    "distributions": {"images"},
    "motion": {"images", "distributions"},
    "pointcloud": set(),
}
"""Each chapter, and the chapters that it may stand on."""

NETWORK = {
    "aiohttp", "ftplib", "http", "httpx", "pooch", "requests", "socket", "urllib", "urllib3",
}  # fmt: skip
DATA_SETS = {"skimage.data", "torchvision.datasets", "torchvision.models", "compressai.datasets",
             "compressai.zoo"}  # fmt: skip
ENTROPY_CODERS = {"compressai.ans", "compressai._CXX", "constriction", "range_coder", "torchac"}
LIBRARIES_THAT_NEED_THE_CURE = {"compressai", "torchvision"}


def name_of(path: Path) -> str:
    """'lcip.coding.tables' for lcip/coding/tables.py, 'lcip.coding' for its __init__."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> list[str]:
    """Every dotted name that a module imports, at any depth; of `from a import b`, a and a.b."""
    package = name_of(path) if path.name == "__init__.py" else name_of(path).rpartition(".")[0]
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*parts, node.module or ""] if node.level else [node.module or ""])
            base = base.rstrip(".")
            found += [base, *(f"{base}.{alias.name}" for alias in node.names)]
    return found


def room(dotted: str) -> str:
    """The first level below lcip that a name lies in: 'images' for 'lcip.images.fit'; else ''."""
    parts = dotted.split(".")
    return parts[1] if parts[0] == "lcip" and len(parts) > 1 else ""


def rooms_used(path: Path) -> set[str]:
    return {room(name) for name in imports(path)} - {""}


def is_or_lies_in(name: str, packages: set[str]) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


def users(packages: set[str]) -> dict[str, set[str]]:
    """Which rooms import any of the packages, and through which module."""
    found: dict[str, set[str]] = {}
    for path in MODULES:
        if any(is_or_lies_in(name, packages) for name in imports(path)):
            found.setdefault(room(name_of(path)), set()).add(name_of(path))
    return found


def test_the_package_is_all_seen():
    assert set(CHAPTERS) <= {path.name for path in PACKAGE.iterdir()}
    assert "lcip.errors" in imports(PACKAGE / "paths.py")  # the reader of imports sees something


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_arrows_run_from_chapters_to_the_core(path):
    own = room(name_of(path))
    used = rooms_used(path) & set(CHAPTERS)
    if own == "cli":
        return
    if own in CHAPTERS:
        assert used <= CHAPTERS[own] | {own}
    else:
        assert used == set(), f"{name_of(path)} is core and imports a chapter"


def test_of_a_chapter_only_its_parameters_know_of_notebooks():
    """Dataclasses too long for a cell lie in `lcip/<chapter>/parameters.py`, and nowhere else."""
    importing = users({"lcip.notebook"})
    for chapter in CHAPTERS:
        assert importing.get(chapter, set()) <= {f"lcip.{chapter}.parameters"}


def test_nothing_imports_the_command_line():
    importing = [name_of(path) for path in MODULES if "cli" in rooms_used(path)]
    assert [name for name in importing if room(name) != "cli"] == []


def test_only_datasets_opens_the_network():
    assert set(users(NETWORK)) <= {"datasets"}


def test_only_datasets_opens_a_data_set():
    assert set(users(DATA_SETS)) <= {"datasets"}
    assert reads_environment("LCIP_DATA") <= {"datasets"}


def reads_environment(variable: str) -> set[str]:
    """Rooms with an expression like `os.environ[...]` or `os.environ.get(...)` of the variable."""
    found = set()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
            if isinstance(node, ast.Subscript | ast.Call):
                text = ast.unparse(node)
                if ("environ" in text or "getenv" in text) and f"'{variable}'" in text:
                    found.add(room(name_of(path)))
    return found


def test_only_coding_touches_an_entropy_coder():
    assert set(users(ENTROPY_CODERS)) <= {"coding"}


def test_only_notebook_reads_injected_names():
    assert set(users({"papermill", "nbclient", "jupyter_client"})) <= {"notebook"}
    reading = set()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("globals", "get_ipython"):
                reading.add(room(name_of(path)))
    assert reading <= {"notebook"}


def test_the_cure_comes_before_compressai_and_torchvision():
    """`lcip.runtime` mends torchvision beside a CPU-only torch, so it is imported first."""
    late = []
    for path in MODULES:
        names = imports(path)
        needing = [i for i, n in enumerate(names) if is_or_lies_in(n, LIBRARIES_THAT_NEED_THE_CURE)]
        if needing and name_of(path) != "lcip.runtime":
            cures = [i for i, n in enumerate(names) if n == "lcip.runtime"]
            if not cures or min(cures) > min(needing):
                late.append(name_of(path))
    assert late == []


def test_importing_the_package_is_quick():
    """`import lcip` alone loads neither torch nor any module of its own."""
    check = "import sys, lcip; print([m for m in sys.modules if m == 'torch' or 'lcip.' in m])"
    shown = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, cwd=ROOT)
    assert shown.stdout.strip() == "[]", shown.stderr


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_file_holds_one_idea(path):
    assert len(path.read_text(encoding="utf8").splitlines()) <= LONGEST_FILE


def test_notebooks_use_the_package_and_not_its_command_line():
    sys.path.insert(0, str(ROOT / "workflow"))
    from pins import imported_packages, python_source

    for path in (ROOT / "notebooks").rglob("*.ipynb"):
        source = python_source(path)
        assert "lcip" in imported_packages(source), path.name
        assert "lcip.cli" not in source, path.name
