"""What a page costs before any click, and how fast its sliders answer."""

import statistics

import pytest
from site_pages import pages
from test_browser import open_page

MOST_BYTES = 1_000_000
MOST_REQUESTS = 30
FRAME = 1000 / 60  # milliseconds

ANSWERS = """async () => {
  const times = [];
  for (const figure of document.querySelectorAll("figure.explore")) {
    const picture = figure.querySelector("img");
    for (const slider of figure.querySelectorAll("input")) {
      for (let place = 0; place <= Number(slider.max); place += 1) {
        const start = performance.now();
        slider.value = place;
        slider.dispatchEvent(new Event("input", { bubbles: true }));
        await picture.decode();
        times.push(performance.now() - start);
      }
    }
  }
  return times;
}"""


def weigh(browser, url):
    """Bytes on the wire, headers included, without compression; requests."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    sent, sizes = set(), []

    def note(event):
        if not event["request"]["url"].startswith(("data:", "blob:")):
            sent.add(event["requestId"])

    network.on("Network.requestWillBeSent", note)
    network.on(
        "Network.loadingFinished",
        lambda event: sizes.append(event["encodedDataLength"]),
    )
    page.goto(url, wait_until="load")
    page.evaluate("document.fonts.ready.then(() => true)")
    page.wait_for_timeout(300)
    context.close()
    return sum(sizes), len(sent)


@pytest.mark.parametrize("page", pages())
def test_page_is_light(browser, address, page):
    weight, requests = weigh(browser, address + page)
    print(f"{weight / 1e6:.3f} MB, {requests} requests: {page}")
    assert 10_000 < weight <= MOST_BYTES
    assert 3 < requests <= MOST_REQUESTS


def test_a_stored_slider_answers_within_one_frame(browser, address):
    """From the event to the decoded picture, over all places of a page.

    Of each place the least of four visits, each by a new reader: what other
    programs do meanwhile only adds to it.
    """
    visits = []
    for _ in range(4):
        page, _, _ = open_page(
            browser, address, "book/calculus/chain-rule.html"
        )
        try:
            visits.append(page.evaluate(ANSWERS))
        finally:
            page.context.close()
    times = [min(of_place) for of_place in zip(*visits, strict=True)]
    assert len(times) >= 5
    assert statistics.median(times) <= FRAME, times
