"""The lectures: complete selections, the book's own figures, nothing from elsewhere."""

import re
import shutil
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup

import slides

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
LECTURES = sorted((ROOT / "slides").glob("lecture-*.yml"))
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SLIDE = {"heading": "A heading", "minutes": 2, "notes": "Say this."}
every_lecture = pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.stem)
STATE = """() => {
    const slide = Reveal.getCurrentSlide();
    const frame = slide.closest(".slides").getBoundingClientRect();
    const parts = [...slide.querySelectorAll("*:not(.notes):not(.notes *)")];
    const low = Math.max(...parts.map(part => part.getBoundingClientRect().bottom));
    const images = [...slide.querySelectorAll("img")];
    return {over: low > frame.bottom + 1, blank: images.filter(i => !i.naturalWidth).length,
            raw: /\\$|\\\\\\(/.test(slide.innerText), height: frame.height > 100};
}"""


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """All lectures, made from the committed notebooks as 'make slides' makes them."""
    target = tmp_path_factory.mktemp("lectures") / "slides"
    slides.make(NOTEBOOKS, target)
    return target


def lecture(*items: dict) -> dict:
    return {"title": "T", "subtitle": "S", "slides": list(items)}


def test_there_are_three():
    assert [path.stem for path in LECTURES] == ["lecture-1", "lecture-2", "lecture-3"]


@every_lecture
def test_a_lecture_has_times_and_notes_for_every_slide(path):
    found = slides.checked(yaml.safe_load(path.read_text(encoding="utf8")), path.name)["slides"]
    assert 40 <= sum(slide["minutes"] for slide in found) <= 60
    assert all(len(slide["notes"].split()) >= 8 for slide in found)
    assert sum("figure" in slide for slide in found) >= 8
    assert all(slide.get("points") or slide.get("figure") or slide.get("table") for slide in found)


@every_lecture
def test_a_page_has_the_books_figures_and_loads_nothing_from_elsewhere(path, made):
    text = (made / f"{path.stem}.html").read_text(encoding="utf8")
    assert re.findall(r"https?://(?!www\.w3\.org)[^\"' ]*", text) == []
    page = BeautifulSoup(text, "html.parser")
    selected = yaml.safe_load(path.read_text(encoding="utf8"))["slides"]
    images = page.select("figure img")
    known = slides.figures(NOTEBOOKS)
    wanted = [known[slide["figure"]].address for slide in selected if slide.get("figure")]
    assert [image["src"] for image in images] == wanted
    assert all(len(image["alt"]) > 30 for image in images)
    assert len(page.select("aside.notes")) == len(selected)
    for tag in page.find_all(["script", "link"]):
        address = tag.get("src") or tag.get("href")
        assert not address or address == "data:," or (made / address).is_file(), address


def test_the_speakers_clock_adds_up():
    made = slides.notebook(lecture(SLIDE, SLIDE | {"minutes": 1.5}), NOTEBOOKS, "a lecture")
    told = [cell.source for cell in made.cells if "Say this." in cell.source]
    assert told[0].startswith("**2 min**, until minute 2 of 3.5")
    assert told[1].startswith("**1.5 min**, until minute 3.5 of 3.5")
    assert made.metadata["seconds"] == 210


def test_a_figure_that_the_book_has_not_is_refused():
    with pytest.raises(slides.SlidesError) as refused:
        slides.notebook(lecture(SLIDE | {"figure": "fig-nowhere"}), NOTEBOOKS, "lecture-9")
    assert "lecture-9: no executed notebook has a figure 'fig-nowhere'; there are fig-" in str(
        refused.value
    )


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "l.yml: a lecture has exactly slides, subtitle, title"),
        (lecture(), "l.yml: a lecture has exactly"),
        (lecture({"heading": "x"}), "l.yml, slide 1: unknown nothing, absent ['minutes', 'notes']"),
        (lecture(SLIDE, SLIDE | {"figures": "a"}), "l.yml, slide 2: unknown ['figures']"),
    ],
)
def test_an_incomplete_selection_is_refused(given, told):
    with pytest.raises(slides.SlidesError) as refused:
        slides.checked(given, "l.yml")
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"notebook": "9-none/99-none", "cell": "a"}, "no notebook '9-none/99-none'"),
        ({"notebook": "3-pointcloud/31-codec", "cell": "none"}, "no cell 'none' that shows"),
    ],
)
def test_a_table_that_is_not_there_is_refused(wanted, told):
    with pytest.raises(slides.SlidesError, match=told):
        slides.table(NOTEBOOKS, wanted)


def test_a_table_of_the_book_can_be_shown():
    wanted = {"notebook": "3-pointcloud/31-codec", "cell": "cell-05"}
    assert "<table" in slides.table(NOTEBOOKS, wanted)


def test_solutions_lend_no_figures(tmp_path):
    shutil.copytree(NOTEBOOKS / "solutions", tmp_path / "solutions")
    assert slides.figures(tmp_path) == {}


@every_lecture
def test_every_slide_shows_from_the_file_system(path, made):
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        pytest.skip("no browser: the slides were not opened (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    wrong, states = [], []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=FLAGS)
        tab = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
        tab.on(
            "request",
            lambda r: (
                None if r.url.startswith(("file:", "data:", "blob:")) else wrong.append(r.url)
            ),
        )
        tab.on("requestfailed", lambda request: wrong.append(request.url))
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        tab.goto((made / f"{path.stem}.html").as_uri(), wait_until="load")
        tab.evaluate("async () => { await MathJax.startup.promise; }")
        for _ in range(tab.evaluate("Reveal.getTotalSlides()")):
            states.append(tab.evaluate(STATE))
            tab.keyboard.press("ArrowRight")
        last = tab.evaluate("Reveal.isLastSlide()")
        browser.close()
    assert wrong == [] and last
    assert states and all(
        state == {"over": False, "blank": 0, "raw": False, "height": True} for state in states
    ), states
