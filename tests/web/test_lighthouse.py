"""Lighthouse: accessibility, best practices and SEO at 100.

On one page of each kind, and on the heaviest chapter; all pages would take
five minutes, and axe-core sees every page anyway.
"""

import json
import subprocess

import pytest
from node import node_program
from site_pages import ROOT

PAGES = [
    "book/index.html",  # the cover
    "book/linear-algebra/linear-algebra.html",  # a part's first page
    "book/prologue/machine.html",  # the drawing pad
    "book/linear-algebra/eigenvalues.html",  # the heaviest
    "book/network/digits.html",  # the most code
    "book/appendix/notation.html",  # a table of formulas
    "book/appendix/references.html",
]


@pytest.fixture(scope="module")
def scores(address, chromium):
    """Of all pages, by one browser that is started once."""
    if not (ROOT / "node_modules/lighthouse").exists():
        pytest.skip("Lighthouse is not there: make _build/npm-test.done")
    script = str(ROOT / "tests/web/lighthouse.mjs")
    done = subprocess.run(
        [node_program(), script, chromium, *(address + p for p in PAGES)],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert not done.returncode, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("page", PAGES)
def test_lighthouse_is_content(scores, address, page):
    for category, result in scores[address + page].items():
        assert result["score"] == 100, f"{category}: {result['missed']}"
