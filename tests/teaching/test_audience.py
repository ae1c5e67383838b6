"""What is for teachers is cut out of pages and notebooks, all of it and nothing else."""

import pytest
from audience import AudienceError, notebook_for_students, page_for_students
from hypothesis import given, settings
from hypothesis import strategies as st

SECRET = "the answer is 42"


def cut(text: str) -> str:
    return page_for_students(text, "page.md")


@pytest.mark.parametrize(
    "block",
    [
        f"```{{solution}} ex-a\n{SECRET}\n```\n",
        f"````{{solution}} ex-a\n:class: dropdown\n\n```python\n{SECRET}\n```\n{SECRET}\n````\n",
        f":::{{instructor}}\n{SECRET}\n:::\n",
        f"::::{{instructor}} Timing\n:::{{note}}\n{SECRET}\n:::\n{SECRET}\n::::\n",
        f"~~~{{Solution}} ex-a\n{SECRET}\n~~~\n",
        f"```{{solution-start}} a\n```\n{SECRET}\n\n```python\n{SECRET}\n```\n"
        "```{solution-end}\n```\n",
        f":::{{solution-start}} ex-a\n:::\n{SECRET}\n:::{{solution-end}}\n:::\n",
        f"> ```{{solution}} ex-a\n> {SECRET}\n> ```\n",
        f"* ```{{solution}} ex-a\n  {SECRET}\n  ```\n",
        f"````{{note}}\nkept\n```{{solution}} ex-a\n{SECRET}\n```\n````\n",
    ],
)
def test_a_block_for_teachers_is_cut_out(block):
    kept = cut(f"before\n\n{block}\nafter\n")
    assert SECRET not in kept and "solution" not in kept.lower() and "instructor" not in kept
    assert kept.startswith("before\n") and kept.endswith("after\n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no newline at the end",
        "# A page\r\nwith other ends of line\r\n",
        "````md\n```{solution} ex-a\nhow one is written\n```\n````\n",
        "```python\nprint(':::{instructor}')\n```\n",
        "The words {solution} and ```{instructor}``` in a line.\n",
        "::::{grid} 2\n:::{grid-item}\none\n:::\n::::\n",
        ":::\nnot a block\n",
    ],
)
def test_everything_else_stays_as_it_is(text):
    assert cut(text) == text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("```{solution} ex-a\nnever closed\n", "page.md: the block 'solution' does not end"),
        ("```{solution-start} ex-a\n```\n", "page.md: a {solution-start} without a {solution-end}"),
        ("```{solution-end}\n```\n", "page.md: {solution-end} without a {solution-start}"),
        (
            "```{solution-start} a\n```\n```{solution-start} b\n```\n```{solution-end}\n```\n",
            "page.md: a solution begins before the last one has ended",
        ),
    ],
)
def test_a_part_without_its_end_is_refused(text, told):
    with pytest.raises(AudienceError) as refused:
        cut(text)
    assert told in str(refused.value)


PIECES = st.lists(
    st.sampled_from(
        [
            ("kept line\n", True),
            ("```python\ncode\n```\n", True),
            (":::{note}\nkept\n:::\n", True),
            (f"```{{solution}} a\n{SECRET}\n```\n", False),
            (f"::::{{instructor}}\n```\n{SECRET}\n```\n::::\n", False),
            (f"```{{solution-start}} a\n```\n{SECRET}\n```{{solution-end}}\n```\n", False),
        ]
    ),
    max_size=8,
)


@settings(max_examples=60)
@given(PIECES)
def test_any_order_of_blocks_leaves_what_is_for_all(pieces):
    whole = "".join(text for text, _ in pieces)
    assert cut(whole) == "".join(text for text, is_kept in pieces if is_kept)


def cell(kind: str, source: str, *tags: str) -> dict:
    return {"cell_type": kind, "source": source, "metadata": {"tags": list(tags)}}


def test_a_notebook_loses_tagged_cells_and_whole_solutions():
    content = {
        "metadata": {"lcip": {}},
        "cells": [
            cell("markdown", "kept"),
            cell("code", SECRET, "solution"),
            cell("markdown", SECRET, "instructor"),
            cell("markdown", f"```{{solution-start}} a\n```\n{SECRET}"),
            cell("code", SECRET),
            cell("raw", SECRET),
            cell("markdown", "```{solution-end}\n```\nkept, too"),
            cell("code", "kept_code()"),
        ],
    }
    kept = notebook_for_students(content, "a.ipynb")
    assert SECRET not in str(kept)
    assert [each["source"] for each in kept["cells"]] == ["kept", "kept, too", "kept_code()"]
    assert len(content["cells"]) == 8, "the source itself stays whole"


def test_a_notebook_whose_solution_does_not_end_is_refused():
    content = {"cells": [cell("markdown", "```{solution-start} a\n```"), cell("code", SECRET)]}
    with pytest.raises(AudienceError, match="a.ipynb: a .solution-start. without"):
        notebook_for_students(content, "a.ipynb")
