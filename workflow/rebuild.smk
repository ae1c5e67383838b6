# The committed weights, streams and tables, made anew from the data sets that LCIP_DATA names.
#   snakemake -s workflow/rebuild.smk --profile workflow/profiles/rebuild weights|streams|tables
# Nothing here is part of 'make book': there the committed files are leaves. See workflow/README.md.
import shlex
import sys
from pathlib import Path

ROOT = Path(workflow.basedir).parent
sys.path[:0] = [str(ROOT / "workflow"), str(ROOT)]
import graph


workdir: str(ROOT)


PYTHON = f"PYTHONPATH={shlex.quote(str(ROOT))} {shlex.quote(sys.executable)}"
DEVICE = config.get("device", "cpu")
THREADS = int(config.get("threads", 1))


rule all:
    default_target: True
    input: "tables",


include: "rules/common.smk"
include: "rules/images.smk"
include: "rules/distributions.smk"
include: "rules/pointcloud.smk"
include: "rules/reconstruction.smk"
include: "rules/rivals.smk"
include: "rules/motion.smk"


localrules: all, weights, streams, tables, distributions, pointcloud, pointcloud_grid,


# What is committed decides what is made: a chapter's rule file names its artefacts by their cards.
rule weights:
    input:
        IMAGES_WEIGHTS + DISTRIBUTIONS_WEIGHTS + POINTCLOUD_WEIGHTS + RECONSTRUCTIONS + RIVALS_WEIGHTS,


rule streams:
    input: IMAGES_STREAMS + POINTCLOUD_STREAMS + MOTION_STREAMS,


rule tables:
    input:
        IMAGES_TABLES + DISTRIBUTIONS_TABLES + POINTCLOUD_TABLES + RECONSTRUCTION_TABLES,
        RIVALS_TABLES + MOTION_TABLES,


# Everything of chapter 2, base codecs and their archives first where they are missing.
rule distributions:
    input: DISTRIBUTIONS_WEIGHTS + DISTRIBUTIONS_TABLES,


# Everything of chapter 3; each curve is a job that can be stopped and resumed.
rule pointcloud:
    input:
        POINTCLOUD_WEIGHTS + POINTCLOUD_STREAMS + POINTCLOUD_TABLES,
        RECONSTRUCTIONS + RECONSTRUCTION_TABLES + RIVALS_WEIGHTS + RIVALS_TABLES,


# The curves that nobody has trained yet, too: some days on two cores, hours on an accelerator.
rule pointcloud_grid:
    input: POINTCLOUD_GRID,
