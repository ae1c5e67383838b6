# Chapter 2, from the committed archives of Kodak latents, the bundled photographs, and the networks
# that were fitted to the training photographs.
DISTRIBUTIONS_WEIGHTS = [
    f"{n}.safetensors" for n in committed("weights/distributions/adaptive-*")
]
DISTRIBUTIONS_TABLES = [
    f"data/measured/distributions/{name}.csv"
    for name in (
        "amortization-gap", "kodak", "bundled", "times", "counting", "ablation", "image-size",
        "complexity", "parameters",
    )
]



# The latents of the training photographs are computed once and kept below runs/.
rule distributions_fit:
    input: settled("data/weights/images/factorized-{family}-q{quality}.safetensors"),
    output:
        kept(
            "data/weights/distributions/adaptive-{family}-q{quality}.safetensors",
            "data/weights/distributions/adaptive-{family}-q{quality}.json",
        ),
    wildcard_constraints: quality=r"\d+",
    log: "_build/log/distributions-fit-{family}-q{quality}.log",
    threads: THREADS
    resources: mem_mb=6000, runtime=60,
    message: "Fitting distributions/adaptive-{wildcards.family}-q{wildcards.quality}"
    shell:
        logged(
            f"{PYTHON} -m lcip.distributions.fit --family {{wildcards.family}}"
            f" --quality {{wildcards.quality}} --threads {{threads}} --device {DEVICE}"
        )


rule distributions_ablation:
    input: settled(*IMAGES_WEIGHTS, *DISTRIBUTIONS_WEIGHTS),
    output:
        kept(
            "data/measured/distributions/ablation.csv",
            "data/measured/distributions/ablation.json",
        ),
    log: "_build/log/distributions-ablation.log",
    threads: THREADS
    resources: mem_mb=6000, runtime=120,
    message: "Measuring every step of the recipe"
    shell: logged(f"{PYTHON} -m lcip.distributions.ablation --threads {{threads}}")


rule distributions_evaluate:
    input: settled(*IMAGES_WEIGHTS, *IMAGES_STREAMS),
    output:
        kept(
            "data/measured/distributions/amortization-gap.csv",
            "data/measured/distributions/amortization-gap.json",
        ),
    log: "_build/log/distributions-evaluate.log",
    threads: THREADS
    resources: mem_mb=6000, runtime=60,
    message: "Measuring the amortisation gap"
    shell: logged(f"{PYTHON} -m lcip.distributions.evaluate gap --threads {{threads}}")


# Every method in real bytes. Times are measured by one of these: nothing beside it if they are to
# be quoted.
rule distributions_methods:
    input: settled(*IMAGES_WEIGHTS, *IMAGES_STREAMS, *DISTRIBUTIONS_WEIGHTS),
    output:
        kept(
            "data/measured/distributions/{what}.csv",
            "data/measured/distributions/{what}.json",
        ),
    wildcard_constraints: what="kodak|bundled|times",
    log: "_build/log/distributions-{what}.log",
    threads: THREADS
    resources: mem_mb=6000, runtime=120,
    message: "Measuring the methods of chapter 2: {wildcards.what}"
    shell:
        logged(f"{PYTHON} -m lcip.distributions.evaluate {{wildcards.what}} --threads {{threads}}")


rule distributions_counting:
    input: settled(*IMAGES_WEIGHTS, *IMAGES_STREAMS, *DISTRIBUTIONS_WEIGHTS),
    output:
        kept(
            "data/measured/distributions/counting.csv",
            "data/measured/distributions/counting.json",
        ),
    log: "_build/log/distributions-counting.log",
    threads: THREADS
    resources: mem_mb=6000, runtime=120,
    message: "Choosing how counts adapt, on the validation photographs"
    shell: logged(f"{PYTHON} -m lcip.distributions.sweep --threads {{threads}}")


# Short fits for every size, from the committed networks of quality 3.
rule distributions_image_size:
    input: settled(*IMAGES_WEIGHTS, *IMAGES_STREAMS, *DISTRIBUTIONS_WEIGHTS),
    output:
        kept(
            "data/measured/distributions/image-size.csv",
            "data/measured/distributions/image-size.json",
        ),
    log: "_build/log/distributions-image-size.log",
    threads: THREADS
    resources: mem_mb=8000, runtime=120,
    message: "Measuring the saving against the size of an image"
    shell: logged(f"{PYTHON} -m lcip.distributions.image_size --threads {{threads}}")


# Counted while untrained networks run: no weights are read.
rule distributions_complexity:
    output:
        kept(
            "data/measured/distributions/complexity.csv",
            "data/measured/distributions/complexity.json",
            "data/measured/distributions/parameters.csv",
            "data/measured/distributions/parameters.json",
        ),
    log: "_build/log/distributions-complexity.log",
    threads: 1
    resources: mem_mb=2000, runtime=10,
    message: "Counting weights and work of the networks of chapter 2"
    shell: logged(f"{PYTHON} -m lcip.distributions.complexity")
