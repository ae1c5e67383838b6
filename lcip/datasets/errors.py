"""The error of this package."""

from lcip.errors import LcipError


class DatasetError(LcipError):
    """A data set, a weight file or a user's own file is missing, damaged or cannot be fetched."""
