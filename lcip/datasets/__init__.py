"""The only door to data sets, and to the network.

Readers (`kodak`, `photos`, `modelnet40`, ...) open what lies below `data_root()` and never
download; `fetch` downloads, checks and prepares what `data/registry.toml` lists.
`bundled_photographs` is always there. A user's own files come in through `images_in`, `read_image`,
`clouds_in`, `read_cloud` and `draw_cloud`.
"""

from lcip.datasets.errors import DatasetError
from lcip.datasets.fetching import Check, Status, available, check, fetch, fingerprint, status
from lcip.datasets.images import BUNDLED, bundled_photographs, read_image
from lcip.datasets.items import Item, clouds_in, images_in
from lcip.datasets.meshes import POINT_SCALE, Mesh, normalise_unit_ball, sample_mesh, subset_points
from lcip.datasets.ply import write_points_ply
from lcip.datasets.points import Drawn, draw_cloud, read_cloud, read_mesh, read_points
from lcip.datasets.registry import Entry, Remote, registry
from lcip.datasets.roots import data_root
from lcip.datasets.sets import PointClouds, kodak, modelnet40, photos
from lcip.datasets.video import read_video, video
from lcip.datasets.weights import backbone, backbone_names, zoo_factorized, zoo_tensors

__all__ = [
    "BUNDLED",
    "POINT_SCALE",
    "Check",
    "DatasetError",
    "Drawn",
    "Entry",
    "Item",
    "Mesh",
    "PointClouds",
    "Remote",
    "Status",
    "available",
    "backbone",
    "backbone_names",
    "bundled_photographs",
    "check",
    "clouds_in",
    "data_root",
    "draw_cloud",
    "fetch",
    "fingerprint",
    "images_in",
    "kodak",
    "modelnet40",
    "normalise_unit_ball",
    "photos",
    "read_cloud",
    "read_image",
    "read_mesh",
    "read_points",
    "read_video",
    "registry",
    "sample_mesh",
    "status",
    "subset_points",
    "video",
    "write_points_ply",
    "zoo_factorized",
    "zoo_tensors",
]
