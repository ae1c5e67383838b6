"""Pages that weigh less and read better than the theme's: only the icons in use, plain list roles.

The theme sends all two thousand icons of Font Awesome, 1.5 MB, to draw a dozen. After the build,
the file keeps those whose names occur in a page or in a script of the theme.

docutils gives a bibliography the role of a list, in which only list items may stand, and puts links
and the entries' own (withdrawn) role into it; without these roles it reads as paragraphs.
"""

import re
from pathlib import Path

ICONS = "_static/scripts/fontawesome.js"
SCRIPTS = ("pydata-sphinx-theme.js", "sphinx-book-theme.js")
NAME = re.compile(r"\bfa-([a-z0-9-]+)")
# Name, width, height, other names, code point, one path or several.
ICON = re.compile(
    r'(?P<name>"[a-z0-9-]+"|[a-z0-9]+):\[\d+,\d+,\[(?P<others>[^\]]*)\],'
    r'"[0-9a-f]+",(?:"[^"]*"|\[[^\]]*\])\],?'
)


def used_names(pages: Path) -> set[str]:
    """The names behind `fa-` in all pages below the folder, and in the theme's scripts."""
    files = [*pages.rglob("*.html"), *(pages / "_static" / "scripts" / name for name in SCRIPTS)]
    texts = (path.read_text(encoding="utf8") for path in files if path.is_file())
    return {name for text in texts for name in NAME.findall(text)}


def only(script: str, names: set[str]) -> str:
    """The script without the icons that have none of the names.

    >>> only('a={sun:[2,1,[],"f0","M0"],"half-moon":[2,1,["demi"],"f1","M1"]}', {"demi"})
    'a={"half-moon":[2,1,["demi"],"f1","M1"]}'
    """

    def kept(found: re.Match) -> str:
        own = {found["name"].strip('"'), *re.findall(r'"([^"]+)"', found["others"])}
        return found[0] if own & names else ""

    return ICON.sub(kept, script)


def drop_icons(app, failure) -> None:
    """Rewrite the theme's icons once all pages are there."""
    pages = Path(app.outdir)
    script = pages / ICONS
    if failure is None and script.is_file():
        text = script.read_text(encoding="utf8")
        script.write_text(only(text, used_names(pages)), encoding="utf8")


def drop_roles(app, pagename, templatename, context, doctree) -> None:
    """Take the roles from a bibliography."""
    body = context.get("body", "")
    if 'class="citation-list"' in body:
        body = body.replace(
            '<div role="list" class="citation-list">', '<div class="citation-list">'
        )
        context["body"] = body.replace(' role="doc-biblioentry"', "")


def setup(app):
    app.connect("html-page-context", drop_roles)
    app.connect("build-finished", drop_icons)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
