"""Write the outputs of fresh executions into the committed notebooks.

usage: refresh.py NAME ...      (names as in graph.notebook_names)

A notebook whose outputs are the same, up to the seconds that it took, is left as it is.
"""

import json
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def without_execution(path: Path) -> dict:
    """The notebook's content without the record of its run, which differs every time."""
    content = json.loads(path.read_text(encoding="utf8"))
    content["metadata"].get("lcip", {}).pop("execution", None)
    return content


def refresh(name: str) -> bool:
    """Replace one committed notebook by its executed copy; True if that changed anything."""
    executed = ROOT / "_build" / "executed" / f"{name}.ipynb"
    committed = ROOT / "notebooks" / f"{name}.ipynb"
    if without_execution(executed) == without_execution(committed):
        return False
    shutil.copyfile(executed, committed)
    return True


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(f"notebooks/{name}.ipynb: {'rewritten' if refresh(name) else 'as it was'}")
