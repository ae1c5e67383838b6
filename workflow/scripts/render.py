"""Render the staged tree to HTML; a warning is an error, and so is a reference that leads nowhere.

usage: render.py SOURCE OUTPUT      (the pages go to OUTPUT/_build/html)
"""

import sys

STRICT = ("--all", "-W", "-n", "--keep-going", "-q")


def render(source: str, output: str) -> None:
    """Call Jupyter Book's own command; it ends the process with its exit status."""
    from jupyter_book.cli.main import main

    main(["build", source, "--path-output", output, *STRICT], prog_name="jupyter-book")


if __name__ == "__main__":
    render(*sys.argv[1:])
