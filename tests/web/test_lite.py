"""The notebooks in JupyterLite, in a real browser behind a watching proxy."""

import functools
import json
import threading
from http.server import (
    BaseHTTPRequestHandler,
    SimpleHTTPRequestHandler,
    ThreadingHTTPServer,
)

import pytest
from site_pages import ROOT, SITE, pages
from test_browser import violations
from test_pages import soup

PAGE = "book/calculus/gradients.html"
MINUTE = 60_000
# Chromium's own services, which it asks whatever page is open
BROWSER_SERVICES = {
    "accounts.google.com:443",
    "content-autofill.googleapis.com:443",
    "update.googleapis.com:443",
    "http://update.googleapis.com",
}

pytestmark = pytest.mark.skipif(
    not (SITE / "pyodide").exists(),
    reason="the site is built without Python for the browser: make live",
)


@pytest.fixture(scope="module")
def proxy():
    """A proxy that refuses, and remembers who was asked for."""
    asked = []

    class Refuse(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(502)

        do_CONNECT = do_HEAD = do_OPTIONS = do_POST = do_GET

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Refuse)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()


@pytest.fixture(scope="module")
def below():
    """The site under a path of its own; and what it was asked in vain."""
    missing = []

    class Handler(SimpleHTTPRequestHandler):
        def send_error(self, code, *args, **kwargs):
            missing.append(self.path)
            super().send_error(code, *args, **kwargs)

        def log_message(self, *_):
            pass

    handler = functools.partial(Handler, directory=str(SITE.parent))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/{SITE.name}/", missing
    server.shutdown()


@pytest.fixture(scope="module")
def notebook(program, browser, proxy, below):
    """PAGE's notebook, opened by keyboard from its page, all cells run."""
    server, _ = proxy
    watched = browser.browser_type.launch(
        executable_path=program, args=[*FLAGS, f"--proxy-server={server}"]
    )
