"""No request to any other host: the pages keep nothing of sphinx-thebe.

Jupyter Book always loads sphinx-thebe, which writes its constants twice on every page (a JavaScript
error) and names a content network in them. The book has no live cells, so both scripts are dropped.
"""


def drop_thebe(app, pagename, templatename, context, doctree):
    """Remove sphinx-thebe's scripts from the page's list of scripts."""
    context["script_files"] = [script for script in context["script_files"] if not is_thebe(script)]


def is_thebe(script) -> bool:
    """Whether a script of a page is sphinx-thebe's: its file, or the constants written inline."""
    body = getattr(script, "attributes", {}).get("body") or ""
    return "sphinx-thebe" in str(getattr(script, "filename", script)) or "THEBE_JS_URL" in body


def setup(app):
    app.connect("html-page-context", drop_thebe, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
