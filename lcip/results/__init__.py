"""Results: published and measured tables, their provenance, and the claims they are held against.

A measurement is a row with its unit in the column's name; means, BD figures and tables are computed
from rows, never typed in.
"""

from lcip.results.measured import (
    Measured,
    MissingTableError,
    measured_names,
    read_measured,
    write_measured,
)
from lcip.results.published import published_names, read_published
from lcip.results.tables import ResultsError

__all__ = [
    "Measured",
    "MissingTableError",
    "ResultsError",
    "measured_names",
    "published_names",
    "read_measured",
    "read_published",
    "write_measured",
]
