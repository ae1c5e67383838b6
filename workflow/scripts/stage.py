"""Lay out everything that the renderer reads in `_build/source`, a tree shaped like the repository.

usage: stage.py NAME ...        (notebooks, as in graph.notebook_names)

The notebooks in it are the executed ones; each figure's alternative text is copied to where the
renderer looks for it. Beside each notebook lies the record of its execution.
"""

import json
import shutil
import sys
from pathlib import Path

from lcip.plotting import stamp_alt

ROOT = Path(__file__).resolve().parents[2]
EXECUTED = ROOT / "_build" / "executed"
STAGED = ROOT / "_build" / "source"
IGNORED = shutil.ignore_patterns("__pycache__", ".*")


def stage(names: list[str]) -> None:
    """Make the tree anew, so that nothing of an earlier build is left in it."""
    shutil.rmtree(STAGED, ignore_errors=True)
    STAGED.mkdir(parents=True)
    for name in ("_config.yml", "_toc.yml"):
        shutil.copyfile(ROOT / name, STAGED / name)
    shutil.copytree(ROOT / "book", STAGED / "book", ignore=IGNORED)
    for name in names:
        stage_notebook(name)


def stage_notebook(name: str) -> None:
    """Copy one executed notebook, with its alternative texts in place, and its record."""
    target = STAGED / "notebooks" / f"{name}.ipynb"
    target.parent.mkdir(parents=True, exist_ok=True)
    content = json.loads((EXECUTED / f"{name}.ipynb").read_text(encoding="utf8"))
    stamp_alt(content)
    target.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf8")
    shutil.copyfile(EXECUTED / f"{name}.json", target.with_suffix(".json"))


if __name__ == "__main__":
    stage(sys.argv[1:])
