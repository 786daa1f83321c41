"""The pages in a real browser: narrow and wide, light and dark."""

import base64

import pytest
from site_pages import ROOT, pages
from waiting import until

AXE = ROOT / "node_modules/axe-core/axe.min.js"
COLOR_RULES = ["color-contrast", "link-in-text-block"]
SIDEWAYS = (
    "document.documentElement.scrollWidth"
    " - document.documentElement.clientWidth"
)

each_page = pytest.mark.parametrize("page_name", pages())


def open_page(browser, address, name, *, width=1280, scheme="light"):
    """Open a page; return it with lists of its complaints and requests."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme
    )
    page = context.new_page()
    complaints, foreign = [], []
    page.on(
        "console",
        lambda m: (
            complaints.append(m.text)
            if m.type in ("error", "warning")
            else None
        ),
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda r: (
            foreign.append(r.url)
            if not r.url.startswith((address, "data:", "blob:"))
            else None
        ),
    )
    page.goto(address + name, wait_until="load")
    return page, complaints, foreign


def violations(page, rules=None):
    """What axe-core finds, a line each; of all its rules, or of some.

    The insides of formulas are MathML, thousands of elements a page.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate(
        "async (only) => (await axe.run({exclude: ['math']}, {"
        "resultTypes: ['violations'],"
        " ...(only && {runOnly: {type: 'rule', values: only}})"
        "})).violations",
        rules,
    )
    return [
        f"{rule['id']}: {node['html'][:150]}"
        for rule in found
        for node in rule["nodes"][:3]
    ]


def switch_scheme(page, scheme):
    """Change the reader's wish for light or dark; the open page follows.

    Some colors take their time: half-way they are of neither theme.
    """
    page.emulate_media(color_scheme=scheme)
    until(page, "document.documentElement.dataset.theme === arg", scheme)
    until(page, "document.getAnimations().length === 0")


@pytest.mark.parametrize("page_name", ["search.html", *pages()])
@pytest.mark.parametrize("width", [1280, 390])
def test_page_is_sound(browser, address, page_name, width):
    """In light, then in dark: the page is loaded once, as by a reader.

    What axe-core says of names, roles and order is the same in both themes:
    in dark only the rules that look at colors are asked again.
    """
    page, complaints, foreign = open_page(
        browser, address, page_name, width=width
    )
    try:
        assert page.evaluate("document.documentElement.dataset.theme") == (
            "light"
        )
        assert not violations(page)
        assert page.evaluate(SIDEWAYS) <= 0, "it scrolls sideways"
        switch_scheme(page, "dark")
        assert not violations(page, COLOR_RULES)
        assert page.evaluate(SIDEWAYS) <= 0, "it scrolls sideways"
        assert not complaints
        assert not foreign
    finally:
        page.context.close()


def test_dark_page_opens_dark(browser, address):
    page, complaints, _ = open_page(
        browser, address, "book/index.html", scheme="dark"
    )
    try:
        assert page.evaluate("document.documentElement.dataset.theme") == (
            "dark"
        )
        assert not violations(page)
        assert not complaints
    finally:
        page.context.close()


def test_axe_sees_a_color_that_is_too_pale(browser, address):
    """The control of the rules that are asked again in dark."""
    page, _, _ = open_page(browser, address, "book/index.html")
    try:
        switch_scheme(page, "dark")
        page.add_style_tag(content="article p { color: #333 !important }")
        assert violations(page, COLOR_RULES)
    finally:
        page.context.close()


@each_page
def test_sliders_answer_to_the_keyboard(browser, address, page_name):
    page, complaints, _ = open_page(browser, address, page_name)
    try:
        for figure in page.query_selector_all("figure.explore"):
            image = figure.query_selector("img")
            for slider in figure.query_selector_all("input"):
                most = int(slider.get_attribute("max"))
                slider.focus()
                page.keyboard.press("Home")
                seen = [image.get_attribute("src")]
                for _ in range(most):
                    page.keyboard.press("ArrowRight")
                    seen.append(image.get_attribute("src"))
                assert len(set(seen)) > 1, "the picture does not change"
                assert slider.evaluate("s => Number(s.value)") == most
                says = figure.query_selector(".explore-says")
                assert says.inner_text().strip()
        assert not complaints
    finally:
        page.context.close()


def test_solutions_are_folded_and_open(browser, address):
    page, _, _ = open_page(browser, address, "book/prologue/machine.html")
    try:
        solution = page.query_selector(".solution")
        body = solution.query_selector("section, .admonition-content, p + *")
        assert not body.is_visible()
        solution.query_selector("button").click()
        page.wait_for_timeout(500)
        assert body.is_visible()
    finally:
        page.context.close()


def test_folded_code_says_what_a_click_does(browser, address):
    name = "book/prologue/arrays-and-floats.html"
    page, _, _ = open_page(browser, address, name)
    try:
        summary = page.query_selector("details.hide > summary")
        assert summary.inner_text().strip() == "Show code cell content"
        summary.click()
        assert summary.inner_text().strip() == "Hide code cell content"
    finally:
        page.context.close()


def test_page_reads_without_scripts(browser, address):
    context = browser.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(address + "book/prologue/machine.html")
        assert page.query_selector("math").is_visible()
        figure = page.query_selector("figure.explore img")
        assert base64.b64decode(
            figure.get_attribute("src").split(",")[1]
        ).startswith(b"\x89PNG")
    finally:
        context.close()
