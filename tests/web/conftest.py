"""The built site, a server for it, and a browser if there is one."""

import functools
import shutil
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from site_pages import SITE

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update "
    "--disable-sync --disable-dev-shm-usage"
).split()


@pytest.fixture(scope="session")
def site():
    if not (SITE / "book/index.html").exists():
        pytest.fail("the site is not built: make book SERVE=0")
    return SITE


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def address(site):
    """Where the site is served, below a path of its own as on Pages."""
    handler = functools.partial(Quiet, directory=str(site))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture(scope="session")
def launch():
    """A function that starts Chromium or Chrome with Playwright."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip(
            "no Chromium or Chrome on this machine: install one to test the "
            "pages in a browser"
        )
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:

        def start(*flags):
            return playwright.chromium.launch(
                executable_path=program, args=[*FLAGS, *flags]
            )

        yield start


@pytest.fixture(scope="session")
def browser(launch):
    browser = launch()
    yield browser
    browser.close()
