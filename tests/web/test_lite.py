"""The notebooks in JupyterLite, in a browser behind a proxy that watches.

One chapter is opened from its page and run, as a reader would; the tests
look at it in turn. That every chapter runs in the browser is tested
elsewhere, without JupyterLite around it.
"""

from http.server import SimpleHTTPRequestHandler

import nbformat
import pytest
from refusing import serving
from site_pages import ROOT, SITE, pages
from test_browser import violations
from test_pages import soup
from waiting import until

CHAPTER = "book/calculus/gradients"
CELLS = nbformat.read(ROOT / f"{CHAPTER}.ipynb", as_version=4).cells
PATIENCE = 150_000  # ms: the machine may have other tests to run
IDLE = ".jp-Notebook-ExecutionIndicator[data-status=idle]"
BUSY = ".jp-Notebook-ExecutionIndicator[data-status=busy]"
FAILED = (
    ".jp-OutputArea-output"
    "[data-mime-type='application/vnd.jupyter.error'],"
    "[data-mime-type='application/vnd.jupyter.stderr']"
)

pytestmark = pytest.mark.skipif(
    not (SITE / "lite").exists(),
    reason="the site has no Python for the browser: make live builds it",
)


def stored_prints():
    """What the cells are stored with as printed, a text an output."""
    return [
        "".join(output["text"])
        for cell in CELLS
        for output in cell.get("outputs", [])
        if output.get("name") == "stdout"
    ]


class Site(SimpleHTTPRequestHandler):
    """Serves the site below a path of its own, as Pages does."""

    missing = []

    def __init__(self, *arguments):
        super().__init__(*arguments, directory=str(SITE.parent))

    def send_error(self, code, *arguments, **named):
        if code == 404 and self.path.startswith(f"/{SITE.name}/"):
            self.missing.append(self.path)
        super().send_error(code, *arguments, **named)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def address_below():
    with serving(Site) as server:
        yield f"http://127.0.0.1:{server.server_port}/{SITE.name}/"


@pytest.fixture(scope="module")
def context(watched):
    """Windows of a browser that reaches this machine alone."""
    browser, _ = watched
    return browser.new_context(viewport={"width": 1280, "height": 900})


@pytest.fixture(scope="module")
def opened(context, address_below):
    """The chapter's notebook, opened from its page with the keyboard."""
    page = context.new_page()
    page.goto(f"{address_below}{CHAPTER}.html")
    page.locator(".dropdown-launch-buttons > button").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    with context.expect_page() as popup:
        page.keyboard.press("Enter")
    notebook = popup.value
    notebook.wait_for_selector(".jp-Notebook .jp-Cell", timeout=PATIENCE)
    return notebook


@pytest.fixture(scope="module")
def whole(opened):
    """The same, when all of its cells are there."""
    until(
        opened,
        "document.querySelectorAll('.jp-Notebook .jp-Cell').length === arg",
        len(CELLS),
        PATIENCE,
    )
    return opened


@pytest.fixture(scope="module")
def ran(whole):
    """The same, when all of its cells have been run from the menu."""
    whole.wait_for_selector(IDLE, state="attached", timeout=PATIENCE)
    whole.get_by_role("menuitem", name="Run", exact=True).click()
    whole.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    whole.wait_for_selector(
        IDLE.replace("[", ":not([").replace("]", "])"),
        state="attached",
        timeout=PATIENCE,
    )
    whole.wait_for_selector(IDLE, state="attached", timeout=PATIENCE)
    return whole


@pytest.mark.parametrize("page", pages())
def test_pages_with_code_lead_to_their_notebook(page):
    source = (ROOT / page).with_suffix(".ipynb")
    links = [a["href"] for a in soup(page).select("a[href*='/lite/']")]
    if not source.exists() or '"code"' not in source.read_text("utf-8"):
        assert not links
        return
    path = source.relative_to(ROOT).as_posix()
    up = "../" * (len((SITE / page).relative_to(SITE).parts) - 1)
    assert links == [f"{up}lite/notebooks/index.html?path={path}"]
    there = nbformat.read(SITE / "lite/files" / path, as_version=4)
    assert there == nbformat.read(source, as_version=4)


def test_stored_outputs_and_boxes_show_before_anything_runs(whole):
    assert whole.locator(".jp-Notebook h1").first.inner_text() == "Gradients"
    printed = whole.locator("[data-mime-type$='stdout']").all_text_contents()
    assert printed == stored_prints()
    figure = whole.locator(".jp-OutputArea-output figure.explore").first
    figure.scroll_into_view_if_needed()
    assert figure.locator("img").is_visible()
    theorem = whole.locator("aside.myst-proof").first
    theorem.scroll_into_view_if_needed()
    assert theorem.locator(".myst-proof-title").is_visible()
    assert theorem.locator(".katex, mjx-container").first.is_visible()


def test_the_slider_is_a_widget_that_redraws(ran):
    output = ran.locator(
        ".jp-OutputArea-output", has=ran.get_by_role("slider")
    )
    output.first.scroll_into_view_if_needed()
    picture = output.first.locator("img")
    picture.wait_for(timeout=PATIENCE)
    before = picture.get_attribute("src")
    output.first.get_by_role("slider").first.focus()
    ran.keyboard.press("ArrowRight")
    until(
        ran,
        "(arg[0].querySelector('img')?.src ?? arg[1]) !== arg[1]",
        [output.first.element_handle(), before],
        PATIENCE,
    )


def test_every_cell_runs_without_an_error(ran):
    failed = ran.locator(FAILED).all_text_contents()
    assert not failed
    prompts = ran.locator(".jp-CodeCell .jp-InputPrompt").all_text_contents()
    code = [cell for cell in CELLS if cell.cell_type == "code"]
    folded = [c.metadata.get("jupyter", {}).get("source_hidden") for c in code]
    assert prompts == [
        "" if fold else f"[{count}]:" for count, fold in enumerate(folded, 1)
    ]
    assert not ran.locator("figure.explore").count(), "stored frames remain"


def test_links_lead_to_other_notebooks(opened, context):
    link = opened.locator(".jp-Notebook a[href$='vectors.ipynb']").first
    with context.expect_page() as popup:
        link.click()
    other = popup.value
    title = other.locator(".jp-Notebook h1").first
    title.wait_for(timeout=PATIENCE)
    assert title.inner_text().startswith("Vectors")
    assert "/lite/notebooks/" in other.url
    other.close()


def test_nothing_was_missing_and_no_other_host_was_asked(
    ran, context, watched
):
    _, asked = watched
    assert not Site.missing
    assert not asked
    page = context.new_page()  # and the proxy does see who is asked
    page.evaluate(
        "fetch('http://elsewhere.example/', { mode: 'no-cors' })"
        ".then(() => 0, () => 0)"
    )
    page.close()
    assert "http://elsewhere.example/" in asked


def test_policy_lets_nothing_else_in(opened, watched):
    _, asked = watched
    refused = opened.evaluate(
        "fetch('http://refused.example/').then(() => false, () => true)"
    )
    assert refused and not any("refused.example" in url for url in asked)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_launch_menu_has_no_violations(browser, address, scheme):
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    try:
        page.goto(f"{address}{CHAPTER}.html")
        page.locator(".dropdown-launch-buttons > button").click()
        assert page.get_by_role("link", name="JupyterLite").is_visible()
        assert not violations(page)
    finally:
        context.close()
