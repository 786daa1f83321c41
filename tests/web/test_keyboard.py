"""A reader without a mouse: from the top of a page to its end."""

import pytest
from test_browser import open_page
from waiting import until

PAGES = [
    "book/index.html",
    "book/prologue/machine.html",
    "book/calculus/chain-rule.html",
]
# the elements that Tab must reach, marked with their place in the page
MARK = """() => {
  const all = document.querySelectorAll(
    "a[href], button, input, select, textarea, summary, [tabindex]");
  const seen = [...all].filter((e) => e.tabIndex >= 0 && !e.disabled
    && e.checkVisibility({ visibilityProperty: true }));
  seen.forEach((e, k) => { e.dataset.place = k; });
  return seen.length;
}"""
# where the focus is, and whether one sees it
HERE = """() => {
  const e = document.activeElement;
  if (e === document.body) return null;
  const look = (x) => { const s = getComputedStyle(x);
    return [s.outlineStyle, s.outlineWidth, s.boxShadow, s.borderColor,
      s.backgroundColor, s.textDecorationThickness].join(); };
  const focused = look(e);
  const outlined = getComputedStyle(e).outlineStyle !== "none"
    && parseFloat(getComputedStyle(e).outlineWidth) > 0;
  HTMLElement.prototype.blur.call(e); // a button may have its own blur()
  const differs = look(e) !== focused;
  e.focus({ preventScroll: true });
  return { place: "place" in e.dataset ? Number(e.dataset.place) : -1,
    visible: (outlined || differs)
      && e.checkVisibility({ opacityProperty: true }),
    html: e.outerHTML.slice(0, 120) };
}"""


@pytest.fixture(params=[1280, 390])
def width(request):
    return request.param


@pytest.mark.parametrize("name", PAGES)
def test_tab_reaches_everything_in_order(browser, address, name, width):
    page, complaints, _ = open_page(browser, address, name, width=width)
    try:
        page.wait_for_timeout(200)
        count, places, unseen = page.evaluate(MARK), [], []
        for _ in range(count + 10):
            page.keyboard.press("Tab")
            here = page.evaluate(HERE)
            if here is None or (here["place"] == 0 and places):
                break
            if here["place"] >= 0:
                places.append(here["place"])
            if not here["visible"]:
                unseen.append(here["html"])
        else:
            pytest.fail(f"Tab never leaves the page: {here}")
        assert places == list(range(count))
        assert not unseen
        assert not complaints
    finally:
        page.context.close()


def test_contents_beside_a_margin_note_show_when_focused(browser, address):
    page, _, _ = open_page(browser, address, PAGES[2])
    try:
        page.locator("aside.margin").first.scroll_into_view_if_needed()
        folded = "document.querySelector('.bd-sidebar-secondary.hide')"
        until(page, f"{folded}?.clientHeight < 100")
        last = page.locator(".page-toc a").last
        last.evaluate("e => e.focus({ preventScroll: true })")
        assert last.evaluate(
            "e => e.checkVisibility({ opacityProperty: true })"
        )
        assert page.evaluate(f"{folded}.clientHeight") > 200
    finally:
        page.context.close()


def test_skip_link_leads_to_the_text(browser, address, width):
    page, _, _ = open_page(browser, address, PAGES[1], width=width)
    try:
        page.keyboard.press("Tab")
        link = page.locator(":focus")
        assert link.inner_text() == "Skip to main content"
        assert link.is_visible()
        page.keyboard.press("Enter")
        until(page, "location.hash === '#main-content'")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null")
    finally:
        page.context.close()


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_solution_opens_by_key(browser, address, key):
    page, _, _ = open_page(browser, address, PAGES[1])
    try:
        solution = page.locator(".solution").first
        body = solution.locator("section").first
        assert not body.is_visible()
        solution.locator("button").first.focus()
        page.keyboard.press(key)
        body.wait_for(state="visible")
    finally:
        page.context.close()


def test_theme_switch_by_key(browser, address):
    page, _, _ = open_page(browser, address, PAGES[0])
    try:
        switch = page.locator("button.theme-switch-button").first
        themes = set()
        for _ in range(3):
            switch.focus()
            page.keyboard.press("Enter")
            themes.add(page.evaluate("document.documentElement.dataset.theme"))
        assert themes == {"light", "dark"}
        assert switch.evaluate("e => e === document.activeElement")
    finally:
        page.context.close()


def test_search_dialog_returns_the_focus(browser, address, width):
    page, _, _ = open_page(browser, address, PAGES[0], width=width)
    try:
        button = page.locator(".search-button__button:visible").first
        button.focus()
        page.keyboard.press("Enter")
        field = page.locator("#pst-search-dialog input")
        assert field.evaluate("e => e === document.activeElement")
        page.keyboard.press("Escape")
        assert not field.is_visible()
        assert button.evaluate("e => e === document.activeElement")
    finally:
        page.context.close()


def test_menu_of_a_narrow_page(browser, address):
    page, _, _ = open_page(browser, address, PAGES[1], width=390)
    try:
        for toggle, links in (
            (".primary-toggle", "#pst-primary-sidebar-modal a"),
            (".secondary-toggle", "#pst-secondary-sidebar-modal a"),
        ):
            button = page.locator(toggle)
            button.focus()
            page.keyboard.press("Enter")
            page.locator(links).first.wait_for(state="visible")
            page.keyboard.press("Tab")
            assert page.evaluate(
                "document.activeElement.closest('dialog') !== null"
            )
            page.keyboard.press("Escape")
            page.locator(links).first.wait_for(state="hidden")
            assert button.evaluate("e => e === document.activeElement")
    finally:
        page.context.close()


def test_table_of_contents_leads_to_a_section(browser, address):
    page, _, _ = open_page(browser, address, PAGES[1])
    try:
        link = page.locator("#pst-page-toc-nav a:visible").nth(2)
        target = link.get_attribute("href")
        link.focus()
        page.keyboard.press("Enter")
        until(page, "location.hash === arg", target)
    finally:
        page.context.close()
