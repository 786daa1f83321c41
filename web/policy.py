"""The content-security policy: the site itself, and nothing else.

Each page carries it in its head, so that any static host enforces it; the
servers of `make book` and of the tests send it as a header too, because a
worker obeys the header of its own script and not the page that started it.
"""

from bs4 import BeautifulSoup

NAME = "Content-Security-Policy"
DIRECTIVES = {
    "default-src": ["'self'"],
    # Python in the browser is WebAssembly, which has to be compiled;
    # the word does not allow eval() of JavaScript
    "script-src": ["'self'", "'wasm-unsafe-eval'"],
    # formulas, drawings, sliders and widgets set style attributes, and
    # the editor and the widgets bring their rules in style elements
    "style-src": ["'self'", "'unsafe-inline'"],
    # stored frames are data: addresses, figures of a live page blob: ones
    "img-src": ["'self'", "data:", "blob:"],
    # a bundled worker is started from a blob: address
    "worker-src": ["'self'", "blob:"],
    "object-src": ["'none'"],
    "base-uri": ["'self'"],
    "form-action": ["'self'"],
}
POLICY = "; ".join(
    " ".join([name, *sources]) for name, sources in DIRECTIVES.items()
)


def put_first(soup: BeautifulSoup):
    """Put the policy first into the head: it rules what comes after it."""
    meta = soup.new_tag("meta", content=POLICY)
    meta["http-equiv"] = NAME
    soup.head.insert(0, meta)
