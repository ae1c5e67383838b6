"""Examples on the page about rerunning that follow the declarations: no value in them is typed.

    ```{rerun-example} 31 lmbda
    ```

shows the command that runs notebook 31 with another value of its parameter than the book's, and the
notice that its page then begins with. `{first-cell}` shows what to run first where nothing is
installed.
"""

from pathlib import Path
from typing import Any

from docutils import nodes
from scoreboard import Board

from lcip.errors import refusal
from lcip.notebook.banner import as_html, as_text, differences
from lcip.notebook.declared import Declared
from lcip.notebook.document import NotebookError
from lcip.notebook.locate import names
from lcip.notebook.static import describe

UNKNOWN = "REPOSITORY"
FIRST_CELL = """\
!git clone --quiet --depth 1 {url} lcip
%pip install --quiet --ignore-requires-python -c lcip/constraints.txt -e lcip
%cd lcip/notebooks"""


def other(item: Declared) -> Any:
    """An allowed value that is not the book's: the next choice, or twice or half the number."""
    if item.choices is not None:
        place = item.choices.index(item.book)
        return item.choices[(place + 1) % len(item.choices)]
    for value in (2 * item.book, item.book / 2, item.book // 2):
        try:
            return item.admit(value)
        except ValueError:
            continue
    step = "name a number or a choice"
    raise NotebookError(refusal("the parameter of an example", item.name, "one to change", step))


class RerunExample(Board):
    """The command and the notice of one parameter changed."""

    required_arguments = 2

    def run(self):
        number, name = self.arguments
        source = Path(self.state.document.settings.env.srcdir)
        paths = [path for path in source.glob("notebooks/**/*.ipynb") if number in names(path)]
        if not paths:
            return []  # a page of a reader's own has no other notebooks
        declared = describe(paths[0])
        value = other(declared[name])
        command = f"lcip run {number} -p {name} {value} --html"
        found = differences([declared[name]], {name: value})
        shown = nodes.raw("", as_html(found), format="html")
        text = nodes.literal_block(command, command, language="bash")
        words = nodes.paragraph(text="The page that this makes begins with the notice")
        spoken = nodes.raw("", as_text(found), format="text")
        return [text, words, shown, spoken]


class FirstCell(Board):
    """What installs the pinned packages where a notebook stands alone, as in Colab."""

    def run(self):
        url = self.state.document.settings.env.config.lcip_repository_url.rstrip("/")
        code = FIRST_CELL.format(url=f"{url}.git" if url else UNKNOWN)
        block = nodes.literal_block(code, code, language="ipython3")
        if url:
            return [block]
        words = f"{UNKNOWN} stands for the address that this copy of the book was cloned from."
        return [block, nodes.paragraph(text=words)]


def setup(app):
    app.add_directive("rerun-example", RerunExample)
    app.add_directive("first-cell", FirstCell)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
