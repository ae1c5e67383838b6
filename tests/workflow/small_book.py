"""A small book in a temporary folder: the real graph over two tiny notebooks."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("workflow", "lcip", "_config.yml", "_toc.yml", "constraints.txt")
SKIPPED = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
TAGS = ("parameters", "declaration")
HEAD = (
    "quality = 3",
    "from dataclasses import dataclass\n"
    "from lcip import notebook\n\n"
    "@dataclass(frozen=True)\n"
    "class Parameters:\n"
    "    quality: int = notebook.parameter(3, 'quality', low=1, high=8)\n\n"
    "P = notebook.read(Parameters, globals())",
)
QUICK_EXECUTE = """
import sys
from pathlib import Path
for path in sys.argv[2:]:
    Path(path).write_text("{}")
"""
QUICK_RENDER = """
from pathlib import Path
Path("_build/html").mkdir()
Path("_build/html/index.html").write_text("")
"""


def notebook(*sources: str, data: tuple[str, ...] = ()) -> str:
    """The text of a notebook with the given code cells below its parameters, never run."""
    tags = TAGS + ("",) * len(sources)
    cells = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": f"cell-{place}",
            "metadata": {"tags": [tag] if tag else []},
            "outputs": [],
            "source": source,
        }
        for place, (tag, source) in enumerate(zip(tags, HEAD + sources, strict=True))
    ]
    metadata = {"lcip": {"data": list(data)}, "kernelspec": KERNEL}
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


class Book:
    """The small book: one.ipynb uses alpha and so gamma; two.ipynb uses beta and a table."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=SKIPPED)
            else:
                shutil.copyfile(source, folder / name)
        self.write("data/registry.toml", "")
        self.write("data/table.csv", "codec,rate\njpeg,1\n")
        self.write("book/index.md", "# A book\n")
        self.write("lcip/alpha.py", "from lcip import gamma\n")
        self.write("lcip/beta.py", "import scipy\n")
        self.write("lcip/gamma.py", "VALUE = 1\n")
        one = notebook("from lcip import alpha\nimport pandas\nP.quality")
        two = notebook("from lcip import beta\nP.quality", data=("data/table.csv",))
        self.write("notebooks/1-part/one.ipynb", one)
        self.write("notebooks/2-part/two.ipynb", two)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf8")
        return path

    def snakemake(self, *arguments: str) -> subprocess.CompletedProcess:
        """Call Snakemake as the Makefile does."""
        command = [sys.executable, "-m", "snakemake", "--profile", "workflow/profiles/local"]
        environment = {k: v for k, v in os.environ.items() if k not in ("LCIP_ROOT", "LCIP_TRACE")}
        return subprocess.run(
            [*command, "--cores", "1", *arguments],
            cwd=self.folder,
            env=environment | {"PYTHONPATH": str(self.folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def build_quickly(self) -> None:
        """Run every rule, with scripts that only put their outputs in place."""
        self.write("workflow/scripts/execute.py", QUICK_EXECUTE)
        self.write("workflow/scripts/stage.py", "")
        self.write("workflow/scripts/render.py", QUICK_RENDER)
        done = self.snakemake("book")
        assert done.returncode == 0, done.stdout

    def stale(self) -> set[str]:
        """The jobs that 'make book' would run: notebooks by name, and 'book' for the rendering."""
        planned = self.snakemake("--dry-run", "book")
        assert planned.returncode == 0, planned.stdout
        jobs = set(re.findall(r"Executing (\S+)", planned.stdout))
        return jobs | ({"book"} if "Rendering the book" in planned.stdout else set())

    def keys(self) -> dict[str, list[str]]:
        """The fingerprints of every notebook and of the pages, as the graph takes them now.

        Call it with LCIP_ROOT naming this book's folder.
        """
        spec = importlib.util.spec_from_file_location("graph", self.folder / "workflow/graph.py")
        graph = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(graph)
        names = graph.notebook_names()
        return {name: graph.notebook_key(name) for name in names} | {"book": graph.book_key()}
