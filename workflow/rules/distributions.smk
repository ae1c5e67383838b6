# The amortisation gap, from the committed archives of Kodak latents and the bundled photographs.
DISTRIBUTIONS_TABLES = ["data/measured/distributions/amortization-gap.csv"]


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
    shell: logged(f"{PYTHON} -m lcip.distributions.evaluate --threads {{threads}}")
