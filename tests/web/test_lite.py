"""The notebooks in JupyterLite, in a browser behind a proxy that watches.

One chapter is opened from its page and run, as a reader would; the tests
look at it in turn. That every chapter runs in the browser is tested
elsewhere, without JupyterLite around it.
"""

import threading
from http.server import (
    BaseHTTPRequestHandler,
    SimpleHTTPRequestHandler,
    ThreadingHTTPServer,
)

import nbformat
import pytest
from site_pages import ROOT, SITE, pages
from test_browser import violations
from test_pages import soup

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
# Chromium asks these whatever page is open, and even if none is
BROWSER_SERVICES = {
    "accounts.google.com",
    "content-autofill.googleapis.com",
    "update.googleapis.com",
}

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


def serve(handler):
    """A server on a free port, in a thread of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


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


class Proxy(BaseHTTPRequestHandler):
    """Refuses, and remembers which host was asked for."""

    asked = []

    def refuse(self):
        self.asked.append(self.headers["Host"].split(":")[0])
        self.send_error(502)

    do_CONNECT = do_GET = do_HEAD = do_OPTIONS = do_POST = refuse

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def address_below():
    server = serve(Site)
    yield f"http://127.0.0.1:{server.server_port}/{SITE.name}/"
    server.shutdown()


@pytest.fixture(scope="module")
def context(launch):
    """A browser that reaches this machine alone."""
    server = serve(Proxy)
    browser = launch(f"--proxy-server=127.0.0.1:{server.server_port}")
    yield browser.new_context(viewport={"width": 1280, "height": 900})
    browser.close()
    server.shutdown()


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
    opened.wait_for_function(
        "n => document.querySelectorAll('.jp-Notebook .jp-Cell').length == n",
        arg=len(CELLS),
        timeout=PATIENCE,
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
    ran.wait_for_function(
        "([output, before]) => {"
        " const picture = output.querySelector('img');"
        " return picture && picture.src != before }",
        arg=[output.first.element_handle(), before],
        timeout=PATIENCE,
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


def test_nothing_was_missing_and_no_other_host_was_asked(ran, context):
    assert not Site.missing
    assert not set(Proxy.asked) - BROWSER_SERVICES
    page = context.new_page()  # and the proxy does see who is asked
    page.goto("http://elsewhere.example/", wait_until="commit")
    page.close()
    assert "elsewhere.example" in Proxy.asked


def test_policy_lets_nothing_else_in(opened):
    asked = len(Proxy.asked)
    refused = opened.evaluate(
        "fetch('http://elsewhere.example/').then(() => false, () => true)"
    )
    assert refused and "elsewhere.example" not in Proxy.asked[asked:]


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
