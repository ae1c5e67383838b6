"""A page for one executed notebook, rendered as the book is: same settings, same theme, no network.

Jupyter Book gets a tree that is shaped like the repository: its settings and assets, the
bibliography, and the notebook as the only chapter. So citations, captions, formulas and the notice
of other parameters look as they do in the book. References to other chapters have nothing to point
at here and stay plain text.
"""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from lcip import paths
from lcip.errors import LcipError

TAIL_LINES = 15
IGNORED = shutil.ignore_patterns("__pycache__", ".*")


class PageError(LcipError):
    """A page that cannot be rendered: the renderer is not installed, or it failed."""


def render(executed: Path, folder: Path) -> Path:
    """Render the notebook `executed` into `folder` and give the path of the page in it.

    `folder` is replaced as a whole; the page needs the files beside it. Raises `PageError`.
    """
    if importlib.util.find_spec("jupyter_book") is None:
        raise PageError(
            "Rendering a page needs Jupyter Book, which is not installed. "
            "Next: run 'pip install -c constraints.txt -e .[book]' in the repository."
        )
    with TemporaryDirectory(prefix="lcip-page-") as scratch:
        source, built = Path(scratch) / "source", Path(scratch) / "built"
        stage(executed, source)
        build(source, built)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(built / "_build" / "html", folder, ignore=shutil.ignore_patterns(".*"))
    return folder / f"{executed.stem}.html"


def stage(executed: Path, source: Path) -> None:
    """Lay out what the renderer reads."""
    root = paths.root()
    source.mkdir()
    shutil.copyfile(root / "_config.yml", source / "_config.yml")
    for name in ("assets", "_ext"):
        shutil.copytree(root / "book" / name, source / "book" / name, ignore=IGNORED)
    for name in ("references.bib", "bibliography.md"):
        shutil.copyfile(root / "book" / name, source / "book" / name)
    shutil.copyfile(executed, source / executed.name)
    chapters = [{"file": "book/bibliography"}]
    contents = {"format": "jb-book", "root": executed.stem, "chapters": chapters}
    # JSON is YAML, and needs no quoting rules of ours for unusual names.
    (source / "_toc.yml").write_text(json.dumps(contents), encoding="utf8")


def build(source: Path, built: Path) -> None:
    """Run Jupyter Book; warnings are allowed, for a page alone may miss its neighbours."""
    command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()"]
    command += ["build", str(source), "--path-output", str(built), "--all", "-q"]
    # Sphinx offers no way to stay without colours but this variable.
    environment = os.environ | {"NO_COLOR": "1"}
    done = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        told = "\n".join(f"  {line}" for line in done.stdout.strip().splitlines()[-TAIL_LINES:])
        raise PageError(f"The page could not be rendered; the renderer said:\n{told}")
