"""An empty repository in a temporary folder, so that saving touches nothing real."""

import pytest


@pytest.fixture(autouse=True)
def repository(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "registry.toml").touch()
    monkeypatch.setenv("LCIP_ROOT", str(tmp_path))
    monkeypatch.delenv("LCIP_TRACE", raising=False)
    return tmp_path
