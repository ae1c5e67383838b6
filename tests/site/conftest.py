import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from built_site import REQUIRED, ROOT, SITE, chapter_names, page_names

sys.path.insert(0, str(ROOT / "book" / "_ext"))
sys.path[:0] = [str(ROOT / "tests" / "teaching"), str(ROOT / "workflow" / "scripts")]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test a page, or one a chapter; a single one that says why where nothing is built."""
    for argument, names in (("page", page_names), ("chapter", chapter_names)):
        if argument in metafunc.fixturenames:
            metafunc.parametrize(argument, names() or ["nothing-built"])


@pytest.fixture(autouse=True)
def built() -> None:
    """Skip where the book has not been built; under 'make test', which builds it, fail."""
    if (SITE / "index.html").is_file():
        return
    if os.environ.get(REQUIRED):
        pytest.fail("the book is not built: _build/html/index.html is missing")
    pytest.skip("the book is not built; 'make book' builds it")


# Of a module, not of the session: while it is under way, this process may open no other.
@pytest.fixture(scope="module")
def browser() -> Iterator:
    """A headless Chromium of the machine's own; skipped, with the reason, where there is none."""
    found = [path for path in map(shutil.which, BROWSERS) if path]
    if not found:
        pytest.skip(
            f"no browser: none of {', '.join(BROWSERS)} is installed, so the pages were not opened "
            "(Debian: apt-get install chromium)"
        )
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=found[0], args=list(FLAGS))
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory) -> Iterator[str]:
    """The address of the site on the loopback, below a path of two folders."""
    import threading
    from functools import partial
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    folder: Path = tmp_path_factory.mktemp("served")
    (folder / "deep").mkdir()
    (folder / "deep" / "book").symlink_to(SITE, target_is_directory=True)

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_address[1]}/deep/book"
        serving.shutdown()
