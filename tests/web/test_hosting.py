"""The site on a plain host, below a path, with every other host watched."""

import re
import subprocess
import sys
import urllib.request
from functools import partial

import pytest
from refusing import serving
from serve import SiteHandler
from waiting import until

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
    until(page, "document.querySelector('#search-results p.context')")
    found.first.click()
    page.wait_for_url(plain_address + "book/**")
    assert page.locator("article h1").is_visible()
    context.close()
    assert not complaints
    assert not lost
    assert not asked


def wait_for(url, page, asked, seconds=20):
    """Wait until a browser has asked for an address."""
    for _ in range(20 * seconds):
        if url in asked:
            return
        page.wait_for_timeout(50)
    pytest.fail(f"{url} was not asked for, but {asked}")


def test_the_watch_sees_a_request_to_another_host(watched):
    """The control, from a worker and from a page."""
    browser, asked = watched
    page = browser.new_page()
    page.evaluate(
        "() => new Worker(URL.createObjectURL(new Blob(["
        "\"fetch('http://example.org/worker').catch(() => 0)\"])))"
    )
    wait_for("http://example.org/worker", page, asked)
    page.evaluate(
        "fetch('http://example.org/page', { mode: 'no-cors' })"
        ".then(() => 0, () => 0)"
    )
    assert "http://example.org/page" in asked
    page.close()
    asked.clear()


@pytest.mark.parametrize(
    "name, expected",
    {
        "a.js": "text/javascript",
        "a.mjs": "text/javascript",
        "a.css": "text/css",
        "a.json": "application/json",
        "a.wasm": "application/wasm",
    }.items(),
)
def test_types_are_right_whatever_the_machine_says(
    tmp_path, monkeypatch, name, expected
):
    (tmp_path / name).touch()
    monkeypatch.setattr(
        "mimetypes.guess_type", lambda *_, **__: ("text/plain", None)
    )
    with serving(partial(SiteHandler, directory=tmp_path)) as server:
        address = f"http://127.0.0.1:{server.server_port}/{name}"
        with urllib.request.urlopen(address) as response:
            assert response.headers["Content-Type"] == expected
