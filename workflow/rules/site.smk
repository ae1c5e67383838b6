# The pages: stage everything in one tree that mirrors the repository, then render it.

rule book:
    input: "_build/html",


rule render:
    input:
        files=leaves(graph.book_files()),
        notebooks=expand("_build/executed/{notebook}.ipynb", notebook=NOTEBOOKS),
        records=expand("_build/executed/{notebook}.json", notebook=NOTEBOOKS),
    output: directory("_build/html"),
    params:
        *graph.book_key(),
        names=NOTEBOOKS,
    log: "_build/log/render.log",
    threads: 1
    resources:
        mem_mb=2000,
        runtime=10,
    message: "Rendering the book",
    shell:
        logged(
            f"{PYTHON} workflow/scripts/stage.py {{params.names}} && "
            f"{PYTHON} workflow/scripts/render.py _build/source ."
        )
