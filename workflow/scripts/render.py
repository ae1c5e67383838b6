"""Render the staged tree to HTML; a warning is an error, and so is a reference that leads nowhere.

usage: render.py SOURCE TARGET      (TARGET, the folder of the pages, is replaced)
"""

import shutil
import sys
from pathlib import Path

STRICT = ("--all", "-W", "-n", "--keep-going", "-q")
# Jupyter Book writes the redirection alone. Without an icon such a page makes browsers ask the
# server's root for one, which lies outside the book; an empty icon is nothing to ask for, nor to
# break off when the next page comes.
FRONT = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Learned Compression for Images and Point Clouds</title>
<meta http-equiv="refresh" content="0; url=book/index.html">
<link rel="canonical" href="book/index.html">
<link rel="icon" href="data:,">
</head>
<body><p><a href="book/index.html">Learned Compression for Images and Point Clouds</a></p></body>
</html>
"""


def render(source: str, target: str) -> None:
    """Call Jupyter Book's own command, then write the page that leads from the root to the book."""
    from jupyter_book.cli.main import main

    work = Path(f"{source}.work")
    shutil.rmtree(work, ignore_errors=True)
    try:
        main(["build", source, "--path-output", str(work), *STRICT], prog_name="jupyter-book")
    except SystemExit as ended:
        if ended.code:
            raise
    # Jupyter Book names the folder itself; beside the pages it keeps what only it reads.
    shutil.rmtree(target, ignore_errors=True)
    (work / "_build" / "html").rename(target)
    shutil.rmtree(work)
    (Path(target) / "index.html").write_text(FRONT, encoding="utf8")


if __name__ == "__main__":
    render(*sys.argv[1:])
