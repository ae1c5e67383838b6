# Every notebook, executed as the book shows it: _build/executed/<notebook>.ipynb, and beside it a
# record of when, how long, and with which versions.

def leaves(paths):
    """Leaf inputs: their content decides through `params.key`, never their modification time."""
    return [ancient(str(path.relative_to(graph.ROOT))) for path in paths]


rule execute:
    input:
        files=lambda w: leaves(graph.notebook_files(w.notebook)),
    output:
        notebook="_build/executed/{notebook}.ipynb",
        record="_build/executed/{notebook}.json",
    params:
        key=lambda w: graph.notebook_key(w.notebook),
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
