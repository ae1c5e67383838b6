"""Who reads this build: `{instructor}` notes, and no solution where students read.

The setting `lcip_audience` is `student`, `instructor`, or empty (a page of a reader's own). What is
for teachers is cut out before rendering, by `workflow/scripts/audience.py`; should something slip
through, a build for students fails here.
"""

from docutils import nodes
from docutils.parsers.rst.directives.admonitions import BaseAdmonition
from sphinx.errors import ExtensionError
from sphinx_exercise.nodes import solution_end_node, solution_node, solution_start_node

AUDIENCES = ("", "student", "instructor")
SOLUTIONS = (solution_node, solution_start_node, solution_end_node)
TITLE = "For the instructor"


class Instructor(BaseAdmonition):
    """A note that only the instructor's edition shows; its argument, if any, is the title."""

    optional_arguments = 1
    node_class = nodes.admonition

    def run(self):
        refuse_for_students(self.state.document.settings.env.app, "an {instructor} note", self)
        self.arguments = self.arguments or [TITLE]
        self.options.setdefault("class", ["instructor", "tip"])
        return super().run()


def refuse_for_students(app, what: str, directive) -> None:
    if app.config.lcip_audience == "student":
        where = directive.state.document.settings.env.docname
        raise ExtensionError(f"{where}: {what} has reached the edition for students")


def refuse_solutions(app, doctree) -> None:
    """A solution in any form, hidden or not, ends a build for students."""
    if app.config.lcip_audience != "student":
        return
    for kind in SOLUTIONS:
        for _ in doctree.findall(kind):
            where = app.env.docname
            raise ExtensionError(f"{where}: a solution has reached the edition for students")


def check(app, config) -> None:
    if config.lcip_audience not in AUDIENCES:
        raise ExtensionError(
            f"lcip_audience is {config.lcip_audience!r}; allowed: {', '.join(map(repr, AUDIENCES))}"
        )


def setup(app):
    app.add_config_value("lcip_audience", "", "env", [str])
    app.add_directive("instructor", Instructor)
    app.connect("config-inited", check)
    app.connect("doctree-read", refuse_solutions, priority=1)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
