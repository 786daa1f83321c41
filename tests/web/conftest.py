"""The built site, a server for it, and a browser if there is one."""

import threading

import pytest
from chromium import FLAGS, find_chromium
from refusing import refusing_proxy
from serve import serve
from site_pages import SITE


@pytest.fixture(scope="session")
def site():
    if not (SITE / "book/index.html").exists():
        pytest.fail("the site is not built: make book SERVE=0")
    return SITE


@pytest.fixture(scope="session")
def address(site):
    """Where the site is served, under its policy, as by `make book`."""
    server = serve(str(site), 8400)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture(scope="session")
def chromium():
    """The program of Chromium or Chrome on this machine."""
    program = find_chromium()
    if program is None:
        pytest.skip(
            "no Chromium or Chrome on this machine: install one to test the "
            "pages in a browser"
        )
    return program


@pytest.fixture(scope="session")
def playwright(chromium):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def launch(playwright, chromium):
    """A function that starts Chromium or Chrome, with further flags."""

    def start(*flags):
        return playwright.chromium.launch(
            executable_path=chromium, args=[*FLAGS, *flags]
        )

    return start


@pytest.fixture(scope="session")
def browser(launch):
    """Chromium or Chrome of this machine, driven by Playwright."""
    browser = launch()
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def watched(launch):
    """A browser that reaches this machine alone, and what else it asked."""
    with refusing_proxy() as (flag, asked):
        browser = launch(flag)
        yield browser, asked
        browser.close()


def pytest_terminal_summary(terminalreporter):
    """Say how long each notebook ran in the browser."""
    times = [
        f"{name.split('[')[1].rstrip(']')} {report.duration:.0f} s"
        for report in terminalreporter.getreports("passed")
        if "test_chapter_prints_what_is_stored[" in (name := report.nodeid)
    ]
    if times:
        terminalreporter.write_line(f"in the browser: {', '.join(times)}")
