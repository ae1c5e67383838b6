# Base codecs: trained on the training photographs, Kodak coded with them, and every codec measured.
IMAGES_WEIGHTS = [f"{n}.safetensors" for n in committed("weights/images/factorized-*")]
IMAGES_STREAMS = [f"{n}.lcip" for n in committed("streams/images/kodak-*")]
IMAGES_TABLES = [
    f"data/measured/images/{name}.csv"
    for name in ("bundled-traditional", "bundled-learned", "kodak-traditional", "kodak-learned", "kodak")
]


def images_start(wildcards):
    """The weights that a training starts from, as lcip.images.fit's recipes have it."""
    from lcip.images.fit import RECIPES

    start = RECIPES[wildcards.family, int(wildcards.quality)]["start_from"]
    return settled(f"data/weights/images/factorized-{start}.safetensors") if start else []


rule images_fit:
    input: images_start,
    output:
        kept(
            "data/weights/images/factorized-{family}-q{quality}.safetensors",
            "data/weights/images/factorized-{family}-q{quality}.json",
        ),
    wildcard_constraints: quality=r"\d+",
    log: "_build/log/images-fit-{family}-q{quality}.log",
    threads: THREADS
    resources: mem_mb=8000, runtime=600,
    message: "Training images/factorized-{wildcards.family}-q{wildcards.quality}"
    shell:
        logged(
            f"{PYTHON} -m lcip.images.fit --family {{wildcards.family}}"
            f" --quality {{wildcards.quality}} --threads {{threads}} --device {DEVICE}"
        )


# Also writes the table of the originals' PSNR and MS-SSIM, which the archive alone cannot give.
rule images_streams:
    input: settled("data/weights/images/factorized-{family}-q{quality}.safetensors"),
    output:
        kept(
            "data/streams/images/kodak-{family}-q{quality}.lcip",
            "data/streams/images/kodak-{family}-q{quality}.json",
            "data/measured/images/kodak-{family}-q{quality}.csv",
            "data/measured/images/kodak-{family}-q{quality}.json",
        ),
    wildcard_constraints: quality=r"\d+",
    log: "_build/log/images-streams-{family}-q{quality}.log",
    threads: THREADS
    resources: mem_mb=6000, runtime=60,
    message: "Coding Kodak with images/factorized-{wildcards.family}-q{wildcards.quality}"
    shell:
        logged(
            f"{PYTHON} -m lcip.images.streams --family {{wildcards.family}}"
            f" --quality {{wildcards.quality}} --threads {{threads}}"
        )


# Times are measured here, so one thread, and nothing beside it if they are to be quoted.
rule images_evaluate:
    input: lambda w: settled(*IMAGES_WEIGHTS) if w.who == "learned" else [],
    output:
        kept(
            "data/measured/images/{set}-{who}.csv",
            "data/measured/images/{set}-{who}.json",
        ),
    wildcard_constraints: set="bundled|kodak", who="traditional|learned|zoo",
    log: "_build/log/images-evaluate-{set}-{who}.log",
    threads: 1
    resources: mem_mb=6000, runtime=240,
    message: "Measuring {wildcards.who} image codecs on {wildcards.set}"
    shell: logged(f"{PYTHON} -m lcip.images.evaluate {{wildcards.set}} {{wildcards.who}}")


rule images_kodak:
    input: settled("data/measured/images/kodak-traditional.csv", "data/measured/images/kodak-learned.csv"),
    output:
        kept("data/measured/images/kodak.csv", "data/measured/images/kodak.json"),
    log: "_build/log/images-kodak.log",
    resources: mem_mb=2000, runtime=5,
    message: "Joining the tables of Kodak"
    shell: logged(f"{PYTHON} -m lcip.images.kodak")
