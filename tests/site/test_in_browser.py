"""Every page in a headless Chromium, from the file system and from a server below a path."""

from dataclasses import dataclass, field

import pytest
from built_site import SITE, chapter_names

PATIENCE_MS = 600_000  # a busy machine is no fault of a page
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
SETTLED = """async () => {
    await document.fonts.ready;
    if (window.MathJax && MathJax.startup) await MathJax.startup.promise;
}"""
UNTYPESET = """() => [...document.querySelectorAll('.math')]
    .filter(node => !node.querySelector('mjx-container')).map(node => node.textContent)"""
MATHS_ERRORS = "() => [...document.querySelectorAll('mjx-merror, [data-mjx-error]')].length"
RAW_TEX = r"""() => {
    const article = document.querySelector('article') || document.body;
    const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
        const node = walker.currentNode;
        if (node.parentElement.closest('pre, code, script, style, mjx-container')) continue;
        if (/\\[([]|\$\$|\\(frac|hat|sum|lambda)\b/.test(node.data)) found.push(node.data);
    }
    return found;
}"""
TOO_WIDE = """() => {
    const limit = document.documentElement.clientWidth;
    return document.documentElement.scrollWidth > limit
        ? [document.documentElement.scrollWidth, limit] : null;
}"""
BRIGHTNESS = """() => getComputedStyle(document.body).backgroundColor
    .match(/[0-9.]+/g).slice(0, 3).map(Number).reduce((a, b) => a + b) / 3"""


@dataclass
class Visit:
    """What went wrong while a page was open."""

    failed: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def watch(self, tab, base: str) -> None:
        """Note failed requests, requests to other hosts, and errors in the console."""

        def asked(request) -> None:
            if not request.url.startswith((base, "data:", "blob:")):
                self.elsewhere.append(request.url)

        def answered(response) -> None:
            if response.status >= 400:
                self.failed.append(f"{response.status} {response.url}")

        tab.on("request", asked)
        tab.on("response", answered)
        tab.on("requestfailed", lambda request: self.failed.append(request.url))
        tab.on("pageerror", lambda error: self.errors.append(str(error)))
        tab.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)


def visit(browser, base: str, page: str, **options) -> tuple[Visit, object]:
    """Open a page and wait until fonts and formulas are in place."""
    tab = browser.new_context(viewport=DESKTOP, **options).new_page()
    tab.set_default_timeout(PATIENCE_MS)
    seen = Visit()
    seen.watch(tab, base)
    tab.goto(f"{base}/{page}", wait_until="load")
    if page == "index.html":
        tab.wait_for_url(f"{base}/book/index.html", wait_until="load")
    tab.evaluate(SETTLED)
    return seen, tab


@pytest.fixture(params=["file", "server"])
def base(request) -> str:
    return SITE.as_uri() if request.param == "file" else request.getfixturevalue("server")


def test_a_page_opens_without_fault(browser, base, page):
    seen, tab = visit(browser, base, page)
    widths = {}
    for size in (DESKTOP, PHONE):
        tab.set_viewport_size(size)
        widths[size["width"]] = tab.evaluate(TOO_WIDE)
    found = {name: tab.evaluate(script) for name, script in CHECKS.items()}
    tab.context.close()
    assert seen == Visit()
    assert widths == {DESKTOP["width"]: None, PHONE["width"]: None}
    assert found == {"untypeset": [], "maths errors": 0, "raw TeX": []}


CHECKS = {"untypeset": UNTYPESET, "maths errors": MATHS_ERRORS, "raw TeX": RAW_TEX}


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
def test_the_pages_follow_the_readers_colour_scheme(browser, scheme, dark):
    seen, tab = visit(browser, SITE.as_uri(), "book/index.html", color_scheme=scheme)
    assert (tab.evaluate(BRIGHTNESS) < 60) == dark
    tab.context.close()
    assert seen == Visit()


def test_the_button_changes_the_colour_scheme(browser):
    _, tab = visit(browser, SITE.as_uri(), "book/index.html", color_scheme="light")
    before = tab.evaluate(BRIGHTNESS)
    for _ in range(2):  # from automatic by way of the same colour
        tab.locator(".theme-switch-button:visible").first.click()
        if abs(tab.evaluate(BRIGHTNESS) - before) > 100:
            break
    assert abs(tab.evaluate(BRIGHTNESS) - before) > 100
    tab.context.close()


def test_search_finds_words_without_a_server(browser):
    seen, tab = visit(browser, SITE.as_uri(), "search.html?q=entropy")
    tab.wait_for_selector("#search-results li a")
    tab.context.close()
    assert seen == Visit()


def test_formulas_are_there_to_be_typeset(browser):
    """So that the check above cannot pass on pages without formulas."""
    chapters = chapter_names()
    assert chapters
    _, tab = visit(browser, SITE.as_uri(), chapters[0])
    assert tab.locator("mjx-container").count() > 0
    tab.context.close()


SCOREBOARD = "book/scoreboard.html"


def test_the_scoreboard_filters_and_sorts_by_keyboard(browser):
    seen, tab = visit(browser, SITE.as_uri(), SCOREBOARD)
    rows = tab.locator("#tab-scoreboard tbody tr:visible")
    everything = rows.count()
    words = tab.get_by_label("Rows with").first
    words.focus()
    tab.keyboard.type("micro 256")
    assert 0 < rows.count() < everything
    told = tab.locator("[role=status]").first.text_content()
    assert told == f"{rows.count()} of {everything} rows shown."
    tab.keyboard.press("Control+A")
    tab.keyboard.press("Delete")
    tab.keyboard.press("Tab")
    tab.keyboard.type("differs")
    statuses = rows.locator(".status").all_text_contents()
    assert set(statuses) == {"differs"}
    button = tab.get_by_role("button", name="published").first
    button.focus()
    tab.keyboard.press("Enter")
    values = [numbers(text) for text in rows.locator("td:nth-child(2) .number").all_text_contents()]
    assert values == sorted(values)
    tab.context.close()
    assert seen == Visit()


def numbers(text: str) -> float:
    return float(text.replace("−", "-").replace(",", "").split()[0])


def test_without_scripts_the_scoreboard_is_complete(browser):
    tab = browser.new_context(java_script_enabled=False).new_page()
    tab.goto(f"{SITE.as_uri()}/{SCOREBOARD}")
    rows = tab.locator("#tab-scoreboard tbody tr:visible")
    assert rows.count() == tab.locator("#tab-scoreboard tbody tr").count() > 200
    assert tab.locator("button.sort, .table-filters").count() == 0
    tab.context.close()


def test_how_a_figure_was_made_opens_by_keyboard_and_without_scripts(browser):
    tab = browser.new_context(java_script_enabled=False).new_page()
    tab.goto(f"{SITE.as_uri()}/{chapter_names()[-1]}")
    details = tab.locator("details.lcip-origin").first
    assert details.get_attribute("open") is None
    details.locator("summary").focus()
    tab.keyboard.press("Enter")
    assert details.locator("dl").is_visible()
    tab.context.close()
