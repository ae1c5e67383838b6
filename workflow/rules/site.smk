# The pages, in two editions: stage everything in one tree that mirrors the repository, then render it.
# Students get the chapters; what is for teachers is cut out before the renderer sees it.

rule book:
    input: "_build/html",


def rendered(audience, source, target):
    """The command that stages and renders one edition of the notebooks in `params.names`."""
    return logged(
        f"{PYTHON} workflow/scripts/stage.py {audience} {source} {{params.names}} && "
        f"{PYTHON} workflow/scripts/render.py {source} {target}"
    )


rule render:
    input:
        files=leaves(graph.book_files()),
        notebooks=expand("_build/executed/{notebook}.ipynb", notebook=CHAPTERS),
        records=expand("_build/executed/{notebook}.json", notebook=CHAPTERS),
    output: directory("_build/html"),
    params:
        *graph.book_key(),
        names=CHAPTERS,
    log: "_build/log/render.log",
    threads: 1
    resources:
        mem_mb=2000,
        runtime=10,
    message: "Rendering the book",
    shell: rendered("student", "_build/source", "_build/html")


rule instructor:
    input:
        files=leaves(graph.book_files()),
        notebooks=expand("_build/executed/{notebook}.ipynb", notebook=NOTEBOOKS),
        records=expand("_build/executed/{notebook}.json", notebook=NOTEBOOKS),
    output: directory("_build/instructor/html"),
    params:
        *graph.book_key(),
        names=NOTEBOOKS,
    log: "_build/log/instructor.log",
    threads: 1
    resources:
        mem_mb=2000,
        runtime=10,
    message: "Rendering the instructor's edition",
    shell: rendered("instructor", "_build/instructor/source", "_build/instructor/html")


# Three lectures: what slides/lecture-*.yml selects from the executed notebooks.
rule slides:
    input:
        files=leaves(graph.slides_files()),
        notebooks=expand("_build/executed/{notebook}.ipynb", notebook=CHAPTERS),
    output: directory("_build/slides"),
    params:
        *graph.slides_key(),
    log: "_build/log/slides.log",
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    message: "Making the slides",
    shell: logged(f"{PYTHON} workflow/scripts/slides.py _build/executed {{output}}")


# The students' pages on paper, by the machine's own Chromium.
rule pdf:
    input: "_build/html",
    output: "_build/book.pdf",
    params:
        *graph.print_key(),
    log: "_build/log/pdf.log",
    threads: 1
    resources:
        mem_mb=2000,
        runtime=15,
    message: "Printing the book",
    shell: logged(f"{PYTHON} workflow/scripts/pdf.py {{input}} {{output}}")
