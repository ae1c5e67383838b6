"""A small web server on loopback that misbehaves as told, and data folders in temporary places."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest


@dataclass
class Site:
    """What the server serves, how, and what it was asked for.

    cut: for a path, how many bytes it sends before it drops the connection, one number a request.
    lengths: for a path, a Content-Length to announce instead of the true one.
    """

    address: str
    files: dict[str, bytes] = field(default_factory=dict)
    cut: dict[str, list[int]] = field(default_factory=dict)
    lengths: dict[str, int] = field(default_factory=dict)
    ranges: bool = True
    wrong_range: bool = False
    requests: list[tuple[str, str | None]] = field(default_factory=list)

    def url(self, name: str) -> str:
        return f"{self.address}/{name}"


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name, asked = self.path.lstrip("/"), self.headers.get("Range")
            site.requests.append((name, asked))
            if name not in site.files:
                return self.send_error(404)
            data, start = site.files[name], 0
            if asked and site.ranges:
                start = int(asked.removeprefix("bytes=").rstrip("-"))
                if start >= len(data):
                    return self.send_error(416)
                start = 0 if site.wrong_range else start
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
            else:
                self.send_response(200)
            body = data[start:]
            self.send_header("Content-Length", str(site.lengths.get(name, len(body))))
            self.end_headers()
            cuts = site.cut.get(name)
            self.wfile.write(body[: cuts.pop(0)] if cuts else body)
            return None

        def log_message(self, *args: object) -> None:
            pass

    return Handler


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    made = Site("")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(made))
    made.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder that LCIP_DATA names."""
    folder = tmp_path / "data-sets"
    folder.mkdir()
    monkeypatch.setenv("LCIP_DATA", str(folder))
    return folder


@pytest.fixture
def own_registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put a registry of the given text in the place of the book's."""
    root = tmp_path / "repository"
    (root / "data").mkdir(parents=True)
    (root / "data" / "registry.toml").touch()
    monkeypatch.setenv("LCIP_ROOT", str(root))

    def write(text: str) -> None:
        (root / "data" / "registry.toml").write_text(text, encoding="utf8")

    return write
