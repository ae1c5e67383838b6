# How well each layer's motion is predicted, on the bundled photographs, with the codec of quality 3.
MOTION_TABLES = [
    f"data/measured/motion/{name}.csv"
    for name in ("warping", "offsets", "sweeps", "random", "choices")
]


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


# All networks under the published motions, on Kodak. Weights that are not in the data folder are
# left out and named in the log. Stopped half-way, both go on where they were (_build/motion/).
rule motion_survey:
    input: settled("data/weights/images/factorized-small-q3.safetensors"),
    output:
        kept(
            "data/measured/motion/{table}.csv",
            "data/measured/motion/{table}.json",
        ),
    wildcard_constraints: table="sweeps|random",
    log: "_build/log/motion-{table}.log",
    threads: 1
    resources: mem_mb=6000, runtime=120,
    message: "Measuring motion in latent space: {wildcards.table}"
    shell: logged(f"{PYTHON} -m lcip.motion.survey {{wildcards.table}} --quality 3 --seed 0")


rule motion_choices:
    input: settled("data/weights/images/factorized-small-q3.safetensors"),
    output:
        kept(
            "data/measured/motion/choices.csv",
            "data/measured/motion/choices.json",
        ),
    log: "_build/log/motion-choices.log",
    threads: 1
    resources: mem_mb=6000, runtime=60,
    message: "Measuring what each choice is worth to motion in latent space"
    shell: logged(f"{PYTHON} -m lcip.motion.choices --quality 3 --seed 0")


localrules: motion,


# Everything of chapter 4.
rule motion:
    input: MOTION_TABLES,
