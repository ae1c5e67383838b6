"""Those who send something else than the codec's latents: the cloud itself, or only its class.

* `voxels`: clouds on grids, as coders of geometry see them.
* `octree`, `contexts`, `octree_kernels`: a transparent octree coder; `prior`: what it learns from
  training clouds.
* `draco`: Google's coder, by DracoPy; `tmc13`: MPEG's, as measured, or run where it is installed.
* `labels`: a classifier on the sender's side, whose answer alone is sent.
* `evaluate`: rows of `data/measured/pointcloud/input_codecs.csv`; `figures`: how they are drawn.
"""
