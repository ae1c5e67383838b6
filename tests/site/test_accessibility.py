"""axe-core over every page, in both themes: nothing serious, nothing critical."""

from pathlib import Path

import axe_playwright_python
import pytest
from built_site import SITE
from test_in_browser import visit

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
GRAVE = ("serious", "critical")
# A colour on its way from one theme to the other has the contrast of neither.
STILL = "*, *::before, *::after { transition: none !important; animation: none !important; }"
RUN = """async () => {
    const found = await axe.run(document, {resultTypes: ['violations']});
    return found.violations.map(v => ({
        rule: v.id, impact: v.impact, where: v.nodes.slice(0, 3).map(n => n.target.join(' '))
    }));
}"""


def violations(tab) -> list[dict]:
    """What axe finds, by rule, with its impact and the first places."""
    tab.add_style_tag(content=STILL)
    tab.evaluate(AXE.read_text(encoding="utf8"))
    return [found for found in tab.evaluate(RUN) if found["impact"] in GRAVE]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_has_no_serious_barrier(browser, page, scheme):
    _, tab = visit(browser, SITE.as_uri(), page, color_scheme=scheme)
    found = violations(tab)
    tab.context.close()
    assert found == []


def test_a_barrier_would_be_found(browser):
    """So that the check above cannot pass because axe did not run."""
    _, tab = visit(browser, SITE.as_uri(), "book/index.html")
    tab.evaluate("document.querySelector('main, article').append(document.createElement('button'))")
    found = violations(tab)
    tab.context.close()
    assert [one["rule"] for one in found] == ["button-name"]
