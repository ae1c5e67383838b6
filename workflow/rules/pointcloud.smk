# Point-cloud codecs: trained on ModelNet40; then, in one go, all test sets coded, read back, classified.
# Names that begin with r are those of reconstructions.
POINTCLOUD_WEIGHTS = [f"{n}.safetensors" for n in committed("weights/pointcloud/[!r]*-p*-l*")]
POINTCLOUD_STREAMS = [
    n.replace("/weights/", "/streams/").replace(".safetensors", ".lcip") for n in POINTCLOUD_WEIGHTS
]
POINTCLOUD_TABLES = [f"data/measured/pointcloud/{n}.csv" for n in ("modelnet40", "layers")]


rule pointcloud_fit:
    output:
        kept(
            "data/weights/pointcloud/{size}-p{points}-l{lmbda}.safetensors",
            "data/weights/pointcloud/{size}-p{points}-l{lmbda}.json",
        ),
    wildcard_constraints: size="full|lite|micro", points=r"\d+", lmbda=r"[\d.]+",
    log: "_build/log/pointcloud-fit-{size}-p{points}-l{lmbda}.log",
    threads: THREADS
    resources: mem_mb=6000, runtime=600,
    message: "Training pointcloud/{wildcards.size}-p{wildcards.points}-l{wildcards.lmbda}"
    shell:
        logged(
            f"{PYTHON} -m lcip.pointcloud.fit --size {{wildcards.size}}"
            " --num-points {wildcards.points} --lmbda {wildcards.lmbda}"
            f" --threads {{threads}} --device {DEVICE}"
        )


rule pointcloud_layers:
    output:
        kept("data/measured/pointcloud/layers.csv", "data/measured/pointcloud/layers.json"),
    log: "_build/log/pointcloud-layers.log",
    threads: 1
    resources: mem_mb=2000, runtime=10,
    message: "Counting multiply-accumulates"
    shell: logged(f"{PYTHON} -m lcip.pointcloud.macs")


rule pointcloud_evaluate:
    input: settled(*POINTCLOUD_WEIGHTS),
    output:
        kept(
            *POINTCLOUD_STREAMS,
            *(name.replace(".lcip", ".json") for name in POINTCLOUD_STREAMS),
            "data/measured/pointcloud/modelnet40.csv",
            "data/measured/pointcloud/modelnet40.json",
        ),
    log: "_build/log/pointcloud-evaluate.log",
    threads: 1
    resources: mem_mb=6000, runtime=60,
    message: "Coding and classifying ModelNet40's test set"
    shell: logged(f"{PYTHON} -m lcip.pointcloud.evaluate")
