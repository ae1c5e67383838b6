# Reconstructions for people, of codecs that are there: trained on ModelNet40's training clouds, then compared
# with its test clouds from the bytes of our streams.
RECONSTRUCTIONS = [
    f"{n}.safetensors" for n in committed("weights/pointcloud/reconstruction-*-p*-l*")
]
RECONSTRUCTION_TABLES = [
    f"data/measured/pointcloud/{n}.csv" for n in ("reconstruction", "airplane") if RECONSTRUCTIONS
]
RECONSTRUCTED_CODECS = [n.replace("reconstruction-", "") for n in RECONSTRUCTIONS]
RECONSTRUCTED_STREAMS = [
    n.replace("/weights/", "/streams/").replace(".safetensors", ".lcip")
    for n in RECONSTRUCTED_CODECS
]


rule reconstruction_fit:
    input: settled("data/weights/pointcloud/{size}-p{points}-l{lmbda}.safetensors"),
    output:
        kept(
            "data/weights/pointcloud/reconstruction-{size}-p{points}-l{lmbda}.safetensors",
            "data/weights/pointcloud/reconstruction-{size}-p{points}-l{lmbda}.json",
        ),
    wildcard_constraints: size="full|lite|micro", points=r"\d+", lmbda=r"[\d.e+]+",
    log: "_build/log/reconstruction-fit-{size}-p{points}-l{lmbda}.log",
    threads: THREADS
    resources: mem_mb=4000, runtime=60,
    message: "Training pointcloud/reconstruction-{wildcards.size}-p{wildcards.points}-l{wildcards.lmbda}"
    shell:
        logged(
            f"{PYTHON} -m lcip.pointcloud.reconstruction_fit --size {{wildcards.size}}"
            " --num-points {wildcards.points} --lmbda {wildcards.lmbda}"
            f" --threads {{threads}} --device {DEVICE}"
        )


rule reconstruction_evaluate:
    input: settled(*RECONSTRUCTIONS, *RECONSTRUCTED_CODECS, *RECONSTRUCTED_STREAMS),
    output:
        kept(
            "data/measured/pointcloud/reconstruction.csv",
            "data/measured/pointcloud/reconstruction.json",
        ),
    log: "_build/log/reconstruction-evaluate.log",
    threads: 1
    resources: mem_mb=4000, runtime=60,
    message: "Comparing reconstructions with ModelNet40's test clouds"
    shell: logged(f"{PYTHON} -m lcip.pointcloud.reconstruction_evaluate")


# Pictures for which the test clouds themselves are needed, and the table of one of them.
rule reconstruction_pictures:
    input: settled(*RECONSTRUCTIONS, *RECONSTRUCTED_CODECS),
    output:
        kept(
            "data/figures/pointcloud/airplane.png",
            "data/figures/pointcloud/gallery.png",
            "data/measured/pointcloud/airplane.csv",
            "data/measured/pointcloud/airplane.json",
        ),
    log: "_build/log/reconstruction-pictures.log",
    threads: 1
    resources: mem_mb=4000, runtime=30,
    message: "Drawing test clouds of ModelNet40 and what packets show of them"
    shell: logged(f"{PYTHON} -m lcip.pointcloud.real_clouds")
