# How well each layer's motion is predicted, on the bundled photographs, with the codec of quality 3.
MOTION_TABLES = [f"data/measured/motion/{name}.csv" for name in ("warping", "offsets")]


rule motion_evaluate:
    input: settled("data/weights/images/factorized-small-q3.safetensors"),
    output:
        kept(
            "data/measured/motion/warping.csv",
            "data/measured/motion/warping.json",
            "data/measured/motion/offsets.csv",
            "data/measured/motion/offsets.json",
        ),
    log: "_build/log/motion-evaluate.log",
    threads: 1
    resources: mem_mb=6000, runtime=60,
    message: "Measuring motion in latent space"
    shell: logged(f"{PYTHON} -m lcip.motion.evaluate --quality 3 --seed 0")
