"""The content-security policy: in every page, in force, and sufficient."""

import pytest
from bs4 import BeautifulSoup
from policy import NAME, POLICY
from site_pages import SITE, pages
from test_browser import open_page
from waiting import until

each_page = pytest.mark.parametrize("page", ["search.html", *pages()])

# what a page must not be able to do, and the directive that forbids it
FORBIDDEN = {
    "script-src-elem": "document.head.append(Object.assign("
    "document.createElement('script'), {textContent: '1'}))",
    "script-src-attr": "document.body.setAttribute('onclick', '1')",
    "script-src": "setTimeout('1')",  # eval by another name
    "connect-src": "fetch('https://example.org/').catch(() => 0)",
    "img-src": "new Image().src = 'https://example.org/a.png'",
    "worker-src": "try { new Worker('data:text/javascript,1') } catch {}",
    "object-src": "document.body.append(Object.assign("
    "document.createElement('object'), {data: 'a.swf'}))",
}


@each_page
def test_policy_stands_first(page):
    head = BeautifulSoup((SITE / page).read_text("utf-8"), "html.parser").head
    first = head.find()
    assert first["http-equiv"] == NAME and first["content"] == POLICY


@each_page
def test_no_script_stands_in_the_page(page):
    soup = BeautifulSoup((SITE / page).read_text("utf-8"), "html.parser")
    for script in soup.select("script:not([src])"):
        assert script["type"] == "application/json"  # data, never run
    for tag in soup.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on")], tag


def test_policy_is_a_header_too(browser, address):
    context = browser.new_context()
    response = context.request.get(address + "book/index.html")
    assert response.headers[NAME.lower()] == POLICY
    context.close()


@pytest.mark.parametrize("directive", FORBIDDEN)
def test_policy_is_in_force(browser, address, directive):
    """The control: each violation is seen, as a complaint that fails tests."""
    page, complaints, _ = open_page(browser, address, "book/index.html")
    try:
        assert not complaints
        page.evaluate(
            "() => { window.refused = []; addEventListener("
            "'securitypolicyviolation', (e) => refused.push("
            "e.effectiveDirective)) }"
        )
        page.evaluate(f"() => {{ {FORBIDDEN[directive]} }}")
        until(page, "refused.length")
        assert directive in page.evaluate("refused")
        assert complaints
    finally:
        page.context.close()


def test_webassembly_may_be_compiled(browser, address):
    page, complaints, _ = open_page(browser, address, "book/index.html")
    try:
        page.evaluate(
            "WebAssembly.compile(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))"
            ".then(() => true)"
        )
        assert not complaints
    finally:
        page.context.close()
