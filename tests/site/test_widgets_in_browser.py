"""The figures that answer: to keys and to the pointer, and still pictures where scripts are off."""

import pytest
from built_site import SITE
from test_in_browser import PHONE, TOO_WIDE, Visit, visit

PAGE = "notebooks/5-beyond/50-explore.html"
KINDS = {"pictures", "clouds", "curves", "blend", "loss"}
PIXELS = """canvas => {
    const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    let sum = 0;
    for (let i = 3; i < data.length; i += 4) sum = (sum * 31 + data[i]) % 1000003;
    return sum;
}"""


@pytest.fixture
def tab(browser):
    """The page, opened from the file system; a fault while it is open fails the test."""
    seen, opened = visit(browser, SITE.as_uri(), PAGE)
    yield opened
    opened.context.close()
    assert seen == Visit()


def note(widget) -> str:
    return widget.locator(".lcip-note").inner_text()


def test_each_kind_is_there_within_a_figure_that_keeps_its_caption(tab):
    widgets = tab.locator("figure .lcip-widget")
    kinds = {widgets.nth(k).get_attribute("data-kind") for k in range(widgets.count())}
    assert kinds == KINDS
    assert tab.locator(".lcip-widget").count() == widgets.count()
    for k in range(widgets.count()):
        figure = widgets.nth(k).locator("xpath=ancestor::figure")
        assert figure.locator("figcaption").is_visible()
        assert figure.locator(".lcip-still").count() == 1
        assert not figure.locator(".lcip-still").is_visible()


@pytest.mark.parametrize("kind", ["pictures", "clouds", "blend", "loss"])
def test_a_slider_answers_to_keys(tab, kind):
    widget = tab.locator(f".lcip-widget[data-kind={kind}]")
    slider = widget.locator("input[type=range]")
    slider.press("Home")
    first = note(widget)
    slider.press("End")
    last = note(widget)
    assert first != last and first and last
    assert slider.get_attribute("aria-valuetext")
    slider.press("ArrowLeft")
    assert note(widget) != "" and slider.input_value() != slider.get_attribute("max")


def test_the_blend_saves_bits_at_its_adaptive_end(tab):
    widget = tab.locator(".lcip-widget[data-kind=blend]")
    slider = widget.locator("input[type=range]")
    slider.press("Home")
    assert "0.0 % against static" in note(widget)
    slider.press("End")
    assert "-" in note(widget).split(";")[1]


def test_the_weight_moves_the_choice_to_higher_rates(tab):
    widget = tab.locator(".lcip-widget[data-kind=loss]")
    slider = widget.locator("input[type=range]")
    slider.press("Home")
    cheap = note(widget)
    slider.press("End")
    assert "quality 1:" in cheap and "quality 1:" not in note(widget)


def test_the_cloud_turns_by_keys_and_by_the_pointer(tab):
    canvas = tab.locator(".lcip-widget[data-kind=clouds] canvas")
    before = canvas.evaluate(PIXELS)
    canvas.press("ArrowRight")
    turned = canvas.evaluate(PIXELS)
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    tab.mouse.move(box["x"] + 100, box["y"] + 100)
    tab.mouse.down()
    tab.mouse.move(box["x"] + 180, box["y"] + 120)
    tab.mouse.up()
    assert len({before, turned, canvas.evaluate(PIXELS)}) == 3


def test_a_choice_of_object_changes_the_cloud(tab):
    widget = tab.locator(".lcip-widget[data-kind=clouds]")
    first = note(widget)
    widget.locator("select").select_option(index=1)
    assert note(widget).split(":")[0] != first.split(":")[0]


def test_points_of_a_curve_tell_their_numbers(tab):
    for k in range(tab.locator(".lcip-widget[data-kind=curves]").count()):
        widget = tab.locator(".lcip-widget[data-kind=curves]").nth(k)
        told = []
        for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
            widget.locator("svg").press(key)
            told.append(note(widget))
        assert len(set(told)) == 3
        assert told[0].split(":")[0] == told[1].split(":")[0] != told[2].split(":")[0]
        widget.locator("circle").last.dispatch_event("pointerenter")
        assert note(widget) not in told


def test_a_phone_is_wide_enough(tab):
    tab.set_viewport_size(PHONE)
    assert tab.evaluate(TOO_WIDE) is None


def test_without_scripts_the_still_pictures_are_there(browser):
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"{SITE.as_uri()}/{PAGE}")
    figures = tab.locator("article figure, main figure")
    pictures = tab.locator("figure img")
    assert figures.count() >= len(KINDS)
    assert all(pictures.nth(k).is_visible() for k in range(pictures.count()))
    widgets = tab.locator(".lcip-widget")
    assert widgets.count() > len(KINDS) - 1
    assert not any(widgets.nth(k).is_visible() for k in range(widgets.count()))
    context.close()
