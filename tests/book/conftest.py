"""The tiny book, rendered once for all tests of this folder."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from tiny_book import URL, render


@pytest.fixture(scope="session")
def book(tmp_path_factory) -> Path:
    """The tiny book with a public address and a record of its run."""
    return render(tmp_path_factory.mktemp("book"), URL, record=True)


@pytest.fixture(scope="session")
def page(book):
    """A function that gives a page of the tiny book, parsed."""
    return lambda name: BeautifulSoup((book / f"{name}.html").read_text(), "html.parser")
