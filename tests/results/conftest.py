"""An empty repository in a temporary folder, so that writing touches nothing real."""

import pytest


@pytest.fixture
def repository(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "registry.toml").touch()
    monkeypatch.setenv("LCIP_ROOT", str(tmp_path))
    monkeypatch.delenv("LCIP_TRACE", raising=False)
    return tmp_path
