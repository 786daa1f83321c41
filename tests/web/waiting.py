"""Wait for a page, under its content-security policy."""

import time

import pytest


def until(page, expression, arg=None, timeout=60_000):
    """Wait for a JavaScript expression, of ``arg``, to be true on the page.

    Playwright's own ``wait_for_function`` may compile its question on the
    page, which the content-security policy forbids. After ``timeout``
    milliseconds the test fails.
    """
    end = time.monotonic() + timeout / 1000
    while not page.evaluate(f"arg => {expression}", arg):
        if time.monotonic() > end:
            pytest.fail(f"waited in vain for {expression}")
        page.wait_for_timeout(50)
