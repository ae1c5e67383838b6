"""Render the staged tree to HTML; a warning is an error, and so is a reference that leads nowhere.

usage: render.py SOURCE OUTPUT      (the pages go to OUTPUT/_build/html)
"""

import sys

from jupyter_book.cli.main import main

STRICT = ("--all", "-W", "-n", "--keep-going", "-q")

if __name__ == "__main__":
    source, output = sys.argv[1:]
    sys.exit(main(["build", source, "--path-output", output, *STRICT], prog_name="jupyter-book"))
