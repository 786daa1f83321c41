"""The site on a plain host, below a path, with every other host watched."""

import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from conftest import FLAGS

# what the program itself asks when it starts, whatever page is open
ITS_OWN = {
    "accounts.google.com",
    "clients2.google.com",
    "content-autofill.googleapis.com",
    "optimizationguide-pa.googleapis.com",
    "redirector.gvt1.com",
    "safebrowsing.googleapis.com",
    "update.googleapis.com",
}
CHAPTER = "book/calculus/chain-rule.html"


@pytest.fixture(scope="module")
def plain_address(site, tmp_path_factory):
    """Python's own server, and the site somewhere below its root."""
    root = tmp_path_factory.mktemp("host")
    (root / "some").mkdir()
    (root / "some/path").symlink_to(site)
    command = [sys.executable, "-u", "-m", "http.server", "0"]
    command += ["--bind", "127.0.0.1", "--directory", str(root)]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        port = re.search(r"port (\d+)", server.stdout.readline())[1]
        yield f"http://127.0.0.1:{port}/some/path/"
        server.terminate()


@pytest.fixture(scope="module")
def watched(playwright, chromium):
    """A browser whose every way out is a proxy that notes and refuses.

    It sees what workers and service workers ask, too.
    """
    asked = []

    class Proxy(BaseHTTPRequestHandler):
        def refuse(self):
            host = urlsplit(f"//{self.path.split('//')[-1]}").hostname
            if host not in ITS_OWN:
                asked.append(self.path)
            self.send_error(502)

        do_GET = do_POST = do_HEAD = do_CONNECT = do_OPTIONS = refuse

        def log_message(self, *_):
            pass

    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    browser = playwright.chromium.launch(
        executable_path=chromium,
        args=[
            *FLAGS,
            f"--proxy-server=127.0.0.1:{proxy.server_port}",
            "--proxy-bypass-list=127.0.0.1",
        ],
    )
    yield browser, asked
    browser.close()
    proxy.shutdown()


def search(page, address, words):
    """Search as a reader does, and return the links that are found."""
    page.goto(f"{address}search.html?q={words}")
    page.locator("#search-results li a").first.wait_for()
    return page.locator("#search-results li a")


def test_site_works_below_a_path_and_asks_no_other_host(
    watched, plain_address
):
    browser, asked = watched
    context = browser.new_context()
    page = context.new_page()
    complaints, lost = [], []
    page.on(
        "console",
        lambda m: (
            complaints.append(m.text)
            if m.type in ("error", "warning")
            else None
        ),
    )
    page.on(
        "response",
        lambda r: lost.append(r.url) if r.status >= 400 else None,
    )
    page.goto(plain_address)
    page.wait_for_url(plain_address + "book/index.html")
    page.goto(plain_address + CHAPTER)
    picture = page.locator("figure.explore img").first
    before = picture.get_attribute("src")
    page.locator("figure.explore input").first.focus()
    page.keyboard.press("ArrowRight")
    assert picture.get_attribute("src") != before
    page.locator("a.right-next").click()
    page.wait_for_url(plain_address + "book/calculus/depth.html")
    found = search(page, plain_address, "gradient")
    assert found.count() >= 5
    page.wait_for_function(
        "document.querySelector('#search-results p.context') !== null"
    )
    found.first.click()
    page.wait_for_url(plain_address + "book/**")
    assert page.locator("article h1").is_visible()
    context.close()
    assert not complaints
    assert not lost
    assert not asked


def test_the_watch_sees_a_request_to_another_host(watched):
    """The control, from a worker and from a page."""
    browser, asked = watched
    page = browser.new_page()
    page.evaluate(
        "() => new Worker(URL.createObjectURL(new Blob(["
        "\"fetch('http://example.org/worker').catch(() => 0)\"])))"
    )
    page.goto("http://example.org/page", wait_until="commit")
    page.wait_for_timeout(500)
    page.close()
    assert "http://example.org/page" in asked
    assert "http://example.org/worker" in asked
    asked.clear()
