"""Learned compression for images and point clouds: the package behind the book.

The core (`runtime`, `datasets`, `artifacts`, `results`, `metrics`, `coding`, `training`,
`notebook`, `plotting`) knows no chapter; the chapters (`images`, `distributions`, `pointcloud`,
`motion`) stand on the core. Importing this package imports none of them, so that it stays quick.
"""

__version__ = "0.1.0"
