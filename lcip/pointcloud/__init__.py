"""Thesis chapter 3: a point-cloud codec whose bits are read by a classifier.

* `models`: the networks, full, lite and micro; `layers`: what they are made of.
* `macs`: how much work they do, counted on the modules themselves.
* `folding`, `exact`: the encoder for inference, in exact arithmetic.
* `codec`: clouds to bytes and back; `testset`: all of ModelNet40's test clouds as one stream.
* `objects`: a user's files on their way into the codec; `examples`: files to try it with; `choice`:
  the committed models, by wish or by the packet; `account`: where a packet's bits went.
* `recipes`, `fit`, `augment`, `densities`, `curve`: training; `training_study`: what its choices
  bring; `evaluate`: rows of `data/measured/pointcloud/modelnet40.csv`.
* `solids`: objects made here from simple bodies; `figures`: how the chapter draws.
* `classifier`: PointNet for whole clouds; `rivals`: those who send the cloud itself, or its class.
* `rate_accuracy`, `bd_table`, `overheads`: measured curves beside the published; `per_class`: test
  sets class by class; `limits`: how few bits could do.
* `critical`: the points that decide a packet; `support`, `polytope`: what a micro packet proves of
  a cloud's shape; `reconstruction`: what a packet looks like to people; `rates`: codecs by their
  bits; `real_clouds`: pictures for which ModelNet40 is needed.
"""
