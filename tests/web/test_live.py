"""Live pages, as a reader uses them: Python starts on the page itself."""

import json
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import nbformat
import pytest
from kept_memory import replace, wait_until_kept
from site_pages import SITE
from test_browser import SIDEWAYS, open_page, switch_scheme, violations
from waiting import until

PAGE = "book/calculus/gradients.html"
SECOND = "book/calculus/depth.html"
START = 120_000  # milliseconds; a loaded machine needs a multiple of six
WAKING = "Waking Python as it was on your last page."
DICE = """
import random
import numpy as np
print(random.random())
print(np.random.random())
print(np.random.default_rng().random())
"""
DRAW = """
import matplotlib.pyplot as plt
import numpy as np
figure = plt.figure()
plt.plot([1, 2])
A = np.random.default_rng(0).normal(size=(3, 3))
print(np.allclose(np.linalg.inv(A) @ A, np.eye(3)))
print(type(np.ndarray.dot))  # replaced, see products.py
"""
# one library that the memory knows, and one that it does not
REOPEN = """
import sys
del sys.modules["matplotlib._path"]
import matplotlib._path, matplotlib.tri
assert not any("_qhull" in name for name in sys.modules)
print(matplotlib.tri.Triangulation([0, 1, 0], [0, 0, 1]).triangles)
"""
READY = "document.querySelector('.live-main').textContent === 'Run all'"
IDLE = "!document.querySelector('.live-busy') && " + READY
DRAFTS = f"mfdl-drafts:{PAGE.replace('.html', '.ipynb')}"


@pytest.fixture(scope="module")
def with_python(site):
    if not (site / "pyodide").exists():
        pytest.skip("this site was built without live pages: make live")


@pytest.fixture(scope="module")
def live(browser, address, with_python):
    """A page on which Python has started, and its complaints."""
    page, complaints, foreign = open_page(browser, address, PAGE)
    requests = []
    page.on("request", lambda r: requests.append(r.url))
    start(page)
    yield page, complaints, foreign, requests
    page.context.close()


def start(page):
    page.get_by_role("button", name="Run this page").click()
    until(page, READY, timeout=START)


def says(page):
    return page.locator(".live-status").inner_text()


def run(page, code, number=1):
    """Replace the code of a cell and run it with Shift-Enter."""
    cell = page.locator("div.cell[id^='cell-']").nth(number - 1)
    cell.scroll_into_view_if_needed()
    editor = cell.locator(".cm-content")
    editor.fill(code)
    editor.press("Shift+Enter")
    until(page, IDLE)
    return cell


def text_of(page, code):
    return run(page, code).locator(".live-output").inner_text()


def test_nothing_is_fetched_before_the_click(browser, address, with_python):
    context = browser.new_context()
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    try:
        page.goto(address + PAGE, wait_until="networkidle")
        assert page.get_by_role("button", name="Run this page").is_visible()
        assert asked
        for url in asked:
            assert "pyodide/" not in url and "session" not in url
            assert not url.endswith(".ipynb")
    finally:
        context.close()


def test_all_comes_from_the_site(live):
    page, complaints, foreign, requests = live
    assert says(page).startswith("Python is ready")
    assert any("pyodide.asm.wasm" in url for url in requests)
    assert not foreign and not complaints


def test_what_is_typed_runs(live):
    page, *_ = live
    cell = run(page, "print('seven times six is', 7 * 6)\n6 * 7")
    output = cell.locator(".live-output")
    assert "seven times six is 42" in output.inner_text()
    assert output.inner_text().strip().endswith("42")
    assert says(page) == "Cell 1 ran."
    assert cell.get_attribute("data-live") == "ok"


def test_errors_are_readable(live):
    page, *_ = live
    code = "def divide(a):\n    return a / 0\n\ndivide(1)"
    cell = run(page, code)
    text = cell.locator(".live-output").inner_text()
    assert "ZeroDivisionError" in text and "return a / 0" in text
    assert "hidden" not in text
    assert "\x1b" not in text and "[0;3" not in text
    assert says(page) == "Cell 1 failed: ZeroDivisionError"
    run(page, "def f(:")
    assert says(page) == "Cell 1 failed: SyntaxError"


def test_a_missing_name_points_to_the_cells_above(live):
    page, *_ = live
    run(page, "unheard_of", 5)
    assert "Run to here" in says(page)


def test_everything_that_a_notebook_shows(live):
    page, *_ = live
    code = """
import sys
from IPython.display import HTML, Latex, Markdown, clear_output, display
print("out"); print("err", file=sys.stderr)
display(HTML("<b class='bold'>bold</b>"))
display(Latex(r"$\\frac{1}{2}$"))
display(Markdown("*slanted*"))
handle = display("before", display_id=True)
handle.update("after")
"""
    output = run(page, code).locator(".live-output")
    text = output.inner_text()
    assert "out" in text and "err" in text
    assert output.locator("b.bold").count() == 1
    assert output.locator("math").count() >= 1
    assert output.locator("em", has_text="slanted").count() == 1
    assert "'after'" in text and "'before'" not in text
    code = "from IPython.display import clear_output\n"
    code += "print('old')\nclear_output(wait=True)\nprint('new')"
    assert (
        run(page, code).locator(".live-output").inner_text().strip() == "new"
    )


def test_figures_have_words(live):
    page, *_ = live
    code = "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2])\nplt.show()"
    image = run(page, code).locator(".live-output img")
    assert image.get_attribute("alt")
    assert image.evaluate("i => i.naturalWidth") > 100


def test_widgets_talk_to_python(live):
    page, *_ = live
    code = """
import ipywidgets as w
from ipywidgets import interact
interact(lambda n: print("square", n * n), n=w.IntSlider(value=3, max=9))
left, right = w.IntText(value=1, description="l"), w.IntText(description="r")
w.jslink((left, "value"), (right, "value"))
caught = w.Output()
with caught:
    print("caught by an Output")
display(left, right, caught)
"""
    cell = run(page, code)
    output = cell.locator(".live-output")
    output.get_by_text("square 9").wait_for()
    assert "caught by an Output" in output.inner_text()
    handle = output.get_by_role("slider")
    assert handle.get_attribute("aria-label") == "n"
    handle.focus()
    page.keyboard.press("ArrowRight")
    output.get_by_text("square 16").wait_for()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    output.get_by_text("square 49").wait_for()
    texts = output.locator("input[type=number]")
    texts.first.fill("12")
    texts.first.press("Tab")
    until(page, "arg.value === '12'", texts.last.element_handle())


def test_input_says_what_to_do(live):
    page, *_ = live
    text = run(page, "input('Name? ')").locator(".live-output").inner_text()
    assert "give the value in the code" in text
    text = run(page, "exit()").locator(".live-output").inner_text()
    assert "press Stop" in text


def test_a_page_has_no_programs_and_says_so(live):
    page, *_ = live
    text = run(page, "!ls").locator(".live-output").inner_text()
    assert "'ls' cannot run: a page has no shell" in text
    assert "live_bridge" not in text  # the traceback shows the reader's line
    text = (
        run(page, "%pip install pandas").locator(".live-output").inner_text()
    )
    assert "%pip installs nothing on a page" in text


def test_a_missing_package_is_not_fetched(live):
    page, _, foreign, requests = live
    before = len(requests)
    text = run(page, "import pandas").locator(".live-output").inner_text()
    assert "ModuleNotFoundError" in text
    assert requests[before:] == [] and not foreign


def test_run_to_here_runs_all_above(live):
    page, *_ = live
    cell = page.locator("div.cell[id^='cell-']").first
    reset = cell.get_by_role("button", name="Reset")
    if reset.is_visible():
        reset.click()
    page.get_by_role("button", name="Run to here: cell 3", exact=True).click()
    until(page, IDLE)
    assert says(page) == "3 cells ran."


def test_endless_loops_can_be_stopped(live):
    page, complaints, *_ = live
    cell = page.locator("div.cell[id^='cell-']").first
    editor = cell.locator(".cm-content")
    editor.fill("while True:\n    pass")
    editor.press("Shift+Enter")
    stop = page.get_by_role("button", name="Stop")
    stop.wait_for()
    assert "runs" in says(page)
    page.wait_for_timeout(500)
    stop.click()
    until(page, IDLE, timeout=START)
    assert says(page).startswith("Stopped.")
    assert cell.get_attribute("data-live") == "stopped"
    output = run(page, "print('alive')").locator(".live-output")
    assert output.inner_text().strip() == "alive"
    assert not complaints


def test_much_is_printed_at_once_and_no_end_is_cut(live):
    page, *_ = live
    begun = time.monotonic()
    cell = run(page, "for i in range(5000):\n    print(i, 'loss', i / 7)")
    assert time.monotonic() - begun < 15
    text = cell.locator(".live-output").inner_text()
    assert "0 loss 0.0" in text and "... cut: 100000 characters" in text
    assert len(text) < 110_000


def test_a_loop_that_prints_can_be_stopped(live):
    page, *_ = live
    cell = page.locator("div.cell[id^='cell-']").first
    cell.locator(".cm-content").fill("while True:\n    print('x' * 60)")
    cell.locator(".cm-content").press("Shift+Enter")
    page.wait_for_timeout(2000)
    page.get_by_role("button", name="Stop").click(timeout=5000)
    until(page, IDLE, timeout=START)
    assert says(page).startswith("Stopped.")


def test_callbacks_of_widgets_print_and_fail_in_their_cell(live):
    page, *_ = live
    code = """
import ipywidgets as w
good, bad = w.Button(description="good"), w.Button(description="bad")
good.on_click(lambda _: print("was pressed"))
bad.on_click(lambda _: 1 / 0)
display(good, bad, w.FloatText(value=float("nan")))
"""
    output = run(page, code).locator(".live-output")
    output.get_by_role("button", name="good").click()
    output.get_by_text("was pressed").wait_for()
    output.get_by_role("button", name="bad").click()
    output.get_by_text("ZeroDivisionError: division by zero").wait_for()


def test_updates_leave_other_outputs_alone(live):
    page, *_ = live
    code = """
from IPython.display import clear_output
handle = display("before", display_id=True)
clear_output()
print("printed")
handle.update("after")
"""
    text = run(page, code).locator(".live-output").inner_text()
    assert text.strip() == "printed"


def test_python_asks_no_other_host(browser, site, with_python):
    """Even from a host that sends no policy with its files."""
    asked = []

    class Other(SimpleHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()

        def log_message(self, *_):
            pass

    class Plain(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    plain = partial(Plain, directory=str(site))
    servers = [
        ThreadingHTTPServer(("127.0.0.1", 0), handler)
        for handler in (Other, plain)
    ]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    other, book = (f"http://127.0.0.1:{s.server_port}/" for s in servers)
    context = browser.new_context()
    page = context.new_page()
    try:
        page.goto(book + PAGE)
        start(page)
        code = f"""
import js
try:
    await js.fetch("{other}fetched")
    print("answered")
except Exception as error:
    print("refused", type(error).__name__)
"""
        text = run(page, code).locator(".live-output").inner_text()
        assert "refused" in text and not asked
        control = context.new_page()
        control.goto(other)
        assert asked  # the other host is there
    finally:
        context.close()
        for server in servers:
            server.shutdown()


def test_editor_is_no_keyboard_trap(live):
    page, *_ = live
    cell = page.locator("div.cell[id^='cell-']").first
    editor = cell.locator(".cm-content")
    editor.fill("for i in range(3):")
    editor.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type("print(i)")
    assert editor.evaluate(
        "e => e.cmTile?.view.state.doc.toString() ?? e.innerText"
    ) in ("for i in range(3):\n    print(i)",)
    page.keyboard.press("Tab")
    assert editor.evaluate("e => e === document.activeElement")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    focus = page.evaluate("document.activeElement.textContent")
    assert focus == "Run"
    assert "Escape, then Tab" in editor.get_attribute("aria-label")


def test_slash_in_a_cell_does_not_open_the_search(live):
    page, *_ = live
    editor = page.locator(".cm-content").first
    editor.fill("")
    editor.press("/")
    assert editor.inner_text().strip() == "/"
    assert not page.locator("dialog[open]").count()


def test_what_was_typed_survives_and_can_be_discarded(
    browser, address, with_python
):
    page, complaints, _ = open_page(browser, address, PAGE)
    try:
        start(page)
        cell = run(page, "print('mine')", 1)
        kept = json.loads(page.evaluate("k => localStorage[k]", DRAFTS))
        assert list(kept.values()) == ["print('mine')"]
        page.reload()
        assert "You have changed a cell" in says(page)
        start(page)
        cell = page.locator("div.cell[id^='cell-']").first
        assert cell.locator(".cm-content").inner_text() == "print('mine')"
        discard = page.get_by_role("button", name="Discard my changes")
        discard.click()
        page.get_by_role("button", name="Really discard my changes?").click()
        assert page.evaluate("k => k in localStorage", DRAFTS) is False
        assert "import" in cell.locator(".cm-content").inner_text()
        assert not complaints
    finally:
        page.context.close()


def test_reset_brings_code_and_output_back(live):
    page, *_ = live
    figure = page.locator("figure", has=page.locator("figcaption")).first
    cell = page.locator("div.cell[id^='cell-']", has=figure).first
    cell.scroll_into_view_if_needed()
    stored = cell.locator("img").first
    name = figure.get_attribute("id")
    caption = figure.locator("figcaption").text_content()
    editor = cell.locator(".cm-content")
    original = editor.inner_text()
    editor.fill("print('no figure')")
    editor.press("Shift+Enter")
    until(page, IDLE)
    assert not stored.is_visible()
    assert page.locator(f"[id='{name}']").locator(".live-output").count() == 1
    assert figure.locator("figcaption").text_content() == caption
    cell.get_by_role("button", name="Reset").click()
    assert stored.is_visible()
    assert editor.inner_text() == original
    assert cell.locator(".live-output").count() == 0


def test_notebook_can_be_taken_home(live, tmp_path):
    page, *_ = live
    run(page, "print('for home')", 1)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download notebook").click()
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    assert path.name == "gradients.ipynb"
    taken = nbformat.read(path, as_version=4)
    nbformat.validate(taken)
    book = nbformat.read(
        SITE / "_sources" / PAGE.replace(".html", ".ipynb"), 4
    )
    assert len(taken.cells) == len(book.cells)
    first = next(c for c in taken.cells if c.cell_type == "code")
    assert first.source == "print('for home')"
    assert first.outputs[0]["text"] == "for home\n"
    same = sum(a == b for a, b in zip(taken.cells, book.cells))
    assert same > len(book.cells) / 2


LIVE_IMAGE = "figure.explore .live-output img"


def run_all(page):
    """Run the whole page as the book has it, unless that was done."""
    if page.locator(LIVE_IMAGE).count():
        return
    discard = page.get_by_role("button", name="Discard my changes")
    if discard.is_visible():
        discard.click()
        page.get_by_role("button", name="Really discard my changes?").click()
    page.get_by_role("button", name="Run all").click()
    until(page, IDLE, timeout=120_000)
    assert says(page).endswith("cells ran.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_live_page_has_no_violations(live, width, scheme):
    """A whole page that ran, widgets and all."""
    page, complaints, foreign, _ = live
    page.set_viewport_size({"width": width, "height": 900})
    switch_scheme(page, scheme)
    run_all(page)
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    assert page.evaluate(SIDEWAYS) <= 0
    assert not violations(page)
    assert not complaints and not foreign


def test_figures_of_cells_that_await_show(live):
    page, *_ = live
    code = """
import asyncio, matplotlib.pyplot as plt
await asyncio.sleep(0)
plt.plot([1, 2])
"""
    assert run(page, code).locator(".live-output img").count() == 1


def test_sliders_are_drawn_ahead(live):
    """When their cell has run, and after a move, which is no cell."""
    page, *_ = live
    code = """
import ipywidgets as w, matplotlib.pyplot as plt
from mfdl import frames
from mfdl.explore import explore
frames.QUICK = 60  # even on a slow machine
drawn, count = set(), w.Label()
def draw(a):
    drawn.add(a)
    count.value = f"{len(drawn)} drawn"
    return plt.figure(), f"shows {a}"
display(count)
explore(draw, alt="", caption="", label="fig-ahead", a=(0, 19, 1))
"""
    output = run(page, code).locator(".live-output")
    output.get_by_text("13 drawn").wait_for()  # those that are near
    page.wait_for_timeout(500)
    assert output.get_by_text("13 drawn").count() == 1
    output.get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    output.get_by_text("shows 1").wait_for()
    output.get_by_text("20 drawn").wait_for()


def test_explore_becomes_a_widget(live):
    page, *_ = live
    run_all(page)
    figure = page.locator("figure.explore").first
    figure.scroll_into_view_if_needed()
    image = figure.locator(".live-output img")
    said = figure.locator(".live-output .explore-says")
    before, first = image.get_attribute("src"), said.inner_text()
    assert image.get_attribute("alt") == ""  # the sentence says it, once
    assert said.locator("xpath=ancestor::*[@aria-live='polite']").count()
    figure.get_by_role("slider").first.focus()
    page.keyboard.press("ArrowRight")
    until(page, f"document.querySelector('{LIVE_IMAGE}').src !== arg", before)
    assert said.inner_text() != first
    assert not figure.locator(".explore-controls").is_visible()


@pytest.fixture
def second(live, address):
    """A second page in a browser that keeps a memory of the first."""
    first, *_ = live
    wait_until_kept(first)
    page = first.context.new_page()
    page.goto(address + SECOND)
    yield page
    page.close()


def start_watched(page):
    """Start Python; return what the page said meanwhile."""
    page.evaluate(
        "() => { window.said = []; const p = document.querySelector("
        "'.live-status'); new MutationObserver(() => said.push("
        "p.textContent)).observe(p, {childList: true, subtree: true,"
        "characterData: true}); }"
    )
    start(page)
    return page.evaluate("said")


def test_second_page_starts_from_memory(second):
    """With dice that fall otherwise, and with all it takes to draw."""
    thrown = []
    for _ in range(2):
        second.reload()
        assert WAKING in start_watched(second)
        thrown += text_of(second, DICE).splitlines()
    assert len(set(thrown)) == len(thrown) == 6
    drawn = run(second, DRAW).locator(".live-output")
    assert drawn.locator("img").count() == 1
    assert "True\n<class 'function'>" in drawn.inner_text()
    assert sorted(text_of(second, REOPEN).strip("[] \n").split()) == [*"012"]


@pytest.mark.parametrize(
    "damage",
    [
        "() => 'not a memory'",
        "() => new Uint8Array(100)",
        # its head is right: only Python itself can find out
        "memory => memory.fill(0, 4096)",
    ],
)
def test_damaged_memory_is_forgotten(second, damage):
    replace(second, damage)
    said = start_watched(second)
    assert "Fetching Python." in said
    assert text_of(second, "print(3 + 3)").strip() == "6"
    wait_until_kept(second)
    second.reload()
    assert WAKING in start_watched(second)


@pytest.mark.parametrize(
    "lost", ["kernel.zip", "session.js", "gradients.ipynb"]
)
def test_failure_to_start_is_told_and_can_be_repeated(
    browser, address, with_python, lost
):
    context = browser.new_context()
    page = context.new_page()
    try:
        page.goto(address + PAGE)
        page.route(f"**/{lost}*", lambda route: route.fulfill(status=404))
        page.get_by_role("button", name="Run this page").click()
        again = page.get_by_role("button", name="Try again")
        again.wait_for(timeout=START)
        assert "could not start" in says(page)
        assert "404" in says(page) or lost == "session.js"  # an import
        for _ in range(200):  # the browser ends the thread in its own time
            if not page.workers:
                break
            page.wait_for_timeout(50)
        assert not page.workers
        assert page.locator("article h1").is_visible()
        page.unroute(f"**/{lost}*")
        again.click()
        until(page, READY, timeout=START)
    finally:
        context.close()
