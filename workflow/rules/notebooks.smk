# Every notebook, executed as the book shows it: _build/executed/<notebook>.ipynb, and beside it a
# record of when, how long, and with which versions.

def leaves(paths):
    """Leaf inputs: their content decides through the parameters, never their modification time."""
    return [ancient(str(path.relative_to(graph.ROOT))) for path in paths]


def key_line(place):
    """One fingerprint of a notebook, as a parameter of its own: so Snakemake prints what differs."""

    def of_notebook(wildcards):
        key = graph.notebook_key(wildcards.notebook)
        return key[place] if place < len(key) else ""

    return of_notebook


# One more than the longest key has, so that the empty line is among every notebook's parameters.
KEY_LINES = max((len(graph.notebook_key(name)) for name in NOTEBOOKS), default=0) + 1


rule execute:
    input:
        files=lambda w: leaves(graph.notebook_files(w.notebook)),
    output:
        notebook="_build/executed/{notebook}.ipynb",
        record="_build/executed/{notebook}.json",
    params:
        *(key_line(place) for place in range(KEY_LINES)),
        source="notebooks/{notebook}.ipynb",
    log: "_build/log/{notebook}.log",
    threads: 1
    resources:
        mem_mb=4000,
        runtime=10,
    message: "Executing {wildcards.notebook}",
    shell:
        logged(
            f"{PYTHON} workflow/scripts/execute.py"
            " {params.source} {output.notebook} {output.record}"
        )


rule executed:
    input: expand("_build/executed/{notebook}.ipynb", notebook=NOTEBOOKS),


# Copies fresh outputs into the committed notebooks, where they differ in more than timing.
rule refresh:
    input: expand("_build/executed/{notebook}.ipynb", notebook=NOTEBOOKS),
    params: names=NOTEBOOKS,
    shell: f"{PYTHON} workflow/scripts/refresh.py {{params.names}}"
