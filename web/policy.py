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
    # the thread of Python is started from a blob: address, because such a
    # thread is ruled by the page's policy on any host
    "worker-src": ["'self'", "blob:"],
    "object-src": ["'none'"],
    "base-uri": ["'self'"],
    "form-action": ["'self'"],
}
# What JupyterLite's pages may load and run beyond that:
# - `unsafe-eval`: JupyterLab compiles the schemas of its settings, and the
#   kernel imports Pyodide, with `new Function`; WebAssembly is within it;
# - `data:`: the fonts of icons stand in its style sheets.
DIRECTIVES_OF_LITE = DIRECTIVES | {
    "script-src": ["'self'", "'unsafe-eval'"],
    "font-src": ["'self'", "data:"],
}


def join(directives):
    """The text of a policy."""
    return "; ".join(
        " ".join([name, *sources]) for name, sources in directives.items()
    )


POLICY = join(DIRECTIVES)
LITE = join(DIRECTIVES_OF_LITE)


def policy_for(path):
    """The policy for an address, from the root of the site."""
    return LITE if path.startswith("/lite/") else POLICY


def put_first(soup: BeautifulSoup, policy=POLICY):
    """Put a policy first into the head: it rules what comes after it."""
    meta = soup.new_tag("meta", content=policy)
    meta["http-equiv"] = NAME
    soup.head.insert(0, meta)
