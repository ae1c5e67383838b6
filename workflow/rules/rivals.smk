# Rivals of the point-cloud codec: coders of the clouds themselves, classified after decoding.
RIVALS_WEIGHTS = ["data/weights/pointcloud/octree-prior.safetensors"]
RIVALS_TABLES = [f"data/measured/pointcloud/{n}.csv" for n in ("tmc13", "input_codecs")]


rule rivals_prior:
    output:
        kept(
            "data/weights/pointcloud/octree-prior.safetensors",
            "data/weights/pointcloud/octree-prior.json",
        ),
    log: "_build/log/rivals-prior.log",
    threads: 1
    resources: mem_mb=4000, runtime=60,
    message: "Counting the training clouds' octrees"
    shell: logged(f"{PYTHON} -m lcip.pointcloud.rivals.prior")


# Runs TMC13's encoder, which must be on the PATH; what it gave is committed. Some hours.
rule rivals_tmc13:
    output:
        kept("data/measured/pointcloud/tmc13.csv", "data/measured/pointcloud/tmc13.json"),
    log: "_build/log/rivals-tmc13.log",
    threads: 1
    resources: mem_mb=4000, runtime=1440,
    message: "Running TMC13 on every test cloud"
    shell: logged(f"{PYTHON} -m lcip.pointcloud.rivals.tmc13")


rule rivals_evaluate:
    input:
        settled(*CLASSIFIERS, *RIVALS_WEIGHTS, "data/measured/pointcloud/tmc13.csv"),
    output:
        kept(
            "data/measured/pointcloud/input_codecs.csv",
            "data/measured/pointcloud/input_codecs.json",
        ),
    log: "_build/log/rivals-evaluate.log",
    threads: 1
    resources: mem_mb=6000, runtime=180,
    message: "Measuring coders of whole clouds"
    shell: logged(f"{PYTHON} -m lcip.pointcloud.rivals.evaluate")
