# How well each layer's motion is predicted, on the bundled photographs, with the codec of quality 3.
MOTION_TABLES = [
    f"data/measured/motion/{name}.csv"
    for name in ("warping", "offsets", "sweeps", "random", "choices", "pframes")
]
MOTION_STREAMS = [f"{n}.lcip" for n in committed("streams/motion/*-small-q*")]


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


# Three clips, every frame coded as a photograph, so that the book has moving pictures.
rule motion_clips:
    input: settled("data/weights/images/factorized-small-q{quality}.safetensors"),
    output:
        kept(
            *(
                f"data/streams/motion/{clip}-small-q{{quality}}.{suffix}"
                for clip in ("foreman", "carphone", "cars")
                for suffix in ("lcip", "json")
            ),
        ),
    wildcard_constraints: quality=r"\d+",
    log: "_build/log/motion-clips-q{quality}.log",
    threads: THREADS
    resources: mem_mb=4000, runtime=30,
    message: "Coding the frames of the clips with images/factorized-small-q{wildcards.quality}"
    shell:
        logged(
            f"{PYTHON} -m lcip.motion.clips --quality {{wildcards.quality}} --threads {{threads}}"
        )


# The same clips latent by latent, at every quality of the small codec.
rule motion_pframes:
    input: settled(*[n for n in IMAGES_WEIGHTS + DISTRIBUTIONS_WEIGHTS if "-small-q" in n]),
    output:
        kept("data/measured/motion/pframes.csv", "data/measured/motion/pframes.json"),
    log: "_build/log/motion-pframes.log",
    threads: THREADS
    resources: mem_mb=6000, runtime=120,
    message: "Coding clips latent by latent"
    shell: logged(f"{PYTHON} -m lcip.motion.pframes_evaluate --threads {{threads}}")


localrules: motion,


# Everything of chapter 4.
rule motion:
    input: MOTION_TABLES + MOTION_STREAMS,
