import sys
from pathlib import Path

import pytest
from small_book import Book

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "workflow"))


@pytest.fixture
def fresh_book(tmp_path) -> Book:
    """A book of which nothing has been built."""
    return Book(tmp_path)


@pytest.fixture(scope="module")
def built_book(tmp_path_factory) -> Book:
    """A book that is up to date. Tests change it and must change it back."""
    book = Book(tmp_path_factory.mktemp("book"))
    book.build_quickly()
    return book
