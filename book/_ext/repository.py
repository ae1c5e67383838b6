"""Buttons that need a public address, all from one setting: `lcip_repository_url` in _config.yml.

Empty: no such button, so no dead link. Set: source, issue and edit buttons on every page, and
Binder and Colab on the notebooks.
"""

BINDER = "https://mybinder.org"
COLAB = "https://colab.research.google.com"


def theme_options(url: str, branch: str) -> dict:
    """The theme's options for a repository at `url`; for an empty `url`, no button at all."""
    known = bool(url)
    buttons = {"binderhub_url": BINDER, "colab_url": COLAB, "notebook_interface": "jupyterlab"}
    return {
        "repository_url": url.rstrip("/"),
        "repository_branch": branch,
        "path_to_docs": "",
        "use_repository_button": known,
        "use_issues_button": known,
        "use_edit_page_button": known,
        "launch_buttons": buttons if known else {},
    }


def apply(app, config):
    options = theme_options(config.lcip_repository_url, config.lcip_repository_branch)
    config.html_theme_options = {**config.html_theme_options, **options}


def setup(app):
    app.add_config_value("lcip_repository_url", "", "html", [str])
    app.add_config_value("lcip_repository_branch", "main", "html", [str])
    app.connect("config-inited", apply, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
