"""The only door to data sets, and to the network.

Readers (`kodak`, `photos`, `modelnet40`, ...) open what lies below `data_root()` and never
download; `fetch` downloads, checks and prepares what `data/registry.toml` lists.
`bundled_photographs` is always there. A user's own files come in through `images_in`, `read_image`,
`clouds_in` and `read_cloud`.
"""

from lcip.datasets.errors import DatasetError
from lcip.datasets.images import BUNDLED, bundled_photographs, read_image
from lcip.datasets.items import Item, clouds_in, images_in
from lcip.datasets.meshes import POINT_SCALE, Mesh, normalise_unit_ball, sample_mesh, subset_points
from lcip.datasets.ply import write_points_ply
from lcip.datasets.points import read_cloud, read_mesh, read_points
from lcip.datasets.roots import data_root
from lcip.datasets.sets import PointClouds, kodak, modelnet40, photos

__all__ = [
    "BUNDLED",
    "POINT_SCALE",
    "DatasetError",
    "Item",
    "Mesh",
    "PointClouds",
    "bundled_photographs",
    "clouds_in",
    "data_root",
    "images_in",
    "kodak",
    "modelnet40",
    "normalise_unit_ball",
    "photos",
    "read_cloud",
    "read_image",
    "read_mesh",
    "read_points",
    "sample_mesh",
    "subset_points",
    "write_points_ply",
]
